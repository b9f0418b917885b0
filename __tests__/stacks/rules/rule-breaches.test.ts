import { readFileSync } from "node:fs";
import type { EnvironmentsFile } from "../../../stacks/environments/environments-schema";
import { ruleBreaches } from "../../../stacks/rules/rule-breaches";
import { parseRules } from "../../../stacks/rules/rules";
import { NOW } from "../../support/now";
import { CHANNEL, errorsWith, file } from "../ruled-environments";

const BOUNDARY = "permissions-boundary: 'arn:aws:iam::111122223333:policy/team/b'";

/** For each rule: what keeps it, what breaks it, and the error. */
const RULES: readonly (readonly [rule: string, keeps: string, breaks: string, ...errors: string[]])[] = [
  [
    "access-levels: [read-only]",
    "read-only: {}",
    "full: {}",
    "52: environments.a.full: received full, expected only read-only, as all.access-levels in rules.yaml:1:8 says. Remove full.",
  ],
  [
    "access-levels: []",
    "retired: true, full: {}",
    "full: {}",
    "52: environments.a.full: received full, expected no access level, as all.access-levels in rules.yaml:1:8 says. Remove full.",
  ],
  [
    "capabilities: [view-cases, create-cases, reply-to-cases, resolve-cases, live-chat, request-quota-increases]",
    "full: { without: [attach-files, live-chat] }",
    "full: { without: [live-chat] }",
    "60: environments.a.full.without: received attach-files, expected only view-cases, create-cases, reply-to-cases, resolve-cases, live-chat, request-quota-increases, as all.capabilities in rules.yaml:1:8 says. Add the others to without, with a customer-managed policy, or remove full.",
  ],
  [
    "temporarily: [live-chat]",
    "full: { without: [live-chat], temporarily: [{ capability: live-chat, until: 2099-12-31 }] }",
    "full: {}",
    "52: environments.a.full: received live-chat without an end, expected an end, as all.temporarily in rules.yaml:1:8 says. Set until, or list the capability in without and in temporarily, with a customer-managed policy.",
  ],
  [
    "longest: { days: 1 }",
    "full: {}",
    "full: { without: [live-chat], temporarily: [{ capability: live-chat, until: 2099-12-31 }] }",
    `128: environments.a.full.temporarily[0].until: received "2099-12-31", expected an end by 2026-06-02, 1 day from today, as all.longest.days in rules.yaml:1:25 says. Set an earlier one.`,
  ],
  [
    "slack-workspaces: [T1]",
    `slack-workspaces: [T1], read-only: { channels: [{ ${CHANNEL} }] }`,
    `slack-workspaces: [T2], read-only: { channels: [{ ${CHANNEL.replace("T1", "T2")} }] }`,
    '71: environments.a.slack-workspaces[0]: received "T2", expected T1, as all.slack-workspaces in rules.yaml:1:8 says.',
    '127: environments.a.read-only.channels[0].workspace: received "T2", expected T1, as all.slack-workspaces in rules.yaml:1:8 says.',
  ],
  [
    "slack-workspaces: []",
    "read-only: {}",
    `read-only: { channels: [{ ${CHANNEL} }] }`,
    '103: environments.a.read-only.channels[0].workspace: received "T1", expected no Slack workspace, as all.slack-workspaces in rules.yaml:1:8 says.',
  ],
  [
    "policy: customer-managed",
    "read-only: { policy: customer-managed }",
    "read-only: { policy: aws-managed }",
    '73: environments.a.read-only.policy: received "aws-managed", expected "customer-managed", as all.policy in rules.yaml:1:16 says. Set policy to it.',
  ],
  [
    "permissions-boundary: policy/team/b",
    `read-only: { ${BOUNDARY} }`,
    "read-only: {}",
    '52: environments.a.read-only: received nothing, expected "arn:aws:iam::111122223333:policy/team/b", as all.permissions-boundary in rules.yaml:1:30 says. Set permissions-boundary to it.',
  ],
  [
    "permissions-boundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'",
    "read-only: { permissions-boundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }",
    `read-only: { ${BOUNDARY} }`,
    '87: environments.a.read-only.permissions-boundary: received "arn:aws:iam::111122223333:policy/team/b", expected "arn:aws:iam::aws:policy/ReadOnlyAccess", as all.permissions-boundary in rules.yaml:1:30 says. Set permissions-boundary to it.',
  ],
  [
    "path: /support-app/",
    "read-only: { path: /support-app/ }",
    "read-only: {}",
    '52: environments.a.read-only: received "/", expected "/support-app/", as all.path in rules.yaml:1:14 says. Set path to it.',
  ],
  [
    "tags: { CostCentre: {} }",
    "tags: { CostCentre: '4711' }, read-only: {}",
    "tags: { costcentre: '4711' }, read-only: {}",
    '82: environments.a.read-only: received no tag "CostCentre", expected it with a value, as all.tags.CostCentre in rules.yaml:1:16 says. Add it to tags.',
  ],
  [
    "tags: { Owner: {} }",
    "tags: { Owner: ' me ' }, read-only: {}",
    "tags: { Owner: ' ' }, read-only: {}",
    `67: environments.a.tags.Owner: received " ", expected a value that isn't blank, as all.tags.Owner in rules.yaml:1:16 says.`,
  ],
  [
    "tags: { Owner: { values: [platform, security] } }",
    "read-only: { tags: { Owner: security } }",
    "tags: { Owner: platform }, read-only: { tags: { Owner: sales } }",
    '107: environments.a.read-only.tags.Owner: received "sales", expected one of "platform", "security", as all.tags.Owner in rules.yaml:1:16 says.',
  ],
  [
    "members: { at-most: 25 }",
    `read-only: { channels: [{ ${CHANNEL}, members: { at-most: 25 } }] }`,
    `read-only: { channels: [{ ${CHANNEL}, members: { at-most: 26 } }] }`,
    "140: environments.a.read-only.channels[0].members.at-most: received the number 26, expected at most 25, as all.members.at-most in rules.yaml:1:28 says. Remove members, or set fewer.",
  ],
];

