import { errorsWith, file } from "./ruled-environments";

describe("a mistake of many environments", () => {
  const environments = (count: number, levels: (index: number) => string, head = "") =>
    `defaults: { region: us-east-1${head} }\nenvironments:\n${Array.from({ length: count }, (_, index) => `  e${index}: { account: "${111122223333 + index}", ${levels(index)} }\n`).join("")}`;

  test("from the defaults is one error, at the default", () => {
    expect(
      errorsWith(
        "all: { policy: customer-managed }",
        environments(50, () => "full: {}", ", full: { policy: aws-managed }"),
      ),
    ).toEqual([
      'environments.yaml:1:48: defaults.full.policy: received "aws-managed", expected customer-managed, as all.policy in rules.yaml:1:16 says. Remove policy, or set it to customer-managed. 50 environments inherit it from the defaults, and can override it: e0, e1, e2, e3, e4 and 45 more.',
    ]);
  });

  test("through an anchor is one error, at the anchor", () => {
    const shared = environments(50, (index) =>
      index === 0 ? "full: &shared { policy: aws-managed }" : "full: *shared",
    );
    expect(errorsWith("all: { policy: customer-managed }", shared)).toEqual([
      'environments.yaml:3:58: environments.e0.full.policy: received "aws-managed", expected customer-managed, as all.policy in rules.yaml:1:16 says. Remove policy, or set it to customer-managed. 49 other environments have it through the anchor "shared".',
    ]);
  });

  test("in each of them is one error for all, unless they are few", () => {
    const rules = "all: { permissions-boundary: policy/b }";
    expect(
      errorsWith(
        rules,
        environments(50, () => "full: {}"),
      ),
    ).toEqual([
      "environments.yaml:3:34: environments.e0.full: received no permissions boundary, expected policy/b, as all.permissions-boundary in rules.yaml:1:30 says. Set permissions-boundary to that policy of the environment's own account, such as arn:aws:iam::111122223333:policy/b. 49 other environments have it, too: e1, e2, e3, e4, e5 and 44 more.",
    ]);
    expect(
      errorsWith(
        rules,
        environments(5, () => "full: {}"),
      ),
    ).toHaveLength(5);
    expect(
      errorsWith(
        "tiers: { one: {} }",
        environments(50, () => "full: {}"),
      ),
    ).toEqual([
      "environments.yaml:3:3: environments.e0: received no tier, expected one, as tiers in rules.yaml:1:1 says. Add tier. 49 other environments have it, too: e1, e2, e3, e4, e5 and 44 more.",
    ]);
  });

  test("is reported with a fix for each of them, whatever its account", () => {
    const rules = "all: { permissions-boundary: policy/b }";
    const instead =
      "Set permissions-boundary to that policy of the environment's own account, such as arn:aws:iam::111122223333:policy/b. ";
    const other = "permissions-boundary: 'arn:aws:iam::aws:policy/PowerUserAccess'";
    const shared = environments(50, (index) => (index === 0 ? `full: &shared { ${other} }` : "full: *shared"));
    expect(errorsWith(rules, shared)).toEqual([
      expect.stringContaining(`${instead}49 other environments have it through the anchor "shared".`),
    ]);
    const inherited = environments(50, () => "full: {}", `, full: { ${other} }`);
    expect(errorsWith(rules, inherited)).toEqual([
      expect.stringContaining(`${instead}50 environments inherit it from the defaults, and can override it: `),
    ]);
    const aws = "all: { permissions-boundary: arn:aws:iam::aws:policy/ReadOnlyAccess }";
    expect(errorsWith(aws, shared)).toEqual([
      expect.stringContaining("Set permissions-boundary: arn:aws:iam::aws:policy/ReadOnlyAccess. 49 other"),
    ]);
  });

  test("in different ways is one error for each way", () => {
    const mixed = environments(50, (index) => (index % 2 === 0 ? "full: {}" : "read-only: {}"));
    expect(errorsWith("all: { path: /p/, access-levels: [full] }", mixed)).toEqual([
      expect.stringMatching(
        /^environments\.yaml:3:.* environments\.e0\.full: received "\/", .* 24 other environments have it, too: e2, /,
      ),
      expect.stringMatching(
        /^environments\.yaml:4:.* environments\.e1\.read-only: received read-only, .* 24 other environments have it, too: e3, /,
      ),
      expect.stringMatching(
        /^environments\.yaml:4:.* environments\.e1\.read-only: received "\/", .* 24 other environments have it, too: e3, /,
      ),
    ]);
  });

  test("with an anchor in rules.yaml, each rule's place is at the anchor", () => {
    const rules =
      "tiers:\n  one: &strict { policy: customer-managed }\n  two: *strict\n  three: { <<: *strict, path: / }\n";
    for (const tier of ["one", "two", "three"]) {
      expect(errorsWith(rules, file(`tier: ${tier}, read-only: { policy: aws-managed }`))).toEqual([
        expect.stringContaining(`as tiers.${tier}.policy in rules.yaml:2:26 says`),
      ]);
    }
  });
});
