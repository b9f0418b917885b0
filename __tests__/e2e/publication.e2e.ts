import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { stringify } from "yaml";
import { canonical } from "../../common/canonical";
import { roleArnOf } from "../../modules/support-app/model/iam-names";
import { addressOfOwner, isSameOwner, type OwnedAccess } from "../../modules/support-app/model/team";
import { endOf, untilOf } from "../../modules/support-app/model/until";
import type { Environment } from "../../stacks/environments/environment";
import { parseEnvironments } from "../../stacks/environments/environments";
import type { EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { environment } from "../support/environment-files";
import { synthesize } from "../support/synthesize";
import { variableName } from "../support/terraform-module";
import { isThorough, sample } from "../support/thorough";
import { newAccount, readAccount, readChannels, readRole, readSupportApp } from "./support/account";
import { createProject, removeProjects, supportApp, terraformIn } from "./support/project";
import { type Call, changes, startProxy } from "./support/proxy";

afterAll(removeProjects);

const account = newAccount();
const as = { as: account };
const ROOT = "published";

/** A project with everything published, for roots beside each other. */
const project = createProject(
  "publication",
  "environments:\n  a: { account: '111122223333', region: us-east-1, full: {} }\n",
);
beforeAll(async () => {
  expect(await supportApp(project, ["publish", "--out", ROOT], as)).toMatchObject({ status: 0 });
});

async function terraform(folder: string, env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
  const { status, output, stdout } = await terraformIn(project, folder, args, { ...as, env });
  if (status !== 0) throw new Error(`terraform ${args.join(" ")} ended with exit status ${status}:\n${output}`);
  return stdout;
}

test("terraform test passes in the publication, and its examples are valid", async () => {
  await terraform(ROOT, {}, "init", "-input=false");
  const files = sample(["access", "channels", "guardrail", "refusals"], 2);
  const output = await terraform(ROOT, {}, "test", ...files.map((name) => `-filter=tests/${name}.tftest.hcl`));
  expect(output).toMatch(/^Success! [1-9]\d* passed, 0 failed\.$/m);
  const examples = ["read-only", "full", "several-accounts"];
  const module = Object.fromEntries(examples.map((name) => [name, { source: `../${ROOT}/examples/${name}` }]));
  writeJson("examples/main.tf.json", { module });
  await terraform("examples", {}, "init", "-input=false");
  await terraform("examples", {}, "validate");
});

const channel = (workspace: string, id: string, name: string, notify?: object) => ({
  workspace,
  channel: id,
  name,
  notify,
});
const arn = (account: string, role: string) => `arn:aws:iam::${account}:role/${role}`;

test("channels come after their workspace and role, get another access in place, and are gone before both", async () => {
  // GIVEN
  const account = newAccount();
  const source = `../${ROOT}`;
  const registered_workspaces = "${module.account.slack_workspaces}";
  const root = (watch: object, oncall: object) =>
    writeJson("root/main.tf.json", {
      provider: { aws: provider(account) },
      module: {
        account: {
          source: `${source}/modules/support-app-account`,
          slack_workspaces: ["T01"],
          account_alias: "Payments",
        },
        watch: { source, access: "read-only", registered_workspaces, channels: watch },
        oncall: { source, access: "full", registered_workspaces, tags: { Owner: "platform" }, ...oncall },
      },
    });
  const early: unknown[] = [];
  const ran = async (...args: string[]) => {
    const proxy = await startProxy(async (call) => {
      if (creates(call, "SlackChannel") && proxy.calls.some((candidate) => isRegistering(candidate, call)))
        early.push(call);
      if (creates(call, "SlackWorkspace")) await sleep(4000); // longer than it takes to make a role
      return undefined;
    });
    await terraform("root", { AWS_ENDPOINT_URL: proxy.endpoint }, ...args);
    await proxy.close();
    return proxy.calls.filter(changes);
  };
  const severe = { severity: "high", events: ["case-created"] };
  const oncall = channel("T01", "C02", "oncall", severe);
  root({ watch: channel("T01", "C01", "watch") }, { without: ["resolve-cases"], channels: { oncall } });
  await terraform("root", {}, "init", "-input=false");
  // WHEN
  const creationOrder = new Order(await ran("apply", "-input=false", "-auto-approve"));
  // THEN
  expect(early).toEqual([]);
  for (const [id, role] of [
    ["C01", "AWSSupportAppReadOnlyRole"],
    ["C02", "AWSSupportAppFullRole"],
  ] as const) {
    const added = creationOrder.first("cloudformation:CreateResource", id);
    expect(creationOrder.first("iam:AttachRolePolicy", role)).toBeLessThan(added);
  }
  expect(await readChannels(account)).toMatchObject({
    C01: {
      ChannelName: "watch",
      ChannelRoleArn: arn(account, "AWSSupportAppReadOnlyRole"),
      NotifyOnCaseSeverity: "none",
    },
    C02: {
      ChannelName: "oncall",
      ChannelRoleArn: arn(account, "AWSSupportAppFullRole"),
      NotifyOnCaseSeverity: "high",
      NotifyOnCreateOrReopenCase: true,
      NotifyOnResolveCase: false,
    },
  });
  expect((await readSupportApp(account)).AccountAlias).toMatchObject([{ AccountAlias: "Payments" }]);
  expect((await readRole(account, "AWSSupportAppFullRole"))?.tags).toEqual({ Owner: "platform" });

  // WHEN
  const address = 'aws_cloudcontrolapi_resource.channel["T01_C02"]';
  await terraform("root", {}, "state", "mv", `module.oncall.${address}`, `module.watch.${address}`); // as its README says
  root({ a: channel("T01", "C02", "oncall"), b: channel("T01", "C01", "watch-all") }, { channels: {} });
  const changed = new Order(await ran("apply", "-input=false", "-auto-approve"));
  // THEN
  expect(changed.first("cloudformation:UpdateResource", arn(account, "AWSSupportAppReadOnlyRole"))).toBeDefined();
  expect([changed.all("cloudformation:CreateResource"), changed.all("cloudformation:DeleteResource")]).toEqual([0, 0]);
  expect(await readChannels(account)).toMatchObject({
    C01: { ChannelName: "watch-all", ChannelRoleArn: arn(account, "AWSSupportAppReadOnlyRole") },
    C02: { ChannelRoleArn: arn(account, "AWSSupportAppReadOnlyRole"), NotifyOnCaseSeverity: "none" },
  });
  expect(await terraform("root", {}, "plan", "-input=false")).toContain("No changes.");

  // WHEN
  const removed = new Order(await ran("destroy", "-auto-approve"));
  // THEN
  for (const channel of ["T01|C01", "T01|C02"]) {
    const channelRemoval = removed.first("cloudformation:DeleteResource", channel);
    expect(channelRemoval).toBeLessThan(removed.first("cloudformation:DeleteResource", '"T01"'));
    expect(channelRemoval).toBeLessThan(removed.first("iam:DetachRolePolicy", "AWSSupportAppReadOnlyRole"));
  }
  const { roles, policies, supportApp } = await readAccount(account);
  expect({ roles, policies, left: Object.values(supportApp).flat() }).toEqual({ roles: {}, policies: {}, left: [] });
});

function provider(account: string): object {
  return { region: "us-east-1", access_key: account, secret_key: "test", allowed_account_ids: [account] };
}

function creates({ action, parameters }: Call, type: string): boolean {
  return action === "cloudformation:CreateResource" && String(parameters.TypeName).includes(type);
}

/** Whether a call still registers the workspace of the channel that another one creates. */
function isRegistering(call: Call, channel: Call): boolean {
  const [workspace, channelState] = [call, channel].map(({ parameters }) =>
    JSON.parse(String(parameters.DesiredState ?? "{}")),
  );
  return creates(call, "SlackWorkspace") && call.status === undefined && workspace.TeamId === channelState.TeamId;
}

/** In what order calls came. */
class Order {
  constructor(private readonly calls: readonly Call[]) {}

  /** The place of the first call of an action that says all of these. */
  first(action: string, ...said: string[]): number {
    const index = this.calls.findIndex((call) => {
      const parameters = JSON.stringify(call.parameters);
      return call.action === action && said.every((text) => parameters.includes(text));
    });
    if (index < 0) throw new Error(`Received no ${action} with ${said.join(", ")}, expected one`);
    return index;
  }

  /** How many calls of an action there are. */
  all(action: string): number {
    return this.calls.filter((call) => call.action === action).length;
  }
}

const ENVIRONMENTS = isThorough ? 100 : 10;
const SEED = 2; // the same environments in every run

test("for random accesses, the module gives what the CDKTF app gives", async () => {
  // GIVEN
  const entries = fc.sample(environment("111122223333").map(portable), { numRuns: ENVIRONMENTS, seed: SEED });
  const environments = entries.map((entry, index) => {
    const name = `e${index}`;
    const yaml = stringify({ environments: { [name]: entry } });
    const [parsed] = parseEnvironments(yaml, "environments.yaml") as [Environment];
    return { name, parsed, terraform: JSON.parse(synthesize(yaml)[name] ?? "") };
  });
  const state: object[] = [];
  const modules: Record<string, object> = {};
  for (const { name, parsed, terraform } of environments) {
    const { resource, data } = terraform;
    const terraform_data = { support_app_place: {} }; // a module's account and region are its caller's
    writeJson(`app/${name}/main.tf.json`, { resource: { ...resource, terraform_data }, data });
    modules[name] = { source: `../app/${name}` };
    const { slackWorkspaces: slack_workspaces, accountAlias: account_alias } = parsed;
    modules[`${name}_account`] = { source: `../${ROOT}/modules/support-app-account`, slack_workspaces, account_alias };
    for (const access of parsed.accesses) {
      const address = addressOfOwner(access);
      modules[`${name}_${address}`] = { source: `../${ROOT}`, ...variablesOf(access, parsed) };
      const [, role] = roleArnOf(access).match(/([^/]*)$/) ?? [];
      const attributes = { id: role, name: role, path: access.path ?? "/", arn: roleArnOf(access) };
      state.push(roleInState(`module.${name}`, address, attributes));
      state.push(roleInState(`module.${name}_${address}`, "this", attributes));
    }
  }
  writeJson("random/main.tf.json", { provider: { aws: { region: "us-east-1" } }, module: modules });
  // With roles that are there already, the plan knows their ARNs, and so all of the channels.
  writeJson("random/terraform.tfstate", { version: 4, serial: 1, lineage: "test", resources: state });
  // WHEN
  await terraform("random", {}, "init", "-input=false");
  await terraform("random", {}, "plan", "-input=false", "-refresh=false", "-out=plan");
  const { planned_values } = JSON.parse(await terraform("random", {}, "show", "-json", "plan"));
  const planned = new Map<string, Module>(
    planned_values.root_module.child_modules.map((childModule: Module) => [childModule.address, childModule]),
  );
  // THEN
  for (const { name, parsed } of environments) {
    const { "terraform_data.support_app_place": _, ...app } = resourcesOf(planned.get(`module.${name}`));
    const ofModules = parsed.accesses.map((access) => {
      const address = addressOfOwner(access);
      return resourcesOf(planned.get(`module.${name}_${address}`), address);
    });
    const account = resourcesOf(planned.get(`module.${name}_account`));
    expect({ parsed, resources: Object.assign({}, account, ...ofModules) }).toEqual({ parsed, resources: app });
    expect(Object.keys(app).length).toBeGreaterThan(3);
  }
});

function writeJson(path: string, content: object): void {
  mkdirSync(join(project.folder, path, ".."), { recursive: true });
  writeFileSync(join(project.folder, path), JSON.stringify(content));
}

/** Letters that Node.js may know and Terraform not yet: each follows a version of Unicode. */
const NEWEST = /[\u{10000}-\u{10FFFF}]/gu;

/** What a module can say, too. Imports stand in a root alone; provider, backend and what is retired are its caller's. */
function portable(entry: unknown): EnvironmentEntry {
  const { backend: _, "deploy-role": __, retired: ___, ...rest } = entry as EnvironmentEntry;
  const text = JSON.stringify(rest, (key, value) => {
    if (key === "adopt") return undefined;
    return key === "service-quotas-role" && value === "adopt" ? "create" : value;
  });
  return JSON.parse(text.replace(NEWEST, "x"));
}

/** The module's variables that say what an access says. */
function variablesOf(owner: OwnedAccess, { account, channels }: Environment): object {
  const { account: _, team: __, sourceAccountCondition, until, temporarily = [], ...rest } = owner;
  const inUtc = (until: string) => untilOf(endOf(until)); // the module knows no other zones
  const ownChannels = channels.filter((channel) => isSameOwner(channel, owner));
  return {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [variableName(name), value])),
    until: until && inUtc(until),
    temporarily: Object.fromEntries(temporarily.map(({ capability, until }) => [capability, inUtc(until)])),
    source_account: sourceAccountCondition ? account : undefined,
    channels: Object.fromEntries(
      ownChannels.map(({ workspace, channel, name, notify }, index) => [
        `c${index}`,
        { workspace, channel, name, notify },
      ]),
    ),
  };
}

function roleInState(module: string, name: string, attributes: object): object {
  const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
  const instances = [{ schema_version: 0, attributes }];
  return { module, mode: "managed", type: "aws_iam_role", name, provider, instances };
}

interface Module {
  readonly address: string;
  readonly resources?: readonly Resource[];
}

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What a module has, by its name in the app's stack: the arguments that have a value. The order of statements means nothing. */
function resourcesOf(module: Module | undefined, address = ""): Record<string, object> {
  const resources = (module?.resources ?? []).map(({ type, name, index, values }) => {
    const entries = Object.entries(values).filter(([, value]) => !isNothing(value));
    const inOrder = entries.map(([key, value]) => [key, key === "policy" ? statementsIn(String(value)) : value]);
    const fullName = `${name === "this" ? address : name}${typeof index === "string" ? `_${index}` : ""}`;
    return [`${type}.${fullName}`, Object.fromEntries(inOrder)];
  });
  return Object.fromEntries(resources);
}

function statementsIn(policy: string): string[] {
  const { Statement, ...rest } = JSON.parse(policy);
  return [canonical(rest), ...[Statement].flat().map(canonical).sort()];
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
