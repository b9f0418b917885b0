import { type AwsRole, accountAws, page, roleArn } from "./account-aws";
import { ACCOUNT, environmentOf, ownStatements, TRUST } from "./live-account";
import { allow } from "./trusting-role";

const ROLE = "AWSSupportAppFullRole";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;

/** ARN of the role that is assumed first. */
export const DEPLOY_ROLE = `arn:aws:iam::${ACCOUNT}:role/terraform`;

/** An environment about which doctor makes every call that it ever makes. */
export const everyCallEnvironment = environmentOf(
  `deploy-role: "${DEPLOY_ROLE}", slack-workspaces: [T1], account-alias: Payments, other-channels: true, full: { permissions-boundary: "${BOUNDARY}", service-quotas-role: create, channels: [{ name: oncall, workspace: T1, channel: C1 }] }`,
);

const statements = ownStatements(everyCallEnvironment);
const APP_ROLE: AwsRole = {
  policies: {
    [`arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`]: statements,
    "by-hand": [allow("support:DescribeCases")],
  },
  boundary: [allow("support:*", "servicequotas:*")],
};
const channel = (ChannelId: string, role: string) => ({
  TeamId: "T1",
  ChannelId,
  ChannelName: "oncall",
  ChannelRoleArn: roleArn(role),
  NotifyOnCaseSeverity: "none",
});
const LISTS: readonly (readonly [type: string, Identifier: string, properties: object])[] = [
  ["Workspace", "T1", { TeamId: "T1" }],
  ["Alias", "payments", { AccountAlias: "Payments" }],
];

/** The account of that environment, in which everything is as it says. Each answer has nothing but what doctor reads of it. */
export const healthyAws = accountAws({
  roles: {
    [ROLE]: { ...APP_ROLE, isUnlisted: true }, // it is read by its name
    // No role of the account: AWS's own policy, which a test attaches.
    aws: { policies: { "arn:aws:iam::aws:policy/AWSSupportAppFullAccess": statements }, isUnlisted: true },
    other: APP_ROLE,
    "aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas": {
      trust: [{ ...TRUST, Principal: { Service: "servicequotas.amazonaws.com" } }],
    },
  },
  channels: (region): Record<string, object> =>
    region === everyCallEnvironment.region ? { "T1|C1": channel("C1", ROLE), "T1|C2": channel("C2", "other") } : {},
  boundaryOf: () => BOUNDARY,
  instead: (action, parameters, _, region = "us-east-1") => {
    switch (action) {
      case "AssumeRole":
        return "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>";
      case "GetCallerIdentity":
        return `<Account>${ACCOUNT}</Account><Arn>arn:aws:sts::${ACCOUNT}:assumed-role/terraform/support-app-doctor</Arn>`;
      case "SimulatePrincipalPolicy": {
        const actionParameters = Object.entries(parameters).filter(([name]) => name.startsWith("ActionNames."));
        const allowed = actionParameters.map(
          ([, actionName]) => `<EvalActionName>${actionName}</EvalActionName><EvalDecision>allowed</EvalDecision>`,
        );
        return page("EvaluationResults", ...allowed);
      }
      case "ListResources": {
        const [, Identifier, properties] = LISTS.find(([type]) => String(parameters.TypeName).includes(type)) ?? [];
        if (Identifier === undefined || region !== everyCallEnvironment.region) return undefined;
        return JSON.stringify({ ResourceDescriptions: [{ Identifier, Properties: JSON.stringify(properties) }] });
      }
      case "GetResource": {
        const [, Identifier, properties] = LISTS.find(([, id]) => id === parameters.Identifier) ?? [];
        if (Identifier === undefined) return undefined;
        return JSON.stringify({ ResourceDescription: { Identifier, Properties: JSON.stringify(properties) } });
      }
      default:
        return undefined;
    }
  },
});
