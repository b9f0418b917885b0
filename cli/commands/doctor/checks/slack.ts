import type { Channel, Environment } from "../../../../stacks/environments/environment";
import { type Draft, manualFix, unhealthy } from "../../../findings/finding";
import { countsInWords } from "../../../reports/people-report";
import { type ChannelMembers, type ChannelState, countsOf, type SlackChannel } from "../../../slack/live-people";
import { type Check, channelOf, type ExaminedSlack, merged, type Outcome, unknownFinding } from "../check";

/** Without it, no check can look at anything in Slack. */
export const slackToken: Check<ExaminedSlack> = {
  examine: ({ channels, slack: { token } }) => {
    if ("unknown" in token) {
      const of = { resource: "SLACK_BOT_TOKEN", about: ["workspace"] };
      return { findings: [unknownFinding(of, "a Slack token", token.unknown)] };
    }
    const { workspace } = token.known;
    const others = new Set(channels.map((channel) => channel.workspace).filter((one) => one !== workspace));
    const findings = [...others].map((other): Draft => {
      const of = { resource: `Slack workspace ${other}`, about: ["workspace", other] };
      const found = `a token of ${workspace}, which says nothing about channels of ${other}`;
      const fix = manualFix(
        `Install the Slack app to ${other}, too, and run this again with SLACK_BOT_TOKEN set to its token there.`,
      );
      return { ...unhealthy(of, `a token of ${other}`, found, fix), answer: "unknown" };
    });
    return { findings };
  },
};

export const slackChannels: Check<ExaminedSlack> = {
  examine: eachChannelInSlack((channel, { state }) => {
    if ("known" in state) {
      return { findings: channelProblems(channel, state.known), notes: notesOn(channel, state.known) };
    }
    return { findings: [unknownFinding(channelOf(channel), "a channel that the token's app sees", state.unknown)] };
  }),
};

/** Examines each channel of the token's workspace. Channels of other workspaces wait for another token. */
function eachChannelInSlack(
  examine: (channel: Channel, found: SlackChannel, examined: ExaminedSlack) => Outcome,
): Check<ExaminedSlack>["examine"] {
  return (examined) => {
    const { channels, slack } = examined;
    const workspace = "known" in slack.token ? slack.token.known.workspace : undefined;
    return merged(
      channels.map((channel) => {
        const found = channel.workspace === workspace ? slack.channels.get(channel.channel) : undefined;
        return found ? examine(channel, found, examined) : { waitsFor: "slack-token" };
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
      channel.private !== undefined && !isPrivate,
      "Everyone in the workspace can join it, and then has its access.",
      "private: required",
      "it is public",
      "Make the channel private, in its settings in Slack.",
    ],
    [
      channel.shared !== undefined && sharing !== undefined,
      "People of another organization have its access, or can have it.",
      "shared: refused",
      `${sharing}`,
      "Remove the other organization, or revoke its invitation, in the channel's settings in Slack, or ask an administrator of the workspace.",
    ],
  ];
  return problems
    .filter(([isProblem]) => isProblem)
    .map(([, impact, expected, found, fix]) =>
      unhealthy({ ...channelOf(channel), impact }, expected, found, manualFix(fix)),
    );
}

/** What no rule refuses, but everybody should know. */
function notesOn(channel: Channel, state: ChannelState): string[] {
  const { resource } = channelOf(channel);
  const sharing = sharingInWords(state);
  return [
    !state.isPrivate &&
      channel.private === undefined &&
      `${resource} is public: everyone in the workspace can join it, and then has its access.`,
    sharing !== undefined && channel.shared === undefined && `${resource}: ${sharing}.`,
  ].filter((note) => note !== false);
}

function sharingInWords({ isShared, isInvited, sharedWith }: ChannelState): string | undefined {
  if (isShared) return `shared with another organization (${sharedWith.join(", ") || "Slack doesn't name it"})`;
  return isInvited ? "another organization is invited to share it" : undefined;
}

export const slackPeople: Check<ExaminedSlack> = {
  examine: eachChannelInSlack((channel, { state, members }, { environment }) => {
    if ("unknown" in state) return { waitsFor: "slack-channels" };
    const of = channelOf(channel);
    if ("unknown" in members) return { findings: [unknownFinding(of, "to see who is in it", members.unknown)] };
    return {
      findings: peopleProblems(environment, channel, members.known, state.known.isShared),
      notes: [`In ${of.resource}: ${countsInWords(countsOf(members.known))}.`],
    };
  }),
};

/** @param isShared whether the channel itself is shared, so that people of other organizations are expected */
function peopleProblems({ name }: Environment, channel: Channel, people: ChannelMembers, isShared: boolean): Draft[] {
  const of = channelOf(channel);
  const { why } = people;
  const { members, guests, strangers, unseen } = countsOf(people);
  const most = channel.members?.["at-most"];
  const rules: readonly (readonly [most: number | undefined, count: number, who: string, expected: string])[] = [
    [channel.guests && 0, guests, "guests", "guests: refused"],
    [isShared ? undefined : channel.shared && 0, strangers, "people of other organizations", "shared: refused"],
    [most, members, "people", `members: { at-most: ${most} }`],
  ];
  const open = why === undefined ? unseen : 0;
  const text = "Remove whoever shouldn't be there from the channel in Slack. This names everyone in it:";
  const fix = { text, commands: [`npx support-app people ${name} --members`] };
  const findings = rules.flatMap(([most = Number.POSITIVE_INFINITY, count, who, expected]): Draft[] => {
    if (count > most) return [unhealthy(of, expected, `${who}: ${count}${unseen > 0 ? " or more" : ""}`, fix)];
    const found = `${unseen} more members, who weren't looked at`;
    return count + open > most ? [{ ...unhealthy(of, expected, found, fix), answer: "unknown" }] : [];
  });
  return why === undefined ? findings : [...findings, unknownFinding(of, "to see who is in it", why)];
}
