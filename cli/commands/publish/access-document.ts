import { z } from "zod";
import type { Access } from "../../../modules/support-app/model/access";
import { LEVELS } from "../../../modules/support-app/model/access-level";
import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { endsOf, grantedCapabilities } from "../../../modules/support-app/model/grant";
import { policyArnOf, roleArnOf } from "../../../modules/support-app/model/iam-names";
import {
  accessPermissions,
  accessTrust,
  type PolicyStatement,
} from "../../../modules/support-app/model/policy-statements";
import { isSameOwner } from "../../../modules/support-app/model/team";
import type { Environment } from "../../../stacks/environments/environment";
import { awsManagedPolicy } from "../../iam/aws-managed-policies";
import { readTerraformPolicy, type Statement } from "../../iam/policy";
import { awsSpelling } from "../../iam/spelling";
import type { DoctorReport } from "../../reports/doctor-report";
import { countsSchema, type PeopleCounts } from "../../reports/reported-channel";

const capability = z.enum(CAPABILITIES as [Capability, ...Capability[]]);
const capabilities = z.array(capability);
/** For capabilities that end, the first second without them. */
const until = z.partialRecord(capability, z.string()).optional();
const access = z.enum(LEVELS);
/** Undefined: it is the access level's own role. */
const team = z.string().optional();
const policyDocument = z.object({
  Version: z.literal("2012-10-17"),
  Statement: z.array(z.record(z.string(), z.unknown())),
});

/** The content of access.json: who can do what where. */
export const accessDocumentSchema = z.object({
  schemaVersion: z.literal(1), // increased by changes that break readers
  /** Version of the publication. */
  version: z.string(),
  /** When the channels' members were counted in Slack, in UTC. Undefined: they weren't. */
  peopleReadAt: z.string().optional(),
  /** Sorted by name. */
  environments: z.array(
    z.object({
      name: z.string(),
      account: z.string(),
      region: z.string(),
      /** The alias that people in Slack see instead of the account ID. */
      accountAlias: z.string().optional(),
      accesses: z.array(
        z.object({
          access,
          team,
          roleArn: z.string(),
          /** What people can do, including what ends or has ended. */
          capabilities,
          until,
          /** AWS may change its own policies at any time: `policy` is how it was when this was published. */
          policySource: z.enum(["customer-managed", "aws-managed"]),
          /** ARN of the permissions boundary, which may take capabilities away. */
          permissionsBoundary: z.string().optional(),
          /** The role's policies, merged. */
          policy: policyDocument,
          /** Who may assume the role. */
          trust: policyDocument,
        }),
      ),
      channels: z.array(
        z.object({
          workspace: z.string(),
          channel: z.string(),
          /** In Slack. */
          name: z.string(),
          access,
          team,
          /** What everyone in it can do, including what ends or has ended. */
          capabilities,
          /** Counts of its members. Undefined: unknown. */
          people: countsSchema.optional(),
          until,
        }),
      ),
    }),
  ),
});

export type AccessDocument = z.infer<typeof accessDocumentSchema>;
export type PublishedEnvironment = AccessDocument["environments"][number];
export type PublishedRoles = Pick<PublishedEnvironment, "account" | "accesses" | "channels">;
export type PublishedAccess = PublishedEnvironment["accesses"][number];
export type PublishedPolicy = PublishedAccess["policy"];

/**
 * The content of access.json.
 *
 * @param environments sorted by name
 * @param people counts of their channels' members
 */
export function accessDocument(
  environments: readonly PublishedEnvironment[],
  version: string,
  people?: DoctorReport,
): AccessDocument {
  const counts = people && countsByChannel(people);
  const countedEnvironments = environments.map((environment) => ({
    ...environment,
    channels: environment.channels.map((channel) =>
      counts ? { ...channel, people: counts.get(channelKey(channel)) } : channel,
    ),
  }));
  return { schemaVersion: 1, version, peopleReadAt: people?.readAt, environments: countedEnvironments };
}

/** The key of a Slack channel across environments. */
export function channelKey({ workspace, channel }: { readonly workspace: string; readonly channel: string }): string {
  return `${workspace} ${channel}`;
}

/** A report's counts by the channel's key. Undefined: unknown. */
export function countsByChannel({ environments }: DoctorReport): ReadonlyMap<string, PeopleCounts | undefined> {
  return new Map(
    environments.flatMap(({ channels = [] }) =>
      channels.map((channel) => [channelKey(channel), channel.counts] as const),
    ),
  );
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
    ...{ name, account, region, accountAlias, accesses },
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
function documentOf(statements: readonly Statement[]): PublishedPolicy {
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
