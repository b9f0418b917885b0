import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../../../../cli/commands/doctor/check";
import { slackPeople } from "../../../../cli/commands/doctor/checks/slack-people";
import { runSupportApp } from "../../../../cli/program";
import { doctorReportSchema } from "../../../../cli/reports/doctor-report";
import type { ChannelMembers, Person } from "../../../../cli/slack/live-people";
import { AWS_VARIABLES, answerAs } from "../../../support/answering-aws";
import {
  answerAsSlack,
  BOT,
  channel,
  type InSlack,
  person,
  rateLimited,
  type SlackAnswer,
  TOKEN,
  workspace,
} from "../../../support/answering-slack";
import { healthyAws } from "../../../support/healthy-aws";
import { HOSTILE, obeyedIn } from "../../../support/hostile";
import { ACCOUNT, environmentOf, healthyAccount } from "../../../support/live-account";
import { printedInTests } from "../../../support/printed";
import { sample } from "../../../support/thorough";

const scratch = mkdtempSync(join(tmpdir(), "support-app-doctor-slack-"));
const file = join(scratch, "environments.yaml");
afterAll(() => rmSync(scratch, { recursive: true }));

const printed = printedInTests();
const before = { ...process.env };
const toClose: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  process.env = { ...before };
  for (const one of toClose.splice(0)) await one.close();
});

const RULES = "private: required, guests: refused, shared: refused, members: { at-most: 3 }";

function yamlOf({ rules = RULES, access = "", other = "" }: Situation): string {
  return `environments: { test: { account: "${ACCOUNT}", region: us-east-1, other-channels: expected, full: { ${access} channels: [${other}{ name: oncall, workspace: T1, channel: C1${rules && `, ${rules}`} }] } } }`;
}

interface Doctored {
  readonly status: number;
  readonly all: string;
  /** Of the checks of Slack. */
  readonly findings: readonly (Finding & { readonly check: string })[];
  readonly answers: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly asked: readonly string[];
}

interface Situation {
  readonly rules?: string;
  /** What rules.yaml says. Undefined: it isn't there. */
  readonly ruled?: string;
  readonly own?: ReturnType<typeof workspace>;
  readonly instead?: InSlack;
  readonly token?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What else environments.yaml says of the access level, and of channels. */
  readonly access?: string;
  readonly other?: string;
  readonly args?: readonly string[];
}

/** Runs doctor without credentials of AWS, and sees to it that nothing of what it prints is the token, or is obeyed. */
async function doctor(situation: Situation): Promise<Doctored> {
  const { own, instead, token = TOKEN, env, args = [] } = situation;
  const slack = await answerAsSlack(own, instead);
  toClose.push(slack);
  writeFileSync(file, yamlOf(situation));
  const rulesFile = join(scratch, "rules.yaml");
  rmSync(rulesFile, { force: true });
  if (situation.ruled !== undefined) writeFileSync(rulesFile, situation.ruled);
  process.env = {
    ...before,
    ...AWS_VARIABLES,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    SUPPORT_APP_ENVIRONMENTS: file,
    SLACK_BOT_TOKEN: token,
    SLACK_API_URL: slack.url,
    ...env,
  };
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) {
    if (env?.[name] === undefined) delete process.env[name];
  }
  const textStatus = await runSupportApp(["doctor", "test", "--slack", ...args]);
  const text = printed.splice(0).join("\n");
  const peopleStatus = await runSupportApp(["people", "test", "--members"]);
  const status = await runSupportApp(["doctor", "test", "--slack", "--format", "json", ...args]);
  const all = [text, ...printed].join("\n");
  expect(all).not.toContain(token);
  expect(all).not.toContain(token.slice(-12));
  expect(obeyedIn(all)).toEqual([]);
  expect(textStatus).toBe(status);
  expect([0, 5]).toContain(peopleStatus);
  const json = printed.splice(printed.lastIndexOf("Looking at test …") + 1).join("\n");
  printed.length = 0;
  const report = doctorReportSchema.parse(JSON.parse(json.slice(json.indexOf("{"))));
  const checks = report.environments[0]?.checks.filter(({ name }) => name.startsWith("slack-")) ?? [];
  return {
    status,
    all,
    findings: checks.flatMap(({ name, findings }) => findings.map((finding) => ({ ...finding, check: name }))),
    answers: Object.fromEntries(checks.map(({ name, answer }) => [name, answer])),
    notes: report.environments[0]?.notes ?? [],
    asked: slack.asked,
  };
}

