import fc from "fast-check";
import { compare } from "../../../cli/iam/compare";
import type { Condition, Policy } from "../../../cli/iam/policy";
import { propertyRuns } from "../../support/thorough";

/** Who asks, by the keys that conditions ask for. Undefined: the request has no such key. */
type Request = Readonly<Record<string, string | undefined>>;

/** Every case in which something is allowed: action, one resource by name or another one, and who asks. */
function expanded({ statements }: Policy, requests: readonly Request[]): Set<string> {
  const holds = (request: Request) => (condition: Condition) => {
    const value = request[condition.key];
    const among = value !== undefined && condition.values.includes(value);
    if (condition.operator === "StringNotEquals") return value === undefined || !among;
    return value === undefined ? condition.operator === "StringEqualsIfExists" : among;
  };
  const allowed = new Set<string>();
  for (const action of ["a:a", "a:b", "a:c"]) {
    for (const resource of ["another", "r1", "r2"]) {
      for (const request of requests) {
        const effects = statements
          .filter((one) => one.actions.patterns.includes(action) && one.conditions.every(holds(request)))
          .filter((one) => one.resources?.patterns.some((pattern) => pattern === "*" || pattern === resource))
          .map(({ effect }) => effect);
        if (effects.includes("Allow") && !effects.includes("Deny")) {
          allowed.add(`${action} ${resource} ${JSON.stringify(request)}`);
        }
      }
    }
  }
  return allowed;
}

function policiesWhen(conditions: fc.Arbitrary<Condition>): fc.Arbitrary<Policy> {
  const targets = (all: string[]) => fc.subarray(all, { minLength: 1 }).map((patterns) => ({ not: false, patterns }));
  const statement = fc.record({
    effect: fc.constantFrom("Allow" as const, "Deny" as const),
    actions: targets(["a:a", "a:b", "a:c"]),
    resources: targets(["*", "r1", "r2"]),
    conditions: fc.uniqueArray(conditions, { maxLength: 2, selector: ({ operator, key }) => `${operator} ${key}` }),
  });
  return fc.array(statement, { maxLength: 4 }).map((statements) => ({ statements, unreadable: [] }));
}

const RUNS = { numRuns: propertyRuns(500) };

test("for any two policies, it agrees with trying every case one by one", () => {
  const values = ["x", "y", "z", undefined];
  const requests = values.flatMap((k1) => values.map((k2) => ({ k1, k2 })));
  const conditions = fc.record({
    operator: fc.constantFrom("StringEquals", "StringNotEquals", "StringEqualsIfExists"),
    key: fc.constantFrom("k1", "k2"),
    values: fc.subarray(["x", "y"], { minLength: 1 }),
  });
  fc.assert(
    fc.property(policiesWhen(conditions), policiesWhen(conditions), (base, head) => {
      const { gained, lost, undecided } = compare(base.statements, head.statements);
      const [before, after] = [expanded(base, requests), expanded(head, requests)];
      expect(gained.length > 0).toBe([...after].some((one) => !before.has(one)));
      expect(lost.length > 0).toBe([...before].some((one) => !after.has(one)));
      expect(undecided).toEqual([]);
      for (const { example, depends } of gained) {
        expect(depends).toEqual([]);
        const keys = { k1: example.keys.k1?.[0], k2: example.keys.k2?.[0] };
        const isAllowed = ({ statements }: Policy) =>
          expanded({ statements, unreadable: [] }, [{ k1: known(keys.k1), k2: known(keys.k2) }]).has(
            `${example.action} ${["r1", "r2"].includes(example.resource) ? example.resource : "another"} ${JSON.stringify({ k1: known(keys.k1), k2: known(keys.k2) })}`,
          );
        expect([isAllowed(base), isAllowed(head)]).toEqual([false, true]); // the example is a proof
      }
    }),
    RUNS,
  );
});

/** A value that no policy names is like any other such. */
function known(value: string | undefined): string | undefined {
  return value === undefined || ["x", "y"].includes(value) ? value : "z";
}
