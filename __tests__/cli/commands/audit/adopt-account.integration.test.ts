import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import type { Answers } from "../../../support/answering-aws";
import { HOSTILE, obeyedIn } from "../../../support/hostile";
import { allow, answering, importsInTests, roleArn } from "../../../support/importable-aws";
import { ACCOUNT } from "../../../support/live-account";
import { printedInTests } from "../../../support/printed";

const printed = printedInTests();
const imports = importsInTests();
const { aws, folder, file } = imports;

const FILE = `# ours
environments:
  other: { account: "444455556666", region: us-east-1, read-only: {} }
`;

const HERE = ["--account", ACCOUNT, "--region", "us-east-1"];
const YAML = ["--format", "yaml"];
const WRITE = ["--write", ...YAML];

/** Audits an account to adopt it, with an environment file or without. */
async function run(answers: Answers, args: readonly string[] = YAML, text: string | null = FILE) {
  imports.answer(answers);
  if (text !== null) writeFileSync(file, text);
  printed.length = 0;
  const status = await runSupportApp(["audit", ...HERE, "--name", "new", ...args]);
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
  const output = `Reading 1 account …
1 of 1: ${ACCOUNT} has 1 finding.
new (${ACCOUNT})
  ${ACCOUNT} has 1 role that the Support App may assume and 0 Slack channels.

  The role Viewers is read-only. A deploy imports it and changes nothing.

new: with this environment, nobody gets more access than now.

environments:
${NEW.trimEnd()}`;
  expect(await run(answering({}), YAML, null)).toEqual({ status: 4, output });
  expect(await run(answering({}), WRITE, null)).toMatchObject({ status: 1 });
  expect({ asked: aws.asked, files: readdirSync(folder) }).toEqual({ asked: [], files: [] });
  expect(await run(answering({}), YAML)).toEqual({ status: 4, output });
  expect(readYaml()).toBe(FILE);
  expect(await run(answering({}), WRITE)).toEqual({
    status: 4,
    output: `${output}\nChanged ${file}: 1 new environment, 0 in place of a placeholder, 0 retired.`,
  });
  expect(readYaml()).toBe(`${FILE}${NEW}`);
});

test("without --name, the environment is named after the account, and with another one than the file's, it is refused", async () => {
  imports.answer(answering({}));
  writeFileSync(file, FILE);
  await runSupportApp(["audit", ...HERE, ...YAML]);
  expect(printed.join("\n")).toContain(`environments:\n  account-${ACCOUNT}:\n`);
  for (const [text, environment] of [
    [FILE.replace("other", "new"), "new (444455556666)"],
    [FILE.replace("444455556666", ACCOUNT), `other (${ACCOUNT})`],
  ] as const) {
    expect(await run(answering({}), WRITE, text)).toEqual({
      status: 1,
      output: `Received --name "new" for the account ${ACCOUNT}, expected a new name of a new account: ${file} has ${environment}. Nothing was written. Choose another name, or leave --name out.`,
    });
    expect([aws.asked, readYaml()]).toEqual([["GetCallerIdentity"], text]);
  }
});

test("an account without such a role has nothing to adopt, and --all-accounts gives it the smallest environment", async () => {
  const { status, output } = await run(answering({ roles: ["web"] }), WRITE);
  expect([status, output.split("\n").at(-1), readYaml()]).toEqual([0, `${file} is unchanged.`, FILE]);
  const smallest = `environments:\n  new:\n    account: "${ACCOUNT}"\n    region: us-east-1\n    read-only: {}`;
  expect((await run(answering({ roles: [] }), [...YAML, "--all-accounts"])).output).toContain(
    `It gets read-only access without channels.\n${smallest}`,
  );
  expect(readYaml()).toBe(FILE);
});

test("an account that can't be expressed at all is left as it is, with the reason, and nothing is written", async () => {
  const { status, output } = await run(answering({ policy: allow("support:CreateCase") }), WRITE);
  expect(status).toBe(4);
  expect(output).toContain("- its policy ViewersPolicy doesn't always allow view-cases, which every access level has.");
  expect(output.split("\n").at(-1)).toBe(`${file} is unchanged.`);
  expect(readYaml()).toBe(FILE);
});

