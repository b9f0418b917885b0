import {
  type AccessDocument,
  accessDocument,
  publishedEnvironment,
} from "../../../../cli/commands/publish/access-document";
import { changesSince } from "../../../../cli/commands/publish/since";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { withWordLists } from "../../../support/word-lists";

const ENVIRONMENT = `region: us-east-1, read-only: { policy: aws-managed }, full: { without: [resolve-cases], permissions-boundary: "arn:aws:iam::444455556666:policy/b", channels: [{ name: oncall, workspace: T01, channel: C02 }] }`;
const ACCOUNT = 'account: "444455556666"';
const ROLE = "The role AWSSupportAppReadOnlyRole";
const BY_HAND = "Channels that were configured by hand with AWSSupportAppReadOnlyRole";

function documentOf(environments: string): AccessDocument {
  const allEnvironments = parseEnvironments(`environments: { ${environments} }`, "environments.yaml");
  return accessDocument(allEnvironments.map(publishedEnvironment), "1.2.0");
}

const BEFORE = documentOf(`paid: { ${ACCOUNT}, ${ENVIRONMENT} }`);

/** The changes from one document to the other, the other way round in the second list. */
function changes(before: AccessDocument, after: AccessDocument): readonly [string[], string[]] {
  const describeChanges = (from: AccessDocument, to: AccessDocument) =>
    changesSince(from, to).map(({ environment, gives, text }) => {
      expect(environment).toMatch(/^(paid|qa)$/);
      return `${gives ? "+" : "-"} ${text}`;
    });
  return [describeChanges(before, after), describeChanges(after, before)];
}

const ADDED = withWordLists("+ #oncall is added, with <capabilities but resolve-cases>.");
test.each<[string, string, string, there: string[], back: string[]]>([
  ["nothing", "paid", "paid", [], []],
  [
    "a capability",
    "[resolve-cases]",
    "[live-chat]",
    ["+ People in #oncall gain resolve-cases.", "- People in #oncall lose live-chat."],
    ["+ People in #oncall gain live-chat.", "- People in #oncall lose resolve-cases."],
  ],
  ["another channel", "C02", "C03", ["- #oncall is removed.", ADDED], [ADDED, "- #oncall is removed."]],
  ["a channel's name", "oncall,", "ops,", ["- #oncall is now called #ops."], ["- #ops is now called #oncall."]],
  [
    "a role",
    "read-only: { policy: aws-managed }, ",
    "",
    [`- ${ROLE} is removed.`],
    [`+ ${ROLE} is added, with view-cases.`],
  ],
  [
    "an AWS managed policy",
    "policy: aws-managed",
    "",
    [`+ ${ROLE} has a customer managed policy now, instead of AWS's own.`],
    [`+ ${ROLE} has an AWS managed policy now, which AWS may change.`],
  ],
  [
    "a boundary",
    'permissions-boundary: "arn:aws:iam::444455556666:policy/b", ',
    "",
    [
      "+ The role AWSSupportAppFullRole has a different permissions boundary: arn:aws:iam::444455556666:policy/b → none.",
    ],
    [
      "- The role AWSSupportAppFullRole has a different permissions boundary: none → arn:aws:iam::444455556666:policy/b.",
    ],
  ],
  [
    "a condition in the trust",
    "aws-managed",
    "aws-managed, source-account-condition: true",
    [`- ${ROLE} may be assumed in fewer cases: the Support App may no longer work with it.`],
    [`+ ${ROLE} may be assumed in more cases.`],
  ],
  [
    "a change within the same capabilities",
    "[resolve-cases]",
    "[resolve-cases], service-quotas-role: existing",
    ["- The role AWSSupportAppFullRole has a different policy with the same capabilities."],
    ["+ The role AWSSupportAppFullRole has a different policy with the same capabilities."],
  ],
  [
    "a role's name",
    "aws-managed",
    "aws-managed, role-name: Other",
    [
      "+ The role arn:aws:iam::444455556666:role/AWSSupportAppReadOnlyRole is replaced by arn:aws:iam::444455556666:role/Other. A channel that was configured by hand keeps the old one, which is removed.",
    ],
    [
      "+ The role arn:aws:iam::444455556666:role/Other is replaced by arn:aws:iam::444455556666:role/AWSSupportAppReadOnlyRole. A channel that was configured by hand keeps the old one, which is removed.",
    ],
  ],
  [
    "a temporary capability",
    "[resolve-cases]",
    "[resolve-cases], temporarily: [{ capability: resolve-cases, until: 2026-12-31 }]",
    ["+ People in #oncall gain resolve-cases (until the end of 2026-12-31 (UTC))."],
    ["- People in #oncall lose resolve-cases (before: until the end of 2026-12-31 (UTC))."],
  ],
])("a change of %s is listed there and back", (_, from, to, forward, back) => {
  const after = documentOf(`paid: { ${ACCOUNT}, ${ENVIRONMENT} }`.replace(from, to));
  expect(changes(BEFORE, after)).toEqual([forward, back]);
});

test("what a team gains and loses is in its channel, and no other one's", () => {
  const teams = (pay: string) =>
    documentOf(
      `paid: { ${ACCOUNT}, region: us-east-1, full: {}, teams: { pay: { access: full, ${pay}channels: [{ name: pay, workspace: T01, channel: C01 }] } } }`,
    );
  expect(changes(teams(""), teams("without: [live-chat], "))).toEqual([
    ["- People in #pay lose live-chat."],
    ["+ People in #pay gain live-chat."],
  ]);
});

test("an environment is added and removed, and has another account", () => {
  const otherDocument = documentOf(
    `qa: { account: "111122223333", region: us-east-1, read-only: { until: 2026-12-31 } }`,
  );
  const moved = documentOf(`qa: { ${ACCOUNT}, region: us-east-1, read-only: { until: 2026-12-31 } }`);
  const emptyDocument = documentOf(`paid: { ${ACCOUNT}, region: us-east-1, retired: true }`);
  const empty = { ...emptyDocument, environments: [] };
  expect(changes(empty, otherDocument)).toEqual([
    [`+ ${ROLE} is added, with view-cases (until the end of 2026-12-31 (UTC)).`],
    [`- ${ROLE} is removed.`],
  ]);
  const arn = (account: string) => `arn:aws:iam::${account}:role/AWSSupportAppReadOnlyRole`;
  expect(changes(otherDocument, moved)[0]).toEqual([
    "+ The account changes: 111122223333 → 444455556666.",
    `+ The role ${arn("111122223333")} is replaced by ${arn("444455556666")}. A channel that was configured by hand keeps the old one, which is removed.`,
  ]);
});

test("without a channel in code, an end that becomes earlier, later or goes is a change for those configured by hand", () => {
  const until = (day?: string) =>
    documentOf(`paid: { ${ACCOUNT}, region: us-east-1, read-only: { ${day === undefined ? "" : `until: ${day}`} } }`);
  const [december, january] = ["2026-12-31", "2027-01-31"].map((day) => `until the end of ${day} (UTC)`);
  expect(changes(until("2026-12-31"), until("2027-01-31"))).toEqual([
    [`+ ${BY_HAND} gain view-cases (${january}; before: ${december}).`],
    [`- ${BY_HAND} keep for a shorter time than before view-cases (${december}; before: ${january}).`],
  ]);
  expect(changes(until("2026-12-31"), until())).toEqual([
    [`+ ${BY_HAND} gain view-cases (without an end; before: ${december}).`],
    [`- ${BY_HAND} keep for a shorter time than before view-cases (${december}).`],
  ]);
});
