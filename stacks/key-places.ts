import { z } from "zod";
import { type Problem, pathInWords } from "../modules/support-app/problem";

type Path = Problem["path"];

/** A step of a place: a key, any name, or any item of a list. */
type Step = string | typeof NAME | typeof ITEM;

const NAME = Symbol("any name");
const ITEM = Symbol("any item");

/** Where a schema has each key. A key may be known in one mapping and unknown in another. */
export type KeyPlaces = ReadonlyMap<string, readonly (readonly Step[])[]>;

/** Where a schema has each key: once, where kinds of one mapping share it. */
export function keyPlaces(schema: z.ZodType): KeyPlaces {
  const places = new Map<string, Map<string, readonly Step[]>>();
  walk(schema, [], (key, place) => {
    const ofKey = places.get(key) ?? new Map();
    places.set(key, ofKey.set(place.map(String).join("\n"), place));
  });
  return new Map([...places].map(([key, all]) => [key, [...all.values()]]));
}

function walk(schema: z.ZodType, place: readonly Step[], add: (key: string, place: readonly Step[]) => void): void {
  if (schema instanceof z.ZodOptional) walk(schema.unwrap() as z.ZodType, place, add);
  else if (schema instanceof z.ZodArray) walk(schema.element as z.ZodType, [...place, ITEM], add);
  else if (schema instanceof z.ZodRecord) walk(schema.valueType as z.ZodType, [...place, NAME], add);
  else if (schema instanceof z.ZodDiscriminatedUnion) {
    for (const option of schema.options) walk(option as z.ZodType, place, add);
  } else if (schema instanceof z.ZodObject) {
    for (const [key, inside] of Object.entries<z.ZodType>(schema.shape)) {
      add(key, [...place, key]);
      walk(inside, [...place, key], add);
    }
  }
}

/**
 * The places of a key that are nearest to a mapping, without those within another of them, in words. Up to where they part, a place has
 * the names and indexes of the mapping's path; beyond that, NAME and [].
 *
 * @param isKind whether the mapping is one of several kinds, such as a backend: a key of another sort belongs around it, if anywhere
 */
export function placesNear(places: KeyPlaces, key: string, mapping: Path, isKind = false): string[] {
  const all = (places.get(key) ?? []).map((place) => ({ place, shared: sharedSteps(place, mapping) }));
  // Another kind of this very mapping has it.
  if (all.some(({ place, shared }) => shared === mapping.length && place.length === mapping.length + 1)) return [];
  const most = Math.max(...all.map(({ shared }) => shared));
  const near = all.filter(({ place, shared }) => shared === most && (!isKind || shared === place.length - 1));
  const isWithinOther = (place: readonly Step[]) =>
    near.some(
      ({ place: other }) =>
        other.length < place.length && other.slice(0, -1).every((step, index) => step === place[index]),
    );
  return near.flatMap(({ place, shared }) => {
    if (isWithinOther(place)) return [];
    const rest = place.slice(shared).map((step) => (step === ITEM ? "[]" : `.${step === NAME ? "NAME" : step}`));
    return `${pathInWords(mapping.slice(0, shared))}${rest.join("")}`.replace(/^\./, "");
  });
}

function sharedSteps(place: readonly Step[], path: Path): number {
  const differing = place.findIndex((step, index) => {
    const there = path[index];
    if (step === NAME) return typeof there !== "string";
    return step === ITEM ? typeof there !== "number" : step !== there;
  });
  return differing === -1 ? place.length : differing;
}
