/** One step of a glob: the characters that it matches, one or any number of them. */
export interface Step {
  /** The characters that it names. A wildcard names none. */
  readonly names: readonly string[];
  readonly repeats: boolean;
  takes(char: string): boolean;
}

/** A pattern as the steps along a text that it matches. */
export interface Glob {
  /** The same for equal globs. */
  readonly id: string;
  readonly steps: readonly Step[];
  readonly isArn: boolean;
}

/** The character at each position after the end of a text. */
export const END = "";
export const TO_THE_END: Step = { names: [], repeats: true, takes: (char) => char === END };

const ANY = /^.$/s;
const NO_COLON = /^[^:]$/;

function literal(...names: string[]): Step {
  return { names, repeats: false, takes: (char) => names.includes(char) };
}

function eitherCase(char: string): Step {
  return literal(...new Set([char.toLowerCase(), char.toUpperCase()]));
}

function wildcard(chars: RegExp, repeats: boolean): Step {
  return { names: [], repeats, takes: (char) => chars.test(char) };
}

function likeSteps(pattern: string, chars: RegExp): Step[] {
  return [...pattern].map((char) => ("*?".includes(char) ? wildcard(chars, char === "*") : literal(char)));
}

/** The first five parts have no colons. */
function arnSteps(pattern: string): Step[] {
  const [, parts, lastPart] = /^((?:[^:]*:){5})(.*)$/s.exec(pattern) ?? [];
  if (parts === undefined || lastPart === undefined) throw new Error(`Expected six parts: ${pattern}`);
  return [...likeSteps(parts, NO_COLON), ...likeSteps(lastPart, ANY)];
}

function stepsOf(operator: string, pattern: string): Step[] {
  switch (operator) {
    case "StringLike":
      return likeSteps(pattern, ANY);
    case "ArnLike":
    case "ArnEquals":
      return arnSteps(pattern);
    case "StringEquals":
      return [...pattern].map((char) => literal(char));
    case "StringEqualsIgnoreCase":
    case "Bool":
      return [...pattern].map(eitherCase);
  }
  throw new Error(`No such operator: ${operator}`);
}

/** What a value must match, for a condition operator without Not. */
export function globOf(operator: string, pattern: string): Glob {
  return { id: `${operator} ${pattern}`, steps: stepsOf(operator, pattern), isArn: operator.startsWith("Arn") };
}

/** The texts of one kind. */
export interface Domain {
  /** What all of them match. */
  readonly steps: readonly Step[];
  /** The characters that they consist of. */
  readonly chars: RegExp;
  /** How many characters are needed to match the steps, or to tell the parts of an ARN apart. */
  readonly landmarks: number;
}

function oneOrMore(chars: RegExp): Step[] {
  return [wildcard(chars, false), wildcard(chars, true)];
}

export const ACTION: Domain = {
  steps: [...oneOrMore(/^[a-z0-9-]$/), literal(":"), ...oneOrMore(/^[a-z0-9]$/)],
  chars: /^[a-z0-9:-]$/,
  landmarks: 3,
};
export const RESOURCE: Domain = { steps: oneOrMore(ANY), chars: ANY, landmarks: 1 };
export const VALUE: Domain = { steps: [wildcard(ANY, true)], chars: ANY, landmarks: 0 };
/** The landmarks are the colons between an ARN's parts. */
export const ARN_VALUE: Domain = { ...VALUE, landmarks: 5 };

/** The characters that globs tell apart: those that they name, the colon, and one that stands for all others. */
export function charsOf(globs: readonly Glob[], { chars }: Domain): string[] {
  const named = new Set([":", ...globs.flatMap(({ steps }) => steps.flatMap(({ names }) => names))]);
  const other = [..."zyxwvutsrqponmlkjihgfedcba"].find((char) => !named.has(char));
  if (other === undefined) throw new Error("The patterns name every letter.");
  return [other, ...[...named].filter((char) => chars.test(char))];
}

/**
 * A sufficient length: if a text matches some of the globs and not the others, one of at most this length does.
 *
 * Take any such text. Keep its landmarks, the characters that the globs it matches name, and all that is before the
 * first `*` of one of these globs or after the last one. Replace every other character by one that no glob names. The
 * matches stay as they are, since only wildcards take that one. Shorten each run of it to one more than the number of
 * `?` in any glob. A glob that takes so long a run has a `*` for it, so the length makes no difference.
 */
export function sufficientLength(globs: readonly Glob[], { landmarks }: Domain): number {
  const shapes = globs.map(({ steps }) =>
    steps.map(({ repeats, names }) => (repeats ? "*" : names.length > 0 ? "a" : "?")).join(""),
  );
  const open = shapes.filter((shape) => shape.includes("*"));
  const before = longest(open.map((shape) => shape.slice(0, shape.indexOf("*"))));
  const after = longest(open.map((shape) => shape.slice(shape.lastIndexOf("*") + 1)));
  const between = open.flatMap((shape) => shape.split("*").slice(1, -1)).filter(Boolean);
  const kept = before + after + between.join("").length + landmarks;
  const runs = between.length + landmarks + 1;
  const longestRun = longest(shapes.map((shape) => shape.replace(/[^?]/g, ""))) + 1;
  return Math.max(longest(shapes), kept + runs * longestRun);
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
