import {
  AttachRolePolicyCommand,
  CreatePolicyVersionCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { iamIn, newAccount, readAccount } from "./support/account";
import { policyDocument } from "./support/examples";
import { createProject, deployed, diff, removeProjects } from "./support/project";

afterAll(removeProjects);

const account = newAccount();
const RoleName = "AWSSupportAppReadOnlyRole";
const EVERYTHING = policyDocument({ Effect: "Allow", Action: "*", Resource: "*" });
const project = createProject(
  "drift",
  `environments: { watched: { account: "${account}", region: us-east-1, read-only: {} } }`,
);

test("what somebody changes by hand shows in the plan, and the next deploy takes it back", async () => {
  await deployed(project, "watched", { as: account });
  const asDeployed = await readAccount(account);
  const iam = iamIn(account);
  const plan = async () => (await diff(project, "watched", { as: account })).output;

  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }));
  const attached = await plan();
  expect(attached).toContain("Plan: 0 to add, 1 to change, 0 to destroy.");
  expect(attached).toMatch(/aws_iam_role_policy_attachments_exclusive\.read_only .*will be updated in-place/);
  expect(attached).toContain('- "arn:aws:iam::aws:policy/AdministratorAccess"');

  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "by-hand", PolicyDocument: EVERYTHING }));
  const inline = await plan();
  expect(inline).toContain("Plan: 0 to add, 2 to change, 0 to destroy.");
  expect(inline).toMatch(/aws_iam_role_policies_exclusive\.read_only .*will be updated in-place/);
  expect(inline).toContain('- "by-hand"');

  const anybody = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "arn:aws:iam::999999999999:root" } };
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policyDocument(anybody) }));
  await iam.send(
    new CreatePolicyVersionCommand({
      PolicyArn: `arn:aws:iam::${account}:policy/${RoleName}Policy`,
      PolicyDocument: EVERYTHING,
      SetAsDefault: true,
    }),
  );
  const edited = await plan();
  expect(edited).toContain("Plan: 0 to add, 4 to change, 0 to destroy.");
  expect(edited).toMatch(/- AWS\s+= "arn:aws:iam::999999999999:root"/);
  expect(edited).toMatch(/\+ Service\s+= "supportapp\.amazonaws\.com"/);
  expect(edited).toMatch(/~ Action\s+= "\*" -> \[/);

  await deployed(project, "watched", { as: account });
  expect(await readAccount(account)).toEqual(asDeployed);
  expect(await plan()).toContain("No changes.");
});
