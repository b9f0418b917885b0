import { type Fields, isFields } from "../../common/fields";
import { fieldsIn, list } from "../../common/json";
import { assumeRoleBlock } from "../../modules/support-app/model/properties";
import type { AssumedRole, Environment } from "../../stacks/environments/environment";
import type { TerraformJson } from "./synthesized-folder";

/** Beside a stack while Terraform plans it as the plan-role. Terraform and OpenTofu merge a file of this name into the others. */
export const PLAN_ROLE_FILE = "plan-role_override.tf.json";

/** The content of {@link PLAN_ROLE_FILE}: the AWS provider assumes the plan-role instead of the deploy-role. Without a plan-role, it changes nothing. */
export function planRoleOverride({ planRole }: Pick<Environment, "planRole">): Fields {
  return planRole === undefined ? {} : { provider: { aws: assuming(planRole) } };
}

/** A stack as Terraform plans it with {@link planRoleOverride}. */
export function withPlanRole(
  terraform: TerraformJson,
  { planRole }: Pick<Environment, "planRole"> = {},
): TerraformJson {
  if (planRole === undefined) return terraform;
  const provider = fieldsIn(terraform.provider);
  const blocks = list(provider.aws).map((block) =>
    isFields(block) && block.alias === undefined ? { ...block, ...assuming(planRole) } : block,
  );
  return { ...terraform, provider: { ...provider, aws: blocks } };
}

function assuming({ arn, externalId, sessionName }: AssumedRole): Fields {
  return { assume_role: [assumeRoleBlock({ arn, externalId, sessionName })] };
}
