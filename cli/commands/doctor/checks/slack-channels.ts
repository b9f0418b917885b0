import type { Channel, Environment } from "../../../../stacks/environments/environment";
import type { ChannelState, SlackChannel } from "../../../slack/live-people";
import {
  type Check,
  channelOf,
  deployFix,
  type Examined,
  type Finding,
  manualFix,
  merged,
  type Outcome,
  unknownFinding,
} from "../check";
import { slackToken } from "./slack-token";

/** Each channel as Slack has it. */
export const slackChannels: Check = {
  name: "slack-channels",
  sentence:
    "Each channel is in Slack under its ID and name, isn't archived, and is as private and unshared as required.",
  examine: eachChannelInSlack((channel, { state }, { environment }) => {
    if ("known" in state) {
      return { findings: problems(environment, channel, state.known), notes: notesOn(channel, state.known) };
    }
    return { findings: [unknownFinding(channelOf(channel), "a channel that the token's app sees", state.unknown)] };
  }),
};

/** Examines each channel of the token's workspace. Channels of other workspaces wait for another token. */
export function eachChannelInSlack(
  examine: (channel: Channel, found: SlackChannel, examined: Examined) => Partial<Outcome>,
): Check["examine"] {
  return (examined) => {
    const { environment, slack } = examined;
    const workspace = slack && "known" in slack.token ? slack.token.known.workspace : undefined;
    return merged(
      environment.channels.map((channel) => {
        const found = channel.workspace === workspace ? slack?.channels.get(channel.channel) : undefined;
        return found ? examine(channel, found, examined) : { waitsFor: slackToken.name };
      }),
    );
  };
}

function problems(environment: Environment, channel: Channel, state: ChannelState): Finding[] {
  const of = channelOf(channel);
  const { name, isPrivate, isArchived, isInvited, isShared } = state;
  const findings: Finding[] = [];
  const add = (expected: string, found: string, fix: Finding["fix"]) =>
    findings.push({ answer: "unhealthy", ...of, expected, found, fix });
  if (name !== channel.name) {
    const text = `Set name: ${name} for this channel in environments.yaml, and deploy. If it was renamed by mistake, rename it back in Slack.`;
    add(`the name ${channel.name}`, `the name ${name}`, deployFix(environment, text));
  }
  if (isArchived) {
    add(
      "a channel in use",
      "it is archived, so nobody can do anything in it",
      manualFix("Unarchive the channel in Slack. If nobody needs it, remove it from environments.yaml, and deploy."),
    );
  }
  if (channel.private !== undefined && !isPrivate) {
    add(
      "private: required",
      "it is public: everyone in the workspace can join it",
      manualFix("Make the channel private, in its settings in Slack."),
    );
  }
  if (channel.shared !== undefined && isShared) {
    const text =
      "Remove the other organization from the channel, in its settings in Slack, or ask an administrator of the workspace.";
    add("shared: refused", sharedInWords(state), manualFix(text));
  } else if (channel.shared !== undefined && isInvited) {
    const text = "Revoke the invitation, in the channel's settings in Slack, or ask an administrator of the workspace.";
    add("shared: refused", "another organization is invited to share it", manualFix(text));
  }
  return findings;
}

/** What no rule refuses, but everybody should know. */
function notesOn(channel: Channel, state: ChannelState): string[] {
  const { subject } = channelOf(channel);
  const mayBeShared = channel.shared === undefined;
  return [
    ...(state.isPrivate || channel.private !== undefined
      ? []
      : [`${subject} is public: everyone in the workspace can join it, and then has its access.`]),
    ...(state.isShared && mayBeShared ? [`${subject} is ${sharedInWords(state)}.`] : []),
    ...(state.isInvited && mayBeShared ? [`Another organization is invited to share ${subject}.`] : []),
  ];
}

function sharedInWords({ sharedWith }: ChannelState): string {
  return sharedWith.length > 0
    ? `shared with another organization (${sharedWith.join(", ")})`
    : "shared with another organization, which Slack doesn't name";
}
