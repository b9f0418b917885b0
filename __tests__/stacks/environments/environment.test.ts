import { accessOf, keyOf, LEVELS, toEnvironment, toProps } from "../../../stacks/environments/environment";
import type { ChannelEntry, EnvironmentEntry } from "../../../stacks/environments/environments-schema";
import type { RuleSet } from "../../../stacks/rules/rules-schema";

const ACCOUNT = "111122223333";
const entry = (more: object): EnvironmentEntry => ({ account: ACCOUNT, ...more });
const environmentOf = (more: object, defaults = {}, rules: RuleSet[] = []) =>
  toEnvironment("prod", entry(more), defaults, rules);

test("the access levels are in a fixed order", () => {
  expect(LEVELS).toEqual(["read-only", "full"]);
});

test("an environment with nothing more has a local state and gives nobody access", () => {
  expect(environmentOf({ region: "us-east-1" })).toEqual({
    name: "prod",
    account: ACCOUNT,
    retired: false,
    canary: false,
    region: "us-east-1",
    backend: { type: "local" },
    accesses: [],
    channels: [],
    slackWorkspaces: [],
  });
});

test("everything in its entry is in it", () => {
  const backend = { type: "cloud", organization: "acme" };
  const watch = { name: "watch", workspace: "T1", channel: "C1" };
  const oncall = { name: "oncall", workspace: "T1", channel: "C2" };
  expect(
    environmentOf({
      ...{ retired: true, tier: "strict", canary: true, region: "us-east-1", backend, profile: "ops" },
      ...{
        "deploy-role": "arn",
        "slack-workspaces": ["T1"],
        "account-alias": "Production",
        "other-channels": "expected",
      },
      full: { channels: [oncall] },
      "read-only": { channels: [watch] },
    }),
  ).toEqual({
    ...{ name: "prod", account: ACCOUNT, retired: true, tier: "strict", canary: true, region: "us-east-1", backend },
    ...{
      profile: "ops",
      deployRole: "arn",
      slackWorkspaces: ["T1"],
      accountAlias: "Production",
      otherChannels: "expected",
    },
    accesses: [
      { access: "read-only", account: ACCOUNT },
      { access: "full", account: ACCOUNT },
    ],
    channels: [
      { ...watch, access: "read-only" },
      { ...oncall, access: "full" },
    ],
  });
});

test("what it doesn't have comes from the defaults", () => {
  const defaults = { region: "eu-west-1", profile: "everywhere", backend: { type: "local" } } as const;
  expect(environmentOf({}, defaults)).toMatchObject(defaults);
  const own = { region: "us-east-1", profile: "ops", backend: { type: "cloud", organization: "acme" } };
  expect(environmentOf(own, defaults)).toMatchObject(own);
});

test("tags add up, from the defaults to the access level", () => {
  const defaults = { tags: { A: "1", B: "1", C: "1", D: "1" }, full: { tags: { B: "2", C: "2", D: "2" } } };
  const own = { tags: { C: "3", D: "3" }, full: { tags: { D: "4" } }, "read-only": {} };
  expect(environmentOf(own, defaults).accesses.map(({ tags }) => tags)).toEqual([
    { A: "1", B: "1", C: "3", D: "3" },
    { A: "1", B: "2", C: "3", D: "4" },
  ]);
});

