import type {
  ENVIRONMENT_PROPERTIES,
  PropertyOf,
  RegisteredWorkspace,
  ValueOf,
} from "../../modules/support-app/model/properties";
import type { OwnedAccess, RoleOwner } from "../../modules/support-app/model/team";

/** One AWS account in one region, with everything that environments.yaml has about it and the defaults filled in. */
export interface Environment {
  /** Name of the environment, of its stack and of its state. */
  readonly name: string;
  /** The AWS account, 12 digits. */
  readonly account: string;
  /** Whether a deploy removes everything. The properties below still describe what it had. */
  readonly retired: boolean;
  /** The tier in rules.yaml. Undefined: rules.yaml has no tiers, or doesn't exist. */
  readonly tier?: string;
  /** Whether it is deployed before the environments that aren't canaries. */
  readonly canary: boolean;
  /** The AWS region. */
  readonly region: string;
  /** Where the state is kept. */
  readonly backend: BackendEntry;
  /** The AWS profile whose credentials are used. Undefined: the credentials of the process, which come first. */
  readonly profile?: string;
  /** The role that Terraform assumes to deploy. Undefined: the credentials are used as they are. */
  readonly deployRole?: AssumedRole;
  /** The role that is assumed to read: for plans that nobody applies, and by doctor. Undefined: the deploy-role, if there is one. */
  readonly planRole?: AssumedRole;
  /** What people in the channels may do, one entry for each access level that the environment has, then one for each team. */
  readonly accesses: readonly OwnedAccess[];
  /** The channels of every access level and team. */
  readonly channels: readonly Channel[];
  /** Whether the account may have channels that the file doesn't. */
  readonly otherChannels: boolean;
  /** The Slack workspaces to register for the account. */
  readonly slackWorkspaces: readonly RegisteredWorkspace[];
  /** What people in Slack see instead of the account's number. Undefined: nothing is set. */
  readonly accountAlias?: string;
}

/** A role that is assumed, and how. */
export interface AssumedRole {
  readonly arn: string;
  /** What the role's trust policy requires of whoever assumes it. Undefined: nothing. */
  readonly externalId?: string;
  /** Undefined: whoever assumes it chooses the name. */
  readonly sessionName?: string;
}

/** Where the state is kept, as it is written. */
export type BackendEntry = ValueOf<(typeof ENVIRONMENT_PROPERTIES)["backend"]>;

/** One channel as it is written. */
export type ChannelEntry = ValueOf<(typeof ENVIRONMENT_PROPERTIES)["full"]["properties"]["channels"]["item"]>;

/** One channel, and whose access everyone in it has. Its requirements in Slack come from environments.yaml and from rules.yaml. */
export interface Channel extends PropertiesOf<ChannelEntry>, RoleOwner {}

/** The keys of a mapping of environments.yaml as properties. */
export type PropertiesOf<Entry> = { [Key in keyof Entry as PropertyOf<Key & string>]: Entry[Key] };

/** What an environment has once it is deployed: nothing but its place, if it is retired. */
export function withoutRetired(environment: Environment): Environment {
  if (!environment.retired) return environment;
  return { ...environment, accesses: [], channels: [], slackWorkspaces: [], accountAlias: undefined };
}

/** The role that is assumed to read an environment's account. Undefined: the credentials are used as they are. */
export function readerRoleOf({ planRole, deployRole }: Pick<Environment, "planRole" | "deployRole">) {
  return planRole ?? deployRole;
}
