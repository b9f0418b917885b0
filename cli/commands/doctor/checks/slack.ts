import { counted } from "../../../../stacks/counted";
import type { Channel, Environment } from "../../../../stacks/environments/environment";
import { countsInWords } from "../../../reports/people-report";
import { type ChannelMembers, type ChannelState, countsOf, type SlackChannel } from "../../../slack/live-people";
import {
  type Check,
  channelOf,
  deployFix,
  type ExaminedSlack,
  type Finding,
  manualFix,
  merged,
  type Outcome,
  unknownFinding,
} from "../check";

/** Without it, no check can look at anything in Slack. */
export const slackToken: Check<ExaminedSlack> = {
  name: "slack-token",
  sentence: "Slack accepts the token, and it belongs to the workspace of each channel.",
  examine: ({ channels, slack: { token } }) => {
    if ("unknown" in token) {
      const of = { subject: "SLACK_BOT_TOKEN", about: ["workspace"] };
      return { findings: [unknownFinding(of, "a Slack token", token.unknown)] };
    }
    const { workspace } = token.known;
    const otherWorkspaces = new Set(channels.map((channel) => channel.workspace));
    otherWorkspaces.delete(workspace);
    return {
      findings: [...otherWorkspaces].map(
        (other): Finding => ({
          answer: "unknown",
          subject: `Slack workspace ${other}`,
          about: ["workspace", other],
          expected: `a token of ${other}`,
          found: `a token of ${workspace}, which says nothing about channels of ${other}`,
          fix: manualFix(
            `Install the Slack app to ${other}, too, and run this again with SLACK_BOT_TOKEN set to its token there.`,
          ),
        }),
      ),
    };
  },
};

/** Each channel as Slack has it. */
export const slackChannels: Check<ExaminedSlack> = {
  name: "slack-channels",
  sentence:
    "Each channel is in Slack under its ID and name, isn't archived, and is as private and unshared as required.",
  examine: eachChannelInSlack((channel, { state }, { environment }) => {
    if ("known" in state) {
      return { findings: channelProblems(environment, channel, state.known), notes: notesOn(channel, state.known) };
    }
    return { findings: [unknownFinding(channelOf(channel), "a channel that the token's app sees", state.unknown)] };
  }),
};

/** Examines each channel of the token's workspace. Channels of other workspaces wait for another token. */
function eachChannelInSlack(
  examine: (channel: Channel, found: SlackChannel, examined: ExaminedSlack) => Partial<Outcome>,
): Check<ExaminedSlack>["examine"] {
  return (examined) => {
    const { channels, slack } = examined;
    const workspace = "known" in slack.token ? slack.token.known.workspace : undefined;
    return merged(
      channels.map((channel) => {
        const found = channel.workspace === workspace ? slack.channels.get(channel.channel) : undefined;
        return found ? examine(channel, found, examined) : { waitsFor: slackToken.name };
      }),
    );
  };
}

function channelProblems(environment: Environment, channel: Channel, state: ChannelState): Finding[] {
  const of = channelOf(channel);
  const { name, isPrivate, isArchived } = state;
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
  const sharing = sharingInWords(state);
  if (channel.shared !== undefined && sharing !== undefined) {
    const text =
      "Remove the other organization, or revoke its invitation, in the channel's settings in Slack, or ask an administrator of the workspace.";
    add("shared: refused", sharing, manualFix(text));
  }
  return findings;
}

/** What no rule refuses, but everybody should know. */
function notesOn(channel: Channel, state: ChannelState): string[] {
  const { subject } = channelOf(channel);
  const sharing = sharingInWords(state);
  return [
    ...(state.isPrivate || channel.private !== undefined
      ? []
      : [`${subject} is public: everyone in the workspace can join it, and then has its access.`]),
    ...(sharing === undefined || channel.shared !== undefined ? [] : [`${subject}: ${sharing}.`]),
  ];
}

function sharingInWords({ isShared, isInvited, sharedWith }: ChannelState): string | undefined {
  if (isShared) return `shared with another organization (${sharedWith.join(", ") || "Slack doesn't name it"})`;
  return isInvited ? "another organization is invited to share it" : undefined;
}

/** How many people are in each channel. */
export const slackPeople: Check<ExaminedSlack> = {
  name: "slack-people",
  sentence:
    "Each channel has no more people than allowed, and no guests or other organizations where they are refused.",
  examine: eachChannelInSlack((channel, { state, members }, { environment }) => {
    if ("unknown" in state) return { waitsFor: slackChannels.name };
    const of = channelOf(channel);
    if ("unknown" in members) return { findings: [unknownFinding(of, "to see who is in it", members.unknown)] };
    return {
      findings: peopleProblems(environment, channel, members.known, state.known.isShared),
      notes: [`In ${of.subject}: ${countsInWords(countsOf(members.known))}.`],
    };
  }),
};

/** A rule of environments.yaml about who is in a channel. */
interface Rule {
  /** As environments.yaml has it. */
  readonly expected: string;
  /** How many there are of those whom it is about, and how many there may be. */
  readonly count: number;
  readonly most: number;
  readonly found: string;
  /** What to do if it is broken. */
  readonly text: string;
}

/** @param isShared whether the channel itself is shared, so that people of other organizations are expected */
function peopleProblems(
  environment: Environment,
  channel: Channel,
  members: ChannelMembers,
  isShared: boolean,
): Finding[] {
  const of = channelOf(channel);
  const { unseen, why } = members;
  const commands = [`npx support-app people ${environment.name} --members`];
  const rules = rulesOf(channel, members, isShared).filter(({ count, most }) =>
    why === undefined ? count + unseen > most : count > most,
  );
  const findings = rules.map(({ count, most, expected, found, text }): Finding => {
    const isBroken = count > most;
    const open = `${unseen} more members, who weren't looked at`;
    return {
      answer: isBroken ? "unhealthy" : "unknown",
      ...of,
      expected,
      found: isBroken ? found : open,
      fix: { text, commands },
    };
  });
  return why === undefined ? findings : [...findings, unknownFinding(of, "to see who is in it", why)];
}

function rulesOf(channel: Channel, found: ChannelMembers, isShared: boolean): Rule[] {
  const { members, guests, strangers, unseen } = countsOf(found);
  const rules: Rule[] = [];
  if (channel.guests !== undefined) {
    rules.push({
      expected: "guests: refused",
      count: guests,
      most: 0,
      found: counted(guests, "guest"),
      text: "Remove the guests from the channel in Slack. This names them:",
    });
  }
  if (channel.shared !== undefined && !isShared) {
    rules.push({
      expected: "shared: refused",
      count: strangers,
      most: 0,
      found: strangers === 1 ? "1 person of another organization" : `${strangers} people of other organizations`,
      text: "Remove them from the channel in Slack. This names them:",
    });
  }
  const most = channel.members?.["at-most"];
  if (most !== undefined) {
    rules.push({
      expected: `members: { at-most: ${most} }`,
      count: members,
      most,
      found: `${members}${unseen > 0 ? " or more" : ""} people`,
      text: "Remove whoever doesn't need the cases from the channel in Slack. This names everyone in it:",
    });
  }
  return rules;
}
