import {
  ACCESS_PROPERTIES,
  CHANNEL_PROPERTIES,
  ENVIRONMENT_PROPERTIES,
  keyOf,
  type Properties,
} from "../../../../modules/support-app/model/properties";
import { change, reportBetween, stacksOf } from "../../../support/edited-stack";

type Pair = readonly [before: string, after: string];

const BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess";
const CHANNEL = "name: oncall, workspace: T01, channel: C01";
const DEPLOYER = "arn:aws:iam::111122223333:role/deployer";

/** Two values of each property of an access, with what else they need. A new property is an error of the compiler here. */
const ACCESS: Readonly<Record<keyof typeof ACCESS_PROPERTIES, Pair>> = {
  without: ["without: [live-chat]", "without: []"],
  until: ["until: 2098-01-31", "until: 2099-01-31"],
  temporarily: [
    "without: [live-chat], temporarily: []",
    "without: [live-chat], temporarily: [{ capability: live-chat, until: 2099-01-31 }]",
  ],
  policy: ["policy: customer-managed", "policy: aws-managed"],
  serviceQuotasRole: ["service-quotas-role: existing", "service-quotas-role: on-demand"],
  roleName: ["role-name: a", "role-name: b"],
  policyName: ["policy-name: a", "policy-name: b"],
  path: ["path: /a/", "path: /b/"],
  description: ["description: a", "description: b"],
  policyDescription: ["policy-description: a", "policy-description: b"],
  permissionsBoundary: [`permissions-boundary: "${BOUNDARY}"`, ""],
  sourceAccountCondition: ["source-account-condition: true", "source-account-condition: false"],
  maxSessionDuration: ["max-session-duration: 3600", "max-session-duration: 7200"],
  tags: ["tags: { a: b }", "tags: { a: c }"],
  adopt: ["adopt: true", "adopt: false"],
};

const CHANNELS: Readonly<Record<keyof typeof CHANNEL_PROPERTIES, Pair>> = {
  name: [CHANNEL, "name: other, workspace: T01, channel: C01"],
  workspace: [CHANNEL, "name: oncall, workspace: T02, channel: C01"],
  channel: [CHANNEL, "name: oncall, workspace: T01, channel: C02"],
  adopt: [`${CHANNEL}, adopt: true`, CHANNEL],
  notify: [CHANNEL, `${CHANNEL}, notify: { severity: high, events: [case-created] }`],
  private: [`${CHANNEL}, private: true`, CHANNEL],
  guests: [`${CHANNEL}, guests: false`, CHANNEL],
  shared: [`${CHANNEL}, shared: false`, CHANNEL],
  maxMembers: [`${CHANNEL}, max-members: 5`, `${CHANNEL}, max-members: 6`],
};

const ENVIRONMENT: Readonly<Record<keyof typeof ENVIRONMENT_PROPERTIES, Pair>> = {
  account: ["", "account: '444455556666'"],
  region: ["", "region: eu-west-1"],
  backend: ["", "backend: { type: s3, bucket: state, region: us-east-1 }"],
  profile: ["profile: a", "profile: b"],
  tags: ["tags: { a: b }", "tags: { a: c }"],
  deployRole: ["", `deploy-role: ${DEPLOYER}`],
  planRole: ["", `plan-role: ${DEPLOYER}`],
  readOnly: ["", "read-only: {}"],
  full: ["", "full: {}"],
  teams: ["", "teams: { a: { access: full } }"],
  slackWorkspaces: ["", "slack-workspaces: [T01]"],
  otherChannels: ["other-channels: true", ""],
  accountAlias: ["account-alias: a", "account-alias: b"],
  tier: ["", ""], // which needs rules.yaml: below
  canary: ["", "canary: true"],
  retired: ["", "retired: true"],
};

