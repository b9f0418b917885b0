import { type EnvironmentChange, environmentChanges } from "../../../../cli/commands/review/environment-change";
import {
  type RuleChange,
  type RulesChange,
  rulesChange as rulesChangeOf,
  withTiers,
} from "../../../../cli/commands/review/rules-change";
import type { Synthesized, Terraform } from "../../../../cli/terraform/synthesized-folder";
import { CAPABILITIES } from "../../../../modules/support-app/model/capability";
import type { RulesRecord } from "../../../../stacks/rules/rules-record";
import type { RuleSet, RulesFile } from "../../../../stacks/rules/rules-schema";
import { NOW } from "../../../support/now";

/** The Terraform of an environment in an account, as far as rules ask for it. Undefined: any account. */
const inAccount = (account: string | undefined, region = "us-east-1"): Terraform => ({
  provider: { aws: [{ region, ...(account === undefined ? {} : { allowed_account_ids: [account] }) }] },
});
const [ONE, TWO] = ["111111111111", "222222222222"];
const STACKS: ReadonlyMap<string, Terraform> = new Map([["one", inAccount(ONE)]]);

/** One side of a change. */
const side = (
  rules: RulesFile | undefined,
  tiers: Readonly<Record<string, string>> = {},
  stacks: ReadonlyMap<string, Terraform> = STACKS,
): Synthesized => ({ stacks, ...(rules && { rules: { rules, tiers } }) });

/** What changes between two sides. */
const rulesChange = (base: Synthesized, head: Synthesized) =>
  rulesChangeOf(base.rules, head.rules, environmentChanges(base.stacks, head.stacks, NOW));

const READING: RuleSet = { "access-levels": ["read-only"] };
const SHORT: RuleSet = { longest: { days: 9 } };
const READ_ONLY = { only: ["read-only"] };
const LOOSER: RuleChange = { rule: "access-levels", isLoosened: true, before: READ_ONLY, after: undefined };
const TIGHTER: RuleChange = { rule: "access-levels", isLoosened: false, before: undefined, after: READ_ONLY };
const LONGER: RuleChange = { rule: "longest", isLoosened: true, before: { most: 9 }, after: undefined };
const SHORTER: RuleChange = { rule: "longest", isLoosened: false, before: undefined, after: { most: 9 } };

/** What changes for every environment between rules for all of them. */
function changes(before: RuleSet | undefined, after: RuleSet | undefined): readonly RuleChange[] {
  const all = (rules: RuleSet | undefined) => side(rules && { all: rules });
  return rulesChange(all(before), all(after))?.tiers.flatMap((tier) => tier.changes) ?? [];
}

describe("no rules", () => {
  test("change nothing, nor does a file without a rule", () => {
    expect(rulesChange(side(undefined), side(undefined))).toBeUndefined();
    expect(rulesChange(side(undefined), side({}))).toBeUndefined();
    expect(rulesChange(side({ all: {} }), side(undefined))).toBeUndefined();
  });

  test("are looser than any: all that is lost needs an approval", () => {
    expect(rulesChange(side({ all: READING }), side(undefined))).toEqual<RulesChange>({
      isLoosened: true,
      tiers: [{ before: undefined, after: undefined, isNew: false, environments: ["one"], changes: [LOOSER] }],
      approved: [[null, null, [], [LOOSER]]],
    });
  });

  test("need none to become some", () => {
    expect(rulesChange(side(undefined), side({ all: READING }))).toEqual<RulesChange>({
      isLoosened: false,
      tiers: [{ before: undefined, after: undefined, isNew: false, environments: ["one"], changes: [TIGHTER] }],
      approved: [],
    });
  });

  test("are compared, too, where there is no environment", () => {
    const empty = new Map();
    expect(rulesChange(side({ all: READING }, {}, empty), side(undefined, {}, empty))).toMatchObject({
      isLoosened: true,
      tiers: [{ environments: [], changes: [LOOSER] }],
    });
    expect(rulesChange(side({ tiers: { a: READING } }, {}, empty), side(undefined, {}, empty))).toMatchObject({
      isLoosened: true,
      tiers: [{ before: "a", environments: [], changes: [LOOSER] }],
    });
    expect(rulesChange(side(undefined, {}, empty), side({ all: READING }, {}, empty))).toBeUndefined();
    expect(rulesChange(side({ tiers: { a: {} } }, {}, empty), side({}, {}, empty))).toBeUndefined();
  });
});

