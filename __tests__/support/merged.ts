import { isFields } from "../../common/fields";

/** One value put into another, mapping by mapping, as somebody does who follows a fix. */
export function merged(into: unknown, from: unknown): unknown {
  if (!isFields(into) || !isFields(from)) return from;
  const keys = [...new Set([...Object.keys(into), ...Object.keys(from)])];
  return Object.fromEntries(keys.map((key) => [key, key in from ? merged(into[key], from[key]) : into[key]]));
}
