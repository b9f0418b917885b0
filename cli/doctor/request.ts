import type { Access } from "../../modules/support-app/model/access";
import { roleArnOf } from "../../modules/support-app/model/iam-names";
import { CURRENT_TIME_KEY } from "../../modules/support-app/model/policy-statements";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasRoleArn,
} from "../../modules/support-app/model/service-quotas-role";
import { inSeconds } from "../../modules/support-app/model/until";
import type { Request } from "../iam/authorize";

/**
 * What is known about a request that the Support App makes with an access level's role at a time.
 *
 * Source: Service Authorization Reference: AWS Support has no resources, Service Quotas has.
 */
export function requestOf(props: Access, action: string, time: Date): Request {
  const isRight = action === CREATE_SERVICE_LINKED_ROLE;
  const keys = {
    "aws:principalaccount": String(props.account),
    "aws:principalarn": roleArnOf(props),
    [CURRENT_TIME_KEY.toLowerCase()]: inSeconds(time),
    [LINKED_SERVICE_KEY.toLowerCase()]: isRight ? SERVICE_QUOTAS_SERVICE : undefined,
  };
  if (isRight) return { action, keys, resource: serviceQuotasRoleArn(props.account) };
  return { action, keys, resource: action.startsWith("support:") ? undefined : "some" };
}
