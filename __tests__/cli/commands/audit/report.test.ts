import type { AuditedAccount } from "../../../../cli/commands/audit/audit-report";
import { auditLines } from "../../../../cli/commands/audit/report";
import type { Finding } from "../../../../cli/findings/finding";
import type { AccountKind } from "../../../../cli/findings/kinds";

const NOTHING = { roles: [], channels: [], workspaces: [], aliases: [], findings: [] };
const finding = (kind: AccountKind, impact: string, ...commands: string[]): Finding => ({
  subject: { account: "1" },
  kind,
  answer: kind === "audit-unknown" ? "unknown" : "unhealthy",
  resource: "role a",
  about: ["role", "a"],
  impact,
  expected: "nothing",
  found: "something",
  fix: { text: "Do this.", commands },
});
const ROLE = "arn:aws:iam::444455556666:role/a";
const PEOPLE = { members: 3, guests: 1, strangers: 0, bots: 0, unseen: 0 };
const MISSING = { ...finding("audit-missing-role", "It is gone."), about: ["channel", "T1", "C3"] };
const ACCOUNTS: readonly AuditedAccount[] = [
  { ...NOTHING, account: "111122223333", findings: [finding("audit-no-channel", "No channel has a.")] },
  {
    ...NOTHING,
    account: "444455556666",
    name: "Payments",
    roles: [{ arn: ROLE, can: "view-cases" }],
    channels: [
      { region: "us-east-1", workspace: "T1", channel: "C1", name: "ops", role: ROLE, people: PEOPLE },
      { region: "us-east-1", workspace: "T1", channel: "C2" },
      { region: "us-east-1", workspace: "T1", channel: "C3", role: `${ROLE}b` },
      { region: "us-west-2", workspace: "T1", channel: "C3", role: ROLE },
    ],
    findings: [
      MISSING,
      finding("audit-unknown", "Denied."),
      finding("audit-administrators", "People can do everything.", "aws iam x"),
    ],
  },
];
const SUMMARY =
  "2 accounts with 1 role that the Support App may assume and 4 Slack channels. 3 findings, and 1 unknown.";

const REST = ["    expected  nothing", "    found     something", "    fix       Do this."];

test("findings are listed by kind, worst first, with what to do", () => {
  expect(auditLines(ACCOUNTS)).toEqual([
    "What couldn't be read: 1",
    "  444455556666 Payments: role a",
    "    may mean  Denied.",
    ...REST,
    "",
    "People in Slack who can do more than AWSSupportAppFullAccess allows: 1",
    "  444455556666 Payments: role a",
    "    means     People can do everything.",
    ...REST,
    "              $ aws iam x",
    "",
    "Channels whose role is gone: 1",
    "  444455556666 Payments: role a",
    "    means     It is gone.",
    ...REST,
    "",
    "Roles without a channel: 1",
    "  111122223333: role a",
    "    means     No channel has a.",
    ...REST,
    "",
    "Every channel: 4",
    `  444455556666 Payments: #ops (C1 of T1) in us-east-1, with 3 people (1 guest), 0 bots: people in it can view-cases with ${ROLE}.`,
    "  444455556666 Payments: a channel (C2 of T1) in us-east-1: what people in it can do with a role that isn't known is unknown.",
    `  444455556666 Payments: a channel (C3 of T1) in us-east-1: people in it can do nothing with ${ROLE}b.`,
    `  444455556666 Payments: a channel (C3 of T1) in us-west-2: people in it can view-cases with ${ROLE}.`,
    "",
    SUMMARY,
  ]);
});

test("findings of several accounts are in one order, whatever the account", () => {
  const rank = (isInUse: boolean) => ({ isInUse, beyond: "actions" as const, services: 1, actions: 1 });
  const accounts = [false, true].map((isInUse, index) => ({
    ...NOTHING,
    account: `11112222000${index}`,
    findings: [{ ...finding("audit-administrators", `Danger ${index}.`), rank: rank(isInUse) }],
  }));
  expect(
    [
      ...auditLines(accounts)
        .join("\n")
        .matchAll(/Danger (\d)/g),
    ].map(([, index]) => index),
  ).toEqual(["1", "0"]);
});

test("an incomplete report says how many accounts weren't read", () => {
  expect(auditLines(ACCOUNTS, 3).at(-1)).toContain(
    "Incomplete: 2 of 5 accounts were read. What the other 3 have is unknown. 2 accounts with 1 role",
  );
});
