import { SLACK_CHANNEL_TYPE } from "../../../../modules/support-app/model/cloud-control-types";
import { roleArnOf } from "../../../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../../modules/support-app/model/notify";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { Channel, Environment } from "../../../../stacks/environments/environment";
import { inAccount, quoted } from "../../../aws/commands";
import type { LiveChannel } from "../../../aws/live-channel";
import { knownOf, type Lookup, mapped } from "../../../aws/lookup";
import { abilityWords } from "../../../iam/ability-words";
import { accountOfArn } from "../../../iam/arn";
import {
  type Check,
  channelOf,
  deployFix,
  type Examined,
  type Finding,
  type Fix,
  liveChannelOf,
  merged,
  type Outcome,
  removeCommand,
  unknownFinding,
} from "../check";
import { GUIDE_TOPICS } from "../guide-topic";
import { isGone, readDocuments } from "../live-access";
import { isPathSettable } from "./role";

const topic = GUIDE_TOPICS.invalidRole;

/** The channels as the Support App has them: Terraform doesn't see changes there. */
export const channels: Check = {
  name: "channels",
  sentence: "Each Slack channel is configured, with the role and notifications of environments.yaml.",
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
    const { environment, account, slack } = examined;
    if ("unknown" in account.channels) {
      const { unknown } = account.channels;
      if (unknown.kind === "no-support-app") return { findings: [], waitsFor: "region" };
      const all = { subject: "Slack channels", about: ["channel"] };
      return { findings: [unknownFinding(all, "to see them", unknown, topic)] };
    }
    const found = account.channels.known;
    const liveOf = (channel: Channel) => found.find((one) => isSameChannel(one, channel));
    const missing = environment.channels.filter((channel) => !liveOf(channel));
    const unregistered = missingWorkspaces(examined, missing);
    const names = environment.channels.map(({ name }) => `#${name}`);
    const privacy = `Whether a channel is private, and who is in it, can't be seen from AWS. Keep ${names.join(", ")} private, and invite only those who need the cases.`;
    return merged([
      { findings: workspaceFindings(examined, missing, unregistered) },
      ...environment.channels.map((channel) => own(examined, channel, liveOf(channel), unregistered)),
      { notes: names.length > 0 && !slack ? [privacy] : [] },
      ...found
        .filter((one) => !environment.channels.some((channel) => isSameChannel(one, channel)))
        .map((channel) => other(examined, channel)),
    ]);
  },
};

/** Whether a channel of the account is this one of environments.yaml. */
export function isSameChannel(found: LiveChannel, { workspace, channel }: Channel): boolean {
  return found.workspace === workspace && found.channel === channel;
}

/**
 * Unregistered workspaces that the environment registers, or whose channels aren't configured. AWS configures no channel before
 * its workspace is registered, so a configured channel proves that its workspace is, even if this account can't see it.
 */
function missingWorkspaces({ environment, account }: Examined, missing: readonly Channel[]): readonly string[] {
  const registered = knownOf(account.workspaces);
  const needed = new Set([...environment.slackWorkspaces, ...missing.map(({ workspace }) => workspace)]);
  return registered === undefined ? [] : [...needed].filter((workspace) => !registered.includes(workspace));
}

function workspaceFindings(
  { environment, whole, account: { workspaces } }: Examined,
  missing: readonly Channel[],
  unregistered: readonly string[],
): Finding[] {
  if ("unknown" in workspaces) {
    const areNeeded = environment.slackWorkspaces.length > 0 || missing.length > 0;
    const all = { subject: "Slack workspaces", about: ["workspace"] };
    return areNeeded ? [unknownFinding(all, "to see them", workspaces.unknown, topic)] : [];
  }
  return unregistered.map((workspace) => ({
    answer: "unhealthy",
    subject: `Slack workspace ${workspace}`,
    about: ["workspace", workspace],
    expected: "registered for the account",
    found: "not registered",
    topic,
    fix: whole.slackWorkspaces.includes(workspace)
      ? deployFix(environment, "Deploy the environment, which registers the workspace and configures its channels.")
      : deployFix(
          environment,
          "If the account's organization has authorized the workspace, register it. Otherwise, authorize it in the AWS Support Center Console, whose users need support-console: permissions. Then deploy, which configures its channels.",
          { "slack-workspaces": [...new Set([...whole.slackWorkspaces, ...unregistered])] },
        ),
  }));
}

