import { canonical } from "../json";
import type { Statement } from "./policy";

/** Statements in normal form: one for each action, resource and principal. */
export function normalizeStatements(statements: readonly Statement[]): string[] {
  return [...new Set(statements.flatMap(partsOf))].sort();
}

/** The parts of a statement, which many environments share. */
function partsOf(statement: Statement): string[] {
  const found = parts.get(statement) ?? workOutParts(statement);
  parts.set(statement, found);
  return found;
}

const parts = new WeakMap<Statement, string[]>();

function workOutParts({ actions, resources, principals, ...rest }: Statement): string[] {
  return split(actions, "patterns").flatMap((actions) =>
    (resources ? split(resources, "patterns") : [undefined]).flatMap((resources) =>
      (principals ? split(principals, "all") : [undefined]).map((principals) =>
        canonical({ ...rest, actions, resources, principals }),
      ),
    ),
  );
}

/** Splits a list of alternatives. A negated list can't be split. */
function split<Key extends string, T>(all: { readonly not: boolean } & Readonly<Record<Key, readonly T[]>>, key: Key) {
  const sorted = all[key].map(canonical).sort();
  return all.not ? [{ not: true, all: sorted }] : sorted.map((one) => ({ not: false, all: [one] }));
}