const without = (...left: readonly string[]) => CAPABILITIES.filter((one) => !left.includes(one));
const sorted = (all: readonly string[]) => [...all].sort();

test.each<[RuleSet, readonly Partial<RuleChange>[]]>([
  [READING, [{ rule: "access-levels", after: READ_ONLY }]],
  [{ "access-levels": ["full", "read-only"] }, []],
  [{ "access-levels": [] }, [{ rule: "access-levels", after: { only: [] } }]],
  [
    { capabilities: ["view-cases", "create-cases"] },
    [
      { rule: "capabilities", after: { only: ["create-cases", "view-cases"] } },
      { rule: "temporarily", after: { only: ["create-cases", "view-cases"] } },
    ],
  ],
  [{ capabilities: [...CAPABILITIES] }, []],
  [
    { capabilities: ["view-cases"], temporarily: ["live-chat"] },
    [
      { rule: "capabilities", after: { only: ["view-cases"] } },
      { rule: "temporarily", after: { only: ["live-chat", "view-cases"] } },
    ],
  ],
  [{ temporarily: ["live-chat"] }, [{ rule: "capabilities", after: { only: sorted(without("live-chat")) } }]],
  [{ temporarily: [] }, []],
  [SHORT, [{ rule: "longest", after: { most: 9 } }]],
  [{ "slack-workspaces": ["T02", "T01"] }, [{ rule: "slack-workspaces", after: { only: ["T01", "T02"] } }]],
  [{ policy: "customer-managed" }, [{ rule: "policy", after: { only: ["customer-managed"] } }]],
  [{ "permissions-boundary": "policy/b" }, [{ rule: "permissions-boundary", after: { required: ["policy/b"] } }]],
  [{ path: "/a/" }, [{ rule: "path", after: { required: ["/a/"] } }]],
  [
    { tags: { b: { values: ["y", "x"] }, a: {} } },
    [
      { rule: "tags", after: { required: ["a", "b"] } },
      { rule: "tags.b", after: { only: ["x", "y"] } },
    ],
  ],
  [{ tags: {} }, []],
  [
    { private: "required", guests: "refused", shared: "refused", members: { "at-most": 5 } },
    [
      { rule: "guests", after: { required: ["refused"] } },
      { rule: "members", after: { most: 5 } },
      { rule: "private", after: { required: ["required"] } },
      { rule: "shared", after: { required: ["refused"] } },
    ],
  ],
])("the limits that rules set: %j", (rules, limits) => {
  expect(changes({}, rules)).toEqual(limits.map((limit) => ({ before: undefined, isLoosened: false, ...limit })));
  expect(changes(rules, {})).toEqual(
    limits.map(({ rule, after }) => ({ rule, before: after, after: undefined, isLoosened: true })),
  );
});

test.each<[string, RuleSet, RuleSet]>([
  ["one workspace less", { "slack-workspaces": ["T01", "T02"] }, { "slack-workspaces": ["T01"] }],
  ["fewer days", { longest: { days: 9 } }, { longest: { days: 8 } }],
  ["one required tag more", { tags: { a: {} } }, { tags: { a: {}, b: {} } }],
])("the change of a rule to %s tightens it, and the other way around loosens it", (_, loose, strict) => {
  expect(changes(loose, strict)).toMatchObject([{ isLoosened: false }]);
  expect(changes(strict, loose)).toMatchObject([{ isLoosened: true }]);
  expect(changes(strict, strict)).toEqual([]);
});

test.each<[string, RuleSet, RuleSet]>([
  ["another workspace", { "slack-workspaces": ["T01"] }, { "slack-workspaces": ["T02"] }],
  ["another path", { path: "/a/" }, { path: "/b/" }],
  ["another boundary", { "permissions-boundary": "policy/a" }, { "permissions-boundary": "policy/b" }],
])("the change of a rule to %s loosens it, both ways", (_, one, other) => {
  expect(changes(one, other)).toMatchObject([{ isLoosened: true }]);
  expect(changes(other, one)).toMatchObject([{ isLoosened: true }]);
});

