import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { ACCOUNT_ALIAS_TYPE, SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { levelModule } from "../../packaging/terraform/level-module";
import { rootModule } from "../../packaging/terraform/root-module";
import { filesOf } from "../docs/pages";
import { thoroughTest } from "../support/thorough";
import { changeByHand, iamIn, newAccount } from "./support/account";
import { createProject, type Ended, removeProjects, terraformIn } from "./support/project";

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
  writeFileSync(join(project.folder, name, "main.tf.json"), JSON.stringify(root));
  return name;
}

function terraform(folder: string, as: string, ...args: string[]): Promise<Ended> {
  return terraformIn(project, folder, args, { as });
}

async function expectToWork(folder: string, as: string, ...args: string[]): Promise<void> {
  expect(await terraform(folder, as, ...args)).toMatchObject({ status: 0 });
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
const source = (name: string) => `../repository/terraform/modules/support-app-${name}`;

/** The names of the account's roles. */
async function roleNames(account: string, PathPrefix = "/"): Promise<unknown[]> {
  const { Roles = [] } = await iamIn(account).send(new ListRolesCommand({ PathPrefix }));
  return Roles.map(({ RoleName }) => RoleName);
}

test("Terraform takes each module from a repository, without npm, and finds it valid and in its own format", async () => {
  const account = newAccount();
  const from = (name: string) => ({ source: `git::file://${REPOSITORY}//terraform${name}?ref=v1.0.0` });
  const levels = ["read-only", "full", "account"].map((name) => [name, from(`/modules/support-app-${name}`)]);
  const arns = { role_arns: [`arn:aws:iam::${account}:role/a`], deployer_arns: [`arn:aws:iam::${account}:role/b`] };
  const guardrail = { ...from("/modules/support-app-guardrail"), ...arns };
  const module = { root: from(""), ...Object.fromEntries(levels), guardrail };
  const root = writeRoot("from-repository", { provider: PROVIDER, module });
  await expectToWork(root, account, "init", "-input=false");
  await expectToWork(root, account, "validate");
  await expectToWork(resolve("terraform"), account, "fmt", "-check", "-recursive");
});

test("a plan warns of a channel or an alias that was changed by hand; the Service Quotas role is made, kept, and handed back", async () => {
  const account = newAccount();
  const channels = { oncall: { name: "oncall", workspace: "T012ABCDEFG", channel: "C01" } };
  const write = (mode: string) =>
    writeRoot("quotas", {
      provider: PROVIDER,
      module: {
        people: {
          source: "../repository/terraform",
          account_alias: "Payments",
          full: { channels, service_quotas_role: mode },
        },
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
    'the account alias has AccountAlias "Theirs", expected "Payments"',
  ])
    expect(inOneLine(output)).toContain(sentence);

  const result = await terraform(root, account, "destroy", "-auto-approve");
  expect(result).toMatchObject({ status: 1, output: expect.stringContaining("prevent_destroy") });
  write("existing");
  const changed = await terraform(root, account, "apply", "-auto-approve");
  expect(changed).toMatchObject({ status: 1, output: expect.stringContaining("prevent_destroy") });
  const address = "module.people.module.full[0].aws_iam_service_linked_role.service_quotas[0]";
  await expectToWork(root, account, "state", "rm", address);
  await expectToWork(root, account, "destroy", "-auto-approve");
  expect(await serviceLinkedRoles(account)).toHaveLength(1);
});

thoroughTest("the module's README says how to remove the module and keep the Service Quotas role", async () => {
  const account = newAccount();
  const root = writeRoot("removed", {
    provider: PROVIDER,
    module: { support_app: { source: source("full"), service_quotas_role: "create" } },
  });
  await initAndApply(root, account);
  writeRoot("removed", { provider: PROVIDER, terraform: { required_providers: { aws: { source: "hashicorp/aws" } } } });
  const readme = readFileSync("terraform/modules/support-app-full/README.md", "utf8");
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

thoroughTest("each bad value is refused by its sentence", async () => {
  const account = newAccount();
  const folder = "repository/terraform/modules/support-app-full";
  await expectToWork(folder, account, "init", "-input=false");
  const refusals = {
    service_quotas_role: "adopt",
    role_name: "a b",
    policy_name: "p".repeat(129),
    path: "slack",
    description: "",
    policy_description: "日",
    permissions_boundary: "boundary",
    max_session_duration: "60",
    tags: JSON.stringify({ "aws:a": "b" }),
  };
  const variableArgs = Object.entries(refusals).flatMap(([variable, value]) => ["-var", `${variable}=${value}`]);
  const { status, output } = await terraform(folder, account, "plan", "-input=false", ...variableArgs);
  expect(status).toBe(1);
  const said = inOneLine(output);
  for (const variable of Object.keys(refusals)) expect(said).toContain(`Received ${variable} = `);
  const badTags: readonly (readonly [tags: Record<string, string>, sentence: string])[] = [
    [Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"])), "expected at most 50 tags"],
    [{ a: "<" }, "expected a tag value of at most 256 letters"],
    [{ a: "1", A: "2" }, "expected keys that differ in more than case"],
  ];
  const oncall = { workspace: "T01", channel: "C01", name: "oncall" };
  const notified = (notify: object) => ({ oncall: { ...oncall, notify } });
  const badChannels: readonly (readonly [channels: unknown, sentence: string])[] = [
    ["C01", 'Received channels = "C01"'],
    [{ oncall: { ...oncall, notfy: {} } }, "expected an object of workspace, channel, name, notify and nothing else."],
    [{ oncall: { ...oncall, workspace: "acme" } }, 'Received channels.oncall.workspace = "acme"'],
    [{ oncall: { ...oncall, channel: "oncall" } }, 'Received channels.oncall.channel = "oncall"'],
    [{ oncall: { ...oncall, name: "#oncall" } }, 'Received channels.oncall.name = "#oncall"'],
    [notified({ severity: "low" }), 'notify = {"severity":"low"}, expected an object of severity, one of none, high'],
    [
      notified({ severity: "all", events: ["case-created", "case-created"] }),
      'notify.events = ["case-created","case-created"]',
    ],
    [notified({ severity: "all" }), 'notify = {"severity":"all"}, expected at least one event with'],
    [{ a: oncall, b: { ...oncall, name: "other" } }, "expected each channel once, since it has one role."],
    [
      Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`c${index}`, { ...oncall, channel: `C${index}` }])),
      "Received 21 channels in channels, expected at most 20",
    ],
  ];
  const people = { source: source("full") };
  const bad = [
    ...badTags.map(([tags], index) => [`tags${index}`, { ...people, tags }]),
    ...badChannels.map(([channels], index) => [`channels${index}`, { ...people, channels }]),
  ];
  const root = writeRoot("refusals", { provider: PROVIDER, module: Object.fromEntries([["people", people], ...bad]) });
  await expectToWork(root, account, "init", "-input=false");
  const refused = await terraform(root, account, "plan", "-input=false");
  const errors = refused.output.split("Error: ").slice(1).map(inOneLine);
  for (const [, sentence] of [...badTags, ...badChannels]) {
    expect(errors.filter((error) => error.includes(sentence))).toHaveLength(1);
  }
  expect(errors).toHaveLength(badTags.length + badChannels.length + 1); // a severity of another kind has no events, either
  const between = [
    { ...people, service_quotas_role: "create", request_quota_increases: false },
    { ...people, policy: "aws-managed", resolve_cases: false },
    { ...people, policy: "aws-managed", policy_name: "ours" },
    { ...people, registered_workspaces: ["T02", "T03", "T04", "T05", "T06"], channels: { oncall } },
  ];
  await expectRootRefusals(account);
  // Under names that are initialized already.
  const modules = Object.fromEntries(between.map((module, index) => [`channels${index}`, module]));
  writeRoot("refusals", { provider: PROVIDER, module: modules });
  const planned = await terraform(root, account, "plan", "-input=false");
  expect(planned.status).toBe(1);
  for (const sentence of [
    "without request_quota_increases",
    "expected nothing to leave out: AWS's managed policy can't be narrowed.",
    "expected neither: AWS's managed policy has its own name and description.",
    "Received 6 workspaces, expected at most 5, including those of the channels,",
  ]) {
    expect(inOneLine(planned.output)).toContain(sentence);
  }
});

/** Values of another type, and a key that isn't known, of each key of the root module: each is named where its caller writes it. */
async function expectRootRefusals(account: string): Promise<void> {
  const wrongValues = (access: "full" | "read_only") => {
    const { variable } = levelModule(access === "full" ? "full" : "read-only").terraform;
    const typesByName = Object.entries(variable as Record<string, { readonly type: string }>)
      .filter(([name]) => name !== "registered_workspaces")
      .map(([name, { type }]) => [name, type === "map(string)" || type === "any" ? "a" : { a: "b" }] as const);
    return { ...Object.fromEntries(typesByName), tipo: 1 };
  };
  const inputs = { full: wrongValues("full"), read_only: wrongValues("read_only") };
  const root = writeRoot("root-refusals", {
    provider: PROVIDER,
    module: { people: { source: "../repository/terraform", ...inputs } },
  });
  await expectToWork(root, account, "init", "-input=false");
  const { status, output } = await terraform(root, account, "plan", "-input=false");
  expect(status).toBe(1);
  const said = inOneLine(output);
  for (const [name, values] of Object.entries(inputs))
    for (const [key, value] of Object.entries(values))
      expect(said).toContain(key === "tipo" ? `${name}.tipo` : `${name}.${key} = ${JSON.stringify(value)}`);
  for (const error of output.split("Error: ").slice(1))
    expect(inOneLine(error)).toMatch(/^Invalid value for variable .* Received .*, expected /);
}

test("a caller's own variables may have the types in the descriptions: what is left out has its default", async () => {
  const account = newAccount();
  const variable = Object.fromEntries(
    rootModule().variables.flatMap(({ name, objectType }) =>
      objectType ? [[name, { type: objectType, default: {} }]] : [],
    ),
  );
  expect(Object.keys(variable)).toEqual(["read_only", "full"]);
  const passed = Object.fromEntries(Object.keys(variable).map((name) => [name, `\${var.${name}}`]));
  const root = writeRoot("typed", {
    provider: PROVIDER,
    variable,
    module: { people: { source: "../repository/terraform", ...passed } },
    output: { capabilities: { value: "${module.people.full_capabilities}" } },
  });
  await expectToWork(root, account, "init", "-input=false");
  const channels = { oncall: { workspace: "T01", channel: "C01", name: "oncall" } };
  const full = JSON.stringify({ resolve_cases: false, channels });
  const { status, output } = await terraform(root, account, "plan", "-input=false", "-var", `full=${full}`);
  expect({ status, output }).toMatchObject({ status: 0 });
  expect(output).toContain('"live-chat"');
  expect(output).not.toContain('"resolve-cases"');
});

/** What Terraform says, without its margins and line breaks. */
function inOneLine(output: string): string {
  return output.replace(/\s*│?\s+/g, " ");
}
