import fc from "fast-check";
import { compare, type Right } from "../../../cli/iam/compare";
import { readPolicy } from "../../../cli/iam/policy";
import { propertyRuns } from "../../support/thorough";
import { anyChange, type Change, narrowingChange, requestsNear } from "./changes";
import { type Answer, type Oracle, startOracle } from "./oracle";
import { allows, type JsonStatement, type Request } from "./request";

const RUNS = { numRuns: propertyRuns(500), seed: 2 };

/** Most of it is z3's, on a busy machine. */
const TIMEOUT_MS = 1_000 * RUNS.numRuns;

const WAYS = ["gained", "lost"] as const;

/** Whether anything is gained, or lost. */
type Verdict = "something" | "nothing" | "undecided";

let oracle: Oracle;
beforeAll(async () => {
  oracle = await startOracle();
});
afterAll(() => oracle.close());

function statements(json: readonly JsonStatement[]) {
  const { statements, unreadable } = readPolicy(JSON.stringify({ Version: "2012-10-17", Statement: json }));
  expect(unreadable).toEqual([]);
  return statements;
}

/** A line for each policy, so that a failed expectation shows both. */
function printed({ base, head }: Change): object {
  return { base: JSON.stringify(base), head: JSON.stringify(head) };
}

/** An example is a proof: one policy allows the request and the other one doesn't. */
function expectExample(change: Change, way: (typeof WAYS)[number], request: Request): void {
  const isAllowed = { base: allows(change.base, request), head: allows(change.head, request) };
  const expected = { base: way === "lost", head: way === "gained" };
  expect({ ...printed(change), request, isAllowed }).toEqual({ ...printed(change), request, isAllowed: expected });
}

/** What compare says of a change. */
function compared(change: Change): Record<(typeof WAYS)[number], Verdict> {
  const { undecided, ...rights } = compare(statements(change.base), statements(change.head));
  const verdict = (way: (typeof WAYS)[number]): Verdict => {
    const certain = rights[way].filter(({ depends }) => depends.length === 0);
    for (const { example } of certain) expectExample(change, way, requestOf(example));
    if (certain.length > 0) return "something";
    return rights[way].length + undecided.length > 0 ? "undecided" : "nothing";
  };
  return { gained: verdict("gained"), lost: verdict("lost") };
}

function requestOf({ action, resource, keys }: Right["example"]): Request {
  const present = Object.entries(keys).flatMap(([key, values]) => (values ? [[key, values] as const] : []));
  return { action, resource, keys: Object.fromEntries(present) };
}

/** What z3 says of a change. */
async function asked(change: Change): Promise<Record<(typeof WAYS)[number], Verdict>> {
  const answers = await oracle.compare(change.base, change.head);
  const verdict = (way: (typeof WAYS)[number], answer: Answer): Verdict => {
    if (answer) expectExample(change, way, answer);
    return answer === undefined ? "undecided" : answer ? "something" : "nothing";
  };
  return { gained: verdict("gained", answers.gained), lost: verdict("lost", answers.lost) };
}

function part<T>(all: readonly T[], is: (one: T) => boolean): number {
  return all.filter(is).length / all.length;
}

test(
  "for any change of a policy, compare says what z3 says, and at most 1% is undecided",
  async () => {
    const all: { ours: Verdict; oracles: Verdict }[] = [];
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const change = anyChange(gen);
        const [ours, oracles] = [compared(change), await asked(change)];
        for (const way of WAYS) {
          all.push({ ours: ours[way], oracles: oracles[way] });
          if (ours[way] === "undecided" || oracles[way] === "undecided") continue;
          expect({ ...printed(change), [way]: ours[way] }).toEqual({ ...printed(change), [way]: oracles[way] });
        }
      }),
      RUNS,
    );
    expect(part(all, ({ ours }) => ours === "undecided")).toBeLessThanOrEqual(0.01);
    expect(part(all, ({ oracles }) => oracles === "undecided")).toBeLessThanOrEqual(0.01);
    // Both answers are common, or the property would show little.
    expect(part(all, ({ oracles }) => oracles === "nothing")).toBeGreaterThan(0.25);
    expect(part(all, ({ oracles }) => oracles === "something")).toBeGreaterThan(0.25);
  },
  TIMEOUT_MS,
);

test("at most 5% of changes that broaden nothing are reported as broadened or undecided", () => {
  const all: Verdict[] = [];
  fc.assert(
    fc.property(fc.gen(), (gen) => {
      all.push(compared(narrowingChange(gen)).gained);
    }),
    RUNS,
  );
  expect(part(all, (verdict) => verdict !== "nothing")).toBeLessThanOrEqual(0.05);
});

test(
  "z3 misses no request that is found by brute force",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const change = anyChange(gen);
        const answers = await oracle.compare(change.base, change.head);
        for (const request of fc.sample(requestsNear(change), { numRuns: 1_000, seed: RUNS.seed })) {
          const [before, after] = [allows(change.base, request), allows(change.head, request)];
          if (!before && after)
            expect({ ...printed(change), request, ...answers }).not.toMatchObject({ gained: false });
          if (before && !after) expect({ ...printed(change), request, ...answers }).not.toMatchObject({ lost: false });
        }
      }),
      { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 10) },
    );
  },
  TIMEOUT_MS,
);
