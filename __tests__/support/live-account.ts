import type { RoleWithRights } from "../../cli/aws/live-account";
import type { LiveChannel } from "../../cli/aws/live-channel";
import { type LiveDocument, readLiveDocument } from "../../cli/aws/live-document";
import { type LivePolicy, policyIdOf } from "../../cli/aws/live-role";
import type { LookupFailure } from "../../cli/aws/lookup";
import type { Account, LiveLevel } from "../../cli/commands/doctor/account";
import { readPolicy } from "../../cli/iam/policy";
import type { Access } from "../../modules/support-app/model/access";
import type { AccessLevel } from "../../modules/support-app/model/access-level";
import { grantsOf } from "../../modules/support-app/model/grant";
import { policyArnOf, roleArnOf } from "../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../modules/support-app/model/notify";
import { permissionStatements } from "../../modules/support-app/model/policy-statements";
import { serviceQuotasModeOf } from "../../modules/support-app/model/service-quotas-role";
import { isSameOwner } from "../../modules/support-app/model/team";
import type { Environment } from "../../stacks/environments/environment";
import { parseEnvironments } from "../../stacks/environments/environments";
import { NOW } from "./now";
import { policyText } from "./policy-text";

/** The account of every environment here. */
export const ACCOUNT = "111122223333";

/** The trust of AWS's guide. */
export const TRUST = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };

/** What AWS answers to somebody who may not ask. */
export const DENIED: { readonly unknown: LookupFailure } = {
  unknown: { kind: "denied", action: "iam:GetRole", message: "AccessDenied: not authorized to perform: iam:GetRole" },
};

/** An environment, from what stands below its account. */
export function environmentOf(yaml: string, name = "test"): Environment {
  const text = `environments: { ${name}: { account: "${ACCOUNT}", region: us-east-1, ${yaml} } }`;
  const [environment] = parseEnvironments(text, "test.yaml");
  if (!environment) throw new Error(text);
  return environment;
}

/** What a boundary allows that doesn't keep any capability away. */
const LIMITING = {
  Effect: "Allow",
  Resource: "*",
  Action: ["support:*", "servicequotas:*", "iam:CreateServiceLinkedRole"],
};

/** A policy of those statements, as it is found in an account. */
export function documentOf(...statements: object[]): { readonly known: LiveDocument } {
  return { known: readLiveDocument(policyText(...statements)) };
}

/** A permissions boundary of those statements, as it is found in an account. */
export function boundaryWith(arn: string, ...statements: object[]) {
  return { known: { name: policyIdOf(arn), policy: readPolicy(policyText(...statements)) } };
}

/** An account in which everything is as environments.yaml says. */
export function healthyAccount(environment: Environment): Account {
  return {
    time: NOW,
    alias: { known: environment.accountAlias },
    elsewhere: [],
    supportApi: { known: {} },
    accesses: environment.accesses.map(accessOf),
    roles: { known: [] },
    channels: {
      known: environment.channels.map((channel): LiveChannel => {
        const props = environment.accesses.find((access) => isSameOwner(access, channel));
        return {
          identifier: `${channel.workspace}|${channel.channel}`,
          workspace: channel.workspace,
          channel: channel.channel,
          properties: {
            known: {
              ChannelName: channel.name,
              ChannelRoleArn: props && roleArnOf(props),
              ...notifyProperties(channel.notify ?? NOTIFY_OF_NOTHING),
            },
          },
        };
      }),
    },
    workspaces: { known: [...environment.slackWorkspaces, ...environment.channels.map(({ workspace }) => workspace)] },
    serviceQuotasRole: { known: true },
  };
}

/** What an account has of an access level. */
export function accessIn({ accesses }: Account, level: AccessLevel): LiveLevel {
  const access = accesses.find(({ props }) => props.access === level);
  if (!access) throw new Error(level);
  return access;
}

/** The same account with something else in one of its access levels. */
export function withAccess(account: Account, level: AccessLevel, changed: Partial<LiveLevel>): Account {
  const liveLevel = accessIn(account, level);
  return {
    ...account,
    accesses: account.accesses.map((access) => (access === liveLevel ? { ...access, ...changed } : access)),
  };
}

/** The statements of the policy that an access has of its own. */
function statementsOf(props: Access): object[] {
  return grantsOf(props)
    .flatMap(({ capabilities, end }) => permissionStatements(capabilities, serviceQuotasModeOf(props), end))
    .map(({ effect, actions, resources, condition }) => ({
      Effect: effect,
      Action: actions,
      Resource: resources,
      ...(condition ? { Condition: conditionOf(condition) } : {}),
    }));
}

/** The same of the accesses of an environment. */
export const ownStatements = ({ accesses }: Environment): object[] => accesses.flatMap(statementsOf);

/** The policy that an access has of its own. */
export function ownPolicy(props: Access, ...extraStatements: object[]): LivePolicy {
  const arn = policyArnOf(props);
  return {
    name: arn.slice(arn.lastIndexOf("/") + 1),
    arn,
    document: documentOf(...statementsOf(props), ...extraStatements),
  };
}

function conditionOf(blocks: unknown): object {
  const conditions = blocks as readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: string[];
  }[];
  return Object.fromEntries(conditions.map(({ test, variable, values }) => [test, { [variable]: values[0] }]));
}

function accessOf(props: Access): LiveLevel {
  const { known: trust } = documentOf({
    ...TRUST,
    ...(props.sourceAccountCondition ? { Condition: { StringEquals: { "aws:SourceAccount": props.account } } } : {}),
  });
  const boundary = props.permissionsBoundary;
  return {
    props,
    time: NOW,
    role: { known: { arn: roleArnOf(props), trust, boundary } },
    policies: { known: [ownPolicy(props)] },
    boundary: boundary ? boundaryWith(boundary, LIMITING) : { known: undefined },
    simulated: DENIED,
  };
}

/** A role that isn't in environments.yaml, with one inline policy. */
export function otherRole(
  name: string,
  document: LivePolicy["document"],
  { trust, ...rights }: Partial<RoleWithRights["rights"] & Pick<RoleWithRights, "trust">> = {},
): RoleWithRights {
  const arn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const trusting = trust ?? documentOf(TRUST).known;
  return {
    name,
    arn,
    trust: trusting,
    rights: {
      role: { known: { arn, trust: trusting } },
      policies: { known: [{ name: "by-hand", document }] },
      boundary: { known: undefined },
      ...rights,
    },
  };
}
