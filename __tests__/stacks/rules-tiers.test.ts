import { parseEnvironments } from "../../stacks/environments/environments";
import { parseRules } from "../../stacks/rules/rules";
import { errorsWith, file } from "./ruled-environments";

describe("a tier", () => {
  const TIERS = "tiers: { production: { access-levels: [] }, sandbox: {} }";

  test.each<[string, string | undefined, string, string]>([
    [
      "is refused without a rules.yaml",
      undefined,
      "tier: production, read-only: {}",
      '58: environments.a.tier: received "production", expected no tier: there is no rules.yaml beside this file that has tiers. Add it there, or remove tier.',
    ],
    [
      "is refused if rules.yaml has none",
      "all: {}",
      "tier: production, read-only: {}",
      '58: environments.a.tier: received "production", expected no tier: rules.yaml has no tiers. Add it there, or remove tier.',
    ],
    [
      "is reported as missing",
      TIERS,
      "read-only: {}",
      "3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ],
    [
      "must be in rules.yaml",
      TIERS,
      "tier: sandbx, read-only: {}",
      '58: environments.a.tier: received "sandbx", expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Did you mean sandbox?',
    ],
    [
      "isn't found in every JavaScript object",
      TIERS,
      "tier: toString, read-only: {}",
      '58: environments.a.tier: received "toString", expected the name of a tier of 1 to 63 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen and other than `constructor`.',
    ],
    [
      "of only letters isn't found in every JavaScript object either",
      "tiers: { valueof: {} }",
      "tier: values, read-only: {}",
      '58: environments.a.tier: received "values", expected valueof, as tiers in rules.yaml:1:1 says. Did you mean valueof?',
    ],
    [
      "is required for a retired environment, too",
      TIERS,
      "retired: true",
      "3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ],
  ])("%s", (_, rules, levels, expected) => {
    expect(errorsWith(rules, file(levels))).toEqual([`environments.yaml:2:${expected}`]);
  });

  test("is one of so many that they aren't listed", () => {
    const tiers = (count: number) =>
      `tiers: { ${Array.from({ length: count }, (_, index) => `tier-${index + 100}: {}`).join(", ")} }`;
    expect(errorsWith(tiers(21), file("tier: teir-105, read-only: {}"))).toEqual([
      'environments.yaml:2:58: environments.a.tier: received "teir-105", expected one of the 21 tiers, as tiers in rules.yaml:1:1 says. Did you mean tier-105?',
    ]);
    expect(errorsWith(tiers(21), file("read-only: {}"))).toEqual([
      "environments.yaml:2:3: environments.a: received no tier, expected one of the 21 tiers, as tiers in rules.yaml:1:1 says. Add tier.",
    ]);
    expect(errorsWith(tiers(20), file("read-only: {}"))).toEqual([
      expect.stringContaining("expected one of tier-100, tier-101, "),
    ]);
  });

  test("can't be a default: deleting a line would free an environment", () => {
    expect(errorsWith(TIERS, `defaults: { tier: sandbox }\n${file("read-only: {}")}`)).toEqual([
      'environments.yaml:1:13: defaults.tier: received the unknown key "tier", expected one of region, backend, profile, tags, read-only, full. Did you mean environments.NAME.tier?',
      "environments.yaml:3:3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ]);
  });

  test("has no rules that a retired environment can break: it gives no access", () => {
    expect(errorsWith(TIERS, file("tier: production, retired: true, full: { policy: aws-managed }"))).toEqual([]);
    expect(errorsWith(TIERS, file("tier: production, retired: false, full: {}"))).toHaveLength(1);
  });

  test("is in the environment that a user's main.ts gets", () => {
    const rules = parseRules(TIERS, "rules.yaml");
    expect(parseEnvironments(file("tier: sandbox, read-only: {}"), "e.yaml", rules)).toMatchObject([
      { tier: "sandbox" },
    ]);
  });
});
