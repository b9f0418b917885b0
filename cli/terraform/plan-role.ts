import type { Fields } from "../../common/fields";
import { assumeRoleBlock } from "../../modules/support-app/model/properties";
import type { AssumedRole, Environment } from "../../stacks/environments/environment";

/** Beside a stack while Terraform plans it as the plan-role. Terraform and OpenTofu merge a file of this name into the others. */
export const PLAN_ROLE_FILE = "plan-role_override.tf.json";

/** The content of {@link PLAN_ROLE_FILE}: the AWS provider assumes the plan-role instead of the deploy-role. Without a plan-role, it changes nothing. */
export function planRoleOverride({ planRole }: Pick<Environment, "planRole">): Fields {
  return planRole === undefined ? {} : { provider: { aws: assuming(planRole) } };
}

function assuming({ arn, externalId, sessionName }: AssumedRole): Fields {
  return { assume_role: [assumeRoleBlock({ arn, externalId, sessionName })] };
}
