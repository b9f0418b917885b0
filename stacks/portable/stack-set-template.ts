import type { Fields } from "../../common/fields";
import {
  ACCOUNT_ALIAS_TYPE,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../modules/support-app/model/cloud-control-types";
import { iamNamesOf, policyArnOf } from "../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../modules/support-app/model/notify";
import {
  accessPermissions,
  accessTrust,
  type PolicyStatement,
} from "../../modules/support-app/model/policy-statements";
import { argumentsOf, channelState, workspaceState } from "../../modules/support-app/model/properties";
import { SERVICE_QUOTAS_SERVICE } from "../../modules/support-app/model/service-quotas-role";
import type { OwnedAccess, RoleOwner } from "../../modules/support-app/model/team";
import { type Environment, withoutRetired } from "../environments/environment";

/** The maximum size of a template in S3, in bytes, and its maximum number of resources. Source: AWS CloudFormation User Guide, quotas. */
const MAX_TEMPLATE = 1_048_576;
const MAX_RESOURCES = 500;

/** Compares a template with AWS's limits, in words. Undefined: AWS takes it. @param text as it is written */
export function sizeBeyondLimits({ Resources }: { readonly Resources: object }, text: string): string | undefined {
  const [size, resources] = [Buffer.byteLength(text), Object.keys(Resources).length];
  if (size <= MAX_TEMPLATE && resources <= MAX_RESOURCES) return undefined;
  return `a template of ${size} bytes and ${resources} resources, expected at most ${MAX_TEMPLATE} bytes and ${MAX_RESOURCES} resources, AWS's limits`;
}

/** A resource of a template. */
interface Resource extends Fields {
  readonly Type: string;
}

/**
 * One CloudFormation template with the access of all environments, for a StackSet: in each account and region, it has what
 * the environment there has, and elsewhere nothing.
 */
export function stackSetTemplate(environments: readonly Environment[]) {
  const resources = environments.flatMap((environment) =>
    environmentResources(withoutRetired(environment)).map(
      ([id, resource]) => [`${prefixOf(environment)}${id}`, { ...resource, Condition: prefixOf(environment) }] as const,
    ),
  );
  const conditions = environments.map((environment) => {
    const isIn = (parameter: string, value: string) => ({ "Fn::Equals": [{ Ref: `AWS::${parameter}` }, value] });
    return [
      prefixOf(environment),
      { "Fn::And": [isIn("AccountId", environment.account), isIn("Region", environment.region)] },
    ] as const;
  });
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "What each Slack channel can do in the AWS Support App, by AWS account.",
    Conditions: Object.fromEntries(conditions),
    Resources: {
      // CloudFormation has no stack without a resource.
      OtherAccountsHaveNothing: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      ...Object.fromEntries(resources),
    },
  };
}

/** The beginning of the names of what an environment has: an account is in one environment. */
function prefixOf({ account }: Environment): string {
  return `Account${account}`;
}

/** What an environment has, by its name in the template, without the beginning. */
function environmentResources(environment: Environment): (readonly [id: string, resource: Resource])[] {
  const { accesses, channels, slackWorkspaces, accountAlias } = environment;
  const idOf = (id: string) => `${prefixOf(environment)}${id}`;
  return [
    ...accesses.flatMap((access) => accessResources(access, idOf)),
    ...slackWorkspaces.map(
      (workspace) =>
        [workspaceLogicalId(workspace), { Type: SLACK_WORKSPACE_TYPE, Properties: workspaceState(workspace) }] as const,
    ),
    ...channels.map(({ access, team, name, workspace, channel, notify = NOTIFY_OF_NOTHING }) => {
      const roleArn = { "Fn::GetAtt": [idOf(roleId({ access, team })), "Arn"] };
      const isRegistered = slackWorkspaces.includes(workspace);
      return [
        `Channel${workspace}x${channel}`, // no ID has a small letter
        {
          Type: SLACK_CHANNEL_TYPE,
          ...(isRegistered && { DependsOn: idOf(workspaceLogicalId(workspace)) }),
          Properties: {
            ...channelState({ workspace, channel, name }, "", notifyProperties(notify)),
            ChannelRoleArn: roleArn,
          },
        },
      ] as const;
    }),
    ...(accountAlias === undefined
      ? []
      : [["Alias", { Type: ACCOUNT_ALIAS_TYPE, Properties: { AccountAlias: accountAlias } }] as const]),
  ];
}

function workspaceLogicalId(workspace: string): string {
  return `Workspace${workspace}`;
}

/** Letters and digits, different for each: no name of a team has a capital letter. */
function roleId({ access, team }: RoleOwner): string {
  if (team !== undefined) return `Team${team.replaceAll("-", "X")}Role`;
  return `${access.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Role`;
}

function accessResources(
  access: OwnedAccess,
  idOf: (id: string) => string,
): (readonly [id: string, resource: Resource])[] {
  const id = roleId(access);
  const { roleName, policyName } = iamNamesOf(access);
  const tags = Object.entries(access.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  const values = { ...access, roleName, policyName, tags };
  const policyArn = policyName === undefined ? policyArnOf(access) : { Ref: idOf(`${id}Policy`) };
  const role: Resource = {
    Type: "AWS::IAM::Role",
    Properties: {
      ...argumentsOf("AWS::IAM::Role", values),
      AssumeRolePolicyDocument: policyJson(accessTrust(access)),
      ManagedPolicyArns: [policyArn],
    },
  };
  const policy: Resource = {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      ...argumentsOf("AWS::IAM::ManagedPolicy", values),
      PolicyDocument: policyJson(accessPermissions(access)),
    },
  };
  return [
    [id, role],
    ...(policyName === undefined ? [] : [[`${id}Policy`, policy] as const]),
    ...(access.serviceQuotasRole === "create" ? [["ServiceQuotasRole", SERVICE_QUOTAS_ROLE] as const] : []),
  ];
}

/** Others in the account may depend on it. One that is adopted is there already, and CloudFormation doesn't import it. */
const SERVICE_QUOTAS_ROLE: Resource = {
  Type: "AWS::IAM::ServiceLinkedRole",
  DeletionPolicy: "Retain",
  UpdateReplacePolicy: "Retain",
  Properties: { AWSServiceName: SERVICE_QUOTAS_SERVICE },
};

/** A policy document as IAM has it. */
function policyJson(statements: readonly PolicyStatement[]): Fields {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ effect, actions, resources, principals, condition = [] }) => ({
      Effect: effect,
      Action: actions,
      Resource: resources,
      ...(principals && {
        Principal: Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers])),
      }),
      ...(condition.length > 0 && { Condition: conditionJson(condition) }),
    })),
  };
}

function conditionJson(conditions: NonNullable<PolicyStatement["condition"]>): Fields {
  const byOperator: Record<string, Record<string, readonly string[]>> = {};
  for (const { test, variable, values } of conditions) byOperator[test] = { ...byOperator[test], [variable]: values };
  return byOperator;
}
