import { z } from "zod";
import { describe, oneOf, type Problem } from "../modules/support-app/problem";
import { environmentsSchema, keysOf, partOf, schemaAt, schemaInside, valueAt } from "./environments-schema";
import { type KeyPlaces, keyPlaces, placesNear } from "./key-places";
import { nearest } from "./suggestion";
import type { Located, YamlSource } from "./yaml-source";

type Path = Problem["path"];

/** The key that tells kinds of mappings apart. */
const TYPE = "type";

/** A problem of a single value, whatever the others are. */
export interface SchemaProblem extends Problem {
  /** Set if it is the same problem whatever its words are. */
  readonly rule?: string;
  /** Whether the value is wrong, or the path's last key, which says nothing about its value. */
  readonly of: "value" | "key";
  /** The key that was probably meant by an unknown one. */
  readonly meant?: string;
  /** The environments that have it, where aliases share the value. */
  readonly environments?: ReadonlySet<string>;
  /** Where it is, if not where the path leads. */
  readonly located?: Located;
  /** Every place of the value, if aliases share it or mappings merge it. */
  readonly places?: readonly Path[];
}

/** A value that aliases share, or a pair that mappings merge, under one schema. */
interface SharedValue {
  /** Its places in the file, the one found first at the beginning. For a pair, the places of the mappings. */
  readonly places: [Path, ...Path[]];
  /** The environments that have it. */
  readonly environments: Set<string>;
  /** The shared values that have it. */
  readonly within: Set<SharedValue>;
  /** For a pair, its key. */
  readonly key?: string;
}

/** What is checked separately, once for each schema. */
interface Part {
  readonly path: Path;
  readonly schema: z.ZodType;
  /** The same at all of its places. */
  readonly identity: object;
  readonly value: unknown;
  /** For a pair that a mapping merges, its key. */
  readonly key?: string;
}

/**
 * The problems of each value of a file on its own. What aliases share, and what mappings merge, is checked once for
 * each schema, at its first place.
 */
export function schemaProblems(source: YamlSource, schemaOfFile: z.ZodType = environmentsSchema): SchemaProblem[] {
  const problems: { readonly problem: SchemaProblem; readonly owner?: SharedValue }[] = [];
  const known = new Map<z.ZodType, Map<object, SharedValue>>();
  const places = keyPlaces(schemaOfFile);

  function look(schema: z.ZodType, value: unknown, owner?: SharedValue): void {
    const parts: Part[] = [];
    const isWhole = source.shared.size === 0 && source.merged.size === 0;
    const own = isWhole ? value : withoutParts(schema, value as object, source, [], parts); // only a mapping or a list has shared or merged parts
    const prefix = owner?.places[0] ?? [];
    for (const problem of problemsOf(schema, own, value, prefix, source, places)) problems.push({ problem, owner });
    for (const { path, schema: inside, identity, value: target, key } of parts) {
      const values = known.get(inside) ?? new Map<object, SharedValue>();
      known.set(inside, values);
      const before = values.get(identity);
      const place = [...prefix, ...path];
      const one: SharedValue = before ?? { places: [place], environments: new Set(), within: new Set(), key };
      if (before !== undefined) before.places.push(place);
      values.set(identity, one);
      const [section, environment] = path;
      if (owner !== undefined) one.within.add(owner);
      else if (section === "environments" && environment !== undefined) one.environments.add(String(environment));
      if (before === undefined) look(inside, target, one);
    }
  }

  look(schemaOfFile, source.value);
  const counted = new Map<SharedValue, ReadonlySet<string>>();
  const sharedAs = (identity: object) => [...known.values()].flatMap((values) => values.get(identity) ?? []);
  const duplicates = source.duplicateKeys.map(({ owners, merged, ...problem }) => {
    const [innermost = []] = owners.map(sharedAs).filter(({ length }) => length > 0);
    const all = [...innermost, ...(merged ? sharedAs(merged) : [])].flatMap((owner) => [
      ...environmentsOf(owner, counted),
    ]);
    return { ...problem, of: "key" as const, environments: all.length === 0 ? undefined : new Set(all) };
  });
  const ofSchema = problems.map(({ problem, owner }) => {
    if (owner === undefined) return problem;
    return { ...problem, environments: environmentsOf(owner, counted), places: placesOf(problem, owner) };
  });
  return [...duplicates, ...ofSchema];
}

/** Every place of a problem with a shared value as a whole, or with a merged pair. Anything inside is one object everywhere. */
function placesOf({ path }: SchemaProblem, { places, key }: SharedValue): readonly Path[] | undefined {
  const depth = path.length - places[0].length;
  if (key === undefined) return depth === 0 ? places : undefined;
  return depth === 1 ? places.map((place) => [...place, key]) : undefined;
}

