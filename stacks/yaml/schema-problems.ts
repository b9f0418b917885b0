import { z } from "zod";
import { isMapping } from "../../modules/support-app/model/mapping";
import { describe, oneOf, type Problem, pathInWords } from "../../modules/support-app/model/problem";
import { nearest } from "./suggestion";
import { type Located, received, type YamlSource } from "./yaml-source";
import type { YamlValue } from "./yaml-value";

type Path = Problem["path"];

/** A problem of a single value, whatever the others are. */
export interface SchemaProblem extends Problem {
  /** Set if it is the same problem whatever its words are. */
  readonly rule?: string;
  /** Whether the value is wrong, or the path's last key, whatever its value is. */
  readonly of: "value" | "key";
  /** Where it is, if not where the path leads. */
  readonly located?: Located;
}

/** A schema and the path of the value that it is for. */
interface Scope {
  readonly schema: z.ZodType;
  readonly path: Path;
  /** The scope of what the value is in. */
  readonly parent?: Scope;
}

/** Maximum number of problems that are looked for: aliases can repeat a wrong value millions of times. */
const MAX_PROBLEMS = 20_000;

/**
 * Checks each value of a file on its own, at each of its places.
 *
 * @returns the problems, and the file's value without what is wrong, so that a rule sees only what it can judge: a wrong or missing value
 *   is `undefined`, and an unknown key isn't there
 */
export function checkSchema(
  source: YamlSource,
  schemaOfFile: z.ZodType,
): { readonly draft: unknown; readonly problems: readonly SchemaProblem[] } {
  const problems: SchemaProblem[] = [];

  function check(schema: z.ZodType, value: YamlValue, path: Path, parent?: Scope): unknown {
    if (problems.length >= MAX_PROBLEMS) return undefined;
    const scope: Scope = { schema, path, parent };
    const kind = kindOf(schema, value.value);
    for (const [key, { keys }] of isMapping(value.value) ? value.entries : []) {
      const [first, ...duplicates] = keys;
      for (const duplicate of duplicates) {
        const { line } = source.placeOf(first ?? null);
        const message = `received the key ${describe(key)} a second time, expected it once: line ${line} already has it.`;
        const at = [...path, key];
        const located = { ...source.locate(at, "key"), ...source.placeOf(duplicate), node: duplicate };
        problems.push({ of: "key", path: at, message, located });
      }
    }
    if (kind instanceof z.ZodObject && isMapping(value.value)) return mappingDraft(kind, value, scope);
    const { issues = [] } = shallow(kind).safeParse(value.value).error ?? {};
    const refused = new Set<unknown>();
    for (const issue of issues) {
      const [step] = issue.path as Path;
      const at = step === undefined ? path : [...path, step];
      const inside = step === undefined ? value : value.entries.get(step)?.inside;
      if (issue.code === "invalid_key") {
        refused.add(step);
        addProblem("key", at, describe(step), issue.issues[0]?.message ?? issue.message);
      } else {
        const words = issue.code === "custom" ? sizeOf(value) : inside === undefined ? "nothing" : received(inside);
        addProblem("value", at, words, issue.message);
      }
    }
    if (issues.some(({ code }) => code !== "invalid_key" && code !== "custom")) return undefined;
    const inside = kind instanceof z.ZodArray ? kind.element : kind instanceof z.ZodRecord ? kind.valueType : undefined;
    if (inside === undefined) return value.value;
    const drafts = Array.from(
      value.entries,
      ([step, one]) => [step, check(inside as z.ZodType, one.inside, [...path, step], scope)] as const,
    );
    if (issues.some(({ code }) => code === "custom")) return undefined;
    if (kind instanceof z.ZodArray) return drafts.map(([, draft]) => draft);
    const isNamed = inside instanceof z.ZodObject; // a wrong name doesn't make an environment wrong
    return Object.fromEntries(drafts.filter(([step]) => isNamed || !refused.has(step)));
  }

  function mappingDraft(schema: z.ZodObject, value: YamlValue, scope: Scope): unknown {
    const draft: Record<string, unknown> = {};
    const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
    const keys = Object.keys(shape);
    const missing = keys.filter((key) => !value.entries.has(key));
    const { path } = scope;
    for (const [key, { inside }] of value.entries as ReadonlyMap<string, { inside: YamlValue }>) {
      const at = [...path, key];
      if (Object.hasOwn(shape, key)) {
        draft[key] = check(withoutOptional(shape[key] as z.ZodType), inside, at, scope);
        continue;
      }
      const meant = nearest(key, missing);
      if (meant !== undefined) draft[meant] = undefined; // so it isn't reported as missing, too
      const hint = meant === undefined ? belongingHint(key, scope) : ` Did you mean ${meant}?`;
      const message = `received the unknown key ${describe(key)}, expected ${oneOf(keys)}.${hint}`;
      problems.push({ of: "key", path: at, message, rule: "unknown key" });
    }
    for (const key of missing.filter((key) => !(key in draft))) {
      for (const { message } of (shape[key] as z.ZodType).safeParse(undefined).error?.issues ?? []) {
        draft[key] = undefined;
        addProblem("value", [...path, key], "nothing", message);
      }
    }
    return draft;
  }

  function addProblem(of: "value" | "key", path: Path, received: string, expected: string): void {
    const end = expected.endsWith("?") ? "" : ".";
    problems.push({ of, path, message: `received ${received}, expected ${expected}${end}` });
  }

  return { draft: check(schemaOfFile, source.root, []), problems };
}

