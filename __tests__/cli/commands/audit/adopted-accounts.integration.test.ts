import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { type AuditReport, auditReportSchema } from "../../../../cli/reports/audit-report";
import type { Answer, Answers } from "../../../support/answering-aws";
import { type Account, MANAGEMENT, OWN, organizationWithSetups } from "../../../support/answering-organization";
import { allow, importsInTests } from "../../../support/importable-aws";
import { printedInTests } from "../../../support/printed";

const printed = printedInTests();
const imports = importsInTests();
const { folder, file } = imports;

const SHOP: Account = { Id: "200000000000", Name: "Shop", State: "ACTIVE" };
const FRESH: Account = { Id: "400000000000", Name: "Payments (Prod)", State: "ACTIVE" };
const EMPTY: Account = { Id: "600000000000", Name: "Payments", State: "ACTIVE" };

/** Accounts of which some have a role and a channel, in one region. */
const answers = (accounts: readonly Account[], ids: readonly string[], options: object = {}) =>
  organizationWithSetups(accounts, ids, { regions: ["us-east-1"], ...options });

async function audit(setups: Answers, args: readonly string[] = [], text = FILE) {
  imports.answer(setups);
  writeFileSync(file, text);
  printed.length = 0;
  const options = ["--organization", "--assume-role", "audit", "--region", "us-east-1", "--write", ...args];
  const status = await runSupportApp(["audit", ...options]);
  return { status, output: printed.join("\n"), written: readFileSync(file, "utf8") };
}

const FILE = `# ours
defaults: { region: eu-west-1 }
environments:
  shop:
    account: "200000000000"
    full: {} # for now
  payments:
    account: "400000000000"
    read-only: {}
`;
const ADOPTED = `read-only:
      adopt: true
      role-name: Viewers
      policy-name: ViewersPolicy
      channels:
        - name: oncall
          workspace: T1
          channel: C1`;

test("each account with something becomes an environment, a placeholder is replaced, and what somebody wrote stays", async () => {
  const accounts = [MANAGEMENT, SHOP, FRESH, EMPTY];
  const { status, output, written: yaml } = await audit(answers(accounts, [OWN, "200000000000", "400000000000"]));
  expect(status).toBe(0);
  expect(yaml).toBe(`${FILE.replace("read-only: {}", `region: us-east-1\n    ${ADOPTED}`)}  management:
    account: "${OWN}"
    region: us-east-1
    ${ADOPTED}
`);
  expect(output).toContain("payments: with this environment, nobody gets more access than now.");
  expect(output).toContain("\npayments (400000000000)\n  400000000000 has 1 role that");
  expect(output).toContain("Deploy with npx support-app deploy payments, which takes over in place.");
  expect(output).toContain(`${file} has shop, which stays as it is.\nThis differs:\n--- `);
  expect(output).toMatch(/^\+{3} the live account\n@@/m);
  expect(output).toMatch(/^-full: \{\}$/m);
  expect(output).toMatch(/^\+ {2}role-name: Viewers$/m);
  expect(output).toContain(`Changed ${file}: 1 new environment, 1 in place of a placeholder, 0 retired.`);
  const secondAudit = await audit(answers(accounts, [OWN, "400000000000"]), [], yaml);
  expect(secondAudit.written).toBe(yaml);
  expect(secondAudit.output).toContain(`${file} is unchanged.`);
});

const SHOP_YAML = (channels: string, keys = "") =>
  `environments:
  shop: { account: "200000000000", region: us-east-1, ${keys}read-only: { adopt: true, role-name: Viewers, policy-name: ViewersPolicy${channels} } }
`;
const ONCALL = "{ channel: C1, workspace: T1, name: oncall, notify: { severity: none }, private: true, adopt: true }";

test.each<[string, string, differs: string | undefined]>([
  ["has", SHOP_YAML(`, channels: [${ONCALL}]`), undefined],
  ["has with another role", SHOP_YAML("", `full: { channels: [${ONCALL}] }, `), undefined],
  ["doesn't have, but expects", SHOP_YAML("", "other-channels: true, "), undefined],
  ["doesn't have", SHOP_YAML(""), "+  channels:\n+    - name: oncall\n+      workspace: T1\n+      channel: C1"],
])("the file stays as it is for a channel that its environment %s", async (_, text, differs) => {
  const { output, written: yaml } = await audit(answers([MANAGEMENT, SHOP], ["200000000000"]), [], text);
  expect(yaml).toBe(text);
  expect(output.includes("which stays as it is")).toBe(differs !== undefined);
  expect(output).toContain(differs ?? `${file} is unchanged.`);
});