/** A channel of environments.yaml. */
function own(
  examined: Examined,
  channel: Channel,
  found: LiveChannel | undefined,
  unregistered: readonly string[],
): Partial<Outcome> {
  const { environment, account } = examined;
  const of = channelOf(channel);
  // A channel can't be configured before its workspace is registered, so it waits for that.
  if (!found && unregistered.includes(channel.workspace)) return { unseen: [of.about] };
  const access = account.accesses.find(({ props }) => props.access === channel.access);
  // Stryker disable next-line StringLiteral: each channel belongs to an access level of its environment
  const role = access ? roleArnOf(access.props) : "";
  if (!found) {
    const text = "Deploy the environment, which configures the channel. The Support App must have been invited to it.";
    const fix = deployFix(environment, text);
    const expected = `configured with the role ${role}`;
    const nowhere = "not configured in this region of the account";
    return { findings: [{ answer: "unhealthy", ...of, expected, found: nowhere, topic, fix }] };
  }
  // The finding about the role explains the channel's wrong role: either the role doesn't exist yet, and the deploy that creates
  // it moves the channel; or the channel has the role, and environments.yaml can set its path.
  const isExplained =
    access !== undefined &&
    roleArnIn(found) !== role &&
    (isGone(access) || (knownOf(access.role)?.arn === roleArnIn(found) && isPathSettable(access)));
  const waitsFor = isExplained ? "role" : undefined;
  if ("unknown" in found.properties) {
    return { findings: [unknownFinding(of, `the role ${role}`, found.properties.unknown, topic)], waitsFor };
  }
  const properties = found.properties.known;
  const expected: Record<string, unknown> = {
    ...(isExplained ? {} : { ChannelRoleArn: role }),
    ...notifyProperties(channel.notify ?? NOTIFY_OF_NOTHING),
  };
  const wrong = Object.entries(expected).filter(([name, value]) => (properties[name] ?? false) !== value);
  if (wrong.length === 0) return { waitsFor };
  const inWords = (name: string, value: unknown) => `${name} ${value ?? "not set"}`;
  const finding: Finding = {
    answer: "unhealthy",
    ...of,
    expected: wrong.map(([name, value]) => (value === role ? `the role ${role}` : inWords(name, value))).join(", "),
    found: wrong
      .map(([name, value]) => (value === role ? roleInWords(found, examined) : inWords(name, properties[name])))
      .join(", "),
    topic: wrong.some(([, value]) => value === role) ? topic : undefined,
    fix: updateFix(environment, found, wrong),
  };
  return { findings: [finding], waitsFor };
}

/** ARN of the role that a channel has. */
function roleArnIn({ properties }: LiveChannel): string | undefined {
  const arn = knownOf(properties)?.ChannelRoleArn;
  return typeof arn === "string" ? arn : undefined;
}

