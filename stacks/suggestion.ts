import { distance } from "fastest-levenshtein";

/** Ends a message with the choice that was probably meant, if one is near. */
export function suggestion(received: unknown, choices: readonly string[]): string {
  if (typeof received !== "string") return "";
  const [nearest] = choices
    .map((choice) => ({ choice, edits: distance(received.toLowerCase(), choice) }))
    .filter(({ choice, edits }) => edits <= Math.max(1, Math.floor(choice.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return nearest ? `. Did you mean ${nearest.choice}?` : "";
}