/** Slack that answers one method with something else. */
function onlyTo(asked: string, answer: SlackAnswer): InSlack {
  return (method) => (method === asked ? answer : undefined);
}

const error = (code: string, more: object = {}) => ({ ok: false, error: code, ...more });
const withChannel = (more: object) => workspace(undefined, [channel("C1", more)]);
const withPeople = (...more: Record<string, unknown>[]) => workspace([person("U1"), ...more, BOT]);
const SHARED = { is_shared: true, is_ext_shared: true, connected_team_ids: ["T9"], shared_team_ids: ["T1", "T9"] };

/** What is wrong, whose finding it is, and what that says. */
const FAULTS: readonly (readonly [what: string, situation: Situation, check: string, found: string | RegExp])[] = [
  [
    "a token that Slack doesn't know",
    { token: "xoxb-1-unknownSecretOfSomebody" },
    "slack-token",
    "Slack answers invalid_auth to auth.test",
  ],
  [
    "a token that was revoked",
    { instead: () => error("token_revoked") },
    "slack-token",
    "Slack answers token_revoked to auth.test",
  ],
  [
    "an app that was removed",
    { instead: () => error("account_inactive") },
    "slack-token",
    "Slack answers account_inactive to auth.test",
  ],
  [
    "a token of another workspace",
    { instead: onlyTo("auth.test", { team_id: "T2" }) },
    "slack-token",
    "a token of T2, which says nothing about channels of T1",
  ],
  [
    "a missing scope for channels",
    {
      instead: onlyTo("conversations.info", error("missing_scope", { needed: "groups:read", provided: "users:read" })),
    },
    "slack-channels",
    "Slack answers missing_scope to conversations.info, which needs groups:read",
  ],
  [
    "a missing scope for people",
    { instead: onlyTo("users.info", error("missing_scope", { needed: "users:read", provided: "groups:read" })) },
    "slack-people",
    "Slack answers missing_scope to users.info, which needs users:read",
  ],
  [
    "a channel that was deleted, or that the app isn't in",
    { own: workspace(undefined, []) },
    "slack-channels",
    "Slack answers channel_not_found to conversations.info",
  ],
  [
    "a channel that was renamed",
    { own: withChannel({ name: "support-oncall" }) },
    "slack-channels",
    "the name support-oncall",
  ],
  [
    "an archived channel",
    { own: withChannel({ is_archived: true }) },
    "slack-channels",
    "it is archived, so nobody can do anything in it",
  ],
  [
    "a public channel",
    { own: withChannel({ is_private: false }) },
    "slack-channels",
    "it is public: everyone in the workspace can join it",
  ],
  ["a channel that is shared", { own: withChannel(SHARED) }, "slack-channels", "shared with another organization (T9)"],
  [
    "a channel that is shared in a way that Slack doesn't say",
    { own: withChannel({ is_shared: true }) },
    "slack-channels",
    "shared with another organization, which Slack doesn't name",
  ],
  [
    "another organization that is invited",
    { own: withChannel({ is_pending_ext_shared: true }) },
    "slack-channels",
    "another organization is invited to share it",
  ],
  [
    "another organization that is invited, whatever the flag says",
    { own: withChannel({ pending_shared: ["T8"] }) },
    "slack-channels",
    "another organization is invited to share it",
  ],
  [
    "another organization that is invited and hasn't accepted",
    { own: withChannel({ pending_connected_team_ids: ["T8"] }) },
    "slack-channels",
    "another organization is invited to share it",
  ],
  [
    "a channel of which Slack doesn't say whether somebody is invited",
    { own: withChannel({ is_pending_ext_shared: undefined }) },
    "slack-channels",
    "a broken answer to conversations.info: received something else as channel.is_pending_ext_shared, expected what Slack documents",
  ],
  [
    "another organization that is connected, whatever the flags say",
    { own: withChannel({ connected_team_ids: ["T1", "T8"] }) },
    "slack-channels",
    "shared with another organization (T8)",
  ],
  [
    "another organization that has it, whatever the flags say",
    { own: withChannel({ shared_team_ids: ["T1", "T8"] }) },
    "slack-channels",
    "shared with another organization (T8)",
  ],
  [
    "a private channel in which nobody is, though the app sees it",
    { instead: onlyTo("conversations.members", { members: [] }) },
    "slack-people",
    /received nobody as members/,
  ],
  ["a guest", { own: withPeople(person("U2", { is_restricted: true })) }, "slack-people", "1 guest"],
  [
    "a guest of one channel",
    { own: withPeople(person("U2", { is_restricted: true, is_ultra_restricted: true })) },
    "slack-people",
    "1 guest",
  ],
  [
    "somebody of another organization",
    { own: withPeople(person("U2", { team_id: "T9" })) },
    "slack-people",
    "1 person of another organization",
  ],
  [
    "a stranger",
    { own: withPeople(person("U2", { is_stranger: true })) },
    "slack-people",
    "1 person of another organization",
  ],
  ["too many people", { own: withPeople(person("U2"), person("U3"), person("U4")) }, "slack-people", "4 people"],
  [
    "a rate limit that is too long",
    { instead: onlyTo("conversations.info", rateLimited("3600")) },
    "slack-channels",
    "Slack couldn't be asked conversations.info: its rate limit asks to wait 3600 s, and support-app waits at most 60 s",
  ],
  [
    "a rate limit that doesn't say for how long",
    { instead: onlyTo("conversations.members", rateLimited(undefined)) },
    "slack-people",
    "a broken answer to conversations.members: received something else, expected an answer of Slack's Web API",
  ],
  [
    "somebody of whom Slack says nothing",
    { instead: onlyTo("users.info", error("user_not_visible")) },
    "slack-people",
    "Slack answers user_not_visible to users.info",
  ],
  [
    "a channel of which Slack doesn't say whether it is private",
    { own: withChannel({ is_private: undefined }) },
    "slack-channels",
    "a broken answer to conversations.info: received something else as channel.is_private, expected what Slack documents",
  ],
  [
    "another channel than was asked about",
    { instead: onlyTo("conversations.info", { channel: channel("C2") }) },
    "slack-channels",
    "a broken answer to conversations.info: received something else as channel.id, expected what Slack documents",
  ],
  [
    "somebody of whom Slack doesn't say whether they are a guest",
    { own: withPeople(person("U2", { is_restricted: undefined })) },
    "slack-people",
    "a broken answer to users.info: received something else as user.is_restricted, expected what Slack documents",
  ],
  [
    "pages without an end",
    {
      instead: onlyTo("conversations.members", { members: ["U1"], response_metadata: { next_cursor: "again" } }),
    },
    "slack-people",
    "a broken answer to conversations.members: received a page that leads back to an earlier one, expected an end",
  ],
  [
    "a page without members",
    { instead: onlyTo("conversations.members", {}) },
    "slack-people",
    "a broken answer to conversations.members: received something else as members, expected what Slack documents",
  ],
  [
    "a login page",
    { instead: () => (outgoing) => outgoing.end("<html>Log in</html>") },
    "slack-token",
    "a broken answer to auth.test: received something else as error, expected what Slack documents",
  ],
  [
    "a list in place of an answer",
    { instead: () => (outgoing) => outgoing.end("[]") },
    "slack-token",
    "a broken answer to auth.test: received something else as ok, expected what Slack documents",
  ],
  [
    "a proxy that refuses",
    { instead: () => (outgoing) => outgoing.writeHead(403).end() },
    "slack-token",
    "a broken answer to auth.test: received status 403, expected 200",
  ],
  [
    "an error that repeats the token",
    { instead: () => error(`no ${TOKEN}`) },
    "slack-token",
    "a broken answer to auth.test: received something else as error, expected what Slack documents",
  ],
  [
    "an error that a log would interpret",
    { instead: () => error(HOSTILE) },
    "slack-token",
    "a broken answer to auth.test: received something else as error, expected what Slack documents",
  ],
  ["a name that repeats the token", { own: withChannel({ name: `is-${TOKEN}` }) }, "slack-channels", "the name is-…"],
];

