import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt } from "../../../common/disk-error";
import { fieldsIn } from "../../../common/json";
import { describe, type Problem, prependPath } from "../../../common/problem";
import { problemOf } from "../../../modules/support-app/conflict-words";
import { tagSetConflicts } from "../../../modules/support-app/model/access-consistency";
import { problemLines } from "../yaml/problem-lines";
import { checkSchema } from "../yaml/schema-problems";
import { YamlFileError } from "../yaml/yaml-file-error";
import { readYamlFile, type YamlSource, yamlIn } from "../yaml/yaml-source";
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

/**
 * Reads the rules that apply to an environment file: the rules in the folder of the given name. Undefined: there are none.
 *
 * @throws YamlFileError with every error of the file, or if the name is a link to a file beside other rules
 * @throws InputError if it can't be read
 */
export function readRules(environmentsFile: string): Rules | undefined {
  const file = join(dirname(environmentsFile), RULES_FILE);
  assertNoNamesake(file);
  assertNoOtherRules(environmentsFile, file);
  if (!isOnDisk(file)) return undefined;
  return parseRules(readYamlFile(file, "Correct it, or remove it if there are no rules."), file);
}

/** The rules of a text. The file is named in error messages. */
export function parseRules(text: string, file: string): Rules {
  const source = yamlIn(text, file);
  const { draft, problems: schemaProblems } = checkSchema(source, rulesSchema);
  const problems = schemaProblems.length === 0 ? contradictions(draft as RulesFile) : schemaProblems;
  if (problems.length > 0) throw new YamlFileError(file, problemLines(source, file, problems));
  return { file, value: draft as RulesFile, source };
}

/** The rules that apply to a tier: the rules of all, and its own, each with its place. */
export function rulesOfTier(file: RulesFile, tier: string | undefined): ReturnType<typeof ruleSetsIn> {
  return ruleSetsIn(file).filter(({ path: [section, name] }) => section === "all" || name === tier);
}

function ruleSetsIn({
  all: everywhere,
  tiers = {},
}: RulesFile): { readonly path: Problem["path"]; readonly rules: RuleSet }[] {
  const ofTiers = Object.entries(tiers).map(([tier, rules]) => ({ path: ["tiers", tier], rules }));
  return everywhere === undefined ? ofTiers : [{ path: ["all"], rules: everywhere }, ...ofTiers];
}

/** What contradicts itself: a file without rules, a value twice, tags that IAM takes for one, or a capability both for good and only with an end. */
function contradictions(file: RulesFile): Problem[] {
  if (ruleSetsIn(file).length === 0) {
    const expected = "one with all, tiers or both. Remove the file if there are no rules";
    return [{ path: [], message: `received an empty mapping, expected ${expected}.` }];
  }
  return ruleSetsIn(file).flatMap(({ path, rules }) => {
    const { capabilities = [], temporarily = [], tags = {} } = rules;
    const problems = temporarily.flatMap((capability, index) => {
      if (!capabilities.includes(capability)) return [];
      const message = `received ${describe(capability)}, expected a capability that isn't in capabilities: it may be given either for good or only with an end. Remove it from one of them.`;
      return [{ path: ["temporarily", index], message }];
    });
    const tagProblems = prependPath(
      ["tags"],
      tagSetConflicts(tags).map((conflict) => problemOf(conflict)),
    );
    return prependPath(path, [...repetitionsIn(rules), ...tagProblems, ...problems]);
  });
}

/** Each item that a list has already, in whatever is in a value. */
function repetitionsIn(value: unknown): Problem[] {
  const items = Array.isArray(value) ? [...value.entries()] : Object.entries(fieldsIn(value));
  return items.flatMap(([key, item]) => {
    const isRepeated = Array.isArray(value) && value.indexOf(item) !== key;
    const message = `received ${describe(item)} a second time, expected each value once. Remove it.`;
    return isRepeated ? [{ path: [key], message }] : prependPath([key], repetitionsIn(item));
  });
}

/** Names that somebody may give the file by mistake, and that nothing reads. */
const NAMESAKE = /^rules\.ya?ml$/i;

/** Refuses a file that is named by mistake: nobody would notice that its rules don't apply. */
function assertNoNamesake(file: string): void {
  const namesake = namesIn(dirname(file)).find((name) => NAMESAKE.test(name) && name !== RULES_FILE);
  if (namesake === undefined) return;
  throw new YamlFileError(file, [
    `${join(dirname(file), namesake)}: received rules under the name ${namesake}, expected them in ${RULES_FILE}, which is the only file that is read. Rename it.`,
  ]);
}

/** Refuses a link to an environment file beside other rules: nothing would read those rules. */
function assertNoOtherRules(environmentsFile: string, file: string): void {
  const linkTarget = realPath(environmentsFile);
  if (linkTarget === undefined) return; // reading it reports that
  const folder = dirname(linkTarget);
  const otherFile = join(folder, RULES_FILE);
  const isThere = isOnDisk(otherFile) || namesIn(folder).some((name) => NAMESAKE.test(name));
  const isSame = folder === realPath(dirname(file)) || (realPath(otherFile) ?? otherFile) === realPath(file);
  if (!isThere || isSame) return;
  throw new YamlFileError(environmentsFile, [
    `${environmentsFile}: received a link to ${linkTarget}, beside which there are other rules, expected no rules but ${file}. Set SUPPORT_APP_ENVIRONMENTS to ${linkTarget}, or make ${file} a link to ${otherFile}.`,
  ]);
}

/** Whether there is a file or a link, even to nothing. */
function isOnDisk(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function realPath(path: string): string | undefined {
  return attempt(() => realpathSync(path));
}

/** Empty if the folder can't be read: reading the environment file reports that. */
function namesIn(folder: string): string[] {
  return attempt(() => readdirSync(folder)) ?? [];
}
