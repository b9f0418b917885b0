import { connect } from "../../../../cli/aws/connection";
import { CHECKS } from "../../../../cli/commands/doctor/checks";
import { type DiagnoseOptions, diagnose } from "../../../../cli/commands/doctor/diagnose";
import type { Slack } from "../../../../cli/slack/connection";
import type { Environment } from "../../../../stacks/environments/environment";
import { type Answers, awsInTests } from "../../../support/answering-aws";
import { everyCallEnvironment, healthyAws } from "../../../support/healthy-aws";
import { environmentOf } from "../../../support/live-account";
import { NOW } from "../../../support/now";

const aws = awsInTests();

async function diagnosed(
  answers: Answers,
  options: Partial<DiagnoseOptions> = {},
  environment: Environment = everyCallEnvironment,
) {
  aws.answers = answers;
  const connection = connect();
  return diagnose(connection, environment, { now: NOW, ...options }).finally(() => connection.destroy());
}

const GIVEN =
  "environments.yaml gives #oncall (C1 of T1) view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases.";
test("of one channel, only that and its access level are looked at", async () => {
  const environment = environmentOf(
    "full: { channels: [{ name: a, workspace: T1, channel: C2 }] }, read-only: { channels: [{ name: b, workspace: T2, channel: C1 }] }",
  );
  const channels = environment.channels.filter(({ name }) => name === "a");
  const { checks, notes } = await diagnosed(healthyAws, { channels }, environment);
  const subjects = checks.flatMap(({ findings }) => findings.map(({ subject }) => subject)).join();
  expect(subjects).toContain("#a (C2 of T1)");
  expect(subjects).not.toMatch(/C1 of T|read-only/);
  expect(checks.map(({ name }) => name)).not.toContain("other-roles");
  expect(notes.filter((note) => /gives|C1/.test(note))).toEqual([GIVEN.replace("oncall (C1", "a (C2")]);
  expect(aws.asked).not.toContain("AssumeRole");
});

test("with another account's credentials, nothing of it is read, every check of AWS waits for them, and Slack is asked", async () => {
  const asked: string[] = [];
  const another: Answers = () => "<Account>999999999999</Account><Arn>arn:aws:iam::999999999999:root</Arn>";
  const slack: Slack = {
    ask: async (method) => {
      asked.push(method);
      return { unknown: { kind: "token", method, message: "Slack refuses" } };
    },
  };
  const { answer, checks, notes } = await diagnosed(another, { slack });
  expect([answer, notes, aws.asked]).toEqual(["unknown", [], ["GetCallerIdentity"]]);
  const [credentials, ...others] = checks;
  expect(credentials).toMatchObject({ name: "credentials", answer: "unknown", findings: [{ answer: "unknown" }] });
  const waiting = CHECKS.map(({ name, sentence }) => ({ name, sentence, answer: "skipped", waitsFor: "credentials" }));
  expect(others.splice(0, waiting.length)).toMatchObject(waiting);
  expect(others.map(({ name, answer, waitsFor }) => [name, answer, waitsFor])).toEqual([
    ["slack-token", "unknown", undefined],
    ["slack-channels", "skipped", "slack-token"],
    ["slack-people", "skipped", "slack-token"],
  ]);
  expect(asked).toEqual(["auth.test"]);
});

test("a check says what it didn't look at, and the worst finding is the answer", async () => {
  const answers: Answers = (action, parameters) => {
    if (action === "SimulatePrincipalPolicy") return { status: 403, code: "AccessDenied" };
    return action === "ListAttachedRolePolicies"
      ? "<AttachedPolicies/><IsTruncated>false</IsTruncated>"
      : healthyAws(action, parameters);
  };
  const { answer, checks } = await diagnosed(answers);
  expect(answer).toBe("unhealthy");
  expect(checks.find(({ name }) => name === "capabilities")).toMatchObject({
    ...{ answer: "unhealthy", unseen: [["full", "organization"]], findings: [{ answer: "unhealthy" }] },
  });
});
