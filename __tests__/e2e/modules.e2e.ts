import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { parse, stringify } from "yaml";
import { ACCESS_LEVELS } from "../../modules/support-app/model/access-level";
import { actionsOf } from "../../modules/support-app/model/capability";
import { ACCOUNT_ALIAS_TYPE, SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { filesOf } from "../docs/pages";
import { sample, thoroughTest } from "../support/thorough";
import {
  allowedActions,
  changeByHand,
  comparableAccount,
  iamIn,
  newAccount,
  type Role,
  readPolicy,
  readRole,
} from "./support/account";
import {
  createProject,
  deployCommand,
  type Ended,
  removeProjects,
  supportApp,
  terraformIn,
  writeEnvironments,
} from "./support/project";
import { changes, startProxy } from "./support/proxy";

afterAll(removeProjects);

/** A project for roots beside each other, and beside a repository with the modules. */
const project = createProject("modules", "environments: {}\n");
const REPOSITORY = join(project.folder, "repository");
beforeAll(() => {
  for (const file of filesOf("terraform")) cpSync(file, join(REPOSITORY, file), { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: REPOSITORY });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "modules");
  git("tag", "v1.0.0");
});

/** Writes a root module in Terraform's JSON. */
function writeRoot(name: string, root: object): string {
  mkdirSync(join(project.folder, name), { recursive: true });
  writeFileSync(join(project.folder, name, "main.tf.json"), JSON.stringify(root, null, 1)); // errors quote a line
  return name;
}

function terraform(folder: string, as: string, ...args: string[]): Promise<Ended> {
  return terraformIn(project, folder, args, { as });
}

async function expectToEnd(ended: Promise<Ended>): Promise<void> {
  expect(await ended).toMatchObject({ status: 0 });
}

function expectToWork(folder: string, as: string, ...args: string[]): Promise<void> {
  return expectToEnd(terraform(folder, as, ...args));
}

/** Initializes a root, applies it, and plans it again without a change or a warning. */
async function initAndApply(folder: string, as: string): Promise<void> {
  await expectToWork(folder, as, "init", "-input=false");
  await expectToWork(folder, as, "apply", "-input=false", "-auto-approve");
  const { status, output } = await terraform(folder, as, "plan", "-input=false", "-detailed-exitcode");
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("No changes.") });
  expect(output).not.toContain("Warning");
}

const PROVIDER = { aws: { region: "us-east-1" } };
const SOURCE = "../repository/terraform";
const CHANNEL = { name: "oncall", workspace: "T012ABCDEFG", channel: "C01" };
const from = (name: string) => `git::file://${REPOSITORY}//terraform${name}?ref=v1.0.0`;

/** The names of the account's roles. */
async function roleNames(account: string, PathPrefix = "/"): Promise<unknown[]> {
  const { Roles = [] } = await iamIn(account).send(new ListRolesCommand({ PathPrefix }));
  return Roles.map(({ RoleName }) => RoleName);
}

test("Terraform takes each module from a repository, without npm, and finds it valid and in its own format", async () => {
  const account = newAccount();
  const arns = { role_arns: [`arn:aws:iam::${account}:role/a`], deployer_arns: [`arn:aws:iam::${account}:role/b`] };
  const module = {
    access: { source: from(""), access: "full" },
    account: { source: from("/modules/support-app-account") },
    guardrail: { source: from("/modules/support-app-guardrail"), ...arns },
  };
  const root = writeRoot("from-repository", { provider: PROVIDER, module });
  await expectToWork(root, account, "init", "-input=false");
  await expectToWork(root, account, "validate");
  await expectToWork(resolve("terraform"), account, "fmt", "-check", "-recursive");
});

