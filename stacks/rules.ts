import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { claim } from "../modules/support-app/claim";
import { messageOf } from "../modules/support-app/printable";
import { describe, type Problem } from "../modules/support-app/problem";
import { tagSetProblems } from "../modules/support-app/validation";
import { strangeFile } from "./disk-error";
import { EnvironmentsError } from "./environments-error";
import { valueAt } from "./environments-schema";
import { problemLines } from "./problem-lines";
import { type RuleSet, type RulesFile, rulesSchema } from "./rules-schema";
import { schemaProblems } from "./schema-problems";
import { yamlIn } from "./yaml-file";
import type { YamlSource } from "./yaml-source";

/** The file with the rules, beside the environment file. It needn't be there. */
export const RULES_FILE = "rules.yaml";

/** What rules.yaml says, and where. */
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
 * Reads the rules that hold for the environments of a file: those in the folder of the name that is given. Undefined: there are none.
 *
 * @throws EnvironmentsError with every error of the file, where there is something that can't be read, or where the name is a link to a
 *   file beside which there are other rules
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
  const found = schemaProblems(source, rulesSchema);
  const problems = [...found, ...(found.length === 0 ? problemsBetween(source.value as RulesFile) : [])];
  if (problems.length > 0) throw new EnvironmentsError(file, problemLines(source, file, problems));
  return { file, value: source.value as RulesFile, source };
}

/** What holds for an environment of a tier: the rules of all, and those of the tier. */
export function rulesOfTier({ all, tiers }: RulesFile, tier: string | undefined): PlacedRules[] {
  const ofTier = tier === undefined ? undefined : (valueAt(tiers, [tier]) as RuleSet | undefined);
  return [
    ...(all === undefined ? [] : [{ path: ["all"], rules: all }]),
    ...(tier === undefined || ofTier === undefined ? [] : [{ path: ["tiers", tier], rules: ofTier }]),
  ];
}

/** Names that somebody may give the file, and that nothing reads. */
const NAMESAKE = /^rules\.ya?ml$/i;

/** Refuses a file that seems to hold rules, and whose name says that it doesn't. */
function assertNoNamesake(file: string): void {
  const namesake = namesIn(dirname(file)).find((name) => NAMESAKE.test(name) && name !== RULES_FILE);
  if (namesake === undefined) return;
  throw new EnvironmentsError(file, [
    `${join(dirname(file), namesake)}: received rules under the name ${namesake}, expected them in ${RULES_FILE}, which is the only file that is read. Rename it.`,
  ]);
}

/** Refuses an environment file that is a link away from rules: nothing would read them. */
function assertNoOtherRules(environmentsFile: string, file: string): void {
  const real = realPath(environmentsFile);
  if (real === undefined) return; // reading it says so
  const other = join(dirname(real), RULES_FILE);
  const isThere =
    lstatSync(other, { throwIfNoEntry: false }) !== undefined ||
    namesIn(dirname(real)).some((name) => NAMESAKE.test(name));
  const isOther = realPath(other) === undefined || realPath(other) !== realPath(file);
  if (!isThere || !isOther || dirname(real) === realPath(dirname(file))) return;
  throw new EnvironmentsError(environmentsFile, [
    `${environmentsFile}: received a link to ${real}, beside which there are other rules, expected no rules but those in ${file}. Set SUPPORT_APP_ENVIRONMENTS to ${real}, or make ${file} a link to ${other}.`,
  ]);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** None where there is no folder that can be read: reading the environment file says so. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file: string): string | undefined {
  const failed = (why: string) =>
    new EnvironmentsError(file, [
      `${file}: expected a readable YAML file in UTF-8, or nothing, but: ${why}. Mend it, or remove it if nothing is ruled.`,
    ]);
  let strange: string | undefined;
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    strange = strangeFile(statSync(file, { throwIfNoEntry: false }));
    if (strange === undefined) {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
    }
  } catch (error) {
    throw failed(messageOf(error));
  }
  throw failed(strange);
}

/** What is wrong between values that are right by themselves. */
function problemsBetween(file: RulesFile): Problem[] {
  if (file.all === undefined && file.tiers === undefined) {
    return [
      {
        path: [],
        message:
          "received an empty mapping, expected one with all, tiers or both. Remove the file if nothing is ruled.",
      },
    ];
  }
  const sets: PlacedRules[] = [
    ...(file.all === undefined ? [] : [{ path: ["all"], rules: file.all }]),
    ...Object.entries(file.tiers ?? {}).map(([tier, rules]) => ({ path: ["tiers", tier], rules })),
  ];
  return sets.flatMap(({ path, rules }) =>
    [...repeated(rules), ...contradictions(rules), ...tagProblems(rules)].map((problem) => ({
      ...problem,
      path: [...path, ...problem.path],
    })),
  );
}

function repeated(rules: RuleSet): Problem[] {
  const lists: readonly (readonly [Problem["path"], readonly string[] | undefined])[] = [
    ...(["access-levels", "capabilities", "temporarily", "slack-workspaces"] as const).map(
      (key) => [[key], rules[key]] as const,
    ),
    ...Object.entries(rules.tags ?? {}).map(([key, { values }]) => [["tags", key, "values"], values] as const),
  ];
  return lists.flatMap(([path, values = []]) => {
    const first = new Map<string, number>();
    return values.flatMap((value, index) =>
      claim(first, value, index) === undefined
        ? []
        : [{ path: [...path, index], message: `received ${describe(value)} a second time, expected each once.` }],
    );
  });
}

function contradictions({ capabilities = [], temporarily = [] }: RuleSet): Problem[] {
  return temporarily.flatMap((capability, index) =>
    capabilities.includes(capability)
      ? [
          {
            path: ["temporarily", index],
            message: `received ${describe(capability)}, expected a capability that capabilities doesn't have: it may be given for good, or only with an end. Remove it from one of them.`,
          },
        ]
      : [],
  );
}

function tagProblems({ tags = {} }: RuleSet): Problem[] {
  return tagSetProblems(tags).map(({ path, message }) => ({ path: ["tags", ...path], message }));
}