describe("the rules of all and of a tier apply both", () => {
  /** The limits of the only tier, compared with no rules. */
  const limits = (all: RuleSet, tier: RuleSet) =>
    rulesChange(side(undefined), side({ all, tiers: { a: tier } }, { one: "a" }))?.tiers[0]?.changes.map(
      ({ rule, after }) => [rule, after],
    );

  test.each<[RuleSet, RuleSet, readonly (readonly [string, unknown])[]]>([
    [
      { "slack-workspaces": ["T01", "T02"] },
      { "slack-workspaces": ["T02", "T03"] },
      [["slack-workspaces", { only: ["T02"] }]],
    ],
    [{ "slack-workspaces": ["T01"] }, {}, [["slack-workspaces", { only: ["T01"] }]]],
    [{}, { "slack-workspaces": ["T01"] }, [["slack-workspaces", { only: ["T01"] }]]],
    [SHORT, { longest: { days: 8 } }, [["longest", { most: 8 }]]],
    [SHORT, { longest: { days: 10 } }, [["longest", { most: 9 }]]],
    [{ path: "/b/" }, { path: "/a/" }, [["path", { required: ["/a/", "/b/"] }]]],
    [{ path: "/a/" }, { path: "/a/" }, [["path", { required: ["/a/"] }]]],
    [
      { tags: { a: { values: ["x", "y"] } } },
      { tags: { a: { values: ["y", "z"] }, b: {} } },
      [
        ["tags", { required: ["a", "b"] }],
        ["tags.a", { only: ["y"] }],
      ],
    ],
  ])("%j and %j", (all, tier, expected) => {
    expect(limits(all, tier)).toEqual(expected);
  });

  test("and a tag called like something that every object in JavaScript has is a tag", () => {
    const tags = JSON.parse('{"toString":{"values":["x"]}}');
    expect(limits({ tags }, { tags: { a: {} } })).toEqual([
      ["tags", { required: ["a", "toString"] }],
      ["tags.toString", { only: ["x"] }],
    ]);
  });

  test("so a rule that moves from one to the other changes nothing", () => {
    const ofAll = side({ all: READING, tiers: { a: {} } }, { one: "a" });
    const ofTier = side({ tiers: { a: READING } }, { one: "a" });
    expect(rulesChange(ofAll, ofTier)).toBeUndefined();
    expect(rulesChange(ofTier, ofAll)).toBeUndefined();
  });
});

