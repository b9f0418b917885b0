import type { AccessLevel } from "../../../modules/support-app/model/access-level";
import {
  SLACK_CHANNEL,
  SLACK_CHANNEL_NAME,
  SLACK_WORKSPACE,
  TAG_KEY,
  TAG_VALUE,
} from "../../../modules/support-app/model/limits";
import { type Notify, notifyOf, notifyProblems, notifyProperties } from "../../../modules/support-app/model/notify";
import { printable } from "../../../modules/support-app/model/printable";
import { LEVELS } from "../../../stacks/environments/environment";
import type { ChannelEntry, EnvironmentEntry } from "../../../stacks/environments/environments-schema";
import type { LiveChannel } from "../../aws/live-channel";
import type { Fields } from "../../terminal/json";
import { type Adoption, adoptionOf, type InexpressibleRole } from "./adoption";
import { expectKnown } from "./expect-known";
import type { Asked, LiveSetup, Tags, TrustingRole } from "./live-setup";

/** An account as an environment, and what stays outside it. */
export interface ImportedEnvironment {
  /** Without channels, which Terraform can't import. */
  readonly entry: EnvironmentEntry;
  /** By access level. Empty: no role can be imported. */
  readonly adoptions: readonly Adoption[];
  /** Roles that aren't in the environment, each with why. */
  readonly leftRoles: readonly InexpressibleRole[];
  /** The channels to hand over, of each access level. */
  readonly channels: readonly ImportedChannel[];
  /** Channels that can't be handed over, each with why. */
  readonly leftChannels: readonly LeftChannel[];
}

/** A channel that the environment can have, once it is handed over. */
export interface ImportedChannel {
  readonly access: AccessLevel;
  readonly entry: ChannelEntry;
  /** Cloud Control's identifier. */
  readonly identifier: string;
}

/** A channel that stays outside the environment. */
export interface LeftChannel {
  /** Its name in reports, such as `#oncall (C01 of T01)`. */
  readonly label: string;
  readonly why: string;
  /** Its role, if the Support App may assume it. */
  readonly role?: TrustingRole;
}

/**
 * Expresses an account in environments.yaml.
 *
 * @param now the current time: what has ended is left out
 */
export function importedEnvironment({ account, region }: Asked, setup: LiveSetup, now: Date): ImportedEnvironment {
  const results = setup.roles.map((role) => adoptionOf(role, account, now));
  const count = ({ role }: Adoption) => setup.channels.filter((channel) => liveRoleArn(channel) === role.arn).length;
  const expressible = results
    .filter((one) => "access" in one)
    .sort((one, other) => count(other) - count(one) || one.role.name.localeCompare(other.role.name, "en"));
  const adoptions: Adoption[] = [];
  const leftRoles: InexpressibleRole[] = results.filter((one) => "why" in one);
  for (const adoption of expressible) {
    const { role, access } = adoption;
    const twin = adoptions.find((other) => other.access === access);
    const shared = adoptions.flatMap((other) => {
      const policy = sharedPolicy(adoption, other) ?? sharedPolicy(other, adoption);
      return policy?.startsWith(`arn:aws:iam::${account}:`) ? [{ policy, twin: other.role.name }] : [];
    });
    if (twin) leftRoles.push({ role, why: [{ kind: "second-of-level", access, twin: twin.role.name }] });
    else if (shared[0]) leftRoles.push({ role, why: [{ kind: "shared-policy", ...shared[0] }] });
    else adoptions.push(adoption);
  }
  adoptions.sort((one, other) => LEVELS.indexOf(one.access) - LEVELS.indexOf(other.access));
  const channels: ImportedChannel[] = [];
  const leftChannels: LeftChannel[] = [];
  for (const live of setup.channels) {
    const found = channelOf(live, setup, adoptions);
    if ("entry" in found) channels.push(found);
    else leftChannels.push(found);
  }
  const levels = adoptions.map(({ access, entry, role }) => {
    const tags = expressibleTags(role.tags);
    return [access, { ...entry, ...(tags.size > 0 && { tags: Object.fromEntries(tags) }) }];
  });
  return {
    entry: { account, region, ...Object.fromEntries(levels) } as EnvironmentEntry,
    adoptions,
    leftRoles,
    channels,
    leftChannels,
  };
}

/** The policy of one role that another one has as policy or as boundary. */
function sharedPolicy({ policy: { arn } }: Adoption, { policy, role }: Adoption): string | undefined {
  return arn === policy.arn || arn === role.boundary ? arn : undefined;
}

/** The tags that environments.yaml can express. AWS's own can't be set. */
export function expressibleTags(tags: Tags): Tags {
  const isExpressible = (key: string, value: string) =>
    TAG_KEY.pattern.test(key) &&
    TAG_VALUE.pattern.test(value) &&
    [key, value].every((text) => printable(text) === text);
  return new Map([...tags].filter(([key, value]) => isExpressible(key, value)));
}

/** A channel's name in reports. */
export function labelOf({ workspace, channel, properties }: LiveChannel): string {
  const name = expectKnown(properties).ChannelName;
  return `${name === undefined ? "a channel" : `#${name}`} (${channel} of ${workspace})`;
}

/** ARN of the role of a channel. */
export function liveRoleArn({ properties }: LiveChannel): unknown {
  return expectKnown(properties).ChannelRoleArn;
}

function channelOf(
  live: LiveChannel,
  { roles, roleArns }: LiveSetup,
  adoptions: readonly Adoption[],
): ImportedChannel | LeftChannel {
  const { identifier, workspace, channel } = live;
  const properties = expectKnown(live.properties);
  const adoption = adoptions.find(({ role }) => role.arn === properties.ChannelRoleArn);
  const name = properties.ChannelName;
  const label = labelOf(live);
  const role = roles.find(({ arn }) => arn === properties.ChannelRoleArn);
  const left = (why: string): LeftChannel => ({ label, why, role });
  if (!roleArns.includes(String(properties.ChannelRoleArn)))
    return left(`its role ${properties.ChannelRoleArn} doesn't exist in the account`);
  if (!adoption) return left(`its role ${properties.ChannelRoleArn} isn't one of the environment`);
  if (name === undefined) return left("AWS has no name for it, and environments.yaml requires one");
  if (!SLACK_CHANNEL_NAME.pattern.test(String(name))) return left(`its name isn't ${SLACK_CHANNEL_NAME.expected}`);
  if (!SLACK_WORKSPACE.pattern.test(workspace) || !SLACK_CHANNEL.pattern.test(channel))
    return left("its IDs aren't Slack IDs");
  const notify = notifyIn(properties);
  if (!notify) return left("AWS wouldn't accept its notification settings");
  const { severity, on = [] } = notify;
  const entry: ChannelEntry = {
    name: String(name),
    workspace,
    channel,
    ...(severity !== "none" && { notify: { severity, on: [...on] } }),
  };
  return { access: adoption.access, entry, identifier };
}

/** What a channel is notified of. A missing flag isn't set. */
function notifyIn(properties: Fields): Notify | undefined {
  const flags = notifyProperties({ severity: "none" });
  const notify = notifyOf(
    Object.fromEntries(Object.entries(flags).map(([name, unset]) => [name, properties[name] ?? unset])),
  );
  return notify && notifyProblems(notify).length === 0 ? notify : undefined;
}
