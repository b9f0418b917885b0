import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { peopleReportSchema } from "../../../../cli/reports/people-report";
import {
  type AnsweringSlack,
  answerAsSlack,
  BOT,
  channel,
  type InSlack,
  person,
  rateLimited,
  TOKEN,
  workspace,
} from "../../../support/answering-slack";
import { HOSTILE_JSON, obeyedIn } from "../../../support/hostile";
import { printedInTests } from "../../../support/printed";
import { thoroughTest } from "../../../support/thorough";

const scratch = mkdtempSync(join(tmpdir(), "support-app-people-"));
const file = join(scratch, "environments.yaml");
afterAll(() => rmSync(scratch, { recursive: true }));
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
async function people(args: readonly string[], own = workspace(), instead?: InSlack): Promise<Ended> {
  slack = await answerAsSlack(own, instead);
  process.env = { ...before, SUPPORT_APP_ENVIRONMENTS: file, SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url };
  const status = await runSupportApp(["people", ...args]);
  const [, ...lines] = printed;
  const all = printed.join("\n");
  expect(all).not.toContain(TOKEN);
  expect(all).not.toContain("@example.com");
  expect(obeyedIn(all)).toEqual([]);
  return { status, output: lines.join("\n"), all };
}

const PEOPLE = [person("U1"), person("U2", { is_restricted: true }), person("U3", { is_ultra_restricted: true }), BOT];
const BOTH = [channel("C1"), channel("C2", { name: "watch", is_private: false })];

test("a table shows each channel's properties and counts, without names", async () => {
  const { status, all } = await people(["production"], workspace(PEOPLE, BOTH));
  expect({ status, all }).toEqual({
    status: 0,
    all: `Asking Slack about production …
production (444455556666)
  channel  access     private  archived  shared with  people  guests  external  bots
  #watch   read-only  no       no        nobody       3       2       0         1
  #oncall  full       yes      no        nobody       3       2       0         1`,
  });
});

test("--members lists everyone by name and kind", async () => {
  const strangers = [...PEOPLE, person("U4", { team_id: "T9", is_stranger: true, is_restricted: true })];
  const { output } = await people(["staging", "--members"], workspace(strangers));
  expect(output).toBe(`staging (111122223333)
  channel  access  private  archived  shared with  people  guests  external  bots
  #oncall  full    yes      no        nobody       4       2       1         1
  In #oncall:
    person  U1    person U1
    guest   U2    person U2
    guest   U3    person U3
    bot     UBOT  person UBOT
    person  U4    person U4    of T9`);
});

test("Slackbot and deactivated people don't count as members", async () => {
  const gone = { id: "U7", team_id: "T1", name: "gone", deleted: true };
  const { output } = await people(["staging", "--members"], workspace([...PEOPLE, gone, person("USLACKBOT")]));
  expect(output).toContain("  #oncall  full    yes      no        nobody       3       2       0         1\n");
  expect(output).not.toMatch(/U7|USLACKBOT/);
});

test("people in another workspace of the same organization aren't external", async () => {
  const colleague = person("U5", { team_id: "T3", enterprise_user: { enterprise_id: "E1" } });
  const inGrid: InSlack = (method) => (method === "auth.test" ? { team_id: "T1", enterprise_id: "E1" } : undefined);
  const { output } = await people(
    ["staging", "--members"],
    workspace([colleague, person("U7", { team_id: "E1" }), person("U6", { team_id: "T3" })]),
    inGrid,
  );
  expect(output).toMatch(
    /person {2}U5 {2}person U5\n {4}person {2}U7 {2}person U7\n {4}person {2}U6 {2}person U6 {2}of T3$/,
  );
});

test("JSON has the same for all environments with channels, and each call is made once", async () => {
  const { status, output } = await people(["--all", "--format", "json"], workspace(PEOPLE, BOTH));
  expect(status).toBe(5); // of T2 nothing is known
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
  expect(output).not.toContain("person U1");
  expect(slack?.asked.toSorted()).toEqual([
    "auth.test",
    ...["conversations.info C1", "conversations.info C2", "conversations.members C1", "conversations.members C2"],
    ...["users.info U1", "users.info U2", "users.info U3", "users.info UBOT"],
  ]);
  expect([...(slack?.authorizations ?? [])]).toEqual([`Bearer ${TOKEN}`]);
});

const many = (count: number) => Array.from({ length: count }, (_, n) => person(`U${n}A`));

test("everyone in a channel with several pages is counted", async () => {
  const { status, output } = await people(["staging"], workspace(many(210)));
  expect([status, slack?.asked.filter((one) => one.startsWith("conversations.members")).length]).toEqual([0, 2]);
  expect(output).toMatch(/ 210 {5}0 {7}0 {9}0$/);
});

