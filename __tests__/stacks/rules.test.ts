import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvironments, parseEnvironments } from "../../stacks/environments";
import { ruleBreaches } from "../../stacks/rule-breaches";
import { parseRules } from "../../stacks/rules";
import { synthesize as runSynthesize } from "../../stacks/synthesize";
import { run } from "../bad-inputs/run";
import { NOW } from "../support/now";
import { printedInTests } from "../support/printed";
import { sample } from "../support/thorough";

const printed = printedInTests();

/** The errors of an environment file with those rules, one per line, without the heading. */
function errorsWith(rules: string | undefined, environments: string): string[] {
  try {
    parseEnvironments(
      environments,
      "environments.yaml",
      rules === undefined ? undefined : parseRules(rules, "rules.yaml"),
    );
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
  return [];
}

const file = (levels: string) => `environments:\n  a: { account: "111122223333", region: us-east-1, ${levels} }\n`;
const CHANNEL = "name: oncall, workspace: T1, channel: C1";
const BOUNDARY = "permissions-boundary: 'arn:aws:iam::111122223333:policy/team/b'";
const MOST = "capabilities: [view-cases, create-cases, reply-to-cases]";
const OTHERS = "attach-files, resolve-cases, live-chat, request-quota-increases";

/** For each rule: what keeps it, what breaks it, and the error. */
const RULES: readonly (readonly [rule: string, keeps: string, breaks: string, ...says: string[]])[] = [
  [
    "access-levels: [read-only]",
    "read-only: {}",
    "full: {}",
    "52: environments.a.full: received full, expected only read-only, as all.access-levels in DIR/rules.yaml:1:8 says. Remove full.",
  ],
  [
    "access-levels: []",
    "retired: true, full: {}",
    "full: {}",
    "52: environments.a.full: received full, expected no access level, as all.access-levels in DIR/rules.yaml:1:8 says. Remove full.",
  ],
  [
    MOST,
    `full: { without: [${OTHERS}] }`,
    "full: {}",
    `52: environments.a.full: received ${OTHERS}, expected only view-cases, create-cases, reply-to-cases, as all.capabilities in DIR/rules.yaml:1:8 says. Add them to without.`,
  ],
  [
    "capabilities: [view-cases, create-cases, reply-to-cases, resolve-cases, live-chat, request-quota-increases]",
    "full: { without: [attach-files, live-chat] }",
    "full: { without: [live-chat] }",
    "60: environments.a.full.without: received attach-files, expected only view-cases, create-cases, reply-to-cases, resolve-cases, live-chat, request-quota-increases, as all.capabilities in DIR/rules.yaml:1:8 says. Add it to without.",
  ],
  [
    MOST,
    "read-only: { policy: aws-managed }",
    "full: { policy: aws-managed }",
    `68: environments.a.full.policy: received ${OTHERS}, expected only view-cases, create-cases, reply-to-cases, as all.capabilities in DIR/rules.yaml:1:8 says. Set policy to customer-managed, and add them to without.`,
  ],
  [
    MOST,
    `full: { until: 2099-12-31, without: [${OTHERS}] }`,
    `full: { without: [${OTHERS}], temporarily: [{ capability: live-chat, until: 2099-12-31 }] }`,
    '164: environments.a.full.temporarily[0].capability: received "live-chat", expected only view-cases, create-cases, reply-to-cases, as all.capabilities in DIR/rules.yaml:1:8 says. Remove it from temporarily.',
  ],
  [
    "capabilities: [], temporarily: [view-cases]",
    "read-only: { until: 2099-12-31 }",
    "read-only: {}",
    "52: environments.a.read-only: received view-cases without an end, expected an end, as all.temporarily in DIR/rules.yaml:1:26 says. Set until.",
  ],
  [
    "capabilities: []",
    "retired: true, read-only: {}",
    "read-only: { until: 2099-12-31 }",
    "52: environments.a.read-only: received view-cases, expected no capability, as all.capabilities in DIR/rules.yaml:1:8 says. Remove read-only.",
  ],
  [
    "temporarily: [live-chat]",
    "full: { without: [live-chat], temporarily: [{ capability: live-chat, until: 2099-12-31 }] }",
    "full: {}",
    "52: environments.a.full: received live-chat without an end, expected an end, as all.temporarily in DIR/rules.yaml:1:8 says. Add it to without and to temporarily, or set until.",
  ],
  [
    "temporarily: [live-chat, resolve-cases]",
    "full: { until: 2099-12-31 }",
    "full: { policy: aws-managed }",
    "68: environments.a.full.policy: received resolve-cases, live-chat without an end, expected an end, as all.temporarily in DIR/rules.yaml:1:8 says. Set policy to customer-managed, and then until.",
  ],
  [
    "longest: { days: 90 }",
    `read-only: { until: 2026-08-30 }`,
    `read-only: { until: 2026-08-31 }`,
    `72: environments.a.read-only.until: received "2026-08-31", expected an end by 2026-08-30, 90 days from today, as all.longest.days in DIR/rules.yaml:1:25 says. Set an earlier one.`,
  ],
  [
    "longest: { days: 1 }",
    "full: {}",
    "full: { without: [live-chat], temporarily: [{ capability: live-chat, until: 2099-12-31 }] }",
    `128: environments.a.full.temporarily[0].until: received "2099-12-31", expected an end by 2026-06-02, 1 day from today, as all.longest.days in DIR/rules.yaml:1:25 says. Set an earlier one.`,
  ],
  [
    "slack-workspaces: [T1]",
    `slack-workspaces: [T1], read-only: { channels: [{ ${CHANNEL} }] }`,
    `slack-workspaces: [T2], read-only: { channels: [{ ${CHANNEL.replace("T1", "T2")} }] }`,
    '71: environments.a.slack-workspaces[0]: received "T2", expected T1, as all.slack-workspaces in DIR/rules.yaml:1:8 says.',
    '127: environments.a.read-only.channels[0].workspace: received "T2", expected T1, as all.slack-workspaces in DIR/rules.yaml:1:8 says.',
  ],
  [
    "slack-workspaces: []",
    "read-only: {}",
    `read-only: { channels: [{ ${CHANNEL} }] }`,
    '103: environments.a.read-only.channels[0].workspace: received "T1", expected no Slack workspace, as all.slack-workspaces in DIR/rules.yaml:1:8 says.',
  ],
  [
    "policy: customer-managed",
    "read-only: { policy: customer-managed }",
    "read-only: { policy: aws-managed }",
    '73: environments.a.read-only.policy: received "aws-managed", expected customer-managed, as all.policy in DIR/rules.yaml:1:16 says. Remove policy, or set it to customer-managed.',
  ],
  [
    "permissions-boundary: policy/team/b",
    `read-only: { ${BOUNDARY} }`,
    "read-only: {}",
    "52: environments.a.read-only: received no permissions boundary, expected policy/team/b, as all.permissions-boundary in DIR/rules.yaml:1:30 says. Set permissions-boundary to that policy of the environment's own account, such as arn:aws:iam::111122223333:policy/team/b.",
  ],
  [
    "permissions-boundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'",
    "read-only: { permissions-boundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }",
    `read-only: { ${BOUNDARY} }`,
    '87: environments.a.read-only.permissions-boundary: received "arn:aws:iam::111122223333:policy/team/b", expected arn:aws:iam::aws:policy/ReadOnlyAccess, as all.permissions-boundary in DIR/rules.yaml:1:30 says. Set permissions-boundary: arn:aws:iam::aws:policy/ReadOnlyAccess.',
  ],
  [
    "path: /support-app/",
    "read-only: { path: /support-app/ }",
    "read-only: {}",
    '52: environments.a.read-only: received "/", expected "/support-app/", as all.path in DIR/rules.yaml:1:14 says. Set path to it.',
  ],
  [
    "path: /",
    "read-only: {}",
    "read-only: { path: /support-app/ }",
    '71: environments.a.read-only.path: received "/support-app/", expected "/", as all.path in DIR/rules.yaml:1:14 says. Set path to it.',
  ],
  [
    "tags: { CostCentre: {} }",
    "tags: { CostCentre: '4711' }, read-only: {}",
    "tags: { costcentre: '4711' }, read-only: {}",
    '82: environments.a.read-only: received no tag "CostCentre", expected it with a value, as all.tags.CostCentre in DIR/rules.yaml:1:16 says. Add it to tags.',
  ],
  [
    "tags: { Owner: {} }",
    "tags: { Owner: '' }, read-only: { tags: { Owner: me } }",
    "tags: { Owner: '' }, read-only: {}",
    `67: environments.a.tags.Owner: received "", expected a value that isn't blank, as all.tags.Owner in DIR/rules.yaml:1:16 says.`,
  ],
  [
    "tags: { Owner: {} }",
    "tags: { Owner: ' me ' }, read-only: {}",
    "tags: { Owner: ' ' }, read-only: {}",
    `67: environments.a.tags.Owner: received " ", expected a value that isn't blank, as all.tags.Owner in DIR/rules.yaml:1:16 says.`,
  ],
  [
    "tags: { Owner: { values: [platform, security] } }",
    "read-only: { tags: { Owner: security } }",
    "tags: { Owner: platform }, read-only: { tags: { Owner: sales } }",
    '107: environments.a.read-only.tags.Owner: received "sales", expected one of "platform", "security", as all.tags.Owner in DIR/rules.yaml:1:16 says.',
  ],
  [
    "members: { at-most: 25 }",
    `read-only: { channels: [{ ${CHANNEL}, members: { at-most: 25 } }] }`,
    `read-only: { channels: [{ ${CHANNEL}, members: { at-most: 26 } }] }`,
    "140: environments.a.read-only.channels[0].members.at-most: received the number 26, expected at most 25, as all.members.at-most in DIR/rules.yaml:1:28 says. Remove members, or set fewer.",
  ],
];

describe("a rule, what keeps it and what breaks it", () => {
  // The day alone is another: nothing waits.
  beforeAll(() =>
    jest.useFakeTimers({
      now: NOW,
      doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "setTimeout", "performance", "hrtime"],
    }),
  );
  afterAll(() => jest.useRealTimers());

  test.each(RULES)("%s: kept by %s, broken by %s", async (rule, keeps, breaks, ...says) => {
    const files = { "rules.yaml": `all: { ${rule} }\n` };
    const what = rule;
    expect(await run({ what, environments: file(keeps), files, status: 0, says: "" }, printed)).toMatchObject({
      status: 0,
      changed: [],
    });
    expect(await run({ what, environments: file(breaks), files, status: 1, says: "" }, printed)).toEqual({
      status: 1,
      printed: [
        `DIR/environments.yaml has ${says.length === 1 ? "an error" : `${says.length} errors`}. Nothing was written.`,
        ...says.map((one) => `DIR/environments.yaml:2:${one}`),
      ].join("\n"),
      changed: [],
    });
  });

  test("every rule has a row, except those that only Slack can break", () => {
    const { properties } = JSON.parse(readFileSync("stacks/rules.schema.json", "utf8")).properties.all;
    const tried = RULES.map(([rule]) => rule.split(":")[0]);
    expect(Object.keys(properties).filter((rule) => !tried.includes(rule))).toEqual(["private", "guests", "shared"]);
  });

  test.each(sample(RULES, 4))("in a tier, it applies to the tier: %s", (rule, keeps, breaks) => {
    const rules = `tiers: { strict: { ${rule} }, free: {} }`;
    const named = (levels: string, tier: string) => file(`tier: ${tier}, ${levels}`);
    expect(errorsWith(rules, named(keeps, "strict"))).toEqual([]);
    expect(errorsWith(rules, named(breaks, "free"))).toEqual([]);
    const errors = errorsWith(rules, named(breaks, "strict"));
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatch(/ as tiers\.strict\.\S+ in rules\.yaml:1:\d+ says/);
  });
});

