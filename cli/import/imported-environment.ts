import type { AccessLevel } from "../../modules/support-app/access-level";
import {
  SLACK_CHANNEL,
  SLACK_CHANNEL_NAME,
  SLACK_WORKSPACE,
  TAG_KEY,
  TAG_VALUE,
} from "../../modules/support-app/limits";
import { type Notify, notifyOf, notifyProblems, notifyProperties } from "../../modules/support-app/notify";
import { printable } from "../../modules/support-app/printable";
import { LEVELS } from "../../stacks/environment";
import type { ChannelEntry, EnvironmentEntry } from "../../stacks/environments-schema";
import type { LiveChannel } from "../aws/live-channel";
import { accountOfArn } from "../iam/arn";
import type { Fields } from "../json";
import { type Adoption, adoptionOf, type Unsayable } from "./adoption";
import { expectKnown } from "./expect-known";
import type { Asked, LiveSetup, Tags } from "./live-setup";

/** An account as an environment, and what that leaves as it is. */
export interface ImportedEnvironment {
  /** Without channels, which Terraform can't import. */
  readonly entry: EnvironmentEntry;
  /** By access level, at least one unless nothing can be said. */
  readonly adoptions: readonly Adoption[];
  /** Roles that aren't in the environment, each with why. */
  readonly leftRoles: readonly Unsayable[];
  /** The channels to hand over, of each access level. */
  readonly channels: readonly ImportedChannel[];
  /** Channels that can't be handed over, each with why. */
  readonly leftChannels: readonly LeftChannel[];
}

/** A channel that the environment can have, once it is handed over. */
export interface ImportedChannel {
  readonly access: AccessLevel;
  readonly entry: ChannelEntry;
  /** What Cloud Control calls it. */
  readonly identifier: string;
}

/** A channel that stays as it is. */
export interface LeftChannel {
  /** What it is called, such as `#oncall (C01 of T01)`. */
  readonly label: string;
  readonly why: string;
}

/** What environments.yaml can say of an account. */
export function importedEnvironment({ account, region }: Asked, setup: LiveSetup): ImportedEnvironment {
  const judged = setup.roles.map((role) => adoptionOf(role, account));
  const count = ({ role }: Adoption) => setup.channels.filter((channel) => roleArnOf(channel) === role.arn).length;
  const sayable = judged
    .filter((one) => "access" in one)
    .sort((one, other) => count(other) - count(one) || one.role.name.localeCompare(other.role.name, "en"));
  const adoptions: Adoption[] = [];
  const leftRoles: Unsayable[] = judged.filter((one) => "why" in one);
  for (const adoption of sayable) {
    const { role, access, policy } = adoption;
    const twin = adoptions.find((other) => other.access === access);
    const samePolicy = adoptions.find(
      (other) => accountOfArn(policy.arn) === account && other.policy.arn === policy.arn,
    );
    if (twin)
      leftRoles.push({
        role,
        why: [`it is ${access}, and so is ${twin.role.name}: an environment has each access level once`],
      });
    else if (samePolicy)
      leftRoles.push({
        role,
        why: [`it shares its policy ${policy.name} with ${samePolicy.role.name}, and each access level has its own`],
      });
    else adoptions.push(adoption);
  }
  adoptions.sort((one, other) => LEVELS.indexOf(one.access) - LEVELS.indexOf(other.access));
  const channels: ImportedChannel[] = [];
  const leftChannels: LeftChannel[] = [];
  for (const live of setup.channels) {
    const found = channelOf(live, adoptions);
    if ("entry" in found) channels.push(found);
    else leftChannels.push(found);
  }
  const levels = adoptions.map(({ access, entry, role }) => {
    const tags = sayableTags(role.tags);
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

/** Those of the tags that environments.yaml can say. AWS's own are nobody's to set. */
export function sayableTags(tags: Tags): Tags {
  const isOne = (key: string, value: string) =>
    TAG_KEY.pattern.test(key) &&
    TAG_VALUE.pattern.test(value) &&
    [key, value].every((text) => printable(text) === text);
  return new Map([...tags].filter(([key, value]) => isOne(key, value)));
}

function roleArnOf({ properties }: LiveChannel): unknown {
  return expectKnown(properties).ChannelRoleArn;
}

function channelOf(live: LiveChannel, adoptions: readonly Adoption[]): ImportedChannel | LeftChannel {
  const { identifier, workspace, channel, roleExists } = live;
  const properties = expectKnown(live.properties);
  const adoption = adoptions.find(({ role }) => role.arn === properties.ChannelRoleArn);
  const name = properties.ChannelName;
  const label = `${name === undefined ? "a channel" : `#${name}`} (${channel} of ${workspace})`;
  const left = (why: string): LeftChannel => ({ label, why });
  if (roleExists && expectKnown(roleExists) === false)
    return left(`its role ${properties.ChannelRoleArn} doesn't exist, so that people in it can do nothing`);
  if (!adoption) return left(`its role ${properties.ChannelRoleArn} isn't one of the environment`);
  if (name === undefined) return left("AWS has no name of it, and environments.yaml wants one");
  if (!SLACK_CHANNEL_NAME.pattern.test(String(name))) return left(`its name isn't ${SLACK_CHANNEL_NAME.expected}`);
  if (!SLACK_WORKSPACE.pattern.test(workspace) || !SLACK_CHANNEL.pattern.test(channel))
    return left("its IDs aren't those of Slack");
  const notify = notifyIn(properties);
  if (!notify) return left("its notification settings are none that AWS takes");
  const { severity, on = [] } = notify;
  const entry: ChannelEntry = {
    name: String(name),
    workspace,
    channel,
    ...(severity !== "none" && { notify: { severity, on: [...on] } }),
  };
  return { access: adoption.access, entry, identifier };
}

/** What a channel is notified of. A flag that isn't there isn't set. */
function notifyIn(properties: Fields): Notify | undefined {
  const flags = notifyProperties({ severity: "none" });
  const notify = notifyOf(
    Object.fromEntries(Object.entries(flags).map(([name, unset]) => [name, properties[name] ?? unset])),
  );
  return notify && notifyProblems(notify).length === 0 ? notify : undefined;
}
