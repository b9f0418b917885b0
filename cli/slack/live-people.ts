import type * as z from "zod";
import { everyPage } from "../../common/every-page";
import { messageOf } from "../../common/printable";
import { MAX_MEMBERS } from "../../modules/support-app/model/limits";
import type { PeopleCounts, ReportedChannel } from "../findings/reported-channel";
import { authAnswer, channelAnswer, membersPage, userAnswer } from "./answer-schemas";
import type { Slack } from "./connection";
import { brokenAnswerTo, type SlackFailure, type SlackLookup, slackFix } from "./lookup";

/** Channels as Slack has them. */
export interface SlackPeople {
  readonly token: SlackLookup<TokenOwner>;
  /** Channels of the token's workspace, by their IDs. */
  readonly channels: ReadonlyMap<string, LiveSlackChannel>;
}

/** The workspace that a token belongs to, and its organization with Enterprise Grid. */
export interface TokenOwner {
  readonly workspace: string;
  readonly organization?: string;
}

export interface LiveSlackChannel {
  readonly state: SlackLookup<ChannelState>;
  readonly members: SlackLookup<ChannelMembers>;
}

/** Shared, and invited: with another organization (Slack Connect). */
export type ChannelState = NonNullable<ReportedChannel["state"]>;

/** The members of a channel, without Slackbot and deactivated people. */
export interface ChannelMembers {
  readonly people: readonly Person[];
  /** Number of further members, of whom nothing is known. */
  readonly unseen: number;
  /** Why nothing is known of them. Undefined: they are beyond the limit. */
  readonly reason?: SlackFailure;
}

/** A member of a channel. From: the workspace of another organization. */
export type Person = NonNullable<ReportedChannel["people"]>[number];

const MEMBERS = "conversations.members";

/** Slackbot, which is in every channel. */
const SLACKBOT = "USLACKBOT";

/** Page size for members, the maximum that Slack recommends. Source: Slack, conversations.members. */
const PAGE = 200;

/** Reads the channels that are of the token's workspace. Changes nothing in Slack. */
export async function readSlackPeople(
  slack: Slack,
  channels: readonly { readonly workspace: string; readonly channel: string }[],
): Promise<SlackPeople> {
  const token = await slack.ask("auth.test", {}, authAnswer);
  if ("unknown" in token) return { token, channels: new Map() };
  const ownChannels = channels.filter(({ workspace }) => workspace === token.known.workspace);
  const channelReads = ownChannels.map(
    async ({ channel }) => [channel, await readChannel(slack, token.known, channel)] as const,
  );
  return { token, channels: new Map(await Promise.all(channelReads)) };
}

async function readChannel(slack: Slack, owner: TokenOwner, channel: string): Promise<LiveSlackChannel> {
  const answer = await slack.ask("conversations.info", { channel }, channelAnswer(channel));
  if ("unknown" in answer) return { state: answer, members: answer };
  const state = { known: stateOf(answer.known, owner) };
  const { isPrivate, isArchived } = state.known;
  const ids = await memberIds(slack, channel);
  if ("unknown" in ids) return { state, members: ids };
  if (ids.known.length > 0 || !isPrivate || isArchived) {
    return { state, members: { known: await readMembers(slack, owner, ids.known) } };
  }
  const reason = "received nobody as members, expected at least the token's app, which sees the private channel";
  return { state, members: { unknown: brokenAnswerTo(MEMBERS, reason) } };
}

function stateOf(
  { channel: info }: z.infer<ReturnType<typeof channelAnswer>>,
  { workspace, organization }: TokenOwner,
): ChannelState {
  const ownTeams = new Set<unknown>([workspace, organization, ...(info.internal_team_ids ?? [])]);
  const othersIn = <T>(teams: readonly T[] = []) => teams.filter((team) => !ownTeams.has(team));
  const connectedTeams = othersIn(info.connected_team_ids);
  const sharing = othersIn(info.shared_team_ids);
  // A contradictory or unspecified kind of sharing counts as external. Workspaces of one organization share internally.
  const isShared =
    info.is_ext_shared || connectedTeams.length > 0 || (!info.is_org_shared && (info.is_shared || sharing.length > 0));
  const invitedTeams = [...othersIn(info.pending_shared), ...othersIn(info.pending_connected_team_ids)];
  return {
    name: info.name,
    isPrivate: info.is_private,
    isArchived: info.is_archived,
    isShared,
    sharedWith: isShared ? [...new Set([...connectedTeams, ...sharing])].sort() : [],
    isInvited: info.is_pending_ext_shared || invitedTeams.length > 0,
  };
}

