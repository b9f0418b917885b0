import { distance } from "fastest-levenshtein";

/** The choice that was probably meant. Undefined: none is near. */
export function nearest(received: unknown, choices: readonly string[]): string | undefined {
  if (typeof received !== "string" || received === "") return undefined;
  const [nearestChoice] = choices
    .map((choice) => ({ choice, edits: distance(received.toLowerCase(), choice) }))
    .filter(({ choice, edits }) => edits <= Math.max(1, Math.floor(choice.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return nearestChoice?.choice;
}

/** Ends a message with the choice that was probably meant, if one is near. */
export function suggestion(received: unknown, choices: readonly string[]): string {
  const choice = nearest(received, choices);
  return choice === undefined ? "" : `. Did you mean ${choice}?`;
}
