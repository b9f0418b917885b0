import type { Access } from "../../../modules/support-app/model/access";
import type { Capability } from "../../../modules/support-app/model/capability";
import { endsOf, grantedCapabilities } from "../../../modules/support-app/model/grant";
import { policyArnOf, roleArnOf } from "../../../modules/support-app/model/iam-names";
import {
  accessPermissions,
  accessTrust,
  type PolicyStatement,
} from "../../../modules/support-app/model/policy-statements";
import { isSameOwner, type RoleOwner } from "../../../modules/support-app/model/team";
import type { Environment } from "../../../stacks/environments/environment";
import { awsManagedPolicy } from "../../iam/aws-managed-policies";
import { readTerraformPolicy, type Statement } from "../../iam/policy";
import { awsSpelling } from "../../iam/spelling";

/** The content of access.json: who can do what where. */
export interface AccessDocument {
  readonly schemaVersion: 1; // increased by changes that break readers
  /** Version of the publication. */
  readonly version: string;
  /** Sorted by name. */
  readonly environments: readonly PublishedEnvironment[];
}

export interface PublishedEnvironment {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** The alias that people in Slack see instead of the account ID. */
  readonly accountAlias?: string | undefined;
  readonly accesses: readonly PublishedAccess[];
  readonly channels: readonly PublishedChannel[];
}

/** What people with a role can do. */
interface Abilities extends RoleOwner {
  /** Including what ends or has ended. */
  readonly capabilities: readonly Capability[];
  /** For capabilities that end, the first second without them. */
  readonly until?: Readonly<Partial<Record<Capability, string>>> | undefined;
}

export interface PublishedAccess extends Abilities {
  readonly roleArn: string;
  /** AWS may change its own policies at any time: `policy` is how it was when this was published. */
  readonly policySource: "customer-managed" | "aws-managed";
  /** ARN of the permissions boundary, which may take capabilities away. */
  readonly permissionsBoundary?: string | undefined;
  /** The role's policies, merged. */
  readonly policy: PolicyDocument;
  /** Who may assume the role. */
  readonly trust: PolicyDocument;
}

export interface PublishedChannel extends Abilities {
  readonly workspace: string;
  readonly channel: string;
  /** In Slack. */
  readonly name: string;
}

interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly object[];
}

/** Who can do what in an environment, which isn't retired. */
export function publishedEnvironment(environment: Environment): PublishedEnvironment {
  const { name, account, region, accountAlias } = environment;
  const accesses = environment.accesses.map((props) => {
    const until = Object.fromEntries(
      [...endsOf(props)].flatMap(([key, end]) => (end === undefined ? [] : [[key, end]])),
    );
    return {
      access: props.access,
      team: props.team,
      roleArn: roleArnOf({ ...props, account }),
      capabilities: grantedCapabilities(props),
      until: Object.keys(until).length > 0 ? until : undefined,
      policySource: props.policy ?? "customer-managed",
      permissionsBoundary: props.permissionsBoundary,
      policy: documentOf(permissionsOf(props)),
      trust: documentOf(statementsOf(accessTrust(props))),
    };
  });
  return {
    name,
    account,
    region,
    accountAlias,
    accesses,
    channels: environment.channels.map(({ workspace, channel, name, ...owner }) => {
      const { access, team, capabilities, until } = accesses.find((publishedAccess) =>
        isSameOwner(publishedAccess, owner),
      ) as PublishedAccess;
      return { workspace, channel, name, access, team, capabilities, until };
    }),
  };
}

function permissionsOf(props: Access): readonly Statement[] {
  if (props.policy === "aws-managed") return awsManagedPolicy(policyArnOf(props))?.statements ?? [];
  return statementsOf(accessPermissions(props));
}

function statementsOf(statement: readonly PolicyStatement[]): readonly Statement[] {
  return readTerraformPolicy({ statement }).statements;
}

/** The statements that the constructs write, as IAM has them. */
function documentOf(statements: readonly Statement[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ effect, principals, actions, resources, conditions }) => ({
      Effect: effect,
      ...(principals && { Principal: { Service: principals.all.map(({ id }) => id) } }),
      Action: actions.patterns.map(awsSpelling),
      ...(resources && { Resource: resources.patterns }),
      ...(conditions.length > 0 && { Condition: valuesByOperator(conditions) }),
    })),
  };
}

function valuesByOperator(conditions: Statement["conditions"]): Record<string, Record<string, readonly string[]>> {
  const allOutputs: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of conditions)
    allOutputs[operator] = { ...allOutputs[operator], [awsSpelling(key)]: values };
  return allOutputs;
}
