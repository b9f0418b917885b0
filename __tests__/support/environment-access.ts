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
import { managesServiceQuotasRole, serviceQuotasModeOf } from "../../modules/support-app/model/service-quotas-role";
import { addressOfOwner } from "../../modules/support-app/model/team";
import { type Environment, withoutRetired } from "../../stacks/environments/environment";

/** The access that an environment gives once it is deployed. */
export interface EnvironmentAccess {
  /** Undefined: it isn't known. */
  readonly account?: string;
  /** By their name in Terraform. */
  readonly roles: ReadonlyMap<string, RoleAccess>;
  /** The roles of read-only teams, by their name in Terraform, which doesn't show it. Undefined: there are none. */
  readonly readOnlyTeams?: readonly string[];
  readonly channels: readonly ChannelAccess[];
  /** Whether its stack has the Service Quotas role. */
  readonly hasServiceQuotasRole: boolean;
  readonly workspaces: readonly string[];
  readonly alias?: string;
}

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

/** No access at all. */
export const NO_ACCESS: EnvironmentAccess = {
  roles: new Map(),
  channels: [],
  hasServiceQuotasRole: false,
  workspaces: [],
};

/** The access that an environment gives. */
export function environmentAccess(environment: Environment): EnvironmentAccess {
  const { account, accesses, channels, slackWorkspaces, accountAlias } = withoutRetired(environment);
  const readOnlyTeams = accesses.flatMap((props) =>
    props.team !== undefined && props.access === "read-only" ? [addressOfOwner(props)] : [],
  );
  return {
    account,
    roles: new Map(accesses.map((props) => [addressOfOwner(props), roleAccess(props)])),
    readOnlyTeams: readOnlyTeams.length > 0 ? readOnlyTeams : undefined,
    channels: channels.map(
      ({ workspace, channel, name, notify: { severity, events = [] } = NOTIFY_OF_NOTHING, ...owner }) => ({
        ...{ workspace, channel, name, role: addressOfOwner(owner) },
        notify: { severity, events: NOTIFY_EVENTS.filter((event) => events.includes(event)) }, // their order means nothing
      }),
    ),
    hasServiceQuotasRole: accesses.some((props) => managesServiceQuotasRole(serviceQuotasModeOf(props))),
    workspaces: slackWorkspaces,
    alias: accountAlias,
  };
}

function roleAccess(props: Access): RoleAccess {
  const { path = "/", permissionsBoundary } = props;
  const { roleName, policyName } = iamNamesOf(props);
  return {
    ...{ name: roleName, path, boundary: permissionsBoundary },
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