/** A note on a channel that isn't in environments.yaml, or a finding. */
function other(examined: Examined, channel: LiveChannel): Partial<Outcome> {
  const { environment, whole } = examined;
  const { subject, about } = liveChannelOf(channel);
  const of = { subject: `${subject}, which isn't in environments.yaml`, about };
  const { properties } = channel;
  if ("unknown" in properties) return { findings: [unknownFinding(of, "to see its role", properties.unknown, topic)] };
  const role = roleArnIn(channel);
  const level = levelOf(whole, role);
  const isThere = level === undefined ? existenceOf(role, examined) : { known: true };
  if ("unknown" in isThere) {
    return { findings: [unknownFinding(of, `to see whether the role ${role} exists`, isThere.unknown, topic)] };
  }
  const commands = [removeCommand(environment, channel)];
  if (!isThere.known) {
    const text =
      "Choose another role for the channel in the AWS Support Center Console or, if nobody needs the channel, remove its configuration:";
    const expected = "a role of the account";
    const found = roleInWords(channel, examined);
    return { findings: [{ answer: "unhealthy", ...of, expected, found, topic, fix: { text, commands } }] };
  }
  const can = level === undefined ? othersAbility(examined, role) : `have ${level} access, too`;
  // Without channels in environments.yaml, the roles of channels are chosen in the console.
  if (whole.channels.length === 0 || whole.otherChannels === "expected") {
    return { notes: [`People in ${of.subject}, ${can}.`] };
  }
  const keep = level === undefined ? "then add it to environments.yaml" : `then add it to the channels of ${level}`;
  const finding: Finding = {
    answer: "unhealthy",
    ...of,
    expected: "only the channels of environments.yaml",
    found: `people in it ${can}`,
    topic: GUIDE_TOPICS.restrictUsers,
    fix: {
      text: `Remove the channel's configuration with this command. To keep the channel, ${keep}, and deploy. If somebody else configures channels in this account, set other-channels: expected.`,
      commands,
    },
  };
  return { findings: [finding] };
}

/** What people in a channel with a role that isn't in environments.yaml can do. */
function othersAbility({ account }: Examined, roleArn: string | undefined): string {
  const roles = knownOf(account.otherRoles);
  const role = roles?.find(({ arn }) => arn === roleArn);
  if (roles && !role) return `can do nothing: its role ${roleArn} doesn't trust the Support App`;
  const { documents, unread } = readDocuments(role?.rights.policies ?? { known: [] });
  const boundary = role?.rights.boundary;
  if (!boundary || "unknown" in boundary || unread) {
    return `have its role ${roleArn}, and what that may do isn't known`;
  }
  const statements = documents.flatMap(({ policy }) => policy.statements);
  return `can ${abilityWords(statements, boundary.known?.policy.statements, inSeconds(account.time))} with its role ${roleArn}`;
}

/** The access level that has the role of that ARN. */
function levelOf({ accesses }: Environment, roleArn: string | undefined) {
  return accesses.find((props) => roleArnOf(props) === roleArn)?.access;
}

/** Whether the account has a role of that ARN. */
function existenceOf(roleArn: string | undefined, { whole, account }: Examined): Lookup<boolean> {
  if (roleArn === undefined || accountOfArn(roleArn) !== whole.account) return { known: false };
  return mapped(account.roleArns, (all) => all.includes(roleArn));
}

function roleInWords(channel: LiveChannel, examined: Examined): string {
  const { whole } = examined;
  const role = roleArnIn(channel);
  if (role === undefined) return "no role";
  const level = levelOf(whole, role);
  if (level !== undefined)
    return `the role ${role} of ${level} access: people in the channel can do everything that it may`;
  if (accountOfArn(role) !== whole.account) return `the role ${role}, which is of another account`;
  const isThere = existenceOf(role, examined);
  if ("unknown" in isThere) return `the role ${role} (whether it exists is unknown: ${isThere.unknown.message})`;
  return `the role ${role}${isThere.known ? "" : ", which doesn't exist"}`;
}

/** Changes a channel directly: Terraform's state has the right settings, so a deploy changes nothing. */
function updateFix(
  environment: Environment,
  { identifier }: LiveChannel,
  properties: readonly (readonly [name: string, value: unknown])[],
): Fix {
  const patch = properties.map(([name, value]) => ({ op: "add", path: `/${name}`, value }));
  const operation = `update-resource --type-name ${SLACK_CHANNEL_TYPE} --identifier ${quoted(identifier)} --patch-document ${quoted(JSON.stringify(patch))}`;
  return {
    text: "Configure the channel as in environments.yaml with this command, since Terraform doesn't see the difference. AWS takes a moment to apply it:",
    commands: [inAccount(environment, "cloudcontrol", operation)],
  };
}
