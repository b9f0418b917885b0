import { readFileSync } from "node:fs";
import type { z } from "zod";
import { describe, type Problem } from "../modules/support-app/validation";
import { type Environment, toEnvironment } from "./environment";
import { type EnvironmentsDraft, environmentsProblems } from "./environments-rules";
import { environmentSchema, environmentsSchema } from "./environments-schema";
import { YamlSource } from "./yaml-source";

/** The file that holds the environments, unless SUPPORT_APP_ENVIRONMENTS names another. */
export const ENVIRONMENTS_FILE = "environments.yaml";

/** Everything that is wrong with an environment file. The message is for a person, and complete. */
export class EnvironmentsError extends Error {
  constructor(file: string, lines: readonly string[]) {
    super(
      `${file} has ${lines.length === 1 ? "an error" : `${lines.length} errors`}. Nothing was written.\n${lines.join("\n")}`,
    );
    this.name = "EnvironmentsError";
  }
}

/**
 * Reads the environments, in the order in which the file has them.
 *
 * @throws EnvironmentsError with every error of the file: file, line, column, path, what was received and expected
 */
export function loadEnvironments(file: string): Environment[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new EnvironmentsError(file, [
      `${file}: expected a readable YAML file in UTF-8, but: ${(error as Error).message}. Create it, or name another in SUPPORT_APP_ENVIRONMENTS.`,
    ]);
  }
  return parseEnvironments(text, file);
}

/** Like {@link loadEnvironments}, of a text. The file is named in error messages. */
export function parseEnvironments(text: string, file: string): Environment[] {
  const source = new YamlSource(text.normalize("NFC")); // as Terraform does with every string
  const syntaxErrors = source.syntaxErrors();
  if (syntaxErrors.length > 0) {
    throw new EnvironmentsError(
      file,
      syntaxErrors.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`),
    );
  }
  const value = readValue(source, file);
  const problems: FileProblem[] = [
    ...source.duplicateKeys().map((problem) => ({ ...problem, ofKey: true })),
    ...schemaProblems(source, environmentsSchema, value, []),
  ];
  problems.push(...environmentsProblems(withoutProblems(value, problems)));
  if (problems.length > 0) throw new EnvironmentsError(file, problemLines(source, file, problems));

  const { defaults, environments } = environmentsSchema.parse(value);
  return Object.entries(environments).map(([name, entry]) => toEnvironment(name, entry, defaults ?? {}));
}

function readValue(source: YamlSource, file: string): unknown {
  try {
    return source.value();
  } catch (error) {
    throw new EnvironmentsError(file, [
      `${file}: expected YAML whose aliases stay few, but: ${(error as Error).message}.`,
    ]);
  }
}

function problemLines(source: YamlSource, file: string, problems: readonly FileProblem[]): string[] {
  const located = problems.map((problem) => ({ ...source.positionOf(problem.path, problem.ofKey), ...problem }));
  located.sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = located.map(
    ({ line, column, path, message }) => `${file}:${line}:${column}: ${pathInWords(path)}: ${message}`,
  );
  return [...new Set(lines)];
}

function pathInWords(path: Problem["path"]): string {
  if (path.length === 0) return "the file";
  return path
    .map((step) =>
      typeof step === "number" ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `.${JSON.stringify(step)}`,
    )
    .join("")
    .replace(/^\./, "");
}

/** A problem of a file. One of a key says nothing about the value that stands there. */
interface FileProblem extends Problem {
  readonly ofKey?: boolean;
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
      const expected = issue.message.split("\n");
      issue.keys.forEach((key, index) => {
        add([...path, key], `the unknown key ${describe(key)}`, expected[index] ?? "", true);
      });
    } else if (issue.code === "invalid_key") {
      const key = path.at(-1) as string;
      add(path, describe(key), issue.issues[0]?.message ?? issue.message, true);
      // Zod looks no further once a key is wrong.
      if (path[0] === "environments" && path.length === 2) {
        const entry = (value as { environments: Record<string, unknown> }).environments[key];
        problems.push(...schemaProblems(source, environmentSchema, entry, path));
      }
    } else {
      add(path, source.received(path), issue.message);
    }
  }
  return problems;
}

/** The value, with `undefined` in each place that is wrong by itself, so that a rule sees only what it can judge. */
function withoutProblems(value: unknown, problems: readonly FileProblem[]): EnvironmentsDraft {
  const draft = structuredClone(value);
  for (const { path, ofKey } of problems) {
    if (ofKey) continue;
    let parent: unknown = draft;
    for (const step of path.slice(0, -1)) parent = (parent as Record<string | number, unknown> | undefined)?.[step];
    const last = path.at(-1);
    if (last === undefined) return {};
    if (typeof parent === "object" && parent !== null && last in parent) {
      (parent as Record<string | number, unknown>)[last] = undefined;
    }
  }
  return draft as EnvironmentsDraft;
}
