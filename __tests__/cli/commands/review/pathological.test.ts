import { environmentChanges } from "../../../../cli/commands/review/environment-change";
import { markdown } from "../../../../cli/commands/review/report";
import { reviewOf } from "../../../../cli/commands/review/review";
import type { Condition, Statement } from "../../../../cli/iam/policy";
import { compareAccess } from "../../../../cli/terraform/access-changes";
import type { EnvironmentAccess } from "../../../../cli/terraform/environment-access";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { cpuTime } from "../../../support/cpu-time";
import { type Draft, edited, ONCALL, stackOf } from "../../../support/edited-stack";
import { NOW } from "../../../support/now";
import { isThorough } from "../../../support/thorough";
import { accessOf, allow, roleOf } from "../../terraform/small-access";

/** How much smaller the other one is. Quadratic time would be the square of that. */
const TIMES = 8;

/** Microseconds of CPU that decide nothing: a collection of garbage takes as much. */
const NOISE = 5_000;

/** Microseconds of CPU for the thorough run: each takes less than five seconds, and a machine may be ten times slower. */
const LIMIT = 50_000_000;

const listOf = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const recordOf = (count: number, make: (index: number) => unknown) =>
  Object.fromEntries(listOf(count, (index) => [`a${index}`, make(index)]));
const letters = (index: number) => index.toString(36).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "");
const bucket = (index: number) => `arn:aws:s3:::a${index}`;

/** Expects the time of some work to grow with its size, or, in a thorough run, to end. */
function expectInTime(sampled: number, thorough: number, work: (count: number) => () => unknown): void {
  const time = (count: number) => NOISE + cpuTime(work(Math.ceil(count)), 1);
  if (isThorough)
    expect(time(thorough)).toBeLessThan(LIMIT); // limits stop some of them: how time grows says nothing then
  else {
    const baseline = time(sampled / TIMES);
    expect(time(sampled) / baseline).toBeLessThan(3 * TIMES);
  }
}

const WHOLE = stackOf(`full: { ${ONCALL} }`);

/** What a stack has too much of, and how much in a sample and in a thorough run. */
const STACKS: readonly (readonly [string, number, number, (count: number) => SynthesizedStack])[] = [
  ...(
    [
      [
        ...(["known resources", 3_000, 100_000] as const),
        ({ resource }, count) => (resource.aws_sns_topic = recordOf(count, (index) => ({ name: `a${index}` }))),
      ],
      [
        ...(["unknown resources", 2_000, 20_000] as const),
        ({ resource }, count) => (resource.aws_iam_user = recordOf(count, (index) => ({ name: `a${index}` }))),
      ],
      [
        ...(["moves", 2_000, 100_000] as const),
        (draft, count) => (draft.moved = listOf(count, (index) => ({ from: `a.b${index}`, to: `a.c${index}` }))),
      ],
      [
        ...(["imports", 2_000, 100_000] as const),
        (draft, count) => (draft.import = listOf(count, (index) => ({ to: "aws_iam_role.full", id: `${index}` }))),
      ],
      ["sections", 2_000, 20_000, (draft, count) => Object.assign(draft, recordOf(count, String))],
      [
        ...(["backticks", 100_000, 1_000_000] as const),
        ({ resource }, count) => (resource.aws_iam_role.full.name = "`".repeat(count)),
      ],
      [
        ...(["statements", 400, 10_000] as const),
        ({ data }, count) => {
          const statement = listOf(count, (index) => ({ actions: [`support:${letters(index)}`], resources: ["*"] }));
          data.aws_iam_policy_document.full = { statement };
        },
      ],
    ] as readonly (readonly [string, number, number, (draft: Draft, count: number) => unknown])[]
  ).map(
    ([title, sampled, thorough, edit]) =>
      [title, sampled, thorough, (count: number) => edited(WHOLE, (draft) => edit(draft, count))] as const,
  ),
  ...Object.entries({
    channels: (count: number) => listOf(count, (index) => ({ name: "a", workspace: "T1", channel: `C${index}` })),
    tags: (count: number) => recordOf(count, String),
    temporarily: (count: number) => listOf(count, () => ({ capability: "live-chat", until: "2099-12-31" })),
    unknown: (count: number) => listOf(count, String),
  }).map(([key, valueWith]) => {
    const { environment, ...file } = WHOLE.environmentFile as Draft;
    const stackWith = (count: number): SynthesizedStack => ({
      terraform: {},
      environmentFile: {
        ...file,
        environment: { ...environment, full: { ...environment.full, [key]: valueWith(count) } },
      },
    });
    return [`${key} in the environment beside it`, 1_000, 20_000, stackWith] as const;
  }),
];

/** What is tried each day; the rest grows in the same code. */
const EACH_DAY = [
  ...["known resources", "moves", "sections", "statements", "tags in the environment beside it"],
  ...["unknown in the environment beside it", "wildcards in an action", "values in a condition", "ends"],
];
const tried = <T extends readonly [title: string, ...rest: unknown[]]>(rows: readonly T[]) =>
  rows.filter(([title]) => isThorough || EACH_DAY.includes(title));

