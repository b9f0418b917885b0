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

/** What AWSSupportAppFullAccess allows, besides the right to create the Service Quotas role. */
const FULL = allowing({ not: false, patterns: actionsOf(CAPABILITIES).map((action) => action.toLowerCase()) });

/** Maximum number of actions to compare at once: of AWS's ReadOnlyAccess, which has thousands, all are too many. */
const MAX_ACTIONS = 100;

function allowing(actions: Targets): Statement {
  return { effect: "Allow", actions, resources: ANYTHING, conditions: [] };
}

/**
 * The actions that a role may be allowed beyond AWSSupportAppFullAccess, each once. Conditions and resources count as
 * met, except in a Deny, so that nothing is missed.
 *
 * @param statements the statements of its policies
 * @param boundary the statements of its permissions boundary. Undefined: it has none
 * @param now the current time, as `2027-01-01T00:00:00Z`
 */
export function excessOf(
  statements: readonly Statement[],
  boundary: readonly Statement[] | undefined,
  now: string,
): Targets[] {
  const [inForce, limits] = [statementsFrom(statements, now), statementsFrom(boundary ?? [], now)];
  const allowed = inForce.filter((statement) => statement.effect === "Allow" && !isServiceQuotasRight(statement));
  const limit = limits.filter((statement) => statement.effect === "Allow" && !isServiceQuotasRight(statement));
  const boundaryActions = limit.map(({ actions }) => actions);
  const denials = [...inForce, ...limits].filter(isOutrightDeny);
  // A boundary denies what it doesn't allow. What NotAction in it leaves out isn't taken into account.
  if (boundary && boundaryActions.every(({ not }) => !not))
    denials.push({
      ...FULL,
      effect: "Deny",
      actions: { not: true, patterns: boundaryActions.flatMap((targets) => targets.patterns) },
    });
  const excluding = allowed.filter(({ actions }) => actions.not).map(({ actions }) => allowing(actions));
  const patterns = distinct(allowed.flatMap(({ actions }) => (actions.not ? [] : actions.patterns)));
  const parts = Array.from({ length: Math.max(1, Math.ceil(patterns.length / MAX_ACTIONS)) }, (_, index) =>
    patterns.slice(index * MAX_ACTIONS, (index + 1) * MAX_ACTIONS),
  );
  const differences = parts.map((part) => {
    const partStatements = [allowing({ not: false, patterns: part }), ...excluding];
    const difference = compare([FULL], [...partStatements, ...denials]);
    return difference.undecided.length > 0 ? compare([FULL], partStatements) : difference; // denials only take away
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

/** Whether a statement is the statement of AWS's guide, with an end or without: the right to create the Service Quotas role, and nothing else. */
export function isServiceQuotasRight({ effect, actions, conditions }: Statement): boolean {
  const ignoringEnds = conditions.filter((condition) => endIn(condition) === undefined);
  return effect === "Allow" && canonical({ actions, conditions: ignoringEnds }) === GUIDE_STATEMENT;
}

const GUIDE_STATEMENT = canonical({
  actions: { not: false, patterns: [CREATE_SERVICE_LINKED_ROLE.toLowerCase()] },
  conditions: [{ operator: "StringEquals", key: LINKED_SERVICE_KEY.toLowerCase(), values: [SERVICE_QUOTAS_SERVICE] }],
});
