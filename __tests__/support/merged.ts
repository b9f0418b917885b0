import { isFields } from "../../common/fields";

/** One value put into another, mapping by mapping, as somebody does who follows a fix. */
export function merged(target: unknown, from: unknown): unknown {
  if (!isFields(target) || !isFields(from)) return from;
  const keys = [...new Set([...Object.keys(target), ...Object.keys(from)])];
  return Object.fromEntries(keys.map((key) => [key, key in from ? merged(target[key], from[key]) : target[key]]));
}