/** The size of a list or a mapping, in words. */
function sizeOf(value: YamlValue): string {
  const { size } = value.entries;
  return size === 0 ? received(value) : `${Array.isArray(value.value) ? "a list" : "a mapping"} of ${size}`;
}

/** The kind of a mapping, if its type decides the kind. */
function kindOf(schema: z.ZodType, value: unknown): z.ZodType {
  if (!(schema instanceof z.ZodDiscriminatedUnion) || !isMapping(value)) return schema;
  const options = schema.options as readonly z.ZodObject<{ type: z.ZodLiteral }>[];
  return options.find(({ shape }) => shape.type.value === value.type) ?? schema;
}

function withoutOptional(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
}

const shallowSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** The schema of a list, or of a mapping of any keys, without the schema of the values in it. */
function shallow(schema: z.ZodType): z.ZodType {
  const known = shallowSchemas.get(schema);
  if (known !== undefined) return known;
  const any = z.any();
  const made =
    schema instanceof z.ZodArray
      ? schema.clone({ ...schema.def, element: any })
      : schema instanceof z.ZodRecord
        ? schema.clone({ ...schema.def, valueType: any })
        : schema;
  shallowSchemas.set(schema, made);
  return made;
}

/** Maximum number of places of a key that a message lists: with more, it may belong anywhere. */
const MAX_PLACES = 2;

/** Where an unknown key of a mapping belongs: in what is in it, or else in the nearest mapping around it, or in what is in that. */
function belongingHint(key: string, mapping: Scope): string {
  const isKind = mapping.schema instanceof z.ZodDiscriminatedUnion; // whose keys are like no others
  let scope: Scope | undefined = mapping;
  while (scope !== undefined) {
    const { schema, path } = scope;
    const places = [...(placesIn(schema).get(key) ?? [])];
    if (places.includes(`.${key}`) && (scope === mapping || path.length === 0)) {
      return scope === mapping ? "" : " It belongs at the top level of the file."; // the mapping's own: another kind of it has the key
    }
    const found = isKind ? places.filter((place) => place === `.${key}`) : places;
    const words = found.map((place) => `${pathInWords(path)}${place}`.replace(/^\./, ""));
    if (words.length > 0) return words.length > MAX_PLACES ? "" : ` Did you mean ${words.join(" or ")}?`;
    scope = scope.parent;
  }
  return "";
}

const placesByKey = new WeakMap<z.ZodType, ReadonlyMap<string, ReadonlySet<string>>>();

/** The outermost places of each key under a schema, in words, with NAME for any name and [] for any item. */
function placesIn(schema: z.ZodType): ReadonlyMap<string, ReadonlySet<string>> {
  const known = placesByKey.get(schema);
  if (known !== undefined) return known;
  const places = new Map<string, ReadonlySet<string>>();
  const addInside = (value: unknown, step: string) => {
    for (const [key, inside] of placesIn(value as z.ZodType)) {
      places.set(key, new Set([...(places.get(key) ?? []), ...Array.from(inside, (place) => step + place)]));
    }
  };
  if (schema instanceof z.ZodOptional) addInside(schema.unwrap(), "");
  else if (schema instanceof z.ZodArray) addInside(schema.element, "[]");
  else if (schema instanceof z.ZodRecord) addInside(schema.valueType, ".NAME");
  else if (schema instanceof z.ZodDiscriminatedUnion) for (const option of schema.options) addInside(option, "");
  else if (schema instanceof z.ZodObject) {
    for (const [step, value] of Object.entries(schema.shape)) addInside(value, `.${step}`);
    for (const key of Object.keys(schema.shape)) places.set(key, new Set([`.${key}`]));
  }
  placesByKey.set(schema, places);
  return places;
}
