import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import type { Draft } from "../../../support/plan-fixtures";
import { reviewingInTests } from "../../../support/reviewing";
import { thoroughTest } from "../../../support/thorough";
import { CODE, document, edited, roleIn, TRUST } from "./small-stack";

const { review, reviewPlan, folderOf } = reviewingInTests();

/** Seconds of CPU. Each takes less than five, and a machine may be ten times slower. */
const LIMIT_S = 50;

const many = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index));
const named = (count: number, one: (index: number) => unknown) =>
  Object.fromEntries(many(count, (index) => [`a${index}`, one(index)]));
const letters = (index: number) => index.toString(36).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "");

/** The environment's policy has those statements. */
const policy =
  (...statements: readonly object[]) =>
  ({ resource }: Draft) => {
    resource.aws_iam_policy.full.policy = document(...statements);
  };
const allowing = (more: object) => ({ Action: "support:*", Resource: "*", ...more });
/** The same in Terraform's own words. */
const blocks =
  (...statement: readonly object[]) =>
  (code: Draft) => {
    code.data = { aws_iam_policy_document: { full: { statement } } };
    code.resource.aws_iam_policy.full.policy = "${data.aws_iam_policy_document.full.json}";
  };
const trust =
  (Principal: unknown, more: object = {}) =>
  ({ resource }: Draft) => {
    resource.aws_iam_role.full.assume_role_policy = document({ Action: "sts:AssumeRole", Principal, ...more });
  };
const channel = (index: number, more: object = {}) => ({
  type_name: "AWS::SupportApp::SlackChannelConfiguration",
  desired_state: JSON.stringify({
    ...{ TeamId: "T01", ChannelId: `C${index}`, NotifyOnCaseSeverity: "none" },
    ...{ NotifyOnCreateOrReopenCase: false, NotifyOnAddCorrespondenceToCase: false, NotifyOnResolveCase: false },
    ...{ ChannelRoleArn: "arn:aws:iam::111122223333:role/Full", ...more },
  }),
});
const description = (text: string) => (code: Draft) => {
  code.resource.aws_iam_role.full.description = text;
};

