import type { ServerResponse } from "node:http";
import timers from "node:timers/promises";
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

/** Accounts beside the management account: more than are read in parallel. */
const OTHERS = Array.from(
  { length: 17 },
  (_, index): Account => ({ Id: String(500_000_000_000 + index), State: "ACTIVE" }),
);
const ACCOUNTS = [MANAGEMENT, ...OTHERS];
const FOUR = ACCOUNTS.slice(0, 4);
const ids = ACCOUNTS.map(({ Id }) => Id);
const idsWithSetup = ids.filter((_, index) => index % 4 === 0);
const answersOf = (accounts: readonly Account[], setupIds = idsWithSetup) =>
  organizationWithSetups(accounts, setupIds, { size: 15, regions: ["us-east-1"] });
const answers = answersOf(ACCOUNTS);
const progress = (output: string) => output.match(/^\d+ of 18: /gm)?.length ?? 0;

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
function interruptedAudit(format: "text" | "json", after: number, signal: NodeJS.Signals, awsAnswers = answers) {
  let assumed = 0;
  const interrupting: Answers = (action, ...call) => {
    if (action === "AssumeRole" && ++assumed === after) process.emit(signal, signal);
    return awsAnswers(action, ...call);
  };
  return audit(format, interrupting);
}

test("each account is read once, with its own credentials, and counted where there is no terminal", async () => {
  const { status, output } = await audit("json");
  expect([status, progress(output), reportIn().accounts.length]).toEqual([0, 18, 18]);
  expect(aws.asked.filter((action) => action === "AssumeRole")).toHaveLength(17);
  const keys = aws.signed.map((call) => call.split(" in ")[0]);
  const expectedCalls = OTHERS.map(({ Id }) => (idsWithSetup.includes(Id) ? 10 : 3));
  expect(OTHERS.map(({ Id }) => keys.filter((key) => key === Id).length)).toEqual(expectedCalls);
});

test("after Ctrl-C at 5 of 18 accounts, audit prints what was read and what is missing", async () => {
  const { status, output } = await interruptedAudit("json", 5, "SIGINT");
  const { accounts, unread = [] } = reportIn();
  expect([status, accounts.length >= 5, unread.length > 0]).toEqual([130, true, true]);
  expect([...accounts.map(({ account }) => account), ...unread].sort()).toEqual([...ids].sort());
  expect(output).toContain("Received SIGINT: waiting up to 5 s for the accounts that are being read.");
  expect(output).toMatch(/\nInterrupted\.$/);
});

test("on a terminal, one line counts the accounts, which goes before the report and with a signal", async () => {
  process.env.CI = "";
  process.env.TERM = "xterm";
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  const { output } = await audit("text", answersOf(FOUR));
  expect(output).toContain("0 of 4 accounts …");
  expect(output).not.toContain("1 of 4: ");
  expect(output.lastIndexOf("\u001b[2K")).toBeLessThan(output.indexOf("Every channel"));
  const { output: interrupted } = await interruptedAudit("text", 5, "SIGTERM");
  expect(interrupted.lastIndexOf("\u001b[2K")).toBeLessThan(interrupted.indexOf("Received SIGTERM"));
  expect(interrupted).toMatch(
    /\nIncomplete: \d+ of 18 accounts were read\. What the other \d+ have is unknown\. \d+ acc/,
  );
});

test("SIGHUP interrupts like Ctrl-C, even if everything is read by then", async () => {
  const { status, output } = await interruptedAudit("text", 3, "SIGHUP", answersOf(FOUR));
  expect([status, output.includes("Incomplete")]).toEqual([130, false]);
  expect(output).toMatch(/\n4 accounts with .*\nInterrupted\.$/);
});

