import { readFileSync } from "node:fs";
import { AttachRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { iamIn, newAccount, readAccount, readRole } from "./support/account";
import { clickRole, createServiceQuotasRole } from "./support/examples";
import { createProject, deployed, diff, planIn, removeProjects, writeEnvironments } from "./support/project";

afterAll(removeProjects);

const EXAMPLE_POLICY = readFileSync("cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json", "utf8");
const SERVICE_QUOTAS_ROLE = "AWSServiceRoleForServiceQuotas";

test("what was clicked by the guide is imported as it is; what the role has besides shows in the plan before it goes", async () => {
  const account = newAccount();
  const as = { as: account };
  const iam = iamIn(account);
  const RoleName = "AWSSupportAppRole";
  await clickRole(account, RoleName, ...JSON.parse(EXAMPLE_POLICY).Statement);
  const asClicked = await readAccount(account);
  const yaml = (more: string) =>
    `environments:\n  adopted: { account: "${account}", region: us-east-1, full: { adopt: true, role-name: ${RoleName}, policy-name: AWSSupportAppRolePolicy${more} } }\n`;
  const project = createProject("adoption", yaml(""));
  const output = await deployed(project, "adopted", as);
  expect(planIn(output)).toContain("Plan: 5 to import, 1 to add, 0 to change, 0 to destroy."); // account and region
  expect(output).toContain("Apply complete! Resources: 5 imported, 1 added, 0 changed, 0 destroyed.");
  expect(await readAccount(account)).toEqual(asClicked);

  // Then by hand, and with the Service Quotas role, which the channel may no longer make.
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "by-hand", PolicyDocument: EXAMPLE_POLICY }));
  await createServiceQuotasRole(account);
  const quotas = await readRole(account, SERVICE_QUOTAS_ROLE);
  writeEnvironments(project, yaml(", service-quotas-role: adopt"));
  const plan = planIn(await deployed(project, "adopted", as));
  expect(plan).toContain("Plan: 1 to import, 0 to add, 3 to change, 0 to destroy.");
  expect(plan).toContain('- "arn:aws:iam::aws:policy/AdministratorAccess"');
  expect(plan).toContain('- "by-hand"');
  expect(plan).toMatch(/- Action\s+= "iam:CreateServiceLinkedRole"/);
  expect(await readRole(account, RoleName)).toMatchObject({ attached: ["AWSSupportAppRolePolicy"], inline: [] });
  expect(await readRole(account, SERVICE_QUOTAS_ROLE)).toEqual(quotas);
  expect((await diff(project, "adopted", as)).output).toContain("No changes.");
});
