import { readFileSync } from "node:fs";
import type { EnvironmentsDraft } from "../../../stacks/environments/environments-rules";
import { ruleBreaches } from "../../../stacks/rules/rule-breaches";
import { parseRules } from "../../../stacks/rules/rules";
import { run } from "../../bad-inputs/run";
import { NOW } from "../../support/now";
import { printedInTests } from "../../support/printed";
import { sample } from "../../support/thorough";
import { CHANNEL, errorsWith, file } from "../ruled-environments";

const printed = printedInTests();
const BOUNDARY = "permissions-boundary: 'arn:aws:iam::111122223333:policy/team/b'";
const MOST = "capabilities: [view-cases, create-cases, reply-to-cases]";
const OTHERS = "attach-files, resolve-cases, live-chat, request-quota-increases";

/** For each rule: what keeps it, what breaks it, and the error. */
const RULES: readonly (readonly [rule: string, keeps: string, breaks: string, ...errors: string[]])[] = [
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

  test.each(RULES)("%s: kept by %s, broken by %s", async (rule, keeps, breaks, ...errors) => {
    const files = { "rules.yaml": `all: { ${rule} }\n` };
    const what = rule;
    expect(await run({ what, environments: file(keeps), files, status: 0, says: "" }, printed)).toMatchObject({
      status: 0,
      changed: [],
    });
    expect(await run({ what, environments: file(breaks), files, status: 1, says: "" }, printed)).toEqual({
      status: 1,
      printed: [
        `DIR/environments.yaml has ${errors.length === 1 ? "an error" : `${errors.length} errors`}. Nothing was written.`,
        ...errors.map((one) => `DIR/environments.yaml:2:${one}`),
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

describe("a breach", () => {
  const account = "111122223333";
  const rules = (text: string) => parseRules(text, "rules.yaml");
  /** The breaches of an environment, without what is undefined. */
  const breachesOf = (text: string | undefined, entry: object | undefined, defaults?: object) =>
    ruleBreaches(
      { defaults, environments: { a: entry && { account, ...entry } } } as EnvironmentsDraft,
      text === undefined ? undefined : rules(text),
      new Date("2026-06-01T12:00:00Z"),
    ).map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)));
  const messagesOf = (text: string, entry: object, defaults?: object) =>
    breachesOf(text, entry, defaults).map(({ message }) => message);

  test("has its path, the rule that is broken, and what makes it the same in other environments", () => {
    expect(breachesOf("all: { path: /p/ }", { full: { path: "/q/" } })).toEqual([
      {
        path: ["environments", "a", "full", "path"],
        message: 'received "/q/", expected "/p/", as all.path in rules.yaml:1:14 says. Set path to it.',
        rule: '["all","path"]',
        alike:
          '[["full","path"],"received \\"/q/\\", expected \\"/p/\\", as all.path in rules.yaml:1:14 says. Set path to it."]',
      },
    ]);
  });

  test("that is inherited is at the defaults, and names who inherits it", () => {
    expect(breachesOf("all: { path: /p/ }", { full: {} }, { full: { path: "/q/" } })).toEqual([
      {
        path: ["defaults", "full", "path"],
        message: 'received "/q/", expected "/p/", as all.path in rules.yaml:1:14 says. Set path to it.',
        rule: '["all","path"]',
        inheritedBy: "a",
      },
    ]);
  });

  test("is alike in environments whose own account is in it", () => {
    const [breach] = breachesOf("all: { permissions-boundary: policy/b }", { full: {} });
    expect(breach?.message).toContain("such as arn:aws:iam::111122223333:policy/b.");
    expect(breach?.alike).toContain("such as arn:aws:iam::policy/b.");
  });

  test("of a tier names the tier", () => {
    expect(breachesOf("tiers: { t: { tags: { Owner: {} } } }", { tier: "t", full: {} })).toMatchObject([
      {
        path: ["environments", "a", "full"],
        rule: '["tiers","t","tags","Owner"]',
        message:
          'received no tag "Owner", expected it with a value, as tiers.t.tags.Owner in rules.yaml:1:23 says. Add it to tags.',
      },
    ]);
  });

  test("isn't found without rules, without environments, in an invalid or in a retired environment", () => {
    expect(breachesOf(undefined, { full: {} })).toEqual([]);
    expect(ruleBreaches({}, rules("all: { path: /p/ }"))).toEqual([]);
    for (const entry of [undefined, { retired: true, full: {} }, { retired: undefined, full: {} }]) {
      expect(breachesOf("all: { path: /p/ }", entry)).toEqual([]);
    }
    expect(breachesOf("all: { path: /p/ }", { retired: false, full: {} })).toHaveLength(1);
  });

  describe("of the tier", () => {
    const TIERS = "tiers: { prod: {}, test: {} }";
    const expected = "expected one of prod, test, as tiers in rules.yaml:1:1 says";

    test.each<[what: string, text: string | undefined, entry: object, path: string[], message: string]>([
      [
        "without rules",
        undefined,
        { tier: "prod" },
        ["environments", "a", "tier"],
        'received "prod", expected no tier: there is no rules.yaml beside this file that has tiers. Add it there, or remove tier.',
      ],
      [
        "without tiers",
        "all: {}",
        { tier: "prod" },
        ["environments", "a", "tier"],
        'received "prod", expected no tier: rules.yaml has no tiers. Add it there, or remove tier.',
      ],
      ["that is missing", TIERS, {}, ["environments", "a"], `received no tier, ${expected}. Add tier.`],
      [
        "with a typing error",
        TIERS,
        { tier: "prud" },
        ["environments", "a", "tier"],
        `received "prud", ${expected}. Did you mean prod?`,
      ],
      ["of another name", TIERS, { tier: "other" }, ["environments", "a", "tier"], `received "other", ${expected}.`],
    ])("%s", (_, text, entry, path, message) => {
      expect(breachesOf(text, entry)).toEqual([{ path, message, alike: JSON.stringify(["tier", message]) }]);
      expect(breachesOf(text, { ...entry, retired: true })).toHaveLength(1);
    });

    test("isn't found in a right or an invalid one", () => {
      expect(breachesOf(TIERS, { tier: "test" })).toEqual([]);
      expect(breachesOf(TIERS, { tier: undefined })).toEqual([]);
      expect(breachesOf(undefined, { tier: undefined })).toEqual([]);
    });
  });

  describe("of what people may do", () => {
    const rule = "all: { capabilities: [view-cases, create-cases], temporarily: [live-chat] }";
    const ALL = [
      "create-cases",
      "reply-to-cases",
      "attach-files",
      "resolve-cases",
      "live-chat",
      "request-quota-increases",
    ];
    const except = (...left: string[]) => ALL.filter((one) => !left.includes(one));
    const only =
      "expected only view-cases, create-cases, and live-chat with an end, as all.capabilities in rules.yaml:1:8 says";

    test("names what is too much, and how to leave it out", () => {
      expect(messagesOf(rule, { full: { without: except("create-cases", "attach-files") } })).toEqual([
        `received attach-files, ${only}. Add it to without.`,
      ]);
      expect(messagesOf(rule, { full: { without: except("create-cases", "attach-files", "resolve-cases") } })).toEqual([
        `received attach-files, resolve-cases, ${only}. Add them to without.`,
      ]);
      expect(messagesOf(rule, { full: { without: except("create-cases") } })).toEqual([]);
      expect(
        messagesOf("all: { capabilities: [create-cases, live-chat] }", { full: { without: ["attach-files"] } }),
      ).toEqual([
        "received view-cases, reply-to-cases, resolve-cases, request-quota-increases, expected only create-cases, live-chat, as all.capabilities in rules.yaml:1:8 says. Remove full.",
      ]);
      const two = "all: { capabilities: [view-cases], temporarily: [live-chat, resolve-cases] }";
      expect(messagesOf(two, { full: { without: except("attach-files") } })).toEqual([
        "received attach-files, expected only view-cases, and live-chat, resolve-cases with an end, as all.capabilities in rules.yaml:1:8 says. Add it to without.",
      ]);
    });

    test("names what has no end, and how to give it one", () => {
      const expected = "without an end, expected an end, as all.temporarily in rules.yaml:1:50 says";
      const until = "2026-12-31";
      const chat = { without: except("create-cases", "live-chat") };
      expect(messagesOf(rule, { full: chat })).toEqual([
        `received live-chat ${expected}. Add it to without and to temporarily, or set until.`,
      ]);
      expect(messagesOf(rule, { full: { ...chat, until } })).toEqual([]);
      const temporarily = [{ capability: "live-chat", until }];
      expect(messagesOf(rule, { full: { without: except("create-cases"), temporarily } })).toEqual([]);
      const two = "all: { temporarily: [live-chat, resolve-cases] }";
      expect(messagesOf(two, { full: {} })).toEqual([
        "received resolve-cases, live-chat without an end, expected an end, as all.temporarily in rules.yaml:1:8 says. Add them to without and to temporarily, or set until.",
      ]);
      const view = "all: { temporarily: [view-cases, live-chat] }";
      expect(messagesOf(view, { full: {} })).toEqual([
        "received view-cases, live-chat without an end, expected an end, as all.temporarily in rules.yaml:1:8 says. Set until.",
      ]);
    });

    test("of AWS's policy can only be left out with another policy", () => {
      const managed = { full: { policy: "aws-managed", without: ["live-chat"] } };
      expect(messagesOf("all: { capabilities: [view-cases] }", managed)).toEqual([
        `received ${ALL.join(", ")}, expected only view-cases, as all.capabilities in rules.yaml:1:8 says. Set policy to customer-managed, and add them to without.`,
      ]);
      expect(messagesOf("all: { temporarily: [live-chat] }", managed)).toEqual([
        "received live-chat without an end, expected an end, as all.temporarily in rules.yaml:1:8 says. Set policy to customer-managed, and then until.",
      ]);
      expect(breachesOf("all: { capabilities: [] }", { "read-only": { policy: "aws-managed" } })).toMatchObject([
        {
          path: ["environments", "a", "read-only", "policy"],
          message:
            "received view-cases, expected no capability, as all.capabilities in rules.yaml:1:8 says. Remove read-only.",
        },
      ]);
      expect(messagesOf("all: { capabilities: [create-cases] }", { full: { without: except() } })).toEqual([
        "received view-cases, expected only create-cases, as all.capabilities in rules.yaml:1:8 says. Remove full.",
      ]);
    });

    test("for a time names what may not be given even then", () => {
      const temporarily = [
        { capability: "live-chat", until: "2026-12-31" },
        { capability: "attach-files", until: "2026-12-31" },
      ];
      expect(breachesOf(rule, { full: { without: except("create-cases"), temporarily } })).toMatchObject([
        {
          path: ["environments", "a", "full", "temporarily", 1, "capability"],
          message: `received "attach-files", ${only}. Remove it from temporarily.`,
          rule: '["all","capabilities"]',
        },
      ]);
      expect(
        messagesOf("all: { capabilities: [], temporarily: [view-cases] }", {
          full: { until: "2026-12-31", without: except(), temporarily },
        }),
      ).toEqual([
        'received "live-chat", expected only view-cases with an end, as all.capabilities in rules.yaml:1:8 says. Remove it from temporarily.',
        'received "attach-files", expected only view-cases with an end, as all.capabilities in rules.yaml:1:8 says. Remove it from temporarily.',
      ]);
    });

    test.each([
      { without: undefined },
      { without: ["live-chat", undefined] },
      { until: undefined },
      { policy: undefined },
      { temporarily: undefined },
      { temporarily: [undefined] },
      { temporarily: [{ capability: "attach-files", until: undefined }] },
      { temporarily: [{ capability: undefined, until: "2026-12-31" }] },
    ])("isn't reported for invalid values: %j", (full) => {
      expect(breachesOf(rule, { full })).toEqual([]);
    });
  });

  describe("of an end", () => {
    const rule = (days: number) => `all: { longest: { days: ${days} } }`;
    const expected = "as all.longest.days in rules.yaml:1:25 says. Set an earlier one.";

    test("names the latest day", () => {
      expect(breachesOf(rule(1), { full: { until: "2026-06-03" } })).toMatchObject([
        {
          path: ["environments", "a", "full", "until"],
          message: `received "2026-06-03", expected an end by 2026-06-02, 1 day from today, ${expected}`,
          rule: '["all","longest","days"]',
        },
      ]);
      expect(messagesOf(rule(30), { full: { until: "2026-07-02" } })).toEqual([
        `received "2026-07-02", expected an end by 2026-07-01, 30 days from today, ${expected}`,
      ]);
      expect(breachesOf(rule(30), { full: { until: "2026-07-01" } })).toEqual([]);
    });

    test("is also the end of a capability, and invalid ones have none", () => {
      const temporarily = [undefined, { until: undefined }, { capability: "live-chat", until: "2027-01-01" }];
      expect(breachesOf(rule(1), { full: { until: undefined, temporarily } })).toMatchObject([
        { path: ["environments", "a", "full", "temporarily", 2, "until"] },
      ]);
    });
  });

  test("of a boundary isn't reported without an account or of an invalid boundary", () => {
    const text = "all: { permissions-boundary: policy/b }";
    expect(breachesOf(text, { account: undefined, full: {} })).toEqual([]);
    expect(breachesOf(text, { full: { "permissions-boundary": undefined } })).toEqual([]);
    expect(breachesOf(text, { full: { "permissions-boundary": `arn:aws:iam::${account}:policy/b` } })).toEqual([]);
    expect(breachesOf(text, { full: { "permissions-boundary": "arn:aws:iam::aws:policy/b" } })).toMatchObject([
      { path: ["environments", "a", "full", "permissions-boundary"], rule: '["all","permissions-boundary"]' },
    ]);
  });

  test("of the path or the policy isn't reported for an invalid one", () => {
    expect(breachesOf("all: { path: /p/ }", { full: { path: undefined } })).toEqual([]);
    expect(breachesOf("all: { policy: customer-managed }", { full: { policy: undefined } })).toEqual([]);
    expect(breachesOf("all: { policy: customer-managed }", { full: {} })).toEqual([]);
  });

  describe("of a tag", () => {
    const text = "all: { tags: { Owner: { values: [me, us] } } }";

    test("is the value of the nearest layer which has it", () => {
      const layers = [
        { entry: { full: { tags: { Owner: "x" } } }, path: ["environments", "a", "full", "tags", "Owner"] },
        { entry: { full: {}, tags: { Owner: "x" } }, path: ["environments", "a", "tags", "Owner"] },
        {
          entry: { full: {} },
          defaults: { full: { tags: { Owner: "x" } } },
          path: ["defaults", "full", "tags", "Owner"],
          inheritedBy: "a",
        },
        {
          entry: { full: {} },
          defaults: { tags: { Owner: "x" } },
          path: ["defaults", "tags", "Owner"],
          inheritedBy: "a",
        },
      ];
      for (const { entry, defaults, ...where } of layers) {
        expect(breachesOf(text, entry, defaults)).toMatchObject([
          {
            ...where,
            message: 'received "x", expected one of "me", "us", as all.tags.Owner in rules.yaml:1:16 says.',
            rule: '["all","tags","Owner"]',
          },
        ]);
      }
      const right = { tags: { Owner: "us" }, full: {} };
      expect(breachesOf(text, right, { tags: { Owner: "x" }, full: { tags: { Owner: "x" } } })).toEqual([]);
    });

    test("isn't reported where the tags, or the tag, are invalid", () => {
      for (const [entry, defaults] of [
        [{ full: { tags: undefined } }],
        [{ full: {}, tags: undefined }],
        [{ full: {} }, { tags: undefined }],
        [{ full: {} }, { full: { tags: undefined } }],
        [{ full: { tags: { Owner: undefined } } }],
      ] as const) {
        expect(breachesOf(text, entry, defaults)).toEqual([]);
      }
    });

    test("of one value names it, and a blank one isn't any value", () => {
      expect(messagesOf("all: { tags: { Owner: { values: [me] } } }", { full: {} })).toEqual([
        'received no tag "Owner", expected it with "me", as all.tags.Owner in rules.yaml:1:16 says. Add it to tags.',
      ]);
      expect(messagesOf("all: { tags: { Owner: {} } }", { full: { tags: { Owner: " " } } })).toEqual([
        'received " ", expected a value that isn\'t blank, as all.tags.Owner in rules.yaml:1:16 says.',
      ]);
      expect(messagesOf("all: { tags: { Owner: {} } }", { full: { tags: { Owner: "x" } } })).toEqual([]);
    });
  });

  test("of a channel is at the channel, and an invalid one has none", () => {
    const text = "all: { slack-workspaces: [T1, T2], members: { at-most: 5 } }";
    const channels = [
      undefined,
      { workspace: "T1", members: { "at-most": 5 } },
      { workspace: "T3", members: { "at-most": 6 } },
      { members: {} },
    ];
    expect(breachesOf(text, { full: { channels } })).toMatchObject([
      {
        path: ["environments", "a", "full", "channels", 2, "workspace"],
        message: 'received "T3", expected one of T1, T2, as all.slack-workspaces in rules.yaml:1:8 says.',
        rule: '["all","slack-workspaces"]',
      },
      {
        path: ["environments", "a", "full", "channels", 2, "members", "at-most"],
        message:
          "received the number 6, expected at most 5, as all.members.at-most in rules.yaml:1:56 says. Remove members, or set fewer.",
        rule: '["all","members","at-most"]',
      },
    ]);
    expect(breachesOf("all: {}", { full: { channels }, "slack-workspaces": ["T9"] })).toEqual([]);
  });

  test("of a registered workspace is at it", () => {
    expect(
      breachesOf("all: { slack-workspaces: [T1] }", { "slack-workspaces": ["T1", undefined, "T2"] }),
    ).toMatchObject([
      {
        path: ["environments", "a", "slack-workspaces", 2],
        message: 'received "T2", expected T1, as all.slack-workspaces in rules.yaml:1:8 says.',
      },
    ]);
  });

  test("of an access level names the others", () => {
    expect(breachesOf("all: { access-levels: [] }", { full: {} })).toMatchObject([
      {
        path: ["environments", "a", "full"],
        message: "received full, expected no access level, as all.access-levels in rules.yaml:1:8 says. Remove full.",
        rule: '["all","access-levels"]',
      },
    ]);
    expect(breachesOf("all: { access-levels: [read-only, full] }", { full: {}, "read-only": {} })).toEqual([]);
  });
});
