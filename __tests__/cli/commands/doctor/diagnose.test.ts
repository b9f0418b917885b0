import { type Connection, connect } from "../../../../cli/aws/connection";
import { CHECKS } from "../../../../cli/commands/doctor/checks";
import { type DiagnoseOptions, diagnose } from "../../../../cli/commands/doctor/diagnose";
import type { Slack } from "../../../../cli/slack/connection";
import type { Environment } from "../../../../stacks/environments/environment";
import { type AnsweringAws, type Answers, AWS_VARIABLES, answerAs } from "../../../support/answering-aws";
import { DEPLOY_ROLE, everyCallEnvironment, healthyAws } from "../../../support/healthy-aws";
import { ACCOUNT, environmentOf } from "../../../support/live-account";
import { NOW } from "../../../support/now";

const before = { ...process.env };
let aws: AnsweringAws | undefined;
afterEach(async () => {
  process.env = { ...before };
  await aws?.close();
  aws = undefined;
});

async function diagnosed(
  answers: Answers,
  options: Partial<DiagnoseOptions> = {},
  environment: Environment = everyCallEnvironment,
  through = (connection: Connection) => connection,
) {
  aws = await answerAs(answers);
  process.env = { ...before, ...AWS_VARIABLES, AWS_ENDPOINT_URL: aws.endpoint };
  const connection = connect();
  return diagnose(through(connection), environment, { now: NOW, ...options }).finally(() => connection.destroy());
}

const healthy = CHECKS.map(({ name, sentence }) => ({ name, sentence, answer: "healthy", findings: [] }));
const INLINE =
  "The inline policy by-hand of the role AWSSupportAppFullRole (full) isn't in environments.yaml and allows nothing more: a deploy removes it.";
const PRIVACY =
  "Whether a channel is private, and who is in it, can't be seen from AWS. Keep #oncall private, and invite only those who need the cases.";
const OTHER = `People in #oncall (C2 of T1), which isn't in environments.yaml, can view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases with its role arn:aws:iam::${ACCOUNT}:role/other.`;
const test1 = { name: "test", account: ACCOUNT, region: "us-east-1" };

test("an account as it should be is healthy, with each check in the order of the report", async () => {
  expect(await diagnosed(healthyAws, { deployRole: DEPLOY_ROLE })).toEqual({
    ...test1,
    answer: "healthy",
    checks: healthy,
    notes: [INLINE, PRIVACY, OTHER],
  });
  expect(aws?.asked).toContain("AssumeRole");
});

test("with a channel's name, only that channel is looked at, and a note says what it is given", async () => {
  expect(await diagnosed(healthyAws, { channel: "oncall" })).toEqual({
    ...test1,
    answer: "healthy",
    checks: healthy.filter(({ name }) => name !== "other-roles"),
    notes: [
      "environments.yaml gives #oncall view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases.",
      INLINE,
      PRIVACY,
    ],
  });
  expect(aws?.asked).not.toContain("AssumeRole");
});

test("with a channel's name, whoever removes its ended access keeps the environment's other level", async () => {
  const environment = environmentOf(
    "read-only: {}, full: { until: 2026-01-31, channels: [{ name: oncall, workspace: T1, channel: C1 }] }",
  );
  const { notes } = await diagnosed(healthyAws, { channel: "oncall" }, environment);
  expect(notes.filter((note) => note.includes("ended"))).toEqual([
    "environments.yaml gives #oncall nothing any more: all full access ended at the end of 2026-01-31 (UTC).",
    "All full access of test ended at the end of 2026-01-31 (UTC). Remove full from environments.yaml, or set a later until. Don't just remove until: everything would be given again, without an end.",
  ]);
});

test("with a channel's name, the deploy-role is assumed, too", async () => {
  await diagnosed(healthyAws, { channel: "oncall", deployRole: DEPLOY_ROLE });
  expect(aws?.asked[0]).toBe("AssumeRole");
});

test("with a channel's name, other channels with it in another workspace or under another ID aren't its", async () => {
  const environment = environmentOf(
    "slack-workspaces: [T1, T2], full: { channels: [{ name: oncall, workspace: T1, channel: C2 }, { name: other, workspace: T2, channel: C1 }] }",
  );
  const { checks } = await diagnosed(healthyAws, { channel: "oncall" }, environment);
  expect(checks.find(({ name }) => name === "channels")?.findings.map(({ subject }) => subject)).toEqual([
    "#oncall (C2 of T1)",
  ]);
});

const another: Answers = (action, parameters) =>
  action === "GetCallerIdentity"
    ? "<Account>999999999999</Account><Arn>arn:aws:iam::999999999999:root</Arn>"
    : healthyAws(action, parameters);

test("with another account's credentials, every other check is skipped, and waits for them", async () => {
  const { answer, checks, notes } = await diagnosed(another);
  expect([answer, notes]).toEqual(["unknown", []]);
  const [credentials, ...others] = checks;
  expect(credentials).toMatchObject({ name: "credentials", answer: "unknown", findings: [{ answer: "unknown" }] });
  expect(others).toEqual(healthy.slice(1).map((check) => ({ ...check, answer: "skipped", waitsFor: "credentials" })));
});

test("Slack is asked if it is given, whatever AWS says", async () => {
  const asked: string[] = [];
  const slack: Slack = {
    ask: async (method) => {
      asked.push(method);
      return { unknown: { kind: "token", method, message: "Slack refuses" } };
    },
  };
  const { checks } = await diagnosed(another, { slack });
  expect(checks.slice(healthy.length).map(({ name, answer, waitsFor }) => [name, answer, waitsFor])).toEqual([
    ["slack-token", "unknown", undefined],
    ["slack-channels", "skipped", "slack-token"],
    ["slack-people", "skipped", "slack-token"],
  ]);
  expect(asked).toEqual(["auth.test"]);
});

test("a check that has findings is unhealthy even if it also waits, and says what it didn't look at", async () => {
  const answers: Answers = (action, parameters) => {
    if (action === "SimulatePrincipalPolicy") return { status: 403, code: "AccessDenied" };
    return action === "ListAttachedRolePolicies"
      ? "<AttachedPolicies/><IsTruncated>false</IsTruncated>"
      : healthyAws(action, parameters);
  };
  const { answer, checks } = await diagnosed(answers);
  expect(answer).toBe("unhealthy");
  expect(checks.find(({ name }) => name === "capabilities")).toMatchObject({
    answer: "unhealthy",
    unseen: [["full", "organization"]],
    findings: [{ answer: "unhealthy" }],
  });
});

test("a note that two checks or two levels make stands once", async () => {
  const { notes } = await diagnosed(healthyAws);
  expect(new Set(notes).size).toBe(notes.length);
});

test("the session ends", async () => {
  let ended = 0;
  const through = (connection: Connection): Connection => ({
    ...connection,
    open: (place) => {
      const session = connection.open(place);
      return {
        ...session,
        end: () => {
          ended++;
          session.end();
        },
      };
    },
  });
  await diagnosed(healthyAws, {}, everyCallEnvironment, through);
  expect(ended).toBe(1);
});
