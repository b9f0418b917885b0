import { oneOf } from "./problem";

/** Maximum number of names that a message lists. */
const MAX_LISTED = 5;

/** The first of some names, and how many more there are. */
export function formatList(names: readonly string[], limit = MAX_LISTED): string {
  const moreWords = names.length > limit ? ` and ${names.length - limit} more` : "";
  return names.slice(0, limit).join(", ") + moreWords;
}

/** Maximum number of expected names that a message lists. */
const MAX_EXPECTED = 20;

/** What is expected instead of an unknown name: one of the names or, if there are many, of their number. */
export function oneOfNames(names: readonly string[], noun: string): string {
  return names.length > MAX_EXPECTED ? `one of the ${names.length} ${noun}` : oneOf(names);
}
