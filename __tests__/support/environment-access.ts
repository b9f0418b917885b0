import { awsManagedPolicy } from "../../cli/iam/aws-managed-policies";
import { readTerraformPolicy, type Statement } from "../../cli/iam/policy";
import type { Access } from "../../modules/support-app/model/access";
import { iamNamesOf, policyArnOf } from "../../modules/support-app/model/iam-names";
import { NOTIFY_EVENTS, NOTIFY_OF_NOTHING, type Notify } from "../../modules/support-app/model/notify";
import {
  accessPermissions,
  accessTrust,
  type PolicyStatement,
} from "../../modules/support-app/model/policy-statements";
import { addressOfOwner } from "../../modules/support-app/model/team";
import { type Environment, withoutRetired } from "../../stacks/environments/environment";

/** A role, and what whoever assumes it may do. */
export interface RoleAccess {
  /** In IAM. */
  readonly name: string;
  /** In IAM. */
  readonly path: string;
  readonly trust: readonly Statement[];
  readonly permissions: readonly Statement[];
  /** ARN of the permissions boundary. Undefined: none. */
  readonly boundary?: string;
  /** Maximum session duration, in seconds. Undefined: IAM's default. */
  readonly maxSessionDuration?: number;
  /** Path and name in IAM of its customer managed policy. Undefined: none, or it isn't known. */
  readonly policy?: string;
}

/** A channel, and the role of everyone in it. */
export interface ChannelAccess {
  readonly workspace: string;
  readonly channel: string;
  /** In Slack. */
  readonly name: string;
  /** The role's name in Terraform. */
  readonly role: string;
  readonly notify: Notify;
}

/** The access that an environment gives once it is deployed, with its roles by their name in Terraform. */
export function environmentAccess(environment: Environment) {
  const { accesses, channels, slackWorkspaces, accountAlias } = withoutRetired(environment);
  return {
    roles: new Map(accesses.map((props) => [addressOfOwner(props), roleAccess(props)])),
    channels: channels.map(
      ({
        workspace,
        channel,
        name,
        notify: { severity, events = [] } = NOTIFY_OF_NOTHING,
        ...owner
      }): ChannelAccess => ({
        workspace,
        channel,
        name,
        role: addressOfOwner(owner),
        notify: { severity, events: NOTIFY_EVENTS.filter((event) => events.includes(event)) }, // their order means nothing
      }),
    ),
    workspaces: slackWorkspaces,
    alias: accountAlias,
  };
}

function roleAccess(props: Access): RoleAccess {
  const { path = "/", permissionsBoundary } = props;
  const { roleName, policyName } = iamNamesOf(props);
  return {
    name: roleName,
    path,
    boundary: permissionsBoundary,
    maxSessionDuration: props.maxSessionDuration,
    trust: statementsOf(accessTrust(props)),
    permissions:
      policyName === undefined
        ? (awsManagedPolicy(policyArnOf(props))?.statements ?? [])
        : statementsOf(accessPermissions(props)),
    policy: policyName === undefined ? undefined : path + policyName,
  };
}

function statementsOf(statement: readonly PolicyStatement[]): readonly Statement[] {
  return readTerraformPolicy({ statement }).statements;
}
