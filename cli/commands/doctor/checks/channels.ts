import { roleArnOf } from "../../../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../../modules/support-app/model/notify";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { Channel, Environment } from "../../../../stacks/environments/environment";
import type { RoleWithRights } from "../../../aws/live-account";
import type { LiveChannel } from "../../../aws/live-channel";
import { knownOf } from "../../../aws/lookup";
import { judgeRole } from "../../../aws/role-judgement";
import { missingRoleDraft, type PlacedChannel, removeCommand, roleOfChannel } from "../../../findings/channel-findings";
import { type Draft, manualFix, unhealthy } from "../../../findings/finding";
import { GUIDE_TOPICS } from "../../../findings/kinds";
import { abilityWords } from "../../../iam/ability-words";
import {
  type Check,
  channelOf,
  deployFix,
  type Examined,
  isSameChannel,
  liveChannelOf,
  merged,
  type Outcome,
  unknownFinding,
} from "../check";

const CAN_NOTHING = "People in the channel can do nothing.";

/** The channels as the Support App has them. */
export const channels: Check = {
  permissions: [
    {
      Action: [
        "cloudformation:GetResource",
        "cloudformation:ListResources",
        "supportapp:ListSlackChannelConfigurations",
        "supportapp:ListSlackWorkspaceConfigurations",
      ],
      Resource: ["*"],
    },
  ],
  examine: (examined) => {
    const { channels: own, isWhole, account, slack } = examined;
    if ("unknown" in account.channels) {
      const { unknown } = account.channels;
      if (unknown.kind === "no-support-app") return { waitsFor: "region" };
      const all = { resource: "Slack channels", about: ["channel"] };
      return { findings: [unknownFinding(all, "to see them", unknown)] };
    }
    const found = account.channels.known;
    const pairs = own.map((channel) => ({ channel, live: found.find((one) => isSameChannel(one, channel)) }));
    const missing = pairs.flatMap(({ channel, live }) => (live ? [] : [channel]));
    const unregistered = missingWorkspaces(examined, missing);
    const privacy = `Whether a channel is private, and who is in it, can't be seen from AWS. Keep ${own.map(({ name }) => `#${name}`).join(", ")} private, and invite only those who need the cases.`;
    const others = found.filter((one) => isWhole && !own.some((channel) => isSameChannel(one, channel)));
    return merged([
      { findings: workspaceFindings(examined, missing, unregistered) },
      ...pairs.map(({ channel, live }) => ownOutcome(examined, channel, live, unregistered)),
      { notes: own.length > 0 && !slack ? [privacy] : [] },
      ...others.map((channel) => otherOutcome(examined, { ...channel, region: examined.environment.region })),
    ]);
  },
};

/**
 * Unregistered workspaces that the environment registers, or whose channels aren't configured. AWS configures no channel before
 * its workspace is registered, so a configured channel proves that its workspace is, even if this account can't see it.
 */
function missingWorkspaces(
  { environment, channels: own, isWhole, account }: Examined,
  missing: readonly Channel[],
): string[] {
  const registered = knownOf(account.workspaces);
  const listed = environment.slackWorkspaces.filter((id) => isWhole || own.some(({ workspace }) => workspace === id));
  const needed = new Set([...listed, ...missing.map(({ workspace }) => workspace)]);
  return registered === undefined ? [] : [...needed].filter((workspace) => !registered.includes(workspace));
}

function workspaceFindings(
  { environment, account: { workspaces } }: Examined,
  missing: readonly Channel[],
  unregistered: readonly string[],
): Draft[] {
  const { slackWorkspaces } = environment;
  if ("unknown" in workspaces) {
    const areNeeded = slackWorkspaces.length > 0 || missing.length > 0;
    const all = { resource: "Slack workspaces", about: ["workspace"] };
    return areNeeded ? [unknownFinding(all, "to see them", workspaces.unknown)] : [];
  }
  const text =
    "Deploy the environment, which registers the workspace and configures its channels. If the account is in no organization, or its organization hasn't authorized the workspace, first authorize it in the AWS Support Center Console, whose users need support-console: permissions.";
  const change = { "slack-workspaces": [...new Set([...slackWorkspaces, ...unregistered])] };
  return unregistered.map((workspace) => {
    const resource = `Slack workspace ${workspace}`;
    const of = { resource, about: ["workspace", workspace], impact: "No channel of the workspace can be configured." };
    const fix = deployFix(environment, text, slackWorkspaces.includes(workspace) ? undefined : change);
    return unhealthy(of, "registered for the account", "not registered", fix);
  });
}

