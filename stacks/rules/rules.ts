import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { tagSetProblems } from "../../modules/support-app/model/access-rules";
import { claim } from "../../modules/support-app/model/claim";
import { messageOf } from "../../modules/support-app/model/printable";
import { describe, type Problem } from "../../modules/support-app/model/problem";
import { EnvironmentsError } from "../environments/environments-error";
import { notAFile } from "../output/disk-error";
import { problemLines } from "../yaml/problem-lines";
import { checkSchema } from "../yaml/schema-problems";
import { type YamlSource, yamlIn } from "../yaml/yaml-source";
import { type RuleSet, type RulesFile, rulesSchema } from "./rules-schema";

/** The file with the rules, beside the environment file. It needn't exist. */
export const RULES_FILE = "rules.yaml";

/** The content of rules.yaml, and its places. */
export interface Rules {
  /** As error messages name it. */
  readonly file: string;
  readonly value: RulesFile;
  readonly source: YamlSource;
}

/** Some of the rules, and where they are in the file. */
export interface PlacedRules {
  readonly path: Problem["path"];
  readonly rules: RuleSet;
}

/**
 * Reads the rules that apply to an environment file: the rules in the folder of the given name. Undefined: there are none.
 *
 * @throws EnvironmentsError with every error of the file, if it can't be read, or if the name is a link to a file
 *   beside other rules
 */
export function readRules(environmentsFile: string): Rules | undefined {
  const file = join(dirname(environmentsFile), RULES_FILE);
  assertNoNamesake(file);
  assertNoOtherRules(environmentsFile, file);
  const text = readText(file);
  return text === undefined ? undefined : parseRules(text, file);
}

/** The rules of a text. The file is named in error messages. */
export function parseRules(text: string, file: string): Rules {
  const source = yamlIn(text, file);
  const { draft, problems: found } = checkSchema(source, rulesSchema);
  const problems = found.length === 0 ? problemsBetween(draft as RulesFile) : found;
  if (problems.length > 0) throw new EnvironmentsError(file, problemLines(source, file, problems));
  return { file, value: draft as RulesFile, source };
}

/** The rules that apply to a tier: the rules of all, and its own. */
export function rulesOfTier(file: RulesFile, tier: string | undefined): PlacedRules[] {
  return placed(file).filter(({ path: [section, name] }) => section === "all" || name === tier);
}

function placed({ all, tiers = {} }: RulesFile): PlacedRules[] {
  return [
    ...(all === undefined ? [] : [{ path: ["all"], rules: all }]),
    ...Object.entries(tiers).map(([tier, rules]) => ({ path: ["tiers", tier], rules })),
  ];
}

/** Names that somebody may give the file by mistake, and that nothing reads. */
const NAMESAKE = /^rules\.ya?ml$/i;

/** Refuses a file that is named by mistake: nobody would notice that its rules don't apply. */
function assertNoNamesake(file: string): void {
  const namesake = namesIn(dirname(file)).find((name) => NAMESAKE.test(name) && name !== RULES_FILE);
  if (namesake === undefined) return;
  throw new EnvironmentsError(file, [
    `${join(dirname(file), namesake)}: received rules under the name ${namesake}, expected them in ${RULES_FILE}, which is the only file that is read. Rename it.`,
  ]);
}

/** Refuses a link to an environment file beside other rules: nothing would read those rules. */
function assertNoOtherRules(environmentsFile: string, file: string): void {
  const real = realPath(environmentsFile);
  if (real === undefined) return; // reading it reports that
  const other = join(dirname(real), RULES_FILE);
  const isThere =
    lstatSync(other, { throwIfNoEntry: false }) !== undefined ||
    namesIn(dirname(real)).some((name) => NAMESAKE.test(name));
  const isOther = realPath(other) === undefined || realPath(other) !== realPath(file);
  if (!isThere || !isOther || dirname(real) === realPath(dirname(file))) return;
  throw new EnvironmentsError(environmentsFile, [
    `${environmentsFile}: received a link to ${real}, beside which there are other rules, expected no rules but ${file}. Set SUPPORT_APP_ENVIRONMENTS to ${real}, or make ${file} a link to ${other}.`,
  ]);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Empty if the folder can't be read: reading the environment file reports that. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file: string): string | undefined {
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    const reason = notAFile(statSync(file, { throwIfNoEntry: false }));
    if (reason !== undefined) throw new Error(reason);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new EnvironmentsError(file, [
      `${file}: expected a readable YAML file in UTF-8, or none, but: ${messageOf(error)}. Correct it, or remove it if there are no rules.`,
    ]);
  }
}

/** Problems of how values fit together that are valid on their own. */
function problemsBetween(file: RulesFile): Problem[] {
  if (file.all === undefined && file.tiers === undefined) {
    const message =
      "received an empty mapping, expected one with all, tiers or both. Remove the file if there are no rules.";
    return [{ path: [], message }];
  }
  return placed(file).flatMap(({ path, rules }) =>
    [...repeated(rules), ...contradictions(rules), ...tagProblems(rules)].map((problem) => ({
      ...problem,
      path: [...path, ...problem.path],
    })),
  );
}

function repeated({ tags = {}, ...rules }: RuleSet): Problem[] {
  const values = Object.entries(tags).map(([key, tag]) => [["tags", key, "values"], tag.values] as const);
  const lists = [...Object.entries(rules).map(([key, value]) => [[key], value] as const), ...values];
  return lists.flatMap(([path, list]) => {
    if (!Array.isArray(list)) return [];
    const first = new Map<string, number>();
    return list.flatMap((value, index) =>
      claim(first, value, index) === undefined
        ? []
        : [{ path: [...path, index], message: `received ${describe(value)} a second time, expected each once.` }],
    );
  });
}

function contradictions({ capabilities = [], temporarily = [] }: RuleSet): Problem[] {
  return temporarily.flatMap((capability, index) => {
    if (!capabilities.includes(capability)) return [];
    const message = `received ${describe(capability)}, expected a capability that isn't in capabilities: it may be given either for good or only with an end. Remove it from one of them.`;
    return [{ path: ["temporarily", index], message }];
  });
}

function tagProblems({ tags = {} }: RuleSet): Problem[] {
  return tagSetProblems(tags).map(({ path, message }) => ({ path: ["tags", ...path], message }));
}
