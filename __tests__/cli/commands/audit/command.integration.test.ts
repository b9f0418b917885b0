import { runSupportApp } from "../../../../cli/program";
import { roleArn } from "../../../support/account-aws";
import type { Answers } from "../../../support/answering-aws";
import { MANAGEMENT, OWN, organization } from "../../../support/answering-organization";
import { answerAsSlack, channel, TOKEN, workspace } from "../../../support/answering-slack";
import { testHelp } from "../../../support/help";
import { answering, importsInTests } from "../../../support/importable-aws";
import { printedInTests } from "../../../support/printed";

testHelp("audit");

const printed = printedInTests();
const { answer, aws } = importsInTests();
const CHANNEL = { TeamId: "T1", ChannelName: "a", ChannelRoleArn: roleArn("Viewers"), NotifyOnCaseSeverity: "none" };
const C1 = { "T1|C1": { ...CHANNEL, ChannelId: "C1" } };
const IN = new Map([
  ["us-east-1", answering({ channels: C1 })],
  ["us-west-2", answering({ channels: { ...C1, "T1|C2": { ...CHANNEL, ChannelId: "C2" } } })],
]);
const ALIAS = { Identifier: "1", Properties: '{"AccountAlias":"Pay"}' };

/** Two regions have channels, one of them an alias, and the others don't have the Support App. */
const REGIONAL: Answers = (action, parameters, _, region = "") => {
  if (region === "us-west-2" && String(parameters.TypeName).includes("Alias"))
    return JSON.stringify({ ResourceDescriptions: [ALIAS], ResourceDescription: ALIAS });
  return IN.get(region)?.(action, parameters) ?? { status: 400, code: "TypeNotFoundException" };
};

async function audit(answers: Answers, ...args: string[]) {
  answer(answers);
  printed.length = 0;
  return { status: await runSupportApp(["audit", ...args]), output: printed.join("\n") };
}

test("every region is read, with the people in Slack, and printed as text or JSON", async () => {
  const slack = await answerAsSlack(workspace(undefined, [channel("C1"), channel("C2")]));
  Object.assign(process.env, { SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url });
  const text = await audit(REGIONAL, "--slack");
  const json = await audit(REGIONAL, "--slack", "--format", "json");
  await slack.close();
  expect([text.status, json.status]).toEqual([4, 4]);
  expect(text.output).toContain(
    "\nChannels that are configured twice: 1\n  111122223333: #a (C1 of T1), with 2 people, 1 bot\n    means     Several configurations",
  );
  const channels = [{ region: "us-east-1" }, { region: "us-west-2", channel: "C1" }, { channel: "C2" }];
  expect(JSON.parse(printed.at(-1) ?? "")).toMatchObject({
    schemaVersion: 1,
    readAt: expect.any(String),
    accounts: [{ channels, aliases: [{ region: "us-west-2", alias: "Pay" }] }],
  });
});

test("without an identity, nothing is audited", async () => {
  const nobody: Answers = () => ({ status: 403, code: "AccessDenied" });
  const says = /^Can't audit: AccessDenied: GetCallerIdentity says so\. \S/;
  expect(await audit(nobody)).toEqual({ status: 1, output: expect.stringMatching(says) });
  const { status, output } = await audit(answering({ roles: [] }), "--region", "us-east-1");
  expect([status, output]).toEqual([0, expect.stringMatching(/^Reading 1 account …\n1 of 1: \d+ has 0 findings\.\n/)]);
});

test("a part of an organization without any account is an error", async () => {
  const { status, output } = await audit(
    organization([MANAGEMENT]),
    ...["--organization", "--assume-role", "a", "--tag", "a=c"],
  );
  expect([status, output]).toEqual([
    1,
    "Received no account with this --unit and --tag, expected at least one. Check both.",
  ]);
  expect(aws.asked).not.toContain("ListRoles");
});

test.each<[string, string[]]>([
  ["Received --unit without --organization, expected them together.", ["--unit", "ou-ab12-11111111"]],
  ["Received --organization without --assume-role", ["--organization"]],
  ["cannot be used with option '--organization'", ["--organization", "--account", OWN]],
  ["Expected a key, = and a value", ["--tag", "team"]],
  ["Expected a key, = and a value", ["--tag", "=a"]],
  ["Expected values separated by spaces: a=b c=d.", ["--tag", "a=b,c=d"]],
  [
    'Received --tag "a" twice, expected each key once',
    ["--organization", "--assume-role", "a", "--tag", "a=b", "c=d", "--tag", "a=c"],
  ],
  ["Expected an AWS account ID", ["--account", "1", "2"]],
  ["Expected values separated by spaces: 1 2.", ["--account", "1, 2"]],
  ["Expected values separated by spaces: us-east-1 eu-west-1.", ["--region", "us-east-1,eu-west-1"]],
  ["Expected the name of a role, after its path", ["--assume-role", "arn:aws:iam::1:role/a"]],
  ["Received 1 account other than 100000000000", ["--account", OWN, "200000000000"]],
  ["Received 2 accounts other than 100000000000", ["--account", "300000000000", "--account", "200000000000"]],
])("audit refuses wrong usage, and says: %s", async (sentence, args) => {
  expect(await audit(organization([MANAGEMENT]), ...args)).toEqual({
    status: 2,
    output: expect.stringContaining(sentence),
  });
});