/** How a report tells a property that isn't a row under its own name. */
const WORDS: Readonly<Record<string, RegExp>> = {
  without: /gain access.*\*\*live-chat\*\*/s,
  until: /\(before: until 2098-01-31\)/,
  temporarily: /\*\*live-chat until 2099-01-31\*\*/,
  account: /moves from account 111122223333 to 444455556666/,
  region: /moves from us-east-1 to eu-west-1/,
  retired: /paid is retired/,
  readOnly: /\| role \(read-only\) \| none \| `AWSSupportAppReadOnlyRole` \|/,
  full: /\| role \(full\) \| none \| `AWSSupportAppFullRole` \|/,
  teams: /\| role \(team a\) \| none \| `AWSSupportAppARole` \|/,
  workspace: /everyone in `#oncall`/,
  channel: /everyone in `#oncall`/,
};

const paid = (keys: string) => {
  const place = `${keys.includes("account:") ? "" : 'account: "111122223333", '}${keys.includes("region: eu") ? "" : "region: us-east-1, "}`;
  const level = keys === "" || !/(^|\b)(read-only|full|teams):/.test(keys) ? ", read-only: {}" : "";
  return stacksOf(`environments: { paid: { ${place}${keys === "" ? "canary: false" : keys}${level} } }`);
};

/** Keys as the environment has them beside a level that none of them names. */
const environmentOf = (name: string, keys: string) =>
  ["readOnly", "full", "teams"].includes(name)
    ? paid(
        `teams: { b: { access: read-only }${name === "teams" && keys !== "" ? ", a: { access: full }" : ""} }${name === "teams" || keys === "" ? "" : `, ${keys}`}`,
      )
    : paid(keys);

const cases = (
  properties: Properties,
  pairs: Readonly<Record<string, Pair>>,
  inKeys: (name: string, keys: string) => ReturnType<typeof paid>,
) =>
  Object.keys(properties).map(
    (name) => [keyOf(name), name, pairs[name]?.map((keys) => inKeys(name, keys)) ?? []] as const,
  );

describe("every property that changes is in the report", () => {
  const properties = [
    ...cases(ACCESS_PROPERTIES, ACCESS, (_, keys) => paid(`full: { ${keys} }`)),
    ...cases(CHANNEL_PROPERTIES, CHANNELS, (_, keys) => paid(`full: { channels: [{ ${keys} }] }`)),
    ...cases(ENVIRONMENT_PROPERTIES, ENVIRONMENT, environmentOf),
  ].filter(([key]) => key !== "tier");

  test.each(properties)("the report of a change of %s has it", (key, name, [before, after]) => {
    if (!before || !after) throw new Error(`There are no two values of ${key}.`);
    for (const [base, head] of [
      [before, after],
      [after, before],
    ] as const) {
      const report = reportBetween(base, head);
      expect(report).not.toContain("Nobody's access changes");
      if (base === before)
        expect(report).toMatch(
          WORDS[name] ??
            new RegExp(`\\| ${key}(?: \\((?:full|read-only)\\)| of \`#\\w+\`(?: \\(\`\\w+\` of \`\\w+\`\\))?)? \\|`),
        );
    }
  });

  test("the report of an environment that gets a tier, which only its environment says, has it", () => {
    const stack = paid("").get("paid");
    const file = stack?.environmentFile as { environment: object };
    const head = {
      terraform: stack?.terraform ?? {},
      environmentFile: { ...file, environment: { ...file.environment, tier: "sandbox" } },
    };
    expect(change(stack, head)?.settings).toMatchObject([{ compared: "access", property: "tier", after: "sandbox" }]);
  });

  test("the report of a team with another access level, and of a channel with another role, has it", () => {
    const team = (access: string) =>
      paid(`teams: { a: { access: ${access}, channels: [{ ${CHANNEL} }] }, b: { access: read-only } }`);
    expect(reportBetween(team("read-only"), team("full"))).toContain("| access (team a) | `read-only` | `full` |");
    const inB = paid(`teams: { a: { access: read-only }, b: { access: read-only, channels: [{ ${CHANNEL} }] } }`);
    expect(reportBetween(team("read-only"), inB)).toContain("| channel of `#oncall` | `team a` | `team b` |");
  });
});

