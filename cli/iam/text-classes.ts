import { groupByKey } from "../../common/group-by-key";
import { hasWildcard, Matcher, type Pattern } from "./pattern";

/** Texts that match the same patterns out of a set. */
export interface TextClass {
  /** The patterns that match the texts. */
  readonly matchingPatterns: ReadonlySet<string>;
  /** One of the texts, a shortest one. */
  readonly example: string;
}

interface Domain {
  /** A text of the domain, which stays in it when its last character is repeated. */
  readonly example: string;
  /** Characters that a text can have besides the characters of the patterns, most readable first. */
  readonly characters: string;
  /** What a text goes through while it is read character by character. At the last stage, it is in the domain. */
  readonly stages: readonly RegExp[];
}

/**
 * Maximum number of states. A policy of 6,144 characters, IAM's limit, needs fewer if its patterns end in their only
 * wildcard. ARNs with two wildcards double the number: six are read, and ten aren't.
 */
const MAX_STATES = 10_000;

/** Maximum number of pairs of patterns; of positions in patterns, in all states, a quarter of that. */
const MAX_SIZE = 2_000_000;

/** Maximum number of characters that all patterns read, in about three seconds. */
const MAX_STEPS = 20_000_000;

const PRINTABLE = "xyzwvutsrqponmlkjihgfedcbaXYZ0123456789_/.-@#!,;+=()[]{}<>|~^'\"`\\& %$:*?";

export const ANY_TEXT: Domain = { example: "x", characters: PRINTABLE, stages: [/^/] };

export const SOME_TEXT: Domain = { ...ANY_TEXT, stages: [/^$/, /^./s] };

/** An IAM action in lower case: a service, a colon and a name. */
export const ACTION_TEXT: Domain = {
  example: "x:x",
  characters: "xyzwvutsrqponmlkjihgfedcba0123456789",
  stages: [/^$/, /^[a-z0-9-]+$/, /^[a-z0-9-]+:$/, /^[a-z0-9-]+:[a-z0-9]+$/],
};

/** The stage of a text. -1: no text of the domain begins like that. */
function stageOf(text: string, { stages }: Domain): number {
  return stages.findIndex((stage) => stage.test(text));
}

/**
 * Every combination of matching patterns for which there is a text, found by reading the patterns in parallel, one
 * character at a time. Undefined: there are too many.
 */
export function textClasses(patterns: readonly Pattern[], domain: Domain): TextClass[] | undefined {
  if (patterns.length ** 2 > MAX_SIZE) return undefined;
  const literals = patterns.filter(isOneText);
  if (literals.length === patterns.length) return classesOfTexts(patterns, domain);
  const beginnings = beginningsOf(literals);
  if (!beginnings) return undefined;
  const matchers = patterns.filter((pattern) => !isOneText(pattern)).map((pattern) => new Matcher(pattern));
  const alphabet = alphabetOf(patterns, domain);
  const classes = new Map<string, TextClass>();
  const visited = new Set<string>();
  const queue: { states: readonly number[]; text: string }[] = [];
  const visit = (states: readonly number[], text: string) => {
    const stage = stageOf(text, domain);
    if (stage === -1) return;
    const key = `${states.join()};${stage};${beginnings.has(text) ? `+${text}` : "-"}`;
    if (visited.has(key)) return;
    visited.add(key);
    queue.push({ states, text });
    if (stage < domain.stages.length - 1) return;
    const acceptance = matchers.map((matcher, index) => matcher.accepts(states[index] as number));
    let next = 0;
    const matching = patterns.filter((pattern) =>
      isOneText(pattern) ? pattern.text === text : acceptance[next++] === true,
    );
    const name = matching.map((pattern) => patterns.indexOf(pattern)).join();
    if (!classes.has(name))
      classes.set(name, { matchingPatterns: new Set(matching.map((pattern) => pattern.text)), example: text });
  };
  visit(
    matchers.map(({ start }) => start),
    "",
  );
  for (let queueIndex = 0, steps = 0; queueIndex < queue.length; queueIndex++) {
    steps += alphabet.length * (matchers.length + 1);
    const isTooLarge = matchers.some(({ size }) => size * matchers.length > MAX_SIZE / 4);
    if (visited.size > MAX_STATES || steps > MAX_STEPS || isTooLarge) return undefined;
    const { states, text } = queue[queueIndex] as (typeof queue)[number];
    for (const character of alphabet) {
      visit(
        matchers.map((matcher, index) => matcher.step(states[index] as number, character)),
        text + character,
      );
    }
  }
  return [...classes.values()];
}