// The day alone is another: nothing waits.
beforeAll(() =>
  jest.useFakeTimers({
    now: NOW,
    doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "setTimeout", "performance", "hrtime"],
  }),
);
afterAll(() => jest.useRealTimers());

describe("a rule, what keeps it and what breaks it", () => {
  test.each(RULES)("%s: kept by %s, broken by %s", (rule, keeps, breaks, ...errors) => {
    expect(errorsWith(`all: { ${rule} }`, file(keeps))).toEqual([]);
    expect(errorsWith(`all: { ${rule} }`, file(breaks))).toEqual(errors.map((one) => `environments.yaml:2:${one}`));
  });

  test("every rule has a row, except those that only Slack can break", () => {
    const { properties } = JSON.parse(readFileSync("stacks/rules.schema.json", "utf8")).properties.all;
    const tried = RULES.map(([rule]) => rule.split(":")[0]);
    expect(Object.keys(properties).filter((rule) => !tried.includes(rule))).toEqual(["private", "guests", "shared"]);
  });
});

test("the rules of all and of the own tier apply, each reported with its own line", () => {
  const rules = "all: { access-levels: [read-only] }\ntiers:\n  one: { access-levels: [full] }\n  two: { path: /p/ }\n";
  expect(errorsWith(rules, file("tier: one, full: {}, read-only: {}"))).toEqual([
    "environments.yaml:2:63: environments.a.full: received full, expected only read-only, as all.access-levels in rules.yaml:1:8 says. Remove full.",
    "environments.yaml:2:73: environments.a.read-only: received read-only, expected only full, as tiers.one.access-levels in rules.yaml:3:10 says. Remove read-only.",
  ]);
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
});