test("channels are compared without their order and what AWS doesn't know; advice is about what the file doesn't have", async () => {
  const otherChannel = "{ name: another, workspace: T1, channel: C2 }";
  const text = SHOP_YAML(`, channels: [${otherChannel}, ${ONCALL}]`, "account-alias: Pay, slack-workspaces: [T1], ");
  const setups = answers([MANAGEMENT, SHOP], ["200000000000"]);
  const liveAnswers: Answers = (action, parameters, ...rest) => {
    const [, , type = ""] = String(parameters.TypeName).split("::");
    const identifiers = { SlackWorkspaceConfiguration: ["T1", "T2"], AccountAlias: ["alias"] }[type];
    const Properties = JSON.stringify({ AccountAlias: "Pay" });
    const isShop = rest[0] === "200000000000";
    if (action !== "ListResources" || !isShop || identifiers === undefined) return setups(action, parameters, ...rest);
    return JSON.stringify({ ResourceDescriptions: identifiers.map((Identifier) => ({ Identifier, Properties })) });
  };
  const { output } = await audit(liveAnswers, [], text.replace("role-name: Viewers", "role-name: Other"));
  const patch = output.split("\n").filter((line) => /^[-+] {2}/.test(line));
  expect(patch).toEqual([
    "-  - T1", // of slack-workspaces, which aren't adopted
    "-  role-name: Other",
    "+  role-name: Viewers",
    "-    - name: another",
    "-      workspace: T1",
    "-      channel: C2",
  ]);
  expect(output.match(/stays? as (they are|it is): .*/g)).toEqual([
    "stay as they are: T2. To manage them here, add slack-workspaces to the environment: support-app deploy takes them over.",
  ]);
});

test("accounts with nothing get an environment only with --all-accounts, which says that this is new access", async () => {
  const setups = answers([MANAGEMENT, SHOP, FRESH, EMPTY], []);
  expect((await audit(setups)).written).toBe(FILE);
  const { output, written: yaml } = await audit(setups, ["--all-accounts"]);
  expect(yaml).toContain(':\n    account: "600000000000"\n    region: us-east-1\n    read-only: {}\n');
  expect(output).toContain("account-600000000000 (600000000000) has nothing. It gets read-only access without chann");
});

test("environments whose accounts left are retired, but not with --unit or --tag, nor if all would be", async () => {
  const remainingAccounts = [MANAGEMENT, { ...SHOP, State: "CLOSED" }, FRESH];
  const coming = await audit(answers(remainingAccounts, [OWN]));
  expect(coming.written).toMatch(/^ {4}retired: true\n.*^ {2}management:/ms);
  expect(coming.output).toContain(`Changed ${file}: 1 new environment, 0 in place of a placeholder, 1 retired.`);
  const setups = answers(remainingAccounts, []);
  const { output, written: yaml, status } = await audit(setups);
  expect(yaml).toBe(FILE.replace("  shop:\n", "$&    retired: true\n"));
  expect(output).toContain(
    `environments:\n  shop:\n    retired: true\nChanged ${file}: 0 new environments, 0 in place of a placeholder, 1 retired.\nDeploy the retired ones while`,
  );
  expect(await audit(setups, [], yaml)).toMatchObject({ status: 0, written: yaml });
  expect(status).toBe(0);
  expect(output).not.toContain("Not written");
  const part = answers([MANAGEMENT, { ...FRESH, tags: { a: "b" } }], []);
  for (const args of ["--tag a=b", "--unit r-root"])
    expect(await audit(part, args.split(" "))).toMatchObject({ status: 0, written: FILE });
  const nobody = await audit(part, ["--tag", "a=c"]);
  expect(nobody).toMatchObject({ status: 1, written: FILE, output: expect.stringContaining("Received no account") });
  const otherAudit = await audit(answers([MANAGEMENT, EMPTY], []));
  expect(otherAudit).toMatchObject({ status: 1, written: FILE });
  expect(otherAudit.output).toContain(`Received an organization without any account of ${file} (shop, payments)`);
});

test("a role that can't be adopted is named with why and what to do, and its account isn't written", async () => {
  const setups = answers([MANAGEMENT, SHOP, FRESH, EMPTY], ["600000000000"], { policy: allow("support:CreateCase") });
  const { output, ...result } = await audit(setups);
  expect(result).toEqual({ status: 0, written: FILE });
  expect(output).toContain(
    "- its policy ViewersPolicy doesn't always allow view-cases, which every access level has. Let it allow support:DescribeCases",
  );
});

test("what can't be read of a role is a reason not to adopt it, and its account is known all the same", async () => {
  const { output } = await audit(answers([MANAGEMENT, SHOP], [OWN], { policy: '{"Statement":[{"Effect":"Allow"}]}' }));
  expect(output).toContain("- in its policy ViewersPolicy, unsupported (a statement without actions)");
});

