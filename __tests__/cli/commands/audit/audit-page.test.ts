import { auditPage } from "../../../../cli/commands/audit/audit-page";
import type { Finding } from "../../../../cli/findings/finding";
import type { AuditedAccount } from "../../../../cli/reports/audit-report";
import { auditedFleet } from "../../../support/audited-fleet";
import { HOSTILE } from "../../../support/hostile";

const READ_AT = "2026-11-28T21:00:00.000Z";
const [HEALTHY, WRONG] = auditedFleet(2) as [AuditedAccount, AuditedAccount];
const [DANGER, UNUSED] = WRONG.findings as [Finding, Finding];

/** The rows of the page's tables, each as the text of its cells. */
const rowsOf = (page: string) =>
  [...page.matchAll(/^(?:<tbody[^>]*>)?<tr[^>]*>(.*)$/gm)].map(([, row = ""]) =>
    row
      .split(/<t[hd][^>]*>/)
      .slice(1)
      .map((cell) => cell.replace(/<[^>]+>/g, "").trim()),
  );

test("findings are in groups, worst first, each with what people can do, what was found and what to do; then every channel", () => {
  expect(rowsOf(auditPage([HEALTHY, WRONG], READ_AT))).toEqual([
    ["People in Slack who can do more than AWSSupportAppFullAccess allows: 1"],
    [
      ...["team-1-production 100000000001", DANGER.impact],
      ...["role AWSSupportAppFullRole: it may call * (its policies: AdministratorAccess)", DANGER.fix.text],
    ],
    ["Roles without a channel: 1"],
    [
      ...["team-1-production 100000000001", UNUSED.impact, "role SupportAppOfAnEarlierTeam: no channel has it"],
      UNUSED.fix.text + UNUSED.fix.commands[0],
    ],
    ...[HEALTHY, WRONG].flatMap(({ account, name }) => [
      [
        ...[`${name} ${account}`, "#support-oncall C09876Z5YXW of T012ABCDEFG, us-east-1"],
        ...["view-cases, create-cases, reply-to-cases and resolve-cases", "AWSSupportAppFullRole"],
      ],
      [
        ...[`${name} ${account}`, "#support-watch C01234A5BCD of T012ABCDEFG, us-east-1"],
        ...["view-cases", "AWSSupportAppReadOnlyRole"],
      ],
    ]),
  ]);
});

test("what isn't known about a channel is unknown, and only a role of another account has its account beside its name", () => {
  const people = { members: 3, guests: 1, strangers: 0, bots: 0, unseen: 0 };
  const [channel] = HEALTHY.channels;
  if (!channel) throw new Error("Received no channel, expected one.");
  const { name, ...unnamed } = channel;
  const account: AuditedAccount = {
    ...{ account: "1", roles: [], workspaces: [], aliases: [], findings: [] },
    channels: [
      { ...unnamed, role: undefined },
      { ...channel, people },
      { ...channel, role: "arn:aws:iam::1:role/Short" },
      { ...channel, role: "arn:aws:iam::1:role/a/b" },
    ],
  };
  const place = "C09876Z5YXW of T012ABCDEFG, us-east-1";
  expect(rowsOf(auditPage([account], READ_AT))).toEqual([
    ["1", place, "unknown", "unknown"],
    ["1", `#${name} ${place} 3 people (1 guest), 0 bots`, "unknown", channel.role],
    ["1", `#${name} ${place}`, "unknown", "Short"],
    ["1", `#${name} ${place}`, "unknown", "a/b"],
  ]);
});

test("numbers come first, with what is incomplete; a page with nothing wrong says so", () => {
  const unknown: Finding = { ...DANGER, kind: "audit-unknown", answer: "unknown", impact: "Denied." };
  const page = auditPage(
    [HEALTHY, { ...WRONG, findings: [unknown, DANGER] }, { ...HEALTHY, isClosed: true }],
    READ_AT,
    3,
  );
  const numbers = [...page.matchAll(/<li><b>(\d+)<\/b> (.*)<\/li>/g)].map(([, count, noun]) => `${count} ${noun}`);
  expect(numbers).toEqual([
    "3 accounts",
    "6 roles",
    '6 <a href="#channels">Slack channels</a>',
    "1 finding",
    "1 unknown",
  ]);
  expect(page.indexOf("<li>")).toBeLessThan(page.indexOf("<p>"));
  expect(page).toContain("<p>Incomplete: 3 of 6 accounts were read. What the other 3 have is unknown.</p>");
  expect(page).toContain("<p>Closed in AWS Organizations, and so not read: 1 account.</p>");
  expect(page).toContain("<b>perhaps: Denied.</b>");
  const well = auditPage([HEALTHY], READ_AT);
  expect(well).toContain("<p>Nothing is wrong in what was read.</p>");
  expect(well).not.toMatch(/Incomplete|Closed in/);
  expect(auditPage([], READ_AT)).not.toMatch(/<table|#channels/);
});

test("text from an account becomes neither HTML nor a part of the script", () => {
  const [channel] = HEALTHY.channels;
  if (!channel) throw new Error("Received no channel, expected one.");
  const finding = {
    ...DANGER,
    resource: HOSTILE,
    impact: HOSTILE,
    found: HOSTILE,
    fix: { text: HOSTILE, commands: [HOSTILE] },
  };
  const hostile: AuditedAccount = {
    ...HEALTHY,
    ...{ account: HOSTILE, name: HOSTILE, findings: [finding] },
    channels: [{ ...channel, region: HOSTILE, workspace: HOSTILE, channel: HOSTILE, name: HOSTILE, role: HOSTILE }],
  };
  const page = auditPage([hostile], HOSTILE);
  expect(page).toContain("&#60;img src=x&#62;");
  expect(page.match(/<(img|a|iframe)\b.*?>/gi)).toEqual(['<a href="#channels">']);
  expect(page.match(/<script/g)).toHaveLength(1);
});

test("the page loads nothing, and no script but its own runs", () => {
  const page = auditPage([HEALTHY], READ_AT);
  expect(page).toMatch(
    /content="default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src data:;/,
  );
  expect(page).not.toMatch(/https?:/);
});
