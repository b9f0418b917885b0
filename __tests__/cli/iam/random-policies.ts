import fc, { type Arbitrary } from "fast-check";
import { type JsonStatement, type Request, secondBefore, texts } from "./request";

/** Two policies that have statements, or parts of statements, in common. */
export interface Change {
  readonly base: readonly JsonStatement[];
  readonly head: readonly JsonStatement[];
}

/** Patterns over few characters, so that they overlap. */
function pattern(chars: string, maxLength: number): Arbitrary<string> {
  const char = fc.constantFrom(...chars, ...chars, ..."**?");
  return fc.array(char, { minLength: 1, maxLength }).map((all) => all.join(""));
}

const list = (one: Arbitrary<string>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });

const ACTION = fc.oneof(
  pattern("abB", 3).map((name) => `s:${name}`),
  pattern("ab", 2).map((name) => `t:${name}`),
  fc.constantFrom("s:*", "*"),
);
const RESOURCE = fc.oneof(
  pattern("ab/", 4).map((name) => `arn:aws:s:::${name}`),
  fc.constantFrom("*", "*", "arn:aws:s:*:*:a*"),
);
const TEXT = fc.constantFrom("a", "b", "ab", "A", "aB", "a*", "?b", "arn:a:b::a:ab", "arn:a:b::a:a:b");
const ARN = fc.constantFrom("arn:a:b::a:a", "arn:*:b::*:*a", "arn:a:b::?:*:a", "arn:a:b:::a:b", "arn:a:b::*:a*");
const TIME = fc.constantFrom("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z");

/** The key of the time, and the key with several values. */
const [CURRENT_TIME, SET] = ["aws:currenttime", "s:set"];

const operator = fc
  .tuple(fc.constantFrom("String", "String", "Arn", "Bool"), fc.boolean(), fc.constantFrom("", "IfExists"), fc.nat(2))
  .map(([kind, not, ifExists, how]) => {
    if (kind === "Bool") return `Bool${ifExists}`;
    const test = ["Like", "Equals", kind === "Arn" ? "Like" : "EqualsIgnoreCase"][how];
    return `${kind}${not ? "Not" : ""}${test}${ifExists}`;
  });

const valuesFor = (operator: string) => {
  if (operator.startsWith("Bool")) return list(fc.constantFrom("true", "false", "True"));
  if (operator.startsWith("Arn")) return list(ARN);
  return list(operator.includes("Like") ? pattern("abA", 3) : TEXT);
};

const condition: Arbitrary<NonNullable<JsonStatement["Condition"]>> = fc.oneof(
  {
    weight: 6,
    arbitrary: operator.chain((one) => fc.record({ "s:One": valuesFor(one) }).map((all) => ({ [one]: all }))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom("ForAnyValue:", "ForAllValues:"), operator)
      .chain(([set, one]) => fc.record({ "s:Set": valuesFor(one) }).map((all) => ({ [`${set}${one}`]: all }))),
  },
  { weight: 1, arbitrary: fc.constantFrom("true", "false").map((isNull) => ({ Null: { "s:One": isNull } })) },
  { weight: 2, arbitrary: TIME.map((end) => ({ DateLessThan: { "aws:CurrentTime": end } })) },
);

type Named = [element: string, patterns: string[]];

/** Mostly the same, so that often only a condition decides. */
function mostly<T>(one: T, others: Arbitrary<T>): Arbitrary<T> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(one) }, { weight: 1, arbitrary: others });
}

const statement: Arbitrary<JsonStatement> = fc
  .record({
    Effect: fc.constantFrom<"Allow" | "Deny">("Allow", "Allow", "Deny"),
    action: mostly<Named>(
      ["Action", ["s:*"]],
      fc.tuple(fc.constantFrom("Action", "Action", "NotAction"), list(ACTION)),
    ),
    resource: mostly<Named>(["Resource", ["*"]], fc.tuple(fc.constantFrom("Resource", "NotResource"), list(RESOURCE))),
    conditions: fc.array(condition, { maxLength: 2 }),
  })
  .map(({ Effect, action, resource, conditions }) => ({
    ...{ Effect, [action[0]]: action[1], [resource[0]]: resource[1] },
    Condition: Object.assign({}, ...conditions),
  }));

/** Policies whose statements are alike, but for one part. */
export const change: Arbitrary<Change> = fc.tuple(statement, statement, statement).chain(([one, other, another]) => {
  const { Action, NotAction, Resource, NotResource, ...rest } = one;
  const pool: JsonStatement[] = [
    ...[{ ...one, Effect: "Allow" as const }, other, another, { ...one, Effect: "Deny" as const }],
    ...[
      { ...one, Condition: other.Condition },
      { ...one, Condition: { ...one.Condition, ...other.Condition } },
    ],
    ...[{ ...rest, Resource, NotResource, Action: other.Action, NotAction: other.NotAction }],
    ...[{ ...rest, Action, NotAction, Resource: other.Resource, NotResource: other.NotResource }],
  ].map((all) => JSON.parse(JSON.stringify(all)));
  const [allowed, alike] = [pool[0] as JsonStatement, { ...pool[4], Effect: "Allow" } as JsonStatement];
  const some = fc.subarray(pool, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    fc.record({ base: some, head: some }),
    fc.constant({ base: [allowed], head: [alike] }),
    fc.constant({ base: [allowed, alike], head: [alike] }),
  );
});

/** Requests that the patterns of both policies are about. */
export function requestsNear({ base, head }: Change): Arbitrary<Request> {
  const all = [...base, ...head];
  const actions = all.flatMap(({ Action = [], NotAction = [] }) => [...texts(Action), ...texts(NotAction)]);
  const resources = all.flatMap(({ Resource = [], NotResource = [] }) => [...texts(Resource), ...texts(NotResource)]);
  const values = new Map<string, string[]>();
  for (const tests of all.flatMap(({ Condition = {} }) => Object.values(Condition))) {
    for (const [key, wanted] of Object.entries(tests)) {
      values.set(key.toLowerCase(), [...(values.get(key.toLowerCase()) ?? []), ...texts(wanted)]);
    }
  }
  const keys = [...values].map(([key, wanted]) => {
    const one =
      key === CURRENT_TIME ? fc.constantFrom(...wanted.flatMap((end) => [end, secondBefore(end)])) : near(wanted);
    const some = fc.array(one, key === SET ? { maxLength: 3 } : { minLength: 1, maxLength: 1 });
    return fc.option(some, { nil: undefined, freq: 3 }).map((found) => (found ? { [key]: found } : {}));
  });
  return fc.record({
    action: near(actions).map((action) => (/^[a-z0-9-]+:[a-z0-9]+$/i.test(action) ? action.toLowerCase() : "s:z")),
    resource: near(resources).map((resource) => resource || "z"),
    keys: fc.tuple(...keys).map((found) => Object.assign({}, ...found)),
  });
}

/** A text that one of the patterns matches. */
function near(patterns: readonly string[]): Arbitrary<string> {
  return fc.constantFrom("z", ...patterns).chain((one) => {
    const parts = one.split(/[*?]/);
    const fills = fc.array(fc.constantFrom("", "a", "b", "z", "ab"), {
      minLength: parts.length,
      maxLength: parts.length,
    });
    return fills.map((fill) => parts.map((part, at) => (at === 0 ? part : `${fill[at]}${part}`)).join(""));
  });
}
