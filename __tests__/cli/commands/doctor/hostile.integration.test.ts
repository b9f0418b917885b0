import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { type Answers, awsInTests } from "../../../support/answering-aws";
import { healthyAws } from "../../../support/healthy-aws";
import { HOSTILE, hostileCopies, obeyedIn } from "../../../support/hostile";
import { ACCOUNT, policyText } from "../../../support/live-account";
import { printedInTests } from "../../../support/printed";
import { sample } from "../../../support/thorough";

const scratch = mkdtempSync(join(tmpdir(), "support-app-hostile-doctor-"));
const file = join(scratch, "environments.yaml");
writeFileSync(
  file,
  `environments: { test: { account: "${ACCOUNT}", region: us-east-1, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] } } }`,
);
afterAll(() => rmSync(scratch, { recursive: true }));

const printed = printedInTests();
const aws = awsInTests();

/** Runs doctor, and sees to it that nothing of what it prints is obeyed. */
async function doctor(answers: Answers, ...args: string[]): Promise<{ status: number; output: string }> {
  aws.answers = answers;
  process.env.SUPPORT_APP_ENVIRONMENTS = file;
  const status = await runSupportApp(["doctor", "test", ...args]);
  const output = printed.splice(0).join("\n");
  expect(obeyedIn(output)).toEqual([]);
  return { status, output };
}

/** The account, with another answer to some of the calls. */
const answering =
  (changed: Readonly<Record<string, ReturnType<Answers>>>): Answers =>
  (action, parameters) =>
    changed[action] ?? healthyAws(action, parameters);

const ARN = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`;
const CHANNEL = { TeamId: "T1", ChannelId: "C1", ChannelName: "oncall", ChannelRoleArn: ARN };
const role = (arn: string, trust: string) => ({
  GetRole: `<Role><Arn>${arn}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(trust)}</AssumeRolePolicyDocument></Role>`,
});
const policy = (text: string) => ({ GetRolePolicy: `<PolicyDocument>${encodeURIComponent(text)}</PolicyDocument>` });
const channel = (Properties: string) => ({
  GetResource: JSON.stringify({ ResourceDescription: { Identifier: "T1|C1", Properties } }),
});
const STATEMENT = { Effect: "Allow", Action: "support:*", Resource: "*", Condition: { StringEquals: { "a:b": "c" } } };
const TRUST = policyText({
  ...STATEMENT,
  Action: "sts:AssumeRole",
  Principal: { Service: "supportapp.amazonaws.com" },
});

const WHOLE: Readonly<Record<string, readonly [whole: unknown, (text: string) => Readonly<Record<string, string>>]>> = {
  trust: [JSON.parse(TRUST), (text) => role(ARN, text)],
  policy: [JSON.parse(policyText(STATEMENT)), policy],
  channel: [CHANNEL, channel],
};

test.each(Object.entries(WHOLE))("each value and each key of a %s stays on its line", async (_, [whole, changing]) => {
  for (const copy of sample([...hostileCopies(whole)], 30)) {
    const { status } = await doctor(answering(changing(JSON.stringify(copy))));
    expect([copy, [4, 5].includes(status)]).toEqual([copy, true]);
  }
});

test("an error of AWS stays on its line, and is itself in JSON", async () => {
  const denied: Answers = () => ({ status: 400, code: "AccessDenied", message: HOSTILE });
  expect(await doctor(denied)).toEqual({ status: 5, output: expect.stringContaining("::error::a") });
  const { output } = await doctor(denied, "--format", "json");
  expect(JSON.stringify(JSON.parse(output.replace(/^Looking at .*\n/, "")))).toContain("::error::a");
});

test.each(["AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"])("%s", async (name) => {
  process.env[name] = HOSTILE;
  if (name === "AWS_PROFILE") delete process.env.AWS_ACCESS_KEY_ID;
  const { status } = await doctor(() => ({ status: 400, code: "AccessDenied" }));
  expect(status).toBe(name === "AWS_ENDPOINT_URL" ? 1 : 5); // a URL that can't be used is an error
});
