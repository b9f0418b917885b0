import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import type { Answers } from "../../../support/answering-aws";
import { testHelp } from "../../../support/help";
import { HOSTILE, obeyedIn } from "../../../support/hostile";
import { allow, answering, importsInTests, roleArn } from "../../../support/importable-aws";
import { ACCOUNT } from "../../../support/live-account";
import { printedInTests } from "../../../support/printed";

testHelp("import");

const printed = printedInTests();
const imports = importsInTests();
const { aws, folder, file } = imports;

const FILE = `# ours
environments:
  other: { account: "444455556666", region: us-east-1, read-only: {} }
`;

/** Runs import on an account, with an environment file or without. */
async function run(answers: Answers, args: readonly string[] = [], text: string | null = FILE) {
  imports.answer(answers);
  if (text !== null) writeFileSync(file, text);
  printed.length = 0;
  const status = await runSupportApp(["import", "new", ...HERE, ...args]);
  return { status, output: printed.join("\n") };
}

const readYaml = () => readFileSync(file, "utf8");
const NEW = `  new:
    account: "${ACCOUNT}"
    region: us-east-1
    read-only:
      adopt: true
      role-name: Viewers
      policy-name: ViewersPolicy
`;

test("with --write, the environment is added to the file; without, it is printed, and there may be no file", async () => {
  const output = `${ACCOUNT} has 1 role that the Support App may assume and 0 Slack channels.

The role Viewers is read-only. A deploy imports it and changes nothing.
environments:
${NEW.trimEnd()}`;
  expect(await run(answering({}), [], null)).toEqual({ status: 0, output });
  expect(await run(answering({}), ["--write"], null)).toMatchObject({ status: 1 });
  expect({ asked: aws.asked, files: readdirSync(folder) }).toEqual({ asked: [], files: [] });
  expect(await run(answering({}), ["--write"])).toEqual({ status: 0, output: `${output}\nAdded new to ${file}.` });
  expect(readYaml()).toBe(`${FILE}${NEW}`);
});

test("an account without such a role has nothing to import: the smallest environment is printed, and never written", async () => {
  expect(await run(answering({ roles: ["web"] }), ["--write"])).toEqual({
    status: 0,
    output: `${ACCOUNT} has 0 roles that the Support App may assume and 0 Slack channels.

There is nothing to import. This is the smallest environment, which isn't written:
environments:
  new:
    account: "${ACCOUNT}"
    region: us-east-1
    read-only: {}`,
  });
  expect(readYaml()).toBe(FILE);
  expect((await run(answering({ roles: [] }))).output).toContain(
    "This is the smallest environment, which isn't written:\n",
  );
});

test("an account that can't be expressed at all is an error that says why, and nothing is written", async () => {
  const { status, output } = await run(answering({ policy: allow("support:CreateCase") }), ["--write"]);
  expect(status).toBe(1);
  expect(output).toContain("- its policy ViewersPolicy doesn't always allow view-cases, which every access level has.");
  expect(output.split("\n").at(-1)).toBe("Nothing was written: no role can be imported.");
  expect(readYaml()).toBe(FILE);
});

describe("with a rules.yaml", () => {
  const rules = (text: string) => writeFileSync(join(folder, "rules.yaml"), text);

  test("an environment that breaks rules.yaml is written all the same, and printed with both lines", async () => {
    rules("tiers: { one: { path: /support-app/ } }\n");
    const tiered = FILE.replace("read-only: {}", "tier: one, read-only: { path: /support-app/ }");
    const { status, output } = await run(answering({}), ["--write"], tiered);
    expect({ status, text: readYaml() }).toEqual({ status: 0, text: `${tiered}${NEW}` });
    expect(output.split("\n").slice(-3)).toEqual([
      `Added new to ${file}.`,
      `This breaks rules, so synthesizing refuses it. Change it, or have ${folder}/rules.yaml changed:`,
      `${file}:4:3: environments.new: received no tier, expected one, as tiers in ${folder}/rules.yaml:1:1 says. Add tier.`,
    ]);
  });

  test("a channel that breaks rules.yaml stays outside, and the others are written with their role", async () => {
    rules("all: { slack-workspaces: [T2] }\n");
    const live = { ChannelName: "oncall", ChannelRoleArn: roleArn("Viewers"), NotifyOnCaseSeverity: "none" };
    const channels = {
      "T1|C1": { ...live, TeamId: "T1", ChannelId: "C1" },
      "T2|C2": { ...live, TeamId: "T2", ChannelId: "C2" },
    };
    const { status, output } = await run(answering({ channels }), ["--write"]);
    const lines = "      channels:\n        - name: oncall\n          workspace: T2\n          channel: C2\n";
    expect({ status, text: readYaml() }).toEqual({ status: 0, text: `${FILE}${NEW}${lines}` });
    expect(output).toContain(
      `#oncall (C1 of T1) isn't imported: received "T1", expected T2, as all.slack-workspaces in ${folder}/rules.yaml:1:8 says. People in it can view-cases.`,
    );
    expect(output).not.toContain("breaks rules");
  });

  test("an environment that is only printed is judged by rules.yaml, too, with the file's defaults", async () => {
    rules("all: { path: /support-app/ }\n");
    const text = `defaults: { tags: { Owner: platform } }\n${FILE}`;
    const { output } = await run(answering({}), [], text);
    expect(output).toContain('\nThe imported environment:5:5: environments.new.read-only: received "/"');
    expect(output).toContain('The tag Owner of the policy ViewersPolicy becomes "platform".');
    expect(readYaml()).toBe(text);
  });
});

