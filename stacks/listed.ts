/** Most names that a message lists. */
const MAX_LISTED = 5;

/** The first of some names, and how many more there are. */
export function listed(names: readonly string[], most = MAX_LISTED): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).join(", ") + more;
}