/** A copy of a mapping or a list with `undefined` for each part that the schema describes. Adds those parts to `parts`. */
function withoutParts(
  schema: z.ZodType | undefined,
  value: object,
  source: YamlSource,
  path: Path,
  parts: Part[],
): unknown {
  const inside = (child: unknown, step: string | number) => {
    if (typeof child !== "object" || child === null) return child;
    const there = [...path, step];
    const schemaThere = schema && schemaInside(schema, value, step);
    if (!source.shared.has(child)) return withoutParts(schemaThere, child, source, there, parts);
    if (schemaThere !== undefined) parts.push({ path: there, schema: schemaThere, identity: child, value: child });
    return undefined;
  };
  if (Array.isArray(value)) return value.map(inside);
  const merged = source.merged.get(value);
  const entries = Object.entries(value);
  if (merged === undefined) {
    return Object.fromEntries(entries.map(([key, child]) => [key, inside(child, key)]));
  }
  const own = Object.fromEntries(
    entries.flatMap(([key, child]) => (merged.has(key) ? [] : [[key, inside(child, key)]])),
  );
  const part = schema && partOf(schema, value);
  const [first] = merged.keys();
  for (const key of schema instanceof z.ZodRecord ? [first as string] : keysOf(schema, value)) {
    // The type tells kinds of mappings apart.
    if (merged.has(key)) own[key] = key === TYPE ? valueAt(value, [key]) : undefined;
  }
  if (schema !== undefined && part === undefined && merged.has(TYPE)) own[TYPE] = valueAt(value, [TYPE]);
  if (part !== undefined) {
    for (const [key, identity] of merged) {
      parts.push({ path, schema: part, identity, value: { [key]: valueAt(value, [key]) }, key });
    }
  }
  return own;
}

/** Every environment that has a shared value, also through other shared values. */
function environmentsOf(value: SharedValue, known: Map<SharedValue, ReadonlySet<string>>): ReadonlySet<string> {
  const before = known.get(value);
  if (before !== undefined) return before;
  const environments = new Set(value.environments);
  for (const owner of value.within) for (const name of environmentsOf(owner, known)) environments.add(name);
  known.set(value, environments);
  return environments;
}

/**
 * The problems that a schema finds.
 *
 * @param value without what is checked separately
 * @param whole the value with it
 * @param prefix the value's path in the file
 * @param places where the schema of the file has each key
 */
function problemsOf(
  schema: z.ZodType,
  value: unknown,
  whole: unknown,
  prefix: Path,
  source: YamlSource,
  places: KeyPlaces,
): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const add = (of: "value" | "key", path: Path, received: string, expected: string) => {
    const end = expected.endsWith("?") ? "" : ".";
    problems.push({ of, path, message: `received ${received}, expected ${expected}${end}` });
  };
  const isElsewhere = (inside: Path) => valueAt(value, inside) === undefined && valueAt(whole, inside) !== undefined;
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    const inside = issue.path as Path;
    const path = [...prefix, ...inside];
    if (issue.code === "unrecognized_keys") {
      const mapping = valueAt(source.value, path) as object;
      const keys = keysOf(schemaAt(schema, whole, inside), mapping);
      for (const key of issue.keys) {
        const meant = nearest(
          key,
          keys.filter((one) => !Object.hasOwn(mapping, one)),
        );
        const isKind = schemaAt(schema, whole, inside) instanceof z.ZodDiscriminatedUnion;
        const elsewhere = meant === undefined ? placesNear(places, key, path, isKind) : [];
        const hint = meant === undefined ? belongingHint(key, elsewhere) : ` Did you mean ${meant}?`;
        const message = `received the unknown key ${describe(key)}, expected ${oneOf(keys)}.${hint}`;
        problems.push({ of: "key", path: [...path, key], message, rule: "unknown key", meant });
      }
    } else if (issue.code === "invalid_key") {
      add("key", path, describe(path.at(-1)), issue.issues[0]?.message ?? issue.message);
      // Zod doesn't check the value of an invalid key.
      const schemaOfValue = schemaAt(schema, whole, inside);
      if (schemaOfValue === undefined || isElsewhere(inside)) continue;
      problems.push(...problemsOf(schemaOfValue, valueAt(value, inside), valueAt(whole, inside), path, source, places));
    } else if (!isElsewhere(inside)) {
      const isOfSize = issue.code === "custom";
      const received = isOfSize ? describeSize(valueAt(whole, inside) as object) : source.received(path);
      add("value", path, received, issue.message);
    }
  }
  return problems;
}

/** Maximum number of places of a key that a message lists: more of them say nothing about where it belongs. */
const MAX_PLACES = 2;

/** Where a key belongs that is unknown in its mapping. */
function belongingHint(key: string, places: readonly string[]): string {
  if (places.length === 0 || places.length > MAX_PLACES) return "";
  return places.includes(key) ? " It belongs at the top level of the file." : ` Did you mean ${places.join(" or ")}?`;
}

/** The size of a list or a mapping, in words. */
function describeSize(value: object): string {
  const size = Object.keys(value).length;
  return size === 0 ? describe(value) : `${Array.isArray(value) ? "a list" : "a mapping"} of ${size}`;
}
