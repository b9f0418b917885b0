import type { z } from "zod";
import { BrokenAnswer } from "../../../cli/aws/broken-answer";
import {
  authAnswer,
  channelAnswer,
  errorAnswer,
  expectSlackAnswer,
  kindInWords,
  membersPage,
  userAnswer,
} from "../../../cli/slack/answer-schemas";
import { channel, person } from "../../support/answering-slack";

test.each([
  [null, "nothing"],
  [undefined, "nothing"],
  [["Jane"], "a list"],
  ["Jane", "a text"],
  [{ name: "Jane" }, "a mapping"],
  [5, "a number"],
  [true, "a boolean"],
])("a received %j is %s: it may be somebody's name", (value, words) => {
  expect(kindInWords(value)).toBe(words);
});

const oncall = (more: object) => ({ channel: channel("C1", more) });
const jane = (more: object) => ({ user: person("U1", more) });

test.each<[string, z.ZodType, object, unknown]>([
  ["a workspace", authAnswer, { team_id: "T1" }, { workspace: "T1", organization: undefined }],
  ["no organization", authAnswer, { team_id: "T1", enterprise_id: null }, { workspace: "T1", organization: undefined }],
  ["an organization", authAnswer, { team_id: "T1", enterprise_id: "E1" }, { workspace: "T1", organization: "E1" }],
  [
    "a page of members, with a next one",
    membersPage,
    { members: ["U1", "W2"], response_metadata: { next_cursor: "more" } },
    { items: ["U1", "W2"], next: "more" },
  ],
  [
    "the last page of members",
    membersPage,
    { members: [], response_metadata: { next_cursor: "" } },
    { items: [], next: undefined },
  ],
  [
    "a deactivated person, of whom Slack says nothing else",
    userAnswer("U1"),
    { user: { id: "U1", deleted: true } },
    { user: { id: "U1", deleted: true } },
  ],
])("%s is read", (_, schema, answer, read) => {
  expect(expectSlackAnswer(schema, answer)).toEqual(read);
});

test.each<[string, z.ZodType, object]>([
  ["received a text as error, expected a Slack error code", errorAnswer, { ok: false, error: "Not a code" }],
  ["received a text as error, expected a Slack error code", errorAnswer, { ok: false, error: "a".repeat(101) }],
  ["received a text as needed, expected scopes", errorAnswer, { ok: false, error: "missing_scope", needed: "a b" }],
  ["received a text as team_id, expected the ID of a workspace or an organization", authAnswer, { team_id: "U1" }],
  ['received a text as channel.id, expected "C2"', channelAnswer("C2"), oncall({})],
  ["received a text as channel.name, expected a text", channelAnswer("C1"), oncall({ name: "" })],
  [
    "received nothing as channel.is_private, expected true or false",
    channelAnswer("C1"),
    oncall({ is_private: undefined }),
  ],
  [
    "received a text as channel.shared_team_ids[1], expected the ID of a workspace or an organization",
    channelAnswer("C1"),
    oncall({ shared_team_ids: ["T1", "x"] }),
  ],
  ["received nothing as channel, expected a mapping", channelAnswer("C1"), {}],
  ["received a text as members[0], expected the ID of a person or a bot", membersPage, { members: ["C1"] }],
  ["received nothing as members, expected a list", membersPage, {}],
  ['received a text as user.id, expected "U2"', userAnswer("U2"), jane({})],
  [
    "received nothing as user.is_restricted, expected true or false",
    userAnswer("U1"),
    jane({ is_restricted: undefined }),
  ],
  ["received a text as user.deleted, expected true or false", userAnswer("U1"), jane({ deleted: "no" })],
  ["received a text as user, expected a mapping", userAnswer("U1"), { user: "U1" }],
])("an answer that Slack doesn't promise is broken: %s", (message, schema, answer) => {
  expect(() => expectSlackAnswer(schema, answer)).toThrow(new BrokenAnswer(message));
});
