import { chosenEnvironments } from "./chosen-environments";
import type { Environment } from "./environment";
import { toEnvironment } from "./environment-entry";
import { environmentsProblems } from "./environments-consistency";
import { type EnvironmentsFile, environmentsSchema } from "./environments-schema";
import { profileOf } from "./profile";
import { ruleProblems } from "./rule-breaches";
import { type Rules, readRules, rulesOfTier } from "./rules/rules";
import { problemLines } from "./yaml/problem-lines";
import { checkSchema } from "./yaml/schema-problems";
import { YamlFileError } from "./yaml/yaml-file-error";
import { readYamlFile, yamlIn } from "./yaml/yaml-source";

/** The file that holds the environments, unless SUPPORT_APP_ENVIRONMENTS names another. */
const ENVIRONMENTS_FILE = "environments.yaml";

/**
 * The file that holds the environments.
 *
 * @internal
 */
export function environmentsFile(): string {
  return process.env.SUPPORT_APP_ENVIRONMENTS || ENVIRONMENTS_FILE;
}

/**
 * Reads the environments, in the order of the file. Checks all of them, and returns the environments that SUPPORT_APP_ONLY names.
 *
 * @param file by default the file that SUPPORT_APP_ENVIRONMENTS names, or environments.yaml
 * @throws YamlFileError with every error of the file, or of rules.yaml beside it
 * @throws Error if a file can't be read
 * @throws ChoiceError if SUPPORT_APP_ONLY names an environment that the file doesn't have
 */
export function loadEnvironments(file = environmentsFile()): Environment[] {
  return loadRuledEnvironments(file).environments;
}

/**
 * Like {@link loadEnvironments}, with the rules. Undefined: there is no rules.yaml beside the file.
 *
 * @internal
 */
export function loadRuledEnvironments(file = environmentsFile()): {
  readonly environments: Environment[];
  readonly rules: Rules | undefined;
} {
  const text = readEnvironments(file);
  const rules = readRules(file);
  return { environments: chosenEnvironments(parseEnvironments(text, file, rules)), rules };
}

/**
 * The text of an environment file.
 *
 * @internal
 * @throws InputError if it can't be read
 * @throws YamlFileError if it isn't in UTF-8
 */
export function readEnvironments(file: string): string {
  return readYamlFile(file, "Check the name and the current folder, or name another file in SUPPORT_APP_ENVIRONMENTS.");
}

/**
 * All environments of a text. The file is named in error messages.
 *
 * @internal
 * @param rules the content of rules.yaml. Undefined: there is none; `unchecked`: none is applied, for a file that is changed before it is
 *   synthesized
 */
export function parseEnvironments(text: string, file: string, rules?: Rules | "unchecked"): Environment[] {
  const source = yamlIn(text, file);
  const { draft, problems: schemaProblems } = checkSchema(source, environmentsSchema);
  const breaches =
    schemaProblems.length > 0 || rules === "unchecked" ? [] : ruleProblems(draft as EnvironmentsFile, rules);
  const problems = [...schemaProblems, ...environmentsProblems(draft ?? {}), ...breaches];
  if (problems.length > 0) throw new YamlFileError(file, problemLines(source, file, problems));

  const { defaults = {}, environments } = draft as EnvironmentsFile;
  return Object.entries(environments).map(([name, entry]) => {
    const ruleSetsOfTier = typeof rules === "object" ? rulesOfTier(rules.value, entry.tier) : [];
    const ruleSets = ruleSetsOfTier.map((ruleSet) => ruleSet.rules);
    const environment = toEnvironment(name, entry, defaults, ruleSets);
    return { ...environment, profile: profileOf(environment) };
  });
}
