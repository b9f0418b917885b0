import { readFileSync } from "node:fs";
import { ruleBreaches } from "../../stacks/rule-breaches";
import { parseRules } from "../../stacks/rules";
import { run } from "../bad-inputs/run";
import { NOW } from "../support/now";
import { printedInTests } from "../support/printed";
import { sample } from "../support/thorough";
import { CHANNEL, errorsWith, file } from "./ruled-environments";

const printed = printedInTests();
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
