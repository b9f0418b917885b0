import { expectSlackAnswer } from "../../../cli/slack/answer-schemas";
import type { Slack } from "../../../cli/slack/connection";
import {
  countsOf,
  type LiveSlackChannel,
  type Person,
  peopleIn,
  readSlackPeople,
} from "../../../cli/slack/live-people";
import { kindOf, type SlackFailure, slackFix } from "../../../cli/slack/lookup";
import { MAX_MEMBERS } from "../../../modules/support-app/model/limits";
import { BOT, channel, person, workspace } from "../../support/answering-slack";

type Instead = (method: string) => object | undefined;

const requests: string[] = [];
beforeEach(() => {
  requests.length = 0;
});

const failed = (method: string, error: string) => ({
  unknown: { kind: kindOf(error), method, message: `Slack answers ${error} to ${method}` },
});

/** Slack without a network. */
function slackWith(workspaceAnswer: ReturnType<typeof workspace>, override: Instead): Slack {
  return {
    async ask(method, parameters, schema) {
      const parameterEntries = Object.entries(parameters).flatMap(([name, value]) =>
        value ? [[name, String(value)]] : [],
      );
      const { channel = "", user = channel, ...rest }: Record<string, string> = Object.fromEntries(parameterEntries);
      requests.push(`${method} ${user}`.trim());
      const answer = {
        ok: true,
        error: "",
        ...(override(method) ?? workspaceAnswer(method, { channel, user, ...rest })),
      };
      return answer.ok ? { known: expectSlackAnswer(schema, answer) } : failed(method, answer.error);
    },
  };
}

const C1 = { workspace: "T1", channel: "C1" };

/** What is read of channels in a Slack with the given answers. */
function people(workspaceAnswer = workspace(), override: Instead = () => undefined, channels = [C1]) {
  return readSlackPeople(slackWith(workspaceAnswer, override), channels);
}

/** What is read of the channel C1. */
async function oncall(workspaceAnswer?: ReturnType<typeof workspace>, override?: Instead): Promise<LiveSlackChannel> {
  const liveChannel = (await people(workspaceAnswer, override)).channels.get("C1");
  if (!liveChannel) throw new Error("Received no channel, expected C1.");
  return liveChannel;
}

const withChannel = (overrides: object) => workspace(undefined, [channel("C1", overrides)]);
const STATE = {
  name: "oncall",
  isPrivate: true,
  isArchived: false,
  isShared: false,
  sharedWith: [],
  isInvited: false,
};

test("a channel has its state and its members; Slackbot, deactivated and repeated ones don't count", async () => {
  const members = [person("U1"), person("U1"), person("U2", { deleted: true }), person("USLACKBOT"), BOT];
  expect(await oncall(workspace(members))).toEqual({
    state: { known: STATE },
    members: {
      known: {
        people: [
          { id: "U1", name: "person U1", is: "person" },
          { id: "UBOT", name: "person UBOT", is: "bot" },
        ],
        unseen: 0,
        reason: undefined,
      },
    },
  });
});

test("only channels of the token's workspace are read", async () => {
  const { token, channels } = await people(undefined, undefined, [C1, { workspace: "T2", channel: "C2" }]);
  expect(token).toEqual({ known: { workspace: "T1", organization: undefined } });
  expect([...channels.keys()]).toEqual(["C1"]);
  expect(requests.filter((request) => request.endsWith("C2"))).toEqual([]);
});

test("with a token that Slack rejects, no channel is read", async () => {
  const revoked = await people(undefined, () => ({ ok: false, error: "token_revoked" }));
  expect(revoked).toEqual({ token: failed("auth.test", "token_revoked"), channels: new Map() });
});

const WITH_T9 = { isShared: true, sharedWith: ["T9"] };

