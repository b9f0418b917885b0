import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateAccountCommand,
  DescribePolicyCommand,
  ListPoliciesForTargetCommand,
} from "@aws-sdk/client-organizations";
import { readPolicy } from "../../cli/iam/policy";
import { newAccount, organizationsOf } from "./support/account";
import { createProject, removeProjects, supportApp, terraformIn } from "./support/project";

afterAll(removeProjects);

test("the published module attaches to an account the policy that guardrail prints, and takes it off again", async () => {
  // GIVEN
  const management = newAccount();
  const organizations = organizationsOf(management);
  const { CreateAccountStatus } = await organizations.send(
    new CreateAccountCommand({ AccountName: "payments", Email: `${management}@example.com` }),
  );
  const account = CreateAccountStatus?.AccountId ?? "";
  const deployer = `arn:aws:iam::${account}:role/terraform`;
  const project = createProject(
    "guardrail",
    `environments:
  payments: { account: "${account}", region: us-east-1, deploy-role: "${deployer}", read-only: {}, full: { path: /support/ } }
`,
  );
  const as = { as: management };
  expect(await supportApp(project, ["publish", "--out", "published"], as)).toMatchObject({ status: 0 });
  const printed = await supportApp(project, ["guardrail", "payments"], as);
  expect(printed.status).toBe(0);

  const roles = ["AWSSupportAppReadOnlyRole", "support/AWSSupportAppFullRole"];
  mkdirSync(join(project.folder, "root"));
  writeFileSync(
    join(project.folder, "root/main.tf.json"),
    JSON.stringify({
      provider: { aws: [{ region: "us-east-1" }] },
      module: {
        guardrail: {
          source: "../published/modules/support-app-guardrail",
          role_arns: roles.map((role) => `arn:aws:iam::${account}:role/${role}`),
          deployer_arns: [deployer],
          target_ids: [account],
        },
      },
    }),
  );
  const terraform = async (...args: string[]) => {
    const { status, output } = await terraformIn(project, "root", args, as);
    expect({ args, status, output: status === 0 ? "" : output }).toEqual({ args, status: 0, output: "" });
  };
  const attached = async () => {
    const { Policies = [] } = await organizations.send(
      new ListPoliciesForTargetCommand({ TargetId: account, Filter: "SERVICE_CONTROL_POLICY" }),
    );
    return Policies.filter(({ Name }) => Name === "support-app");
  };

  // WHEN
  await terraform("init", "-input=false");
  await terraform("apply", "-input=false", "-auto-approve");
  // THEN
  const [policy] = await attached();
  const { Policy } = await organizations.send(new DescribePolicyCommand({ PolicyId: policy?.Id }));
  const [live, said] = [Policy?.Content ?? "", printed.stdout].map(readPolicy);
  expect([live?.unreadable, said?.unreadable]).toEqual([[], []]);
  expect(live?.statements).toEqual(said?.statements);
  await terraform("plan", "-input=false", "-detailed-exitcode");
  // WHEN: it is removed
  await terraform("destroy", "-auto-approve");
  expect(await attached()).toEqual([]);
});
