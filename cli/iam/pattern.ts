import { POLICY_VARIABLE } from "./policy";

/** Whether a pattern of IAM has wildcards: `*` matches any characters, `?` matches one. */
export function hasWildcard(pattern: string): boolean {
  return pattern.includes("*") || pattern.includes("?");
}

/** Whether a pattern matches a text. A text without wildcards matches itself. */
export function matches(pattern: string, text: string): boolean {
  if (!hasWildcard(pattern)) return pattern === text;
  const [wanted, characters] = [[...pattern], [...text]];
  let place = 0;
  let position = 0;
  // After a mismatch, the last * takes one character more. An earlier one never needs to.
  let star: { readonly place: number; position: number } | undefined;
  while (position < characters.length) {
    if (wanted[place] === "*") star = { place: ++place, position };
    else if (wanted[place] === "?" || (wanted[place] !== undefined && wanted[place] === characters[position])) {
      place++;
      position++;
    } else if (star) [place, position] = [star.place, ++star.position];
    else return false;
  }
  return wanted.slice(place).every((character) => character === "*");
}

/** A character that no pattern has. */
const UNNAMED = "\u0001";

/** Whether a pattern certainly matches everything that another one does. A policy variable may be anything. */
export function coversPattern(wide: string, narrow: string): boolean {
  if (wide === narrow || /^\*+$/.test(wide)) return true;
  if (wide.includes(POLICY_VARIABLE) || !narrow.startsWith(literalStart(wide))) return false;
  // Short and long replacements of its wildcards: only a wildcard matches a character that no pattern has.
  const samples = ["", UNNAMED, UNNAMED.repeat(3)].map((filler) =>
    withoutVariables(narrow).replaceAll("?", UNNAMED).replaceAll("*", filler),
  );
  return samples.every((sample) => matches(wide, sample));
}

/** Whether two patterns may match the same text: only what they begin and end with tells them apart. */
export function mayOverlap(left: string, right: string): boolean {
  const [a, b] = [withoutVariables(left), withoutVariables(right)];
  if (!hasWildcard(a)) return matches(b, a);
  if (!hasWildcard(b)) return matches(a, b);
  const [startOfA, startOfB] = [literalStart(a), literalStart(b)];
  const [endOfA, endOfB] = [literalEnd(a), literalEnd(b)];
  const isSameStart = startOfA.startsWith(startOfB) || startOfB.startsWith(startOfA);
  return isSameStart && (endOfA.endsWith(endOfB) || endOfB.endsWith(endOfA));
}

function withoutVariables(pattern: string): string {
  return pattern.replace(/\$\{[^}]*\}?/g, "*");
}

function literalStart(pattern: string): string {
  return pattern.slice(0, hasWildcard(pattern) ? pattern.search(/[*?]/) : undefined);
}

function literalEnd(pattern: string): string {
  return pattern.slice(Math.max(pattern.lastIndexOf("*"), pattern.lastIndexOf("?")) + 1);
}
