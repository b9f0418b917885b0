import type * as z from "zod";
import {
  authAnswer,
  channelAnswer,
  errorAnswer,
  expectSlackAnswer,
  membersPage,
  userAnswer,
} from "../../../cli/slack/answer-schemas";
import { BrokenAnswer } from "../../../common/broken-answer";
import { channel, person } from "../../support/answering-slack";

const oncall = (overrides: object) => ({ channel: channel("C1", overrides) });
const jane = (overrides: object) => ({ user: person("U1", overrides) });

test.each<[string, z.ZodType, object]>([
  ["error", errorAnswer, { ok: false, error: "Not a code" }],
  ["error", errorAnswer, { ok: false, error: "a".repeat(101) }],
  ["ok", errorAnswer, { error: "a" }],
  ["needed", errorAnswer, { ok: false, error: "missing_scope", needed: "a b" }],
  ["team_id", authAnswer, { team_id: "U1" }],
  ["channel.id", channelAnswer("C2"), oncall({})],
  ["channel.name", channelAnswer("C1"), oncall({ name: "" })],
  ...["is_private", "is_archived", "is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared"].map(
    (flag): [string, z.ZodType, object] => [`channel.${flag}`, channelAnswer("C1"), oncall({ [flag]: undefined })],
  ),
  ["channel.shared_team_ids[1]", channelAnswer("C1"), oncall({ shared_team_ids: ["T1", "x"] })],
  ["channel", channelAnswer("C1"), {}],
  ["members[0]", membersPage, { members: ["Jane"] }],
  ["members", membersPage, {}],
  ["user.id", userAnswer("U2"), jane({})],
  ...["is_bot", "is_restricted", "is_ultra_restricted"].map((flag): [string, z.ZodType, object] => [
    `user.${flag}`,
    userAnswer("U1"),
    jane({ [flag]: "jane@example.com" }),
  ]),
  ["user.team_id", userAnswer("U1"), jane({ team_id: "jane@example.com" })],
  ["user.profile", userAnswer("U1"), jane({ profile: "Jane" })],
  ["user.deleted", userAnswer("U1"), jane({ deleted: "no" })],
  ["user", userAnswer("U1"), { user: "Jane" }],
])(
  "an answer that Slack doesn't promise is broken, and no value is repeated, which may be a name: %s",
  (path, schema, answer) => {
    expect(() => expectSlackAnswer(schema, answer)).toThrow(
      new BrokenAnswer(`received something else as ${path}, expected what Slack documents`),
    );
  },
);
