import { SERVICE_QUOTAS_SERVICE } from "../../modules/support-app/service-quotas-role";
import { type Fields, list } from "../review/policy";

/** The action that makes the Service Quotas role. */
export const CREATE_SERVICE_LINKED_ROLE = "iam:CreateServiceLinkedRole";

/** Whether a statement is the one of AWS's guide: the right to make the Service Quotas role, and nothing else. */
export function isServiceQuotasRight({ Effect, Action, Condition }: Fields): boolean {
  const condition = JSON.stringify(Condition ?? {}).toLowerCase();
  return (
    Effect === "Allow" &&
    list(Action).every((action) => String(action).toLowerCase() === CREATE_SERVICE_LINKED_ROLE.toLowerCase()) &&
    [`"${SERVICE_QUOTAS_SERVICE}"`, `["${SERVICE_QUOTAS_SERVICE}"]`].some(
      (service) => condition === `{"stringequals":{"iam:awsservicename":${service}}}`,
    )
  );
}
