import type { Channel, Environment } from "../../../../stacks/environments/environment";
import { type Draft, manualFix, unhealthy } from "../../../findings/finding";
import { type ChannelMembers, type ChannelState, countsOf, type LiveSlackChannel } from "../../../slack/live-people";
import {
  channelLocation,
  type DoctorCheck,
  mergeOutcomes,
  type Outcome,
  type SlackExamination,
  unknownFinding,
} from "../check";

/** Without it, no check can look at anything in Slack. */
export const slackToken: DoctorCheck<SlackExamination> = {
  examine: ({ channels, slack: { token } }) => {
    if ("unknown" in token) {
      const location = { resource: "SLACK_BOT_TOKEN", about: ["workspace"] };
      return { findings: [unknownFinding(location, "a Slack token", token.unknown)] };
    }
    const { workspace } = token.known;
    const otherWorkspaces = new Set(channels.map((channel) => channel.workspace).filter((id) => id !== workspace));
    const findings = [...otherWorkspaces].map((otherWorkspace): Draft => {
      const location = { resource: `Slack workspace ${otherWorkspace}`, about: ["workspace", otherWorkspace] };
      const actual = `a token of ${workspace}, which says nothing about channels of ${otherWorkspace}`;
      const fix = manualFix(
        `Install the Slack app to ${otherWorkspace}, too, and run this again with SLACK_BOT_TOKEN set to its token there.`,
      );
      return { ...unhealthy(location, `a token of ${otherWorkspace}`, actual, fix), answer: "unknown" };
    });
    return { findings };
  },
};

export const slackChannels: DoctorCheck<SlackExamination> = {
  examine: eachChannelInSlack((channel, { state }) => {
    if ("known" in state) return { findings: channelProblems(channel, state.known) };
    return {
      findings: [unknownFinding(channelLocation(channel), "a channel that the token's app sees", state.unknown)],
    };
  }),
};

/** Examines each channel of the token's workspace. Channels of other workspaces wait for another token. */
function eachChannelInSlack(
  examine: (channel: Channel, slackChannel: LiveSlackChannel, examination: SlackExamination) => Outcome,
): DoctorCheck<SlackExamination>["examine"] {
  return (examination) => {
    const { channels, slack } = examination;
    const workspace = "known" in slack.token ? slack.token.known.workspace : undefined;
    return mergeOutcomes(
      channels.map((channel) => {
        const slackChannel = channel.workspace === workspace ? slack.channels.get(channel.channel) : undefined;
        return slackChannel ? examine(channel, slackChannel, examination) : { waitsFor: "slack-token" };
      }),
    );
  };
}

function channelProblems(channel: Channel, state: ChannelState): Draft[] {
  const { name, isPrivate, isArchived } = state;
  const sharing = sharingInWords(state);
  const problems: readonly (readonly [
    isProblem: boolean,
    impact: string,
    expected: string,
    found: string,
    fix: string,
  ])[] = [
    [
      name !== channel.name,
      "People know the channel by another name than environments.yaml.",
      `the name ${channel.name}`,
      `the name ${name}`,
      `Set name: ${name} for this channel in environments.yaml, and deploy. If it was renamed by mistake, rename it back in Slack.`,
    ],
    [
      isArchived,
      "Nobody can do anything in it.",
      "a channel in use",
      "it is archived",
      "Unarchive the channel in Slack. If nobody needs it, remove it from environments.yaml, and deploy.",
    ],
    [
      channel.private === true && !isPrivate,
      "Everyone in the workspace can join it, and then has its access.",
      "private: true",
      "it is public",
      "Make the channel private, in its settings in Slack.",
    ],
    [
      channel.shared === false && sharing !== undefined,
      "People of another organization have its access, or can have it.",
      "shared: false",
      `${sharing}`,
      "Remove the other organization, or revoke its invitation, in the channel's settings in Slack, or ask an administrator of the workspace.",
    ],
  ];
  return problems
    .filter(([isProblem]) => isProblem)
    .map(([, impact, expected, actual, fix]) =>
      unhealthy({ ...channelLocation(channel), impact }, expected, actual, manualFix(fix)),
    );
}

/** Undefined: with nobody. */
export function sharingInWords({ isShared, isInvited, sharedWith }: ChannelState): string | undefined {
  if (isShared) return `shared with another organization (${sharedWith.join(", ") || "Slack doesn't name it"})`;
  return isInvited ? "another organization is invited to share it" : undefined;
}

export const slackPeople: DoctorCheck<SlackExamination> = {
  examine: eachChannelInSlack((channel, { state, members }, { environment }) => {
    if ("unknown" in state) return { waitsFor: "slack-channels" };
    const location = channelLocation(channel);
    if ("unknown" in members) return { findings: [unknownFinding(location, "to see who is in it", members.unknown)] };
    return { findings: peopleProblems(environment, channel, members.known, state.known.isShared) };
  }),
};

/** @param isShared whether the channel itself is shared, so that people of other organizations are expected */
function peopleProblems({ name }: Environment, channel: Channel, people: ChannelMembers, isShared: boolean): Draft[] {
  const location = channelLocation(channel);
  const { reason: failure } = people;
  const { members, guests, strangers, unseen } = countsOf(people);
  const memberLimit = channel.maxMembers;
  const rules: readonly (readonly [most: number | undefined, count: number, who: string, expected: string])[] = [
    [channel.guests === false ? 0 : undefined, guests, "guests", "guests: false"],
    [
      channel.shared === false && !isShared ? 0 : undefined,
      strangers,
      "people of other organizations",
      "shared: false",
    ],
    [memberLimit, members, "people", `max-members: ${memberLimit}`],
  ];
  const open = failure === undefined ? unseen : 0;
  const text = "Remove whoever shouldn't be there from the channel in Slack. This names everyone in it:";
  const fix = { text, commands: [`npx support-app doctor ${name} --slack-only --members`] };
  const findings = rules.flatMap(([limit = Number.POSITIVE_INFINITY, count, peopleWords, expected]): Draft[] => {
    if (count > limit)
      return [unhealthy(location, expected, `${peopleWords}: ${count}${unseen > 0 ? " or more" : ""}`, fix)];
    const actual = `${unseen} more members, who weren't looked at`;
    return count + open > limit ? [{ ...unhealthy(location, expected, actual, fix), answer: "unknown" }] : [];
  });
  return failure === undefined ? findings : [...findings, unknownFinding(location, "to see who is in it", failure)];
}
