import { markdown } from "../../../../../cli/commands/review/report";
import type { ReviewedEnvironment } from "../../../../../cli/commands/review/review";
import type { AllowedCases, Right } from "../../../../../cli/iam/compare";
import type { Condition } from "../../../../../cli/iam/policy";
import type { AccessChanges } from "../../../../../cli/terraform/access-changes";
import { SECURE, until } from "../../../terraform/small-access";
import {
  ACCOUNT,
  ALWAYS,
  channel,
  environment,
  gaining,
  losing,
  NO_CHANGES,
  OTHER_ACCOUNT,
  oncall,
  ROLE,
  review,
  right,
  role,
  targets,
} from "./reported";

const table = (access: Partial<AccessChanges>, overrides: Partial<ReviewedEnvironment> = {}) =>
  markdown(review([environment({ access: { ...NO_CHANGES, ...access }, ...overrides })]));
const rows = (...args: Parameters<typeof table>) => table(...args).match(/^\| (?:gains|loses|may) .*/gm) ?? [];
const rowOf = (right: Right) => rows({ roles: [role({ permissions: gaining(right) })] })[0];
const WHOEVER = "whoever uses the role `Full`";

test("the table is folded, with the number of its rows", () => {
  expect(table({ roles: [role({ permissions: gaining(right()) })] })).toBe(
    `## ✅ Nobody's access changes, but settings change in 1 environment

### \`paid\`: settings change

Everybody can do what they could before, with other settings.

<details><summary>Each action, and who gains or loses it (1)</summary>

| | who | action | on | when | for example |
|---|---|---|---|---|---|
| gains | whoever uses the role \`Full\` | \`support:ResolveCase\` | everything |  |  |

</details>
`,
  );
});

test("the table names the people in all channels that have the role then, and the role if there are none", () => {
  const roles = [role({ permissions: { ...gaining(right()), lost: [right({ action: targets("s3:*") })] } })];
  const removed = channel({ before: oncall({ name: "ops" }), after: undefined });
  const added = channel({ before: undefined, after: oncall({ name: "new" }) });
  const otherChannel = channel({ before: oncall({ role: "other" }), after: oncall({ role: "other" }) });
  const row = (sign: string, subject: string, rest: string) => `| ${sign} | ${subject} | ${rest} |`;
  const [gains, loses] = ["`support:ResolveCase` | everything |  | ", "`s3:*` | everything |  | `support:ResolveCase`"];
  expect(rows({ roles, channels: [channel(), removed, added, otherChannel] })).toEqual([
    row("gains", "people in `#oncall`, `#new`", gains),
    row("loses", "people in `#oncall`, `#ops`", loses),
  ]);
  expect(rows({ roles, channels: [removed] })).toEqual([
    row("gains", WHOEVER, gains),
    row("loses", "people in `#ops`", loses),
  ]);
  const from = channel({ before: oncall({ role: "old" }) });
  const readdressed = roles.map((role) => ({ ...role, movedFrom: "old" }));
  expect(rows({ roles: readdressed, channels: [from] })).toEqual([
    row("gains", "people in `#oncall`", gains),
    row("loses", "people in `#oncall`", loses),
  ]);
  expect(rows({ roles, channels: [otherChannel] })).toEqual([
    row("gains", WHOEVER, gains),
    row("loses", WHOEVER, loses),
  ]);
  expect(rows({ roles: [role({ permissions: gaining(right()), after: undefined })] })).toEqual([
    row("gains", WHOEVER, gains),
  ]);
});

test("the table has the difference between two roles for a channel that moves, instead of the difference of its new role", () => {
  const moved = channel({ isMoved: true, permissions: losing(right()) });
  expect(rows({ channels: [moved, channel({ permissions: gaining(right()) })] })).toEqual([
    "| loses | people in `#oncall` | `support:ResolveCase` | everything |  |  |",
  ]);
  expect(rows({ roles: [role({ permissions: gaining(right()) })], channels: [moved] })).toEqual([
    `| gains | ${WHOEVER} | \`support:ResolveCase\` | everything |  |  |`,
    "| loses | people in `#oncall` | `support:ResolveCase` | everything |  |  |",
  ]);
});

