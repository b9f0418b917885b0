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
  return fc.array(char, { minLength: 1, maxLength }).map((characters) => characters.join(""));
}

const list = (arbitrary: Arbitrary<string>) => fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 3 });

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
  .map(([kind, not, ifExists, choice]) => {
    if (kind === "Bool") return `Bool${ifExists}`;
    const test = ["Like", "Equals", kind === "Arn" ? "Like" : "EqualsIgnoreCase"][choice];
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
    arbitrary: operator.chain((name) => fc.record({ "s:One": valuesFor(name) }).map((tests) => ({ [name]: tests }))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom("ForAnyValue:", "ForAllValues:"), operator)
      .chain(([set, name]) => fc.record({ "s:Set": valuesFor(name) }).map((tests) => ({ [`${set}${name}`]: tests }))),
  },
  { weight: 1, arbitrary: fc.constantFrom("true", "false").map((isNull) => ({ Null: { "s:One": isNull } })) },
  { weight: 2, arbitrary: TIME.map((end) => ({ DateLessThan: { "aws:CurrentTime": end } })) },
);

type Named = [element: string, patterns: string[]];

/** Mostly the same, so that often only a condition decides. */
function mostly<T>(value: T, alternatives: Arbitrary<T>): Arbitrary<T> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: alternatives });
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
    Effect,
    [action[0]]: action[1],
    [resource[0]]: resource[1],
    Condition: Object.assign({}, ...conditions),
  }));

/** Policies whose statements are alike, but for one part. */
export const change: Arbitrary<Change> = fc.tuple(statement, statement, statement).chain(([first, second, third]) => {
  const { Action, NotAction, Resource, NotResource, ...rest } = first;
  const pool: JsonStatement[] = [
    ...[{ ...first, Effect: "Allow" as const }, second, third, { ...first, Effect: "Deny" as const }],
    ...[
      { ...first, Condition: second.Condition },
      { ...first, Condition: { ...first.Condition, ...second.Condition } },
    ],
    ...[{ ...rest, Resource, NotResource, Action: second.Action, NotAction: second.NotAction }],
    ...[{ ...rest, Action, NotAction, Resource: second.Resource, NotResource: second.NotResource }],
  ].map((item) => JSON.parse(JSON.stringify(item)));
  const [allowed, similar] = [pool[0] as JsonStatement, { ...pool[4], Effect: "Allow" } as JsonStatement];
  const subset = fc.subarray(pool, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    fc.record({ base: subset, head: subset }),
    fc.constant({ base: [allowed], head: [similar] }),
    fc.constant({ base: [allowed, similar], head: [similar] }),
  );
});

/** Requests that the patterns of both policies are about. */
export function requestsNear({ base, head }: Change): Arbitrary<Request> {
  const statements = [...base, ...head];
  const actions = statements.flatMap(({ Action = [], NotAction = [] }) => [...texts(Action), ...texts(NotAction)]);
  const resources = statements.flatMap(({ Resource = [], NotResource = [] }) => [
    ...texts(Resource),
    ...texts(NotResource),
  ]);
  const values = new Map<string, string[]>();
  for (const tests of statements.flatMap(({ Condition = {} }) => Object.values(Condition))) {
    for (const [key, patterns] of Object.entries(tests)) {
      values.set(key.toLowerCase(), [...(values.get(key.toLowerCase()) ?? []), ...texts(patterns)]);
    }
  }
  const keys = [...values].map(([key, patterns]) => {
    const value =
      key === CURRENT_TIME ? fc.constantFrom(...patterns.flatMap((end) => [end, secondBefore(end)])) : near(patterns);
    const valueList = fc.array(value, key === SET ? { maxLength: 3 } : { minLength: 1, maxLength: 1 });
    return fc.option(valueList, { nil: undefined, freq: 3 }).map((list) => (list ? { [key]: list } : {}));
  });
  return fc.record({
    action: near(actions).map((action) => (/^[a-z0-9-]+:[a-z0-9]+$/i.test(action) ? action.toLowerCase() : "s:z")),
    resource: near(resources).map((resource) => resource || "z"),
    keys: fc.tuple(...keys).map((entries) => Object.assign({}, ...entries)),
  });
}

/** A text that one of the patterns matches. */
function near(patterns: readonly string[]): Arbitrary<string> {
  return fc.constantFrom("z", ...patterns).chain((pattern) => {
    const parts = pattern.split(/[*?]/);
    const fills = fc.array(fc.constantFrom("", "a", "b", "z", "ab"), {
      minLength: parts.length,
      maxLength: parts.length,
    });
    return fills.map((fill) => parts.map((part, index) => (index === 0 ? part : `${fill[index]}${part}`)).join(""));
  });
}
