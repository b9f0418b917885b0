import { auditCallerPolicy, auditPolicy } from "../../../../cli/aws/read-policy";
import type { PolicyDocument } from "../../../../cli/iam/policy";
import { callerPolicy, deployerPolicy } from "../../../../cli/permissions/deployer-policy";
import { doctorPolicy } from "../../../../cli/permissions/doctor-policy";
import { readerCallerPolicy, readerPolicy } from "../../../../cli/permissions/reader-policy";
import type { Environment } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { commandInTests } from "../../../support/commanding";

const roles = (account: string) =>
  `deploy-role: "arn:aws:iam::${account}:role/deploys", plan-role: "arn:aws:iam::${account}:role/plans"`;
const BACKEND = "backend: { type: s3, bucket: states, region: us-east-1 }";
const YAML = `environments:
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
  production: { account: "444455556666", region: us-east-1, ${BACKEND}, ${roles("444455556666")}, full: {} }
  payments: { account: "777788889999", region: us-east-1, ${BACKEND}, ${roles("777788889999")}, full: {} }
`;
const [STAGING, PRODUCTION, PAYMENTS] = parseEnvironments(YAML, "environments.yaml") as [
  Environment,
  Environment,
  Environment,
];

const { run, environmentsAre } = commandInTests("permissions", YAML);
const printedAs = (policy: PolicyDocument) => ({ status: 0, output: JSON.stringify(policy, undefined, 2) });

test("the deployer's policy is printed as JSON, and what it doesn't prevent beside it", async () => {
  expect(await run("deploy", "staging")).toMatchObject({
    status: 0,
    output: `${JSON.stringify(deployerPolicy(STAGING), undefined, 2)}
What it doesn't prevent:
- Whoever has it can become an administrator of the account: without a permissions-boundary, they can write anything into the policy and the trust of AWSSupportAppReadOnlyRole. Give every access level and team a boundary.`,
  });
});

test.each<[teams: number, size: string, advice: string]>([
  [16, "[78]\\d{3}", "Add it to the role as an inline policy, which may have more."],
  [40, "1\\d{4}", "A role's inline policies have at most 10240. Divide its statements among several managed policies."],
])(
  "a policy that is too large, for %d teams, is printed, and what to do with it beside it",
  async (count, size, advice) => {
    const teams = Array.from({ length: count }, (_, index) => `team-${index}: { access: full }`).join(", ");
    environmentsAre(`environments: { staging: { account: "111122223333", region: us-east-1, teams: { ${teams} } } }`);
    const { status, output } = await run("deploy", "staging");
    expect(status).toBe(0);
    const sentence = `\\nIt has ${size} characters, and IAM accepts 6144 in a managed policy\\. ${advice}\\n`;
    expect(output).toMatch(new RegExp(sentence));
  },
);

test("the policy of whoever only reads is printed with nothing beside it", async () => {
  expect(await run("plan", "production")).toEqual(printedAs(readerPolicy(PRODUCTION)));
});

test("with --caller, the policy of whoever assumes the roles is printed, of one environment or of several", async () => {
  const args = ["production", "payments", "--caller"];
  expect(await run("deploy", "production", "--caller")).toEqual(printedAs(callerPolicy(PRODUCTION)));
  expect(await run("deploy", ...args)).toEqual(printedAs(callerPolicy(PRODUCTION, PAYMENTS)));
  expect(await run("plan", ...args)).toEqual(printedAs(readerCallerPolicy(PRODUCTION, PAYMENTS)));
});

test("the policies of doctor and audit are of no environment, and need no file", async () => {
  environmentsAre("environments: [");
  expect(await run("doctor")).toEqual(printedAs(doctorPolicy()));
  expect(await run("audit")).toEqual(printedAs(auditPolicy()));
  expect(await run("audit", "--assume-role", "team/audit")).toEqual(printedAs(auditCallerPolicy("team/audit", false)));
  expect(await run("audit", "--organization", "--assume-role", "audit")).toEqual(
    printedAs(auditCallerPolicy("audit", true)),
  );
});
