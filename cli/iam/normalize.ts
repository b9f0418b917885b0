import { canonical } from "../../common/canonical";
import { memoize } from "../../common/json";
import type { Statement } from "./policy";

/** Statements in normal form: one for each action, resource and principal. */
export function normalizeStatements(statements: readonly Statement[]): string[] {
  return [...new Set(statements.flatMap((statement) => partsOf(statement)))].sort();
}

/** Maximum number of parts of a statement. One with more stays whole: IAM's size limits don't allow it. */
const MAX_PARTS = 20_000;

/** Many environments have the same statements. */
const partsOf = memoize((statement: Statement): string[] => {
  const { actions, resources, principals, ...rest } = statement;
  const count = actions.patterns.length * (resources?.patterns.length ?? 1) * (principals?.all.length ?? 1);
  const split = (not: boolean, values: readonly unknown[]) => {
    const sortedValues = values.map(canonical).sort();
    const isWhole = not || count > MAX_PARTS; // a negated list can't be split
    return (isWhole ? [sortedValues] : sortedValues.map((value) => [value])).map((group) => ({
      not,
      all: group,
    }));
  };
  return split(actions.not, actions.patterns).flatMap((actions) =>
    (resources ? split(resources.not, resources.patterns) : [undefined]).flatMap((resources) =>
      (principals ? split(principals.not, principals.all) : [undefined]).map((principals) =>
        canonical({ ...rest, actions, resources, principals }),
      ),
    ),
  );
});
