import { canonical } from "../../common/canonical";
import { distinct } from "../../common/json";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
} from "../../modules/support-app/model/service-quotas-role";
import { compare } from "./compare";
import { endIn, statementsAt, statementsFrom } from "./condition";
import { ANYTHING, type Statement, type Targets } from "./policy";

/** The guide's right to create the Service Quotas role. */
const SERVICE_QUOTAS_RIGHT: Statement = {
  ...allowing({ not: false, patterns: [CREATE_SERVICE_LINKED_ROLE.toLowerCase()] }),
  conditions: [{ operator: "StringEquals", key: LINKED_SERVICE_KEY.toLowerCase(), values: [SERVICE_QUOTAS_SERVICE] }],
};

/** What AWSSupportAppFullAccess allows. */
const FULL_ACCESS: readonly Statement[] = [
  allowing({ not: false, patterns: actionsOf(CAPABILITIES).map((action) => action.toLowerCase()) }),
  SERVICE_QUOTAS_RIGHT,
];

/** Maximum number of actions to compare at once: of AWS's ReadOnlyAccess, which has thousands, all are too many. */
const MAX_ACTIONS = 100;

function allowing(actions: Targets): Statement {
  return { effect: "Allow", actions, resources: ANYTHING, conditions: [] };
}

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
  const accessStatements = statementsAt(access, now);
  const isOfAccess = (statement: Statement) => accessStatements.some((part) => isSameRight(part, statement));
  const base = accessStatements.filter(({ conditions }) => conditions.length === 0);
  const [inForce, limits] = [statementsFrom(statements, now), statementsFrom(boundary ?? [], now)];
  const allowed = inForce.filter((statement) => statement.effect === "Allow" && !isOfAccess(statement));
  const limit = limits.filter((statement) => statement.effect === "Allow" && !isOfAccess(statement));
  const boundaryActions = limit.map(({ actions }) => actions);
  const denials = [...inForce, ...limits].filter(isOutrightDeny);
  // A boundary denies what it doesn't allow. What NotAction in it leaves out isn't taken into account.
  if (boundary && boundaryActions.every(({ not }) => !not))
    denials.push({
      ...allowing({ not: true, patterns: boundaryActions.flatMap((targets) => targets.patterns) }),
      effect: "Deny",
    });
  const excluding = allowed.filter(({ actions }) => actions.not).map(({ actions }) => allowing(actions));
  const patterns = distinct(allowed.flatMap(({ actions }) => (actions.not ? [] : actions.patterns)));
  const parts = Array.from({ length: Math.max(1, Math.ceil(patterns.length / MAX_ACTIONS)) }, (_, index) =>
    patterns.slice(index * MAX_ACTIONS, (index + 1) * MAX_ACTIONS),
  );
  const differences = parts.map((part) => {
    const partStatements = [allowing({ not: false, patterns: part }), ...excluding];
    const difference = compare(base, [...partStatements, ...denials]);
    return difference.undecided.length > 0 ? compare(base, partStatements) : difference; // denials only take away
  });
  const [gained, undecided] = [
    differences.flatMap((difference) => difference.gained),
    differences.flatMap((difference) => difference.undecided),
  ];
  const deniedActions = denials.flatMap(({ actions: { not, patterns } }) => (not ? [] : patterns));
  const isAllButDenied = ({ patterns }: Targets) => patterns.join() === "*" && deniedActions.length > 0;
  const excess = gained.map(({ action }) => (isAllButDenied(action) ? { not: true, patterns: deniedActions } : action));
  return undecided.length > 0 ? [ANYTHING] : distinct(excess);
}

/** Whether statements always allow everything: as a boundary, they limit nothing. @param now as for {@link excessOf} */
export function allowsEverything(statements: readonly Statement[], now: string): boolean {
  const { gained, undecided } = compare(statementsAt(statements, now), [allowing(ANYTHING)]);
  return gained.length + undecided.length === 0;
}

/** Whether a Deny always applies, whatever the resource. */
function isOutrightDeny({ effect, conditions, resources }: Statement): boolean {
  const isOfAll = resources !== undefined && !resources.not && resources.patterns.some((text) => /^\*+$/.test(text));
  return effect === "Deny" && conditions.length === 0 && isOfAll;
}

/** Whether two statements allow the same actions on the same conditions but ends, whatever the resources. */
function isSameRight(right: Statement, statement: Statement): boolean {
  const textOfRight = ({ effect, actions, conditions }: Statement) =>
    canonical({ effect, actions, conditions: conditions.filter((condition) => endIn(condition) === undefined) });
  return textOfRight(right) === textOfRight(statement);
}
