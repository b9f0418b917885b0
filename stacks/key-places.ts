import { z } from "zod";
import { type Problem, pathInWords } from "../modules/support-app/problem";

type Path = Problem["path"];

/** A key, any name, or any item of a list. */
type Step = string | typeof NAME | typeof ITEM;

const NAME = Symbol("any name");
const ITEM = Symbol("any item");

/** The places of keys in a file: the steps to each, which ends with the key. */
export type KeyPlaces = readonly (readonly Step[])[];

/** Every place at which a schema has a key. A key may be known in one mapping and unknown in another. */
export function keyPlaces(schema: z.ZodType, around: readonly Step[] = []): KeyPlaces {
  if (schema instanceof z.ZodOptional) return keyPlaces(schema.unwrap() as z.ZodType, around);
  if (schema instanceof z.ZodArray) return keyPlaces(schema.element as z.ZodType, [...around, ITEM]);
  if (schema instanceof z.ZodRecord) return keyPlaces(schema.valueType as z.ZodType, [...around, NAME]);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return schema.options.flatMap((option) => keyPlaces(option as z.ZodType, around));
  }
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(schema.shape).flatMap(([key, inside]) => {
    const place = [...around, key];
    return [place, ...keyPlaces(inside, place)];
  });
}

/**
 * The places of a key that are nearest to a mapping, without those within another of them, in words. Up to where they part, a place has
 * the names and indexes of the mapping's path; beyond that, NAME and [].
 *
 * @param isKind whether the mapping is one of several kinds, such as a backend: a key of another sort belongs around it, if anywhere
 */
export function placesNear(places: KeyPlaces, key: string, mapping: Path, isKind = false): string[] {
  const all = places
    .filter((place) => place.at(-1) === key)
    .map((place) => ({ place, shared: sharedSteps(place, mapping) }));
  // Another kind of this very mapping has it.
  if (all.some(({ place, shared }) => shared === mapping.length && place.length === mapping.length + 1)) return [];
  const most = Math.max(...all.map(({ shared }) => shared));
  const near = all.filter(({ place, shared }) => shared === most && (!isKind || shared === place.length - 1));
  const outermost = near.filter(
    ({ place }) =>
      !near.some(
        ({ place: other }) =>
          other.length < place.length && sharedSteps(other.slice(0, -1), place) === other.length - 1,
      ),
  );
  const words = outermost.map(({ place }) => {
    const rest = place.slice(most).map((step) => (step === ITEM ? "[]" : `.${step === NAME ? "NAME" : step}`));
    return `${pathInWords(mapping.slice(0, most))}${rest.join("")}`.replace(/^\./, "");
  });
  return [...new Set(words)];
}

/** How many steps of a place lead along a path, or along another place. */
function sharedSteps(place: readonly Step[], path: readonly (Step | number)[]): number {
  const differing = place.findIndex((step, index) => {
    const there = path[index];
    if (step === there) return false;
    return step === NAME ? typeof there !== "string" : step === ITEM ? typeof there !== "number" : true;
  });
  return differing === -1 ? place.length : differing;
}
