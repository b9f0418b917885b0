import { readdirSync, writeFileSync } from "node:fs";
import { runSupportApp } from "../../../../cli/program";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { roleArn } from "../../../support/account-aws";
import type { Answers } from "../../../support/answering-aws";
import { type Account, MANAGEMENT, OWN, organizationWithSetups } from "../../../support/answering-organization";
import { HOSTILE, obeyedIn } from "../../../support/hostile";
import { answering, importsInTests } from "../../../support/importable-aws";
import { ACCOUNT } from "../../../support/live-account";
import { printedInTests } from "../../../support/printed";
import { allow } from "../../../support/trusting-role";

const printed = printedInTests();
const imports = importsInTests();
const { folder, file } = imports;

const HERE = ["--account", ACCOUNT, "--region", "us-east-1"];
const EVERYWHERE = ["--organization", "--assume-role", "audit", "--region", "us-east-1"];
const HEADER = `# The roles and channels of these accounts as they are: deploying this gives nobody more access, and takes none.
# What isn't adopted is in the comments, with what differs. Change that by hand and run audit again, or leave it.
`;

async function audit(answers: Answers, args: readonly string[] = HERE) {
  imports.answer(answers);
  printed.length = 0;
  const status = await runSupportApp(["audit", "--format", "yaml", ...args]);
  return { status, yaml: printed.find((text) => text.startsWith("# ")) ?? "" };
}

const CHANNEL = {
  TeamId: "T1",
  ChannelId: "C1",
  ChannelName: "oncall",
  ChannelRoleArn: roleArn("Viewers"),
  NotifyOnCaseSeverity: "none",
};

test("what is printed is a whole environments.yaml, which the app reads, and no file is changed", async () => {
  writeFileSync(file, "not YAML: [");
  const { status, yaml } = await audit(answering({ channels: { "T1|C1": CHANNEL } }));
  expect({ status, yaml }).toEqual({
    status: 0,
    yaml: `${HEADER}environments:
  account-${ACCOUNT}:
    account: "${ACCOUNT}"
    region: us-east-1
    read-only:
      adopt: true
      role-name: Viewers
      policy-name: ViewersPolicy
      channels:
        - name: oncall
          workspace: T1
          channel: C1`,
  });
  expect(readdirSync(folder)).toEqual(["environments.yaml"]);
  expect(parseEnvironments(yaml, "environments.yaml")).toMatchObject([{ name: `account-${ACCOUNT}` }]);
});

test("a role that differs isn't adopted, nor are its channels, and comments say what differs", async () => {
  const policy = allow("support:DescribeCases", "s3:GetObject");
  const { status, yaml } = await audit(answering({ policy, channels: { "T1|C1": CHANNEL } }));
  expect({ status, yaml }).toEqual({
    status: 4,
    yaml: `${HEADER}environments: {}
  # ${ACCOUNT}
  # The role Viewers isn't adopted. What differs:
  # - Its policy ViewersPolicy also allows s3:getobject.
  # - Its policy ViewersPolicy doesn't always allow support:DescribeCommunications.
  # #oncall (C1 of T1) isn't adopted. Its role ${roleArn("Viewers")} isn't adopted.`,
  });
});

test("an account without anything of the Support App is left out", async () => {
  expect(await audit(answering({ roles: ["web"] }))).toEqual({ status: 0, yaml: `${HEADER}environments: {}` });
});

test.each<[string, object]>([
  ["a description", { description: HOSTILE.slice(0, 900) }],
  ["a tag", { tags: { [HOSTILE.slice(0, 100)]: HOSTILE.slice(0, 200) } }],
])("text from an account is never obeyed, in values and in comments: %s", async (_, contents) => {
  const { yaml } = await audit(answering({ ...contents, channels: { "T1|C1": { ...CHANNEL, ChannelName: HOSTILE } } }));
  expect(yaml).toContain("  # The role Viewers isn't adopted.");
  expect(obeyedIn(yaml)).toEqual([]);
});

test("the accounts of an organization are named after it; one that is closed is left out, and one with something unknown is named", async () => {
  const accounts: readonly Account[] = [
    MANAGEMENT,
    { Id: "200000000000", Name: "Shop (Prod)", State: "ACTIVE" },
    { Id: "300000000000", Name: "Logs", State: "ACTIVE" },
    { Id: "400000000000", Name: "Former", State: "CLOSED" },
  ];
  const ids = accounts.map(({ Id }) => Id);
  const setups = organizationWithSetups(accounts, ids, { regions: ["us-east-1"] });
  const denied: Answers = (action, parameters, ...rest) =>
    action === "ListRolePolicies" && rest[0] === "300000000000"
      ? { status: 403, code: "AccessDenied" }
      : setups(action, parameters, ...rest);
  const { status, yaml } = await audit(denied, EVERYWHERE);
  expect(status).toBe(5);
  expect(parseEnvironments(yaml, "environments.yaml").map(({ name, account }) => [name, account])).toEqual([
    ["management", OWN],
    ["shop-prod", "200000000000"],
  ]);
  expect(yaml.split("\n").filter((line) => line.startsWith("  #"))).toEqual([
    "  # 300000000000 Logs",
    "  # Nothing of it is adopted, since not everything could be read:",
    expect.stringMatching(/^ {2}# - AccessDenied: /),
  ]);
});

const IN = new Map([
  ["us-east-1", answering({ channels: { "T1|C1": CHANNEL } })],
  ["us-west-2", answering({ channels: { "T1|C1": CHANNEL, "T1|C2": { ...CHANNEL, ChannelId: "C2" } } })],
]);

test("an environment is in the region with most of its channels, and a channel elsewhere isn't adopted", async () => {
  const { yaml } = await audit(
    (action, parameters, _, region = "") =>
      IN.get(region)?.(action, parameters) ?? { status: 400, code: "TypeNotFoundException" },
    [],
  );
  expect(parseEnvironments(yaml, "environments.yaml")).toMatchObject([
    { region: "us-west-2", channels: [{ channel: "C1" }, { channel: "C2" }] },
  ]);
  expect(yaml).toContain(
    "  # #oncall (C1 of T1) isn't adopted. It is configured in us-east-1, and the environment is in us-west-2.",
  );
});

test.each([
  [[], "us-east-1"],
  [["--region", "eu-west-1", "eu-west-2"], "eu-west-1"],
])("without channels and with %j, an environment is in %s", async (args, region) => {
  const { yaml } = await audit(answering({}), args);
  expect(parseEnvironments(yaml, "environments.yaml")).toMatchObject([{ region, channels: [] }]);
});
