import { readFileSync } from "node:fs";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { iamIn, newAccount, readAccount, readRole } from "./support/account";
import { createServiceQuotasRole, trustIn } from "./support/examples";
import { createProject, deployed, diff, planIn, removeProjects } from "./support/project";

afterAll(removeProjects);

const TRUST = trustIn("supportapp.amazonaws.com");
const EXAMPLE_POLICY = readFileSync("cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json", "utf8");
const SERVICE_QUOTAS_ROLE = "AWSServiceRoleForServiceQuotas";

async function createRole(account: string, RoleName: string, PolicyArn: string, Path?: string): Promise<void> {
  await iamIn(account).send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: TRUST }));
  await iamIn(account).send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
}

/** As the guide has it clicked: its example policy under its example name, then the role, its use case and that policy. */
async function clickThroughTheGuide(account: string): Promise<void> {
  const { Policy } = await iamIn(account).send(
    new CreatePolicyCommand({ PolicyName: "AWSSupportAppRolePolicy", PolicyDocument: EXAMPLE_POLICY }),
  );
  await createRole(account, "AWSSupportAppRole", Policy?.Arn ?? "");
}

const full = (account: string, more = "") => `environments:
  adopted:
    account: "${account}"
    region: us-east-1
    full:
      adopt: true
      role-name: AWSSupportAppRole
      policy-name: AWSSupportAppRolePolicy
${more}`;

test("what was clicked by the guide is imported, and nothing about it changes", async () => {
  const account = newAccount();
  await clickThroughTheGuide(account);
  const asClicked = await readAccount(account);
  const project = createProject("adoption", full(account));
  const output = await deployed(project, "adopted", { as: account });
  expect(planIn(output)).toContain("Plan: 5 to import, 0 to add, 0 to change, 0 to destroy.");
  expect(output).toContain("Apply complete! Resources: 5 imported, 0 added, 0 changed, 0 destroyed.");
  expect(await readAccount(account)).toEqual(asClicked);
  expect((await diff(project, "adopted", { as: account })).output).toContain("No changes.");
});

test("so is a role with AWS's own policy", async () => {
  const account = newAccount();
  await createRole(account, "AWSSupportAppRole", "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess");
  const asClicked = await readAccount(account);
  const project = createProject(
    "adoption-aws-managed",
    `environments:
  adopted:
    account: "${account}"
    region: us-east-1
    read-only: { adopt: true, policy: aws-managed, role-name: AWSSupportAppRole }
`,
  );
  expect(await deployed(project, "adopted", { as: account })).toContain(
    "Apply complete! Resources: 4 imported, 0 added, 0 changed, 0 destroyed.",
  );
  expect(await readAccount(account)).toEqual(asClicked);
});

test("what the role has besides shows in the plan before it goes", async () => {
  const account = newAccount();
  await clickThroughTheGuide(account);
  const extra = { RoleName: "AWSSupportAppRole", PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" };
  await iamIn(account).send(new AttachRolePolicyCommand(extra));
  await iamIn(account).send(
    new PutRolePolicyCommand({ RoleName: "AWSSupportAppRole", PolicyName: "by-hand", PolicyDocument: EXAMPLE_POLICY }),
  );
  const project = createProject("adoption-extras", full(account));
  const plan = planIn(await deployed(project, "adopted", { as: account }));
  expect(plan).toContain("Plan: 5 to import, 0 to add, 2 to change, 0 to destroy.");
  expect(plan).toContain('- "arn:aws:iam::aws:policy/AdministratorAccess"');
  expect(plan).toContain('- "by-hand"');
  expect(await readRole(account, "AWSSupportAppRole")).toMatchObject({
    attached: ["AWSSupportAppRolePolicy"],
    inline: [],
  });
});

test("the Service Quotas role is imported, and the channel may no longer make it", async () => {
  const account = newAccount();
  await clickThroughTheGuide(account);
  await createServiceQuotasRole(account);
  const before = await readRole(account, SERVICE_QUOTAS_ROLE);
  const project = createProject("adoption-quotas", full(account, "      service-quotas-role: adopt\n"));
  const plan = planIn(await deployed(project, "adopted", { as: account }));
  expect(plan).toContain("Plan: 6 to import, 0 to add, 1 to change, 0 to destroy.");
  expect(plan).toMatch(/- Action\s+= "iam:CreateServiceLinkedRole"/);
  expect(await readRole(account, SERVICE_QUOTAS_ROLE)).toEqual(before);
});