describe("an access level with the defaults", () => {
  test("isn't there if the environment doesn't have it", () => {
    expect(accessOf("full", entry({ "read-only": {} }), { full: { path: "/a/" } })).toBeUndefined();
  });

  test("has its own keys before the keys of the defaults", () => {
    const full = { path: "/own/", without: [] };
    expect(
      accessOf("full", entry({ full }), { full: { path: "/a/", without: ["live-chat"], "role-name": "r" } }),
    ).toEqual({
      ...full,
      "role-name": "r",
    });
  });

  const defaults = {
    full: { "policy-name": "p", "policy-description": "d", "service-quotas-role": "create" },
  } as const;

  test("loses a policy's name and description if it has AWS's policy", () => {
    const full = { policy: "aws-managed" };
    expect(accessOf("full", entry({ full }), defaults)).toEqual({ ...full, "service-quotas-role": "create" });
    const named = { policy: "aws-managed", "policy-name": "own", "policy-description": "own" };
    expect(accessOf("full", entry({ full: named }), defaults)).toEqual({ ...named, "service-quotas-role": "create" });
    const customer = { policy: "customer-managed" };
    expect(accessOf("full", entry({ full: customer }), defaults)).toEqual({ ...customer, ...defaults.full });
  });

  test("loses the Service Quotas role if nobody may request quota increases", () => {
    const { "service-quotas-role": mode, ...rest } = defaults.full;
    const without = ["request-quota-increases"];
    expect(accessOf("full", entry({ full: { without } }), defaults)).toEqual({ ...rest, without });
    const own = { without, "service-quotas-role": "adopt" };
    expect(accessOf("full", entry({ full: own }), defaults)).toEqual({ ...rest, ...own });
    for (const full of [
      { without: ["live-chat"] },
      { without, temporarily: [undefined, { capability: "request-quota-increases", until: "2026-12-31" }] },
    ]) {
      expect(accessOf("full", entry({ full }), defaults)).toEqual({ ...defaults.full, ...full });
    }
    const chat = { without, temporarily: [undefined, { capability: "live-chat", until: "2026-12-31" }] };
    expect(accessOf("full", entry({ full: chat }), defaults)).not.toHaveProperty("service-quotas-role");
    expect(mode).toBe("create");
  });
});

describe("what is required of a channel in Slack", () => {
  const CHANNEL: ChannelEntry = { name: "oncall", workspace: "T1", channel: "C1" };
  const channelWith = (own: object, ...rules: RuleSet[]) =>
    environmentOf({ full: { channels: [{ ...CHANNEL, ...own }] } }, {}, rules).channels;

  test.each<[what: string, own: object, rules: RuleSet[], required: object]>([
    ["what the channel has, without rules", { private: "required" }, [], { private: "required" }],
    ["nothing, if neither has anything", {}, [{}], {}],
    ["what a rule has", {}, [{ private: "required", guests: "refused" }], { private: "required", guests: "refused" }],
    [
      "what the channel and all rules have",
      { shared: "refused" },
      [{ guests: "refused" }, { private: "required" }],
      { private: "required", guests: "refused", shared: "refused" },
    ],
    [
      "the fewest members",
      { members: { "at-most": 30 } },
      [{ members: { "at-most": 20 } }, { members: { "at-most": 25 } }],
      { members: { "at-most": 20 } },
    ],
    [
      "the channel's own number if it is smaller",
      { members: { "at-most": 5 } },
      [{ members: { "at-most": 20 } }],
      { members: { "at-most": 5 } },
    ],
  ])("%s", (_, own, rules, required) => {
    expect(channelWith(own, ...rules)).toEqual([{ ...CHANNEL, access: "full", ...required }]);
  });
});

test("every key of an access level is a property of the construct", () => {
  const temporarily = [{ capability: "live-chat", until: "2026-12-31" }] as const;
  const tags = { A: "b" };
  expect(
    toProps(
      "full",
      {
        ...{ without: ["live-chat"], until: "2027-01-01", temporarily: [...temporarily], policy: "customer-managed" },
        ...{ "service-quotas-role": "create", "role-name": "r", "policy-name": "p", description: "d" },
        ...{ "policy-description": "pd", path: "/x/", "permissions-boundary": "b", "max-session-duration": 7200 },
        ...{ adopt: true, "source-account-condition": true },
      },
      ACCOUNT,
      tags,
    ),
  ).toEqual({
    ...{ access: "full", account: ACCOUNT, without: ["live-chat"], until: "2027-01-01", temporarily },
    ...{ policy: "customer-managed", serviceQuotasRole: "create", roleName: "r", policyName: "p", description: "d" },
    ...{ policyDescription: "pd", path: "/x/", permissionsBoundary: "b", maxSessionDuration: 7200, tags },
    ...{ adopt: true, sourceAccountCondition: true },
  });
});

test.each([
  ["path", "path"],
  ["serviceQuotasRole", "service-quotas-role"],
])("the key of the property %s is %s", (property, key) => {
  expect(keyOf(property)).toBe(key);
});
