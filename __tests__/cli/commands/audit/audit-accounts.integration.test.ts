import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import tty from "node:tty";
import { runSupportApp } from "../../../../cli/program";
import { type AuditReport, auditReportSchema } from "../../../../cli/reports/audit-report";
import type { Answers } from "../../../support/answering-aws";
import { type Account, MANAGEMENT, OWN, organizationWithSetups } from "../../../support/answering-organization";
import { importsInTests } from "../../../support/importable-aws";
import { printedInTests } from "../../../support/printed";

const printed = printedInTests();
const imports = importsInTests();
const { aws, folder, file } = imports;
const REPORT = join(folder, "report.json");
const EVERY_ACCOUNT = ["--organization", "--assume-role", "audit"];

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

async function audit(args: readonly string[] = ["--report", REPORT], awsAnswers = answers) {
  imports.answer(awsAnswers);
  printed.length = 0;
  const status = await runSupportApp(["audit", ...EVERY_ACCOUNT, "--region", "us-east-1", ...args]);
  return { status, output: printed.join("\n"), assumed: aws.asked.filter((action) => action === "AssumeRole").length };
}

/** An audit that gets a signal once so many accounts have been let in. */
function interruptedAudit(
  args?: readonly string[],
  after = 10,
  signal: NodeJS.Signals = "SIGINT",
  awsAnswers = answers,
) {
  let assumed = 0;
  const interrupting: Answers = (action, ...call) => {
    if (action === "AssumeRole" && ++assumed === after) process.emit(signal, signal);
    return awsAnswers(action, ...call);
  };
  return audit(args, interrupting);
}
const readReport = (): AuditReport => auditReportSchema.parse(JSON.parse(readFileSync(REPORT, "utf8")));

test("after Ctrl-C at 10 of 40 accounts, the report has what was read, and the same command reads only the rest", async () => {
  const { output, status } = await interruptedAudit();
  expect(status).toBe(130);
  const report = readReport();
  const readCount = report.accounts.length;
  expect(readCount).toBeGreaterThanOrEqual(10);
  expect(readCount).toBeLessThan(30);
  expect(report.isWholeOrganization).toBe(false);
  const unread = report.interrupted?.unread ?? [];
  expect([...report.accounts.map(({ account }) => account), ...unread].sort()).toEqual([...ids].sort());
  expect(output).toContain(
    `\nIncomplete: ${readCount} of 40 accounts were read. What the other ${40 - readCount} have is unknown. ${readCount} accounts with ${report.accounts.flatMap(({ roles }) => roles).length} roles`,
  );
  expect(output).toContain("Received SIGINT: waiting up to 5 s for the accounts that are being read.");
  expect(output).toContain(
    `Interrupted. Run the same command again within 12 hours of ${report.readAt}: it reads only ${40 - readCount} other accounts.`,
  );

  const secondRun = await audit();
  expect(secondRun).toMatchObject({ status: 0, assumed: 40 - readCount });
  expect(secondRun.output).toContain(
    `${readCount} of 40 accounts were read already, by the audit of ${report.readAt}.`,
  );
  expect(progress(secondRun.output)).toBe(40 - readCount);
  const whole = readReport();
  expect(whole.readAt).toBe(report.readAt); // as old as its oldest part

  writeFileSync(REPORT, "");
  expect(await audit()).toMatchObject({ status: 0, assumed: 39 });
  expect(whole).toEqual({ ...readReport(), readAt: whole.readAt });
  const keys = aws.signed.map((call) => call.split(" in ")[0]); // each account is read with its own credentials
  const expectedCalls = OTHERS.map(({ Id }) => (idsWithSetup.includes(Id) ? 10 : 3));
  expect(OTHERS.map(({ Id }) => keys.filter((key) => key === Id).length)).toEqual(expectedCalls);
});

test("on a terminal, one line counts the accounts, which goes before the report and with a signal", async () => {
  const variables = process.env;
  process.env = { ...variables, CI: "", TERM: "xterm" };
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  try {
    const { output } = await audit([]);
    expect(progress(output)).toBe(0);
    expect(output).toContain("0 of 40 accounts …");
    expect(output.lastIndexOf("\u001b[2K")).toBeLessThan(output.indexOf("Every channel"));
    const { output: interrupted } = await interruptedAudit([]);
    expect(interrupted.lastIndexOf("\u001b[2K")).toBeLessThan(interrupted.indexOf("Received SIGINT"));
  } finally {
    process.env = variables;
  }
});

