import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { stringify } from "yaml";
import { roleArnOf } from "../../modules/support-app/model/iam-names";
import { rootModule } from "../../packaging/terraform/root-module";
import { parseEnvironments } from "../../stacks/environments/environments";
import type { EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { environment } from "../support/environment-files";
import { synthesize } from "../support/synthesize";
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
  const ofModules = ["full", "read-only"].map((level) => `modules/support-app-${level}/examples/basic`);
  const examples = ["read-only", "full", "several-accounts"].map((name) => `examples/${name}`);
  writeJson("examples/main.tf.json", {
    module: Object.fromEntries(
      [...examples, ...ofModules].map((path) => [path.replaceAll("/", "-"), { source: `../${ROOT}/${path}` }]),
    ),
  });
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

test("channels come after their workspace and role, move to another access level in place, and are gone before both", async () => {
  // GIVEN
  const [secondAccount, thirdAccount] = [newAccount(), newAccount()];
  const root = (together: object, standalone: object) =>
    writeJson("root/main.tf.json", {
      provider: { aws: [provider(account), provider(secondAccount, "one"), provider(thirdAccount, "other")] },
      module: {
        together: { source: `../${ROOT}`, providers: { aws: "aws.one" }, ...together },
        account: {
          source: `../${ROOT}/modules/support-app-account`,
          providers: { aws: "aws.other" },
          slack_workspaces: ["T02"],
        },
        alone: {
          source: `../${ROOT}/modules/support-app-full`,
          providers: { aws: "aws.other" },
          registered_workspaces: "${module.account.slack_workspaces}",
          ...standalone,
        },
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
  const everything = { slack_workspaces: ["T01"], account_alias: "Payments", tags: { Owner: "platform" } };
  const severe = { severity: "high", events: ["case-created"] };
  root(
    {
      ...everything,
      read_only: { channels: { watch: channel("T01", "C01", "watch") } },
      full: { resolve_cases: false, channels: { oncall: channel("T01", "C02", "oncall", severe) } },
    },
    { channels: { oncall: channel("T02", "C03", "other") } },
  );
  await terraform("root", {}, "init", "-input=false");
  // WHEN
  const creationOrder = new Order(await ran("apply", "-input=false", "-auto-approve"));
  // THEN
  expect(early).toEqual([]);
  for (const [id, role] of [
    ["C01", "AWSSupportAppReadOnlyRole"],
    ["C02", "AWSSupportAppFullRole"],
    ["C03", "AWSSupportAppFullRole"],
  ] as const) {
    const added = creationOrder.first("cloudformation:CreateResource", id);
    expect(creationOrder.first("iam:AttachRolePolicy", role)).toBeLessThan(added);
  }
  expect(await readChannels(secondAccount)).toMatchObject({
    C01: {
      ChannelName: "watch",
      ChannelRoleArn: arn(secondAccount, "AWSSupportAppReadOnlyRole"),
      NotifyOnCaseSeverity: "none",
    },
    C02: {
      ChannelName: "oncall",
      ChannelRoleArn: arn(secondAccount, "AWSSupportAppFullRole"),
      NotifyOnCaseSeverity: "high",
      NotifyOnCreateOrReopenCase: true,
      NotifyOnResolveCase: false,
    },
  });
  expect((await readSupportApp(secondAccount)).AccountAlias).toMatchObject([{ AccountAlias: "Payments" }]);
  expect((await readRole(secondAccount, "AWSSupportAppFullRole"))?.tags).toEqual({ Owner: "platform" });

  // WHEN
  root(
    {
      ...everything,
      read_only: { channels: { a: channel("T01", "C02", "oncall"), b: channel("T01", "C01", "watch-all") } },
    },
    { channels: {} },
  );
  const changed = new Order(await ran("apply", "-input=false", "-auto-approve"));
  // THEN
  const moved = changed.first("cloudformation:UpdateResource", arn(secondAccount, "AWSSupportAppReadOnlyRole"));
  expect(moved).toBeLessThan(changed.first("iam:DetachRolePolicy", "AWSSupportAppFullRole"));
  expect(moved).toBeLessThan(changed.first("iam:DeleteRole", "AWSSupportAppFullRole"));
  expect(changed.all("cloudformation:CreateResource")).toBe(0);
  expect(changed.all("cloudformation:DeleteResource")).toBe(1);
  expect(await readChannels(secondAccount)).toMatchObject({
    C01: { ChannelName: "watch-all", ChannelRoleArn: arn(secondAccount, "AWSSupportAppReadOnlyRole") },
    C02: {
      ChannelName: "oncall",
      ChannelRoleArn: arn(secondAccount, "AWSSupportAppReadOnlyRole"),
      NotifyOnCaseSeverity: "none",
    },
  });
  expect(await readChannels(thirdAccount)).toEqual({});
  expect(await readRole(secondAccount, "AWSSupportAppFullRole")).toBeUndefined();
  expect(await terraform("root", {}, "plan", "-input=false")).toContain("No changes.");

  // WHEN
  const removed = new Order(await ran("destroy", "-auto-approve"));
  // THEN
  for (const channel of ["T01|C01", "T01|C02"]) {
    const channelRemoval = removed.first("cloudformation:DeleteResource", channel);
    expect(channelRemoval).toBeLessThan(removed.first("cloudformation:DeleteResource", '"T01"'));
    expect(channelRemoval).toBeLessThan(removed.first("iam:DetachRolePolicy", "AWSSupportAppReadOnlyRole"));
  }
  for (const account of [secondAccount, thirdAccount]) {
    const { roles, policies, supportApp } = await readAccount(account);
    expect({ roles, policies, left: Object.values(supportApp).flat() }).toEqual({ roles: {}, policies: {}, left: [] });
  }
});

function provider(account: string, alias?: string): object {
  return { region: "us-east-1", alias, access_key: account, secret_key: "test", allowed_account_ids: [account] };
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

test("for random environments, the module gives what the CDKTF app gives", async () => {
  // GIVEN
  const portableEnvironment = environment("111122223333")
    .map((entry) => portable(entry as unknown as EnvironmentEntry))
    .filter((entry) => entry["read-only"] !== undefined || entry.full !== undefined); // others have only teams
  const entries = fc.sample(portableEnvironment, { numRuns: ENVIRONMENTS, seed: SEED });
  const names = entries.map((_, index) => `e${index}`);
  const state: object[] = [];
  const modules: Record<string, object> = {};
  const variables: Record<string, object> = {};
  for (const [index, name] of names.entries()) {
    const entry = entries[index] as EnvironmentEntry;
    const yaml = stringify({ environments: { [name]: entry } });
    const { resource, data } = JSON.parse(synthesize(yaml)[name] ?? "");
    const terraform_data = { support_app_place: {} }; // a module's account and region are its caller's
    writeJson(`app/${name}/main.tf.json`, { resource: { ...resource, terraform_data }, data });
    modules[name] = { source: `../app/${name}` };
    variables[name] = variablesOf(entry);
    for (const props of parseEnvironments(yaml, "environments.yaml").flatMap(({ accesses }) => accesses)) {
      const level = props.access.replace("-", "_");
      for (const module of [`module.${name}`, `module.published["${name}"].module.${level}[0]`]) {
        const [, role] = roleArnOf(props).match(/([^/]*)$/) ?? [];
        const attributes = { id: role, name: role, path: props.path ?? "/", arn: roleArnOf(props) };
        state.push(roleInState(module, level, attributes));
      }
    }
  }
  modules.published = { source: `../${ROOT}`, for_each: "${local.variables}", ...PASSED };
  writeJson("random/main.tf.json", {
    provider: { aws: { region: "us-east-1" } },
    locals: { variables },
    module: modules,
  });
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
  for (const [index, name] of names.entries()) {
    const [{ "terraform_data.support_app_place": _, ...app }, module] = [
      resourcesOf(planned.get(`module.${name}`)),
      resourcesOf(planned.get(`module.published["${name}"]`)),
    ];
    expect({ seed: SEED, entry: entries[index], resources: module }).toEqual({
      seed: SEED,
      entry: entries[index],
      resources: app,
    });
    expect(Object.keys(app).length).toBeGreaterThan(3);
  }
});

/** The variables of one of many calls, each by itself: their types differ. */
const PASSED = Object.fromEntries(
  Object.keys(rootModule().terraform.variable ?? {}).map((name) => [name, `\${lookup(each.value, "${name}", null)}`]),
);

function writeJson(path: string, content: object): void {
  mkdirSync(join(project.folder, path, ".."), { recursive: true });
  writeFileSync(join(project.folder, path), JSON.stringify(content));
}

/** Letters that Node.js may know and Terraform not yet: each follows a version of Unicode. */
const NEWEST = /[\u{10000}-\u{10FFFF}]/gu;

/** What a module can say, too. Imports and teams stand in a root alone; provider, backend and what is retired are its caller's. */
function portable(entry: EnvironmentEntry): EnvironmentEntry {
  const { backend: _, "deploy-role": __, retired: ___, teams: ____, ...rest } = entry;
  const level = (access: EnvironmentEntry["full"]) => access && portableAccess(access);
  const levels = { "read-only": level(entry["read-only"]), full: level(entry.full) };
  return JSON.parse(JSON.stringify({ ...rest, ...levels }).replace(NEWEST, "x"));
}

function portableAccess(access: NonNullable<EnvironmentEntry["full"]>): object {
  const { adopt: _, "service-quotas-role": mode, ...rest } = access;
  return { ...rest, "service-quotas-role": mode === "adopt" ? "create" : mode };
}

/** The module's variables that say what an environment says. */
function variablesOf(entry: EnvironmentEntry): object {
  const level = (access: EnvironmentEntry["full"]) => {
    if (!access) return undefined;
    const { without = [], channels = [], "source-account-condition": isConditioned, ...rest } = access;
    return {
      ...inTerraform(rest),
      source_account: isConditioned ? entry.account : undefined,
      ...inTerraform(Object.fromEntries(without.map((capability) => [capability, false]))),
      ...(access.channels && {
        channels: Object.fromEntries(channels.map((channel, index) => [`c${index}`, channel])),
      }),
    };
  };
  const { tags, "slack-workspaces": workspaces, "account-alias": alias } = entry;
  const variables = { tags, "slack-workspaces": workspaces, "account-alias": alias };
  return JSON.parse(
    JSON.stringify(inTerraform({ ...variables, "read-only": level(entry["read-only"]), full: level(entry.full) })),
  );
}

function inTerraform(values: object): object {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key.replaceAll("-", "_"), value]));
}

function roleInState(module: string, name: string, attributes: object): object {
  const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
  const instances = [{ schema_version: 0, attributes }];
  return { module, mode: "managed", type: "aws_iam_role", name, provider, instances };
}

interface Module {
  readonly address: string;
  readonly resources?: readonly Resource[];
  readonly child_modules?: readonly Module[];
}

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What a module has, nested ones included, by its name in the app's stack: the arguments that have a value. */
function resourcesOf(module: Module | undefined): Record<string, object> {
  const ownResources = (module?.resources ?? []).map(({ type, name, index, values }) => [
    `${type}.${name}${typeof index === "string" ? `_${index}` : ""}`,
    Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (isNothing(value) ? [] : [[key, value]]))),
  ]);
  const childResources = (module?.child_modules ?? []).flatMap((child) => Object.entries(resourcesOf(child)));
  return Object.fromEntries([...ownResources, ...childResources]);
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
