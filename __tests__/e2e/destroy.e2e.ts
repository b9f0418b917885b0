import { newAccount, readAccount } from "./support/account";
import { createBoundary } from "./support/examples";
import { cdktfDestroy, createProject, deployed, destroy, removeProjects, writeEnvironments } from "./support/project";

afterAll(removeProjects);

test("destroy leaves the account as it was", async () => {
  const account = newAccount();
  const boundary = await createBoundary(account);
  const before = await readAccount(account);
  const project = createProject(
    "destroy",
    `environments:
  gone:
    account: "${account}"
    region: us-east-1
    slack-workspaces: [T012ABCDEFG]
    account-alias: gone
    read-only: { policy: aws-managed, channels: [{ name: watch, workspace: T012ABCDEFG, channel: C01 }] }
    full: { permissions-boundary: "${boundary}", channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C02 }] }
`,
  );
  await deployed(project, "gone", { as: account });
  expect(await readAccount(account)).not.toEqual(before);
  expect((await destroy(project, "gone", { as: account })).status).toBe(0);
  expect(await readAccount(account)).toEqual(before);
});

test("destroy stops at the Service Quotas role, and retiring the environment removes the rest", async () => {
  const account = newAccount();
  const environments = (more = "") =>
    `environments: { kept: { account: "${account}", region: us-east-1, full: { service-quotas-role: create }${more} } }`;
  const project = createProject("destroy-protected", environments());
  await deployed(project, "kept", { as: account });
  const { roles } = await readAccount(account);

  const { status, output } = await cdktfDestroy(project, "kept", { as: account });
  expect(status).not.toBe(0);
  expect(output).toContain("aws_iam_service_linked_role.service_quotas");
  expect(output).toMatch(/lifecycle\.prevent_destroy/);
  expect((await readAccount(account)).roles).toEqual(roles);

  writeEnvironments(project, environments(", retired: true"));
  await deployed(project, "kept", { as: account });
  expect(Object.values((await readAccount(account)).roles)).toEqual([
    expect.objectContaining({ arn: expect.stringContaining("/aws-service-role/servicequotas.amazonaws.com/") }),
  ]);
});

test("destroy doesn't heed that the Service Quotas role is to be handed back, of which the documentation warns", async () => {
  const account = newAccount();
  const environments = (mode: string) =>
    `environments: { warned: { account: "${account}", region: us-east-1, full: { service-quotas-role: ${mode} } } }`;
  const project = createProject("destroy-warned", environments("create"));
  await deployed(project, "warned", { as: account });
  writeEnvironments(project, environments("existing"));
  expect((await destroy(project, "warned", { as: account })).status).toBe(0);
  expect((await readAccount(account)).roles).toEqual({});
});
