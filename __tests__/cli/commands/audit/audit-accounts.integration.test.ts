import { setTimeout as sleep } from "node:timers/promises";
import tty from "node:tty";
import { type AuditReport, auditReportSchema } from "../../../../cli/commands/audit/audit-report";
import { runSupportApp } from "../../../../cli/program";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import type { Answer, Answers } from "../../../support/answering-aws";
import { type Account, MANAGEMENT, OWN, organizationWithSetups } from "../../../support/answering-organization";
import { importsInTests } from "../../../support/importable-aws";
import { printedInTests } from "../../../support/printed";

const printed = printedInTests();
const imports = importsInTests();
const { aws } = imports;

const OTHERS = Array.from(
  { length: 39 },
  (_, index): Account => ({ Id: String(500_000_000_000 + index), State: "ACTIVE" }),
);
const FORTY = [MANAGEMENT, ...OTHERS];
const ids = FORTY.map(({ Id }) => Id);
const idsWithSetup = ids.filter((_, index) => index % 4 === 0);
const answers = organizationWithSetups(FORTY, idsWithSetup, { size: 15, regions: ["us-east-1"] });
const answersOfFour = organizationWithSetups(FORTY.slice(0, 4), ids, { regions: ["us-east-1"] });
const progress = (output: string) => output.match(/^\d+ of 40: /gm)?.length ?? 0;

async function audit(format: "text" | "json" | "yaml", awsAnswers = answers) {
  imports.answer(awsAnswers);
  printed.length = 0;
  const args = ["--organization", "--assume-role", "audit", "--region", "us-east-1", "--format", format];
  const status = await runSupportApp(["audit", ...args]);
  return { status, output: printed.join("\n") };
}

/** The report among what was printed. */
const reportIn = (): AuditReport =>
  auditReportSchema.parse(JSON.parse(printed.find((text) => text.startsWith("{")) ?? ""));

/** An audit that gets a signal once so many accounts have been let in. */
function interruptedAudit(
  format: "text" | "json" | "yaml",
  after = 10,
  signal: NodeJS.Signals = "SIGINT",
  awsAnswers = answers,
) {
  let assumed = 0;
  const interrupting: Answers = (action, ...call) => {
    if (action === "AssumeRole" && ++assumed === after) process.emit(signal, signal);
    return awsAnswers(action, ...call);
  };
  return audit(format, interrupting);
}

test("each account is read once, with its own credentials, and counted where there is no terminal", async () => {
  const { status, output } = await audit("json");
  expect([status, progress(output), reportIn().accounts.length]).toEqual([0, 40, 40]);
  expect(aws.asked.filter((action) => action === "AssumeRole")).toHaveLength(39);
  const keys = aws.signed.map((call) => call.split(" in ")[0]);
  const expectedCalls = OTHERS.map(({ Id }) => (idsWithSetup.includes(Id) ? 10 : 3));
  expect(OTHERS.map(({ Id }) => keys.filter((key) => key === Id).length)).toEqual(expectedCalls);
});

