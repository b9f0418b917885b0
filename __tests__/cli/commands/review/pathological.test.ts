import { environmentChanges } from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { cpuTime } from "../../../support/cpu-time";
import { NOW } from "../../../support/now";
import { isThorough, sample } from "../../../support/thorough";
import { type Draft, edited, roleIn } from "./small-stack";

/** How much smaller the other stack is. Quadratic time would be the square of that. */
const TIMES = 8;

/** Microseconds of CPU that decide nothing: a collection of garbage takes as much. */
const NOISE = 5_000;

/** Microseconds of CPU for the thorough run: each takes less than five seconds, and a machine may be ten times slower. */
const LIMIT = 50_000_000;

const many = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index));
const named = (count: number, one: (index: number) => unknown) =>
  Object.fromEntries(many(count, (index) => [`a${index}`, one(index)]));
const letters = (index: number) => index.toString(36).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "");
const bucket = (index: number) => `arn:aws:s3:::a${index}`;

type Edit = (code: Draft, count: number) => unknown;

/** The environment's policy has that many statements. */
const statements =
  (one: (index: number) => object): Edit =>
  ({ data }, count) => {
    const statement = many(count, (index) => ({ actions: ["support:*"], resources: ["*"], ...one(index) }));
    data.aws_iam_policy_document.full = { statement };
  };
/** The environment's policy has one statement, with that. */
const statement =
  (more: (count: number) => object): Edit =>
  (code, count) =>
    statements(() => more(count))(code, 1);
const condition = (test: string, variable: string, values: readonly string[]) => ({ test, variable, values });
const section =
  (name: string, one: (index: number) => unknown): Edit =>
  (code, count) => {
    code[name] = many(count, one);
  };

/** So many roles at those addresses, in that order. */
const roles =
  (address: string, name: string, order: (index: number, count: number) => number = (index) => index): Edit =>
  (code, count) =>
    many(count, (index) => {
      const number = order(index, count);
      return roleIn(code, `${address}${number}`, `${name}${number}`);
    });
const last: Parameters<typeof roles>[2] = (index, count) => count - index;

type Case = readonly [what: string, sampled: number, thorough: number, edit: Edit];

/** What there is too much of, and how much in a sample and in a thorough run. */
const CASES: readonly Case[] = [
  [
    ...(["known resources", 3_000, 100_000] as const),
    ({ resource }, count) => (resource.aws_sns_topic = named(count, (index) => ({ name: `a${index}` }))),
  ],
  ["moves", 2_000, 100_000, section("moved", (index) => ({ from: `a.b${index}`, to: `a.c${index}` }))],
  ["imports", 2_000, 100_000, section("import", (index) => ({ to: "aws_iam_role.full", id: `${index}` }))],
  [
    ...(["backticks", 100_000, 1_000_000] as const),
    ({ resource }, count) => (resource.aws_iam_role.full.name = "`".repeat(count)),
  ],
  ["statements", 400, 10_000, statements((index) => ({ actions: [`support:${letters(index)}`] }))],
  [
    ...(["actions and resources", 160, 1_000] as const),
    statement((count) => ({
      ...{ actions: many(count, (index) => `support:${letters(index)}`), resources: many(count, bucket) },
    })),
  ],
  [
    ...(["actions of a resource each", 80, 300] as const),
    statements((index) => ({ actions: [`support:${letters(index)}`], resources: [bucket(index)] })),
  ],
  [
    ...(["actions with wildcards", 8, 100] as const),
    statement((count) => ({ actions: many(count, (index) => `support:*${letters(index)}*`) })),
  ],
  ["wildcards in an action", 200, 10_000, statement((count) => ({ actions: [`support:${"*a".repeat(count)}`] }))],
  [
    ...(["resources with wildcards", 40, 40] as const),
    statement((count) => ({ resources: many(count, (index) => `arn:aws:s3:::*${letters(index)}*`) })),
  ],
  [
    ...(["unsupported conditions", 40, 40] as const),
    statement((count) => ({ condition: many(count, (index) => condition("NumericLessThan", `a${index}`, ["1"])) })),
  ],
  [
    ...(["keys with conditions", 8, 16] as const),
    statement((count) => ({ condition: many(count, (index) => condition("StringEquals", `a${index}`, ["1"])) })),
  ],
  [
    ...(["values in a condition", 32, 10_000] as const),
    statement((count) => ({
      condition: [
        condition(
          "StringLike",
          "aws:SourceArn",
          many(count, (index) => `a${index}*`),
        ),
      ],
    })),
  ],
  [
    ...(["values in a condition on sets", 40, 1_000] as const),
    statement((count) => ({
      condition: [condition("ForAllValues:StringEquals", "aws:CalledVia", many(count, String))],
    })),
  ],
  [
    ...(["allows and denies by turns", 40, 200] as const),
    statements((index) => ({
      effect: index % 2 ? "Deny" : "Allow",
      condition: [condition("StringEquals", `aws:a${index % 16}`, [`${index}`])],
    })),
  ],
  [
    ...(["ends", 24, 200] as const),
    statements((index) => ({
      condition: [condition("DateLessThan", "aws:CurrentTime", [`${2100 + index}-01-01T00:00:00Z`])],
    })),
  ],
  [
    ...(["principals", 400, 10_000] as const),
    ({ data }, count) => {
      const identifiers = many(count, (index) => String(100_000_000_000 + index));
      data.aws_iam_policy_document.full_trust.statement[0].principals = [{ type: "AWS", identifiers }];
    },
  ],
];

/** The comparison of roles takes the longest, so these aren't sampled. */
const ROLES: readonly (readonly [...Case, before: Edit])[] = [
  ["roles", 80, 200, roles("a", "A"), () => {}],
  ["roles at other addresses", 240, 800, roles("b", "A", last), roles("a", "A", (index) => index + 1)],
  ["roles with other names", 80, 200, roles("a", "B"), roles("a", "A")],
];

test.each([...sample(CASES, 6).map((known) => [...known, () => {}] as const), ...ROLES])(
  "a stack with many %s is reviewed in time",
  (_, sampled, thorough, edit, before) => {
    const time = (count: number) => {
      const [base, head] = [before, edit].map((one) => edited((code) => one(code, Math.ceil(count))));
      return NOISE + cpuTime(() => review(base, head), 1);
    };
    if (isThorough) {
      expect(time(thorough)).toBeLessThan(LIMIT); // limits stop some of them: how time grows says nothing then
      return;
    }
    const less = time(sampled / TIMES);
    expect(time(sampled) / less).toBeLessThan(3 * TIMES);
  },
);

function review(base: Draft, head: Draft): void {
  const changes = environmentChanges(new Map([["paid", base]]), new Map([["paid", head]]), NOW);
  expect(markdown(reviewOf(changes))).toMatch(/^## /);
}
