import { parseEnvironments } from "../../stacks/environments";
import { parseRules } from "../../stacks/rules";
import { errorsWith, file } from "./ruled-environments";

describe("a tier", () => {
  const TIERS = "tiers: { production: { access-levels: [] }, sandbox: {} }";

  test.each<[string, string | undefined, string, string]>([
    [
      "is refused where there is no rules.yaml",
      undefined,
      "tier: production, read-only: {}",
      '58: environments.a.tier: received "production", expected no tier: there is no rules.yaml beside this file, which would have tiers. Add it there, or remove tier.',
    ],
    [
      "is refused where rules.yaml has none",
      "all: {}",
      "tier: production, read-only: {}",
      '58: environments.a.tier: received "production", expected no tier: rules.yaml has no tiers. Add it there, or remove tier.',
    ],
    [
      "is missed where it isn't said",
      TIERS,
      "read-only: {}",
      "3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ],
    [
      "is none that rules.yaml doesn't have",
      TIERS,
      "tier: sandbx, read-only: {}",
      '58: environments.a.tier: received "sandbx", expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Did you mean sandbox?',
    ],
    [
      "isn't one that every object has",
      TIERS,
      "tier: toString, read-only: {}",
      '58: environments.a.tier: received "toString", expected the name of a tier of 1 to 63 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen and other than `constructor`.',
    ],
    [
      "of all letters isn't one that every object has either",
      "tiers: { valueof: {} }",
      "tier: values, read-only: {}",
      '58: environments.a.tier: received "values", expected valueof, as tiers in rules.yaml:1:1 says. Did you mean valueof?',
    ],
    [
      "is said by a retired environment, too",
      TIERS,
      "retired: true",
      "3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ],
  ])("%s", (_, rules, levels, says) => {
    expect(errorsWith(rules, file(levels))).toEqual([`environments.yaml:2:${says}`]);
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

  test("can't be a default: a line that is deleted would free an environment", () => {
    expect(errorsWith(TIERS, `defaults: { tier: sandbox }\n${file("read-only: {}")}`)).toEqual([
      'environments.yaml:1:13: defaults.tier: received the unknown key "tier", expected one of region, backend, profile, tags, read-only, full.',
      "environments.yaml:3:3: environments.a: received no tier, expected one of production, sandbox, as tiers in rules.yaml:1:1 says. Add tier.",
    ]);
  });

  test("is what a retired environment has and breaks nothing of: it gives nobody anything", () => {
    expect(errorsWith(TIERS, file("tier: production, retired: true, full: { policy: aws-managed }"))).toEqual([]);
    expect(errorsWith(TIERS, file("tier: production, retired: false, full: {}"))).toHaveLength(1);
  });

  test("stands in the environment that somebody's main.ts gets", () => {
    const rules = parseRules(TIERS, "rules.yaml");
    expect(parseEnvironments(file("tier: sandbox, read-only: {}"), "e.yaml", rules)).toMatchObject([
      { tier: "sandbox" },
    ]);
  });
});
