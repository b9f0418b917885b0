import type { z } from "zod";
import { describe, oneOf, type Problem } from "../modules/support-app/problem";
import { environmentsSchema, keysOf, schemaAt, valueAt } from "./environments-schema";
import { nearest } from "./suggestion";
import type { Located, YamlSource } from "./yaml-source";

type Path = Problem["path"];

/** A problem of a value by itself, whatever stands beside it. */
export interface SchemaProblem extends Problem {
  /** Whether it is one of the value, or of the path's last key and says nothing of the value that stands there. */
  readonly of: "value" | "key";
  /** The key that an unknown one most likely stands for. */
  readonly meant?: string;
  /** The environments that have it, where aliases share the value. */
  readonly environments?: ReadonlySet<string>;
  /** Where it stands, if not where the path leads. */
  readonly located?: Located;
  /** Every place of the value, where aliases share it. */
  readonly places?: readonly Path[];
}

/** A value that aliases share, in one of its meanings. */
interface SharedValue {
  /** Where the file has it, first where it is found first. */
  readonly places: [Path, ...Path[]];
  /** The environments that have it. */
  readonly environments: Set<string>;
  /** The shared values that have it. */
  readonly within: Set<SharedValue>;
}

/**
 * What is wrong with each value of a file by itself. What aliases share is looked at once for each schema, wherever it
 * stands first.
 */
export function schemaProblems(source: YamlSource): SchemaProblem[] {
  const problems: { readonly problem: SchemaProblem; readonly owner?: SharedValue }[] = [];
  const known = new Map<z.ZodType, Map<unknown, SharedValue>>();

  function look(schema: z.ZodType, value: unknown, owner?: SharedValue): void {
    const shared: Path[] = [];
    const own = source.shared.size === 0 ? value : withoutShared(value, source.shared, [], shared);
    const places = shared.flatMap((path) => {
      const inside = schemaAt(schema, value, path);
      return inside === undefined ? [] : [{ path, schema: inside, value: valueAt(value, path) }];
    });
    const prefix = owner?.places[0] ?? [];
    const elsewhere = new Set(places.map(({ path }) => JSON.stringify([...prefix, ...path])));
    for (const problem of problemsOf(schema, own, elsewhere, prefix, source)) problems.push({ problem, owner });
    for (const { path, schema: inside, value: target } of places) {
      const values = known.get(inside) ?? new Map<unknown, SharedValue>();
      known.set(inside, values);
      const before = values.get(target);
      const place = [...prefix, ...path];
      const one: SharedValue = before ?? { places: [place], environments: new Set(), within: new Set() };
      if (before !== undefined) before.places.push(place);
      values.set(target, one);
      const [section, environment] = path;
      if (owner !== undefined) one.within.add(owner);
      else if (section === "environments" && environment !== undefined) one.environments.add(String(environment));
      if (before === undefined) look(inside, target, one);
    }
  }

  look(environmentsSchema, source.value);
  const all = new Map<SharedValue, ReadonlySet<string>>();
  const duplicates = source.duplicateKeys.map(({ owners, ...problem }) => {
    const [owner] = owners.flatMap((value) => [...known.values()].flatMap((values) => values.get(value) ?? []));
    return { ...problem, of: "key" as const, environments: owner && environmentsOf(owner, all) };
  });
  const ofSchema = problems.map(({ problem, owner }) => {
    if (owner === undefined) return problem;
    const isOfAll = problem.path.length === owner.places[0].length;
    return { ...problem, environments: environmentsOf(owner, all), places: isOfAll ? owner.places : undefined };
  });
  return [...duplicates, ...ofSchema];
}

/** A copy with `undefined` for each value that is shared, and the paths of those. */
function withoutShared(value: unknown, shared: ReadonlySet<object>, path: Path, paths: Path[]): unknown {
  const inside = (child: unknown, step: string | number) => {
    if (typeof child !== "object" || child === null) return child;
    const there = [...path, step];
    if (!shared.has(child)) return withoutShared(child, shared, there, paths);
    paths.push(there);
    return undefined;
  };
  if (Array.isArray(value)) return value.map(inside);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inside(child, key)]));
}

/** Every environment that has a shared value, also through others. */
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
 * @param elsewhere the paths in the file, as JSON, of what is looked at by itself
 * @param prefix where the file has the value
 */
function problemsOf(
  schema: z.ZodType,
  value: unknown,
  elsewhere: ReadonlySet<string>,
  prefix: Path,
  source: YamlSource,
): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const add = (of: "value" | "key", path: Path, received: string, expected: string) => {
    const end = expected.endsWith("?") ? "" : ".";
    problems.push({ of, path, message: `received ${received}, expected ${expected}${end}` });
  };
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    const inside = issue.path as Path;
    const path = [...prefix, ...inside];
    if (issue.code === "unrecognized_keys") {
      const mapping = valueAt(value, inside) as object;
      const keys = keysOf(schemaAt(schema, value, inside), mapping);
      for (const key of issue.keys) {
        const meant = nearest(
          key,
          keys.filter((one) => !Object.hasOwn(mapping, one)),
        );
        const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
        const message = `received the unknown key ${describe(key)}, expected ${oneOf(keys)}.${hint}`;
        problems.push({ of: "key", path: [...path, key], message, meant });
      }
    } else if (issue.code === "invalid_key") {
      add("key", path, describe(path.at(-1)), issue.issues[0]?.message ?? issue.message);
      // Zod looks no further once a key is wrong.
      const schemaOfValue = schemaAt(schema, value, inside);
      if (schemaOfValue === undefined || elsewhere.has(JSON.stringify(path))) continue;
      problems.push(...problemsOf(schemaOfValue, valueAt(value, inside), elsewhere, path, source));
    } else if (!elsewhere.has(JSON.stringify(path))) {
      const isOfSize = issue.code === "custom";
      const received = isOfSize ? describeSize(valueAt(value, inside) as object) : source.received(path);
      add("value", path, received, issue.message);
    }
  }
  return problems;
}

/** How much a list or a mapping has. */
function describeSize(value: object): string {
  const size = Object.keys(value).length;
  return size === 0 ? describe(value) : `${Array.isArray(value) ? "a list" : "a mapping"} of ${size}`;
}
