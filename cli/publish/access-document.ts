import type { AccessLevel } from "../../modules/support-app/access-level";
import type { Capability } from "../../modules/support-app/capability";
import { roleArnOf } from "../../modules/support-app/iam-names";
import type { Environment } from "../../stacks/environment";
import { portableEnvironment } from "../../stacks/portable";
import { readAccess } from "../review/access";
import { capabilitiesOf } from "../review/classify";
import type { Statement } from "../review/policy";
import { spelled } from "../spelling";

/** Version of access.json's form. A change that breaks a reader counts it up. */
const SCHEMA_VERSION = 1;

/** Who can do what where: what access.json holds. */
export interface AccessDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Of what was published. */
  readonly version: string;
  /** In the order of their names. */
  readonly environments: readonly PublishedEnvironment[];
}

/** An environment, as its Terraform has it. */
export interface PublishedEnvironment {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** What people in Slack see instead of the account's number. */
  readonly accountAlias?: string;
  readonly accesses: readonly PublishedAccess[];
  readonly channels: readonly PublishedChannel[];
}

/** An access level of an environment. */
export interface PublishedAccess {
  readonly access: AccessLevel;
  readonly roleArn: string;
  readonly capabilities: readonly Capability[];
  /** ARN of the permissions boundary, which may take capabilities away. */
  readonly permissionsBoundary?: string;
  /** All that the role's policies say, as one. */
  readonly policy: PolicyDocument;
  /** Who may assume the role. */
  readonly trust: PolicyDocument;
}

/** A policy in IAM's own form. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** A channel, and what everyone in it can do. */
export interface PublishedChannel {
  readonly workspace: string;
  readonly channel: string;
  /** In Slack. */
  readonly name: string;
  readonly access: AccessLevel;
  readonly capabilities: readonly Capability[];
}

/** Reads who can do what out of the environments' Terraform. */
export function accessDocument(environments: readonly Environment[], version: string): AccessDocument {
  return { schemaVersion: SCHEMA_VERSION, version, environments: environments.map(publishedEnvironment) };
}

function publishedEnvironment(environment: Environment): PublishedEnvironment {
  const { roles, channels, unreadable } = readAccess(portableEnvironment(environment));
  const levelOf = (role: string) => role.replaceAll("_", "-") as AccessLevel;
  const roleOf = (address: string) => {
    const role = roles.get(address);
    if (role && unreadable.length === 0) return role;
    throw new Error(`The Terraform of ${environment.name} can't be read: ${unreadable.join(", ")}.`);
  };
  return {
    name: environment.name,
    account: environment.account,
    region: environment.region,
    accountAlias: environment.accountAlias,
    accesses: environment.accesses.map((props) => {
      const role = roleOf(props.access.replaceAll("-", "_"));
      return {
        access: props.access,
        roleArn: roleArnOf({ ...props, account: environment.account }),
        capabilities: capabilitiesOf(role),
        permissionsBoundary: role.boundary || undefined,
        policy: policyDocument(role.permissions),
        trust: policyDocument(role.trust),
      };
    }),
    channels: [...channels].map(([key, { name, role }]) => {
      const [workspace = "", channel = ""] = key.split(" ");
      return { workspace, channel, name, access: levelOf(role), capabilities: capabilitiesOf(roleOf(role)) };
    }),
  };
}

function policyDocument(statements: readonly Statement[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ effect, principals, actions, resources, conditions }) => ({
      Effect: effect,
      ...(principals.length > 0
        ? { Principal: grouped(principals.map((one) => one.split(" ") as [string, string])) }
        : {}),
      Action: actions.map(spelled),
      ...(resources.length > 0 ? { Resource: resources } : {}),
      ...(conditions.length > 0
        ? {
            Condition: conditionsOf(conditions),
          }
        : {}),
    })),
  };
}

function conditionsOf(conditions: Statement["conditions"]): Record<string, Record<string, unknown[]>> {
  const all: Record<string, Record<string, unknown[]>> = {};
  for (const { test, key, values } of conditions)
    all[test] = { ...all[test], [spelled(key)]: values.map((value) => JSON.parse(value)) };
  return all;
}

/** Values by their key, in the order of the keys. */
function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [key, value] of [...pairs].sort()) groups[key] = [...(groups[key] ?? []), value];
  return groups;
}
