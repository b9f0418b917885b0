import { readFileSync } from "node:fs";
import { AttachRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { iamIn, newAccount, readAccount, readRole, readSupportApp } from "./support/account";
import { clickChannel, clickRole, createServiceQuotasRole } from "./support/examples";
import {
  createProject,
  deploy,
  deployCommand,
  deployed,
  diff,
  planIn,
  removeProjects,
  writeEnvironments,
} from "./support/project";
import { changes, startProxy } from "./support/proxy";

afterAll(removeProjects);

const EXAMPLE_POLICY = readFileSync("cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json", "utf8");
const SERVICE_QUOTAS_ROLE = "AWSServiceRoleForServiceQuotas";

const NAMES = "role-name: AWSSupportAppRole, policy-name: AWSSupportAppRolePolicy";
const CHANNELS = "channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]";
const adopting = (account: string, levels: string) =>
  `environments:\n  adopted: { account: "${account}", region: us-east-1, ${levels} }\n`;

test("what was clicked by the guide is imported as it is; what the role has besides shows in the plan before it goes", async () => {
  const account = newAccount();
  const as = { as: account };
  const iam = iamIn(account);
  const RoleName = "AWSSupportAppRole";
  await clickRole(account, RoleName, ...JSON.parse(EXAMPLE_POLICY).Statement);
  await clickChannel(account, RoleName);
  const asClicked = [await readAccount(account), await readSupportApp(account)];
  const yaml = (keys: string) => adopting(account, `full: { adopt: true, ${NAMES}${keys}, ${CHANNELS} }`);
  const project = createProject("adoption", yaml(""));
  const proxy = await startProxy();
  const { status, output } = await deployCommand(project, "adopted", { ...as, endpoint: proxy.endpoint });
  await proxy.close();
  expect({ status, changed: proxy.calls.filter(changes) }).toEqual({ status: 0, changed: [] });
  // What remembers the place of the state is new.
  expect(planIn(output)).toContain("Plan: 5 to import, 1 to add, 0 to change, 0 to destroy.");
  expect(output).toContain("Apply complete! Resources: 5 imported, 1 added, 0 changed, 0 destroyed.");
  expect([await readAccount(account), await readSupportApp(account)]).toEqual(asClicked);

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

test("Terraform alone is refused a channel that exists, and changes nothing of it; support-app deploy then takes it over in place", async () => {
  const account = newAccount();
  const as = { as: account };
  await clickRole(account, "AWSSupportAppRole", ...JSON.parse(EXAMPLE_POLICY).Statement);
  await clickChannel(account, "AWSSupportAppRole");
  const asClicked = await readSupportApp(account);
  const project = createProject("adoption-refused", adopting(account, `full: { adopt: true, ${NAMES}, ${CHANNELS} }`));
  const refused = await deploy(project, "adopted", as);
  expect(refused).toMatchObject({ status: 1, output: expect.stringContaining("already exists") });
  expect(await readSupportApp(account)).toEqual(asClicked);
  const proxy = await startProxy();
  const { status } = await deployCommand(project, "adopted", { ...as, endpoint: proxy.endpoint });
  await proxy.close();
  expect({ status, changed: proxy.calls.filter(changes) }).toEqual({ status: 0, changed: [] });
  expect(await readSupportApp(account)).toEqual(asClicked);
  expect((await diff(project, "adopted", as)).output).toContain("No changes.");
});
