import { type EnvironmentChange, environmentChanges } from "../../../../cli/commands/review/environment-change";
import { rulesChange as changeOf, type RulesChange, withTiers } from "../../../../cli/commands/review/rules-change";
import type { SynthesizedFolder, SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { type RuleSet, type RulesFile, rulesSchema } from "../../../../stacks/rules/rules-schema";
import { stacksOf } from "../../../support/edited-stack";
import { EVERY_RULE } from "../../../support/every-rule";
import { NOW } from "../../../support/now";

/** The stack of an environment in an account. */
const inAccount = (account: string, region = "us-east-1") =>
  stacksOf(`environments: { one: { account: "${account}", region: ${region}, full: {} } }`).get(
    "one",
  ) as SynthesizedStack;
const [ONE, TWO] = ["111111111111", "222222222222"];
const STACKS: ReadonlyMap<string, SynthesizedStack> = new Map([["one", inAccount(ONE)]]);

/** One side of a change. */
const side = (
  rules: RulesFile | undefined,
  tiers: Readonly<Record<string, string>> = {},
  stacks: ReadonlyMap<string, SynthesizedStack> = STACKS,
): SynthesizedFolder => ({ stacks, ...(rules && { rules: { rules, tiers } }) });

const rulesChange = (base: SynthesizedFolder, head: SynthesizedFolder) =>
  changeOf(base.rules, head.rules, environmentChanges(base.stacks, head.stacks, NOW));

/** What changes, in lines such as `a → b (one): +max-days-until-end ≤9 → any`; + is loosened, ! is required. */
function lines(base: SynthesizedFolder, head: SynthesizedFolder): string[] {
  const signs: Readonly<Record<string, string>> = { most: "≤", required: "!" };
  const limit = (limits: object = { any: "any" }) =>
    Object.entries(limits).map(([kind, value]) => `${signs[kind] ?? ""}${value}`);
  return (rulesChange(base, head)?.tiers ?? []).map(({ before, after, isNew, environments, changes }) => {
    const rules = changes.map(
      (ruleChange) =>
        `${ruleChange.isLoosened ? "+" : "-"}${ruleChange.rule} ${limit(ruleChange.before)} → ${limit(ruleChange.after)}`,
    );
    return `${before} → ${isNew ? "new " : ""}${after} (${environments}): ${rules.join("; ")}`;
  });
}

const READING: RuleSet = { "access-levels": ["read-only"] };
const SHORT: RuleSet = { "max-days-until-end": 9 };
const LOOSER = "+access-levels read-only → any";
const SHORTER = "-max-days-until-end any → ≤9";
const ALL = "undefined → undefined (one): ";

/** What changes between rules for all environments. */
const changes = (before: RuleSet | undefined, after: RuleSet | undefined) =>
  lines(side(before && { all: before }), side(after && { all: after })).map((line) => line.replace(ALL, ""));

test("what loosens rules is approved, and no rules are looser than any", () => {
  const removed = rulesChange(side({ all: READING }), side(undefined));
  const change = { rule: "access-levels", isLoosened: true, before: { only: ["read-only"] }, after: undefined };
  expect(removed).toEqual<RulesChange>({
    isLoosened: true,
    tiers: [{ before: undefined, after: undefined, isNew: false, environments: ["one"], changes: [change] }],
    approved: [[undefined, undefined, [], [change]]],
  });
  expect(rulesChange(side(undefined), side({ all: READING }))).toMatchObject({ isLoosened: false, approved: [] });
  expect(rulesChange(side(undefined), side({}))).toBeUndefined();
  expect(rulesChange(side({ all: {} }), side(undefined))).toBeUndefined();
});

test("rules are compared, too, where there is no environment", () => {
  const empty = new Map();
  const folderWith = (rules: RulesFile | undefined) => side(rules, {}, empty);
  expect(lines(folderWith({ all: READING }), folderWith(undefined))).toEqual([`undefined → undefined (): ${LOOSER}`]);
  expect(lines(folderWith({ tiers: { a: READING } }), folderWith(undefined))).toEqual([`a → undefined (): ${LOOSER}`]);
  expect(lines(folderWith(undefined), folderWith({ all: READING }))).toEqual([
    "undefined → undefined (): -access-levels any → read-only",
  ]);
  expect(lines(folderWith({ tiers: { a: {} } }), folderWith({}))).toEqual([]);
});

test.each<[RuleSet, string]>([
  [{ "access-levels": ["full", "read-only"] }, ""],
  [{ "access-levels": [] }, "access-levels="],
  [{ capabilities: ["view-cases", "live-chat"] }, "capabilities=live-chat,view-cases temporarily=live-chat,view-cases"],
  [{ capabilities: [...CAPABILITIES] }, ""],
  [
    { capabilities: ["view-cases"], temporarily: ["live-chat"] },
    "capabilities=view-cases temporarily=live-chat,view-cases",
  ],
  [
    { temporarily: ["live-chat"] },
    `capabilities=${CAPABILITIES.filter((capability) => capability !== "live-chat").sort()}`,
  ],
  [SHORT, "max-days-until-end=≤9"],
  [{ "slack-workspaces": ["T02", "T01"] }, "slack-workspaces=T01,T02"],
  [{ policy: "customer-managed" }, "policy=customer-managed"],
  [{ "permissions-boundary": "policy/b" }, "permissions-boundary=!policy/b"],
  [{ regions: ["us-east-2", "us-east-1"] }, "regions=us-east-1,us-east-2"],
  [{ backend: { s3: {} } }, "backend=s3 backend.cloud.organizations= backend.http.addresses="],
  [
    { backend: { s3: { buckets: ["b", "a"] }, cloud: { organizations: ["o"] } } },
    "backend=cloud,s3 backend.cloud.organizations=o backend.http.addresses= backend.s3.buckets=a,b",
  ],
  [{ "deploy-role": true }, "deploy-role=!true"],
  [{ "deploy-role-path": "/a/" }, "deploy-role=!true deploy-role-path=!/a/"],
  [{ "plan-role": true }, "plan-role=!true"],
  [{ "plan-role-path": "/a/" }, "plan-role=!true plan-role-path=!/a/"],
  [{ "max-session-duration": 7200 }, "max-session-duration=≤7200"],
  [{ "service-quotas-role": ["existing"] }, "service-quotas-role=existing"],
  [{ "source-account-condition": true }, "source-account-condition=!true"],
  [{ tags: { b: { values: ["y", "x"] }, a: {} } }, "tags=!a,b tags.b=x,y"],
  [{ private: true, guests: false }, "guests=!false private=!true"],
  [{ shared: false, "max-members": 5 }, "max-members=≤5 shared=!false"],
])("the limits that rules set: %j are %s", (rules, limits) => {
  const limitEntries = limits
    .split(" ")
    .filter(Boolean)
    .map((limit) => limit.split("="));
  const words = (form: (rule: string | undefined, limit: string | undefined) => string) =>
    limitEntries.length === 0 ? [] : [limitEntries.map(([rule, limit]) => form(rule, limit)).join("; ")];
  expect(changes({}, rules)).toEqual(words((rule, limit) => `-${rule} any → ${limit}`));
  expect(changes(rules, {})).toEqual(words((rule, limit) => `+${rule} ${limit} → any`));
});

test("every rule is loosened where it is removed", () => {
  expect(rulesSchema.parse(EVERY_RULE)).toEqual(EVERY_RULE);
  const { all: allRules } = EVERY_RULE as RulesFile;
  for (const [rule, value] of Object.entries(allRules ?? {}))
    expect([rule, rulesChange(side({ all: { [rule]: value } }), side({}))?.isLoosened]).toEqual([rule, true]);
});

const STATE = { buckets: ["a"] };
test.each<[string, RuleSet, RuleSet, string, string]>([
  ["one region less", { regions: ["us-east-1", "us-east-2"] }, { regions: ["us-east-1"] }, "-", "+"],
  ["one type of backend less", { backend: { s3: STATE, cloud: {} } }, { backend: { s3: STATE } }, "-", "+"],
  ["a limited type of backend less", { backend: { s3: STATE, cloud: {} } }, { backend: { cloud: {} } }, "-", "+"],
  ["one bucket less", { backend: { s3: { buckets: ["a", "b"] } } }, { backend: { s3: STATE } }, "-", "+"],
  [
    "only one address",
    { backend: { http: {} } },
    { backend: { http: { addresses: ["https://gitlab.com/api/v4/projects/42/terraform/state"] } } },
    "-",
    "+",
  ],
  ["only one bucket", { backend: { s3: {} } }, { backend: { s3: STATE } }, "-", "+"],
  ["another type of backend", { backend: { s3: STATE } }, { backend: { cloud: {} } }, "+", "+"],
  ["the path, too", { "deploy-role": true }, { "deploy-role-path": "/a/" }, "-", "+"],
  [
    "a deploy-role that its path requires, too",
    { "deploy-role-path": "/a/" },
    { "deploy-role": true, "deploy-role-path": "/a/" },
    "",
    "",
  ],
  ["another path", { "deploy-role-path": "/a/" }, { "deploy-role-path": "/a/b/" }, "+", "+"],
  ["fewer seconds", { "max-session-duration": 7200 }, { "max-session-duration": 7199 }, "-", "+"],
  ["a mode less", { "service-quotas-role": ["create", "existing"] }, { "service-quotas-role": ["existing"] }, "-", "+"],
  ["one workspace less", { "slack-workspaces": ["T01", "T02"] }, { "slack-workspaces": ["T01"] }, "-", "+"],
  ["fewer days", { "max-days-until-end": 9 }, { "max-days-until-end": 8 }, "-", "+"],
  ["one required tag more", { tags: { a: {} } }, { tags: { a: {}, b: {} } }, "-", "+"],
  ["another workspace", { "slack-workspaces": ["T01"] }, { "slack-workspaces": ["T02"] }, "+", "+"],
  ["the same", { path: "/a/" }, { path: "/a/" }, "", ""],
])("a rule is loosened or tightened: %s, from %j to %j: %s, and back: %s", (_, rules, otherRules, sign, back) => {
  const signOf = ([line = ""]: readonly string[]) => (/(?:^|; )\+/.test(line) ? "+" : line.charAt(0));
  expect([signOf(changes(rules, otherRules)), signOf(changes(otherRules, rules))]).toEqual([sign, back]);
});

test.each<[RuleSet, RuleSet, string]>([
  [{ "slack-workspaces": ["T01", "T02"] }, { "slack-workspaces": ["T02", "T03"] }, "-slack-workspaces any → T02"],
  [SHORT, { "max-days-until-end": 8 }, "-max-days-until-end any → ≤8"],
  [
    { backend: { s3: STATE, local: {} } },
    { backend: { s3: { buckets: ["b"] }, cloud: {} } },
    "-backend any → s3; -backend.cloud.organizations any → ; -backend.http.addresses any → ; -backend.s3.buckets any → ",
  ],
  [{ "max-session-duration": 7200 }, { "max-session-duration": 3600 }, "-max-session-duration any → ≤3600"],
  [{ path: "/b/" }, { path: "/a/" }, "-path any → !/a/,/b/"],
  [
    { tags: { a: { values: ["x", "y"] } } },
    { tags: { a: { values: ["y", "z"] }, b: {} } },
    "-tags any → !a,b; -tags.a any → y",
  ],
  [{ tags: JSON.parse('{"toString":{"values":["x"]}}') }, {}, "-tags any → !toString; -tags.toString any → x"],
])("the rules of all and of a tier apply both: %j and %j", (commonRules, tier, words) => {
  const head = side({ all: commonRules, tiers: { a: tier } }, { one: "a" });
  expect(lines(side(undefined), head)[0]).toBe(`undefined → new a (one): ${words}`);
});

test("a rule that moves between all and a tier changes nothing", () => {
  const ofAll = side({ all: READING, tiers: { a: {} } }, { one: "a" });
  const ofTier = side({ tiers: { a: READING } }, { one: "a" });
  expect(rulesChange(ofAll, ofTier)).toBeUndefined();
  expect(rulesChange(ofTier, ofAll)).toBeUndefined();
});

describe("tiers", () => {
  const TIERS: RulesFile = { tiers: { strict: READING, free: {} } };
  const BOTH = new Map([
    ["two", inAccount(TWO)],
    ["one", inAccount(ONE)],
  ]);

  test("tiers of which an environment changes to a looser one need an approval for exactly those environments", () => {
    const folderWith = (tier: string) => side(TIERS, { one: tier, two: tier }, BOTH);
    expect(lines(folderWith("strict"), folderWith("free"))).toEqual([`strict → free (one,two): ${LOOSER}`]);
    expect(rulesChange(folderWith("strict"), folderWith("free"))?.approved).toMatchObject([
      ["strict", "free", ["one", "two"], [{}]],
    ]);
    expect(rulesChange(folderWith("free"), folderWith("strict"))).toMatchObject({ isLoosened: false, approved: [] });
  });

  test("tiers that stay are approved whichever environments are in them", () => {
    const loosened = side({ tiers: { strict: {}, free: {} } }, { one: "strict" });
    expect(lines(side(TIERS, { one: "strict" }), loosened)).toEqual([`strict → strict (one): ${LOOSER}`]);
    expect(rulesChange(side(TIERS, { one: "strict" }), loosened)?.approved).toMatchObject([
      ["strict", "strict", [], [{}]],
    ]);
  });

  test("tiers are approved with only what is loosened, in the same order wherever it stands", () => {
    const mixed = rulesChange(side({ all: READING }), side({ all: SHORT }));
    expect(mixed?.approved).toMatchObject([[undefined, undefined, [], [{ rule: "access-levels" }]]]);
    const before = side({ tiers: { b: SHORT, a: READING } });
    const approved = [
      ["a", "a", [], [{ rule: "access-levels" }]],
      ["b", "b", [], [{ rule: "max-days-until-end" }]],
    ];
    expect(rulesChange(before, side({ tiers: { b: {}, a: {} } }))?.approved).toMatchObject(approved);
    expect(rulesChange(before, side({ tiers: { a: {}, b: {} } }))?.approved).toMatchObject(approved);
  });

  const SAME: RulesFile = { tiers: { a: READING, b: READING } };
  const NAMED: RulesFile = { tiers: { valueOf: {} } };
  test.each<[string, SynthesizedFolder, SynthesizedFolder, readonly string[]]>([
    ["with the same rules", side(SAME, { one: "a" }), side(SAME, { one: "b" }), ["a → b (one): "]],
    ["that nobody has any more", side(TIERS, { one: "free" }), side({ tiers: { free: {} } }, { one: "free" }), []],
    [
      "that are gone",
      side(TIERS, { one: "free" }),
      side({ all: SHORT }),
      [`free → undefined (one): ${SHORTER}`, `strict → undefined (): ${LOOSER}; ${SHORTER}`],
    ],
    [
      "that are new, with an environment that moves there",
      side(TIERS, { one: "strict" }),
      side({ tiers: { ...TIERS.tiers, late: {} } }, { one: "late" }),
      ["free → new late (): ", `strict → new late (one): ${LOOSER}`],
    ],
    [
      "named like what every object in JavaScript has",
      side({ tiers: {} }),
      side(NAMED, { one: "valueOf" }),
      ["undefined → new valueOf (one): "],
    ],
  ])("a change to tiers %s is listed", (_, base, head, expected) => {
    expect(lines(base, head)).toEqual(expected);
  });

  test("tiers are known by their own names alone, not by those that every object in JavaScript has", () => {
    const stacks = new Map([["toString", inAccount(ONE)]]);
    expect(rulesChange(side({ all: READING }, {}, stacks), side({ all: READING }, {}, stacks))).toBeUndefined();
  });

  test.each<[string, RulesFile | undefined, RuleSet, string]>([
    ["the rules of everybody", { all: READING }, READING, "undefined → new late (): "],
    ["looser rules of everybody", { all: READING }, {}, `undefined → new late (): ${LOOSER}`],
    ["a tier of the same rules", TIERS, {}, "free → new late (): "],
    ["the first of two", { tiers: { b: READING, a: READING } }, READING, "a → new late (): "],
    [
      "the first, if none allowed all of it",
      { tiers: { b: READING, a: { ...READING, ...SHORT } } },
      {},
      `a → new late (): ${LOOSER}; +max-days-until-end ≤9 → any`,
    ],
    ["one that allowed all of it", { tiers: { a: READING, b: {} } }, SHORT, `b → new late (): ${SHORTER}`],
  ])("tiers that are new are compared with %s", (_, before, late, expected) => {
    const after = { tiers: { ...before?.tiers, late } };
    expect(lines(side(before), side(after))).toContain(expected);
  });

  type Environments = Readonly<Record<string, readonly [tier: string, stack: SynthesizedStack]>>;
  const folderWithEnvironments = (environments: Environments) => {
    const mapEach = <T>(pick: (environment: Environments[string]) => T) =>
      Object.entries(environments).map(([name, environment]) => [name, pick(environment)] as const);
    return side(TIERS, Object.fromEntries(mapEach(([tier]) => tier)), new Map(mapEach(([, stack]) => stack)));
  };
  const [OF_ONE, OF_TWO, OF_ANY] = [inAccount(ONE), inAccount(TWO), { terraform: {} }];
  test.each<[string, Environments, Environments, readonly string[]]>([
    ["by their account, whatever they were called", { a: ["strict", OF_ONE] }, { b: ["free", OF_ONE] }, ["b"]],
    [
      "by it if they swap names",
      { a: ["strict", OF_ONE], b: ["free", OF_TWO] },
      { a: ["free", OF_TWO], b: ["strict", OF_ONE] },
      [],
    ],
    ["by their name, if the account is new", { a: ["strict", OF_ONE] }, { a: ["free", OF_TWO] }, ["a"]],
    ["not if both are new", { a: ["strict", OF_ONE] }, { b: ["free", OF_TWO] }, []],
    ["not if both are new, in an account that isn't known", { a: ["strict", OF_ANY] }, { b: ["free", OF_ANY] }, []],
    [
      "by their name beside another one in the account",
      { a: ["strict", OF_ONE], b: ["free", OF_ONE] },
      { a: ["strict", OF_ONE], b: ["free", OF_ONE] },
      [],
    ],
  ])("tiers match environments %s", (_, before, after, moved) => {
    expect(lines(folderWithEnvironments(before), folderWithEnvironments(after))).toEqual(
      moved.map((name) => `strict → free (${name}): ${LOOSER}`),
    );
  });
});

const change = (environment: string, isNew: boolean) =>
  ({ environment, isNew, approved: "access" }) as EnvironmentChange;
const [A, B] = [change("a", true), change("b", false)];
const READ_ONLY = ["access-levels", { only: ["read-only"] }];

test("a new environment is approved with its tier, and with the rules that apply to it", () => {
  expect(withTiers([A], undefined)).toEqual([A]);
  const rules = { all: SHORT, tiers: { strict: READING, free: {} } };
  const approved = ["access", "strict", [READ_ONLY, ["max-days-until-end", { most: 9 }]]];
  expect(withTiers([A, B], { rules, tiers: { a: "strict", b: "free" } })).toEqual([
    { ...A, tier: "strict", approved },
    B,
  ]);
  expect(withTiers([A], { rules: { all: READING }, tiers: {} })).toEqual([
    { ...A, tier: undefined, approved: ["access", undefined, [READ_ONLY]] },
  ]);
});