describe("with a rules.yaml", () => {
  const rules = (text: string) => writeFileSync(join(folder, "rules.yaml"), text);

  test("an environment that breaks rules.yaml is written all the same, and printed with both lines", async () => {
    rules("tiers: { one: { path: /support-app/ } }\n");
    const tiered = FILE.replace("read-only: {}", "tier: one, read-only: { path: /support-app/ }");
    const { status, output } = await run(answering({}), WRITE, tiered);
    expect({ status, text: readYaml() }).toEqual({ status: 4, text: `${tiered}${NEW}` });
    expect(output.split("\n").slice(-3)).toEqual([
      `Changed ${file}: 1 new environment, 0 in place of a placeholder, 0 retired.`,
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
    const { output } = await run(answering({ channels }), WRITE);
    const lines = "      channels:\n        - name: oncall\n          workspace: T2\n          channel: C2\n";
    expect({ text: readYaml() }).toEqual({ text: `${FILE}${NEW}${lines}` });
    expect(output).toContain(
      `#oncall (C1 of T1) isn't imported: received "T1", expected T2, as all.slack-workspaces in ${folder}/rules.yaml:1:8 says. People in it can view-cases.`,
    );
    expect(output).not.toContain("breaks rules");
  });

  test("an environment that is only printed is judged by rules.yaml, too, with the file's defaults", async () => {
    rules("all: { path: /support-app/ }\n");
    const text = `defaults: { tags: { Owner: platform } }\n${FILE}`;
    const { output } = await run(answering({}), YAML, text);
    expect(output).toContain('\nWhat would be added:5:5: environments.new.read-only: received "/"');
    expect(output).toContain('The tag Owner of the policy ViewersPolicy becomes "platform".');
    expect(readYaml()).toBe(text);
  });
});

test("an account stays what it is under defaults of its access level", async () => {
  const defaults =
    "defaults: { read-only: { policy: aws-managed, max-session-duration: 7200, path: /a/, role-name: support, source-account-condition: true } }\n";
  expect((await run(answering({}), WRITE, `${defaults}${FILE}`)).status).toBe(4);
  const [, added] = parseEnvironments(readYaml(), file);
  const [, withoutDefaults] = parseEnvironments(readYaml().replace(defaults, ""), file);
  expect(added?.accesses[0]).toMatchObject({ ...withoutDefaults?.accesses[0], sourceAccountCondition: false });
});

test("nothing is written into a file that has defaults that can't be unset", async () => {
  const text = `defaults: { read-only: { description: For Slack. } }\n${FILE}`;
  const { status, output } = await run(answering({}), WRITE, text);
  expect({ status, output }).toEqual({
    status: 1,
    output: expect.stringContaining("Received defaults with description of read-only"),
  });
  expect(readYaml()).toBe(text);
});

test("text from the account is never obeyed, and unprintable text isn't written", async () => {
  const tags = { [HOSTILE.slice(0, 100)]: HOSTILE.slice(0, 200), Owner: "a\u2028b" };
  const { status, output } = await run(answering({ tags, description: HOSTILE.slice(0, 900) }), WRITE);
  expect(status).toBe(4);
  expect(obeyedIn(output)).toEqual([]);
  expect(readYaml()).toBe(`${FILE}${NEW}`);
});

test.each<[string, string[]]>([
  ["Received --name without --write", HERE],
  ["Received --name with several accounts, expected one account.", ["--account", ACCOUNT, "222233334444", ...YAML]],
  ["option '--name <name>' cannot be used with option '--organization'", ["--organization"]],
])("--name is for one account: %s", async (sentence, args) => {
  imports.answer(answering({}));
  expect(await runSupportApp(["audit", "--name", "new", ...args])).toBe(2);
  expect(printed.join("\n")).toContain(sentence);
});

test("the profile of the defaults signs, or the profile of the account's environment", async () => {
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
  for (const account of ["333344445555", "222233334444"]) {
    await runSupportApp(["audit", "--account", account, "--region", "us-east-1", "--write"]);
  }
  expect(aws.signed).toEqual(["first in us-east-1", "second in us-east-1"]);
});
