import { type Test, testOf } from "./condition";
import type { Condition, Statement } from "./policy";

/** The ends of statements, earliest first, each once. */
export function endsIn(statements: readonly Statement[]): string[] {
  const ends = statements.flatMap(({ conditions }) => conditions.flatMap((condition) => endIn(condition) ?? []));
  return [...new Set(ends)].sort();
}

/** What is left of statements at a time: none that has ended then, and no end of any other. */
export function statementsAt(statements: readonly Statement[], time: string): Statement[] {
  return statements.flatMap((statement) => {
    const ends = endsIn([statement]);
    if (ends.some((end) => end <= time)) return [];
    const conditions = statement.conditions.filter((condition) => endIn(condition) === undefined);
    return [ends.length === 0 ? statement : { ...statement, conditions }];
  });
}

/** The first second in which a condition doesn't hold any more, where that is all that it asks for. */
export function endIn(condition: Condition): string | undefined {
  const test: Test = testOf(condition);
  return test.kind === "before" ? test.end : undefined;
}