test("the rules of all and of the tier both apply, each reported with its own line", () => {
  const rules = "all: { access-levels: [read-only] }\ntiers:\n  one: { access-levels: [full] }\n";
  expect(errorsWith(rules, file("tier: one, full: {}, read-only: {}"))).toEqual([
    "environments.yaml:2:63: environments.a.full: received full, expected only read-only, as all.access-levels in rules.yaml:1:8 says. Remove full.",
    "environments.yaml:2:73: environments.a.read-only: received read-only, expected only full, as tiers.one.access-levels in rules.yaml:3:10 says. Remove read-only.",
  ]);
});

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

  test("can't be a default: deleting a line would free an environment", () => {
    expect(errorsWith(TIERS, `defaults: { tier: sandbox }\n${file("read-only: {}")}`)).toEqual([
      'environments.yaml:1:13: defaults.tier: received the unknown key "tier", expected one of region, backend, profile, tags, read-only, full.',
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

test("an invalid value breaks no rule by that, and both errors are reported at once", () => {
  const rules = "all: { capabilities: [view-cases], path: /p/, policy: customer-managed, tags: { A: {} } }";
  expect(
    errorsWith(rules, file("full: { without: [life-chat], path: p, policy: aws, tags: 1 }, read-only: {}")),
  ).toEqual([
    expect.stringContaining("full.without[0]: received "),
    expect.stringContaining("full.path: received "),
    expect.stringContaining("full.policy: received "),
    expect.stringContaining("full.tags: received "),
    expect.stringContaining('read-only: received "/", expected "/p/"'),
    expect.stringContaining('read-only: received no tag "A"'),
  ]);
});

test.each([
  "full: { until: 2026-13-01 }",
  "full: { without: live-chat }",
  "full: { without: [live-chat], temporarily: [{ capability: live-chat, until: soon }] }",
  "full: { policy: aws }",
])("with %s, it isn't known what is given, and nothing else is reported about it", (levels) => {
  expect(errorsWith("all: { capabilities: [view-cases], temporarily: [create-cases] }", file(levels))).toHaveLength(1);
});

describe("what is required in Slack", () => {
  const channelsWith = (rules: string, channel: string) =>
    parseEnvironments(
      file(`tier: t, read-only: { channels: [{ ${CHANNEL}${channel} }] }`),
      "e.yaml",
      parseRules(rules, "rules.yaml"),
    ).flatMap(({ channels }) => channels);

  test("is the strictest of what the channel, its tier and all require", () => {
    const rules =
      "{ all: { private: required, members: { at-most: 25 } }, tiers: { t: { guests: refused, members: { at-most: 20 } } } }";
    expect(channelsWith(rules, "")).toEqual([
      {
        ...{ name: "oncall", workspace: "T1", channel: "C1", access: "read-only" },
        ...{ private: "required", guests: "refused", members: { "at-most": 20 } },
      },
    ]);
    expect(channelsWith(rules, ", shared: refused, members: { at-most: 5 }")).toMatchObject([
      { private: "required", guests: "refused", shared: "refused", members: { "at-most": 5 } },
    ]);
  });

  test("is what the channel says if there are no rules", () => {
    const [plain] = channelsWith("tiers: { t: {} }", ", shared: refused");
    expect(plain).toEqual({ name: "oncall", workspace: "T1", channel: "C1", shared: "refused", access: "read-only" });
  });
});

describe("the time", () => {
  const rules = parseRules("all: { longest: { days: 30 } }", "rules.yaml");
  const breaches = (until: string, now: string) => {
    const environments = { a: { account: "111122223333", "read-only": { until } } };
    return ruleBreaches({ environments }, rules, new Date(now)).length;
  };

  test("is counted in days of UTC, and the whole last day is allowed", () => {
    for (const now of ["2026-11-01T00:00:00Z", "2026-11-01T23:59:59Z"]) {
      expect(breaches("2026-12-01", now)).toBe(0);
      expect(breaches("2026-12-01T23:59:59Z", now)).toBe(0);
      expect(breaches("2026-12-02T00:00:00Z", now)).toBe(0); // the end of that day
      expect(breaches("2026-12-02T00:00:01Z", now)).toBe(1);
      expect(breaches("2026-12-02", now)).toBe(1);
    }
  });

  test("makes nothing invalid that was valid", () => {
    const judged = Array.from({ length: 60 }, (_, day) =>
      breaches("2026-12-31", new Date(Date.UTC(2026, 10, 15 + day, 12)).toISOString()),
    );
    expect(judged.join("")).toBe("1".repeat(16) + "0".repeat(44));
  });
});

describe("what is synthesized", () => {
  const scratch = mkdtempSync(join(tmpdir(), "support-app-rules-"));
  afterAll(() => rmSync(scratch, { recursive: true }));
  const environments = join(scratch, "environments.yaml");
  const before = { env: { ...process.env }, argv: process.argv };
  let told: jest.SpyInstance;
  beforeEach(() => {
    told = jest.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(() => {
    process.env = { ...before.env };
    process.argv = before.argv;
    process.exitCode = undefined;
  });

  /** Synthesizes as main.ts does. */
  function synthesized(
    rules: string | undefined,
    text: string,
    only?: string,
  ): { status: unknown; manifest: Record<string, unknown> } {
    const out = mkdtempSync(join(scratch, "out-"));
    writeFileSync(environments, text);
    rmSync(join(scratch, "rules.yaml"), { force: true });
    if (rules !== undefined) writeFileSync(join(scratch, "rules.yaml"), rules);
    process.env.SUPPORT_APP_ENVIRONMENTS = environments;
    process.env.CDKTF_OUTDIR = out;
    if (only === undefined) delete process.env.SUPPORT_APP_ONLY;
    else process.env.SUPPORT_APP_ONLY = only;
    process.argv = process.argv.slice(0, 2);
    process.exitCode = undefined;
    runSynthesize();
    const status = process.exitCode;
    return {
      status,
      manifest: status === undefined ? JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) : {},
    };
  }
  const two = (levels: string) =>
    `environments:\n${["a", "b"].map((name, index) => `  ${name}: { account: "${111122223333 + index}", region: us-east-1, ${levels} }\n`).join("")}`;

  test("is nothing if a rule is broken, and the exit status is 1", () => {
    expect(synthesized("all: { access-levels: [full] }", two("read-only: {}")).status).toBe(1);
    expect(told.mock.calls.join()).toContain("as all.access-levels in ");
  });

  test("records in the manifest which rules were kept, and nothing if there are none", () => {
    const keys = ["stacks", "version"];
    expect(Object.keys(synthesized(undefined, two("read-only: {}")).manifest).sort()).toEqual(keys);
    const { manifest } = synthesized("tiers: { t: { path: / } }", two("tier: t, read-only: {}"));
    expect(Object.keys(manifest).sort()).toEqual([...keys, "supportAppRules"].sort());
    expect(manifest.supportAppRules).toEqual({ rules: { tiers: { t: { path: "/" } } }, tiers: { a: "t", b: "t" } });
    const chosen = synthesized("tiers: { t: {} }", two("tier: t, read-only: {}"), "b").manifest;
    expect(chosen).toMatchObject({ supportAppOnly: ["b"], supportAppRules: { tiers: { b: "t" } } });
  });

  test("is the same Terraform with rules and without", () => {
    const folder = (rules: string | undefined, levels: string) => {
      synthesized(rules, two(levels));
      return readFileSync(join(process.env.CDKTF_OUTDIR ?? "", "stacks", "a", "cdk.tf.json"), "utf8");
    };
    const channels = `read-only: { channels: [{ ${CHANNEL} }] }`;
    const ruled = folder("all: { private: required }\ntiers: { t: {} }", `tier: t, ${channels}`);
    expect(ruled).toBe(folder(undefined, channels));
  });

  test("follows the rules beside the file that is read, and unreadable rules are an error", () => {
    synthesized("all: { access-levels: [full] }", two("full: {}"));
    expect(() => loadEnvironments(environments)).not.toThrow();
    writeFileSync(join(scratch, "rules.yaml"), "");
    expect(() => loadEnvironments(environments)).toThrow(
      `${join(scratch, "rules.yaml")} has an error. Nothing was written.\n${join(scratch, "rules.yaml")}:1:1: the file: received nothing, expected a mapping with all, tiers or both.`,
    );
  });
});

describe("an environment file that is a link", () => {
  const FREE = file("full: {}");
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), "rules-link-"));
    for (const name of ["given", "real"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "real/environments.yaml"), FREE);
    symlinkSync("../real/environments.yaml", join(folder, "given/environments.yaml"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const load = () => loadEnvironments(join(folder, "given/environments.yaml"));
  const rule = (path: string, rules: string) => writeFileSync(join(folder, path), rules);

  test("keeps the rules in the folder of its name", () => {
    expect(load).not.toThrow();
    rule("given/rules.yaml", "all: { access-levels: [read-only] }");
    expect(load).toThrow("environments.a.full: received full, expected only read-only");
  });

  test.each([
    ["none", undefined],
    ["others", "all: {}"],
  ])("can't lead away from rules to %s", (_, rules) => {
    rule("real/rules.yaml", "all: { access-levels: [read-only] }");
    if (rules !== undefined) rule("given/rules.yaml", rules);
    const at = (path: string) => join(folder, path);
    expect(load).toThrow(
      `${at("given/environments.yaml")} has an error. Nothing was written.\n${at("given/environments.yaml")}: received a link to ${at("real/environments.yaml")}, beside which there are other rules, expected no rules but those in ${at("given/rules.yaml")}. Set SUPPORT_APP_ENVIRONMENTS to ${at("real/environments.yaml")}, or make ${at("given/rules.yaml")} a link to ${at("real/rules.yaml")}.`,
    );
  });

  test("can't lead away from rules with a name that nothing reads, or through a folder's parent", () => {
    rule("real/rules.yml", "all: {}");
    expect(load).toThrow("beside which there are other rules");
    rmSync(join(folder, "real/rules.yml"));
    rule("real/rules.yaml", "all: {}");
    mkdirSync(join(folder, "real/inner"));
    symlinkSync("../real/inner", join(folder, "given/inner"));
    // The system goes to real, and the name to given.
    expect(() => loadEnvironments(`${folder}/given/inner/../environments.yaml`)).toThrow(
      "beside which there are other rules",
    );
  });

  test("has the rules of the file if they are a link, too, or the whole folder is one", () => {
    rule("real/rules.yaml", "all: { access-levels: [read-only] }");
    symlinkSync("../real/rules.yaml", join(folder, "given/rules.yaml"));
    symlinkSync("real", join(folder, "folder"));
    for (const given of ["given", "folder"]) {
      expect(() => loadEnvironments(join(folder, given, "environments.yaml"))).toThrow(
        "environments.a.full: received full, expected only read-only",
      );
    }
  });

  test("may lead to another name in its own folder", () => {
    rule("real/rules.yaml", "all: { access-levels: [full] }");
    symlinkSync("environments.yaml", join(folder, "real/other.yaml"));
    expect(() => loadEnvironments(join(folder, "real/other.yaml"))).not.toThrow();
  });
});

describe("docs/rules.md", () => {
  const page = readFileSync("docs/rules.md", "utf8");
  const [rules = "", environments = ""] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text);
  const [, shown = ""] = page.match(/```text\n(.*?)\n```/s) ?? [];

  test("has an example whose environments keep its rules", () => {
    expect(errorsWith(rules, environments)).toEqual([]);
  });

  test("shows the errors of the change that it names", () => {
    const changed = environments.replace("  playground:", "    full: {}\n  playground:");
    expect(changed).not.toBe(environments);
    expect(errorsWith(rules, changed)).toEqual(shown.split("\n").slice(1));
  });

  test("names every rule", () => {
    const { properties } = JSON.parse(readFileSync("stacks/rules.schema.json", "utf8")).properties.all;
    const [, table = ""] = page.match(/\n(\| rule .*?\n)\n/s) ?? [];
    const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(.*?)`/g)].map(([, key]) => key),
    );
    expect(named.sort()).toEqual(Object.keys(properties).sort());
  });
});
