import { readFileSync } from "node:fs";
import type { z } from "zod";
import { messageOf, printableLines } from "../modules/support-app/printable";
import { describe, oneOf, type Problem, pathInWords } from "../modules/support-app/problem";
import { type Environment, toEnvironment } from "./environment";
import { type EnvironmentsDraft, environmentsProblems } from "./environments-rules";
import { environmentSchema, environmentsSchema, keysAt, tagValueSchema } from "./environments-schema";
import { nearest } from "./suggestion";
import { type Position, YamlSource } from "./yaml-source";

/** The file that holds the environments, unless SUPPORT_APP_ENVIRONMENTS names another. */
const ENVIRONMENTS_FILE = "environments.yaml";

/** Most errors of YAML itself that are shown: one wrong bracket makes many. */
const MAX_SYNTAX_ERRORS = 10;

/** Everything that is wrong with an environment file. The message is for a person, and complete. */
export class EnvironmentsError extends Error {
  constructor(file: string, lines: readonly string[], count = lines.length) {
    const first = `${file} has ${count === 1 ? "an error" : `${count} errors`}. Nothing was written.`;
    super(printableLines([first, ...lines]));
    this.name = "EnvironmentsError";
  }
}

/**
 * Reads the environments, in the order in which the file has them.
 *
 * @param file by default the one that SUPPORT_APP_ENVIRONMENTS names, or environments.yaml
 * @throws EnvironmentsError with every error of the file: file, line, column, path, what was received and expected
 */
export function loadEnvironments(file = process.env.SUPPORT_APP_ENVIRONMENTS || ENVIRONMENTS_FILE): Environment[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new EnvironmentsError(file, [
      `${file}: expected a readable YAML file in UTF-8, but: ${messageOf(error)}. Check the name, or give another in SUPPORT_APP_ENVIRONMENTS.`,
    ]);
  }
  return parseEnvironments(text, file);
}

/** Like {@link loadEnvironments}, of a text. The file is named in error messages. */
export function parseEnvironments(text: string, file: string): Environment[] {
  const source = new YamlSource(text.normalize("NFC")); // as Terraform does with every string
  const syntaxErrors = source.syntaxErrors();
  if (syntaxErrors.length > 0) {
    const shown = syntaxErrors.slice(0, MAX_SYNTAX_ERRORS).map((error) => `${place(file, error)}: ${error.message}`);
    const hidden = syntaxErrors.length - shown.length;
    if (hidden > 0) shown.push(`${file}: and ${hidden} more, which may well follow from these.`);
    throw new EnvironmentsError(file, shown, syntaxErrors.length);
  }
  const value = readValue(source, file);
  const found: FileProblem[] = [
    ...source.duplicateKeys().map((problem) => ({ ...problem, ofKey: true })),
    ...schemaProblems(source, environmentsSchema, value, []),
  ];
  const mistyped = mistypedPaths(found).filter((path) => valueAt(value, path) === undefined);
  const missing = new Set(mistyped.map((path) => JSON.stringify(path)));
  const problems = found.filter(({ path }) => !missing.has(JSON.stringify(path)));
  problems.push(...environmentsProblems(withoutProblems(value, [...problems, ...mistyped.map((path) => ({ path }))])));
  if (problems.length > 0) throw new EnvironmentsError(file, problemLines(source, file, problems));

  const { defaults, environments } = environmentsSchema.parse(value);
  return Object.entries(environments).map(([name, entry]) => toEnvironment(name, entry, defaults ?? {}));
}

function place(file: string, { line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

function readValue(source: YamlSource, file: string): unknown {
  try {
    return source.value();
  } catch (error) {
    throw new EnvironmentsError(file, [`${file}: expected YAML whose aliases stay few, but: ${messageOf(error)}.`]);
  }
}

function problemLines(source: YamlSource, file: string, problems: readonly FileProblem[]): string[] {
  const located = problems.map((problem) => ({ ...source.positionOf(problem.path, problem.ofKey), ...problem }));
  located.sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = located.map(
    (problem) => `${place(file, problem)}: ${pathInWords(problem.path) || "the file"}: ${problem.message}`,
  );
  return [...new Set(lines)];
}

/** A problem of a file. One of a key says nothing about the value that stands there. */
interface FileProblem extends Problem, Partial<Position> {
  readonly ofKey?: boolean;
  /** The key that an unknown one most likely stands for. */
  readonly meant?: string;
}

/** The paths of the keys that unknown ones most likely stand for. That they are missing is no news. */
function mistypedPaths(problems: readonly FileProblem[]): Problem["path"][] {
  return problems.flatMap(({ path, meant }) => (meant === undefined ? [] : [[...path.slice(0, -1), meant]]));
}

/** What is wrong with each value by itself. */
function schemaProblems(
  source: YamlSource,
  schema: z.ZodType,
  value: unknown,
  prefix: readonly (string | number)[],
): FileProblem[] {
  const problems: FileProblem[] = [];
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    const path = [...prefix, ...issue.path] as (string | number)[];
    const add = (where: Problem["path"], received: string, expected: string, ofKey = false) =>
      problems.push({
        path: where,
        message: `received ${received}, expected ${expected}${expected.endsWith("?") ? "" : "."}`,
        ofKey,
      });
    if (issue.code === "unrecognized_keys") {
      const mapping = valueAt(value, issue.path) as Readonly<Record<string, unknown>>;
      const keys = keysAt(path, mapping.type);
      for (const key of issue.keys) {
        const meant = nearest(
          key,
          keys.filter((known) => !Object.hasOwn(mapping, known)),
        );
        const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
        const message = `received the unknown key ${describe(key)}, expected ${oneOf(keys)}.${hint}`;
        problems.push({ path: [...path, key], message, ofKey: true, meant });
      }
    } else if (issue.code === "invalid_key") {
      const key = path.at(-1) as string;
      add(path, describe(key), issue.issues[0]?.message ?? issue.message, true);
      // Zod looks no further once a key is wrong.
      const schemaOfValue = path.length === 2 ? environmentSchema : tagValueSchema;
      problems.push(...schemaProblems(source, schemaOfValue, valueAt(value, issue.path), path));
    } else {
      add(path, source.received(path), issue.message);
    }
  }
  return problems;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inside, step) => (inside as Record<PropertyKey, unknown> | undefined)?.[step], value);
}

/** The value, with `undefined` in each place that is wrong by itself, so that a rule sees only what it can judge. */
function withoutProblems(value: unknown, problems: readonly Pick<FileProblem, "path" | "ofKey">[]): EnvironmentsDraft {
  const draft = structuredClone(value);
  for (const { path, ofKey } of problems) {
    if (ofKey) continue;
    const last = path.at(-1);
    if (last === undefined) return {};
    const parent = valueAt(draft, path.slice(0, -1));
    if (typeof parent === "object" && parent !== null) {
      (parent as Record<string | number, unknown>)[last] = undefined;
    }
  }
  return draft as EnvironmentsDraft;
}
