import { canonical } from "../../common/canonical";
import { distinct } from "../../common/json";
import { endIn } from "./condition";
import type { Condition, Principals, Statement } from "./policy";
import { isAnybody, standsFor } from "./principal";
import { covers, mayMeet } from "./targets";

/**
 * What statements allow that a base may not: an Allow for each pattern of actions and each principal. Nothing is missed. What
 * the base allows by several statements together only, or allows and may deny, counts as beyond.
 */
export function allowedBeyond(statements: readonly Statement[], base: readonly Statement[]): Statement[] {
  const denials = ofEffect("Deny", statements);
  const baseAllows = ofEffect("Allow", base);
  // What the statements deny, too, is no difference.
  const baseDenials = ofEffect("Deny", base).filter((denial) => !isCovered(denial, denials));
  const isInBase = (part: Statement) =>
    isCovered(part, baseAllows) && !baseDenials.some((denial) => mayConcern(denial, part));
  return distinct(ofEffect("Allow", statements).flatMap(partsOf)).filter(
    (part) => !isCovered(part, denials) && !isInBase(part),
  );
}

function ofEffect(wanted: Statement["effect"], statements: readonly Statement[]): Statement[] {
  return statements.filter(({ effect }) => effect === wanted);
}

/** One statement for each pattern of actions, and each principal. A negated list stays whole. */
function partsOf(statement: Statement): Statement[] {
  const { actions, principals } = statement;
  const actionParts = actions.not
    ? [actions]
    : actions.patterns.map((pattern) => ({ not: false, patterns: [pattern] }));
  const principalParts =
    principals === undefined || principals.not
      ? [principals]
      : principals.all.map((principal) => ({ not: false, all: [principal] }));
  return actionParts.flatMap((part) =>
    principalParts.map((ofPart) => ({ ...statement, actions: part, ...(ofPart && { principals: ofPart }) })),
  );
}

function isCovered(statement: Statement, wide: readonly Statement[]): boolean {
  return wide.some((candidate) => isWider(candidate, statement));
}

/** Whether one statement, whatever its effect, is certainly about every request that another is about. */
function isWider(wide: Statement, narrow: Statement): boolean {
  return (
    covers(wide.actions, narrow.actions) &&
    (wide.resources && narrow.resources
      ? covers(wide.resources, narrow.resources)
      : wide.resources === narrow.resources) &&
    coverPrincipals(wide.principals, narrow.principals) &&
    wide.conditions.every((condition) =>
      narrow.conditions.some((narrowCondition) => isWeaker(condition, narrowCondition)),
    )
  );
}

/** Whether a condition holds whenever another does. */
function isWeaker(weak: Condition, strong: Condition): boolean {
  const [end, otherEnd] = [endIn(weak), endIn(strong)];
  return end === undefined || otherEnd === undefined ? canonical(weak) === canonical(strong) : end >= otherEnd;
}

function coverPrincipals(wide: Principals | undefined, narrow: Principals | undefined): boolean {
  if (!wide || !narrow || wide.not) return canonical(wide) === canonical(narrow);
  if (narrow.not) return wide.all.some(isAnybody);
  return narrow.all.every((principal) => wide.all.some((candidate) => standsFor(candidate, principal)));
}

/** Whether two statements may be about the same request. Conditions may hold, and principals be the same. */
function mayConcern(denial: Statement, part: Statement): boolean {
  const isSameResource = !denial.resources || !part.resources || mayMeet(denial.resources, part.resources);
  return mayMeet(denial.actions, part.actions) && isSameResource;
}
