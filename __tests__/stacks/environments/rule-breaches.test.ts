import { readFileSync } from "node:fs";
import type { EnvironmentsFile } from "../../../stacks/environments/environments-schema";
import { ruleBreaches, ruleProblems } from "../../../stacks/environments/rule-breaches";
import { parseRules } from "../../../stacks/environments/rules/rules";
import { table } from "../../bad-inputs/table";
import { NOW } from "../../support/now";
import { errorsWith, file } from "../ruled-environments";

/** Rules of all environments or of tiers, what keeps them, and what breaks them with which errors. */
interface BrokenRules {
  readonly rules: string;
  readonly keeps?: string;
  readonly breaks: string;
  readonly errors: string;
}

const RULES = table<BrokenRules>("rule-breaches");

// The day alone is another: nothing waits.
beforeAll(() =>
  jest.useFakeTimers({
    now: NOW,
    doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "setTimeout", "performance", "hrtime"],
  }),
);

test.each(RULES)("the rule $rules is kept by $keeps and broken by $breaks", ({ rules, keeps, breaks, errors }) => {
  const text = rules.startsWith("tiers") ? rules : `all: { ${rules} }`;
  if (keeps !== undefined) expect(errorsWith(text, file(keeps))).toEqual([]);
  const actual = errorsWith(text, file(breaks)).map((error) => error.replace(/^environments\.yaml:/, ""));
  expect(`${actual.join("\n")}\n`).toBe(errors);
});

test("every rule has a row, except those that only Slack can break", () => {
  const { properties } = JSON.parse(readFileSync("stacks/rules.schema.json", "utf8")).properties.all;
  const tried = RULES.map(({ rules }) => rules.split(":")[0]);
  expect(Object.keys(properties).filter((rule) => !tried.includes(rule))).toEqual(["private", "guests", "shared"]);
});

test("the rules of all and of the own tier apply, each reported with its own line", () => {
  const rules = "all: { access-levels: [read-only] }\ntiers:\n  one: { access-levels: [full] }\n  two: { path: /p/ }\n";
  expect(errorsWith(rules, file("tier: one, full: {}, read-only: {}"))).toEqual([
    "environments.yaml:2:63: environments.a.full: received full, expected only read-only, as all.access-levels in rules.yaml:1:8 says. Remove full.",
    "environments.yaml:2:73: environments.a.read-only: received read-only, expected only full, as tiers.one.access-levels in rules.yaml:3:10 says. Remove read-only.",
  ]);
});

test.each([
  ["2026-12-01", 0],
  ["2026-12-01T23:59:59Z", 0],
  ["2026-12-02T00:00:00Z", 0], // the end of that day
  ["2026-12-02T00:00:01Z", 1],
  ["2026-12-02", 1],
])("with 30 days from 2026-11-01, in UTC, and the whole last day, an end at %s breaks %d rules", (until, count) => {
  const rules = parseRules("all: { max-days-until-end: 30 }", "rules.yaml");
  const environments = { a: { account: "111122223333", "read-only": { until } } };
  for (const now of ["2026-11-01T00:00:00Z", "2026-11-01T23:59:59Z"])
    expect(ruleBreaches({ environments }, rules, new Date(now))).toHaveLength(count);
});

const OTHER_PATHS = "deployers-2/ci deployers/2/ci 2/deployers/ci /deployers/ci Deployers/ci deployers".split(" ");
test.each<[end: string, count: number]>([["deployers/ci", 0], ...OTHER_PATHS.map((end): [string, number] => [end, 1])])(
  "the path of the deploy-role role/%s breaks %d rules that ask for /deployers/",
  (end, count) => {
    const environments = file(`deploy-role: 'arn:aws:iam::111122223333:role/${end}', full: {}`);
    expect(errorsWith("all: { deploy-role-path: /deployers/ }", environments)).toHaveLength(count);
  },
);

test("a role that defaults name satisfies its rules, and breaks them in its own place", () => {
  const environments = `defaults: { deploy-role: role/deployers/ci, plan-role: role/ci-reader }
environments: { a: { account: "111122223333", region: us-east-1, full: {} } }
`;
  const rules = "all: { deploy-role: true, deploy-role-path: /deployers/, plan-role-path: /readers/ }";
  expect(errorsWith(rules, environments)).toEqual([
    'environments.yaml:1:56: defaults.plan-role: received "/", expected "/readers/", as all.plan-role-path in rules.yaml:1:74 says. Set plan-role to a role with this path. It also affects a.',
  ]);
});

