import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
} from "../../modules/support-app/model/service-quotas-role";
import { canonical } from "../terminal/json";
import type { Statement } from "./policy";
import { endIn } from "./until";

/** Whether a statement is the one of AWS's guide, with an end or without: the right to create the Service Quotas role, and nothing else. */
export function isServiceQuotasRight({ effect, actions, conditions }: Statement): boolean {
  const ignoringEnds = conditions.filter((condition) => endIn(condition) === undefined);
  return effect === "Allow" && canonical({ actions, conditions: ignoringEnds }) === GUIDE_STATEMENT;
}

const GUIDE_STATEMENT = canonical({
  actions: { not: false, patterns: [CREATE_SERVICE_LINKED_ROLE.toLowerCase()] },
  conditions: [{ operator: "StringEquals", key: LINKED_SERVICE_KEY.toLowerCase(), values: [SERVICE_QUOTAS_SERVICE] }],
});
