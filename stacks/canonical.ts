import { isFields } from "./fields";

/** A value as one text, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(inOrder(value)) ?? "undefined";
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isFields(value)) return value;
  const ordered: Record<string, unknown> = { __proto__: null }; // so that it can be a key, too
  for (const key of Object.keys(value).sort()) ordered[key] = inOrder(value[key]);
  return ordered;
}
