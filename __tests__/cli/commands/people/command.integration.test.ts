import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { peopleReportSchema } from "../../../../cli/reports/people-report";
import { type LiveSlackChannel, peopleIn } from "../../../../cli/slack/live-people";
import { type SlackFailure, slackFix } from "../../../../cli/slack/lookup";
import {
  type AnsweringSlack,
  answerAsSlack,
  BOT,
  channel,
  type InSlack,
  person,
  TOKEN,
  workspace,
} from "../../../support/answering-slack";
import { sharedFolder } from "../../../support/folder";
import { testHelp } from "../../../support/help";
import { HOSTILE_JSON, obeyedIn } from "../../../support/hostile";
import { printedInTests } from "../../../support/printed";

const scratch = sharedFolder();
const file = join(scratch, "environments.yaml");
writeFileSync(
  file,
  `environments:
  production:
    account: "444455556666"
    region: us-east-1
    read-only: { channels: [{ name: watch, workspace: T1, channel: C2 }] }
    full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }
  staging: { account: "111122223333", region: us-east-1, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] } }
  bare: { account: "222233334444", region: us-east-1, read-only: {} }
  abroad: { account: "333344445555", region: us-east-1, read-only: { channels: [{ name: away, workspace: T2, channel: C9 }] } }
  old: { account: "555566667777", region: us-east-1, retired: true, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] } }
`,
);

testHelp("people");

const printed = printedInTests();
const before = { ...process.env };
let slack: AnsweringSlack | undefined;
afterEach(async () => {
  process.env = { ...before };
  await slack?.close();
  slack = undefined;
});

interface Ended {
  readonly status: number;
  /** Without progress messages. */
  readonly output: string;
  readonly all: string;
}

/** Runs the command, and checks that nothing in its output is a secret, or is obeyed. */
async function people(args: readonly string[], workspaceAnswer = workspace(), override?: InSlack): Promise<Ended> {
  slack = await answerAsSlack(workspaceAnswer, override);
  process.env = { ...before, SUPPORT_APP_ENVIRONMENTS: file, SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url };
  const status = await runSupportApp(["people", ...args]);
  const [, ...lines] = printed;
  const fullOutput = printed.join("\n");
  expect(fullOutput).not.toContain(TOKEN);
  expect(fullOutput).not.toContain("@example.com");
  expect(obeyedIn(fullOutput)).toEqual([]);
  return { status, output: lines.join("\n"), all: fullOutput };
}

const PEOPLE = [person("U1"), person("U2", { is_restricted: true }), person("U3", { is_ultra_restricted: true }), BOT];
const BOTH = [channel("C1"), channel("C2", { name: "watch", is_private: false })];

test("a table shows each channel's properties and counts, without names", async () => {
  const { status, all: fullOutput } = await people(["production"], workspace(PEOPLE, BOTH));
  expect({ status, all: fullOutput }).toEqual({
    status: 0,
    all: `Asking Slack about 1 environment …
production (444455556666)
  channel  access     private  archived  shared with  people  guests  external  bots
  #watch   read-only  no       no        nobody       3       2       0         1
  #oncall  full       yes      no        nobody       3       2       0         1`,
  });
});

test("JSON has the same for all environments with channels, and each call is made once", async () => {
  const { status, output, all: fullOutput } = await people(["--all", "--format", "json"], workspace(PEOPLE, BOTH));
  expect(status).toBe(5); // of T2 nothing is known
  expect(fullOutput).toMatch(/^Asking Slack about 3 environments …\n/);
  const report = peopleReportSchema.parse(JSON.parse(output));
  expect(report.environments.map(({ name }) => name)).toEqual(["production", "staging", "abroad"]);
  const state = { isArchived: false, isShared: false, sharedWith: [], isInvited: false };
  expect(report.environments[0]?.channels[0]).toEqual({
    ...{ workspace: "T1", channel: "C2", name: "watch", access: "read-only", unknown: [] },
    state: { ...state, name: "watch", isPrivate: false },
    counts: { members: 3, guests: 2, strangers: 0, bots: 1, unseen: 0 },
  });
  expect(report.environments[2]?.channels[0]?.unknown).toEqual([
    "SLACK_BOT_TOKEN is a token of T1, which can't read channels of T2. Run this again with a token of T2.",
  ]);
  expect(output).not.toContain("person U1"); // without --members
  expect(slack?.asked.toSorted()).toEqual([
    "auth.test",
    ...["conversations.info C1", "conversations.info C2", "conversations.members C1", "conversations.members C2"],
    ...["users.info U1", "users.info U2", "users.info U3", "users.info UBOT"],
  ]);
  expect([...(slack?.authorizations ?? [])]).toEqual([`Bearer ${TOKEN}`]);
});

const ONCALL = { workspace: "T1", channel: "C1" };
const STATE = {
  ...{ name: "oncall", isPrivate: true, isArchived: false, isShared: false, sharedWith: [], isInvited: false },
};
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
])("the report says so where %s can't be looked at", (_, overrides, expected) => {
  const liveChannel: LiveSlackChannel = {
    state: { known: STATE },
    members: { known: { people: [], unseen: 0 } },
    ...overrides,
  };
  const slackPeople = { token: { known: { workspace: "T1" } }, channels: new Map([["C1", liveChannel]]) };
  expect({ ...peopleIn(slackPeople, ONCALL), people: undefined }).toEqual(expected);
  expect(peopleIn({ ...slackPeople, token: { unknown: WHY } }, ONCALL)).toEqual({ unknown: [WORDS] });
});

test("an unknown value is a question mark with the reason, and the exit status is 5", async () => {
  const { status, output } = await people(["staging"], workspace([], []));
  expect(status).toBe(5);
  expect(output).toMatch(
    /\n {2}#oncall {2}full {4}(\? +){6}\?\n {2}#oncall: Slack answers channel_not_found to conversations\.info\. If the channel exists,/,
  );
});

test("hostile names in Slack stay within a line, in text and in JSON", async () => {
  const evil = { display_name: HOSTILE_JSON.replace("\r", ""), real_name: "x" };
  const workspaceAnswer = workspace(
    [person("U1", { profile: evil, name: HOSTILE_JSON })],
    [channel("C1", { name: HOSTILE_JSON })],
  );
  expect((await people(["staging", "--members"], workspaceAnswer)).output).toContain("::error::a");
  await slack?.close();
  printed.length = 0;
  const { output } = await people(["staging", "--members", "--format", "json"], workspaceAnswer);
  const { people: members } = JSON.parse(output).environments[0].channels[0];
  expect(members).toEqual([
    expect.objectContaining({ id: "U1", is: "person", name: expect.stringContaining("::err") }),
  ]);
});
