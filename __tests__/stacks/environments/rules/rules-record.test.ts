import type { Environment } from "../../../../stacks/environments/environment";
import { readRulesRecord, rulesRecord } from "../../../../stacks/environments/rules/rules-record";
import type { RulesFile } from "../../../../stacks/environments/rules/rules-schema";

const RULES: RulesFile = { all: { path: "/p/" }, tiers: { strict: { policy: "customer-managed" }, free: {} } };
const environment = (name: string, tier?: string) => ({ name, tier }) as Environment;

test("the record has the rules and the tier of each environment that has one", () => {
  expect(rulesRecord(RULES, [environment("a", "strict"), environment("b", "free")])).toEqual({
    rules: RULES,
    tiers: { a: "strict", b: "free" },
  });
  expect(rulesRecord({ all: {} }, [environment("a")])).toStrictEqual({ rules: { all: {} }, tiers: {} });
});

describe("a record in a manifest with the environments a and b", () => {
  const readRecord = (value: unknown) => readRulesRecord(value, ["a", "b"]);

  test.each<[string, unknown]>([
    ["with tiers, names the tier of each environment", { rules: RULES, tiers: { a: "strict", b: "free" } }],
    ["without tiers, names none", { rules: { all: { path: "/p/" } }, tiers: {} }],
  ])("the rules of a manifest are read as they were recorded: %s", (_, value) =>
    expect(readRecord(value)).toEqual(value),
  );

  test.each<[string, unknown]>([
    ["has an unknown word", { rules: { all: { private: "refused" } }, tiers: {} }],
    ["misses an environment's tier", { rules: RULES, tiers: { a: "strict" } }],
    ["has a tier of another environment", { rules: RULES, tiers: { a: "strict", b: "free", c: "free" } }],
    ["has the tier of another environment instead", { rules: RULES, tiers: { a: "strict", c: "free" } }],
    ["has a tier that the rules don't have", { rules: RULES, tiers: { a: "strict", b: "loose" } }],
    ["has a tier of every object", { rules: RULES, tiers: { a: "strict", b: "constructor" } }],
    ["has tiers without rules for them", { rules: { all: {} }, tiers: { a: "strict", b: "free" } }],
    ["has invalid rules", { rules: { all: { path: "p" } }, tiers: {} }],
    ["has a name that no tier can have", { rules: RULES, tiers: { a: "Strict", b: "free" } }],
    ["has a name that no environment can have", { rules: RULES, tiers: { a: "strict", B: "free" } }],
    ["has an unknown key", { rules: { all: {} }, tiers: {}, more: 1 }],
    ["isn't a mapping", "rules"],
    ["isn't there", undefined],
  ])("a record isn't one of this version if it %s", (_, value) => expect(readRecord(value)).toBeUndefined());
});
