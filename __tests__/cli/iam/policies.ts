import fc, { type Arbitrary, type GeneratorValue } from "fast-check";
import type { JsonStatement } from "./request";

/** A statement's actions or resources. */
export interface Patterns {
  readonly isNegated: boolean;
  readonly patterns: readonly string[];
}

export interface Test {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement that is easy to edit. */
export interface Draft {
  readonly isDeny: boolean;
  readonly action: Patterns;
  readonly resource: Patterns;
  readonly tests: readonly Test[];
}

/** Patterns over few characters, so that they overlap. */
function pattern(chars: readonly string[], maxLength: number): Arbitrary<string> {
  const char = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...chars) }, fc.constantFrom("*", "*", "?"));
  return fc.array(char, { minLength: 1, maxLength }).map((all) => all.join(""));
}

export const ACTION = fc.oneof(
  { weight: 7, arbitrary: pattern(["a", "b", "B"], 4).map((name) => `s:${name}`) },
  { weight: 3, arbitrary: pattern(["a", "b"], 2).map((name) => `t:${name}`) },
  { weight: 4, arbitrary: fc.constantFrom("s:*", "*") },
);
export const RESOURCE = fc.oneof(
  { weight: 3, arbitrary: pattern(["a", "b", "/"], 4).map((name) => `arn:aws:s:::${name}`) },
  { weight: 3, arbitrary: fc.constantFrom("*", "*", "arn:aws:s:*:*:a*") },
);
export const TEXT = fc.constantFrom("a", "b", "ab", "A", "aB", "a*", "?b", "arn:a:b::a:ab", "arn:a:b::a:a:b");
const LIKE = pattern(["a", "b", "A"], 4);
const ARN = fc
  .tuple(
    fc.constantFrom("a", "a", "*"),
    fc.constantFrom("", "a", "*", "*", "?"),
    fc.constantFrom("a", "a", "b:a", "*", "*a", "*:a", "?b"),
  )
  .map(([partition, account, name]) => `arn:${partition}:b::${account}:${name}`);
export const BOOLEAN = fc.constantFrom("true", "false", "True");

/** Ends, with a second between some. */
export const TIMES = ["2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z", "2028-02-29T12:00:00Z"];
export const TIME = fc.constantFrom(...TIMES);

/** The key of the time of a request, in lower case. */
export const CURRENT_TIME = "aws:currenttime";

/** The key that has a set of values. */
export const SET = "s:set";

const OPERATORS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "ArnLike", "ArnNotLike"];
const RARE_OPERATORS = ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "ArnEquals", "ArnNotEquals", "Bool"];

/** The choices that determine policies and edits. */
export class Choices {
  constructor(readonly gen: GeneratorValue) {}

  upTo(max: number): number {
    return this.gen(fc.nat, max);
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.upTo(times - 1) === times - 1;
  }

  from<T>(all: readonly T[]): T {
    return all[this.upTo(all.length - 1)] as T;
  }

  value(of: Arbitrary<string>): string {
    return this.gen(() => of);
  }

  list(of: Arbitrary<string>): string[] {
    return [...new Set(Array.from({ length: 1 + this.upTo(2) }, () => this.value(of)))];
  }
}

export function policy(choices: Choices): Draft[] {
  const allow = { ...statement(choices), isDeny: false };
  return [allow, ...Array.from({ length: choices.upTo(2) }, () => statement(choices))];
}

export function statement(choices: Choices): Draft {
  return {
    isDeny: choices.once(3),
    action: { isNegated: choices.once(6), patterns: choices.list(ACTION) },
    resource: { isNegated: choices.once(8), patterns: choices.list(RESOURCE) },
    tests: unique(Array.from({ length: choices.from([0, 1, 1, 1, 2]) }, () => test(choices))),
  };
}

/** A key has either a set of values or a single one. */
export function test(choices: Choices): Test {
  if (choices.once(6)) {
    const key = choices.from(["aws:CurrentTime", CURRENT_TIME]);
    return { operator: "DateLessThan", key, values: [choices.value(TIME)] };
  }
  const isSet = choices.once(4);
  const key = isSet ? choices.from(["s:Set", SET]) : choices.from(["s:One", "s:Two", "s:two"]);
  if (!isSet && choices.once(10)) return { operator: "Null", key, values: [choices.from(["true", "false"])] };
  const plain = choices.from([...OPERATORS, ...OPERATORS, ...RARE_OPERATORS]);
  const set = isSet ? choices.from(["ForAnyValue:", "ForAllValues:"]) : "";
  return { operator: `${set}${plain}${choices.once(4) ? "IfExists" : ""}`, key, values: choices.list(valueFor(plain)) };
}

export function valueFor(operator: string): Arbitrary<string> {
  if (operator === "DateLessThan") return TIME;
  if (operator.includes("Bool")) return BOOLEAN;
  if (operator.includes("Arn")) return ARN;
  return operator.includes("Like") ? LIKE : TEXT;
}

/** A condition asks a key only once with the same operator. */
export function unique(tests: readonly Test[]): Test[] {
  return [...new Map(tests.map((one) => [`${one.operator} ${one.key.toLowerCase()}`, one])).values()];
}

/** A policy as AWS writes it, lists of one as a text now and then. */
export function json(choices: Choices, drafts: readonly Draft[]): JsonStatement[] {
  const list = (all: readonly string[]) => (all.length === 1 && choices.once(2) ? (all[0] as string) : all);
  return drafts.map(({ isDeny, action, resource, tests }) => {
    const Condition: Record<string, Record<string, string | readonly string[]>> = {};
    for (const { operator, key, values } of tests)
      Condition[operator] = { ...Condition[operator], [key]: list(values) };
    return {
      Effect: isDeny ? "Deny" : "Allow",
      [action.isNegated ? "NotAction" : "Action"]: list(action.patterns),
      [resource.isNegated ? "NotResource" : "Resource"]: list(resource.patterns),
      ...(tests.length && { Condition }),
    };
  });
}
