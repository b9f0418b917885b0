import { canonical, type Policy, type Statement } from "./policy";

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
  /** What changed and can't be read. */
  readonly unknown: readonly string[];
}

/** Most conditions of one right whose combinations are gone through: 2 to that power. */
const MAX_CONDITIONS = 10;

/** Everything else than what is named. */
const ANY = "*";

/**
 * What a policy allows that another did not, and the other way round. It goes through every principal, action and resource
 * that either names, and through every combination of conditions being met or not, so that only what really comes to
 * the same is no difference. Conditions are taken to be independent of each other.
 */
export function compare(base: Policy, head: Policy): Difference {
  const statements = [...base.statements, ...head.statements];
  const named = (of: (statement: Statement) => readonly string[]) => [...new Set(statements.flatMap(of))];
  const principals = named(({ principals }) => (principals.length === 0 ? [""] : principals));
  const resources = named(({ resources }) => (resources.length === 0 ? [ANY] : resources));
  const unknown = changedTexts(base.unreadable, head.unreadable);
  if (base.unreadable.length + head.unreadable.length > 0) {
    // What can't be read may allow what a Deny keeps back.
    const denies = ({ statements }: Policy) => statements.filter(({ effect }) => effect === "Deny").map(canonical);
    unknown.push(
      ...changedTexts(denies(base), denies(head)).map((text) => `a Deny beside what can't be read: ${text}`),
    );
  }
  const gained: Right[] = [];
  const lost: Right[] = [];
  for (const principal of withAny(principals, "AWS *")) {
    for (const action of named(({ actions }) => actions)) {
      for (const resource of withAny(resources, ANY)) {
        const before = applying(base, principal, action, resource);
        const after = applying(head, principal, action, resource);
        const conditions = [...new Set([...before, ...after].map(({ condition }) => condition))].filter(Boolean);
        if (conditions.length > MAX_CONDITIONS) {
          unknown.push(`more than ${MAX_CONDITIONS} conditions: ${action}`);
          continue;
        }
        const cases = combinations(conditions);
        const right = (of: readonly Statement[]) => ({ principal, action, resource, condition: whenAllowed(of) });
        if (cases.some((met) => allows(after, met) && !allows(before, met))) gained.push(right(after));
        if (cases.some((met) => allows(before, met) && !allows(after, met))) lost.push(right(before));
      }
    }
  }
  return { gained: withoutRepeated(gained), lost: withoutRepeated(lost), unknown };
}

/** The texts that only one of two has. */
export function changedTexts(base: readonly string[], head: readonly string[]): string[] {
  const [before, after] = [new Set(base), new Set(head)];
  return [...head.filter((text) => !before.has(text)), ...base.filter((text) => !after.has(text))];
}

function withAny(all: readonly string[], any: string): string[] {
  return all.includes(any) || all.every((one) => one === "") ? [...all] : [any, ...all];
}

function applying({ statements }: Policy, principal: string, action: string, resource: string): Statement[] {
  return statements.filter(
    (statement) =>
      statement.actions.includes(action) &&
      (statement.principals.length === 0 || covers(statement.principals, principal, "AWS *")) &&
      (statement.resources.length === 0 || covers(statement.resources, resource, ANY)),
  );
}

function covers(all: readonly string[], one: string, any: string): boolean {
  return all.includes(one) || all.includes(any);
}

function allows(statements: readonly Statement[], met: ReadonlySet<string>): boolean {
  const holds = ({ condition }: Statement) => condition === "" || met.has(condition);
  const applies = statements.filter(holds);
  return applies.some(({ effect }) => effect === "Allow") && applies.every(({ effect }) => effect === "Allow");
}

/** Every subset. */
function combinations(all: readonly string[]): ReadonlySet<string>[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => new Set(all.filter((_, index) => bits & (2 ** index))));
}

function whenAllowed(statements: readonly Statement[]): string {
  const allowing = statements.filter(({ effect }) => effect === "Allow").map(({ condition }) => condition);
  const denying = statements.filter(({ effect }) => effect === "Deny").map(({ condition }) => condition);
  const when = allowing.includes("") ? [] : [[...new Set(allowing)].sort().join(", or ")];
  return [...when, ...[...new Set(denying)].sort().map((condition) => `unless ${condition}`)].join(", ");
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
