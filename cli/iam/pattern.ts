/** An IAM pattern: `*` matches any characters, `?` matches one. */
export interface Pattern {
  readonly text: string;
  /** Whether wildcards are ordinary characters, as in `StringEquals`. */
  readonly isLiteral?: boolean;
  readonly ignoresCase?: boolean;
  /** Whether the wildcards of the first five parts of an ARN stop at colons, as in `ArnLike`. */
  readonly isArn?: boolean;
}

/** One step of a pattern: a character, any character, or any number of them. */
type Token = { readonly is: string } | { readonly many: boolean; readonly stopsAtColon: boolean };

/** A set of positions in a pattern, in order, and the state after each character that was read there. */
interface PatternState {
  readonly places: readonly number[];
  readonly steps: Map<string, number>;
}

/** The number of parts of an ARN before the last one, which may contain colons. */
export const ARN_PARTS_BEFORE_LAST = 5;

export function hasWildcard(text: string): boolean {
  return text.includes("*") || text.includes("?");
}

export function matches(pattern: Pattern, text: string): boolean {
  const { text: patternText, isLiteral, ignoresCase } = pattern;
  if (isLiteral || !hasWildcard(patternText)) {
    return ignoresCase ? patternText.toLowerCase() === text.toLowerCase() : patternText === text;
  }
  // Stryker disable next-line ConditionalExpression: without it, it only takes longer
  if (!ignoresCase && !text.startsWith(patternText.slice(0, patternText.search(/[*?]/)))) return false;
  const matcher = new Matcher(pattern);
  let state = matcher.start;
  for (const character of text) state = matcher.step(state, character);
  return matcher.accepts(state);
}

/** A character that no pattern has. */
const UNNAMED = "\u0001";

/** Whether a pattern matches everything that another one does. */
export function coversPattern(wide: string, narrow: string): boolean {
  // Short and long replacements of its wildcards: only a wildcard matches a character that no pattern has.
  const samples = ["", UNNAMED, UNNAMED.repeat(3)].map((filler) =>
    narrow.replaceAll("?", UNNAMED).replaceAll("*", filler),
  );
  return samples.every((sample) => matches({ text: wide }, sample));
}

/**
 * Matches texts character by character. A state is the number of a set of positions in the pattern, created on demand,
 * so that the time per character is linear in the pattern's length, however many stars it has.
 */
export class Matcher {
  /** The state before the first character. */
  readonly start: number;
  /** How many positions all states have: what they cost. */
  size = 0;
  private readonly tokens: readonly Token[];
  private readonly states: PatternState[] = [];
  private readonly ids = new Map<string, number>();

  constructor(private readonly pattern: Pattern) {
    this.tokens = tokensOf(pattern);
    this.start = this.idOf([0]);
  }

  /** The state after one more character. */
  step(state: number, character: string): number {
    const { places, steps } = this.states[state] as PatternState;
    const knownId = steps.get(character);
    if (knownId !== undefined) return knownId;
    const symbol = this.pattern.ignoresCase ? character.toLowerCase() : character;
    const after = places.flatMap((place) => {
      const token = this.tokens[place];
      if (token === undefined) return [];
      if ("is" in token) return token.is === symbol ? [place + 1] : [];
      if (token.stopsAtColon && symbol === ":") return [];
      return [token.many ? place : place + 1];
    });
    const next = this.idOf(after);
    steps.set(character, next);
    return next;
  }

  /** Whether the text may end in a state. */
  accepts(state: number): boolean {
    return (this.states[state] as PatternState).places.at(-1) === this.tokens.length;
  }

  private idOf(places: readonly number[]): number {
    const next = new Set<number>();
    for (let place of places) {
      next.add(place);
      for (let token = this.tokens[place]; token && "many" in token && token.many; token = this.tokens[place]) {
        if (next.has(++place)) break; // with everything after it
        next.add(place); // it may match nothing
      }
    }
    const key = [...next].join();
    const knownId = this.ids.get(key);
    if (knownId !== undefined) return knownId;
    const id = this.states.push({ places: [...next], steps: new Map() }) - 1;
    this.size += next.size;
    this.ids.set(key, id);
    return id;
  }
}

function tokensOf({ text, isLiteral, ignoresCase, isArn }: Pattern): Token[] {
  let colons = 0;
  const narrowText = isLiteral ? text : text.replace(/\*+/g, "*");
  return [...(ignoresCase ? narrowText.toLowerCase() : narrowText)].map((character): Token => {
    if (character === ":") colons++;
    if (isLiteral || (character !== "*" && character !== "?")) return { is: character };
    return { many: character === "*", stopsAtColon: isArn === true && colons < ARN_PARTS_BEFORE_LAST };
  });
}
