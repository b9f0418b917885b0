import { canonical } from "../terminal/json";
import type { Statement } from "./policy";

/** Statements in normal form: one for each action, resource and principal. */
export function normalizeStatements(statements: readonly Statement[]): string[] {
  return [...new Set(statements.flatMap((statement) => known.get(statement) ?? partsOf(statement)))].sort();
}

/** Cache: many environments share statements. */
const known = new WeakMap<Statement, string[]>();

/** Maximum number of parts of a statement. One with more stays whole: IAM's size limits don't allow it. */
const MAX_PARTS = 20_000;

function partsOf(statement: Statement): string[] {
  const { actions, resources, principals, ...rest } = statement;
  const count = actions.patterns.length * (resources?.patterns.length ?? 1) * (principals?.all.length ?? 1);
  const isWhole = count > MAX_PARTS;
  const parts = split(actions, "patterns", isWhole).flatMap((actions) =>
    (resources ? split(resources, "patterns", isWhole) : [undefined]).flatMap((resources) =>
      (principals ? split(principals, "all", isWhole) : [undefined]).map((principals) =>
        canonical({ ...rest, actions, resources, principals }),
      ),
    ),
  );
  known.set(statement, parts);
  return parts;
}

/** Splits a list of alternatives. A negated list can't be split. */
function split<Key extends string, T>(
  all: { readonly not: boolean } & Readonly<Record<Key, readonly T[]>>,
  key: Key,
  isWhole: boolean,
) {
  const sorted = all[key].map(canonical).sort();
  return all.not || isWhole ? [{ not: all.not, all: sorted }] : sorted.map((one) => ({ not: false, all: [one] }));
}
