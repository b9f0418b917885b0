import { counted } from "../../../stacks/counted";
import type { Channel } from "../../../stacks/environment";
import { countsInWords } from "../../people-report";
import { type ChannelMembers, countsOf, type SlackChannel } from "../../slack/live-people";
import { type Check, channelOf, channelSubject, type Examined, type Finding, type Fix, unknownInSlack } from "../check";
import { seenChannels, slackChannels } from "./slack-channels";
import { slackToken } from "./slack-token";

/** How many people are in each channel. */
export const slackPeople: Check = {
  name: "slack-people",
  sentence:
    "Each channel has no more people than allowed, and no guests or other organizations where they are refused.",
  permissions: [],
  examine: (examined) => {
    const seen = seenChannels(examined);
    const isWhole = seen.length === examined.environment.channels.length;
    const isHidden = seen.some(([, { state }]) => "unknown" in state);
    return {
      findings: seen.flatMap(([channel, found]) => problems(examined, channel, found)),
      notes: seen.flatMap(([channel, { members }]) => ("known" in members ? [noted(channel, members.known)] : [])),
      waitsFor: isHidden ? slackChannels.name : isWhole ? undefined : slackToken.name,
    };
  },
};

/** A rule of environments.yaml about who is in a channel, and whether it holds. */
interface Rule {
  /** As environments.yaml has it. */
  readonly expected: string;
  /** `open`: it isn't known. */
  readonly is: "kept" | "broken" | "open";
  readonly found: string;
  /** What to do if it is broken. */
  readonly text: string;
}

function problems({ environment }: Examined, channel: Channel, { state, members }: SlackChannel): Finding[] {
  if ("unknown" in state) return []; // the other check reports it
  const of = channelOf(channel);
  if ("unknown" in members) return [unknownInSlack(of, "to see who is in it", members.unknown)];
  const { unseen, why } = members.known;
  const rules = rulesOf(channel, members.known, state.known.isShared);
  const findings = rules
    .filter(({ is }) => is === "broken")
    .map(
      ({ expected, found, text }): Finding => ({
        answer: "unhealthy",
        ...of,
        expected,
        found,
        fix: peopleFix(environment.name, text),
      }),
    );
  if (why !== undefined) return [...findings, unknownInSlack(of, "to see who is in it", why)];
  const open = rules.filter(({ is }) => is === "open").map(({ expected }) => expected);
  if (open.length === 0) return findings;
  return [
    ...findings,
    {
      answer: "unknown",
      ...of,
      expected: open.join(", "),
      found: `${unseen} more members, who weren't looked at`,
      fix: peopleFix(
        environment.name,
        "Remove whoever doesn't need the cases from the channel in Slack. This names those who were looked at:",
      ),
    },
  ];
}

/** @param isShared whether the channel itself is shared, so that people of other organizations are expected */
function rulesOf(channel: Channel, found: ChannelMembers, isShared: boolean): Rule[] {
  const { members, guests, strangers } = countsOf(found);
  const { unseen } = found;
  const none = (count: number) => (count > 0 ? "broken" : unseen > 0 ? "open" : "kept");
  const most = channel.members?.["at-most"];
  const rules: Rule[] = [];
  if (channel.guests !== undefined) {
    rules.push({
      expected: "guests: refused",
      is: none(guests),
      found: counted(guests, "guest"),
      text: "Remove the guests from the channel in Slack. This names them:",
    });
  }
  if (channel.shared !== undefined && !isShared) {
    rules.push({
      expected: "shared: refused",
      is: none(strangers),
      found: strangers === 1 ? "1 person of another organization" : `${strangers} people of other organizations`,
      text: "Remove them from the channel in Slack. This names them:",
    });
  }
  if (most !== undefined) {
    rules.push({
      expected: `members: { at-most: ${most} }`,
      is: members > most ? "broken" : members + unseen > most ? "open" : "kept",
      found: `${members}${unseen > 0 ? " or more" : ""} people`,
      text: "Remove whoever doesn't need the cases from the channel in Slack. This names everyone in it:",
    });
  }
  return rules;
}

function peopleFix(environment: string, text: string): Fix {
  return { text, commands: [`npx support-app people ${environment} --members`] };
}

function noted(channel: Channel, members: ChannelMembers): string {
  return `In ${channelSubject(channel)}: ${countsInWords(countsOf(members))}.`;
}