test("there are more than 12 faults", () => expect(FAULTS.length).toBeGreaterThan(12));

test.each(sample(FAULTS, 2))("%s is one finding, and the token is nowhere", async (_, situation, check, found) => {
  const { findings, answers, status, all } = await doctor(situation);
  expect(findings.map((finding) => [finding.check, finding.found])).toEqual([
    [check, typeof found === "string" ? found : expect.stringMatching(found)],
  ]);
  expect(findings[0]?.fix.text).not.toBe("");
  expect(answers[check]).toBe(findings[0]?.answer);
  expect(status).toBe(findings[0]?.answer === "unhealthy" ? 4 : 5);
  expect(all).not.toMatch(/name-of-u|@example\.com/);
});

test("rules.yaml applies to every channel as if each channel said it", async () => {
  const guests = ["U2", "U3", "U4"].map((id) => person(id, { is_restricted: true }));
  const own = workspace([person("U1"), ...guests, BOT], [channel("C1", { ...SHARED, is_private: false })]);
  const [said, ruled] = [await doctor({ own }), await doctor({ own, rules: "", ruled: `all: { ${RULES} }` })];
  expect(said.findings.map(({ expected }) => expected)).toEqual([
    "private: required",
    "shared: refused",
    "guests: refused",
    "members: { at-most: 3 }",
  ]);
  expect(ruled.findings).toEqual(said.findings);
  const without = await doctor({ own, rules: "" });
  expect(without.findings).toEqual([]);
});

