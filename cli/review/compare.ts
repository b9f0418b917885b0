import { type Condition, canonical, type Statement } from "./policy";

/** Something that somebody may do. */
export interface Right {
  /** Empty: whoever has the policy. */
  readonly principal: string;
  readonly action: string;
  /** `*`: whatever is not named elsewhere. */
  readonly resource: string;
  /** Under which condition, in words. Empty: always. */
  readonly condition: string;
}

/** What a change of a policy gives and takes. */
export interface Difference {
  readonly gained: readonly Right[];
  readonly lost: readonly Right[];
  /** What is too much to be gone through. */
  readonly unknown: readonly string[];
}

/** Most facts that the conditions of one right ask for and whose combinations are gone through: 2 to that power. */
const MAX_FACTS = 12;

/** Everything else than what is named. */
const ANY = "*";

/**
 * What statements allow that others did not, and the other way round. It goes through every principal, action and resource
 * that either names, and through every combination of what the conditions ask for being so or not, so that only what really
 * comes to the same is no difference. What they ask for is taken to be independent of each other.
 */
export function compare(base: readonly Statement[], head: readonly Statement[]): Difference {
  const named = (of: (statement: Statement) => readonly string[]) => [...new Set([...base, ...head].flatMap(of))];
  const principals = named(({ principals }) => (principals.length === 0 ? [""] : principals));
  const resources = named(({ resources }) => (resources.length === 0 ? [ANY] : resources));
  const unknown: string[] = [];
  const gained: Right[] = [];
  const lost: Right[] = [];
  for (const principal of principals) {
    for (const action of named(({ actions }) => actions)) {
      for (const resource of new Set([ANY, ...resources])) {
        const before = applying(base, principal, action, resource);
        const after = applying(head, principal, action, resource);
        if (canonical(before) === canonical(after)) continue;
        const conditions = [...before, ...after].flatMap(({ conditions }) => conditions);
        const facts = [...new Set(conditions.flatMap((condition) => askedBy(condition).facts))];
        if (facts.length > MAX_FACTS) {
          unknown.push(`conditions on more than ${MAX_FACTS} values: ${action}`);
          continue;
        }
        const cases = combinations(facts);
        const right = (of: readonly Statement[]) => ({ principal, action, resource, condition: whenAllowed(of) });
        if (cases.some((met) => allows(after, met) && !allows(before, met))) gained.push(right(after));
        if (cases.some((met) => allows(before, met) && !allows(after, met))) lost.push(right(before));
      }
    }
  }
  return { gained: withoutRepeated(gained), lost: withoutRepeated(lost), unknown };
}

function applying(statements: readonly Statement[], principal: string, action: string, resource: string): Statement[] {
  return statements.filter(
    (statement) =>
      statement.actions.includes(action) &&
      (statement.principals.length === 0 || statement.principals.includes(principal)) &&
      (statement.resources.length === 0 || statement.resources.includes(resource) || statement.resources.includes(ANY)),
  );
}

/** Operators that hold when one of the values does, each with what it is called when it holds when none does. */
const OPERATORS = new Map([
  ...[
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "NumericEquals",
    "DateEquals",
    "ArnEquals",
    "ArnLike",
  ].map((test) => [test, test.replace(/(?=Equals|Like)/, "Not")] as const),
  ["IpAddress", "NotIpAddress"],
]);

/** What a condition asks for: that one of the facts is so, or that none is. */
function askedBy({ test, key, values }: Condition): { readonly facts: readonly string[]; readonly negated: boolean } {
  for (const [operator, negation] of OPERATORS) {
    const facts = values.map((value) => `${operator} ${key} ${value}`);
    if (facts.length === 0) continue;
    if (test === operator) return { facts, negated: false };
    if (test === `${operator}IfExists`) return { facts: [...facts, `no ${key}`], negated: false };
    if (test === negation) return { facts, negated: true };
  }
  return { facts: [words({ test, key, values })], negated: false }; // another operator: as it stands, or not
}

function allows(statements: readonly Statement[], met: ReadonlySet<string>): boolean {
  const holds = (condition: Condition) => {
    const { facts, negated } = askedBy(condition);
    return facts.some((fact) => met.has(fact)) !== negated;
  };
  const applies = statements.filter(({ conditions }) => conditions.every(holds));
  return applies.some(({ effect }) => effect === "Allow") && applies.every(({ effect }) => effect === "Allow");
}

/** Every subset. */
function combinations(all: readonly string[]): ReadonlySet<string>[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => new Set(all.filter((_, index) => bits & (2 ** index))));
}

function whenAllowed(statements: readonly Statement[]): string {
  const when = (wanted: Statement["effect"]) =>
    statements.filter(({ effect }) => effect === wanted).map(({ conditions }) => conditions.map(words).join(" and "));
  const [allowing, denying] = [when("Allow"), when("Deny")];
  const allowed = allowing.includes("") ? [] : [[...new Set(allowing)].sort().join(", or ")];
  return [...allowed, ...[...new Set(denying)].sort().map((condition) => `unless ${condition}`)].join(", ");
}

function words({ test, key, values }: Condition): string {
  return `${test} ${key} = ${values.join(" or ")}`;
}

/** What goes for any resource needn't be said of each. */
function withoutRepeated(rights: readonly Right[]): Right[] {
  return rights.filter(
    (right) =>
      right.resource === ANY ||
      !rights.some(
        (other) =>
          other.resource === ANY &&
          other.principal === right.principal &&
          other.action === right.action &&
          other.condition === right.condition,
      ),
  );
}