test("access from a git source is narrowed, ends, and moves into a repository and out again: at every moment, people can do the same", async () => {
  // GIVEN
  const account = newAccount();
  const as = { as: account };
  const source = from("");
  const watch = { source, access: "read-only", channels: { watch: { ...CHANNEL, channel: "C02", name: "watch" } } };
  const oncall = { source, access: "full", channels: { oncall: CHANNEL } };
  const root = writeRoot("life", { provider: PROVIDER, module: { oncall } });
  await initAndApply(root, account);
  // WHEN
  const narrowed = {
    ...oncall,
    without: ["resolve-cases", "live-chat"],
    until: "2099-12-31",
    temporarily: { "live-chat": "2099-06-30" },
  };
  writeRoot("life", { provider: PROVIDER, module: { watch, oncall: narrowed } });
  await initAndApply(root, account);
  // THEN
  const role = (await readRole(account, ACCESS_LEVELS.full.roleName)) as Role;
  expect(await allowedActions(role, actionsOf(["resolve-cases"]))).toEqual([]);
  expect(await allowedActions(role, actionsOf(["create-cases"]))).toEqual(actionsOf(["create-cases"]));
  const ends = (await readPolicy(account, ACCESS_LEVELS.full.policyName)).Statement.map(({ Condition }) => Condition);
  expect(ends.map((condition) => condition?.DateLessThan?.["aws:CurrentTime"])).toEqual(
    expect.arrayContaining(["2100-01-01T00:00:00Z", "2099-07-01T00:00:00Z"]),
  );
  const before = await comparableAccount(account);

  // WHEN: into a repository, as the module's README says
  const audit = ["audit", "--account", account, "--region", "us-east-1", "--format", "yaml"];
  const { stdout } = await supportApp(project, audit, as);
  const [environment] = Object.values(parse(stdout).environments);
  writeEnvironments(project, stringify({ environments: { production: environment } }));
  await expectToWork(root, account, "state", "rm", "module.watch", "module.oncall");
  writeRoot("life", { provider: PROVIDER });
  const emptied = await terraform(root, account, "apply", "-input=false", "-auto-approve");
  expect(emptied.output).toContain("Resources: 0 added, 0 changed, 0 destroyed.");
  const proxy = await startProxy();
  const deployed = await deployCommand(project, "production", { ...as, endpoint: proxy.endpoint });
  await proxy.close();
  // THEN
  expect(deployed).toMatchObject({ status: 0, output: expect.stringContaining(" 0 to change, 0 to destroy.") });
  expect(proxy.calls.filter(changes)).toEqual([]);
  expect(await comparableAccount(account)).toEqual(before);

  // WHEN: out of it
  await expectToEnd(supportApp(project, ["publish", "--backend", "none", "--out", "out"], as));
  const published = "out/environments/production";
  cpSync(join(project.folder, "state/production.tfstate"), join(project.folder, published, "terraform.tfstate"));
  await expectToWork(published, account, "init", "-input=false");
  const { output } = await terraform(published, account, "plan", "-input=false");
  // THEN
  expect(output).not.toContain("Terraform will perform the following actions");
  await expectToWork(published, account, "apply", "-input=false", "-auto-approve");
  expect(await comparableAccount(account)).toEqual(before);
});

test("a plan warns of a channel or an alias that was changed by hand; the Service Quotas role is made, kept, and handed back", async () => {
  const account = newAccount();
  const write = (mode: string) =>
    writeRoot("quotas", {
      provider: PROVIDER,
      module: {
        account: { source: `${SOURCE}/modules/support-app-account`, account_alias: "Payments" },
        people: { source: SOURCE, access: "full", service_quotas_role: mode, channels: { oncall: CHANNEL } },
      },
    });
  const root = write("create");
  await initAndApply(root, account); // without a warning
  await changeByHand(account, SLACK_CHANNEL_TYPE, { ChannelRoleArn: "arn:aws:iam::999999999999:role/Admin" });
  await changeByHand(account, ACCOUNT_ALIAS_TYPE, { AccountAlias: "Theirs" });
  const { output } = await terraform(root, account, "plan", "-input=false");
  for (const sentence of [
    "Warning: Check block assertion failed",
    'the channel #oncall (T012ABCDEFG|C01) has ChannelRoleArn "arn:aws:iam::999999999999:role/Admin", expected',
    'the account alias is "Theirs", expected "Payments"',
  ])
    expect(inOneLine(output)).toContain(sentence);

  const result = await terraform(root, account, "destroy", "-auto-approve");
  expect(result).toMatchObject({ status: 1, output: expect.stringContaining("prevent_destroy") });
  write("existing");
  const changed = await terraform(root, account, "apply", "-auto-approve");
  expect(changed).toMatchObject({ status: 1, output: expect.stringContaining("prevent_destroy") });
  const address = "module.people.aws_iam_service_linked_role.service_quotas[0]";
  await expectToWork(root, account, "state", "rm", address);
  await expectToWork(root, account, "destroy", "-auto-approve");
  expect(await serviceLinkedRoles(account)).toHaveLength(1);
});

