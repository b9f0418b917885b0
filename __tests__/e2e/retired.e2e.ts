import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newAccount, type Role, readAccount, readChannels } from "./support/account";
import {
  createProject,
  deployed,
  diff,
  type Project,
  planIn,
  removeProjects,
  supportApp,
  synth,
  terraform,
  terraformIn,
  writeEnvironments,
} from "./support/project";
import { startProxy } from "./support/proxy";

afterAll(removeProjects);

const ADDRESS = "aws_iam_service_linked_role.service_quotas";

/** What Terraform says, and OpenTofu in its name. */
const FORGOTTEN = new RegExp(
  `${ADDRESS} will (no longer be managed by Terraform,|be removed from the OpenTofu state) but will not be destroyed`,
);
const NO_CHANGES = "No changes. Your infrastructure matches the configuration.";

/** An environment with everything there is, and what else it says. */
function environments(name: string, account: string, mode: string, keys = ""): string {
  return `environments:
  ${name}:
    account: "${account}"
    region: us-east-1
    slack-workspaces: [T012ABCDEFG]
    account-alias: everything
    read-only: { channels: [{ name: watch, workspace: T012ABCDEFG, channel: C01 }] }
    full: { service-quotas-role: ${mode}, channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C02 }] }
${keys}`;
}

const RETIRED = "    retired: true\n";

/** The addresses in an environment's state. */
async function stateOf(project: Project, environment: string, account: string): Promise<string[]> {
  const { output } = await terraform(project, environment, ["state", "list"], { as: account });
  return output.split("\n").filter((line) => line !== "");
}

/** The account's Service Quotas role, by its name. */
async function serviceQuotasRoles(account: string): Promise<Record<string, Role>> {
  const { roles } = await readAccount(account);
  const linkedRoles = Object.entries<Role>(roles).filter(([, { arn }]) =>
    arn.includes("/aws-service-role/servicequotas."),
  );
  expect(linkedRoles).toHaveLength(1);
  return Object.fromEntries(linkedRoles);
}

test("retiring removes everything but the Service Quotas role, which it forgets; so an environment is renamed; and a mode hands the role back", async () => {
  const account = newAccount();
  const as = { as: account };
  const empty = await readAccount(account);
  const project = createProject("retired", environments("old", account, "create"));
  const noChanges = async (environment: string) =>
    expect((await diff(project, environment, as)).output).toContain(NO_CHANGES);
  const access = async () => {
    const { roles, policies } = await readAccount(account);
    return { roles, policies, channels: await readChannels(account) };
  };
  await deployed(project, "old", as);
  const before = await access();
  const roles = await serviceQuotasRoles(account);
  expect(await stateOf(project, "old", account)).toContain(ADDRESS);

  writeEnvironments(project, environments("old", account, "create", RETIRED));
  const proxy = await startProxy();
  expect(planIn(await deployed(project, "old", { ...as, endpoint: proxy.endpoint }))).toMatch(FORGOTTEN);
  await proxy.close();
  expect(await readAccount(account)).toEqual({ ...empty, roles });
  expect(await stateOf(project, "old", account)).toEqual([]);
  expect(proxy.calls.map(({ action }) => action)).not.toContain("iam:DeleteServiceLinkedRole");
  await noChanges("old");

  writeEnvironments(project, environments("new", account, "adopt"));
  await deployed(project, "new", as);
  expect(await access()).toEqual(before);
  await noChanges("new");

  writeEnvironments(project, environments("new", account, "existing"));
  expect(await synth(project, { ...as, env: { SYNTH_HCL_OUTPUT: "true" } })).toMatchObject({ status: 0 });
  const { output } = await terraform(project, "new", ["plan", "-input=false"], as);
  expect(output).toMatch(FORGOTTEN);
  expect(output).toContain("Plan: 0 to add, 0 to change, 0 to destroy.");
  expect(await deployed(project, "new", as)).toContain("Resources: 0 added, 0 changed, 0 destroyed.");
  expect(await access()).toEqual(before);
  expect(await stateOf(project, "new", account)).not.toContain(ADDRESS);
  await noChanges("new");
});

test("a published root's README says how to remove everything but the Service Quotas role", async () => {
  const account = newAccount();
  const as = { as: account };
  const before = await readAccount(account);
  const project = createProject("retired-root", environments("root", account, "create"));
  const apply = async () => {
    for (const args of [
      ["init", "-input=false"],
      ["apply", "-input=false", "-auto-approve"],
    ]) {
      expect(await terraformIn(project, "out/environments/root", args, as)).toMatchObject({ status: 0 });
    }
  };
  expect(await supportApp(project, ["publish", "--out", "out"], as)).toMatchObject({ status: 0 });
  await apply();
  const roles = await serviceQuotasRoles(account);

  const folder = join(project.folder, "out/environments/root");
  const readText = (file: string) => readFileSync(join(folder, file), "utf8");
  const [, block] = readText("README.md").match(/## Removing everything\n.*?```hcl\n(.*?)```/s) ?? [];
  const [provider] = readText("main.tf").match(/^provider "aws" \{\n.*?^\}\n/ms) ?? [];
  rmSync(join(folder, "outputs.tf"));
  writeFileSync(join(folder, "main.tf"), `${provider}\n${block}`);
  await apply();
  expect(await readAccount(account)).toEqual({ ...before, roles });
});
