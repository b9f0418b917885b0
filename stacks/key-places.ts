import { z } from "zod";

/**
 * Where a schema has each key: paths as a problem shows them, with NAME for any name and [] for any item.
 * A key may be known in one mapping and unknown in another. Kinds of one mapping, such as backends, aren't looked at: they share their place.
 */
export function keyPlaces(schema: z.ZodType): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, Set<string>>();
  walk(schema, "", (key, place) => places.set(key, (places.get(key) ?? new Set()).add(place)));
  return new Map([...places].map(([key, all]) => [key, [...all]]));
}

function walk(schema: z.ZodType, path: string, add: (key: string, place: string) => void): void {
  const below = (step: string) => (path === "" ? step : `${path}.${step}`);
  if (schema instanceof z.ZodOptional) walk(schema.unwrap() as z.ZodType, path, add);
  else if (schema instanceof z.ZodArray) walk(schema.element as z.ZodType, `${path}[]`, add);
  else if (schema instanceof z.ZodRecord) walk(schema.valueType as z.ZodType, below("NAME"), add);
  else if (schema instanceof z.ZodObject) {
    for (const [key, inside] of Object.entries<z.ZodType>(schema.shape)) {
      add(key, below(key));
      walk(inside, below(key), add);
    }
  }
}
