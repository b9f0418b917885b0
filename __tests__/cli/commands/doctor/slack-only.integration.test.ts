import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { doctorReportSchema } from "../../../../cli/findings/doctor-report";
import { KINDS } from "../../../../cli/findings/kinds";
import { runSupportApp } from "../../../../cli/program";
import {
  type AnsweringSlack,
  answerAsSlack,
  BOT,
  channel,
  person,
  TOKEN,
  workspace,
} from "../../../support/answering-slack";
import { sharedFolder } from "../../../support/folder";
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
  /** Without the first message. */
  readonly output: string;
  /** What is printed last. */
  readonly json: string;
  readonly all: string;
}

/** Runs the command, and checks that nothing in its output is a secret, or is obeyed. */
async function doctor(args: readonly string[], workspaceAnswer = workspace()): Promise<Ended> {
  await slack?.close();
  printed.length = 0;
  slack = await answerAsSlack(workspaceAnswer);
  process.env = { ...before, SUPPORT_APP_ENVIRONMENTS: file, SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url };
  // AWS isn't asked: with this, connecting to it is an error.
  process.env.AWS_ENDPOINT_URL = "not a URL";
  const status = await runSupportApp(["doctor", "--slack-only", ...args]);
  const [, ...lines] = printed;
  const fullOutput = printed.join("\n");
  expect(fullOutput).not.toContain(TOKEN);
  expect(fullOutput).not.toContain("@example.com");
  expect(obeyedIn(fullOutput)).toEqual([]);
  return { status, output: lines.join("\n"), json: lines.at(-1) ?? "", all: fullOutput };
}

const PEOPLE = [person("U1"), person("U2", { is_restricted: true }), person("U3", { is_ultra_restricted: true }), BOT];
const BOTH = [channel("C1"), channel("C2", { name: "watch", is_private: false })];

test("Slack alone is asked, and each channel's state and counts are printed, without names", async () => {
  const { status, all: fullOutput } = await doctor(["production"], workspace(PEOPLE, BOTH));
  expect({ status, all: fullOutput }).toEqual({
    status: 0,
    all: `Looking at production …
production (444455556666, us-east-1) is healthy in Slack; AWS wasn't asked.

  healthy    slack-token     ${KINDS["slack-token"].healthy}
  healthy    slack-channels  ${KINDS["slack-channels"].healthy}
  healthy    slack-people    ${KINDS["slack-people"].healthy}

  #watch (C2 of T1): public, so everyone in the workspace can join it and then has its access; 3 people (2 guests), 1 bot
  #oncall (C1 of T1): private; 3 people (2 guests), 1 bot`,
  });
});

test("JSON has the same for all environments, and each call is made once", async () => {
  const { status, json } = await doctor(["--all", "--format", "json"], workspace(PEOPLE, BOTH));
  expect(status).toBe(5); // of T2 nothing is known
  const report = doctorReportSchema.parse(JSON.parse(json));
  expect(report.environments.map(({ name, answer }) => [name, answer])).toEqual([
    ...[
      ["production", "healthy"],
      ["staging", "healthy"],
      ["bare", "healthy"],
      ["abroad", "unknown"],
    ],
  ]);
  const state = { isArchived: false, isShared: false, sharedWith: [], isInvited: false };
  expect(report.environments[0]?.channels?.[0]).toEqual({
    workspace: "T1",
    channel: "C2",
    name: "watch",
    state: { ...state, name: "watch", isPrivate: false },
    counts: { members: 3, guests: 2, strangers: 0, bots: 1, unseen: 0 },
  });
  expect(report.environments[3]?.channels).toEqual([{ workspace: "T2", channel: "C9", name: "away" }]);
  expect(json).not.toContain("person U1"); // without --members
  expect(slack?.asked.toSorted()).toEqual([
    "auth.test",
    ...["conversations.info C1", "conversations.info C2", "conversations.members C1", "conversations.members C2"],
    ...["users.info U1", "users.info U2", "users.info U3", "users.info UBOT"],
  ]);
  expect([...(slack?.authorizations ?? [])]).toEqual([`Bearer ${TOKEN}`]);
});

test("a channel that the token's app doesn't see is unknown, and the exit status is 5", async () => {
  const { status, output } = await doctor(["staging"], workspace([], []));
  expect(status).toBe(5);
  expect(output).toContain("is not known to be healthy or unhealthy in Slack; AWS wasn't asked.");
  expect(output).toContain("\n  #oncall (C1 of T1): unknown\n");
  expect(output).toContain("channel_not_found to conversations.info");
});

test("--members names everyone, by kind and ID", async () => {
  const { output } = await doctor(["staging", "--members"], workspace(PEOPLE, BOTH));
  const { output: fromAfar } = await doctor(
    ["staging", "--members"],
    workspace([person("U4", { team_id: "T9" })], BOTH),
  );
  expect(output.split("\n").slice(-4)).toEqual([
    "    person  U1  person U1",
    "    guest   U2  person U2",
    "    guest   U3  person U3",
    "    bot     UBOT  person UBOT",
  ]);
  expect(fromAfar.split("\n").at(-1)).toBe("    person  U4  person U4 of T9");
});

test("hostile names in Slack stay within a line, in text and in JSON", async () => {
  const evil = { display_name: HOSTILE_JSON.replace("\r", ""), real_name: "x" };
  const workspaceAnswer = workspace(
    [person("U1", { profile: evil, name: HOSTILE_JSON })],
    [channel("C1", { name: HOSTILE_JSON })],
  );
  expect((await doctor(["staging", "--members"], workspaceAnswer)).output).toContain("::error::a");
  const { json } = await doctor(["staging", "--members", "--format", "json"], workspaceAnswer);
  const { people: members } = JSON.parse(json).environments[0].channels[0];
  expect(members).toEqual([
    expect.objectContaining({ id: "U1", is: "person", name: expect.stringContaining("::err") }),
  ]);
});
