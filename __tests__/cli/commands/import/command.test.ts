import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importPolicy, organizationPolicy } from "../../../../cli/commands/import/import-policy";
import { runSupportApp } from "../../../../cli/program";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { type AnsweringAws, type Answers, AWS_VARIABLES, answerAs } from "../../../support/answering-aws";
import { HOSTILE, obeyedIn } from "../../../support/hostile";
import { allow, answering, roleArn } from "../../../support/importable-aws";
import { ACCOUNT } from "../../../support/live-account";
import { printedInTests } from "../../../support/printed";

const printed = printedInTests();
const folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-import-")));
const file = join(folder, "environments.yaml");
const before = { ...process.env };
let aws: AnsweringAws | undefined;

afterEach(async () => {
  await aws?.close();
  aws = undefined;
  process.env = { ...before };
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const FILE = `# ours
environments:
  other: { account: "444455556666", region: us-east-1, read-only: {} }
`;
/** Runs import on an account, with an environment file or without. */
async function run(answers: Answers, args: readonly string[] = [], text: string | null = FILE) {
  await aws?.close();
  aws = await answerAs(answers);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.endpoint,
    ...AWS_VARIABLES,
    SUPPORT_APP_ENVIRONMENTS: file,
  });
  if (text !== null) writeFileSync(file, text);
  printed.length = 0;
  const status = await runSupportApp(["import", "new", "--account", ACCOUNT, "--region", "us-east-1", ...args]);
  return { status, output: printed.join("\n") };
}

const NEW = `  new:
    account: "${ACCOUNT}"
    region: us-east-1
    read-only:
      adopt: true
      role-name: Viewers
      policy-name: ViewersPolicy
`;

test("with --write, the environment is added to the file; without, it is printed and nothing is written", async () => {
  const { status, output } = await run(answering({}));
  expect({ status, output }).toEqual({
    status: 0,
    output: `${ACCOUNT} has 1 role that the Support App may assume and no Slack channels.

The role Viewers is read-only. A deploy imports it and changes nothing.
environments:
${NEW.trimEnd()}`,
  });
  expect(readFileSync(file, "utf8")).toBe(FILE);
  expect(await run(answering({}), ["--write"])).toEqual({ status, output: `${output}\nAdded new to ${file}.` });
  expect(readFileSync(file, "utf8")).toBe(`${FILE}${NEW}`);
});

test("without an environment file, it is printed as a file of its own; writing needs the file", async () => {
  const { status, output } = await run(answering({}), [], null);
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining(`environments:\n${NEW.trimEnd()}`) });
  const { status: written, output: error } = await run(answering({}), ["--write"], null);
  expect({ status: written, output: error }).toEqual({ status: 1, output: expect.stringContaining("ENOENT") });
  expect(aws?.asked).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["nobody whom the Support App may be", { roles: ["web"] }],
  ["nothing at all", { roles: [] }],
])(
  "an account with %s has nothing to import: the smallest environment is printed, and never written",
  async (_, contents) => {
    const { status, output } = await run(answering(contents), ["--write"]);
    expect({ status, output }).toEqual({
      status: 0,
      output: `${ACCOUNT} has no roles that the Support App may assume and no Slack channels.

There is nothing to import. This is the smallest environment, which was not written, since it would give access that doesn't exist now:
environments:
  new:
    account: "${ACCOUNT}"
    region: us-east-1
    read-only: {}`,
    });
    expect(readFileSync(file, "utf8")).toBe(FILE);
  },
);

test("help explains the exit status", async () => {
  expect(await runSupportApp(["import", "--help"])).toBe(0);
  expect(printed.join("\n")).toContain("0 printed or written, or nothing to import (then nothing is written)");
});