thoroughTest("in a channel with more than 500 members, the first 500 are looked up", async () => {
  const { status, output } = await people(["staging"], workspace(many(502)));
  expect(status).toBe(5);
  expect(output).toContain("500 or more  0 or more  0 or more  0 or more");
  expect(output).toContain("2 more members were not looked up");
});

test("if Slack refuses to look up one person, it isn't asked about the others", async () => {
  const refused = { ok: false, error: "missing_scope", needed: "users:read" };
  const { status, output } = await people(["staging"], workspace(many(100)), (method) =>
    method === "users.info" ? refused : undefined,
  );
  expect(status).toBe(5);
  expect(output).toContain("Add the scope users:read to the Slack app");
  expect(slack?.asked.filter((one) => one.startsWith("users.info"))).toHaveLength(1);
});

test("if Slack fails halfway, what is already known stays", async () => {
  const { status, output } = await people(["staging"], workspace(many(60)), (method, { user = "" }) =>
    method === "users.info" && Number(user.slice(1, -1)) >= 30 ? rateLimited("3600") : undefined,
  );
  expect(status).toBe(5);
  expect(output).toMatch(/ (2[5-9]|30) or more {2}0 or more /);
  expect(slack?.asked.filter((one) => one.startsWith("users.info")).length).toBeLessThanOrEqual(34);
});

test.each<[string, string, object]>([
  ["is_bot", "user.is_bot, expected true or false", { is_bot: "Alice Miller <alice@example.com>" }],
  ["profile", "user.profile, expected a mapping", { profile: "alice@example.com" }],
  ["team_id", "user.team_id, expected the ID of a workspace or an organization", { team_id: "alice@example.com" }],
  ["deleted", "user.deleted, expected true or false", { deleted: "alice@example.com" }],
  ["id", 'user.id, expected "U1"', { id: "alice@example.com" }],
])("a person's data doesn't leak through a broken %s", async (_, words, more) => {
  const { status, all } = await people(["staging"], workspace([], [channel("C1")]), (method, { user }) => {
    if (method === "conversations.members") return { members: ["U1"] };
    return method === "users.info" ? { user: person(user ?? "", more) } : undefined;
  });
  expect(status).toBe(5);
  expect(all).toContain(`a broken answer to users.info: received a text as ${words}`);
  expect(all).not.toMatch(/alice|miller/i);
});

test.each<[string, object, string]>([
  ["a user", { user: "alice@example.com" }, "users.info: received a text as user, expected a mapping"],
  [
    "a member",
    { members: ["alice@example.com"] },
    "conversations.members: received a text as members[0], expected the",
  ],
  ["an error", { ok: false, error: "alice@example.com" }, "conversations.members: received a text as error, expected"],
  ["no error", { ok: "Alice" }, "conversations.members: received nothing as members, expected a list"],
])("nor does a name in the place of %s", async (_, answer, words) => {
  const method = words.slice(0, words.indexOf(":"));
  const { status, all } = await people(["staging"], workspace(), (asked) => (asked === method ? answer : undefined));
  expect(status).toBe(5);
  expect(all).toContain(`a broken answer to ${words}`);
  expect(all).not.toMatch(/alice/i);
});

test("an unknown value is a question mark with the reason, and the exit status is 5", async () => {
  const { status, output } = await people(["staging"], workspace([], []));
  expect({ status, output }).toEqual({
    status: 5,
    output: `staging (111122223333)
  channel  access  private  archived  shared with  people  guests  external  bots
  #oncall  full    ?        ?         ?            ?       ?       ?         ?
  #oncall: Slack answers channel_not_found to conversations.info. If the channel exists, invite the token's app to it: /invite @ and the app's name, in the channel. If it was deleted, remove it from environments.yaml, and deploy.`,
  });
});

test("hostile names in Slack stay within a line, in text and in JSON", async () => {
  const evil = { display_name: HOSTILE_JSON.replace("\r", ""), real_name: "x" };
  const own = workspace([person("U1", { profile: evil, name: HOSTILE_JSON })], [channel("C1", { name: HOSTILE_JSON })]);
  expect((await people(["staging", "--members"], own)).output).toContain("::error::a");
  await slack?.close();
  printed.length = 0;
  const { output } = await people(["staging", "--members", "--format", "json"], own);
  expect(JSON.stringify(JSON.parse(output))).toContain("::error::a");
});

test("it needs no AWS account", async () => {
  process.env.AWS_ENDPOINT_URL = "no URL";
  expect(await people(["staging"])).toMatchObject({ status: 0 });
});
