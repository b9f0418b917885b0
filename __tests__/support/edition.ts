/** An edition whose parts are easy to find in a file. */
export const EDITION = { version: "1.2.0", license: "The license.\n", upgrading: "## Upgrading\n\nThe notes." };

/** The names of the inputs that a text sets in its module blocks, sorted. */
export function inputsIn(text: string): string[] {
  const bodies = [...text.matchAll(/^module "\w+" \{\n(.*?)^\}/gms)].map(([, body = ""]) => body);
  const names = bodies.flatMap((body) => [...body.matchAll(/^ {2}(\w+) += /gm)].map(([, name = ""]) => name));
  return [...new Set(names)].filter((name) => name !== "source" && name !== "providers").sort();
}
