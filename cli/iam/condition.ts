import { BEFORE, CURRENT_TIME_KEY } from "../../modules/support-app/model/policy-statements";
import { inSeconds } from "../../modules/support-app/model/until";
import { ARN_PARTS_BEFORE_LAST, matches, type Pattern } from "./pattern";
import { type Condition, POLICY_VARIABLE, type Statement } from "./policy";

/** What a condition asks of a request, as far as it is supported. */
export type Test =
  /** Whether the request has the key at all. */
  | { readonly kind: "presence"; readonly wanted: ReadonlySet<"absent" | "present"> }
  /** Whether one of the patterns matches the key's value or, negated, none does. */
  | {
      readonly kind: "patterns";
      readonly patterns: readonly Pattern[];
      /** Values whose meaning isn't known: IAM's variables, and forms that AWS doesn't document. */
      readonly open: readonly string[];
      readonly not: boolean;
      /** For a multivalued key, whether any or all values must pass. Undefined: the key is single-valued. */
      readonly set?: "any" | "all";
      /** Whether a request without the key passes. */
      readonly passesWithoutKey: boolean;
    }
  /** Whether the time, which every request has, is before a second such as `2027-01-01T00:00:00Z`. Compares as text. */
  | { readonly kind: "before"; readonly end: string }
  /** An unsupported operator: numbers, other dates, addresses, and unknown ones. */
  | { readonly kind: "unsupported" };

const OPERATOR =
  /^(?<set>ForAnyValue:|ForAllValues:)?(?:(?<kind>String)(?<not>Not)?(?<test>Equals|EqualsIgnoreCase|Like)|(?<arn>Arn)(?<arnNot>Not)?(?:Equals|Like)|(?<bool>Bool))(?<ifExists>IfExists)?$/;

/**
 * Reads what a condition asks for.
 *
 * Source: IAM User Guide, Condition operators, and Single-valued vs. multivalued context keys.
 */
export function testOf({ operator, key, values }: Condition): Test {
  const lowerCaseValues = values.map((value) => value.toLowerCase());
  if (operator === "Null" && lowerCaseValues.every((value) => value === "true" || value === "false")) {
    return {
      kind: "presence",
      wanted: new Set(lowerCaseValues.map((value) => (value === "true" ? "absent" : "present"))),
    };
  }
  const [end = "", ...rest] = values;
  if (operator === BEFORE && key === CURRENT_TIME && rest.length === 0 && isSecond(end)) return { kind: "before", end };
  const groups = OPERATOR.exec(operator)?.groups;
  if (!groups) return { kind: "unsupported" };
  const isArn = groups.arn !== undefined;
  const not = (groups.not ?? groups.arnNot) !== undefined;
  const ignoresCase = groups.test === "EqualsIgnoreCase" || groups.bool !== undefined;
  const set = groups.set === undefined ? undefined : groups.set === "ForAnyValue:" ? "any" : "all";
  const isOpen = (value: string) =>
    value.includes(POLICY_VARIABLE) ||
    (isArn && value.split(":").length <= ARN_PARTS_BEFORE_LAST) ||
    (ignoresCase && /[^ -~]/.test(value));
  return {
    kind: "patterns",
    patterns: values
      .filter((value) => !isOpen(value))
      .map((text) => ({ text, isLiteral: groups.test !== "Like" && !isArn, ignoresCase, isArn })),
    open: values.filter(isOpen),
    not,
    set,
    passesWithoutKey: set === "all" || groups.ifExists !== undefined || (not && set === undefined),
  };
}

/** Whether something applies to a request, as far as it is known. */
export type Application = "yes" | "maybe" | "no";

export function allApply(results: readonly Application[]): Application {
  if (results.includes("no")) return "no";
  return results.includes("maybe") ? "maybe" : "yes";
}

/** Whether a request passes a test. Its values are those of the test's key; undefined: it lacks the key. */
export function passes(test: Test, values: readonly string[] | undefined): Application {
  if (test.kind === "unsupported") return "maybe";
  if (test.kind === "presence") return test.wanted.has(values ? "present" : "absent") ? "yes" : "no";
  if (test.kind === "before") {
    const [time] = values ?? [];
    if (time === undefined) return "no";
    return isSecond(time) ? (time < test.end ? "yes" : "no") : "maybe";
  }
  if (values === undefined) return test.passesWithoutKey ? "yes" : "no";
  const results = values.map((value): Application => {
    const isMatched = test.patterns.some((pattern) => matches(pattern, value));
    if (!isMatched && test.open.length > 0) return "maybe";
    return isMatched !== test.not ? "yes" : "no";
  });
  if (test.set !== "any") return allApply(results);
  return results.includes("yes") ? "yes" : results.includes("maybe") ? "maybe" : "no";
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
export function endIn(condition: Condition): string | undefined {
  const test = testOf(condition);
  return test.kind === "before" ? test.end : undefined;
}
