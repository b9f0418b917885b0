import { channelKey } from "../../../../modules/support-app/model/channel-set";
import { differingProperties } from "../../../../modules/support-app/model/cloud-control-types";
import { roleArnOf } from "../../../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../../modules/support-app/model/notify";
import { accessWords, isSameOwner } from "../../../../modules/support-app/model/team";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { Channel, Environment } from "../../../../stacks/environments/environment";
import type { RoleWithRights } from "../../../aws/live-account";
import type { LiveChannel } from "../../../aws/live-channel";
import { valueIfKnown } from "../../../aws/lookup";
import { judgeRole } from "../../../aws/role-judgement";
import { missingRoleDraft, type PlacedChannel, removeCommand, roleOfChannel } from "../../../findings/channel-findings";
import { type Draft, manualFix, unhealthy } from "../../../findings/finding";
import { GUIDE_TOPICS } from "../../../findings/kinds";
import { abilityWords } from "../../../iam/ability-words";
import {
  channelLocation,
  type DoctorCheck,
  deployFix,
  type Examination,
  liveChannelOf,
  mergeOutcomes,
  type Outcome,
  unknownFinding,
} from "../check";

const CAN_NOTHING = "People in the channel can do nothing.";

/** The channels as the Support App has them. */
export const channels: DoctorCheck = {
  examine: (examination) => {
    const { channels: fileChannels, isWhole, account, slack } = examination;
    if ("unknown" in account.channels) {
      const { unknown } = account.channels;
      if (unknown.kind === "no-support-app") return { waitsFor: "region" };
      const draft = { resource: "Slack channels", about: ["channel"] };
      return { findings: [unknownFinding(draft, "to see them", unknown)] };
    }
    const liveChannels = account.channels.known;
    const pairs = fileChannels.map((channel) => ({
      channel,
      live: liveChannels.find((liveChannel) => channelKey(liveChannel) === channelKey(channel)),
    }));
    const missing = pairs.flatMap(({ channel, live }) => (live ? [] : [channel]));
    const unregisteredWorkspaces = missingWorkspaces(examination, missing);
    const privacy = `Whether a channel is private, and who is in it, can't be seen from AWS. Keep ${fileChannels.map(({ name }) => `#${name}`).join(", ")} private, and invite only those who need the cases.`;
    const otherChannels = liveChannels.filter(
      (liveChannel) => isWhole && !fileChannels.some((channel) => channelKey(liveChannel) === channelKey(channel)),
    );
    return mergeOutcomes([
      { findings: workspaceFindings(examination, missing, unregisteredWorkspaces) },
      ...pairs.map(({ channel, live }) => ownOutcome(examination, channel, live, unregisteredWorkspaces)),
      { notes: fileChannels.length > 0 && !slack ? [privacy] : [] },
      ...otherChannels.map((channel) =>
        otherOutcome(examination, { ...channel, region: examination.environment.region }),
      ),
    ]);
  },
};

/**
 * Unregistered workspaces that the environment registers, or whose channels aren't configured. AWS configures no channel before
 * its workspace is registered, so a configured channel proves that its workspace is, even if this account can't see it.
 */
function missingWorkspaces(
  { environment, channels: fileChannels, isWhole, account }: Examination,
  missing: readonly Channel[],
): string[] {
  const registeredWorkspaces = valueIfKnown(account.workspaces);
  const listedWorkspaces = environment.slackWorkspaces.filter(
    (id) => isWhole || fileChannels.some(({ workspace }) => workspace === id),
  );
  const neededWorkspaces = new Set([...listedWorkspaces, ...missing.map(({ workspace }) => workspace)]);
  return registeredWorkspaces === undefined
    ? []
    : [...neededWorkspaces].filter((workspace) => !registeredWorkspaces.includes(workspace));
}

function workspaceFindings(
  { environment, account: { workspaces } }: Examination,
  missing: readonly Channel[],
  unregisteredWorkspaces: readonly string[],
): Draft[] {
  const { slackWorkspaces } = environment;
  if ("unknown" in workspaces) {
    const areNeeded = slackWorkspaces.length > 0 || missing.length > 0;
    const draft = { resource: "Slack workspaces", about: ["workspace"] };
    return areNeeded ? [unknownFinding(draft, "to see them", workspaces.unknown)] : [];
  }
  const text =
    "Deploy the environment, which registers the workspace and configures its channels. If the account is in no organization, or its organization hasn't authorized the workspace, first authorize it in the AWS Support Center Console, whose users need support-console: permissions.";
  const change = { "slack-workspaces": [...new Set([...slackWorkspaces, ...unregisteredWorkspaces])] };
  return unregisteredWorkspaces.map((workspace) => {
    const resource = `Slack workspace ${workspace}`;
    const location = {
      resource,
      about: ["workspace", workspace],
      impact: "No channel of the workspace can be configured.",
    };
    const fix = deployFix(environment, text, slackWorkspaces.includes(workspace) ? undefined : change);
    return unhealthy(location, "registered for the account", "not registered", fix);
  });
}

