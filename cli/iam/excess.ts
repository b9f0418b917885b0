import { distinct } from "../../common/json";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
} from "../../modules/support-app/model/service-quotas-role";
import { allowedBeyond } from "./allowed-beyond";
import { statementsAt, statementsFrom } from "./condition";
import { ALLOW_ALL, ANYTHING, type Statement, type Targets } from "./policy";
import { covers, intersectionOf } from "./targets";

/** The guide's right to create the Service Quotas role. */
const SERVICE_QUOTAS_RIGHT: Statement = {
  ...ALLOW_ALL,
  actions: { not: false, patterns: [CREATE_SERVICE_LINKED_ROLE.toLowerCase()] },
  conditions: [{ operator: "StringEquals", key: LINKED_SERVICE_KEY.toLowerCase(), values: [SERVICE_QUOTAS_SERVICE] }],
};

/** What AWSSupportAppFullAccess allows. */
const FULL_ACCESS: readonly Statement[] = [
  { ...ALLOW_ALL, actions: { not: false, patterns: actionsOf(CAPABILITIES).map((action) => action.toLowerCase()) } },
  SERVICE_QUOTAS_RIGHT,
];

/**
 * The actions that statements may allow beyond some access, each once. Conditions and resources count as met, except in a
 * Deny and in statements of that access, so that nothing is missed.
 *
 * @param statements the statements of its policies
 * @param boundary the statements of its permissions boundary. Undefined: it has none
 * @param now the current time, as `2027-01-01T00:00:00Z`
 * @param access the statements that are no excess. Default: what AWSSupportAppFullAccess allows
 */
export function excessOf(
  statements: readonly Statement[],
  boundary: readonly Statement[] | undefined,
  now: string,
  access: readonly Statement[] = FULL_ACCESS,
): Targets[] {
  const [inForce, limits] = [statementsFrom(statements, now), statementsFrom(boundary ?? [], now)];
  const denials = [...inForce, ...limits].filter(({ effect }) => effect === "Deny");
  const accessNow = statementsAt(access, now).map((statement) => ({ ...statement, resources: ANYTHING }));
  const remainders = denials.filter(isOutright).map(({ actions }) => [{ ...actions, not: !actions.not }]);
  const undenied = (statement: Statement) =>
    remainders.reduce(intersect, [statement.actions]).map((actions) => ({ ...statement, actions }));
  const beyond = (group: readonly Statement[]) => {
    const allows = group.filter(({ effect }) => effect === "Allow").flatMap(undenied);
    return allowedBeyond([...allows, ...denials], accessNow).map(({ actions }) => actions);
  };
  const excess = intersect(beyond(inForce), boundary === undefined ? [ANYTHING] : beyond(limits));
  return excess.filter((targets) => !excess.some((wide) => covers(wide, targets) && !covers(targets, wide)));
}

/** What some targets have in common with any of some others. */
function intersect(targets: readonly Targets[], limits: readonly Targets[]): Targets[] {
  return distinct(targets.flatMap((part) => limits.flatMap((limit) => intersectionOf(part, limit) ?? [])));
}

/** Whether statements always allow everything: as a boundary, they limit nothing. @param now as for {@link excessOf} */
export function allowsEverything(statements: readonly Statement[], now: string): boolean {
  return allowedBeyond([ALLOW_ALL], statementsAt(statements, now)).length === 0;
}

/** Whether a Deny always applies, whatever the resource. */
function isOutright({ conditions, resources }: Statement): boolean {
  return conditions.length === 0 && resources !== undefined && covers(resources, ANYTHING);
}