async function readMembers(slack: Slack, owner: TokenOwner, ids: readonly string[]): Promise<ChannelMembers> {
  const [first, ...otherIds] = ids.slice(0, MAX_MEMBERS);
  // If Slack refuses to look up one person for want of a scope, it refuses all.
  const firstPerson = first === undefined ? [] : [await readPerson(slack, owner, first)];
  const isRefused = firstPerson.some((person) => "unknown" in person && person.unknown.kind === "scope");
  const otherPeople = isRefused ? [] : await Promise.all(otherIds.map((id) => readPerson(slack, owner, id)));
  const lookups = [...firstPerson, ...otherPeople];
  const knownPeople = lookups.flatMap((person) => ("known" in person ? [person.known] : []));
  const [failure] = lookups.flatMap((person) => ("unknown" in person ? [person.unknown] : []));
  return { people: knownPeople.flat(), unseen: ids.length - knownPeople.length, reason: failure };
}

async function memberIds(slack: Slack, channel: string): Promise<SlackLookup<readonly string[]>> {
  let failure: SlackFailure | undefined;
  const pages = everyPage(async (cursor) => {
    const page = await slack.ask(MEMBERS, { channel, limit: PAGE, cursor }, membersPage);
    if ("known" in page) return page.known;
    failure = page.unknown;
    return { items: [] };
  });
  const ids = await pages.catch((error) => {
    failure = brokenAnswerTo(MEMBERS, messageOf(error)); // pages that don't end
    return [];
  });
  return failure ? { unknown: failure } : { known: [...new Set(ids)].filter((id) => id !== SLACKBOT) };
}

/** Reads a person. Known and empty: they were deactivated. */
async function readPerson(
  slack: Slack,
  { workspace, organization }: TokenOwner,
  id: string,
): Promise<SlackLookup<readonly Person[]>> {
  const answer = await slack.ask("users.info", { user: id }, userAnswer(id));
  if ("unknown" in answer) return answer;
  const { user } = answer.known;
  if (user.deleted) return { known: [] };
  const { profile, name, real_name, team_id, enterprise_user } = user;
  const isOfOrganization =
    organization !== undefined && [team_id, enterprise_user?.enterprise_id].includes(organization);
  const isStranger = user.is_stranger === true || (team_id !== workspace && !isOfOrganization);
  // A guest of another organization isn't a guest here.
  const isGuest = !isStranger && (user.is_restricted || user.is_ultra_restricted);
  const kind = user.is_bot ? "bot" : isGuest ? "guest" : "person";
  const shownName = profile?.display_name || profile?.real_name || real_name || name;
  return { known: [{ id, name: shownName, is: kind, from: isStranger ? team_id : undefined }] };
}

export function countsOf({ people, unseen }: ChannelMembers): PeopleCounts {
  const humans = people.filter((person) => person.is !== "bot");
  return {
    members: humans.length,
    guests: humans.filter((human) => human.is === "guest").length,
    strangers: humans.filter((human) => human.from !== undefined).length,
    bots: people.length - humans.length,
    unseen,
  };
}

/** What is known of a channel, and what isn't, in sentences. */
export function peopleIn(
  { token, channels }: SlackPeople,
  { workspace, channel }: Pick<ReportedChannel, "workspace" | "channel">,
): Pick<ReportedChannel, "state" | "counts" | "people"> & { readonly unknown: readonly string[] } {
  const reasonOf = (unknown: SlackFailure) => `${unknown.message}. ${slackFix(unknown)}`;
  if ("unknown" in token) return { unknown: [reasonOf(token.unknown)] };
  const slackChannel = token.known.workspace === workspace ? channels.get(channel) : undefined;
  if (slackChannel === undefined) {
    const hint = `SLACK_BOT_TOKEN is a token of ${token.known.workspace}, which can't read channels of ${workspace}. Run this again with a token of ${workspace}.`;
    return { unknown: [hint] };
  }
  const { state, members } = slackChannel;
  if ("unknown" in state) return { unknown: [reasonOf(state.unknown)] };
  if ("unknown" in members) return { state: state.known, unknown: [reasonOf(members.unknown)] };
  const { unseen, reason: failure, people } = members.known;
  const unseenWords = `${unseen} more members were not looked up, since they are beyond the limit of ${MAX_MEMBERS}. Remove people who don't need the cases from the channel.`;
  const unknown = failure ? [reasonOf(failure)] : unseen > 0 ? [unseenWords] : [];
  return { state: state.known, counts: countsOf(members.known), people: [...people], unknown };
}
