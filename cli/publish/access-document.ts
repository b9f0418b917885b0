import { z } from "zod";
import { ACCESS_LEVELS, type AccessLevel, addressOfLevel } from "../../modules/support-app/access-level";
import { CAPABILITIES, type Capability } from "../../modules/support-app/capability";
import { roleArnOf } from "../../modules/support-app/iam-names";
import { NOTIFY_OF_NOTHING } from "../../modules/support-app/notify";
import { messageOf } from "../../modules/support-app/printable";
import { describePath, pathInWords } from "../../modules/support-app/problem";
import { type Environment, LEVELS } from "../../stacks/environment";
import type { Terraform } from "../../stacks/portable";
import { CommandError } from "../command-error";
import { pathAndNameOf } from "../iam/arn";
import { readPolicy, type Statement, type Targets } from "../iam/policy";
import { canonical } from "../json";
import type { PeopleCounts, PeopleReport } from "../people-report";
import { spelled } from "../spelling";
import { type EnvironmentAccess, NO_ACCESS, type RoleAccess, readAccess } from "../terraform/access";
import { capabilitiesOfRole, endsOfRole } from "../terraform/capability-changes";
import { readStack } from "../terraform/stack";
import { readPublished } from "./published-folder";

/** Version of access.json's form. A change that breaks a reader counts it up. */
const SCHEMA_VERSION = 1;

const capabilities = z.array(z.enum(CAPABILITIES as [Capability, ...Capability[]]));
/** For those that have an end, the first second without them. */
const until = z.partialRecord(z.enum(CAPABILITIES as [Capability, ...Capability[]]), z.string()).optional();
const access = z.enum(Object.keys(ACCESS_LEVELS) as [AccessLevel, ...AccessLevel[]]);
const policyDocument = z.object({
  Version: z.literal("2012-10-17"),
  Statement: z.array(z.record(z.string(), z.unknown())),
});

/** Who can do what where: what access.json holds. */
const accessDocumentSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** Of what was published. */
  version: z.string(),
  /** When Slack was asked who is in the channels, in UTC. Undefined: nobody has asked. */
  peopleReadAt: z.string().optional(),
  /** In the order of their names. */
  environments: z.array(
    z.object({
      name: z.string(),
      account: z.string(),
      region: z.string(),
      /** What people in Slack see instead of the account's number. */
      accountAlias: z.string().optional(),
      accesses: z.array(
        z.object({
          access,
          roleArn: z.string(),
          /** What people can do, also what ends or has ended. */
          capabilities,
          until,
          /** Whose policy it is. AWS may change its own at any time: this is what it said when it was published. */
          policySource: z.enum(["customer-managed", "aws-managed"]),
          /** ARN of the permissions boundary, which may take capabilities away. */
          permissionsBoundary: z.string().optional(),
          /** All that the role's policies say, as one. */
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
          /** What everyone in it can do, also what ends or has ended. */
          capabilities,
          /** How many are in it. Undefined: it isn't known. */
          people: z
            .object({
              members: z.number(),
              guests: z.number(),
              strangers: z.number(),
              bots: z.number(),
              unseen: z.number(),
            })
            .optional(),
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
    `Received --since ${describePath(folder)} whose access.json is not as publish writes it (${pathInWords((issue?.path ?? []) as (string | number)[])}: ${messageOf(issue)}), expected an earlier publication. Check the name.`,
  );
}

/**
 * Who can do what where, of environments in the order of their names.
 *
 * @param people how many are in their channels
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

/** A channel in Slack, whatever environment it is of. */
export function channelKey({ workspace, channel }: { readonly workspace: string; readonly channel: string }): string {
  return `${workspace} ${channel}`;
}

/** What a report says of each channel, by its key. Undefined: it isn't known. */
export function countsByChannel({ environments }: PeopleReport): ReadonlyMap<string, PeopleCounts | undefined> {
  return new Map(
    environments.flatMap(({ channels }) => channels.map((channel) => [channelKey(channel), channel.counts] as const)),
  );
}

/** Reads who can do what out of an environment's Terraform. */
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
        permissionsBoundary: role.boundary?.policy,
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

/** Values by their key, in the order of the keys. */
function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [key, value] of [...pairs].sort()) groups[key] = [...(groups[key] ?? []), value];
  return groups;
}

/** The access of a publication, as that of its Terraform. */
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
        boundary: permissionsBoundary === undefined ? undefined : { policy: permissionsBoundary },
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
