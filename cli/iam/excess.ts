import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import {
  CREATE_SERVICE_LINKED_ROLE,
  LINKED_SERVICE_KEY,
  SERVICE_QUOTAS_SERVICE,
} from "../../modules/support-app/model/service-quotas-role";
import { canonical, distinct } from "../terminal/json";
import { endIn, statementsFrom } from "./condition";
import { coversPattern, isOneActionOf } from "./pattern";
import { ANYTHING, type Statement, type Targets } from "./policy";
import { ACTION_TEXT, textClasses } from "./text-classes";

/** What AWSSupportAppFullAccess allows, besides the right to create the Service Quotas role. */
const FULL = new Set(actionsOf(CAPABILITIES).map((action) => action.toLowerCase()));

/**
 * The actions that a role may be allowed beyond AWSSupportAppFullAccess, each once. Conditions and resources count as
 * met, except in a Deny, so that nothing is missed.
 *
 * @param own the statements of its policies
 * @param boundary the statements of its permissions boundary. Undefined: it has none
 * @param now the current time, as `2027-01-01T00:00:00Z`
 */
export function excessOf(
  own: readonly Statement[],
  boundary: readonly Statement[] | undefined,
  now: string,
): Targets[] {
  const inForce = statementsFrom(own, now);
  const limits = boundary === undefined ? undefined : statementsFrom(boundary, now);
  const denied = [...inForce, ...(limits ?? [])].filter(isOutrightDeny).map(({ actions }) => complement(actions));
  const limit = limits?.filter(({ effect }) => effect === "Allow").map(({ actions }) => actions);
  const excess = inForce.flatMap((statement): Targets[] => {
    if (statement.effect === "Deny" || isServiceQuotasRight(statement)) return [];
    const all = statement.actions.not ? [ANYTHING, statement.actions] : [statement.actions];
    const within = limit === undefined ? [[...all]] : limit.map((one) => [...all, one]);
    return within.flatMap((targets) => intersectionOf([...targets, ...denied]));
  });
  return distinct(excess);
}

/** Whether a Deny always applies, whatever the resource. */
function isOutrightDeny({ effect, conditions, resources }: Statement): boolean {
  const isOfAll = resources !== undefined && !resources.not && resources.patterns.some((text) => /^\*+$/.test(text));
  return effect === "Deny" && conditions.length === 0 && isOfAll;
}

function complement({ not, patterns }: Targets): Targets {
  return { not: !not, patterns };
}

/** What may be in all of the targets, one pattern each, without what AWSSupportAppFullAccess allows. */
function intersectionOf(all: readonly Targets[]): Targets[] {
  const [first = [], ...others] = all.filter(({ not }) => !not).map(({ patterns }) => patterns);
  const excluded = all.filter(({ not }) => not).flatMap(({ patterns }) => patterns);
  const within = others.reduce<readonly string[]>(
    (left, patterns) => left.flatMap((one) => patterns.flatMap((other) => commonOf(one, other))),
    first,
  );
  return within
    .filter((pattern) => !FULL.has(pattern) && !isOneActionOf(FULL, pattern))
    .filter((pattern) => !excluded.some((other) => coversPattern(other, pattern)))
    .map((pattern) =>
      pattern === "*" && excluded.length > 0
        ? { not: true, patterns: [...new Set(excluded)] }
        : { not: false, patterns: [pattern] },
    );
}

/** A pattern of what two have in common, or of more. */
function commonOf(one: string, other: string): string[] {
  if (coversPattern(other, one)) return [one];
  if (coversPattern(one, other)) return [other];
  const both = textClasses([{ text: one }, { text: other }], ACTION_TEXT);
  return !both || both.some(({ matched }) => matched.every(Boolean)) ? [one] : [];
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