test("an account that can't be expressed at all is an error that says why, and nothing is written", async () => {
  const { status, output } = await run(answering({ policy: allow("support:CreateCase") }), ["--write"]);
  expect(status).toBe(1);
  expect(output).toContain(
    "The role Viewers isn't imported. No channel has it now. People in a channel with it can call support:CreateCase.\n  - its policy ViewersPolicy doesn't always allow view-cases, which every access level has.",
  );
  expect(readFileSync(file, "utf8")).toBe(FILE);
});

test("tags from the file's defaults that roles don't have are named", async () => {
  const defaults = "defaults: { tags: { Owner: platform, Stage: live } }\n";
  const { status, output } = await run(answering({ tags: { Owner: "web" } }), [], `${defaults}${FILE}`);
  expect(status).toBe(0);
  expect(output).toContain('The tag Stage of the role Viewers becomes "live".');
  expect(output).toContain('The tag Stage of the policy ViewersPolicy becomes "live".');
  expect(output).not.toContain("The tag Owner");
});

describe("with a rules.yaml", () => {
  const rules = (text: string) => writeFileSync(join(folder, "rules.yaml"), text);
  const TIERS = "tiers: { one: { path: /support-app/ } }\n";

  test("what breaks it is written all the same, and told with both lines", async () => {
    rules(TIERS);
    const tiered = FILE.replace("read-only: {}", "tier: one, read-only: { path: /support-app/ }");
    const { status, output } = await run(answering({}), ["--write"], tiered);
    expect(status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(`${tiered}${NEW}`);
    expect(output.split("\n").slice(-3)).toEqual([
      `Added new to ${file}.`,
      `This breaks rules, so synthesizing refuses it. Change it, or have ${folder}/rules.yaml changed:`,
      `${file}:4:3: environments.new: received no tier, expected one, as tiers in ${folder}/rules.yaml:1:1 says. Add tier.`,
    ]);
    // The next import isn't kept from its work by what this one has left to do.
    expect((await run(answering({}), [], null)).status).toBe(0);
  });

  test("what is printed alone is judged, too, by the lines that are printed", async () => {
    rules("all: { path: /support-app/, private: required }\n");
    const defaults = "defaults: { tags: { Owner: platform } }\n";
    const { status, output } = await run(answering({ tags: { Owner: "platform" } }), [], `${defaults}${FILE}`);
    expect(status).toBe(0);
    expect(output).toContain(
      `\nThis breaks rules, so synthesizing refuses it. Change it, or have ${folder}/rules.yaml changed:\nThe imported environment:5:5: environments.new.read-only: received "/", expected "/support-app/", as all.path in ${folder}/rules.yaml:1:14 says. Set path to it.`,
    );
    const printedYaml = output.slice(output.indexOf("\nenvironments:") + 1).split("\n");
    expect(printedYaml[4]).toBe("    read-only:");
  });

  test("what keeps it is as without it", async () => {
    const { output } = await run(answering({}), ["--write"], FILE);
    rules("all: { path: / }\n");
    expect(await run(answering({}), ["--write"], FILE)).toEqual({ status: 0, output });
  });

  test("that can't be read is an error before anything is read or written", async () => {
    rules("all: { pth: / }\n");
    const { status, output } = await run(answering({}), ["--write"], FILE);
    expect({ status, output }).toEqual({
      status: 1,
      output: expect.stringMatching(/rules\.yaml has an error\. Nothing was written\.\n.*the unknown key "pth"/),
    });
    expect(aws?.asked).toEqual([]);
    expect(readFileSync(file, "utf8")).toBe(FILE);
  });
});

describe("under defaults of its access level, an account stays what it is", () => {
  test("it says itself what they would change", async () => {
    const defaults =
      "defaults: { read-only: { policy: aws-managed, max-session-duration: 7200, path: /a/, role-name: support, source-account-condition: true } }\n";
    const { status } = await run(answering({}), ["--write"], `${defaults}${FILE}`);
    expect(status).toBe(0);
    const text = readFileSync(file, "utf8");
    const [, added] = parseEnvironments(text, file);
    const [, alone] = parseEnvironments(text.replace(defaults, ""), file);
    const { accesses: [access] = [] } = added ?? {};
    expect(access).toMatchObject({
      roleName: "Viewers",
      policy: "customer-managed",
      maxSessionDuration: 3600,
      path: "/",
    });
    expect(access).toMatchObject({ ...alone?.accesses[0], sourceAccountCondition: false });
  });

  test("one that can't be unset is an error, and nothing is written", async () => {
    const text = `defaults: { read-only: { permissions-boundary: "arn:aws:iam::aws:policy/ReadOnlyAccess" } }\n${FILE}`;
    expect(await run(answering({}), ["--write"], text)).toEqual({
      status: 1,
      output:
        "Received defaults with a permissions-boundary of read-only, which the role doesn't have and an environment can't unset, expected defaults that leave the account as it is. Nothing was written. Move permissions-boundary from the defaults into the environments that have it.",
    });
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

test("a channel is listed with its notifications and the commands that hand it over; one without a name is reported", async () => {
  const whole = {
    TeamId: "T1",
    ChannelRoleArn: roleArn("Viewers"),
    NotifyOnCaseSeverity: "all",
    NotifyOnResolveCase: true,
  };
  const channels = {
    "T1|C1": { ...whole, ChannelId: "C1", ChannelName: "watch" },
    "T1|C2": { ...whole, ChannelId: "C2" },
    "T1|C3": { ...whole, ChannelId: "C3", ChannelName: "loud", NotifyOnResolveCase: false },
    "T1|C4": { ...whole, ChannelId: "C4", ChannelName: "other", ChannelRoleArn: roleArn("web") },
    "T1|C5": { ...whole, ChannelId: "C5", ChannelName: "dead", ChannelRoleArn: roleArn("gone") },
  };
  const { status, output } = await run(answering({ channels }), ["--write"]);
  expect(status).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(`${FILE}${NEW}`); // which a deploy imports, and no channel keeps it from that
  expect(output).toContain(`       new:
         read-only:
           channels:
             - name: watch
               workspace: T1
               channel: C1
               notify: { severity: all, on: [case-resolved] }
     $ npm run synth`);
  expect(output.match(/delete-resource .* --identifier 'T1\|C\d'/g)).toHaveLength(1);
  expect(output).toContain("a channel (C2 of T1) isn't imported: AWS has no name for it");
  expect(output).toContain(
    "#loud (C3 of T1) isn't imported: AWS wouldn't accept its notification settings. People in it can view-cases.",
  );
  expect(output).toContain(
    `#other (C4 of T1) isn't imported: its role ${roleArn("web")} isn't one of the environment. People in it can do nothing.`,
  );
  expect(output).toContain(
    `#dead (C5 of T1) isn't imported: its role ${roleArn("gone")} doesn't exist in the account. People in it can do nothing.`,
  );
});

describe("nothing is imported, and nothing written,", () => {
  test("if a call is denied", async () => {
    const healthy = answering({});
    const { status, output } = await run(
      (action, parameters) =>
        action === "GetPolicy" ? { status: 403, code: "AccessDenied" } : healthy(action, parameters),
      ["--write"],
    );
    expect({ status, output }).toEqual({
      status: 1,
      output:
        "Can't import: AccessDenied: GetPolicy says so. Nothing was written. Allow these credentials iam:GetPolicy. `npx support-app import --policy` prints everything that import needs.",
    });
    expect(readFileSync(file, "utf8")).toBe(FILE);
  });

  test.each([
    [
      "has the name already",
      `${FILE}  new: { account: "222233334444", region: us-east-1, full: {} }\n`,
      /^Received the environment "new", which .* already has, expected a new one\. Nothing was written\./,
    ],
    [
      "has the account already",
      FILE.replace("444455556666", ACCOUNT),
      /expected a unique account: other already has this one/,
    ],
    ["has an error", FILE.replace("read-only", "reed-only"), / has an error\. Nothing was written\./],
  ])("into a file that %s", async (_, text, sentence) => {
    const { status, output } = await run(answering({}), ["--write"], text);
    expect(status).toBe(1);
    expect(output).toMatch(sentence);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test.each<[string, string[]]>([
    ["Received no environment, expected import ENVIRONMENT --account ID --region REGION.", []],
    ["Received no --account, expected", ["new"]],
    ["Received no --region, expected", ["new", "--account", ACCOUNT]],
    [
      'Received the environment "New", expected an environment name',
      ["New", "--account", ACCOUNT, "--region", "us-east-1"],
    ],
    ['Received --policy with the environment "new", expected one of them. Leave one out.', ["new", "--policy"]],
    ["error: option '--policy' cannot be used with option '--write'", ["--policy", "--write"]],
    ["error: option '--policy' cannot be used with option '--write'", ["--organization", "--policy", "--write"]],
    ["error: option '--policy' cannot be used with option '--tag <key=value>'", ["--policy", "--tag", "a=b"]],
    [
      "error: option '--organization' cannot be used with option '--account <id>'",
      ["--organization", "--account", ACCOUNT],
    ],
    [
      'Received --organization with the environment "prod", expected one of them. Leave one out.',
      ["prod", "--organization"],
    ],
    ...["--unit=ou-ab12-11111111", "--tag=a=b"].map((arg): [string, string[]] => {
      const [option] = arg.split("=");
      return [
        `Received ${option} without --organization, expected both. Add --organization, or leave ${option} out.`,
        [arg],
      ];
    }),
    [
      "error: option '--account <id>' argument '1' is invalid. Expected an AWS account ID of 12 digits.",
      ["new", "--account", "1"],
    ],
    [
      "error: option '--region <region>' argument 'mars' is invalid. Allowed choices are ap-northeast-1",
      ["new", "--region", "mars"],
    ],
    ...[
      `iam::${ACCOUNT}:user/a`,
      `iam::${ACCOUNT}:root`,
      `sts::${ACCOUNT}:assumed-role/a/b`,
      `iam::${ACCOUNT}:role/*`,
    ].map((not): [string, string[]] => [
      `error: option '--assume <role-arn>' argument 'arn:aws:${not}' is invalid. Expected the ARN of an IAM role, without * or ?, such as arn:aws:iam::111122223333:role/terraform.`,
      ["new", "--account", ACCOUNT, "--region", "us-east-1", "--assume", `arn:aws:${not}`],
    ]),
    [
      `Received --assume "arn:aws:iam::444455556666:role/a", expected the ARN of a role of ${ACCOUNT}, such as arn:aws:iam::${ACCOUNT}:role/reader.`,
      ["new", "--account", ACCOUNT, "--region", "us-east-1", "--assume", "arn:aws:iam::444455556666:role/a"],
    ],
  ])("with wrong usage: %s", async (sentence, args) => {
    printed.length = 0;
    expect(await runSupportApp(["import", ...args])).toBe(2);
    expect(printed.join("\n")).toContain(sentence);
  });
});

test("text from the account is never obeyed, and unprintable text isn't written", async () => {
  const { status, output } = await run(
    answering({
      tags: { [HOSTILE.slice(0, 100)]: HOSTILE.slice(0, 200), Owner: "a\u2028b" },
      description: HOSTILE.slice(0, 900),
    }),
    ["--write"],
  );
  expect(status).toBe(0);
  expect(obeyedIn(output)).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(`${FILE}${NEW}`);
});

test.each([
  [["--policy"], importPolicy()],
  [["--policy", "--organization"], organizationPolicy()],
])("%j prints the policy with the least privilege that it needs", async (args, policy) => {
  printed.length = 0;
  expect(await runSupportApp(["import", ...args])).toBe(0);
  expect(JSON.parse(printed.join("\n"))).toEqual(policy);
});