test.each(tried(STACKS))("a stack with many %s is reviewed in time", (_, sampled, thorough, stackWith) => {
  expectInTime(sampled, thorough, (count) => {
    const head = stackWith(count);
    return () => {
      const changes = environmentChanges(new Map([["paid", WHOLE]]), new Map([["paid", head]]), NOW);
      expect(markdown(reviewOf(changes))).toMatch(/^## /);
    };
  });
});

type Edit = (count: number) => EnvironmentAccess;

/** A role with that many statements. */
const statements =
  (make: (index: number) => Partial<Statement>): Edit =>
  (count) =>
    accessOf({ full: roleOf(listOf(count, (index) => ({ ...allow(["support:*"]), ...make(index) }))) });
/** A role with one statement, with that. */
const statement =
  (make: (count: number) => Partial<Statement>): Edit =>
  (count) =>
    statements(() => make(count))(1);
const condition = (operator: string, key: string, values: readonly string[]): Condition => ({ operator, key, values });
const targets = (patterns: readonly string[]) => ({ not: false, patterns });

/** So many roles at those addresses, in that order. */
const roles =
  (address: string, name: string, order: (index: number, count: number) => number = (index) => index): Edit =>
  (count) =>
    accessOf(
      Object.fromEntries(
        listOf(count, (index) => {
          const number = order(index, count);
          const role = roleOf([allow(["support:createcase", "support:resolvecase"])], { name: `${name}${number}` });
          return [`${address}${number}`, role];
        }),
      ),
    );
const last: Parameters<typeof roles>[2] = (index, count) => count - index;

/** What a publication or a live account, whose policies aren't the constructs', may have too much of. */
const POLICIES: readonly (readonly [string, number, number, Edit])[] = [
  ["statements", 400, 10_000, statements((index) => ({ actions: targets([`support:${letters(index)}`]) }))],
  [
    ...(["actions and resources", 160, 1_000] as const),
    statement((count) => ({
      actions: targets(listOf(count, (index) => `support:${letters(index)}`)),
      resources: targets(listOf(count, bucket)),
    })),
  ],
  [
    ...(["actions of a resource each", 80, 300] as const),
    statements((index) => ({
      ...{ actions: targets([`support:${letters(index)}`]), resources: targets([bucket(index)]) },
    })),
  ],
  [
    ...(["actions with wildcards", 8, 100] as const),
    statement((count) => ({ actions: targets(listOf(count, (index) => `support:*${letters(index)}*`)) })),
  ],
  [
    ...(["wildcards in an action", 200, 10_000] as const),
    statement((count) => ({ actions: targets([`support:${"*a".repeat(count)}`]) })),
  ],
  [
    ...(["resources with wildcards", 40, 40] as const),
    statement((count) => ({ resources: targets(listOf(count, (index) => `arn:aws:s3:::*${letters(index)}*`)) })),
  ],
  [
    ...(["unsupported conditions", 40, 40] as const),
    statement((count) => ({ conditions: listOf(count, (index) => condition("NumericLessThan", `a${index}`, ["1"])) })),
  ],
  [
    ...(["keys with conditions", 8, 16] as const),
    statement((count) => ({ conditions: listOf(count, (index) => condition("StringEquals", `a${index}`, ["1"])) })),
  ],
  [
    ...(["values in a condition", 32, 10_000] as const),
    statement((count) => {
      const values = listOf(count, (index) => `a${index}*`);
      return { conditions: [condition("StringLike", "aws:sourcearn", values)] };
    }),
  ],
  [
    ...(["values in a condition on sets", 40, 1_000] as const),
    statement((count) => ({
      conditions: [condition("ForAllValues:StringEquals", "aws:calledvia", listOf(count, String))],
    })),
  ],
  [
    ...(["allows and denies by turns", 40, 200] as const),
    statements((index) => ({
      effect: index % 2 ? "Deny" : "Allow",
      conditions: [condition("StringEquals", `aws:a${index % 16}`, [`${index}`])],
    })),
  ],
  [
    ...(["ends", 24, 200] as const),
    statements((index) => ({
      conditions: [condition("DateLessThan", "aws:currenttime", [`${2100 + index}-01-01T00:00:00Z`])],
    })),
  ],
  [
    ...(["principals", 400, 10_000] as const),
    (count) => {
      const principals = listOf(count, (index) => ({ type: "AWS", id: String(100_000_000_000 + index) }));
      const { resources: _, ...assuming } = allow(["sts:AssumeRole"]);
      return accessOf({
        full: roleOf([], { trust: [{ ...assuming, principals: { not: false, all: principals } }] }),
      });
    },
  ],
];

/** The comparison of roles takes the longest, so these aren't sampled. */
const ROLES: readonly (readonly [string, number, number, Edit, before: Edit])[] = [
  ["roles", 80, 200, roles("a", "A"), () => accessOf({})],
  ["roles at other addresses", 240, 800, roles("b", "A", last), roles("a", "A", (index) => index + 1)],
  ["roles with other names", 80, 200, roles("a", "B"), roles("a", "A")],
];

const SMALL = accessOf({ full: roleOf([allow(["support:CreateCase"])]) });

test.each([...tried(POLICIES).map((row) => [...row, () => SMALL] as const), ...ROLES])(
  "access with many %s is compared in time",
  (_, sampled, thorough, after, before) => {
    expectInTime(sampled, thorough, (count) => {
      const [base, head] = [before(count), after(count)];
      return () => compareAccess(base, head);
    });
  },
);
