import * as z from "zod";
import { describe, describePath, isMapping, oneOf, type Problem, pathInWords } from "../../../common/problem";
import type { FileProblem } from "./problem-lines";
import { nearest } from "./suggestion";
import { received, type YamlSource } from "./yaml-source";
import { valueAt, type YamlValue } from "./yaml-value";

type Path = Problem["path"];

/** An issue of zod's, in a value that has no symbols as keys. */
type SchemaIssue = z.core.$ZodIssue & { path: (string | number)[] };

/** Maximum number of problems that are looked at: aliases can repeat a wrong value many times. */
const MAX_PROBLEMS = 20_000;

/** Settings of Terraform's HTTP backend that no file has, with the variables that have them. */
const CREDENTIALS: ReadonlyMap<string, string> = new Map([
  ["username", "TF_HTTP_USERNAME"],
  ["password", "TF_HTTP_PASSWORD"],
]);

/** An address that may have a secret in it, which no message repeats. */
const SECRET_ADDRESS = /^[a-z][a-z\d+.-]*:\/\/(?:[^/]*@|[^?#]*[?#])/i;

/** An address, of which the end may be what is wrong. */
const ADDRESS = /^https?:\/\/\S+$/;

/**
 * Checks each value of a file on its own, at each of its places.
 *
 * @returns the problems, and the file's value without what is wrong, so that a rule sees only what it can judge: what is wrong or missing
 *   is `undefined`. With too many problems, there is no value to judge
 */
export function checkSchema(
  source: YamlSource,
  schema: z.ZodType,
): { readonly draft: unknown; readonly problems: readonly FileProblem[] } {
  const issues = issuesOf(schema, source.root, []);
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => ({ path: issue.path, key })) : [],
  );
  const otherIssues = issues.filter(({ code }) => code !== "unrecognized_keys");
  const misspelledKeys = new Set<string>();
  const problems: FileProblem[] = [];
  const wrong: Path[] = [];
  for (const { path: parent, key } of unknown.slice(0, MAX_PROBLEMS)) {
    const path = [...parent, key];
    const { shape } = schemaAt(schema, parent, source.root) as z.ZodObject;
    const keys = Object.keys(shape);
    const missing = keys.filter((candidate) => valueAt(source.root, [...parent, candidate]) === undefined);
    const intendedKey = nearest(key, missing);
    wrong.push(path);
    if (intendedKey !== undefined) {
      misspelledKeys.add(pathInWords([...parent, intendedKey])); // so it isn't reported as missing, too
      wrong.push([...parent, intendedKey]);
    }
    const hint = intendedKey === undefined ? placeHint(schema, path, shape) : ` Did you mean ${intendedKey}?`;
    const message = `received the unknown key ${describe(key)}, expected ${oneOf(keys)}.${hint}`;
    problems.push({ of: "key", path, message });
  }
  for (const issue of otherIssues.slice(0, MAX_PROBLEMS)) {
    const { code, path, message: expected } = issue;
    if (misspelledKeys.has(pathInWords(path))) continue;
    const value = valueAt(source.root, path);
    if (issue.code === "invalid_key") {
      const message = `received ${describe(path.at(-1))}, expected ${issue.issues[0]?.message}.`;
      problems.push({ of: "key", path, message });
      if (!isMapping(value?.value)) wrong.push(path); // a wrong name doesn't make an environment wrong
      continue;
    }
    const words = value === undefined ? "nothing" : code === "custom" ? sizeOf(value) : receivedWords(value);
    const message = `received ${words}, expected ${expected}${expected.endsWith("?") ? "" : "."}`;
    problems.push({ path, message });
    wrong.push(path);
  }
  const isWhole = Math.max(unknown.length, otherIssues.length) <= MAX_PROBLEMS;
  const copies = new Set<unknown>();
  const validate = (draft: unknown) => wrong.reduce((remaining, path) => without(remaining, path, copies), draft);
  return { draft: isWhole ? validate(source.value) : undefined, problems };
}

/** What is wrong with a value, and with the values whose keys are wrong, which zod leaves out. */
function issuesOf(schema: z.ZodType, value: YamlValue, path: Path): SchemaIssue[] {
  const issues = (schema.safeParse(value.value).error?.issues ?? []) as SchemaIssue[];
  return issues.flatMap((issue) => {
    if (issue.code === "invalid_union" && issue.errors.length > 0) {
      const optionValue = valueAt(value, issue.path);
      if (optionValue === undefined) return [];
      return issuesOf(schemaAt(schema, issue.path, value), optionValue, [...path, ...issue.path]);
    }
    const whole: SchemaIssue = { ...issue, path: [...path, ...issue.path] };
    const nestedValue = issue.code === "invalid_key" ? valueAt(value, issue.path) : undefined;
    return nestedValue === undefined
      ? [whole]
      : [whole, ...issuesOf(schemaAt(schema, issue.path, value), nestedValue, whole.path)];
  });
}