test("doctor says how to get into a private channel", async () => {
  const { findings } = await doctor({ own: workspace(undefined, []) });
  expect(findings[0]?.fix.text).toContain("/invite @");
});

test("a channel as required is healthy, without AWS credentials, and its people are a note", async () => {
  const { answers, findings, notes, status } = await doctor({});
  expect(findings).toEqual([]);
  expect(answers).toEqual({ "slack-token": "healthy", "slack-channels": "healthy", "slack-people": "healthy" });
  expect(notes).toEqual(["In #oncall (C1 of T1): 2 people, 1 bot."]);
  expect(status).toBe(5); // of AWS nothing is known
});

test("without rules, anything that they would refuse is a note", async () => {
  const own = workspace(
    [person("U1", { is_restricted: true }), person("U2", { team_id: "T9" }), person("U3"), person("U4"), BOT],
    [channel("C1", { ...SHARED, is_private: false, is_pending_ext_shared: true })],
  );
  const { findings, notes } = await doctor({ rules: "", own });
  expect(findings).toEqual([]);
  expect(notes).toEqual([
    "#oncall (C1 of T1) is public: everyone in the workspace can join it, and then has its access.",
    "#oncall (C1 of T1) is shared with another organization (T9).",
    "Another organization is invited to share #oncall (C1 of T1).",
    "In #oncall (C1 of T1): 4 people (1 guest, 1 of other organizations), 1 bot.",
  ]);
});