test("--write reads everything again, since a report doesn't have all that an environment needs", async () => {
  await interruptedAudit();
  writeFileSync(file, "environments: {}\n");
  expect(readReport().accounts.length).toBeLessThan(40);
  expect(await audit(["--report", REPORT, "--write"])).toMatchObject({ status: 0, assumed: 39 });
  expect(readReport().accounts).toHaveLength(40);
});

test("an interrupted audit doesn't replace the report of an interrupted audit that has read more accounts", async () => {
  await interruptedAudit(undefined, 22);
  const before = readReport();
  writeFileSync(file, "environments: {}\n");
  const { output } = await interruptedAudit(["--report", REPORT, "--write"], 2);
  expect(readReport()).toEqual(before);
  expect(output).toContain(
    `is unchanged: the audit of ${before.readAt}, which was interrupted, too, has read more accounts.`,
  );
  await interruptedAudit(["--report", REPORT, "--write"], 38);
  expect(readReport().accounts.length).toBeGreaterThan(before.accounts.length);
});

test("an account that AWS Organizations lists as closed is counted, and isn't unknown, as a suspended account is", async () => {
  const [first, closed, suspended] = FORTY as [Account, Account, Account];
  const answersFor = (...accounts: Account[]) =>
    organizationWithSetups(accounts, idsWithSetup, { size: 15, regions: ["us-east-1"] });
  const { status, output, assumed } = await audit(undefined, answersFor(first, { ...closed, State: "CLOSED" }));
  expect([status, assumed]).toEqual([0, 0]);
  expect(output).toContain("0 findings, and 0 unknown. Closed in AWS Organizations, and so not read: 1 account.");
  expect(readReport().accounts).toMatchObject([{ account: OWN }, { account: closed.Id, isClosed: true, findings: [] }]);
  expect(await audit([], answersFor(first, { ...suspended, State: "SUSPENDED" }))).toMatchObject({ status: 5 });
});

test("what couldn't be read before an interruption is read again", async () => {
  const denied: Answers = (action, parameters, ...rest) =>
    action === "AssumeRole" && String(parameters.RoleArn).includes("500000000002")
      ? { status: 403, code: "AccessDenied" }
      : answers(action, parameters, ...rest);
  const { output } = await interruptedAudit(undefined, 10, "SIGINT", denied);
  const readCount = readReport().accounts.length;
  expect(output).toContain(`it reads ${40 - readCount} other accounts, and again 1 account with something unknown.`);
  const secondRun = await audit();
  expect([secondRun.assumed, secondRun.status]).toEqual([41 - readCount, 0]);
});

test.each([
  ["SIGTERM", answers],
  ["SIGHUP", answersOfFour],
] as const)(
  "after %s, no environment is written, not even if everything is read by then",
  async (signal, awsAnswers) => {
    writeFileSync(file, "environments: {}\n");
    const { status, output } = await interruptedAudit(["--write"], 3, signal, awsAnswers);
    expect([status, readFileSync(file, "utf8")]).toEqual([130, "environments: {}\n"]);
    expect(output).toContain(`${file} is unchanged, since audit was interrupted.`);
    expect(output).not.toContain("Run the same command again");
    expect(await interruptedAudit([], 3, signal, answersOfFour)).toMatchObject({
      ...{ status: 130, output: expect.stringContaining("Interrupted, after every account was read.") },
    });
  },
);

test("without a report, an interrupted audit prints what it has, and how to go on the next time", async () => {
  const { status, output } = await interruptedAudit([]);
  expect([status, existsSync(REPORT)]).toEqual([130, false]);
  expect(output).toContain("Incomplete: ");
  expect(output).toContain(
    "Interrupted. To go on after an interruption, add --report and a file: it keeps what was read.",
  );
});

test("an account that doesn't answer isn't waited for, and a second signal ends audit at once, with a report", async () => {
  let atExit: AuditReport | undefined;
  const exit = jest.spyOn(process, "exit").mockImplementation((() => {
    atExit = readReport();
  }) as never);
  rmSync(REPORT, { force: true });
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
  const { status } = await audit(undefined, hanging);
  expect(exit.mock.calls).toEqual([[130]]);
  expect(atExit?.accounts.length).toBeGreaterThan(0);
  expect(atExit?.interrupted?.unread).toContain(hung);
  expect(status).toBe(130);
  const { accounts, interrupted } = readReport();
  expect(interrupted?.unread).toContain(hung);
  expect(accounts.map(({ account }) => account)).toContain(OWN);
  imports.answer(() => ({ status: 403, code: "AccessDenied" }));
  while (!aws.asked.includes("ListRoles")) await sleep(10); // what was left behind ends
});
