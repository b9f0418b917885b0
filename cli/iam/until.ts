import { type Test, testOf } from "./condition";
import type { Condition, Statement } from "./policy";

/** The ends of statements, earliest first, each once. */
export function endsIn(statements: readonly Statement[]): string[] {
  const ends = statements.flatMap(({ conditions }) => conditions.flatMap((condition) => endIn(condition) ?? []));
  return [...new Set(ends)].sort();
}

/** The statements in force at a time, without their ends. */
export function statementsAt(statements: readonly Statement[], time: string): Statement[] {
  return statements.flatMap((statement) => {
    const ends = endsIn([statement]);
    if (ends.some((end) => end <= time)) return [];
    const conditions = statement.conditions.filter((condition) => endIn(condition) === undefined);
    return [{ ...statement, conditions }];
  });
}

/** The statements that haven't ended by a time, with their ends. */
export function statementsFrom(statements: readonly Statement[], time: string): Statement[] {
  return statements.filter((statement) => endsIn([statement]).every((end) => end > time));
}

/** The first second in which a condition no longer holds. Undefined: it isn't an end. */
export function endIn(condition: Condition): string | undefined {
  const test: Test = testOf(condition);
  return test.kind === "before" ? test.end : undefined;
}