test("doctor waits for a rate limit, and says so", async () => {
  let count = 0;
  const instead: InSlack = (method) => (method === "users.info" && count++ === 0 ? rateLimited("1") : undefined);
  const { answers, all, asked } = await doctor({ instead });
  expect(answers["slack-people"]).toBe("healthy");
  expect(all.match(/^Slack: waiting 1 s, as its rate limit asks\.$/gm)).toHaveLength(1);
  expect(asked.filter((one) => one === "users.info U1")).toHaveLength(4); // once again in the first of three runs
});

test("an AWS account and a workspace without faults are healthy together", async () => {
  const aws = await answerAs(healthyAws);
  toClose.push(aws);
  const boundary = `permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/boundary", service-quotas-role: create,`;
  const env = { ...AWS_VARIABLES, AWS_ENDPOINT_URL: aws.endpoint };
  const { status, notes, answers } = await doctor({ env, access: boundary });
  expect(answers).toEqual({ "slack-token": "healthy", "slack-channels": "healthy", "slack-people": "healthy" });
  expect(notes.filter((note) => note.startsWith("Whether a channel is private"))).toEqual([]);
  expect(status).toBe(0);
  const guest = withPeople(person("U2", { is_restricted: true }));
  expect(await doctor({ env, access: boundary, own: guest })).toMatchObject({ status: 4 });
});

test("--channel asks Slack only about that channel", async () => {
  const other = "{ name: other, workspace: T1, channel: C2 }, ";
  const { asked, answers } = await doctor({
    other,
    args: ["--channel", "oncall"],
    own: workspace(undefined, [channel("C1")]),
  });
  expect(answers["slack-channels"]).toBe("healthy");
  expect(asked.filter((one) => one.endsWith("C2"))).toEqual(["conversations.info C2"]); // of people
});

/** What is said of a channel in which are so many guests and people of whom it is known, and so many more. */
function ofMore(rules: string, people: number, guests: number, unseen: number) {
  const environment = environmentOf(`full: { channels: [{ name: oncall, workspace: T1, channel: C1, ${rules} }] }`);
  const each = (count: number, is: Person["is"]) =>
    Array.from({ length: count }, (_, n): Person => ({ id: `U${is}${n}`, name: "x", is }));
  const members: { known: ChannelMembers } = {
    known: { people: [...each(people, "person"), ...each(guests, "guest")], unseen },
  };
  const state = {
    name: "oncall",
    isPrivate: true,
    isArchived: false,
    isShared: false,
    sharedWith: [],
    isInvited: false,
  };
  const slack = {
    token: { known: { workspace: "T1" } },
    channels: new Map([["C1", { state: { known: state }, members }]]),
  };
  const { findings } = slackPeople.examine({
    environment,
    whole: environment,
    account: healthyAccount(environment),
    slack,
  });
  return findings.map(({ answer, expected, found }) => [answer, expected, found]);
}

test("if not everyone is looked at, proven faults are unhealthy, and the rest is unknown", () => {
  expect(ofMore("guests: refused", 10, 1, 5)).toEqual([["unhealthy", "guests: refused", "1 guest"]]);
  expect(ofMore("guests: refused, shared: refused", 10, 0, 5)).toEqual([
    ["unknown", "guests: refused, shared: refused", "5 more members, who weren't looked at"],
  ]);
  expect(ofMore("members: { at-most: 14 }", 10, 0, 5)).toEqual([
    ["unknown", "members: { at-most: 14 }", "5 more members, who weren't looked at"],
  ]);
  expect(ofMore("members: { at-most: 15 }", 10, 0, 5)).toEqual([]);
  expect(ofMore("members: { at-most: 10 }", 10, 0, 0)).toEqual([]);
  expect(ofMore("members: { at-most: 9 }", 10, 0, 5)).toEqual([
    ["unhealthy", "members: { at-most: 9 }", "10 or more people"],
  ]);
  expect(ofMore("private: required", 10, 0, 5)).toEqual([]);
});