function ownOutcome(
  { environment, account }: Examination,
  channel: Channel,
  liveChannel: LiveChannel | undefined,
  unregisteredWorkspaces: readonly string[],
): Outcome {
  const location = channelLocation(channel);
  // A channel can't be configured before its workspace is registered, so it waits for that.
  if (!liveChannel && unregisteredWorkspaces.includes(channel.workspace)) return {};
  const access = account.accesses.find(({ props }) => isSameOwner(props, channel));
  // Stryker disable next-line StringLiteral: each channel belongs to an access of its environment
  const role = access ? roleArnOf(access.props) : "";
  if (!liveChannel) {
    const text = "Deploy the environment, which configures the channel. The Support App must have been invited to it.";
    const absence = "not configured in this region of the account";
    return {
      findings: [
        unhealthy(
          { ...location, impact: CAN_NOTHING },
          `configured with the role ${role}`,
          absence,
          deployFix(environment, text),
        ),
      ],
    };
  }
  // The deploy that gives the role its ARN moves the channel to it.
  const live = access?.role;
  const isExplained =
    live !== undefined && "known" in live && live.known?.arn !== role && roleOfChannel(liveChannel) !== role;
  const waitsFor = isExplained ? "role" : undefined;
  if ("unknown" in liveChannel.properties) {
    return { findings: [unknownFinding(location, `the role ${role}`, liveChannel.properties.unknown)], waitsFor };
  }
  const properties = liveChannel.properties.known;
  const expected = {
    ...(isExplained ? {} : { ChannelRoleArn: role }),
    ...notifyProperties(channel.notify ?? NOTIFY_OF_NOTHING),
  };
  const wrong = differingProperties(expected, properties);
  if (wrong.length === 0) return { waitsFor };
  const inWords = (name: string, value: unknown) => {
    const owner = ownerOf(environment, value);
    if (name === "ChannelRoleArn") return `the role ${value}${owner ? ` of ${accessWords(owner)}` : ""}`;
    return `${name} ${value ?? "not set"}`;
  };
  const wantedWords = wrong.map((property) => inWords(property.name, property.expected)).join(", ");
  const actual = wrong.map(({ name, live: liveValue }) => inWords(name, liveValue)).join(", ");
  const isAboutRole = wrong.some(({ name }) => name === "ChannelRoleArn");
  const fix = deployFix(environment, "Deploy the environment, which corrects the channel in place.");
  const ofNotifications = { impact: "People in the channel see other notifications.", topic: undefined };
  return {
    findings: [unhealthy({ ...location, ...(isAboutRole ? {} : ofNotifications) }, wantedWords, actual, fix)],
    waitsFor,
  };
}

function ownerOf({ accesses }: Environment, roleArn: unknown) {
  return accesses.find((props) => roleArnOf(props) === roleArn);
}

/** A note on a channel that isn't in environments.yaml, or a finding. */
export function otherOutcome({ environment, account }: Examination, channel: PlacedChannel): Outcome {
  const { resource, about } = liveChannelOf(environment, channel);
  const location = { resource: `${resource}, which isn't in environments.yaml`, about };
  const { properties } = channel;
  if ("unknown" in properties) return { findings: [unknownFinding(location, "to see its role", properties.unknown)] };
  const { roles, time } = account;
  const arn = roleOfChannel(channel);
  const owner = ownerOf(environment, arn);
  if (owner === undefined && "unknown" in roles) {
    return { findings: [unknownFinding(location, `to see what the role ${arn} may do`, roles.unknown)] };
  }
  const role = valueIfKnown(roles)?.find((liveRole) => liveRole.arn === arn);
  const ownWords = owner && `have ${accessWords(owner)}, too`;
  const abilityWords = role === undefined ? ownWords : othersAbility(role, time);
  if (abilityWords === undefined) {
    return { findings: [missingRoleDraft(location, environment.account, channel)] };
  }
  // Without channels in environments.yaml, the roles of channels are chosen in the console.
  if (environment.channels.length === 0 || environment.otherChannels) {
    return { notes: [`People in ${location.resource}, ${abilityWords}.`] };
  }
  const keep =
    channel.region === environment.region
      ? "To keep the channel, add it to environments.yaml with adopt: true, and deploy."
      : `If people in it need access, first add it to environments.yaml, and deploy, which configures it in ${environment.region}.`;
  const regionWords = channel.region === environment.region ? "" : ` from ${channel.region}`;
  const text = `${keep} If somebody else configures channels in this account, set other-channels: true. Otherwise, remove it${regionWords} with this command:`;
  const fix = manualFix(text, removeCommand(environment.account, channel));
  const actual = `the role ${arn}`;
  const expected = "only the channels of environments.yaml";
  const inIt = { ...location, impact: `People in it ${abilityWords}.`, topic: GUIDE_TOPICS.restrictUsers };
  return { findings: [unhealthy(inIt, expected, actual, fix)] };
}

/** What people in a channel with a role that isn't in environments.yaml can do. */
function othersAbility(role: RoleWithRights, time: Date): string {
  const { ability } = judgeRole(role, inSeconds(time));
  if (ability === undefined) return `have its role ${role.arn}, and what that may do isn't known`;
  return `can ${abilityWords(ability)} with its role ${role.arn}`;
}
