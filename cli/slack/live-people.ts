import type { z } from "zod";
import { MAX_MEMBERS } from "../../modules/support-app/model/limits";
import { messageOf } from "../../modules/support-app/model/printable";
import { everyPage } from "../aws/pages";
import type { PeopleCounts, ReportedChannel } from "../reports/people-report";
import { authAnswer, channelAnswer, membersPage, userAnswer } from "./answer-schemas";
import type { Slack } from "./connection";
import { brokenAnswerTo, type SlackFailure, type SlackLookup, slackFix } from "./lookup";

/** Channels as Slack has them. */
export interface SlackPeople {
  readonly token: SlackLookup<TokenOwner>;
  /** Channels of the token's workspace, by their IDs. */
  readonly channels: ReadonlyMap<string, SlackChannel>;
}

/** The workspace that a token belongs to, and its organization with Enterprise Grid. */
export interface TokenOwner {
  readonly workspace: string;
  readonly organization?: string;
}

export interface SlackChannel {
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
  readonly why?: SlackFailure;
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
  const own = channels.filter(({ workspace }) => workspace === token.known.workspace);
  const read = own.map(async ({ channel }) => [channel, await readChannel(slack, token.known, channel)] as const);
  return { token, channels: new Map(await Promise.all(read)) };
}

async function readChannel(slack: Slack, owner: TokenOwner, channel: string): Promise<SlackChannel> {
  const found = await slack.ask("conversations.info", { channel }, channelAnswer(channel));
  if ("unknown" in found) return { state: found, members: found };
  const state = { known: stateOf(found.known, owner) };
  const { isPrivate, isArchived } = state.known;
  const ids = await memberIds(slack, channel);
  if ("unknown" in ids) return { state, members: ids };
  if (ids.known.length > 0 || !isPrivate || isArchived) {
    return { state, members: { known: await readMembers(slack, owner, ids.known) } };
  }
  const why = "received nobody as members, expected at least the token's app, which sees the private channel";
  return { state, members: { unknown: brokenAnswerTo(MEMBERS, why) } };
}

function stateOf(
  { channel: found }: z.infer<ReturnType<typeof channelAnswer>>,
  { workspace, organization }: TokenOwner,
): ChannelState {
  const own = new Set<unknown>([workspace, organization, ...(found.internal_team_ids ?? [])]);
  const othersIn = <T>(teams: readonly T[] = []) => teams.filter((team) => !own.has(team));
  const connected = othersIn(found.connected_team_ids);
  const sharing = othersIn(found.shared_team_ids);
  // A contradictory or unspecified kind of sharing counts as external. Workspaces of one organization share internally.
  const isShared =
    found.is_ext_shared || connected.length > 0 || (!found.is_org_shared && (found.is_shared || sharing.length > 0));
  const invited = [...othersIn(found.pending_shared), ...othersIn(found.pending_connected_team_ids)];
  return {
    name: found.name,
    isPrivate: found.is_private,
    isArchived: found.is_archived,
    isShared,
    sharedWith: isShared ? [...new Set([...connected, ...sharing])].sort() : [],
    isInvited: found.is_pending_ext_shared || invited.length > 0,
  };
}

async function readMembers(slack: Slack, owner: TokenOwner, ids: readonly string[]): Promise<ChannelMembers> {
  const [first, ...more] = ids.slice(0, MAX_MEMBERS);
  // If Slack refuses to look up one person for want of a scope, it refuses all.
  const one = first === undefined ? [] : [await readPerson(slack, owner, first)];
  const isRefused = one.some((person) => "unknown" in person && person.unknown.kind === "scope");
  const rest = isRefused ? [] : await Promise.all(more.map((id) => readPerson(slack, owner, id)));
  const read = [...one, ...rest];
  const known = read.flatMap((person) => ("known" in person ? [person.known] : []));
  const [why] = read.flatMap((person) => ("unknown" in person ? [person.unknown] : []));
  return { people: known.flat(), unseen: ids.length - known.length, why };
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
  const found = await slack.ask("users.info", { user: id }, userAnswer(id));
  if ("unknown" in found) return found;
  const { user } = found.known;
  if (user.deleted) return { known: [] };
  const { profile, name, real_name, team_id, enterprise_user } = user;
  const isOfOrganization =
    organization !== undefined && [team_id, enterprise_user?.enterprise_id].includes(organization);
  const isStranger = user.is_stranger === true || (team_id !== workspace && !isOfOrganization);
  // A guest of another organization isn't a guest here.
  const isGuest = !isStranger && (user.is_restricted || user.is_ultra_restricted);
  const is = user.is_bot ? "bot" : isGuest ? "guest" : "person";
  const shown = profile?.display_name || profile?.real_name || real_name || name;
  return { known: [{ id, name: shown, is, from: isStranger ? team_id : undefined }] };
}

export function countsOf({ people, unseen }: ChannelMembers): PeopleCounts {
  const humans = people.filter((one) => one.is !== "bot");
  return {
    members: humans.length,
    guests: humans.filter((one) => one.is === "guest").length,
    strangers: humans.filter((one) => one.from !== undefined).length,
    bots: people.length - humans.length,
    unseen,
  };
}

/** What is known of a channel, and what isn't, in sentences. */
export function peopleIn(
  { token, channels }: SlackPeople,
  { workspace, channel }: Pick<ReportedChannel, "workspace" | "channel">,
): Pick<ReportedChannel, "state" | "counts" | "people" | "unknown"> {
  const because = (unknown: SlackFailure) => `${unknown.message}. ${slackFix(unknown)}`;
  if ("unknown" in token) return { unknown: [because(token.unknown)] };
  const found = token.known.workspace === workspace ? channels.get(channel) : undefined;
  if (found === undefined) {
    const other = `SLACK_BOT_TOKEN is a token of ${token.known.workspace}, which can't read channels of ${workspace}. Run this again with a token of ${workspace}.`;
    return { unknown: [other] };
  }
  const { state, members } = found;
  if ("unknown" in state) return { unknown: [because(state.unknown)] };
  if ("unknown" in members) return { state: state.known, unknown: [because(members.unknown)] };
  const { unseen, why, people } = members.known;
  const unseenWords = `${unseen} more members were not looked up, since they are beyond the limit of ${MAX_MEMBERS}. Remove people who don't need the cases from the channel.`;
  const unknown = why ? [because(why)] : unseen > 0 ? [unseenWords] : [];
  return { state: state.known, counts: countsOf(members.known), people: [...people], unknown };
}
