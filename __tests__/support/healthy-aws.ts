import type { Answers } from "./answering-aws";
import { allow, page } from "./importable-aws";
import { ACCOUNT, environmentOf, ownPolicy, TRUST } from "./live-account";
import { policyText } from "./policy-text";

const ROLE = "AWSSupportAppFullRole";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;

/** ARN of the role that is assumed first. */
export const DEPLOY_ROLE = `arn:aws:iam::${ACCOUNT}:role/terraform`;

/** An environment about which doctor makes every call that it ever makes. */
export const everyCallEnvironment = environmentOf(
  `deploy-role: "${DEPLOY_ROLE}", slack-workspaces: [T1], account-alias: Payments, other-channels: true, full: { permissions-boundary: "${BOUNDARY}", service-quotas-role: create, channels: [{ name: oncall, workspace: T1, channel: C1 }] }`,
);

const [props] = everyCallEnvironment.accesses;
if (!props) throw new Error("There is no access level.");
const { arn: OWN = "", document } = ownPolicy(props);
const OWN_TEXT = "known" in document ? document.known.text : "";
const TRUST_TEXT = policyText(TRUST);

const arnOf = (role: unknown) => `arn:aws:iam::${ACCOUNT}:role/${role}`;
const channel = (ChannelId: string, role: string) => ({
  TeamId: "T1",
  ChannelId,
  ChannelName: "oncall",
  ChannelRoleArn: arnOf(role),
  NotifyOnCaseSeverity: "none",
});
const CHANNELS = { "T1|C1": channel("C1", ROLE), "T1|C2": channel("C2", "other") };
const described = (Identifier: string, properties: object) => ({ Identifier, Properties: JSON.stringify(properties) });

const HOME = everyCallEnvironment.region;
const LISTS: readonly (readonly [string, Readonly<Record<string, object>>])[] = [
  ["Workspace", { T1: { TeamId: "T1" } }],
  ["Alias", { payments: { AccountAlias: "Payments" } }],
];
const listedOf = (type: string) => LISTS.find(([listType]) => type.includes(listType))?.[1] ?? CHANNELS;

/** The account of that environment, in which everything is as it says. Each answer has nothing but what doctor reads of it. */
export const healthyAws: Answers = (action, parameters, _, region = "us-east-1") => {
  const { RoleName, PolicyName, PolicyArn, TypeName } = parameters;
  switch (action) {
    case "AssumeRole":
      return "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>";
    case "GetCallerIdentity":
      return `<Account>${ACCOUNT}</Account><Arn>arn:aws:sts::${ACCOUNT}:assumed-role/terraform/support-app-doctor</Arn>`;
    case "DescribeSeverityLevels":
      return JSON.stringify({ severityLevels: [{ code: "low" }] });
    case "GetRole": {
      const boundary = `<PermissionsBoundary><PermissionsBoundaryArn>${BOUNDARY}</PermissionsBoundaryArn></PermissionsBoundary>`;
      return `<Role><RoleName>${RoleName}</RoleName><Arn>${arnOf(RoleName)}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(TRUST_TEXT)}</AssumeRolePolicyDocument>${boundary}</Role>`;
    }
    case "ListAttachedRolePolicies":
      return page("AttachedPolicies", `<PolicyName>${ROLE}Policy</PolicyName><PolicyArn>${OWN}</PolicyArn>`);
    case "ListRolePolicies":
      return page("PolicyNames", "by-hand");
    case "GetRolePolicy":
      return `<RoleName>${RoleName}</RoleName><PolicyName>${PolicyName}</PolicyName><PolicyDocument>${encodeURIComponent(allow("support:DescribeCases"))}</PolicyDocument>`;
    case "GetPolicy":
      return `<Policy><Arn>${PolicyArn}</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>`;
    case "GetPolicyVersion":
      return `<PolicyVersion><VersionId>v1</VersionId><Document>${encodeURIComponent(PolicyArn === BOUNDARY ? allow("support:*", "servicequotas:*") : OWN_TEXT)}</Document></PolicyVersion>`;
    case "SimulatePrincipalPolicy": {
      const actionParameters = Object.entries(parameters).filter(([name]) => name.startsWith("ActionNames."));
      const allowed = actionParameters.map(
        ([, actionName]) => `<EvalActionName>${actionName}</EvalActionName><EvalDecision>allowed</EvalDecision>`,
      );
      return page("EvaluationResults", ...allowed);
    }
    case "ListRoles":
      return page(
        "Roles",
        `<RoleName>other</RoleName><Arn>${arnOf("other")}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(TRUST_TEXT)}</AssumeRolePolicyDocument>`,
        `<RoleName>AWSServiceRoleForServiceQuotas</RoleName><Arn>${arnOf("aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas")}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(TRUST_TEXT.replace("supportapp", "servicequotas"))}</AssumeRolePolicyDocument>`,
      );
    case "ListResources": {
      const resources = region === HOME ? listedOf(String(TypeName)) : {};
      const ResourceDescriptions = Object.entries(resources).map(([id, properties]) => described(id, properties));
      return JSON.stringify({ TypeName, ResourceDescriptions });
    }
    case "GetResource": {
      const id = parameters.Identifier as keyof typeof CHANNELS;
      return JSON.stringify({ TypeName, ResourceDescription: described(id, CHANNELS[id]) });
    }
    default:
      throw new Error(`Received ${action}, which only reads.`);
  }
};