function ownOutcome(
  { environment, account }: Examined,
  channel: Channel,
  found: LiveChannel | undefined,
  unregistered: readonly string[],
): Outcome {
  const of = channelOf(channel);
  // A channel can't be configured before its workspace is registered, so it waits for that.
  if (!found && unregistered.includes(channel.workspace)) return { unseen: [of.about] };
  const access = account.accesses.find(({ props }) => props.access === channel.access);
  // Stryker disable next-line StringLiteral: each channel belongs to an access level of its environment
  const role = access ? roleArnOf(access.props) : "";
  if (!found) {
    const text = "Deploy the environment, which configures the channel. The Support App must have been invited to it.";
    const nowhere = "not configured in this region of the account";
    return {
      findings: [
        unhealthy(
          { ...of, impact: CAN_NOTHING },
          `configured with the role ${role}`,
          nowhere,
          deployFix(environment, text),
        ),
      ],
    };
  }
  // The deploy that gives the role its ARN moves the channel to it.
  const live = access?.role;
  const isExplained =
    live !== undefined && "known" in live && live.known?.arn !== role && roleOfChannel(found) !== role;
  const waitsFor = isExplained ? "role" : undefined;
  if ("unknown" in found.properties) {
    return { findings: [unknownFinding(of, `the role ${role}`, found.properties.unknown)], waitsFor };
  }
  const properties = found.properties.known;
  const expected = Object.entries({
    ...(isExplained ? {} : { ChannelRoleArn: role }),
    ...notifyProperties(channel.notify ?? NOTIFY_OF_NOTHING),
  });
  const wrong = expected.filter(([name, value]) => (properties[name] ?? false) !== value);
  if (wrong.length === 0) return { waitsFor };
  const inWords = (name: string, value: unknown) => {
    const level = levelOf(environment, value);
    if (name === "ChannelRoleArn") return `the role ${value}${level ? ` of ${level} access` : ""}`;
    return `${name} ${value ?? "not set"}`;
  };
  const wanted = wrong.map(([name, value]) => inWords(name, value)).join(", ");
  const actual = wrong.map(([name]) => inWords(name, properties[name])).join(", ");
  const isAboutRole = wrong.some(([name]) => name === "ChannelRoleArn");
  const fix = deployFix(environment, "Deploy the environment, which corrects the channel in place.");
  const ofNotifications = { impact: "People in the channel see other notifications.", topic: undefined };
  return { findings: [unhealthy({ ...of, ...(isAboutRole ? {} : ofNotifications) }, wanted, actual, fix)], waitsFor };
}

function levelOf({ accesses }: Environment, roleArn: unknown) {
  return accesses.find((props) => roleArnOf(props) === roleArn)?.access;
}

/** A note on a channel that isn't in environments.yaml, or a finding. */
export function otherOutcome({ environment, account }: Examined, channel: PlacedChannel): Outcome {
  const { resource, about } = liveChannelOf(environment, channel);
  const of = { resource: `${resource}, which isn't in environments.yaml`, about };
  const { properties } = channel;
  if ("unknown" in properties) return { findings: [unknownFinding(of, "to see its role", properties.unknown)] };
  const { roles, time } = account;
  const arn = roleOfChannel(channel);
  const level = levelOf(environment, arn);
  if (level === undefined && "unknown" in roles) {
    return { findings: [unknownFinding(of, `to see what the role ${arn} may do`, roles.unknown)] };
  }
  const role = knownOf(roles)?.find((one) => one.arn === arn);
  if (level === undefined && role === undefined) {
    return { findings: [missingRoleDraft(of, environment.account, channel)] };
  }
  const can = role === undefined ? `have ${level} access, too` : othersAbility(role, time);
  // Without channels in environments.yaml, the roles of channels are chosen in the console.
  if (environment.channels.length === 0 || environment.otherChannels === "expected") {
    return { notes: [`People in ${of.resource}, ${can}.`] };
  }
  const keep =
    channel.region === environment.region
      ? "To keep the channel, add it to environments.yaml with adopt: true, and deploy."
      : `If people in it need access, first add it to environments.yaml, and deploy, which configures it in ${environment.region}.`;
  const from = channel.region === environment.region ? "" : ` from ${channel.region}`;
  const text = `${keep} If somebody else configures channels in this account, set other-channels: expected. Otherwise, remove it${from} with this command:`;
  const fix = manualFix(text, removeCommand(environment.account, channel));
  const found = `the role ${arn}`;
  const expected = "only the channels of environments.yaml";
  const inIt = { ...of, impact: `People in it ${can}.`, topic: GUIDE_TOPICS.restrictUsers };
  return { findings: [unhealthy(inIt, expected, found, fix)] };
}

/** What people in a channel with a role that isn't in environments.yaml can do. */
function othersAbility(role: RoleWithRights, time: Date): string {
  const { ability } = judgeRole(role, inSeconds(time));
  if (ability === undefined) return `have its role ${role.arn}, and what that may do isn't known`;
  return `can ${abilityWords(ability)} with its role ${role.arn}`;
}
