import { callerPolicy, deployerPolicy } from "../../../../cli/permissions/deployer-policy";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { commandInTests } from "../../../support/commanding";

const ROLE = "arn:aws:iam::444455556666:role/terraform";
const YAML = `environments:
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
  production: { account: "444455556666", region: us-east-1, deploy-role: "${ROLE}", full: {} }
`;
const [STAGING, PRODUCTION] = parseEnvironments(YAML, "environments.yaml");

const { run: deployer, environmentsAre } = commandInTests("deployer-policy", YAML);

test("the deployer's policy is printed as JSON, and what it doesn't prevent beside it", async () => {
  expect(await deployer("staging")).toMatchObject({
    status: 0,
    output: `${JSON.stringify(STAGING && deployerPolicy(STAGING), undefined, 2)}
What it doesn't prevent:
- Whoever has it can become an administrator of the account: without a permissions-boundary, they can write anything into the policy and the trust of AWSSupportAppReadOnlyRole. Give every access level and team a boundary.`,
  });
});

test("a policy that is too large for a managed one is printed, and what to do with it beside it", async () => {
  const teams = Array.from({ length: 16 }, (_, index) => `team-${index}: { access: full }`).join(", ");
  environmentsAre(`environments: { staging: { account: "111122223333", region: us-east-1, teams: { ${teams} } } }`);
  const { status, output } = await deployer("staging");
  expect(status).toBe(0);
  expect(output).toMatch(
    /\nIt has [6-9]\d\d\d characters, and IAM accepts 6144 in a managed policy\. Add it to the role as an inline policy, which may have more\.\n/,
  );
});

test("the policy of whoever assumes the deploy-role is printed with --caller", async () => {
  const output = JSON.stringify(PRODUCTION && callerPolicy(PRODUCTION), undefined, 2);
  expect(await deployer("production", "--caller")).toMatchObject({ status: 0, output });
});
