import { adviceFor } from "../../../../cli/aws/advice";
import {
  channelOf,
  deployFix,
  GUIDE_TOPICS,
  merged,
  ownPolicyChange,
  restoringFix,
  roleOf,
  unknownFinding,
} from "../../../../cli/commands/doctor/check";
import { environmentOf } from "../../../support/live-account";

const environment = environmentOf("full: {}");
const [full] = environment.accesses as [(typeof environment.accesses)[number]];
const of = { subject: "role oncall (full)", about: ["full"] };
const failure = { kind: "credentials", action: "iam:GetRole", message: "AWS said so" } as const;

describe("a fix by deploying", () => {
  test("names the environment that is deployed", () => {
    expect(deployFix(environment, "Deploy it.")).toEqual({
      text: "Deploy it.",
      change: undefined,
      commands: ["npx support-app deploy test"],
    });
  });

  test("changes that environment in environments.yaml first", () => {
    const change = { environments: { test: { region: "us-west-2" } } };
    expect(deployFix(environment, "Move.", { region: "us-west-2" }).change).toEqual(change);
  });
});

test.each([
  ["full: {}", {}],
  ["full: { adopt: true }", {}],
  ["full: { policy: aws-managed }", { policy: "customer-managed" }],
  ["full: { policy: aws-managed, adopt: true }", { policy: "customer-managed", adopt: false }],
])("a policy of one's own instead of %s: what is set is %j", (yaml, change) => {
  const [props] = environmentOf(yaml).accesses;
  expect(props && ownPolicyChange(props)).toEqual(change);
});

describe("what a finding is about", () => {
  test("a role is named, and goes by its access level", () => {
    expect(roleOf(full)).toEqual({ subject: "role AWSSupportAppFullRole (full)", about: ["full"] });
  });

  test("a channel is named, and goes by its IDs, whatever its name", () => {
    expect(channelOf({ name: "oncall", workspace: "T1", channel: "C1" })).toEqual({
      subject: "#oncall (C1 of T1)",
      about: ["channel", "T1", "C1"],
    });
  });
});

describe("something that couldn't be read", () => {
  const topic = GUIDE_TOPICS.missingRole;
  const found = {
    answer: "unknown",
    ...of,
    expected: "to see it",
    found: "AWS said so",
    topic,
    fix: adviceFor(failure, "doctor"),
  };

  test("is unknown, with what AWS says and what to do", () => {
    expect(unknownFinding(of, "to see it", failure, topic)).toEqual(found);
  });

  test("in Slack is unknown, with what Slack says and what to do there", () => {
    const unknown = { kind: "other", method: "users.info", message: "Slack said so" } as const;
    expect(unknownFinding(of, "to see it", unknown)).toEqual({
      answer: "unknown",
      ...of,
      expected: "to see it",
      found: "Slack said so",
      fix: { text: expect.stringContaining("https://docs.slack.dev/reference/methods/users.info"), commands: [] },
    });
  });
});

test("before a deploy restores something, whoever changed it is found out", () => {
  expect(restoringFix(environment, "the policy")).toEqual(
    deployFix(
      environment,
      "Deploy the environment, which restores the policy. First find out who changed it, and why: it may have been to stop somebody.",
    ),
  );
});

test("outcomes are merged, and the last check that one waits for counts", () => {
  const [finding] = [{ answer: "unknown" } as never];
  expect(
    merged([{ findings: [finding], waitsFor: "a" }, { notes: ["n"], unseen: [["x"]] }, { waitsFor: "b" }]),
  ).toEqual({
    findings: [finding],
    notes: ["n"],
    waitsFor: "b",
    unseen: [["x"]],
  });
  expect(merged([{}])).toEqual({ findings: [], notes: [] });
});