test.each<[string, object, object]>([
  ["is public, and archived", { is_private: false, is_archived: true }, { isPrivate: false, isArchived: true }],
  [
    "is shared with organizations that Slack names, each once",
    { is_shared: true, is_ext_shared: true, connected_team_ids: ["T9"], shared_team_ids: ["T1", "T9", "E8"] },
    { isShared: true, sharedWith: ["E8", "T9"] },
  ],
  ["is shared with one that Slack doesn't name", { is_ext_shared: true }, { isShared: true }],
  ["is shared in a way that Slack doesn't say", { is_shared: true }, { isShared: true }],
  ["is connected to another organization, whatever the flags say", { connected_team_ids: ["T1", "T9"] }, WITH_T9],
  ["is shared with another organization, whatever the flags say", { shared_team_ids: ["T1", "T9"] }, WITH_T9],
  [
    "is shared by workspaces of its own organization only",
    {
      is_shared: true,
      is_org_shared: true,
      internal_team_ids: ["T3"],
      shared_team_ids: ["E1", "T1", "T3", "T4"],
      connected_team_ids: ["T1", "T3"],
      pending_shared: ["T3"],
      pending_connected_team_ids: ["E1"],
    },
    {},
  ],
  ["another organization is invited to", { is_pending_ext_shared: true }, { isInvited: true }],
  ["another organization is invited to, whatever the flag says", { pending_shared: ["T9"] }, { isInvited: true }],
  ["another organization has yet to accept", { pending_connected_team_ids: ["T9"] }, { isInvited: true }],
])("the state of a channel that %s is read from what Slack says", async (_, overrides, state) => {
  const identity = { ok: true, team_id: "T1", enterprise_id: "E1" };
  const { state: actual } = await oncall(withChannel(overrides), (method) =>
    method === "auth.test" ? identity : undefined,
  );
  expect(actual).toEqual({ known: { ...STATE, ...state } });
});

test("a channel that isn't visible is unknown, and its members aren't asked for", async () => {
  const unknown = failed("conversations.info", "channel_not_found");
  expect(await oncall(workspace(undefined, []))).toEqual({ state: unknown, members: unknown });
  expect(requests).toEqual(["auth.test", "conversations.info C1"]);
});

test("if Slack doesn't list the members, the state is known nevertheless", async () => {
  const error = { ok: false, error: "internal_error" };
  const liveChannel = await oncall(undefined, (method) => (method === "conversations.members" ? error : undefined));
  expect(liveChannel).toEqual({ state: { known: STATE }, members: failed("conversations.members", "internal_error") });
});

test("the members are on several pages, and at most 500 of them are looked up", async () => {
  const profiles = Array.from({ length: MAX_MEMBERS + 2 }, (_, index) => person(`U${index}`));
  const unseen = { ok: false, error: "user_not_visible" };
  const { members } = await oncall(workspace(profiles), (method) => (method === "users.info" ? unseen : undefined));
  expect(members).toMatchObject({ known: { people: [], unseen: 502 } });
  expect(requests.filter((request) => request.startsWith("users.info"))).toHaveLength(500);
});

test.each<[string, object, Partial<Person>]>([
  ["a guest", { is_restricted: true }, { is: "guest" }],
  ["a guest of one channel", { is_ultra_restricted: true }, { is: "guest" }],
  ["a bot", { is_bot: true, is_restricted: true }, { is: "bot" }],
  ["somebody of another organization", { team_id: "T9" }, { from: "T9" }],
  ["somebody of whom Slack says so", { is_stranger: true }, { from: "T1" }],
  ["a guest of another organization, who is no guest here", { team_id: "T9", is_restricted: true }, { from: "T9" }],
  ["somebody of the same organization", { team_id: "T2", enterprise_user: { enterprise_id: "E1" } }, {}],
  ["somebody of the organization itself", { team_id: "E1" }, {}],
  ["somebody without a display name", { profile: { display_name: "", real_name: "Jane" } }, { name: "Jane" }],
  ["somebody without a profile", { profile: undefined }, { name: "Person U1" }],
  ["somebody with a user name only", { profile: {}, real_name: "" }, { name: "name-of-u1" }],
])("%s in the channel is recognized", async (_, overrides, is) => {
  const identity = { ok: true, team_id: "T1", enterprise_id: "E1" };
  const override: Instead = (method) => (method === "auth.test" ? identity : undefined);
  const { members } = await oncall(workspace([person("U1", overrides)]), override);
  const jane = { id: "U1", name: "person U1", is: "person", from: undefined, ...is };
  expect(members).toEqual({ known: { people: [jane], unseen: 0, reason: undefined } });
});

