import { PLAN_ROLE_FILE, planRoleOverride, withPlanRole } from "../../../cli/terraform/plan-role";
import { ACCOUNT, terraformOf } from "../../support/edited-stack";

const PLANS = `arn:aws:iam::${ACCOUNT}:role/plans`;
const assuming = (role: string) => [{ role_arn: role }];

test("Terraform and OpenTofu merge the file with the plan-role into the others, since its name ends as they expect", () => {
  expect(PLAN_ROLE_FILE).toMatch(/_override\.tf\.json$/);
  expect(planRoleOverride({ planRole: { arn: PLANS } })).toEqual({
    provider: { aws: { assume_role: assuming(PLANS) } },
  });
  expect(planRoleOverride({})).toEqual({});
});

test.each(["full: {}", `full: {}, deploy-role: "arn:aws:iam::${ACCOUNT}:role/deploys"`])(
  "a stack with %s that is planned as the plan-role assumes that and no other role, and nothing else changes",
  (keys) => {
    const { provider, ...rest } = terraformOf(keys);
    const { provider: plannedProvider, ...plannedRest } = withPlanRole(
      { provider, ...rest },
      { planRole: { arn: PLANS } },
    );
    expect(plannedProvider).toEqual({
      aws: [{ allowed_account_ids: [ACCOUNT], region: "us-east-1", assume_role: assuming(PLANS) }],
    });
    expect(plannedRest).toEqual(rest);
  },
);

test("a plan-role is assumed with what its trust policy requires", () => {
  const planRole = { arn: PLANS, externalId: "tenant-1", sessionName: "plans" };
  const assumed = [{ role_arn: PLANS, external_id: "tenant-1", session_name: "plans" }];
  expect(planRoleOverride({ planRole })).toEqual({ provider: { aws: { assume_role: assumed } } });
});

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
  expect(withPlanRole({ provider: { aws: [{}, west] } }, { planRole: { arn: PLANS } })).toEqual({
    provider: { aws: [{ assume_role: assuming(PLANS) }, west] },
  });
});
