import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { earlierReport } from "../../../../cli/commands/audit/earlier-report";
import type { AccountKind } from "../../../../cli/findings/kinds";
import type { AuditReport } from "../../../../cli/reports/audit-report";

const folder = mkdtempSync(join(tmpdir(), "support-app-earlier-"));
const file = join(folder, "report.json");
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = new Date("2027-01-01T12:00:00.000Z");
const NOTHING = { roles: [], channels: [], workspaces: [], aliases: [], findings: [] };
const [FIRST, SECOND, THIRD, FOURTH] = ["111122223333", "222233334444", "333344445555", "444455556666"] as const;
const findingsOf = (kind: AccountKind, answer: "unhealthy" | "unknown") => [
  {
    ...{ subject: { account: FIRST }, kind, answer, resource: "the account", about: ["account"] },
    ...{
      impact: "People can do more.",
      expected: "it is read",
      found: "it isn't",
      fix: { text: "Ask.", commands: [] },
    },
  },
];
const REPORT = {
  ...{ schemaVersion: 2, readAt: "2027-01-01T00:00:00.000Z", isWholeOrganization: false },
  interrupted: { unread: [SECOND], regions: ["us-east-1"], slack: false },
  accounts: [
    { ...NOTHING, account: FIRST, findings: findingsOf("audit-administrators", "unhealthy") },
    { ...NOTHING, account: THIRD, findings: findingsOf("audit-unknown", "unknown") },
    { ...NOTHING, account: FOURTH, name: "before" },
  ],
} satisfies AuditReport;

/** What is taken over of a report, by an audit of these accounts. */
function earlier(report: object | string, ids: readonly string[] = [FOURTH, THIRD, SECOND, FIRST], slack = false) {
  writeFileSync(file, typeof report === "string" ? report : JSON.stringify(report));
  const targets = ids.map((id) => ({ id, name: id === FOURTH ? "now" : undefined }));
  return earlierReport(file, targets, ["us-east-1"], slack, NOW);
}

test("what an interrupted audit of the same accounts knew is taken over, with the names that accounts have now", () => {
  const { earlier: { readAt, accounts } = {}, remark } = earlier(REPORT);
  expect(readAt).toBe(REPORT.readAt);
  expect([...(accounts?.values() ?? [])]).toEqual([REPORT.accounts[0], { ...REPORT.accounts[2], name: "now" }]);
  expect(remark).toBe("2 of 4 accounts were read already, by the audit of 2027-01-01T00:00:00.000Z.");
});

test("an account that is closed or suspended meanwhile isn't taken over, and neither is one that was closed", () => {
  writeFileSync(
    file,
    JSON.stringify({
      ...REPORT,
      accounts: REPORT.accounts.map((account) => ({ ...account, isClosed: account.account === FOURTH || undefined })),
    }),
  );
  const targets = [FIRST, SECOND, THIRD, FOURTH].map((id) => ({ id, isActive: id !== FIRST }));
  const { earlier: { accounts } = {} } = earlierReport(file, targets, ["us-east-1"], false, NOW);
  expect(accounts?.size).toBe(0);
});

const OTHER = "is of other accounts, regions or options.";
const edited = (change: object) => ({ ...REPORT, interrupted: { ...REPORT.interrupted, ...change } });
test.each<[string, object, string]>([
  ["of an account less", edited({ unread: [FOURTH.replace("4", "5")] }), OTHER],
  ["of an account more", edited({ unread: [SECOND, "555566667777"] }), OTHER],
  ["of other regions", edited({ regions: ["us-east-1", "us-west-2"] }), OTHER],
  ["with the people in Slack", edited({ slack: true }), OTHER],
  ["that is too old", { ...REPORT, readAt: "2026-12-31T23:59:59.999Z" }, "expected the last 12 hours."],
  ["of a time to come", { ...REPORT, readAt: "2027-01-01T12:00:00.001Z" }, "expected the last 12 hours."],
])("nothing is taken over from a report %s, and a remark says why", (_, report, remark) => {
  expect(earlier(report)).toEqual({ remark: expect.stringContaining(remark) });
  expect(earlier(report).remark).toMatch(/^Everything is read again: /);
});

test.each<[string, object | string]>([
  ["a report that is whole", { ...REPORT, interrupted: undefined }],
  ["a report of another version", { ...REPORT, schemaVersion: 1 }],
  ["another text", "{"],
])("%s is replaced without a word", (_, report) => {
  expect(earlier(report)).toEqual({});
});

test("without a file, or with a device in its place, everything is read", () => {
  for (const path of [join(folder, "none.json"), "/dev/null"])
    expect(earlierReport(path, [], ["us-east-1"], false, NOW)).toEqual({});
});