test("after Ctrl-C at 10 of 40 accounts, audit prints what was read, in each format, and what is missing", async () => {
  expect(await interruptedAudit("json")).toMatchObject({ status: 130 });
  const { accounts, unread = [] } = reportIn();
  expect(accounts.length).toBeGreaterThanOrEqual(10);
  expect(accounts.length).toBeLessThan(30);
  expect([...accounts.map(({ account }) => account), ...unread].sort()).toEqual([...ids].sort());

  const { status, output } = await interruptedAudit("text");
  expect(status).toBe(130);
  expect(output).toContain("Received SIGINT: waiting up to 5 s for the accounts that are being read.");
  expect(output).toMatch(/\nIncomplete: \d+ of 40 accounts were read\. What the other \d+ have is unknown\. \d+ acc/);
  expect(output).toMatch(/\nInterrupted\.$/);

  expect(await interruptedAudit("yaml")).toMatchObject({ status: 130 });
  const yaml = printed.find((text) => text.startsWith("# ")) ?? "";
  expect(yaml).toMatch(/^# Incomplete: \d+ of 40 accounts were read\. What the other \d+ have is unknown\.$/m);
  expect(parseEnvironments(yaml, "environments.yaml").length).toBeGreaterThan(1);
});

test("on a terminal, one line counts the accounts, which goes before the report and with a signal", async () => {
  const variables = process.env;
  process.env = { ...variables, CI: "", TERM: "xterm" };
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  try {
    const { output } = await audit("text");
    expect(progress(output)).toBe(0);
    expect(output).toContain("0 of 40 accounts …");
    expect(output.lastIndexOf("\u001b[2K")).toBeLessThan(output.indexOf("Every channel"));
    const { output: interrupted } = await interruptedAudit("text");
    expect(interrupted.lastIndexOf("\u001b[2K")).toBeLessThan(interrupted.indexOf("Received SIGINT"));
  } finally {
    process.env = variables;
  }
});

test("an account that AWS Organizations lists as closed is counted, and isn't unknown, as a suspended account is", async () => {
  const [first, closed, suspended] = FORTY as [Account, Account, Account];
  const answersFor = (...accounts: Account[]) =>
    organizationWithSetups(accounts, idsWithSetup, { size: 15, regions: ["us-east-1"] });
  const { status, output } = await audit("text", answersFor(first, { ...closed, State: "CLOSED" }));
  expect([status, aws.asked.includes("AssumeRole")]).toEqual([0, false]);
  expect(output).toContain("0 findings, and 0 unknown. Closed in AWS Organizations, and so not read: 1 account.");
  await audit("json", answersFor(first, { ...closed, State: "CLOSED" }));
  expect(reportIn().accounts).toMatchObject([{ account: OWN }, { account: closed.Id, isClosed: true, findings: [] }]);
  expect(await audit("text", answersFor(first, { ...suspended, State: "SUSPENDED" }))).toMatchObject({ status: 5 });
});

test.each(["SIGTERM", "SIGHUP"] as const)(
  "%s interrupts like Ctrl-C, even if everything is read by then",
  async (signal) => {
    const { status, output } = await interruptedAudit("text", 3, signal, answersOfFour);
    expect([status, output.includes("Incomplete")]).toEqual([130, false]);
    expect(output).toMatch(/\n4 accounts with .*\nInterrupted\.$/);
  },
);

test("an account that doesn't answer isn't waited for, and a second signal ends audit at once", async () => {
  const exit = jest.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  let now = Date.now();
  jest.spyOn(Date, "now").mockImplementation(() => now);
  const hung = "500000000003";
  const hanging: Answers = (action, parameters, key, region) => {
    if (action === "ListRoles" && key === hung) return () => undefined;
    if (action === "AssumeRole" && String(parameters.RoleArn).includes("500000000020")) {
      process.emit("SIGINT", "SIGINT");
      process.emit("SIGINT", "SIGINT"); // npm's copy
      expect(exit).not.toHaveBeenCalled();
      now += 1000;
      process.emit("SIGTERM", "SIGTERM");
    }
    return answers(action, parameters, key, region);
  };
  expect(await audit("json", hanging)).toMatchObject({ status: 130 });
  expect(exit.mock.calls).toEqual([[130]]);
  const { accounts, unread } = reportIn();
  expect(unread).toContain(hung);
  expect(accounts.map(({ account }) => account)).toContain(OWN);
  imports.answer(() => ({ status: 403, code: "AccessDenied" }));
  while (!aws.asked.includes("ListRoles")) await sleep(10); // what was left behind ends
});

const BROKEN = "500000000017";
const session = (id: string) =>
  `<AssumedRoleUser><Arn>arn:aws:sts::${id}:assumed-role/audit/a</Arn></AssumedRoleUser><Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>`;
/** More than are read in parallel, so that a client reads another account after the broken one. */
const TWENTY = Array.from({ length: 19 }, (_, index): Account => ({ Id: `5000000000${index + 10}`, State: "ACTIVE" }));

test.each<[what: string, action: string, answer: Answer | undefined]>([
  ["lets nobody in", "AssumeRole", { status: 403, code: "AccessDenied" }],
  ["lets in as somebody of another account", "AssumeRole", session(OWN)],
  ["denies something", "GetPolicyVersion", { status: 403, code: "AccessDenied" }],
  ["throttles", "ListRoles", { status: 400, code: "Throttling" }],
  ["fails", "ListResources", { status: 500, code: "InternalFailure" }],
  ["is suspended", "none", undefined],
  ["leaves out the rest of its roles", "ListRoles", "<Roles></Roles><IsTruncated>true</IsTruncated>"],
  [
    "stops in the middle",
    "ListAttachedRolePolicies",
    (outgoing) => void outgoing.write("<List", () => outgoing.destroy()),
  ],
  ["answers as a proxy does", "GetResource", (outgoing) => outgoing.end("<html>Sign in</html>")],
])(
  "if one of twenty accounts %s, the others are all there, and what isn't known has its own exit status",
  async (...row) => {
    const [, broken, answer] = row;
    jest.spyOn(Math, "random").mockReturnValue(0); // the SDK repeats a call at once
    const accountIds = [...TWENTY.map(({ Id }) => Id), OWN].sort();
    const setupIds = accountIds.filter((_, index) => index % 4 === 0);
    const accounts = [
      ...TWENTY.map((account) => (answer || account.Id !== BROKEN ? account : { ...account, State: "SUSPENDED" })),
      MANAGEMENT,
    ];
    const setups = organizationWithSetups(accounts, setupIds, { regions: ["us-east-1"] });
    const breaking: Answers = (action, parameters, ...rest) => {
      const isBroken = action === broken && [rest[0], String(parameters.RoleArn).split(":")[4]].includes(BROKEN);
      return isBroken && answer ? answer : setups(action, parameters, ...rest);
    };
    expect(await audit("json", breaking)).toMatchObject({ status: 5 });
    const accountSummaries = reportIn().accounts.map(({ account, roles, channels, findings }) =>
      account === BROKEN
        ? [account, ...new Set(findings.map(({ kind }) => kind))]
        : [account, roles.length, channels.length, findings.length],
    );
    const expected = accountIds.map((id) =>
      id === BROKEN ? [id, "audit-unknown"] : setupIds.includes(id) ? [id, 1, 1, 0] : [id, 0, 0, 0],
    );
    expect(accountSummaries).toEqual(expected);
  },
);
