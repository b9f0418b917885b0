import { readFileSync } from "node:fs";
import { messageOf } from "../modules/support-app/printable";
import type { Problem } from "../modules/support-app/problem";
import { chosenEnvironments } from "./chosen-environments";
import { type Environment, toEnvironment } from "./environment";
import { EnvironmentsError } from "./environments-error";
import { type EnvironmentsDraft, environmentsProblems, type RuleProblem } from "./environments-rules";
import { type EnvironmentsFile, valueAt } from "./environments-schema";
import { problemLines } from "./problem-lines";
import { ruleBreaches } from "./rule-breaches";
import { type Rules, readRules, rulesOfTier } from "./rules";
import { type SchemaProblem, schemaProblems } from "./schema-problems";
import { yamlIn } from "./yaml-file";

export { EnvironmentsError };

/** The file that holds the environments, unless SUPPORT_APP_ENVIRONMENTS names another. */
const ENVIRONMENTS_FILE = "environments.yaml";

/** Length of the path to an environment. A wrong name there doesn't make the environment wrong. */
const ENVIRONMENT_DEPTH = 2;

/** The file that holds the environments. */
export function environmentsFile(): string {
  return process.env.SUPPORT_APP_ENVIRONMENTS || ENVIRONMENTS_FILE;
}

/**
 * Reads the environments, in the order of the file. Checks all of them, and returns those that SUPPORT_APP_ONLY names.
 *
 * @param file by default the one that SUPPORT_APP_ENVIRONMENTS names, or environments.yaml
 * @throws EnvironmentsError with every error of the file, or of rules.yaml beside it: file, line, column, path, what was received and expected
 * @throws ChoiceError if SUPPORT_APP_ONLY names an environment that the file doesn't have
 */
export function loadEnvironments(file = environmentsFile()): Environment[] {
  return loadRuledEnvironments(file).environments;
}

/** Environments, and the rules that apply to them. */
export interface RuledEnvironments {
  readonly environments: Environment[];
  /** Undefined: there is no rules.yaml beside their file. */
  readonly rules?: Rules;
}

/** Like {@link loadEnvironments}, with the rules. */
export function loadRuledEnvironments(file = environmentsFile()): RuledEnvironments {
  const text = readEnvironments(file);
  const rules = readRules(file);
  return { environments: chosenEnvironments(parseEnvironments(text, file, rules)), rules };
}

/**
 * The text of an environment file, with its byte order mark if it has one.
 *
 * @throws EnvironmentsError if it can't be read
 */
export function readEnvironments(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw new EnvironmentsError(file, [
      `${file}: expected a readable YAML file in UTF-8, but: ${messageOf(error)}. Check the name, or give another in SUPPORT_APP_ENVIRONMENTS.`,
    ]);
  }
}

/**
 * All environments of a text. The file is named in error messages.
 *
 * @param rules what rules.yaml says. Undefined: there is none
 */
export function parseEnvironments(text: string, file: string, rules?: Rules): Environment[] {
  return parsed(text, file, (draft) => ruleBreaches(draft, rules), rules);
}

/** Like {@link parseEnvironments}, without the rules: for a file that is changed before it is synthesized. */
export function parseUnruled(text: string, file: string): Environment[] {
  return parsed(text, file, () => []);
}

function parsed(
  text: string,
  file: string,
  breachesOf: (draft: EnvironmentsDraft) => RuleProblem[],
  rules?: Rules,
): Environment[] {
  const source = yamlIn(text, file);
  const { value } = source;
  const found = schemaProblems(source);
  const mistyped = mistypedPaths(found).filter((path) => valueAt(value, path) === undefined);
  const missing = new Set(mistyped.map((path) => JSON.stringify(path)));
  const wrong = found.filter(({ path }) => !missing.has(JSON.stringify(path)));
  const draft = found.length === 0 ? (value as EnvironmentsFile) : withoutProblems(value, wrong, mistyped);
  const problems = [...wrong, ...environmentsProblems(draft), ...breachesOf(draft)];
  if (problems.length > 0) throw new EnvironmentsError(file, problemLines(source, file, problems));

  const { defaults, environments } = value as EnvironmentsFile;
  return Object.entries(environments).map(([name, entry]) => {
    const placed = rules === undefined ? [] : rulesOfTier(rules.value, entry.tier);
    return toEnvironment(
      name,
      entry,
      defaults ?? {},
      placed.map((one) => one.rules),
    );
  });
}

/** The paths of the keys that were probably misspelled. They aren't reported as missing, too. */
function mistypedPaths(problems: readonly SchemaProblem[]): Problem["path"][] {
  return problems.flatMap(({ path, places = [path], meant }) =>
    meant === undefined ? [] : places.map((place) => [...place.slice(0, -1), meant]),
  );
}

/**
 * The value without its invalid parts, so that a rule sees only what it can judge. An invalid value is `undefined`, and
 * an invalid key is removed, unless it is the name of an environment.
 */
function withoutProblems(
  value: unknown,
  problems: readonly SchemaProblem[],
  mistyped: readonly Problem["path"][],
): EnvironmentsDraft {
  const draft = structuredClone(value); // keeps what aliases share
  const values = problems.filter(({ of }) => of === "value").flatMap(({ path, places = [path] }) => places);
  if (values.some((path) => path.length === 0)) return {};
  const keys = problems
    .filter(({ of, path, located }) => of === "key" && path.length > ENVIRONMENT_DEPTH && located === undefined)
    .flatMap(({ path, places = [path] }) => places);
  const slotOf = (path: Problem["path"]) => ({
    parent: valueAt(draft, path.slice(0, -1)) as Record<string | number, unknown>,
    key: path.at(-1) as string | number,
  });
  const slots = { values: [...values, ...mistyped].map(slotOf), keys: keys.map(slotOf) }; // all before the first is removed
  for (const { parent, key } of slots.values) parent[key] = undefined;
  for (const { parent, key } of slots.keys) delete parent[key];
  return draft as EnvironmentsDraft;
}