/** The beginnings of all texts, which distinguish what can become one of them. Undefined: there are too many. */
function beginningsOf(texts: readonly Pattern[]): ReadonlySet<string> | undefined {
  const strings = new Set([""]);
  for (const { text } of texts) {
    let beginning = "";
    for (const character of text) {
      if (strings.size > MAX_STATES) return undefined;
      beginning += character;
      strings.add(beginning);
    }
  }
  return strings;
}

/** A pattern of the actions of one service. */
const OF_SERVICE = /^[a-z0-9-]+:.+$/;

/** A pattern that matches every action. */
const OF_ALL = /^\*+(:\*+)?$/;

/**
 * The classes of actions. Patterns of different services have nothing in common, so each service's are read on their own:
 * AWS's ReadOnlyAccess has more than a thousand. Undefined: there are too many.
 */
export function actionClasses(patterns: readonly string[]): TextClass[] | undefined {
  const classesOf = (texts: readonly string[]) => {
    const patterns = texts.map((text) => ({ text }));
    return textClasses(patterns, ACTION_TEXT);
  };
  const ofAll = patterns.filter((text) => OF_ALL.test(text));
  const otherTexts = patterns.filter((text) => !OF_ALL.test(text));
  if (!otherTexts.every((text) => OF_SERVICE.test(text))) return classesOf(patterns);
  const byService = groupByKey(otherTexts, (text) => text.slice(0, text.indexOf(":")));
  let filler = "x";
  while (byService.has(filler)) filler += "x";
  const classes: TextClass[] = [{ matchingPatterns: new Set(ofAll), example: `${filler}:x` }];
  for (const texts of byService.values()) {
    const textClasses = classesOf(texts);
    if (!textClasses) return undefined;
    for (const { matchingPatterns, example } of textClasses) {
      if (matchingPatterns.size > 0)
        classes.push({ matchingPatterns: new Set([...ofAll, ...matchingPatterns]), example });
    }
  }
  return classes;
}

/** Whether a pattern matches exactly one text. */
function isOneText({ text, isLiteral, ignoresCase }: Pattern): boolean {
  return !ignoresCase && (isLiteral || !hasWildcard(text));
}

/** The classes if each pattern matches exactly one text. */
function classesOfTexts(patterns: readonly Pattern[], domain: Domain): TextClass[] {
  const last = domain.stages.length - 1;
  const texts = new Set(patterns.map(({ text }) => text).filter((text) => stageOf(text, domain) === last));
  let exampleText = domain.example;
  while (texts.has(exampleText)) exampleText += domain.example.at(-1);
  return [exampleText, ...texts].map((example) => ({
    matchingPatterns: new Set(texts.has(example) ? [example] : []),
    example,
  }));
}

/** The characters that patterns distinguish, the colon of actions and ARNs, and one for all others. */
function alphabetOf(patterns: readonly Pattern[], { characters }: Domain): string[] {
  const namedCharacters = new Set(":");
  for (const { text, ignoresCase } of patterns) {
    for (const character of ignoresCase ? text.toLowerCase() + text.toUpperCase() : text)
      namedCharacters.add(character);
  }
  const unnamedCharacter = [...characters].find((character) => !namedCharacters.has(character));
  // The most readable character is first, so that examples use it where possible.
  return [...(unnamedCharacter === undefined ? [] : [unnamedCharacter]), ...namedCharacters];
}
