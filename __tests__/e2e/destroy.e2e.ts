import { newAccount, readAccount } from "./account";
import { createBoundary } from "./examples";
import { createProject, deployed, destroy, removeProjects, terraform } from "./project";

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

test("destroy stops at the Service Quotas role, and goes on as README says", async () => {
  const account = newAccount();
  const project = createProject(
    "destroy-protected",
    `environments: { kept: { account: "${account}", region: us-east-1, full: { service-quotas-role: create } } }`,
  );
  await deployed(project, "kept", { as: account });
  const { roles } = await readAccount(account);

  const { status, output } = await destroy(project, "kept", { as: account });
  expect(status).not.toBe(0);
  expect(output).toContain("aws_iam_service_linked_role.service_quotas");
  expect(output).toMatch(/lifecycle\.prevent_destroy/);
  expect((await readAccount(account)).roles).toEqual(roles);

  const command = ["state", "rm", "aws_iam_service_linked_role.service_quotas"];
  expect((await terraform(project, "kept", command, { as: account })).status).toBe(0);
  expect((await destroy(project, "kept", { as: account })).status).toBe(0);
  expect(Object.values((await readAccount(account)).roles)).toEqual([
    expect.objectContaining({ arn: expect.stringContaining("/aws-service-role/servicequotas.amazonaws.com/") }),
  ]);
});