test("an account that doesn't answer isn't waited for, and a second signal ends audit at once", async () => {
  const exit = jest.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  const now = jest.spyOn(Date, "now").mockReturnValue(Date.now());
  const grace = jest.spyOn(timers, "setTimeout");
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise(setImmediate);
  };
  let hung: ServerResponse | undefined;
  const answersOfFour = answersOf(FOUR);
  const auditing = audit("yaml", (action, parameters, key, region) => {
    const isHanging = action === "AssumeRole" && String(parameters.RoleArn).includes(":500000000001:");
    if (!isHanging) return answersOfFour(action, parameters, key, region);
    return (outgoing) => {
      hung = outgoing;
    };
  });
  await until(() => hung !== undefined && printed.some((text) => text.startsWith("3 of 4: ")));
  grace.mockResolvedValue(undefined);
  process.emit("SIGINT", "SIGINT");
  process.emit("SIGINT", "SIGINT"); // npm's copy
  expect(exit).not.toHaveBeenCalled();
  now.mockReturnValue(Date.now() + 1000);
  process.emit("SIGTERM", "SIGTERM");
  expect(exit.mock.calls).toEqual([[130]]);
  expect(await auditing).toMatchObject({ status: 130 });
  expect(grace).toHaveBeenCalledWith(5000, undefined, { ref: false });
  const yaml = printed.find((text) => text.startsWith("# ")) ?? "";
  expect(yaml).toMatch(/^# Incomplete: 3 of 4 accounts were read\. What the other 1 have is unknown\.$/m);
  expect(parseEnvironments(yaml, "environments.yaml")).toHaveLength(1);
  imports.answer(() => ({ status: 403, code: "AccessDenied" }));
  hung?.destroy();
  await until(() => aws.asked.includes("AssumeRole")); // what was left behind ends, and asks for nothing else
});

test("an account that AWS Organizations lists as closed is counted, and isn't unknown, as a suspended account is", async () => {
  const [first, closed, suspended] = FOUR as [Account, Account, Account];
  const answersFor = (...accounts: Account[]) => answersOf(accounts);
  const { status, output } = await audit("text", answersFor(first, { ...closed, State: "CLOSED" }));
  expect([status, aws.asked.includes("AssumeRole")]).toEqual([0, false]);
  expect(output).toContain("0 findings, and 0 unknown. Closed in AWS Organizations, and so not read: 1 account.");
  await audit("json", answersFor(first, { ...closed, State: "CLOSED" }));
  expect(reportIn().accounts).toMatchObject([{ account: OWN }, { account: closed.Id, isClosed: true, findings: [] }]);
  expect(await audit("text", answersFor(first, { ...suspended, State: "SUSPENDED" }))).toMatchObject({ status: 5 });
});

const session = (id: string) =>
  `<AssumedRoleUser><Arn>arn:aws:sts::${id}:assumed-role/audit/a</Arn></AssumedRoleUser><Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>`;

test("whatever is wrong with an account, the others are all there, and what isn't known has its own exit status", async () => {
  jest.spyOn(Math, "random").mockReturnValue(0); // the SDK repeats a call at once
  const broken: readonly (readonly [action: string, answer: Answer])[] = [
    ["AssumeRole", { status: 403, code: "AccessDenied" }],
    ["AssumeRole", session(OWN)], // as somebody of another account
    ["GetPolicyVersion", { status: 403, code: "AccessDenied" }],
    ["ListRoles", { status: 400, code: "Throttling" }],
    ["ListResources", { status: 500, code: "InternalFailure" }],
    ["ListRoles", "<Roles></Roles><IsTruncated>true</IsTruncated>"], // the rest of its roles is left out
    ["ListAttachedRolePolicies", (outgoing) => void outgoing.write("<List", () => outgoing.destroy())],
    ["GetResource", (outgoing) => outgoing.end("<html>Sign in</html>")], // as a proxy answers
  ];
  // The broken ones come first: their clients read no other account.
  const brokenIds = OTHERS.slice(0, broken.length).map(({ Id }) => Id);
  const setupIds = [...brokenIds, ...idsWithSetup];
  const setups = answersOf(ACCOUNTS, setupIds);
  const breaking: Answers = (action, parameters, ...rest) => {
    const ids = [rest[0], String(parameters.RoleArn).split(":")[4]];
    const answer = broken.find(([brokenAction], index) => brokenAction === action && ids.includes(brokenIds[index]));
    return answer?.[1] ?? setups(action, parameters, ...rest);
  };
  expect(await audit("json", breaking)).toMatchObject({ status: 5 });
  const accountSummaries = reportIn().accounts.map(({ account, roles, channels, findings }) =>
    brokenIds.includes(account)
      ? [account, ...new Set(findings.map(({ kind }) => kind))]
      : [account, roles.length, channels.length, findings.length],
  );
  const expected = ids.map((id) =>
    brokenIds.includes(id) ? [id, "audit-unknown"] : setupIds.includes(id) ? [id, 1, 1, 0] : [id, 0, 0, 0],
  );
  expect(accountSummaries).toEqual(expected);
});
