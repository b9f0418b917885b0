import { findLeftovers, isKept, otherChannel } from "../../../../cli/commands/deploy/leftovers";
import { resourcesIn } from "../../../../stacks/output/stack-digest";
import { type Answer, awsInTests } from "../../../support/answering-aws";
import { ACCOUNT, environmentOf } from "../../../support/live-account";
import { policyText } from "../../../support/policy-text";
import { synthesizeEnvironments } from "../../../support/synthesize";

const YAML = `slack-workspaces: [T2], account-alias: mine,
  read-only: { policy: aws-managed, channels: [{ name: watch, workspace: T1, channel: C1 }] },
  full: { path: /support/, service-quotas-role: create, channels: [{ name: oncall, workspace: T2, channel: C2, notify: { severity: high, on: [case-created] } }] }`;
const environment = environmentOf(YAML);

const ROLE = "AWSSupportAppFullRole";
const VIEWERS = "AWSSupportAppReadOnlyRole";
const LINKED = "AWSServiceRoleForServiceQuotas";
const LINKED_PATH = "/aws-service-role/servicequotas.amazonaws.com/";
const WATCH = "aws_cloudcontrolapi_resource.channel_T1_C1";
const ONCALL = "aws_cloudcontrolapi_resource.channel_T2_C2";
const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/support/AWSSupportAppFullRolePolicy`;

/** AWS's answers where everything is as after a deploy, by action or by action and name. */
let answers: Record<string, Answer>;
const aws = awsInTests((action, { RoleName, Identifier }) => {
  const named = `${action} ${RoleName ?? Identifier}`;
  return answers[named] ?? answers[action] ?? { status: 404, code: "NoSuchEntity" };
});
beforeEach(() => {
  const role = (name: string, path = "/") =>
    `<Role><RoleName>${name}</RoleName><Arn>arn:aws:iam::${ACCOUNT}:role${path}${name}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(policyText())}</AssumeRolePolicyDocument></Role>`;
  const channel = (Identifier: string, properties: object) =>
    JSON.stringify({ ResourceDescription: { Identifier, Properties: JSON.stringify(properties) } });
  const flags = { NotifyOnAddCorrespondenceToCase: false, NotifyOnResolveCase: false };
  answers = {
    GetCallerIdentity: `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/deployer</Arn>`,
    [`GetRole ${VIEWERS}`]: role(VIEWERS),
    [`GetRole ${ROLE}`]: role(ROLE, "/support/"),
    [`GetRole ${LINKED}`]: role(LINKED, LINKED_PATH),
    GetPolicy: `<Policy><Arn>${POLICY_ARN}</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>`,
    "GetResource T1|C1": channel("T1|C1", {
      ...{ TeamId: "T1", ChannelId: "C1", ChannelName: "watch", NotifyOnCaseSeverity: "none" },
      ...{ NotifyOnCreateOrReopenCase: false, ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/${VIEWERS}` },
    }),
    "GetResource T2|C2": channel("T2|C2", {
      ...{ TeamId: "T2", ChannelId: "C2", ChannelName: "oncall", NotifyOnCaseSeverity: "high", ...flags },
      ...{ NotifyOnCreateOrReopenCase: true, ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/support/${ROLE}` },
    }),
  };
});

const all = resourcesIn(JSON.parse(synthesizeEnvironments([environment]).test ?? ""));
const find = async (missing: readonly string[] = all, where = environment) =>
  Object.fromEntries(await findLeftovers(where, missing));

test("whatever is synthesized in AWS is kept, except for the alias, and nothing else is", () => {
  const ALIAS = "aws_cloudcontrolapi_resource.account_alias";
  const inState = "terraform_data.support_app_place";
  expect(all.filter((address) => !isKept(environment, address))).toEqual([ALIAS, inState]);
  const others = ["channel_T1_C999", "channel_ops", "workspace_T999"].map((name) => ALIAS.replace(/\w+$/, name));
  others.push("aws_iam_role.own", "aws_iam_user.full", "aws_sns_topic.full");
  for (const one of ["aws_iam_role.full", "aws_iam_service_linked_role.service_quotas"]) {
    others.push(`module.own.${one}`, `${one}_own`, `${one}[0]`);
  }
  expect(others.filter((address) => isKept(environment, address))).toEqual([]);
});

/** What is imported by a role's name. */
const ofRole = (name: string, id: string) => ({
  [`aws_iam_role.${name}`]: id,
  [`aws_iam_role_policy_attachments_exclusive.${name}`]: id,
  [`aws_iam_role_policies_exclusive.${name}`]: id,
});

test("what exists is found, by the ID that Terraform imports", async () => {
  expect(await find()).toEqual({
    ...ofRole("read_only", VIEWERS),
    ...ofRole("full", ROLE),
    "aws_iam_policy.full": POLICY_ARN,
    "aws_iam_service_linked_role.service_quotas": `arn:aws:iam::${ACCOUNT}:role${LINKED_PATH}${LINKED}`,
  });
});

test("only what is missing is looked for; without anything, AWS isn't asked", async () => {
  expect(await find(["aws_iam_role.full", "aws_iam_role_policies_exclusive.full"])).toEqual({
    "aws_iam_role.full": ROLE,
    "aws_iam_role_policies_exclusive.full": ROLE,
  });
  const asked = aws.asked.length;
  expect(await find(["aws_iam_role_policies_exclusive.full"])).toEqual({}); // the state has the role
  expect(await find([WATCH])).toEqual({});
  expect(aws.asked).toHaveLength(asked);
});

test("what its stack imports itself isn't", async () => {
  const adopted = environmentOf(YAML.replace("path:", "adopt: true, path:").replace("create", "adopt"));
  expect(await find(all, adopted)).toEqual(ofRole("read_only", VIEWERS));
});

test.each<[string, string, Answer]>([
  ["what may not be looked up", `GetRole ${ROLE}`, { status: 403, code: "AccessDenied" }],
  ["other account", "GetCallerIdentity", "<Account>444455556666</Account><Arn>arn:aws:iam::444455556666:user/a</Arn>"],
  ["nobody", "GetCallerIdentity", { status: 403, code: "InvalidClientTokenId" }],
])("%s counts as missing", async (_, action, answer) => {
  answers[action] = answer;
  expect(await find()).not.toHaveProperty(["aws_iam_role.full"]);
});

test("the deploy-role is assumed, and without it nothing is found", async () => {
  const assumed = { ...environment, deployRole: `arn:aws:iam::${ACCOUNT}:role/terraform` };
  expect(await find(all, assumed)).toEqual({});
  answers.AssumeRole =
    "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>";
  expect(await find(all, assumed)).toHaveProperty(["aws_iam_role.full"]);
  expect(aws.signed.at(-1)).toBe("ASIA in us-east-1");
});

const corrected = "aws_cloudcontrolapi_resource.channel_T1_C999";
const own = "aws_cloudcontrolapi_resource.channel_ops";
const answer = (action: string, answered: Answer) => () => {
  answers[action] = answered;
};
const denied = { status: 403, code: "AccessDeniedException" };
const edited = (from: string, to: string) => () => {
  const before = String(answers["GetResource T2|C2"]);
  answers["GetResource T2|C2"] = before.replace(from, to);
  expect(answers["GetResource T2|C2"]).not.toBe(before);
};
const nothing = () => {};

test.each<[string, readonly string[], string | undefined, change: () => void]>([
  ["as in the file", [WATCH, ONCALL, "aws_iam_role.full"], undefined, nothing],
  ["that is gone", [WATCH], undefined, answer("GetResource T1|C1", { status: 400, code: "ResourceNotFoundException" })],
  ["that can't be read", [ONCALL, WATCH], WATCH, answer("GetResource T1|C1", denied)],
  ["of an account that can't be reached", [WATCH], WATCH, answer("GetCallerIdentity", denied)],
  ["whose ID was corrected in the file", [WATCH, corrected], corrected, nothing],
  ["of a user's own code", [own], own, nothing],
  ["with another role", [WATCH, ONCALL], ONCALL, edited(":role/support/", ":role/other/")],
  ["with other notifications", [ONCALL], ONCALL, edited('\\"high\\"', '\\"all\\"')],
  ["with another name", [ONCALL], ONCALL, edited('\\"oncall\\"', '\\"leads\\"')],
])("of tainted channels, one %s may be somebody else's, or not", async (_, tainted, other, change) => {
  change();
  expect(await otherChannel(environment, tainted)).toBe(other);
});