test("an account stays what it is under defaults of its access level", async () => {
  const defaults =
    "defaults: { read-only: { policy: aws-managed, max-session-duration: 7200, path: /a/, role-name: support, source-account-condition: true } }\n";
  expect((await run(answering({}), ["--write"], `${defaults}${FILE}`)).status).toBe(0);
  const [, added] = parseEnvironments(readYaml(), file);
  const [, withoutDefaults] = parseEnvironments(readYaml().replace(defaults, ""), file);
  expect(added?.accesses[0]).toMatchObject({ ...withoutDefaults?.accesses[0], sourceAccountCondition: false });
});

const UNSET = "defaults: { read-only: { description: For Slack. } }\n";
test.each([
  ["has the account already", FILE.replace("444455556666", ACCOUNT), /unique account: other already has this one/],
  ["has defaults that can't be unset", UNSET + FILE, /^Received defaults with description of read-only/],
])("nothing is written into a file that %s", async (_, text, sentence) => {
  const { status, output } = await run(answering({}), ["--write"], text);
  expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(sentence) });
  expect(readYaml()).toBe(text);
});

test("text from the account is never obeyed, and unprintable text isn't written", async () => {
  const tags = { [HOSTILE.slice(0, 100)]: HOSTILE.slice(0, 200), Owner: "a\u2028b" };
  const { status, output } = await run(answering({ tags, description: HOSTILE.slice(0, 900) }), ["--write"]);
  expect(status).toBe(0);
  expect(obeyedIn(output)).toEqual([]);
  expect(readYaml()).toBe(`${FILE}${NEW}`);
});

const HERE = ["--account", ACCOUNT, "--region", "us-east-1"];
const NOT_A_ROLE = "Expected the name of a role, after its path if it has one";
test.each<[string, string[]]>([
  ["missing required argument 'environment'", HERE],
  ["required option '--account <id>' not specified", ["new", "--region", "us-east-1"]],
  ["required option '--region <region>' not specified", ["new", "--account", ACCOUNT]],
  ["Allowed choices are ap-northeast-1", ["new", "--region", "mars"]],
  ...["*", "/team/audit", "role/audit", `arn:aws:iam::${ACCOUNT}:role/audit`].map((role): [string, string[]] => [
    NOT_A_ROLE,
    ["new", "--assume-role", role],
  ]),
])("import refuses wrong usage, and says: %s", async (sentence, args) => {
  expect(await runSupportApp(["import", ...args])).toBe(2);
  expect(printed.join("\n")).toContain(sentence);
});

test("the profile of the defaults signs, or the profile of an existing environment", async () => {
  const profiles = join(folder, "config");
  const keys = (name: string) => `[profile ${name}]\naws_access_key_id = ${name}\naws_secret_access_key = s\n`;
  writeFileSync(profiles, keys("first") + keys("second"));
  const defaults = "defaults: { region: us-east-1, profile: first }";
  writeFileSync(
    file,
    `${defaults}\nenvironments: { two: { account: "222233334444", profile: second, read-only: {} } }\n`,
  );
  imports.answer(() => ({ status: 403, code: "AccessDenied" }));
  for (const name of ["AWS_PROFILE", "CI", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) delete process.env[name];
  process.env.AWS_CONFIG_FILE = profiles;
  for (const name of ["new", "two"]) {
    await runSupportApp(["import", name, "--account", "333344445555", "--region", "us-east-1"]);
  }
  expect(aws.signed).toEqual(["first in us-east-1", "second in us-east-1"]);
});
