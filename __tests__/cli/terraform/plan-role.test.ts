import { PLAN_ROLE_FILE, planRoleOverride } from "../../../cli/terraform/plan-role";
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

test("a plan-role is assumed with what its trust policy requires", () => {
  const planRole = { arn: PLANS, externalId: "tenant-1", sessionName: "plans" };
  const assumed = [{ role_arn: PLANS, external_id: "tenant-1", session_name: "plans" }];
  expect(planRoleOverride({ planRole })).toEqual({ provider: { aws: { assume_role: assumed } } });
});

test("a plan-role isn't in the Terraform", () => {
  expect(terraformOf(`full: {}, plan-role: "${PLANS}"`)).toEqual(terraformOf("full: {}"));
});
