import type { Finding } from "../../../../cli/findings/finding";
import type { AccountKind } from "../../../../cli/findings/kinds";
import type { AuditedAccount, AuditReport } from "../../../../cli/reports/audit-report";
import { finding, watchingInTests } from "../../../support/watching";

const { night, gitHub, path } = watchingInTests();

const SINCE = ["--since", path("watch.json"), "--report", path("watch.json")];

const danger = (kind: AccountKind, ...about: string[]): Finding =>
  finding({
    ...{ kind, about, answer: kind === "audit-unknown" ? "unknown" : "unhealthy" },
    fix: { text: "Do this.", commands: ["aws iam x"] },
  });
const account = (id: string, ...findings: Finding[]): AuditedAccount => ({
  ...{ account: id, roles: [], channels: [], workspaces: [], aliases: [] },
  findings: findings.map((finding) => ({ ...finding, subject: { account: id } })),
});

interface Night extends Partial<Pick<AuditReport, "isWholeOrganization" | "interrupted">> {
  readonly args?: string[];
  readonly half?: string;
  readonly more?: string;
}

/** A night in which doctor finds production healthy, and audit finds this in accounts. @param half of another report */
async function nightOf(
  accounts: readonly AuditedAccount[] | undefined,
  { args = SINCE, half = "", more: keys = "", isWholeOrganization = true, interrupted }: Night = {},
) {
  const readAt = new Date().toISOString();
  const report: Partial<AuditReport> = {
    schemaVersion: 2,
    readAt,
    isWholeOrganization,
    interrupted,
    accounts: accounts?.slice(),
  };
  const files: Record<string, string> = accounts ? { "audit/report.json": JSON.stringify(report) } : {};
  if (half !== "") files["half/report.json"] = half;
  const environments = { production: `${keys}read-only: {}` };
  const { status, output } = await night({ says: { production: {} }, environments, files, args });
  return { status, lines: output.split("\n") };
}

const OTHER = "999988887777";
const THIRD = "999988887778";
const ADMINS = danger("audit-administrators", "role", "Admins");

test("what audit finds outside the file shows up the night it appears, stays, and heals", async () => {
  expect(await nightOf([account(OTHER)])).toEqual({
    status: 0,
    lines: ["1 environment: 1 healthy, 0 unhealthy, 0 unknown. Findings: none."],
  });
  const result = await nightOf([account(OTHER, ADMINS)]);
  expect(result.status).toBe(4);
  expect(result.lines[0]).toBe(`new  account ${OTHER}: audit-administrators: role Admins`);
  expect((await nightOf([account(OTHER, ADMINS)])).lines[0]).toMatch(/^stays {2}account/);
  expect((await nightOf([account(OTHER)])).lines[0]).toBe(
    `healed  account ${OTHER}: audit-administrators: role Admins`,
  );
});

test("nothing heals without a report, or where something couldn't be read; an account that is no longer audited is closed", async () => {
  await nightOf([account(OTHER, ADMINS)]);
  const remainingAccounts = [account("111100002222")];
  const missing = await nightOf(undefined);
  expect([missing.status, missing.lines[0]]).toEqual([5, expect.stringMatching(/^not looked at {2}account/)]);
  const unread = await nightOf([account(OTHER, danger("audit-unknown", "account", "iam:ListRoles"))]);
  expect(unread.lines.filter((line) => line.startsWith("not looked at"))).toHaveLength(1);
  for (const options of [{ half: "{" }, { isWholeOrganization: false }]) {
    const { status, lines } = await nightOf(remainingAccounts, options);
    expect([status, lines[0]]).toEqual([5, expect.stringMatching(/^not looked at/)]);
  }
  const closed = await nightOf(remainingAccounts);
  expect([closed.status, closed.lines[0]]).toEqual([0, expect.stringMatching(/^closed {2}account/)]);
  expect(await nightOf(remainingAccounts, { half: "{" })).toMatchObject({ status: 5 }); // what it says isn't known
});

test("roles and channels of the file are doctor's, but what couldn't be read isn't", async () => {
  const ownFindings = [
    danger("audit-no-channel", "role", "AWSSupportAppReadOnlyRole"),
    danger("audit-open-trust", "role", "Others"),
    danger("audit-unknown", "account", "iam:ListRoles"),
  ];
  const { lines } = await nightOf([account("111122223333", ...ownFindings)]);
  expect(lines.filter((line) => line.startsWith("new")).map((line) => line.slice(5))).toEqual([
    "account 111122223333: audit-open-trust: role Others",
    "account 111122223333: not looked at",
  ]);
  const unused = danger("audit-no-channel", "role", "AWSSupportAppReadOnlyRole");
  const otherResult = await nightOf([account(OTHER, unused)]);
  expect(otherResult.lines[0]).toMatch(`account ${OTHER}: audit-no-channel: role AWSSupportAppReadOnlyRole`);
  const retired = await nightOf([account("111122223333", unused)], { more: "retired: true, " });
  expect(retired.lines).toContain("new     account 111122223333: audit-no-channel: role AWSSupportAppReadOnlyRole");
});

test("a finding has an issue that says that audit found it, and what to do", async () => {
  await nightOf([account(OTHER, ADMINS)], { args: ["--github"] });
  const { title, body } = gitHub().issues[0] ?? {};
  expect(title).toContain(`account ${OTHER}: audit-administrators: role Admins`);
  expect(body).toContain(`\`support-app audit\` reports in the account \`${OTHER}\`:`);
  expect(body).toContain("    $ aws iam x");
});

test("nothing heals or closes after an interrupted audit, not even in the accounts that it has read", async () => {
  await nightOf([account(OTHER, ADMINS), account(THIRD, ADMINS)]);
  const interrupted = { unread: [THIRD], regions: ["us-east-1"], slack: false };
  const { status, lines } = await nightOf([account(OTHER)], { interrupted, isWholeOrganization: false });
  expect([status, lines.filter((line) => line.startsWith("not looked at"))]).toEqual([
    5,
    [OTHER, THIRD].map((id) => expect.stringContaining(`account ${id}`)),
  ]);
  expect(lines.join("\n")).toContain("of an audit that was interrupted before it had read 1 account, expected a whole");
  expect(lines.filter((line) => /^(healed|closed)/.test(line))).toEqual([]);
  const first = await nightOf([], { interrupted, isWholeOrganization: false, args: [] }); // nothing is known of before
  expect(first.status).toBe(5);
});