test("an account in which something is unknown isn't written, and rules that it would break are named", async () => {
  const setups = answers([MANAGEMENT, SHOP, FRESH], ["400000000000", OWN]);
  const denied: Answers = (action, parameters, ...rest) =>
    action === "ListRolePolicies" && rest[0] === "400000000000"
      ? { status: 403, code: "AccessDenied" }
      : setups(action, parameters, ...rest);
  writeFileSync(join(folder, "rules.yaml"), "all: { access-levels: [full] }\n");
  const { status, output, written: yaml } = await audit(denied);
  expect(status).toBe(5);
  expect(yaml).toContain("management:");
  expect(yaml).toContain("read-only: {}"); // the placeholder
  expect(output).toContain("Not written, since something in them couldn't be read: 1 account.");
  expect(output).toContain("expected only full, as all.access-levels");
});

const BROKEN = "500000000017";
const session = (id: string) =>
  `<AssumedRoleUser><Arn>arn:aws:sts::${id}:assumed-role/audit/a</Arn></AssumedRoleUser><Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>`;
/** More than are read in parallel, so that a client reads another account after the broken one. */
const OTHERS = Array.from({ length: 19 }, (_, index): Account => ({ Id: `5000000000${index + 10}`, State: "ACTIVE" }));

test.each<[what: string, action: string, answer: Answer | undefined]>([
  ["lets nobody in", "AssumeRole", { status: 403, code: "AccessDenied" }],
  ["lets in as somebody of another account", "AssumeRole", session(OWN)],
  ["denies something", "GetPolicyVersion", { status: 403, code: "AccessDenied" }],
  ["throttles", "ListRoles", { status: 400, code: "Throttling" }],
  ["fails", "ListResources", { status: 500, code: "InternalFailure" }],
  ["is suspended", "none", undefined],
  ["leaves out the rest of its roles", "ListRoles", "<Roles></Roles><IsTruncated>true</IsTruncated>"],
  [
    "stops in the middle",
    "ListAttachedRolePolicies",
    (outgoing) => void outgoing.write("<List", () => outgoing.destroy()),
  ],
  ["answers as a proxy does", "GetResource", (outgoing) => outgoing.end("<html>Sign in</html>")],
])(
  "if one of twenty accounts %s, the others are all there, and what isn't known has its own exit status",
  async (...row) => {
    const [, broken, answer] = row;
    jest.spyOn(Math, "random").mockReturnValue(0); // the SDK repeats a call at once
    const accountIds = [...OTHERS.map(({ Id }) => Id), OWN].sort();
    const idsWithSetup = accountIds.filter((_, index) => index % 4 === 0);
    const accounts = [
      ...OTHERS.map((account) => (answer || account.Id !== BROKEN ? account : { ...account, State: "SUSPENDED" })),
      MANAGEMENT,
    ];
    const setups = answers(accounts, idsWithSetup);
    const breaking: Answers = (action, parameters, ...rest) => {
      const isBroken = action === broken && [rest[0], String(parameters.RoleArn).split(":")[4]].includes(BROKEN);
      return isBroken && answer ? answer : setups(action, parameters, ...rest);
    };
    const report = join(folder, "audit.json");
    const { status, written: yaml } = await audit(breaking, ["--report", report], "environments: {}\n");
    const audited: AuditReport = auditReportSchema.parse(JSON.parse(readFileSync(report, "utf8")));
    const accountSummaries = audited.accounts.map(({ account, roles, channels, findings }) =>
      account === BROKEN
        ? [account, ...new Set(findings.map(({ kind }) => kind))]
        : [account, roles.length, channels.length, findings.length],
    );
    const expected = accountIds.map((id) =>
      id === BROKEN ? [id, "audit-unknown"] : idsWithSetup.includes(id) ? [id, 1, 1, 0] : [id, 0, 0, 0],
    );
    expect([status, audited.isWholeOrganization, accountSummaries]).toEqual([5, true, expected]);
    expect(yaml.match(/account: "\d+"/g)).toHaveLength(4);
    expect(yaml).not.toContain(BROKEN);
  },
);

test.each<[string, string[]]>([
  ["Received --unit without --organization, expected them together.", ["--unit", "ou-ab12-11111111"]],
  ["Received --all-accounts without --write, expected them together.", ["--all-accounts"]],
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
  imports.answer(answers([MANAGEMENT], []));
  expect(await runSupportApp(["audit", ...args])).toBe(2);
  expect(printed.join("\n")).toContain(sentence);
});
