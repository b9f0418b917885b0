import type { AccessDrift } from "../../../../cli/commands/review/access-drift";
import { digestOf } from "../../../../cli/commands/review/approval-digest";
import type { EnvironmentChange } from "../../../../cli/commands/review/environment-change";
import type { LockChange } from "../../../../cli/commands/review/lock-change";
import type { Plan } from "../../../../cli/commands/review/plan";
import { plannableEnvironments, reviewOf } from "../../../../cli/commands/review/review";
import type { RulesChange } from "../../../../cli/commands/review/rules-change";
import type { Violation } from "../../../../cli/commands/review/violations";
import { VERDICTS, type Verdict } from "../../../../cli/terraform/verdict";

const NO_ACCESS_CHANGES = { roles: [], channels: [], registrations: [] };

/** An environment that changes, which is approved as its name. */
const change = (
  environment: string,
  verdict: Verdict,
  overrides: Partial<EnvironmentChange> = {},
): EnvironmentChange => ({
  ...{ environment, verdict, isNew: false, isRemoved: false, access: NO_ACCESS_CHANGES },
  ...{ state: [], unreadable: [], violations: [], approved: `access of ${environment}`, plannable: "always" },
  ...overrides,
});
const FORBIDDEN: Violation = {
  ...{ kind: "reads-elsewhere", unreadable: { reason: "reads-elsewhere", address: "a.b", source: "x" } },
};
const PLAN: Plan = { changes: [], outside: [], checks: [] };
const drifting = (verdict: Verdict) => {
  const accessDrift = { verdict, access: NO_ACCESS_CHANGES, foreignRoles: [], unknownPolicies: [], unreadable: [] };
  return { ...PLAN, drift: { ...accessDrift, approved: "drift" } satisfies AccessDrift };
};
const LOCK: LockChange = { kind: "changed", providers: [], approved: "lock" };
const rules = (isLoosened: boolean): RulesChange => ({ isLoosened, tiers: [], approved: ["rules"] });
const plansOf = (plans: Readonly<Record<string, Plan>>) => new Map(Object.entries(plans));

test("a review of nothing needs nothing", () => {
  expect(reviewOf([])).toEqual({
    ...{ schemaVersion: 6, digest: digestOf([]), approvalNeeded: false, refused: false, environments: [] },
  });
});

test("a review has what an environment changes, without what an approval covers", () => {
  const { approved: _, ...expected } = change("paid", "broadened");
  expect(reviewOf([change("paid", "broadened")])).toEqual({
    ...{ schemaVersion: 6, digest: digestOf([["paid", "access of paid"]]), approvalNeeded: true, refused: false },
    environments: [{ ...expected, plan: undefined }],
  });
});

test.each(VERDICTS.map((verdict) => [verdict] as const))("the verdict %s decides what is approved", (verdict) => {
  const review = reviewOf([change("paid", verdict)]);
  expect(review.environments.map((environment) => environment.verdict)).toEqual(
    verdict === "unchanged" ? [] : [verdict],
  );
  expect(review.approvalNeeded).toBe(["broadened", "unknown", "left-behind"].includes(verdict));
  const isSilent = verdict === "unchanged" || verdict === "cosmetic";
  expect(review.digest).toBe(digestOf(isSilent ? [] : [["paid", "access of paid"]]));
});

test("an environment in which nothing changes is listed with a plan, or with something forbidden", () => {
  const review = reviewOf(
    [change("a", "unchanged"), change("b", "unchanged"), change("c", "unchanged", { violations: [FORBIDDEN] })],
    plansOf({ b: PLAN }),
  );
  expect(review.environments.map(({ environment, plan }) => [environment, plan])).toEqual([
    ["b", PLAN],
    ["c", undefined],
  ]);
  expect(review).toMatchObject({ refused: true, approvalNeeded: false, digest: digestOf([]) });
  expect(reviewOf([change("b", "cosmetic")]).refused).toBe(false);
});

describe("drift", () => {
  test("drift is louder than the code, and approved with it", () => {
    const review = reviewOf([change("a", "unchanged"), change("b", "narrowed")], plansOf({ a: drifting("unknown") }));
    expect(review).toMatchObject({
      approvalNeeded: true,
      digest: digestOf([
        ["a", "access of a", "drift"],
        ["b", "access of b"],
      ]),
      environments: [{ verdict: "unknown" }, { verdict: "narrowed" }],
    });
    const { approved: _, ...expected } = drifting("unknown").drift;
    expect(review.environments[0]?.plan).toEqual({ ...PLAN, drift: expected });
  });

  test("drift doesn't make the verdict quieter", () => {
    expect(reviewOf([change("a", "left-behind")], plansOf({ a: drifting("broadened") })).environments).toMatchObject([
      { verdict: "left-behind" },
    ]);
  });

  test("a plan without drift has no part in the digest", () => {
    const changes = [change("a", "broadened")];
    expect(reviewOf(changes, plansOf({ a: PLAN })).digest).toBe(reviewOf(changes).digest);
  });
});

test("a lock file that changes needs an approval, and before that, only what may always be planned is", () => {
  const changes = (["always", "approved", "never"] as const).map((plannable) =>
    change(plannable, "narrowed", { plannable }),
  );
  const review = reviewOf(changes, new Map(), LOCK);
  expect(review).toMatchObject({ approvalNeeded: true, lock: { kind: "changed", providers: [] } });
  expect(review.lock).not.toHaveProperty("approved");
  expect(review.environments.map(({ plannable }) => plannable)).toEqual(["approved", "approved", "never"]);
  expect(reviewOf(changes).environments.map(({ plannable }) => plannable)).toEqual(["always", "approved", "never"]);
  expect(review.digest).toBe(
    digestOf([...changes.map(({ environment: name }) => [name, `access of ${name}`]), ["", "lock"]]),
  );
  expect(reviewOf([], new Map(), LOCK)).toMatchObject({ approvalNeeded: true, digest: digestOf([["", "lock"]]) });
});

test("rules need an approval if they are loosened", () => {
  const loose = reviewOf([], new Map(), LOCK, rules(true));
  const parts = [
    ["", "lock"],
    ["", "rules", ["rules"]],
  ];
  expect(loose).toMatchObject({
    approvalNeeded: true,
    rules: { isLoosened: true, tiers: [] },
    digest: digestOf(parts),
  });
  expect(loose.rules).not.toHaveProperty("approved");
  expect(reviewOf([], new Map(), undefined, rules(true))).toMatchObject({ approvalNeeded: true });
  expect(reviewOf([], new Map(), undefined, rules(false))).toMatchObject({
    ...{ approvalNeeded: false, rules: { isLoosened: false, tiers: [] }, digest: digestOf([]) },
  });
});

test("what Terraform may plan depends on the approval where one is needed", () => {
  const environments = (["always", "approved", "never"] as const).map((plannable) => {
    const { approved: _, ...expected } = change(plannable, "settings", { plannable });
    return expected;
  });
  const plannable = (approvalNeeded: boolean, isApproved: boolean) =>
    plannableEnvironments({ ...reviewOf([]), environments, approvalNeeded }, isApproved);
  expect(plannable(true, false)).toEqual(["always"]);
  expect(plannable(true, true)).toEqual(["always", "approved"]);
  expect(plannable(false, false)).toEqual(["always", "approved"]);
});
