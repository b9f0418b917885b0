import type { Channel } from "../../../stacks/environment";
import type { ChannelState, SlackChannel } from "../../slack/live-people";
import {
  type Check,
  channelOf,
  channelSubject,
  deployFix,
  type Examined,
  type Finding,
  unknownInSlack,
} from "../check";
import { slackToken } from "./slack-token";

/** Each channel as Slack has it. */
export const slackChannels: Check = {
  name: "slack-channels",
  sentence:
    "Each channel is in Slack under its ID and name, isn't archived, and is as private and unshared as required.",
  permissions: [],
  examine: (examined) => {
    const seen = seenChannels(examined);
    return {
      findings: seen.flatMap(([channel, found]) => problems(examined, channel, found)),
      notes: seen.flatMap(([channel, { state }]) => ("known" in state ? noted(channel, state.known) : [])),
      waitsFor: seen.length < examined.environment.channels.length ? slackToken.name : undefined,
    };
  },
};

/** The channels that Slack was asked about: those of the token's workspace. */
export function seenChannels({ environment, slack }: Examined): (readonly [Channel, SlackChannel])[] {
  return environment.channels.flatMap((channel) => {
    const found = slack?.channels.get(channel.channel);
    return found && slack && "known" in slack.token && slack.token.known.workspace === channel.workspace
      ? [[channel, found] as const]
      : [];
  });
}

function problems({ environment }: Examined, channel: Channel, { state }: SlackChannel): Finding[] {
  const of = channelOf(channel);
  if ("unknown" in state) return [unknownInSlack(of, "a channel that the token's app sees", state.unknown)];
  const { name, isPrivate, isArchived, isInvited, isShared } = state.known;
  const unhealthy = (expected: string, found: string, fix: Finding["fix"]): Finding => ({
    answer: "unhealthy",
    ...of,
    expected,
    found,
    fix,
  });
  const inSlack = (text: string) => ({ text, commands: [] });
  return [
    ...(name === channel.name
      ? []
      : [
          unhealthy(
            `the name ${channel.name}`,
            `the name ${name}`,
            deployFix(
              environment,
              `Set name: ${name} for this channel in environments.yaml, and deploy. If it was renamed by mistake, rename it back in Slack.`,
            ),
          ),
        ]),
    ...(isArchived
      ? [
          unhealthy(
            "a channel in use",
            "it is archived, so nobody can do anything in it",
            inSlack(
              "Unarchive the channel in Slack. If nobody needs it, remove it from environments.yaml, and deploy.",
            ),
          ),
        ]
      : []),
    ...(channel.private !== undefined && !isPrivate
      ? [
          unhealthy(
            "private: required",
            "it is public: everyone in the workspace can join it",
            inSlack("Make the channel private, in its settings in Slack."),
          ),
        ]
      : []),
    ...(channel.shared !== undefined && (isShared || isInvited)
      ? [
          unhealthy(
            "shared: refused",
            isShared ? sharedInWords(state.known) : "another organization is invited to share it",
            inSlack(
              isShared
                ? "Remove the other organization from the channel, in its settings in Slack, or ask an administrator of the workspace."
                : "Revoke the invitation, in the channel's settings in Slack, or ask an administrator of the workspace.",
            ),
          ),
        ]
      : []),
  ];
}

/** What no rule refuses, but everybody should know. */
function noted(channel: Channel, state: ChannelState): string[] {
  const subject = channelSubject(channel);
  return [
    ...(state.isPrivate || channel.private !== undefined
      ? []
      : [`${subject} is public: everyone in the workspace can join it, and then has its access.`]),
    ...(state.isShared && channel.shared === undefined ? [`${subject} is ${sharedInWords(state)}.`] : []),
    ...(state.isInvited && channel.shared === undefined
      ? [`Another organization is invited to share ${subject}.`]
      : []),
  ];
}

function sharedInWords({ sharedWith }: ChannelState): string {
  return sharedWith.length > 0
    ? `shared with another organization (${sharedWith.join(", ")})`
    : "shared with another organization, which Slack doesn't name";
}