thoroughTest("the module's README says how to remove the module and keep the Service Quotas role", async () => {
  const account = newAccount();
  const root = writeRoot("removed", {
    provider: PROVIDER,
    module: { oncall: { source: SOURCE, access: "full", service_quotas_role: "create" } },
  });
  await initAndApply(root, account);
  writeRoot("removed", { provider: PROVIDER, terraform: { required_providers: { aws: { source: "hashicorp/aws" } } } });
  const readme = readFileSync("terraform/README.md", "utf8");
  const [block = ""] = readme.match(/^removed \{\n.*?^\}\n/ms) ?? [];
  writeFileSync(join(project.folder, "removed/removed.tf"), block);
  await initAndApply(root, account);
  expect(await serviceLinkedRoles(account)).toHaveLength(1);
  expect(await roleNames(account)).toHaveLength(1);
});

/** The names of the roles that AWS services have in the account. */
function serviceLinkedRoles(account: string): Promise<unknown[]> {
  return roleNames(account, "/aws-service-role/");
}

const channel = (overrides: object) => ({ channels: { oncall: { ...CHANNEL, ...overrides } } });
const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"]));
const channels = Array.from({ length: 21 }, (_, index) => [`c${index}`, { ...CHANNEL, channel: `C${index}` }]);
const REFUSALS: readonly (readonly [inputs: object, sentence: string])[] = [
  [{ access: "readonly" }, 'Received access = "readonly", expected read-only or full.'],
  [{ without: ["resolve-case"] }, 'Received without = ["resolve-case"], expected each to be one of create-cases,'],
  [{ without: null }, "Received without = null, expected each to be one of create-cases,"],
  [
    channel({ until: "2026-12-31" }),
    "Received access, without, until or temporarily in a channel, expected them beside",
  ],
  [{ registered_workspaces: ["acme"] }, 'Received registered_workspaces = ["acme"], expected each to be a Slack'],
  [{ temporarily: { "Live-Chat": "2026-12-31" } }, "expected each key to be one of create-cases,"],
  [{ until: "2026-02-30" }, 'Received until = "2026-02-30", expected a day that exists,'],
  [{ temporarily: { "live-chat": "soon" } }, 'Received temporarily = {"live-chat":"soon"}, expected each to end on'],
  [{ policy: "ours" }, 'Received policy = "ours", expected customer-managed or aws-managed.'],
  [{ service_quotas_role: "adopt" }, 'Received service_quotas_role = "adopt", expected on-demand, create or existing.'],
  [{ role_name: "a b" }, 'Received role_name = "a b", expected a role name'],
  [{ policy_name: "a b" }, 'Received policy_name = "a b", expected a policy name'],
  [{ path: "slack" }, 'Received path = "slack", expected a path'],
  [{ description: "" }, 'Received description = "", expected one line'],
  [{ policy_description: "日" }, 'Received policy_description = "日", expected one line'],
  [
    { permissions_boundary: "boundary" },
    'Received permissions_boundary = "boundary", expected the ARN of an IAM policy,',
  ],
  [{ source_account: "1" }, 'Received source_account = "1", expected an AWS account ID of 12 digits.'],
  [{ max_session_duration: 60 }, "Received max_session_duration = 60, expected a whole number of seconds from 3600"],
  [{ tags: { "aws:a": "b" } }, 'Received tags = {"aws:a":"b"}, expected each to have a tag key'],
  [{ tags: { a: "<" } }, "expected each to have a tag value of at most 256 letters"],
  [{ tags: { a: "1", A: "2" } }, "expected keys that differ in more than case"],
  [{ tags }, "Received 51 tags, expected at most 50"],
  [
    channel({ workspace: "acme" }),
    'Received the workspaces ["acme"] in channels, expected each to be a Slack workspace\'s ID',
  ],
  [channel({ channel: "oncall" }), 'Received the channels ["oncall"], expected each to be a Slack channel\'s ID'],
  [channel({ name: "#oncall" }), 'Received the names ["#oncall"] in channels, expected each to be'],
  [channel({ notify: { severity: "all" } }), '"severity":"all"}] in channels, expected each to have the severity'],
  [
    { channels: { a: CHANNEL, b: { ...CHANNEL, name: "b" } } },
    'Received the channels ["C01","C01"], expected each once,',
  ],
  [{ channels: Object.fromEntries(channels) }, "Received 21 channels, expected at most 20"],
];

