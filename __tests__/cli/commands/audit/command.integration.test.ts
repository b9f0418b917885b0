import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import type { Answers } from "../../../support/answering-aws";
import { answerAsSlack, channel, TOKEN, workspace } from "../../../support/answering-slack";
import { testHelp } from "../../../support/help";
import { answering, importsInTests, roleArn } from "../../../support/importable-aws";
import { printedInTests } from "../../../support/printed";

testHelp("audit");

const printed = printedInTests();
const { answer, file, folder } = importsInTests();
const CHANNEL = { TeamId: "T1", ChannelName: "a", ChannelRoleArn: roleArn("Viewers"), NotifyOnCaseSeverity: "none" };
const C1 = { "T1|C1": { ...CHANNEL, ChannelId: "C1" } };
const IN = new Map([
  ["us-east-1", answering({ channels: C1 })],
  ["us-west-2", answering({ channels: { ...C1, "T1|C2": { ...CHANNEL, ChannelId: "C2" } } })],
]);
const ALIAS = { ResourceDescriptions: [{ Identifier: "1", Properties: '{"AccountAlias":"Pay"}' }] };

/** Two regions have channels, one of them an alias, and the others don't have the Support App. */
const REGIONAL: Answers = (action, parameters, _, region = "") => {
  if (region === "us-west-2" && String(parameters.TypeName).includes("Alias")) return JSON.stringify(ALIAS);
  return IN.get(region)?.(action, parameters) ?? { status: 400, code: "TypeNotFoundException" };
};

async function audit(answers: Answers, ...args: string[]) {
  answer(answers);
  printed.length = 0;
  return { status: await runSupportApp(["audit", ...args]), output: printed.join("\n") };
}

test.each([
  [
    "text",
    "\nChannels that are configured twice: 1\n  111122223333: #a (C1 of T1), with 2 people, 1 bot\n    means     Several configurations",
  ],
  ["markdown", "\n# Audit of the AWS Support App\n\n1 account with 1 role"],
  ["json", '\n{\n  "schemaVersion": 2,\n'],
  ["html", "\n<h1>Audit of the AWS Support App</h1>\n"],
])("all regions are read, printed as %s, in the report, and adopted in the one with most channels", async (...row) => {
  const [format, output] = row;
  writeFileSync(file, "environments: {}\n");
  const slack = await answerAsSlack(workspace(undefined, [channel("C1"), channel("C2")]));
  Object.assign(process.env, { SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url });
  const report = join(folder, "audit.json");
  const result = await audit(REGIONAL, "--slack", "--write", "--format", format, "--report", report);
  await slack.close();
  expect(result).toEqual({ status: 4, output: expect.stringContaining(output) });
  const { accounts, isWholeOrganization } = JSON.parse(readFileSync(report, "utf8"));
  const channels = [{ region: "us-east-1" }, { region: "us-west-2", channel: "C1" }, { channel: "C2" }];
  const account = { channels, aliases: [{ region: "us-west-2", alias: "Pay" }] };
  expect([isWholeOrganization, accounts]).toMatchObject([false, [account]]);
  expect(readFileSync(file, "utf8")).toContain(
    '  account-111122223333:\n    account: "111122223333"\n    region: us-w',
  );
  expect(result.output.match(/(?<=isn't imported: ).*/g)).toEqual([
    "it is configured in us-east-1, and the environment is in us-west-2. Configure it there if it isn't, and remove it in us-east-1. People in it can view-cases.",
  ]);
  expect(result.output).toContain('The account alias stays as it is: "Pay". To manage it here, add account-alias');
});

test("without an identity, nothing is audited", async () => {
  const nobody: Answers = () => ({ status: 403, code: "AccessDenied" });
  const says = /^Can't audit: AccessDenied: GetCallerIdentity says so\. \S/;
  expect(await audit(nobody)).toEqual({ status: 1, output: expect.stringMatching(says) });
  expect((await audit(nobody, "--report", "/")).output).toContain("--report");
  const { status, output } = await audit(answering({ roles: [] }), "--region", "us-east-1");
  expect([status, output]).toEqual([0, expect.stringMatching(/^Reading 1 account …\n1 of 1: \d+ has 0 findings\.\n/)]);
});

const RO = "AWSSupportAppReadOnlyRole";
test.each([
  ["a placeholder whose role exists, which may be deployed,", [RO, "Viewers"], "", true],
  ["an environment without one of the roles", [RO, "Viewers"], "tags: { a: b }", true],
  ["an environment with all roles, without a word on it,", [RO], "tags: { a: b }", false],
])("%s stays as it is", async (_, roles, keys, isShown) => {
  const text = `environments:\n  a: { account: "111122223333", region: us-east-1, read-only: {${keys}} }\n`;
  writeFileSync(file, text);
  const { output } = await audit(answering({ roles }), "--write", "--region", "us-east-1");
  expect([readFileSync(file, "utf8"), output.includes("which stays as it is")]).toEqual([text, isShown]);
});

test("an environment that stays as it is keeps its region, and is compared with it, channels included", async () => {
  const channels = "channels: [{ name: ours, workspace: T1, channel: C9 }]";
  const text = `environments:\n  a: { account: "111122223333", region: us-east-1, full: { ${channels} } }\n`;
  writeFileSync(file, text);
  const { output } = await audit(REGIONAL, "--write");
  expect(readFileSync(file, "utf8")).toBe(text);
  expect(output.match(/(?<=isn't imported: ).*?\./g)).toEqual([
    ...Array(2).fill("it is configured in us-west-2, and the environment is in us-east-1."),
  ]);
  expect(output).not.toContain("support-app deploy");
  const patch = output.split("\n").filter((line) => /^[-+](?![-+])/.test(line));
  expect(patch).toEqual([
    ...["-full:", "+read-only:", "+  adopt: true", "+  role-name: Viewers", "+  policy-name: ViewersPolicy"],
    ...["-    - name: ours", "+    - name: a", "-      channel: C9", "+      channel: C1"],
  ]);
});

test("a placeholder whose role exists keeps its region, too", async () => {
  writeFileSync(file, 'environments: { a: { account: "111122223333", region: us-east-1, read-only: {} } }');
  const roles = answering({ roles: [RO, "Viewers"] });
  const awsAnswers: Answers = (action, ...rest) =>
    ["ListRoles", "GetRole"].includes(action) ? roles(action, ...rest) : REGIONAL(action, ...rest);
  expect((await audit(awsAnswers, "--write")).output).toContain("and the environment is in us-east-1.");
});

test("a placeholder of an account without channels keeps its region", async () => {
  const text = 'environments:\n  a: { account: "111122223333", region: eu-west-1, read-only: {} }\n';
  writeFileSync(file, text);
  await audit(answering({}), "--write");
  expect(readFileSync(file, "utf8")).toContain("    region: eu-west-1\n    read-only:\n      adopt: true\n");
});
