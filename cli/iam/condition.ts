import { BEFORE, CURRENT_TIME_KEY } from "../../modules/support-app/model/policy-statements";
import { inSeconds } from "../../modules/support-app/model/until";
import { matches } from "./pattern";
import { type Condition, POLICY_VARIABLE, type Statement } from "./policy";

/** Whether something applies to a request, as far as it is known. */
export type Application = "yes" | "maybe" | "no";

export function allApply(results: readonly Application[]): Application {
  if (results.includes("no")) return "no";
  return results.includes("maybe") ? "maybe" : "yes";
}

const OPERATOR =
  /^(?<set>ForAnyValue:|ForAllValues:)?(?:String(?<not>Not)?(?:Equals|(?<like>Like)|(?<anyCase>EqualsIgnoreCase))|(?<arn>Arn(?<arnNot>Not)?(?:Equals|Like))|(?<bool>Bool))(?<ifExists>IfExists)?$/;

/**
 * Whether a condition holds for its key's value. Undefined: the request lacks the key. `maybe`: the operator (numbers, addresses,
 * dates but ends, and unknown ones), or what it compares with, isn't supported.
 *
 * Source: IAM User Guide, Condition operators, and Single-valued vs. multivalued context keys.
 */
export function holds(condition: Condition, value: string | undefined): Application {
  const { operator, values } = condition;
  if (operator === "Null" && values.every((text) => /^(true|false)$/i.test(text)))
    return values.some((text) => (text.toLowerCase() === "true") === (value === undefined)) ? "yes" : "no";
  const end = endIn(condition);
  if (end !== undefined) return value === undefined ? "no" : !isSecond(value) ? "maybe" : value < end ? "yes" : "no";
  const groups = OPERATOR.exec(operator)?.groups;
  if (!groups) return "maybe";
  const { set, like, arn, ifExists } = groups;
  const not = (groups.not ?? groups.arnNot) !== undefined;
  const ignoresCase = (groups.anyCase ?? groups.bool) !== undefined;
  if (value === undefined)
    return set === "ForAllValues:" || ifExists !== undefined || (not && set === undefined) ? "yes" : "no";
  const results = values.map((text): Application => {
    if (text.includes(POLICY_VARIABLE) || (ignoresCase && /[^ -~]/.test(text))) return "maybe";
    if (arn !== undefined) return matchesArn(text, value);
    if (ignoresCase) return text.toLowerCase() === value.toLowerCase() ? "yes" : "no";
    return (like === undefined ? text === value : matches(text, value)) ? "yes" : "no";
  });
  if (results.includes("yes")) return not ? "no" : "yes";
  if (results.includes("maybe")) return "maybe";
  return not ? "yes" : "no";
}

/** Whether a pattern of `ArnLike` matches: part by part, the last of which may have colons. `maybe`: it has fewer than six parts. */
function matchesArn(pattern: string, arn: string): Application {
  const partsOf = (text: string) => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text)?.slice(1);
  const parts = partsOf(arn);
  const wanted = partsOf(pattern);
  if (wanted === undefined) return "maybe";
  return wanted.every((part, index) => parts !== undefined && matches(part, parts[index] ?? "")) ? "yes" : "no";
}

const CURRENT_TIME = CURRENT_TIME_KEY.toLowerCase();

/** Whether a text is a time to the second, in UTC. IAM accepts other forms, which are unsupported here. */
function isSecond(text: string): boolean {
  // A year after 9999 begins with a sign, and wouldn't compare as text.
  return /^\d/.test(text) && !Number.isNaN(Date.parse(text)) && inSeconds(new Date(text)) === text;
}

/** The ends of statements, earliest first, each once. */
export function endsIn(statements: readonly Statement[]): string[] {
  const ends = statements.flatMap(({ conditions }) => conditions.flatMap((condition) => endIn(condition) ?? []));
  return [...new Set(ends)].sort();
}

/** The statements in force at a time, without their ends. */
export function statementsAt(statements: readonly Statement[], time: string): Statement[] {
  return statementsFrom(statements, time).map((statement) => ({
    ...statement,
    conditions: statement.conditions.filter((condition) => endIn(condition) === undefined),
  }));
}

/** The statements that haven't ended by a time, with their ends. */
export function statementsFrom(statements: readonly Statement[], time: string): Statement[] {
  return statements.filter((statement) => endsIn([statement]).every((end) => end > time));
}

/** The first second in which a condition no longer holds. Undefined: it isn't an end. */
export function endIn({ operator, key, values: [end, ...rest] }: Condition): string | undefined {
  const isEnd = operator === BEFORE && key === CURRENT_TIME && end !== undefined && rest.length === 0 && isSecond(end);
  return isEnd ? end : undefined;
}