const requesterNamed = (id: string, type = "AWS"): Right["requester"] => ({ type, id });
const OTHER = "(**another account**)";
const roleOf = (account: string) => `arn:aws:iam::${account}:role/a`;
test.each<[string, Right["requester"], string]>([
  ["anybody", undefined, "anybody"],
  ["anybody else", { type: "AWS", id: "*" }, "anybody"],
  ["their own account", requesterNamed(ACCOUNT), `anybody in the account \`${ACCOUNT}\``],
  ["another account", requesterNamed(OTHER_ACCOUNT), `anybody in the account \`${OTHER_ACCOUNT}\` ${OTHER}`],
  ["somebody whose account isn't known", requesterNamed("AIDAEXAMPLE"), "`AIDAEXAMPLE`"],
  ["a role of another account", requesterNamed(roleOf(OTHER_ACCOUNT)), `\`${roleOf(OTHER_ACCOUNT)}\` ${OTHER}`],
  ["a role of their own account", requesterNamed(roleOf(ACCOUNT)), `\`${roleOf(ACCOUNT)}\``],
  ["a service", requesterNamed("ec2.amazonaws.com", "Service"), "`Service ec2.amazonaws.com`"],
])("the table names whoever may assume a role: %s", (_, requester, subject) => {
  const trust = gaining(right({ requester, action: targets("sts:assumerole") }));
  expect(rows({ roles: [role({ trust })] })).toEqual([
    `| gains | ${subject}, with the role \`Full\` | \`sts:AssumeRole\` | everything |  |  |`,
  ]);
});

test("the table names the role that somebody may assume then: the new one if they gain it, the old one if they lose it", () => {
  const assume = right({ requester: { type: "AWS", id: "*" }, action: targets("sts:assumerole") });
  const trust = { ...gaining(assume), lost: [assume] };
  const [before, after] = [ROLE, { ...ROLE, name: "Renamed", path: "/team/" }];
  expect(rows({ roles: [role({ before, after, trust })] })).toEqual([
    expect.stringMatching(/^\| gains \| .*, with the role `\/team\/Renamed` \|/),
    expect.stringMatching(/^\| loses \| .*, with the role `Full` \|/),
  ]);
});

const when = (...alternatives: readonly (readonly Condition[])[]): AllowedCases => ({ when: alternatives, unless: [] });
const REGION: Condition = { operator: "StringEquals", key: "aws:requestedregion", values: ["a", "b"] };
const SOMEWHERE = "`aws:requestedregion` `StringEquals` `a` or `b`";
const SECURELY = "`aws:securetransport` `Bool` `true`";
const example = (keys: Right["example"]["keys"]) => ({ action: "support:resolvecase", resource: "arn:x", keys });

