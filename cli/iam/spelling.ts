import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import { CURRENT_TIME_KEY } from "../../modules/support-app/model/policy-statements";
import { CREATE_SERVICE_LINKED_ROLE, LINKED_SERVICE_KEY } from "../../modules/support-app/model/service-quotas-role";

/** The action or condition key in AWS's spelling, if the Support App uses it; any other unchanged. */
export function awsSpelling(name: string): string {
  return SPELLED.get(name.toLowerCase()) ?? name;
}

const SPELLED = new Map(
  [
    ...actionsOf(CAPABILITIES),
    CREATE_SERVICE_LINKED_ROLE,
    "sts:AssumeRole",
    LINKED_SERVICE_KEY,
    "aws:SourceAccount",
    CURRENT_TIME_KEY,
  ].map((name) => [name.toLowerCase(), name]),
);
