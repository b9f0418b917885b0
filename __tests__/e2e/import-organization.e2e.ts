import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CloseAccountCommand,
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  ListRootsCommand,
  MoveAccountCommand,
} from "@aws-sdk/client-organizations";
import { newAccount, organizationsOf } from "./support/account";
import { forEmulator } from "./support/deployer";
import { allowUser, createUser } from "./support/examples";
import { createProject, type RunOptions, removeProjects, supportApp, writeEnvironments } from "./support/project";
import { startProxy } from "./support/proxy";

afterAll(removeProjects);

/** An organization of the emulator, whose management account is the one that asks. */
function organizationOf(account: string) {
  const client = organizationsOf(account);
  const root = async () => (await client.send(new ListRootsCommand({}))).Roots?.[0]?.Id ?? "";
  return {
    root,
    async add(AccountName: string, tags: Record<string, string> = {}, unit?: string): Promise<string> {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const { CreateAccountStatus } = await client.send(
        new CreateAccountCommand({ AccountName, Email: `${newAccount()}@example.com`, Tags }),
      );
      const AccountId = CreateAccountStatus?.AccountId ?? "";
      const move = async (DestinationParentId: string) =>
        client.send(new MoveAccountCommand({ AccountId, SourceParentId: await root(), DestinationParentId }));
      if (unit !== undefined) await move(unit);
      return AccountId;
    },
    async addUnit(Name: string, ParentId: string): Promise<string> {
      const { OrganizationalUnit } = await client.send(new CreateOrganizationalUnitCommand({ Name, ParentId }));
      return OrganizationalUnit?.Id ?? "";
    },
    close: (AccountId: string) => client.send(new CloseAccountCommand({ AccountId })),
  };
}

test("with the printed rights alone, an organization becomes environments, and those that left are retired", async () => {
  const management = newAccount();
  const organization = organizationOf(management);
  const outer = await organization.addUnit("outer", await organization.root());
  const inner = await organization.addUnit("inner", outer);
  const shop = await organization.add("Shop");
  const [payments, search] = [
    await organization.add("Payments", { Team: "payments" }, inner),
    await organization.add("Search", {}, outer),
  ];
  const yaml = `defaults: { region: us-east-1 }
environments:
  shop: { account: "${shop}", full: {} } # ours
`;
  const project = createProject("organization", yaml);
  const policy = JSON.parse(
    (await supportApp(project, ["import", "--organization", "--policy"], { as: management })).stdout,
  );
  const as = await createUser(management, "reader");
  await allowUser(management, "reader", forEmulator(policy));
  const proxy = await startProxy();
  const options: RunOptions = { as, endpoint: proxy.endpoint };
  const file = () => readFileSync(join(project.folder, "environments.yaml"), "utf8");
  const imported = async (...args: string[]) => {
    writeEnvironments(project, yaml);
    const ended = await supportApp(project, ["import", "--organization", "--write", ...args], options);
    expect(ended).toMatchObject({ status: 0 });
    return file();
  };
  const environment = (name: string, account: string) => `  ${name}:\n    account: "${account}"\n    read-only: {}\n`;

  expect(await imported("--unit", inner)).toBe(yaml + environment("payments", payments));
  expect(await imported("--unit", outer)).toBe(
    yaml + environment("payments", payments) + environment("search", search),
  );
  expect(await imported("--tag", "Team=payments")).toBe(yaml + environment("payments", payments));
  const all =
    environment("master-account", management) + environment("payments", payments) + environment("search", search);
  expect(await imported()).toBe(yaml + all);
  await organization.close(search);
  await supportApp(project, ["import", "--organization", "--write"], options);
  expect(file()).toBe(yaml + all.replace("  search:\n", "$&    retired: true\n"));
  await proxy.close();
  expect(proxy.calls.filter(({ status = 0 }) => status >= 400)).toEqual([]);

  await allowUser(
    management,
    "reader",
    forEmulator(policy, (action) => action !== "organizations:ListAccounts"),
  );
  const denied = await supportApp(project, ["import", "--organization"], { as });
  expect(denied).toMatchObject({ status: 1, output: expect.stringContaining("organizations:ListAccounts") });
});