test.each([
  ["missing_scope", 1],
  ["user_not_visible", 3],
])("if Slack answers %s about people, nobody is known, after %d calls of three", async (error, calls) => {
  const override: Instead = (method) => (method === "users.info" ? { ok: false, error } : undefined);
  const { members } = await oncall(undefined, override);
  const { unknown: reason } = failed("users.info", error);
  expect(members).toEqual({ known: { people: [], unseen: 3, reason } });
  expect(requests.filter((request) => request.startsWith("users.info"))).toHaveLength(calls);
});

test("a private channel in which nobody is, though the token's app sees it, is a broken answer", async () => {
  const { members } = await oncall(workspace([]));
  const message = expect.stringContaining("received nobody as members");
  expect(members).toEqual({ unknown: { kind: "broken-answer", method: "conversations.members", message } });
});

test.each([
  ["a public channel", { is_private: false }],
  ["an archived channel", { is_archived: true }],
])("%s may be empty", async (_, overrides) => {
  const { members } = await oncall(workspace([], [channel("C1", overrides)]));
  expect(members).toEqual({ known: { people: [], unseen: 0, reason: undefined } });
});

test("bots aren't members, and guests and people of other organizations are among them", () => {
  const personWith = (is: Person["is"], from?: string): Person => ({ id: "U1", name: "x", is, from });
  const persons = [
    personWith("person"),
    personWith("guest"),
    personWith("person", "T9"),
    personWith("bot"),
    personWith("bot", "T9"),
  ];
  expect(countsOf({ people: persons, unseen: 7 })).toEqual({ members: 3, guests: 1, strangers: 1, bots: 2, unseen: 7 });
});

const WHY: SlackFailure = { kind: "other", method: "users.info", message: "Slack answers no" };
const WORDS = `Slack answers no. ${slackFix(WHY)}`;
const COUNTS = { members: 0, guests: 0, strangers: 0, bots: 0, unseen: 2 };
const BEYOND =
  "2 more members were not looked up, since they are beyond the limit of 500. Remove people who don't need the cases from the channel.";

test.each<[string, Partial<LiveSlackChannel>, object]>([
  ["the state", { state: { unknown: WHY } }, { unknown: [WORDS] }],
  ["the members", { members: { unknown: WHY } }, { state: STATE, unknown: [WORDS] }],
  [
    "some members",
    { members: { known: { people: [], unseen: 2, reason: WHY } } },
    { state: STATE, counts: COUNTS, unknown: [WORDS] },
  ],
  ["too many", { members: { known: { people: [], unseen: 2 } } }, { state: STATE, counts: COUNTS, unknown: [BEYOND] }],
])("what is known of a channel says so where %s can't be looked at", (_, overrides, expected) => {
  const liveChannel: LiveSlackChannel = {
    state: { known: STATE },
    members: { known: { people: [], unseen: 0 } },
    ...overrides,
  };
  const slackPeople = { token: { known: { workspace: "T1" } }, channels: new Map([["C1", liveChannel]]) };
  expect({ ...peopleIn(slackPeople, C1), people: undefined }).toEqual(expected);
  expect(peopleIn({ ...slackPeople, token: { unknown: WHY } }, C1)).toEqual({ unknown: [WORDS] });
});