describe("a team that is called otherwise is the same people, if its role stays", () => {
  const teams = (...entries: readonly string[]) => paid(`teams: { ${entries.join(", ")} }`);
  const team = (name: string, role: string, keys: string) =>
    `${name}: { access: full, role-name: ${role}, policy-name: ${role}, ${keys} }`;
  const inChannel = (id: number) => `channels: [{ name: c${id}, workspace: T01, channel: C0${id} }]`;

  test("a team with another name that keeps its role, capabilities and channels is a setting, and nobody gains anything", () => {
    const [base, head] = ["pay", "payments"].map((name) => teams(team(name, "A", inChannel(1))));
    expect(base && head && reportBetween(base, head)).toBe(`## Settings change in 1 of 1 environment

| environment | setting | before | after |
| --- | --- | --- | --- |
| paid (111122223333, us-east-1) | name in environments.yaml (team payments) | \`team pay\` | \`team payments\` |

0 environments are unchanged
`);
  });

  test("teams whose names are exchanged gain nothing, and what their roles gain beside it is theirs", () => {
    const without = "without: [live-chat],";
    const base = teams(team("a", "A", inChannel(1)), team("b", "B", `${without} ${inChannel(2)}`));
    const exchanged = teams(team("b", "A", inChannel(1)), team("a", "B", `${without} ${inChannel(2)}`));
    expect(reportBetween(base, exchanged)).toMatch(/^## Settings change in 1 of 1 environment\n/);
    const wider = teams(team("b", "A", inChannel(1)), team("a", "B", inChannel(2)));
    expect(reportBetween(base, wider).match(/(?<=\| )(?:everyone|whoever) .*/g)).toEqual([
      "everyone in `#c2` | **live-chat** |  |",
    ]);
  });

  test("a channel that goes to another role of the same level, under another name, is a row", () => {
    const base = teams(team("a", "A", inChannel(1)), team("b", "B", ""));
    const head = teams(team("b", "A", ""), team("a", "B", inChannel(1)));
    expect(reportBetween(base, head)).toContain("| channel of `#c1` | `role A` | `role B` |");
  });
});

test("what is said otherwise, with the same meaning, is no change", () => {
  const events = (order: string) =>
    paid(
      `full: { without: [live-chat, resolve-cases], path: /, channels: [{ ${CHANNEL}, notify: { severity: all, events: [${order}] } }] }`,
    );
  const base = events("case-created, reply-added");
  const head = paid(
    `full: { without: [resolve-cases, live-chat], channels: [{ ${CHANNEL}, notify: { severity: all, events: [reply-added, case-created] } }] }`,
  );
  expect(reportBetween(base, head)).toMatch(
    /^## Nobody's access changes[\s\S]*written differently, with the same meaning: paid/,
  );
});

test("access that has ended already gives nobody anything, and its row says so", () => {
  const endedKeys = "without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-01-31 }]";
  const [base, head] = [paid("full: { without: [live-chat] }"), paid(`full: { ${endedKeys} }`)];
  const report = reportBetween(base, head);
  expect(report).toMatch(/^## What decides access changes in 1 of 1 environment\n/);
  expect(report).toContain("| temporarily (full) | none | `{ capability: live-chat, until: 2026-01-31 }` (ended) |");
  expect(reportBetween(paid("full: {}"), paid("full: { until: 2026-01-31 }"))).toContain(
    "request-quota-increases (ended 2026-01-31) |",
  );
});

test("what changes in a retired environment is shown, although it gives nobody anything", () => {
  const [base, head] = ["live-chat", "resolve-cases"].map((capability) =>
    paid(`retired: true, full: { without: [${capability}] }`),
  );
  expect(base && head && reportBetween(base, head)).toContain("| without (full) | `live-chat` | `resolve-cases` |");
});
