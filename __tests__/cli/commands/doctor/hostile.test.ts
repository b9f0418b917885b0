import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { type Answers, awsInTests, xmlOf } from "../../../support/answering-aws";
import { HOSTILE, HOSTILE_JSON, hostileCopies, obeyedIn } from "../../../support/hostile";
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

const ROLE = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`;
const TRUST = policyText({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: "supportapp.amazonaws.com" },
});
const CHANNEL = { TeamId: "T1", ChannelId: "C1", ChannelName: "oncall", ChannelRoleArn: ROLE };

/** An account of which one thing at a time is something else. */
function accountWith(changed: Partial<Record<string, string>>): Answers {
  const { role = ROLE, trust = TRUST, policy = policyText(), name = "mine", arn, decision = "allowed" } = changed;
  const { channel = JSON.stringify(CHANNEL), identifier = "T1|C1" } = changed;
  const attached =
    arn === undefined ? "" : `<member><PolicyName>${name}</PolicyName><PolicyArn>${arn}</PolicyArn></member>`;
  return (action, parameters) => {
    const { TypeName, RoleName, PolicyName, PolicyArn } = parameters;
    const asked = Object.entries(parameters).flatMap(([key, one]) => (key.startsWith("ActionNames.") ? [one] : []));
    const isWorkspace = String(TypeName).includes("Workspace");
    const answer: Readonly<Record<string, string>> = {
      GetCallerIdentity: `<Account>${changed.account ?? ACCOUNT}</Account><Arn>${changed.caller ?? `arn:aws:iam::${ACCOUNT}:root`}</Arn>`,
      DescribeSeverityLevels: JSON.stringify({ severityLevels: [{ code: "low" }] }),
      GetRole: `<Role><RoleName>${RoleName}</RoleName><Arn>${role}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(trust)}</AssumeRolePolicyDocument></Role>`,
      ListAttachedRolePolicies: `<AttachedPolicies>${attached}</AttachedPolicies><IsTruncated>false</IsTruncated>`,
      ListRolePolicies: `<PolicyNames><member>${name}</member></PolicyNames><IsTruncated>false</IsTruncated>`,
      GetRolePolicy: `<RoleName>${RoleName}</RoleName><PolicyName>${xmlOf(String(PolicyName))}</PolicyName><PolicyDocument>${encodeURIComponent(policy)}</PolicyDocument>`,
      GetPolicy: `<Policy><Arn>${xmlOf(String(PolicyArn))}</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>`,
      GetPolicyVersion: `<PolicyVersion><VersionId>v1</VersionId><Document>${encodeURIComponent(policy)}</Document></PolicyVersion>`,
      SimulatePrincipalPolicy: `<EvaluationResults>${asked.map((one) => `<member><EvalActionName>${one}</EvalActionName><EvalDecision>${decision}</EvalDecision><MissingContextValues><member>${changed.missing ?? "a"}</member></MissingContextValues></member>`).join("")}</EvaluationResults><IsTruncated>false</IsTruncated>`,
      ListRoles: "<Roles></Roles><IsTruncated>false</IsTruncated>",
      ListResources: JSON.stringify({
        TypeName,
        ResourceDescriptions: [
          isWorkspace
            ? { Identifier: "T1", Properties: JSON.stringify({ TeamId: "T1" }) }
            : { Identifier: identifier, Properties: channel },
        ],
      }),
      GetResource: JSON.stringify({ TypeName, ResourceDescription: { Identifier: identifier, Properties: channel } }),
    };
    return answer[action] ?? { status: 500, code: "Unexpected" };
  };
}

describe("an answer of AWS stays on its line, in a report for people and in one for machines", () => {
  const EVIL = xmlOf(HOSTILE);
  const ofPolicy = { Effect: "Allow", Action: "support:*", Resource: "*", Condition: { StringEquals: { "a:b": "c" } } };
  const OWN_POLICY = {
    arn: `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`,
    policy: policyText({ ...ofPolicy, Condition: undefined }),
  };
  test.each<[string, Partial<Record<string, string>>]>([
    ["the account of the credentials", { account: EVIL, caller: EVIL }],
    ["a role's ARN", { role: EVIL }],
    ["a role's path", { role: `arn:aws:iam::${ACCOUNT}:role/${EVIL}/AWSSupportAppFullRole` }],
    ["a trust that is no policy", { trust: JSON.stringify({ a: HOSTILE }) }],
    ["a policy that is none", { policy: JSON.stringify({ a: HOSTILE }), arn: "arn:aws:iam::aws:policy/mine" }],
    ["a policy's name", { name: EVIL, policy: policyText(ofPolicy) }],
    ["a policy's ARN", { arn: EVIL, policy: policyText(ofPolicy) }],
    ["a simulation's word", { ...OWN_POLICY, decision: EVIL }],
    ["a condition key that a simulation wasn't told", { ...OWN_POLICY, decision: "implicitDeny", missing: EVIL }],
    ["a channel that is no JSON", { channel: HOSTILE }],
    ["a channel's identifier", { identifier: HOSTILE_JSON, channel: "{}" }],
  ])("%s", async (_, changed) => {
    const { status, output } = await doctor(accountWith(changed));
    expect([4, 5]).toContain(status);
    expect(output).toContain("::error::a");
  });

  test("in JSON, it is itself", async () => {
    const { status, output } = await doctor(accountWith({ account: EVIL, caller: EVIL }), "--format", "json");
    expect(status).toBe(5);
    expect(JSON.stringify(JSON.parse(output.replace(/^Looking at .*\n/, "")))).toContain("::error::a");
  });

  test("each value and each key of a trust, a policy and a channel", async () => {
    for (const [what, whole] of [
      ["trust", JSON.parse(TRUST)],
      ["policy", JSON.parse(policyText(ofPolicy))],
      ["channel", CHANNEL],
    ] as const) {
      for (const copy of sample([...hostileCopies(whole)], 30)) {
        const { status } = await doctor(accountWith({ [what]: JSON.stringify(copy) }));
        expect([what, copy, [4, 5].includes(status)]).toEqual([what, copy, true]);
      }
    }
  });

  test.each(["GetCallerIdentity", "GetRole", "ListRolePolicies", "SimulatePrincipalPolicy", "ListResources"])(
    "an error of %s",
    async (failing) => {
      const healthy = accountWith({});
      const error = { status: 400, code: "AccessDenied", message: HOSTILE };
      const { status, output } = await doctor((action, parameters) =>
        action === failing ? error : healthy(action, parameters),
      );
      expect([4, 5]).toContain(status);
      expect(output).toContain("::error::a");
    },
  );
});

test.each(["AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_CONFIG_FILE", "AWS_ACCESS_KEY_ID"])(
  "%s",
  async (name) => {
    process.env[name] = HOSTILE;
    if (name === "AWS_PROFILE") delete process.env.AWS_ACCESS_KEY_ID;
    const { status } = await doctor(() => ({ status: 400, code: "AccessDenied" }));
    expect(status).toBe(name === "AWS_ENDPOINT_URL" ? 1 : 5); // a URL that can't be used is an error
  },
);
