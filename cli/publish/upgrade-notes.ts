/** What to know before a module is taken in a newer version, the newest first. */
export const UPGRADE_NOTES: readonly (readonly [version: string, note: string])[] = [["0.1.0", "The first version."]];