const R = "`support:ResolveCase`";
const ALL = `${R} | everything |`;
const [SOME, SECURED] = [when([REGION]), when([SECURE])];
test.each<[string, Partial<Right>, string]>([
  ["one action, always", {}, `${ALL}  | `],
  ["actions", { action: targets("s3:get", "s3:put") }, `\`s3:get\`, \`s3:put\` | everything |  | `],
  ["a pattern", { action: targets("support:resolvecas?") }, `\`support:resolvecas?\` | everything |  | ${R}`],
  ["a pattern, too", { action: targets("s3:get", "support:*") }, `\`s3:get\`, \`support:*\` | everything |  | ${R}`],
  ["all but an action", { action: { not: true, patterns: ["s3:get"] } }, `all but \`s3:get\` | everything |  | ${R}`],
  [
    "a resource",
    { resource: targets("arn:x", "arn:y"), action: targets("support:*") },
    `\`support:*\` | \`arn:x\`, \`arn:y\` |  | ${R} on \`arn:x\``,
  ],
  ["all but everything", { resource: { not: true, patterns: ["*"] } }, `${R} | all but \`*\` |  | `],
  ["everything, and more", { resource: targets("arn:x", "*") }, `${ALL}  | `],
  [
    "a condition",
    { allowed: SOME, example: example({ "aws:requestedregion": ["a"] }) },
    `${ALL} ${SOMEWHERE} | ${R}, \`aws:requestedregion\` = \`a\``,
  ],
  [
    "an example",
    { action: targets("support:*"), example: example({ a: ["x", "y"], b: [], "aws:sourceaccount": undefined }) },
    `\`support:*\` | everything |  | ${R}, \`a\` = \`x\`, \`y\`, \`b\` = none, without \`aws:SourceAccount\``,
  ],
  [
    "alternatives of conditions",
    { allowed: when([REGION, SECURE], [SECURE]) },
    `${ALL} ${SOMEWHERE} and ${SECURELY}, or ${SECURELY} | ${R}`,
  ],
  [
    "exceptions",
    { allowed: { when: [[SECURE]], unless: [[REGION, SECURE], [REGION]] } },
    `${ALL} ${SECURELY}, unless ${SOMEWHERE} and ${SECURELY}, unless ${SOMEWHERE} | ${R}`,
  ],
  ["an exception alone", { allowed: { when: [], unless: [[REGION]] } }, `${ALL} unless ${SOMEWHERE} | ${R}`],
  ["an end", { allowed: when([until("2027-01-01T00:00:00Z")]) }, `${ALL} until the end of 2026-12-31 (UTC) | ${R}`],
  [
    "a condition without a key",
    { allowed: when([{ operator: "unsupported", key: "", values: ["x"] }]) },
    `${ALL} \`unsupported\` \`x\` | ${R}`,
  ],
  ["a condition less than before", { otherwise: SECURED }, `${ALL} ${SECURELY} → always | ${R}`],
  ["another condition", { allowed: SOME, otherwise: SECURED }, `${ALL} ${SECURELY} → ${SOMEWHERE} | ${R}`],
  ["always before, too", { allowed: SOME, otherwise: ALWAYS }, `${ALL} always → ${SOMEWHERE} | ${R}`],
])("the table shows what is allowed, on what, and when: %s", (_, overrides, words) => {
  expect(rowOf(right(overrides))).toBe(`| gains | ${WHOEVER} | ${words} |`);
});

test("the table turns around how the conditions of something that is lost change", () => {
  const lost = right({ allowed: when([REGION]), otherwise: when([SECURE]) });
  expect(rows({ roles: [role({ permissions: losing(lost) })] })).toEqual([
    `| loses | ${WHOEVER} | \`support:ResolveCase\` | everything | ${SOMEWHERE} → ${SECURELY} | \`support:ResolveCase\` |`,
  ]);
});

test("the table shows what can't be decided, each operator once", () => {
  const depends = [SECURE, REGION, SECURE];
  const uncertain = right({ depends, allowed: when([SECURE]) });
  const words = `\`support:ResolveCase\` | everything | ${SECURELY}, unsupported: \`Bool\`, \`StringEquals\` | \`support:ResolveCase\` |`;
  expect(rows({ roles: [role({ permissions: gaining(uncertain) })] })).toEqual([`| may gain | ${WHOEVER} | ${words}`]);
  expect(rows({ roles: [role({ permissions: losing(uncertain) })] })).toEqual([`| may lose | ${WHOEVER} | ${words}`]);
  expect(rowOf(right({ depends: [SECURE] }))).toBe(
    `| may gain | ${WHOEVER} | \`support:ResolveCase\` | everything | unsupported: \`Bool\` |  |`,
  );
});
