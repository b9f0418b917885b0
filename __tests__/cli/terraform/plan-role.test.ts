import { PLAN_ROLE_FILE, planRoleOverride, withPlanRole } from "../../../cli/terraform/plan-role";
import { ACCOUNT, terraformOf } from "../../support/edited-stack";

const PLANS = `arn:aws:iam::${ACCOUNT}:role/plans`;
const assuming = (role: string) => [{ role_arn: role }];

test("Terraform and OpenTofu merge the file with the plan-role into the others, since its name ends as they expect", () => {
  expect(PLAN_ROLE_FILE).toMatch(/_override\.tf\.json$/);
  expect(planRoleOverride({ planRole: PLANS })).toEqual({ provider: { aws: { assume_role: assuming(PLANS) } } });
  expect(planRoleOverride({})).toEqual({});
});

test.each(["full: {}", `full: {}, deploy-role: "arn:aws:iam::${ACCOUNT}:role/deploys"`])(
  "a stack with %s that is planned as the plan-role assumes that and no other role, and nothing else changes",
  (keys) => {
    const { provider, ...rest } = terraformOf(keys);
    const { provider: plannedProvider, ...plannedRest } = withPlanRole({ provider, ...rest }, { planRole: PLANS });
    expect(plannedProvider).toEqual({
      aws: [{ allowed_account_ids: [ACCOUNT], region: "us-east-1", assume_role: assuming(PLANS) }],
    });
    expect(plannedRest).toEqual(rest);
  },
);

test("a plan-role isn't in the Terraform", () => {
  expect(terraformOf(`full: {}, plan-role: "${PLANS}"`)).toEqual(terraformOf("full: {}"));
});

test("without a plan-role, a stack is planned as it is", () => {
  const terraform = terraformOf("full: {}");
  expect(withPlanRole(terraform, {})).toBe(terraform);
  expect(withPlanRole(terraform, undefined)).toBe(terraform);
});

test("a provider with an alias keeps its role, as Terraform merges the file only into the one without", () => {
  const west = { alias: "west", assume_role: assuming("west") };
  expect(withPlanRole({ provider: { aws: [{}, west] } }, { planRole: PLANS })).toEqual({
    provider: { aws: [{ assume_role: assuming(PLANS) }, west] },
  });
});