/** The schema of what is at a path of a value. The type of a mapping may decide it, or that it is a mapping. */
function schemaAt(schema: z.ZodType, path: Path, value: YamlValue | undefined): z.ZodType {
  const [step, ...restPath] = path;
  if (schema instanceof z.ZodOptional) return schemaAt(schema.unwrap() as z.ZodType, path, value);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const type = value?.entries.get("type")?.inside.value;
    const options = schema.options as readonly z.ZodObject<{ type: z.ZodLiteral }>[];
    return options.find(({ shape }) => shape.type.value === type) ?? schema;
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options as readonly z.ZodType[];
    const option = options.find((candidate) => candidate instanceof z.ZodObject === isMapping(value?.value));
    return option === undefined ? schema : schemaAt(option, path, value);
  }
  if (step === undefined) return schema;
  const nestedValue =
    schema instanceof z.ZodObject
      ? schema.shape[step]
      : schema instanceof z.ZodArray
        ? schema.element
        : (schema as z.ZodRecord).valueType;
  return schemaAt(nestedValue as z.ZodType, restPath, value?.entries.get(step)?.inside);
}

function receivedWords(value: YamlValue): string {
  const text = typeof value.value === "string" ? value.value : "";
  if (SECRET_ADDRESS.test(text)) return "an address with credentials or a query";
  return ADDRESS.test(text) ? describePath(text) : received(value);
}

/** The size of a list or a mapping, in words. */
function sizeOf(value: YamlValue): string {
  const { size } = value.entries;
  return size === 0 ? received(value) : `${Array.isArray(value.value) ? "a list" : "a mapping"} of ${size}`;
}

/** A copy of a value in which what is at a path is undefined. What is a copy already is changed. */
function without(value: unknown, [step, ...restPath]: Path, copies: Set<unknown>): unknown {
  if (step === undefined || typeof value !== "object" || value === null) return undefined;
  const whole = copies.has(value) ? value : Array.isArray(value) ? [...value] : { ...value };
  copies.add(whole);
  const copy = whole as Record<string | number, unknown>;
  copy[step] = without(copy[step], restPath, copies);
  return copy;
}

/** Maximum number of places that a hint lists. */
const MAX_PLACES = 3;

/** Stand for any name and any item in the place of a key. */
const [NAME, ITEM] = ["NAME", "[]"];

/** Where an unknown key belongs: of all its places in the file, those that have most of its path in common. */
function placeHint(schema: z.ZodType, path: Path, shape: z.ZodRawShape): string {
  const key = String(path.at(-1));
  if (shape.type instanceof z.ZodLiteral) return variantHint(key, shape.type); // its keys are like no others
  const places = placesOf(key, schema).map((place) => ({
    place,
    common: place.findIndex((step, index) => step !== path[index] && step !== NAME && step !== ITEM),
  }));
  const longestCommon = Math.max(...places.map(({ common }) => common));
  const words = places
    .filter(({ common }) => common === longestCommon)
    .map(({ place }) => place.join(".").replaceAll(`.${ITEM}`, ITEM));
  if (words.length === 0 || words.length > MAX_PLACES) return "";
  return words[0] === key ? " It belongs at the top level of the file." : ` Did you mean ${words.join(" or ")}?`;
}

function variantHint(key: string, type: z.ZodLiteral): string {
  const variable = type.value === "http" ? CREDENTIALS.get(key) : undefined;
  return variable === undefined ? "" : ` Remove it, and set ${variable} in the process's environment.`;
}

/** The outermost places of a key under a schema. */
function placesOf(key: string, schema: z.ZodType): string[][] {
  const nestedIn = (value: unknown, ...steps: string[]) =>
    placesOf(key, value as z.ZodType).map((place) => [...steps, ...place]);
  if (schema instanceof z.ZodOptional) return nestedIn(schema.unwrap());
  if (schema instanceof z.ZodArray) return nestedIn(schema.element, ITEM);
  if (schema instanceof z.ZodRecord) return nestedIn(schema.valueType, NAME);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => nestedIn(option));
  if (!(schema instanceof z.ZodObject)) return [];
  if (Object.hasOwn(schema.shape, key)) return [[key]];
  return Object.entries(schema.shape).flatMap(([step, value]) => nestedIn(value, step));
}
