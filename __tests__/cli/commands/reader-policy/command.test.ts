import { readerCallerPolicy, readerPolicy } from "../../../../cli/permissions/reader-policy";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { commandInTests } from "../../../support/commanding";

const YAML = `environments:
  staging: { account: "111122223333", region: us-east-1, plan-role: "arn:aws:iam::111122223333:role/plans", read-only: {} }
`;
const [staging] = parseEnvironments(YAML, "environments.yaml");

const { run: reader } = commandInTests("reader-policy", YAML);

test("the policy of whoever reads is printed as JSON, and with --caller that of whoever assumes the plan-role", async () => {
  const policies = staging && [readerPolicy(staging), readerCallerPolicy(staging)];
  const [output, callerOutput] = policies?.map((policy) => JSON.stringify(policy, undefined, 2)) ?? [];
  expect(await reader("staging")).toMatchObject({ status: 0, output });
  expect(await reader("staging", "--caller")).toMatchObject({ status: 0, output: callerOutput });
});