describe("tiers", () => {
  const TIERS: RulesFile = { tiers: { strict: READING, free: {} } };

  test("of which an environment changes to a looser one need an approval for exactly those environments", () => {
    const stacks = new Map([
      ["two", inAccount(TWO)],
      ["one", inAccount(ONE)],
    ]);
    const of = (tier: string) => side(TIERS, { one: tier, two: tier }, stacks);
    expect(rulesChange(of("strict"), of("free"))).toEqual<RulesChange>({
      isLoosened: true,
      tiers: [{ before: "strict", after: "free", isNew: false, environments: ["one", "two"], changes: [LOOSER] }],
      approved: [["strict", "free", ["one", "two"], [LOOSER]]],
    });
    expect(rulesChange(of("free"), of("strict"))).toMatchObject({ isLoosened: false, approved: [] });
  });

  test("with the same rules are reported if an environment changes from one to the other", () => {
    const same: RulesFile = { tiers: { a: READING, b: READING } };
    expect(rulesChange(side(same, { one: "a" }), side(same, { one: "b" }))).toEqual<RulesChange>({
      isLoosened: false,
      tiers: [{ before: "a", after: "b", isNew: false, environments: ["one"], changes: [] }],
      approved: [],
    });
  });

  test("that stay are approved whichever environments are in them", () => {
    const loosened = rulesChange(
      side(TIERS, { one: "strict" }),
      side({ tiers: { strict: {}, free: {} } }, { one: "strict" }),
    );
    expect(loosened).toMatchObject({
      tiers: [{ before: "strict", after: "strict", isNew: false, environments: ["one"] }],
      approved: [["strict", "strict", [], [LOOSER]]],
    });
  });

  test("are approved with only what is loosened, in the same order wherever it stands", () => {
    const mixed = rulesChange(side({ all: { ...READING } }), side({ all: SHORT }));
    expect(mixed?.tiers[0]?.changes).toEqual([LOOSER, SHORTER]);
    expect(mixed?.approved).toEqual([[null, null, [], [LOOSER]]]);
    const [before, after]: RulesFile[] = [{ tiers: { b: SHORT, a: READING } }, { tiers: { b: {}, a: {} } }];
    const approved = [
      ["a", "a", [], [LOOSER]],
      ["b", "b", [], [LONGER]],
    ];
    expect(rulesChange(side(before), side(after))?.approved).toEqual(approved);
    const turned: RulesFile = { tiers: { a: {}, b: {} } };
    expect(rulesChange(side(before), side(turned))?.approved).toEqual(approved);
  });

  test("that no environment has any more are ignored", () => {
    const one = { one: "free" };
    expect(rulesChange(side(TIERS, one), side({ tiers: { free: {} } }, one))).toBeUndefined();
  });

  test("are compared with the rules of everybody once there are none", () => {
    expect(rulesChange(side(TIERS, { one: "free" }), side({ all: SHORT }))).toEqual<RulesChange>({
      isLoosened: true,
      tiers: [
        { before: "strict", after: undefined, isNew: false, environments: [], changes: [LOOSER, SHORTER] },
        { before: "free", after: undefined, isNew: false, environments: ["one"], changes: [SHORTER] },
      ],
      approved: [["strict", null, [], [LOOSER]]],
    });
  });

  test("are known by their own names alone, not by those that every object in JavaScript has", () => {
    const stacks = new Map([["toString", inAccount(ONE)]]);
    expect(rulesChange(side({ all: READING }, {}, stacks), side({ all: READING }, {}, stacks))).toBeUndefined();
    const added = rulesChange(side({ tiers: {} }), side({ tiers: { valueOf: {} } }, { one: "valueOf" }));
    expect(added?.tiers).toMatchObject([{ after: "valueOf", isNew: true }]);
  });

  describe("that are new are compared", () => {
    /** What a new tier with those rules is compared with, and how. */
    const compared = (before: RulesFile | undefined, rules: RuleSet) => {
      const after = { tiers: { ...before?.tiers, late: rules } };
      const tier = rulesChange(side(before), side(after))?.tiers.find((one) => one.after === "late");
      return [tier?.before, tier?.isNew, tier?.changes];
    };

    test("with the rules of everybody, where there were no tiers", () => {
      expect(compared({ all: READING }, READING)).toEqual([undefined, true, []]);
      expect(compared(undefined, READING)).toEqual([undefined, true, [TIGHTER]]);
      expect(compared({ all: READING }, {})).toEqual([undefined, true, [LOOSER]]);
    });

    test("with a tier of the same rules", () => {
      expect(compared(TIERS, READING)).toEqual(["strict", true, []]);
      expect(compared(TIERS, {})).toEqual(["free", true, []]);
      expect(compared({ tiers: { b: READING, a: READING } }, READING)).toEqual(["a", true, []]);
    });

    test("with the one that they loosen the least", () => {
      const both: RulesFile = { tiers: { a: { ...READING, ...SHORT }, b: READING, c: { ...READING, path: "/c/" } } };
      expect(compared(both, {})).toEqual(["b", true, [LOOSER]]);
      // Loosening less counts more than changing less.
      const path: RuleSet = { path: "/p/" };
      expect(compared({ tiers: { a: { ...path, ...SHORT, ...READING }, b: {} } }, { ...path, ...SHORT })[0]).toBe("b");
    });

    test("and then with the one that they change the least", () => {
      expect(compared({ tiers: { a: {}, b: READING } }, { ...READING, ...SHORT })).toEqual(["b", true, [SHORTER]]);
      expect(compared({ tiers: { a: READING, b: {} } }, { ...READING, ...SHORT })).toEqual(["a", true, [SHORTER]]);
    });
  });

  test("that are new are reported with the environments that move to them", () => {
    const after: RulesFile = { tiers: { ...TIERS.tiers, late: {} } };
    expect(rulesChange(side(TIERS, { one: "strict" }), side(after, { one: "late" }))?.tiers).toEqual([
      { before: "free", after: "late", isNew: true, environments: [], changes: [] },
      { before: "strict", after: "late", isNew: true, environments: ["one"], changes: [LOOSER] },
    ]);
  });
});