test("what aliases and merges bring is checked, and has its places", () => {
  const rules = `all: &all { backend: { s3: { buckets: [acme] } } }
tiers: { one: { <<: *all, max-session-duration: 3600 } }
`;
  const environments = `environments:
  a: { account: "111122223333", region: us-east-1, tier: one, backend: &s3 { type: s3, bucket: acme, region: us-east-1 }, full: &full { max-session-duration: 7200 } }
  b: { account: "222233334444", region: us-east-1, tier: one, backend: { <<: *s3, bucket: other }, full: *full }
`;
  expect(errorsWith(rules, environments).map((error) => error.replace(/ Set .*| Remove .*/, ""))).toEqual([
    "environments.yaml:2:159: environments.a.full.max-session-duration: received the number 7200, expected at most 3600, as tiers.one.max-session-duration in rules.yaml:2:49 says.",
    'environments.yaml:3:91: environments.b.backend.bucket: received "other", expected "acme", as all.backend.s3.buckets in rules.yaml:1:30 says.',
    'environments.yaml:3:91: environments.b.backend.bucket: received "other", expected "acme", as tiers.one.backend.s3.buckets in rules.yaml:1:30 says.',
  ]);
});

describe("a breach", () => {
  /** The breaches of an environment, without what is undefined. */
  const breachesOf = (text: string | undefined, entry: object, defaults?: object) =>
    ruleProblems(
      { defaults, environments: { a: { account: "111122223333", ...entry } } } as EnvironmentsFile,
      text === undefined ? undefined : parseRules(text, "rules.yaml"),
    ).map((problem) => Object.fromEntries(Object.entries(problem).filter(([, value]) => value !== undefined)));

  test("a breach has its place, and names who inherits it", () => {
    const message = 'received "/q/", expected "/p/", as all.path in rules.yaml:1:14 says. Set path to it.';
    const full = { path: "/q/" };
    const ownPath = ["environments", "a", "full", "path"];
    expect(breachesOf("all: { path: /p/ }", { full })).toEqual([{ path: ownPath, message }]);
    expect(breachesOf("all: { path: /p/ }", { full: {} }, { full })).toEqual([
      { path: ["defaults", "full", "path"], message, inheritedBy: "a" },
    ]);
  });

  test("nothing is breached without rules or in a retired environment, except that its tier must be there", () => {
    expect(breachesOf(undefined, { full: {} })).toEqual([]);
    expect(breachesOf("all: { path: /p/ }", { retired: true, full: {} })).toEqual([]);
    expect(breachesOf("all: { path: /p/ }", { retired: false, full: {} })).toHaveLength(1);
    const noTiers =
      'received "prod", expected no tier: the rules.yaml beside this file has no tiers, or isn\'t there. Add it there, or remove tier.';
    for (const rules of [undefined, "all: {}"]) {
      const breach = { path: ["environments", "a", "tier"], message: noTiers };
      expect(breachesOf(rules, { tier: "prod", retired: true })).toEqual([breach]);
    }
  });

  test.each<[what: string, rules: string, entry: object, defaults: object, ...paths: string[]]>([
    ["without", "capabilities: []", { full: { without: [] } }, {}, "environments.a.full.without"],
    [
      "the end of a capability",
      "max-days-until-end: 1",
      { full: { temporarily: [{ until: "2026-06-02" }, { until: "2027-01-01" }] } },
      {},
      "environments.a.full.temporarily.1.until",
    ],
    ["a tag of the defaults", "tags: { A: { values: [y] } }", { full: {} }, { tags: { A: "x" } }, "defaults.tags.A"],
    ["the defaults' region", "regions: [us-east-2]", { full: {} }, { region: "us-east-1" }, "defaults.region"],
    ["a default backend", "backend: { s3: {} }", { full: {} }, { backend: { type: "local" } }, "defaults.backend.type"],
    [
      "the defaults' session",
      "max-session-duration: 3600",
      { full: {} },
      { full: { "max-session-duration": 3601 } },
      "defaults.full.max-session-duration",
    ],
    [
      "the defaults' Service Quotas role",
      "service-quotas-role: [existing]",
      { full: {} },
      { full: { "service-quotas-role": "create" } },
      "defaults.full.service-quotas-role",
    ],
    ["no inherited region that is allowed", "regions: [us-east-1]", { full: {} }, { region: "us-east-1" }],
    ["the nearest region", "regions: [us-east-2]", { region: "us-east-2", full: {} }, { region: "us-east-1" }],
    ["the nearest tag", "tags: { A: { values: [y] } }", { full: {}, tags: { A: "y" } }, { tags: { A: "x" } }],
  ])("a breach has the place of %s", (_, rules, entry, defaults, ...paths) => {
    const breaches = breachesOf(`all: { ${rules} }`, entry, defaults);
    expect(breaches.map(({ path }) => (path as string[]).join("."))).toEqual(paths);
  });
});
