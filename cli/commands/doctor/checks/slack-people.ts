import { counted } from "../../../../stacks/counted";
import type { Channel, Environment } from "../../../../stacks/environments/environment";
import { countsInWords } from "../../../reports/people-report";
import { type ChannelMembers, countsOf } from "../../../slack/live-people";
import { type Check, channelOf, type Finding, unknownFinding } from "../check";
import { eachChannelInSlack, slackChannels } from "./slack-channels";

/** How many people are in each channel. */
export const slackPeople: Check = {
  name: "slack-people",
  sentence:
    "Each channel has no more people than allowed, and no guests or other organizations where they are refused.",
  examine: eachChannelInSlack((channel, { state, members }, { environment }) => {
    if ("unknown" in state) return { waitsFor: slackChannels.name };
    const of = channelOf(channel);
    if ("unknown" in members) return { findings: [unknownFinding(of, "to see who is in it", members.unknown)] };
    return {
      findings: problems(environment, channel, members.known, state.known.isShared),
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
function problems(environment: Environment, channel: Channel, members: ChannelMembers, isShared: boolean): Finding[] {
  const of = channelOf(channel);
  const { unseen, why } = members;
  const rules = rulesOf(channel, members, isShared);
  const commands = [`npx support-app people ${environment.name} --members`];
  const findings = rules
    .filter(({ count, most }) => count > most)
    .map(({ expected, found, text }): Finding => {
      return { answer: "unhealthy", ...of, expected, found, fix: { text, commands } };
    });
  if (why !== undefined) return [...findings, unknownFinding(of, "to see who is in it", why)];
  const open = rules.filter(({ count, most }) => count <= most && count + unseen > most);
  if (open.length === 0) return findings;
  const expected = open.map((rule) => rule.expected).join(", ");
  const found = `${unseen} more members, who weren't looked at`;
  const text = "Remove whoever doesn't need the cases from the channel in Slack. This names those who were looked at:";
  return [...findings, { answer: "unknown", ...of, expected, found, fix: { text, commands } }];
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