describe("environments are matched", () => {
  const TIERS: RulesFile = { tiers: { strict: READING, free: {} } };
  type Environments = Readonly<Record<string, readonly [tier: string, terraform: Terraform]>>;
  const of = (environments: Environments) => {
    const each = <T>(pick: (one: Environments[string]) => T) =>
      Object.entries(environments).map(([name, one]) => [name, pick(one)] as const);
    return side(TIERS, Object.fromEntries(each(([tier]) => tier)), new Map(each(([, terraform]) => terraform)));
  };
  const moved = (before: Environments, after: Environments) =>
    rulesChange(of(before), of(after))?.tiers.map(({ before, after, environments }) => [before, after, environments]);

  test("by their account, whatever they were called", () => {
    expect(moved({ a: ["strict", inAccount(ONE)] }, { b: ["free", inAccount(ONE)] })).toEqual([
      ["strict", "free", ["b"]],
    ]);
    // Two that swap their names keep their tiers.
    const swapped: Environments = { a: ["free", inAccount(TWO)], b: ["strict", inAccount(ONE)] };
    expect(moved({ a: ["strict", inAccount(ONE)], b: ["free", inAccount(TWO)] }, swapped)).toBeUndefined();
  });

  test("by their name, if the account is new or any", () => {
    expect(moved({ a: ["strict", inAccount(ONE)] }, { a: ["free", inAccount(TWO)] })).toEqual([
      ["strict", "free", ["a"]],
    ]);
    expect(moved({ a: ["strict", inAccount(undefined)] }, { a: ["free", inAccount(undefined, "a")] })).toEqual([
      ["strict", "free", ["a"]],
    ]);
  });

  test("not at all, if both are new, or one isn't there any more", () => {
    expect(moved({ a: ["strict", inAccount(ONE)] }, { b: ["free", inAccount(TWO)] })).toBeUndefined();
    expect(moved({ a: ["strict", inAccount(undefined)] }, { b: ["free", inAccount(undefined)] })).toBeUndefined();
    expect(moved({ a: ["strict", inAccount(ONE)] }, {})).toBeUndefined();
  });

  test("by their name, if their Terraform is the same", () => {
    const same = inAccount(ONE);
    expect(moved({ a: ["strict", same] }, { a: ["free", same] })).toEqual([["strict", "free", ["a"]]]);
    expect(
      moved({ a: ["strict", same], b: ["free", same] }, { a: ["strict", same], b: ["free", same] }),
    ).toBeUndefined();
    // Another one in the same account doesn't matter.
    const beside: Environments = { a: ["strict", same], b: ["free", inAccount(ONE, "eu-west-1")] };
    expect(moved(beside, { a: ["strict", same] })).toBeUndefined();
  });
});

describe("a new environment", () => {
  const change = (environment: string, isNew: boolean) =>
    ({ environment, isNew, approved: "access" }) as EnvironmentChange;

  test("has no tier without rules", () => {
    expect(withTiers([change("a", true)], undefined)).toEqual([change("a", true)]);
  });

  test("is approved with its tier, and with the rules that apply to it", () => {
    const all: RuleSet = { ...SHORT, capabilities: ["view-cases"] };
    const record: RulesRecord = {
      rules: { all, tiers: { strict: READING, free: {} } },
      tiers: { a: "strict", b: "free" },
    };
    expect(withTiers([change("a", true), change("b", false)], record)).toEqual([
      {
        ...change("a", true),
        tier: "strict",
        approved: [
          "access",
          "strict",
          [
            ["access-levels", READ_ONLY],
            ["capabilities", { only: ["view-cases"] }],
            ["longest", { most: 9 }],
            ["temporarily", { only: ["view-cases"] }],
          ],
        ],
      },
      change("b", false),
    ]);
  });

  test("is approved with the rules of all, where there are no tiers", () => {
    expect(withTiers([change("a", true)], { rules: { all: READING }, tiers: {} })).toEqual([
      { ...change("a", true), tier: undefined, approved: ["access", null, [["access-levels", READ_ONLY]]] },
    ]);
  });
});
