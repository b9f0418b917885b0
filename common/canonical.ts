import { isFields } from "./fields";

/** A value as JSON that doesn't depend on the order of keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(inOrder(value)) ?? "undefined";
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isFields(value)) return value;
  const sortedEntries: Record<string, unknown> = { __proto__: null }; // so that __proto__ can be a key, too
  for (const key of Object.keys(value).sort()) sortedEntries[key] = inOrder(value[key]);
  return sortedEntries;
}