describe("a breach", () => {
  const account = "111122223333";
  /** The breaches of an environment, without what is undefined. */
  const breachesOf = (text: string | undefined, entry: object, defaults?: object) =>
    ruleBreaches(
      { defaults, environments: { a: { account, ...entry } } } as EnvironmentsFile,
      text === undefined ? undefined : parseRules(text, "rules.yaml"),
    ).map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)));
  const messagesOf = (text: string, entry: object) => breachesOf(text, entry).map(({ message }) => message);
  const found = (text: string, entry: object, defaults?: object) =>
    breachesOf(text, entry, defaults).map(({ path }) => (path as string[]).join("."));

  test("has its place, and names who inherits it", () => {
    const message = 'received "/q/", expected "/p/", as all.path in rules.yaml:1:14 says. Set path to it.';
    const own = ["environments", "a", "full", "path"];
    expect(breachesOf("all: { path: /p/ }", { full: { path: "/q/" } })).toEqual([{ path: own, message }]);
    const path = ["defaults", "full", "path"];
    expect(breachesOf("all: { path: /p/ }", { full: {} }, { full: { path: "/q/" } })).toEqual([
      { path, message, inheritedBy: "a" },
    ]);
    const [breach] = breachesOf("all: { permissions-boundary: policy/b }", { full: {} });
    expect(breach?.message).toContain('expected "arn:aws:iam::111122223333:policy/b"');
  });

  test("isn't found without rules or in a retired environment", () => {
    expect(breachesOf(undefined, { full: {} })).toEqual([]);
    expect(breachesOf("all: { path: /p/ }", { retired: true, full: {} })).toEqual([]);
    expect(breachesOf("all: { path: /p/ }", { retired: false, full: {} })).toHaveLength(1);
  });

  const NO_TIERS =
    "expected no tier: the rules.yaml beside this file has no tiers, or isn't there. Add it there, or remove tier.";
  const ONE_OF = "expected one of prod, test, as tiers in rules.yaml:1:1 says";
  const TIERS = "tiers: { prod: {}, test: {} }";
  test.each<[what: string, text: string | undefined, entry: object, message: string]>([
    ["without rules", undefined, { tier: "prod" }, `received "prod", ${NO_TIERS}`],
    ["without tiers", "all: {}", { tier: "prod" }, `received "prod", ${NO_TIERS}`],
    ["that is missing", TIERS, {}, `received no tier, ${ONE_OF}. Add tier.`],
    ["with a typing error", TIERS, { tier: "prud" }, `received "prud", ${ONE_OF}. Did you mean prod?`],
    ["of another name", TIERS, { tier: "other" }, `received "other", ${ONE_OF}.`],
  ])("of the tier: %s", (_, text, entry, message) => {
    const path = ["environments", "a", ...("tier" in entry ? ["tier"] : [])];
    expect(breachesOf(text, entry)).toEqual([{ path, message }]);
    expect(breachesOf(text, { ...entry, retired: true })).toHaveLength(1);
  });

  test("isn't found in a right tier, or without any", () => {
    expect(breachesOf(TIERS, { tier: "test" })).toEqual([]);
    expect(breachesOf(undefined, {})).toEqual([]);
  });

  const CHAT = "create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases";
  const without = (...kept: string[]) => ({ without: CHAT.split(", ").filter((one) => !kept.includes(one)) });
  const temporarily = ["live-chat", "attach-files"].map((capability) => ({ capability, until: "2026-12-31" }));
  const managed = { policy: "aws-managed", without: ["live-chat"] };
  const NARROW = "capabilities: [view-cases, create-cases], temporarily: [live-chat]";
  const until = "2026-12-31";
  const TO_WITHOUT = "Add the others to without, with a customer-managed policy, or remove full.";

  test.each<[rules: string, full: object, ...messages: string[]]>([
    [NARROW, { ...without("create-cases"), temporarily: temporarily.slice(0, 1) }],
    [
      NARROW,
      without("create-cases", "attach-files"),
      `received attach-files, expected only view-cases, create-cases, and live-chat with an end, as all.capabilities in rules.yaml:1:8 says. ${TO_WITHOUT}`,
    ],
    [
      "capabilities: [create-cases, live-chat]",
      without("resolve-cases"),
      "received view-cases, resolve-cases, expected only create-cases, live-chat, as all.capabilities in rules.yaml:1:8 says. Add the others to without, with a customer-managed policy, or remove full.",
    ],
    [
      NARROW,
      without("create-cases", "live-chat"),
      "received live-chat without an end, expected an end, as all.temporarily in rules.yaml:1:50 says. Set until, or list the capability in without and in temporarily, with a customer-managed policy.",
    ],
    [
      "temporarily: [view-cases, live-chat]",
      {},
      "received view-cases, live-chat without an end, expected an end, as all.temporarily in rules.yaml:1:8 says. Set until, or list the capability in without and in temporarily, with a customer-managed policy.",
    ],
    [
      "capabilities: [view-cases]",
      managed,
      `received ${CHAT}, expected only view-cases, as all.capabilities in rules.yaml:1:8 says. ${TO_WITHOUT}`,
    ],
    [
      "temporarily: [view-cases]",
      managed,
      `received view-cases without an end, expected an end, as all.temporarily in rules.yaml:1:8 says. Set until, or list the capability in without and in temporarily, with a customer-managed policy.`,
    ],
    [
      "capabilities: [], temporarily: [view-cases]",
      { until, ...without(), temporarily: temporarily.slice(0, 1) },
      'received "live-chat", expected only view-cases with an end, as all.capabilities in rules.yaml:1:8 says. Remove it from temporarily.',
    ],
    [
      "capabilities: []",
      without(),
      "received view-cases, expected no capability, as all.capabilities in rules.yaml:1:8 says. Add the others to without, with a customer-managed policy, or remove full.",
    ],
  ])("of what people may do: %s, with %j", (rules, full, ...messages) => {
    expect(messagesOf(`all: { ${rules} }`, { full })).toEqual(messages);
  });

  test.each<[what: string, rules: string, entry: object, defaults: object | undefined, ...paths: string[]]>([
    ["without", "capabilities: []", { full: { without: [] } }, undefined, "environments.a.full.without"],
    ["the policy", "capabilities: []", { full: managed }, undefined, "environments.a.full.policy"],
    [
      "a capability for a time",
      NARROW,
      { full: { ...without("create-cases"), temporarily } },
      undefined,
      "environments.a.full.temporarily.1.capability",
    ],
    [
      "the end of a capability",
      "longest: { days: 1 }",
      { full: { temporarily: [{ until: "2026-06-02" }, { until: "2027-01-01" }] } },
      undefined,
      "environments.a.full.temporarily.1.until",
    ],
    [
      "channels and registered workspaces",
      "slack-workspaces: [T1], members: { at-most: 5 }",
      {
        full: {
          channels: [
            { workspace: "T1", members: { "at-most": 5 } },
            { workspace: "T3", members: { "at-most": 6 } },
            { workspace: "T1" },
          ],
        },
        "slack-workspaces": ["T1", "T2"],
      },
      undefined,
      "environments.a.full.channels.1.workspace",
      "environments.a.full.channels.1.members.at-most",
      "environments.a.slack-workspaces.1",
    ],
    ["a tag of the defaults", "tags: { A: { values: [y] } }", { full: {} }, { tags: { A: "x" } }, "defaults.tags.A"],
    ["the nearest tag", "tags: { A: { values: [y] } }", { full: {}, tags: { A: "y" } }, { tags: { A: "x" } }],
  ])("is at %s", (_, rules, entry, defaults, ...paths) => {
    expect(found(`all: { ${rules} }`, entry, defaults)).toEqual(paths);
  });
});
