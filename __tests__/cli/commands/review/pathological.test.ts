import { environmentChanges } from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import { NOW } from "../../../support/now";
import { thoroughTest } from "../../../support/thorough";
import { CODE, type Draft, edited, roleIn } from "./small-stack";

/** Seconds of CPU. Each takes less than five, and a machine may be ten times slower. */
const LIMIT_S = 50;

const many = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index));
const named = (count: number, one: (index: number) => unknown) =>
  Object.fromEntries(many(count, (index) => [`a${index}`, one(index)]));
const letters = (index: number) => index.toString(36).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "");

/** The environment's policy has those statements. */
const policy =
  (...statement: readonly object[]) =>
  ({ data }: Draft) => {
    data.aws_iam_policy_document.full = { statement };
  };
const allowing = (more: object) => ({ actions: ["support:*"], resources: ["*"], ...more });
const condition = (test: string, variable: string, values: readonly string[]) => ({ test, variable, values });
const trust = (count: number) => (code: Draft) => {
  const identifiers = many(count, (index) => String(100_000_000_000 + index));
  code.data.aws_iam_policy_document.full_trust.statement[0].principals = [{ type: "AWS", identifiers }];
};
const sections = (section: string, one: (index: number) => unknown) => (code: Draft) => {
  code[section] = many(100_000, one);
};

test.each<[string, (code: Draft) => unknown]>([
  [
    "100,000 known resources",
    ({ resource }) => (resource.aws_sns_topic = named(100_000, (index) => ({ name: `a${index}` }))),
  ],
  [
    "10,000 types of resources",
    ({ resource }) =>
      Object.assign(
        resource,
        named(10_000, () => ({ a: {} })),
      ),
  ],
  ["100,000 moves", sections("moved", (index) => ({ from: `a.b${index}`, to: `a.c${index}` }))],
  ["100,000 imports", sections("import", (index) => ({ to: "aws_iam_role.full", id: `${index}` }))],
  ["100,000 removals", sections("removed", (index) => ({ from: `a.b${index}`, lifecycle: { destroy: false } }))],
  ["a megabyte of backticks", ({ resource }) => (resource.aws_iam_role.full.name = "`".repeat(1_000_000))],
  ["10,000 statements", policy(...many(10_000, (index) => allowing({ actions: [`support:${letters(index)}`] })))],
  ["10,000 actions", policy(allowing({ actions: many(10_000, (index) => `support:${letters(index)}`) }))],
  [
    "1,000 actions on 1,000 resources",
    policy(
      allowing({
        actions: many(1000, (index) => `support:${letters(index)}`),
        resources: many(1000, (index) => `arn:aws:s3:::a${index}`),
      }),
    ),
  ],
  [
    "300 other actions and resources",
    policy(
      ...many(300, (index) =>
        allowing({ actions: [`support:${letters(index)}`], resources: [`arn:aws:s3:::a${index}`] }),
      ),
    ),
  ],
  ["100 actions with wildcards", policy(allowing({ actions: many(100, (index) => `support:*${letters(index)}*`) }))],
  ["an action of 1,000,000 wildcards", policy(allowing({ actions: ["*".repeat(1_000_000)] }))],
  [
    "40 unsupported conditions",
    policy(allowing({ condition: many(40, (index) => condition("NumericLessThan", `a${index}`, ["1"])) })),
  ],
  [
    "a condition with 10,000 values",
    policy(
      allowing({
        condition: [
          condition(
            "StringLike",
            "aws:SourceArn",
            many(10_000, (index) => `a${index}*`),
          ),
        ],
      }),
    ),
  ],
  [
    "a condition on sets",
    policy(allowing({ condition: [condition("ForAllValues:StringEquals", "aws:CalledVia", many(1000, String))] })),
  ],
  [
    "allows and denies by turns",
    policy(
      ...many(200, (index) =>
        allowing({
          effect: index % 2 ? "Deny" : "Allow",
          condition: [condition("StringEquals", `aws:a${index % 16}`, [`${index}`])],
        }),
      ),
    ),
  ],
  ["400 principals", trust(400)],
  ["10,000 principals", trust(10_000)],
  ["200 roles", (code) => many(200, (index) => roleIn(code, `a${index}`, `A${index}`))],
])("a stack with %s is reviewed in time", (_, edit) => {
  inTime(edit);
});

thoroughTest.each<[string, (code: Draft) => unknown]>([
  ["an action with 10,000 wildcards", policy(allowing({ actions: [`support:${"*a".repeat(10_000)}`] }))],
  [
    "40 resources with wildcards",
    policy(allowing({ resources: many(40, (index) => `arn:aws:s3:::*${letters(index)}*`) })),
  ],
  [
    "16 keys with conditions",
    policy(allowing({ condition: many(16, (index) => condition("StringEquals", `a${index}`, ["1"])) })),
  ],
  [
    "200 ends",
    policy(
      ...many(200, (index) =>
        allowing({ condition: [condition("DateLessThan", "aws:CurrentTime", [`${2100 + index}-01-01T00:00:00Z`])] }),
      ),
    ),
  ],
])("a stack with %s is reviewed in time", (_, edit) => {
  inTime(edit);
});

function inTime(edit: (code: Draft) => unknown): void {
  const head = edited(edit);
  const started = process.cpuUsage();
  const changes = environmentChanges(new Map([["paid", CODE]]), new Map([["paid", head]]), NOW);
  expect(markdown(reviewOf(changes))).toMatch(/^## /);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(LIMIT_S);
}