/** What fits together isn't known before all values are right. */
const CONTRADICTIONS: typeof REFUSALS = [
  [{ access: "read-only", without: ["live-chat"] }, 'with access = "read-only", expected neither: read-only has only'],
  [
    { without: ["request-quota-increases"], service_quotas_role: "create" },
    'Received service_quotas_role = "create", expected nothing: this access has no request-quota-increases',
  ],
  [
    { policy: "aws-managed", without: ["resolve-cases"] },
    'Received policy = "aws-managed" with without, until, temporarily',
  ],
  [
    { policy: "aws-managed", policy_name: "ours" },
    'Received policy = "aws-managed" with policy_name or policy_description,',
  ],
  [
    { temporarily: { "live-chat": "2099-12-31" } },
    "Received live-chat in temporarily, expected capabilities that are also in",
  ],
  [
    { until: "2099-12-31", without: ["live-chat"], temporarily: { "live-chat": "2099-12-31" } },
    'Received temporarily = {"live-chat":"2099-12-31"}, expected earlier ends than until (2099-12-31)',
  ],
  [
    { registered_workspaces: ["T2", "T3", "T4", "T5", "T6"], channels: { CHANNEL } },
    "Received 6 workspaces, expected at most 5, including those of the channels,",
  ],
];

test.each([
  ["value", sample(REFUSALS, 8)],
  ["combination", sample(CONTRADICTIONS, 3)],
])("each wrong %s is refused at plan, by its sentence", async (_, refusals) => {
  const account = newAccount();
  const modules = refusals.map(([inputs], index) => [`m${index}`, { source: SOURCE, access: "full", ...inputs }]);
  const root = writeRoot("refusals", { provider: PROVIDER, module: Object.fromEntries(modules) });
  await expectToWork(root, account, "init", "-input=false");
  const { status, output } = await terraform(root, account, "plan", "-input=false");
  expect(status).toBe(1);
  const errors = output.split("Error: ").slice(1).map(inOneLine);
  for (const [, sentence] of refusals) expect(errors.filter((error) => error.includes(sentence))).toHaveLength(1);
  expect(errors).toHaveLength(refusals.length);
});

test.each([
  ["resolve_cases", { resolve_cases: false }],
  ["channel", { channel: {} }],
])("Terraform itself refuses an argument that is mistyped: %s", async (argument, inputs) => {
  const account = newAccount();
  const root = writeRoot("mistyped", {
    provider: PROVIDER,
    module: { m: { source: SOURCE, access: "full", ...inputs } },
  });
  await terraform(root, account, "init", "-input=false");
  const { status, output } = await terraform(root, account, "validate");
  expect(status).toBe(1);
  expect(inOneLine(output)).toContain(`Extraneous JSON object property`);
  expect(inOneLine(output)).toContain(`"${argument}"`);
});

/** What Terraform says, without its margins and line breaks. */
function inOneLine(output: string): string {
  return output.replace(/\s*│?\s+/g, " ");
}