type Case = readonly [what: string, edit: (code: Draft) => unknown, isSlow?: "slow"];
const CASES: readonly Case[] = [
  // The form of the Terraform
  [
    "100,000 resources of an unknown type",
    ({ resource }) => (resource.null_resource = named(100_000, () => ({}))),
    "slow",
  ],
  [
    "100,000 resources that are known",
    ({ resource }) => (resource.aws_sns_topic = named(100_000, (index) => ({ name: `a${index}` }))),
    "slow",
  ],
  [
    "10,000 types of resources",
    ({ resource }) =>
      Object.assign(
        resource,
        named(10_000, () => ({ a: {} })),
      ),
  ],
  [
    "100,000 sections",
    (code) =>
      Object.assign(
        code,
        named(100_000, () => ({ a: 1 })),
      ),
    "slow",
  ],
  ["100,000 outputs", (code) => (code.output = named(100_000, (index) => ({ value: index }))), "slow"],
  [
    "100,000 moves",
    (code) => (code.moved = many(100_000, (index) => ({ from: `a.b${index}`, to: `a.c${index}` }))),
    "slow",
  ],
  [
    "100,000 imports",
    (code) => (code.import = many(100_000, (index) => ({ to: "aws_iam_role.full", id: `${index}` }))),
    "slow",
  ],
  [
    "100,000 removals",
    (code) => (code.removed = many(100_000, (index) => ({ from: `a.b${index}`, lifecycle: { destroy: false } }))),
    "slow",
  ],
  [
    "lists that are 190 deep",
    (code) => (code.output = { a: { value: JSON.parse(`${"[".repeat(190)}${"]".repeat(190)}`) } }),
  ],
  ["lists that are 100,000 deep", (code) => (code.deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`)],
  ["100,000 tags", ({ resource }) => (resource.aws_iam_role.full.tags = named(100_000, () => "b"))],
  ["a number with 300 digits", ({ resource }) => (resource.aws_iam_role.full.max_session_duration = 1e300)],
  // Texts
  ["a megabyte of ${", description("${".repeat(500_000))],
  ["${ and a megabyte of spaces", description(`\${${" ".repeat(1_000_000)}`)],
  ["${ and a megabyte of letters", description(`\${${"a".repeat(1_000_000)}`)],
  ["100,000 calls in a template", description(`\${${"abs(".repeat(100_000)}`)],
  ["a megabyte of data. in a template", description(`\${${"data.".repeat(200_000)}`)],
  ["a megabyte of backticks", ({ resource }) => (resource.aws_iam_role.full.name = "`".repeat(1_000_000))],
  ["a megabyte of ##", ({ resource }) => (resource.aws_iam_role.full.name = "#".repeat(1_000_000))],
  [
    "a megabyte of characters that are hidden",
    ({ resource }) => (resource.aws_iam_role.full.name = "\u{e0001}".repeat(250_000)),
  ],
  [
    "a name of a megabyte",
    ({ resource }) => (resource.aws_iam_role["a".repeat(1_000_000)] = { name: "a", assume_role_policy: TRUST }),
  ],
  // Policies
  ["10,000 statements", policy(...many(10_000, (index) => allowing({ Action: `support:${letters(index)}` })))],
  ["10,000 actions", policy(allowing({ Action: many(10_000, (index) => `support:${letters(index)}`) }))],
  [
    "1,000 actions on 1,000 resources",
    policy(
      allowing({
        Action: many(1000, (index) => `support:${letters(index)}`),
        Resource: many(1000, (index) => `arn:aws:s3:::a${index}`),
      }),
    ),
  ],
  [
    "300 statements about other actions and resources",
    policy(
      ...many(300, (index) => allowing({ Action: `support:${letters(index)}`, Resource: `arn:aws:s3:::a${index}` })),
    ),
  ],
  ["100 actions with wildcards", policy(allowing({ Action: many(100, (index) => `support:*${letters(index)}*`) }))],
  ["an action with 10,000 wildcards", policy(allowing({ Action: `support:${"*a".repeat(10_000)}` })), "slow"],
  ["an action of 1,000,000 wildcards", policy(allowing({ Action: "*".repeat(1_000_000) }))],
  [
    "40 resources with wildcards",
    policy(allowing({ Resource: many(40, (index) => `arn:aws:s3:::*${letters(index)}*`) })),
    "slow",
  ],
  ["40 unsupported conditions", policy(allowing({ Condition: { NumericLessThan: named(40, () => "1") } }))],
  ["16 unsupported conditions", policy(allowing({ Condition: { NumericLessThan: named(16, () => "1") } }))],
  ["16 keys with conditions", policy(allowing({ Condition: { StringEquals: named(16, () => "1") } })), "slow"],
  [
    "a condition with 10,000 values",
    policy(allowing({ Condition: { StringLike: { "aws:sourcearn": many(10_000, (index) => `a${index}*`) } } })),
  ],
  [
    "a condition on sets of 1,000 values",
    policy(allowing({ Condition: { "ForAllValues:StringEquals": { "aws:calledvia": many(1000, String) } } })),
  ],
  [
    "allows and denies by turns",
    policy(
      ...many(200, (index) =>
        allowing({
          Effect: index % 2 ? "Deny" : "Allow",
          Condition: { StringEquals: { [`aws:a${index % 16}`]: `${index}` } },
        }),
      ),
    ),
  ],
  [
    "200 ends",
    policy(
      ...many(200, (index) =>
        allowing({ Condition: { DateLessThan: { "aws:CurrentTime": `${2100 + index}-01-01T00:00:00Z` } } }),
      ),
    ),
    "slow",
  ],
  [
    "10,000 statements in Terraform's words",
    blocks(...many(10_000, (index) => ({ actions: [`support:${letters(index)}`], resources: ["*"] }))),
  ],
  ["10,000 principals", trust({ AWS: many(10_000, (index) => String(100_000_000_000 + index)) })],
  ["400 principals", trust({ AWS: many(400, (index) => String(100_000_000_000 + index)) })],
  // Roles and channels
  ["200 roles", (code) => many(200, (index) => roleIn(code, `a${index}`, `A${index}`))],
  [
    "2,000 channels",
    ({ resource }) => (resource.aws_cloudcontrolapi_resource = named(2000, (index) => channel(index))),
  ],
  [
    "5,000 attachments of one policy",
    ({ resource }) =>
      Object.assign(
        resource.aws_iam_role_policy_attachment,
        named(5000, () => resource.aws_iam_role_policy_attachment.full),
      ),
  ],
  [
    "a desired state of a megabyte",
    ({ resource }) =>
      (resource.aws_cloudcontrolapi_resource = {
        a: { ...channel(1), desired_state: `\${jsonencode({${'"a" = "'.repeat(150_000)}})}` },
      }),
  ],
];

async function expectEnd(run: () => Promise<{ status: number; output: string }>): Promise<void> {
  const started = process.cpuUsage();
  const { status, output } = await run();
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(LIMIT_S);
  expect(output).toMatch(/^(## |Received .*, expected )/);
  expect([0, 1, 3]).toContain(status);
}

const text = (code: Terraform) => JSON.stringify(code).replace(/"deep":"(.*?)"/, '"deep":$1');

for (const [what, edit, isSlow] of CASES) {
  const orThorough = isSlow ? thoroughTest : test;
  orThorough(`a stack with ${what} ends in a report or a sentence`, async () => {
    const [base, head] = [CODE, edited(edit)].map((code) => folderOf({ paid: text(code) })) as [string, string];
    await expectEnd(() => review("--base", base, "--head", head));
  });
}

test.each<[string, unknown]>([
  [
    "100,000 resources",
    {
      resource_changes: many(100_000, (index) => ({
        address: `aws_iam_role.a${index}`,
        type: "aws_iam_role",
        name: `a${index}`,
        mode: "managed",
        change: { actions: ["create"], before: null, after: {} },
      })),
    },
  ],
  [
    "an address of a megabyte",
    {
      resource_changes: [
        {
          address: "[".repeat(1_000_000),
          type: "aws_iam_role",
          name: "a",
          mode: "managed",
          change: { actions: ["create"], before: null, after: {} },
        },
      ],
    },
  ],
])("a plan with %s ends in a sentence", async (_, plan) => {
  await expectEnd(() => reviewPlan(CODE, CODE, { format_version: "1.2", ...(plan as object) }));
});
