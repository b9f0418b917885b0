import { adviceFor } from "../../../../cli/aws/advice";
import { GUIDE_TOPICS, merged, ownPolicyChange, unknownFinding } from "../../../../cli/commands/doctor/check";
import { environmentOf } from "../../../support/live-account";

const of = { subject: "role oncall (full)", about: ["full"] };
const failure = { kind: "credentials", action: "iam:GetRole", message: "AWS said so" } as const;

test.each([
  ["full: {}", {}],
  ["full: { adopt: true }", {}],
  ["full: { policy: aws-managed }", { policy: "customer-managed" }],
  ["full: { policy: aws-managed, adopt: true }", { policy: "customer-managed", adopt: false }],
])("a policy of one's own instead of %s: what is set is %j", (yaml, change) => {
  const [props] = environmentOf(yaml).accesses;
  expect(props && ownPolicyChange(props)).toEqual(change);
});

test("what couldn't be read is unknown, with what AWS or Slack says and what to do there", () => {
  const topic = GUIDE_TOPICS.missingRole;
  const found = { answer: "unknown", ...of, expected: "to see it", found: "AWS said so" };
  expect(unknownFinding(of, "to see it", failure, topic)).toEqual({
    ...found,
    topic,
    fix: adviceFor(failure, "doctor"),
  });
  const unknown = { kind: "other", method: "users.info", message: "Slack said so" } as const;
  expect(unknownFinding(of, "to see it", unknown)).toEqual({
    ...{ ...found, found: "Slack said so" },
    fix: { text: expect.stringContaining("https://docs.slack.dev/reference/methods/users.info"), commands: [] },
  });
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
