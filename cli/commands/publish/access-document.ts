import { z } from "zod";
import { ACCESS_LEVELS, type AccessLevel, addressOfLevel } from "../../../modules/support-app/model/access-level";
import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { roleArnOf } from "../../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING } from "../../../modules/support-app/model/notify";
import { messageOf } from "../../../modules/support-app/model/printable";
import { describePath, pathInWords } from "../../../modules/support-app/model/problem";
import { type Environment, LEVELS } from "../../../stacks/environments/environment";
import type { Terraform } from "../../../stacks/portable/portable";
import { pathAndNameOf } from "../../iam/arn";
import { readPolicy, type Statement, type Targets } from "../../iam/policy";
import { spelled } from "../../iam/spelling";
import { countsSchema, type PeopleCounts, type PeopleReport } from "../../reports/people-report";
import { CommandError } from "../../terminal/command-error";
import { canonical } from "../../terminal/json";
import { type EnvironmentAccess, NO_ACCESS, type RoleAccess, readAccess } from "../../terraform/access";
import { capabilitiesOfRole, endsOfRole } from "../../terraform/capability-changes";
import { readStack } from "../../terraform/stack";
import { readPublished } from "./published-folder";

/** Version of access.json's format. Increased by changes that break readers. */
const SCHEMA_VERSION = 1;

const capabilities = z.array(z.enum(CAPABILITIES as [Capability, ...Capability[]]));
/** For capabilities that end, the first second without them. */
const until = z.partialRecord(z.enum(CAPABILITIES as [Capability, ...Capability[]]), z.string()).optional();
const access = z.enum(Object.keys(ACCESS_LEVELS) as [AccessLevel, ...AccessLevel[]]);
const policyDocument = z.object({
  Version: z.literal("2012-10-17"),
  Statement: z.array(z.record(z.string(), z.unknown())),
});

/** The content of access.json: who can do what where. */
const accessDocumentSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
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
export type PublishedAccess = PublishedEnvironment["accesses"][number];
export type PublishedChannel = PublishedEnvironment["channels"][number];
export type PolicyDocument = PublishedAccess["policy"];

/** Reads an earlier publication's access.json. */
export function readAccessDocument(folder: string): AccessDocument {
  const read = accessDocumentSchema.safeParse(readPublished("--since", folder, "access.json"));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new CommandError(
    `Received --since ${describePath(folder)} whose access.json is not in the form that publish writes (${pathInWords((issue?.path ?? []) as (string | number)[])}: ${messageOf(issue)}), expected an earlier publication. Check the name.`,
  );
}

/**
 * The content of access.json.
 *
 * @param environments sorted by name
 * @param people counts of their channels' members
 */
export function accessDocument(
  environments: readonly PublishedEnvironment[],
  version: string,
  people?: PeopleReport,
): AccessDocument {
  if (people === undefined) return { schemaVersion: SCHEMA_VERSION, version, environments: [...environments] };
  const counts = countsByChannel(people);
  const counted = environments.map((environment) => ({
    ...environment,
    channels: environment.channels.map((channel) => ({ ...channel, people: counts.get(channelKey(channel)) })),
  }));
  return { schemaVersion: SCHEMA_VERSION, version, peopleReadAt: people.readAt, environments: counted };
}

/** The key of a Slack channel across environments. */
export function channelKey({ workspace, channel }: { readonly workspace: string; readonly channel: string }): string {
  return `${workspace} ${channel}`;
}

/** A report's counts by the channel's key. Undefined: unknown. */
export function countsByChannel({ environments }: PeopleReport): ReadonlyMap<string, PeopleCounts | undefined> {
  return new Map(
    environments.flatMap(({ channels }) => channels.map((channel) => [channelKey(channel), channel.counts] as const)),
  );
}

/** Reads who can do what from an environment's Terraform. */
export function publishedEnvironment(environment: Environment, terraform: Terraform): PublishedEnvironment {
  const { roles, channels, unreadable } = readAccess(readStack(terraform));
  const levelOf = (address: string) => LEVELS.find((level) => addressOfLevel(level) === address);
  const roleOf = (level: AccessLevel) => {
    const role = roles.get(addressOfLevel(level));
    if (role && unreadable.length === 0) return role;
    throw new Error(`The Terraform of ${environment.name} can't be read: ${canonical(unreadable)}.`);
  };
  return {
    name: environment.name,
    account: environment.account,
    region: environment.region,
    accountAlias: environment.accountAlias,
    accesses: environment.accesses.map((props) => {
      const role = roleOf(props.access);
      return {
        access: props.access,
        roleArn: roleArnOf({ ...props, account: environment.account }),
        ...givenBy(role),
        policySource: props.policy ?? "customer-managed",
        permissionsBoundary: role.boundary,
        policy: documentOf(role.permissions),
        trust: documentOf(role.trust),
      };
    }),
    channels: channels.flatMap(({ workspace, channel, name, role }) => {
      const access = levelOf(role);
      return access ? [{ workspace, channel, name, access, ...givenBy(roleOf(access)) }] : [];
    }),
  };
}

function givenBy(role: RoleAccess): Pick<PublishedAccess, "capabilities" | "until"> {
  const until = endsOfRole(role);
  return { capabilities: capabilitiesOfRole(role), ...(Object.keys(until).length > 0 && { until }) };
}

function documentOf(statements: readonly Statement[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ effect, principals, actions, resources, conditions }) => ({
      Effect: effect,
      ...(principals && {
        [principals.not ? "NotPrincipal" : "Principal"]: grouped(principals.all.map(({ type, id }) => [type, id])),
      }),
      ...targeted("Action", { ...actions, patterns: actions.patterns.map(spelled) }),
      ...(resources && targeted("Resource", resources)),
      ...(conditions.length > 0 && { Condition: conditionsOf(conditions) }),
    })),
  };
}

function targeted(element: "Action" | "Resource", { not, patterns }: Targets): Record<string, readonly string[]> {
  return { [not ? `Not${element}` : element]: patterns };
}

function conditionsOf(conditions: Statement["conditions"]): Record<string, Record<string, readonly string[]>> {
  const all: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of conditions) all[operator] = { ...all[operator], [spelled(key)]: values };
  return all;
}

/** Groups values by key, sorted by key. */
function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [key, value] of [...pairs].sort()) groups[key] = [...(groups[key] ?? []), value];
  return groups;
}

/** A publication's access, in the form of access read from Terraform. */
export function accessOf({
  account,
  accesses,
  channels,
}: Pick<PublishedEnvironment, "account" | "accesses" | "channels">): EnvironmentAccess {
  const roles = accesses.map(({ access, roleArn, policy, trust, permissionsBoundary }): [string, RoleAccess] => {
    return [
      addressOfLevel(access),
      {
        ...pathAndNameOf(roleArn),
        permissions: readPolicy(JSON.stringify(policy)).statements,
        trust: readPolicy(JSON.stringify(trust)).statements,
        boundary: permissionsBoundary,
      },
    ];
  });
  return {
    ...NO_ACCESS,
    account,
    roles: new Map(roles),
    channels: channels.map(({ access, workspace, channel, name }) => ({
      ...{ workspace, channel, name, role: addressOfLevel(access), notify: NOTIFY_OF_NOTHING },
    })),
  };
}
