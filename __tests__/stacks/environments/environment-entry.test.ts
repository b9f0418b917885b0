import { stringify } from "yaml";
import type { ChannelEntry, Environment } from "../../../stacks/environments/environment";
import { accessEntryOf, toEntry, toEnvironment } from "../../../stacks/environments/environment-entry";
import { parseEnvironments } from "../../../stacks/environments/environments";
import type { EnvironmentEntry } from "../../../stacks/environments/environments-schema";
import type { RuleSet } from "../../../stacks/environments/rules/rules-schema";
import { EVERY_FIELD } from "../../support/every-field";

const ACCOUNT = "111122223333";
const entry = (overrides: object): EnvironmentEntry => ({ account: ACCOUNT, ...overrides });
const environmentOf = (overrides: object, defaults = {}, rules: RuleSet[] = []) =>
  toEnvironment("prod", entry(overrides), defaults, rules);

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
    otherChannels: false,
    slackWorkspaces: [],
  });
});

test("roles of the defaults are those of its own account, and it can name others, each with what its trust policy requires", () => {
  const defaults = { "deploy-role": { arn: "role/ci/deployer", "external-id": "acme" }, "plan-role": "role/reader" };
  const otherRole = `arn:aws:iam::${ACCOUNT}:role/other`;
  const rolesOf = ({ deployRole, planRole }: Environment) => [deployRole, planRole];
  expect(rolesOf(environmentOf({}, defaults))).toEqual([
    { arn: `arn:aws:iam::${ACCOUNT}:role/ci/deployer`, externalId: "acme" },
    { arn: `arn:aws:iam::${ACCOUNT}:role/reader` },
  ]);
  const entry = { "deploy-role": { arn: otherRole, "session-name": "ci" }, "plan-role": otherRole };
  expect(rolesOf(environmentOf(entry, defaults))).toEqual([{ arn: otherRole, sessionName: "ci" }, { arn: otherRole }]);
});

test("everything in its entry is in it", () => {
  const backend = { type: "cloud", organization: "acme" };
  const expected = { retired: true, tier: "strict", canary: true, region: "us-east-1", backend, profile: "ops" };
  const watch = { name: "watch", workspace: "T1", channel: "C1" };
  const oncall = { name: "oncall", workspace: "T1", channel: "C2" };
  expect(
    environmentOf({
      ...expected,
      "deploy-role": "arn",
      "plan-role": "arn2",
      "slack-workspaces": ["T1"],
      "account-alias": "a",
      "other-channels": true,
      full: { channels: [oncall] },
      "read-only": { channels: [watch] },
    }),
  ).toEqual({
    name: "prod",
    account: ACCOUNT,
    ...expected,
    deployRole: { arn: "arn" },
    planRole: { arn: "arn2" },
    slackWorkspaces: ["T1"],
    accountAlias: "a",
    otherChannels: true,
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
  const overrides = { region: "us-east-1", profile: "ops", backend: { type: "cloud", organization: "acme" } };
  expect(environmentOf(overrides, defaults)).toMatchObject(overrides);
});

describe("a team", () => {
  const channels = [{ name: "pay", workspace: "T1", channel: "C1" }];
  const [ROLE, POLICY] = ["AWSSupportAppPayRole", "AWSSupportAppPayRolePolicy"];

  test("a team has its level's access, and a role, a policy and channels of its own, after the levels", () => {
    const teams = { pay: { access: "full", without: ["live-chat"], channels } };
    const environment = environmentOf({ teams, full: {} });
    expect(environment.accesses).toEqual([
      { access: "full", account: ACCOUNT },
      { access: "full", team: "pay", account: ACCOUNT, without: ["live-chat"], roleName: ROLE, policyName: POLICY },
    ]);
    expect(environment.channels).toEqual([{ ...channels[0], access: "full", team: "pay" }]);
  });

  test("a team with AWS's policy has no name for a policy, and another one has the names that it says", () => {
    const names = { "role-name": "r", "policy-name": "p" };
    const teams = { a: { access: "read-only", policy: "aws-managed" }, b: { access: "full", ...names } };
    expect(environmentOf({ teams }).accesses).toEqual([
      { access: "read-only", team: "a", account: ACCOUNT, policy: "aws-managed", roleName: "AWSSupportAppARole" },
      { access: "full", team: "b", account: ACCOUNT, roleName: "r", policyName: "p" },
    ]);
  });

  test("a team inherits what its level does, but for what is of one role", () => {
    const defaults = {
      "read-only": { path: "/no/" },
      full: { path: "/a/", "role-name": "r", "policy-name": "p", adopt: true, tags: { A: "1", B: "1" } },
      tags: { C: "1" },
    };
    const teams = { pay: { access: "full", tags: { B: "2" } } };
    expect(environmentOf({ teams }, defaults).accesses).toEqual([
      {
        access: "full",
        team: "pay",
        account: ACCOUNT,
        path: "/a/",
        roleName: ROLE,
        policyName: POLICY,
        tags: { A: "1", B: "2", C: "1" },
      },
    ]);
  });

  test("an environment's entry has its teams, whatever they inherited", () => {
    const teams = { pay: { access: "full", channels }, constructor: { access: "read-only" } };
    const environment = environmentOf({ region: "us-east-1", teams, full: {} }, { full: { path: "/a/" } });
    const environmentEntry = toEntry(environment);
    expect(Object.keys(environmentEntry.teams ?? {})).toEqual(["pay", "constructor"]);
    expect(environmentEntry.teams?.pay).toMatchObject({ access: "full", "role-name": ROLE, path: "/a/", channels });
    expect(toEnvironment("prod", environmentEntry)).toEqual(environment);
  });
});

test("tags add up, from the defaults to the access level", () => {
  const defaults = { tags: { A: "1", B: "1", C: "1", D: "1" }, full: { tags: { B: "2", C: "2", D: "2" } } };
  const overrides = { tags: { C: "3", D: "3" }, full: { tags: { D: "4" } }, "read-only": {} };
  expect(environmentOf(overrides, defaults).accesses.map(({ tags }) => tags)).toEqual([
    { A: "1", B: "1", C: "3", D: "3" },
    { A: "1", B: "2", C: "3", D: "4" },
  ]);
});

describe("an access level with the defaults", () => {
  const names = { "policy-name": "p", "policy-description": "d" };
  const values = { ...names, "service-quotas-role": "create" };
  const without = ["request-quota-increases"];
  const temporarily = (capability: string) => [undefined, { capability, until: "2026-12-31" }];

  test.each<[what: string, own: object, defaults: object, whole: object]>([
    [
      "has its own keys before the keys of the defaults",
      { path: "/own/", without: [] },
      { path: "/a/", without: ["live-chat"], "role-name": "r" },
      { path: "/own/", without: [], "role-name": "r" },
    ],
    ["has them with its own policy", { policy: "customer-managed" }, values, { policy: "customer-managed", ...values }],
    [
      "loses a policy's name and description if it has AWS's policy",
      { policy: "aws-managed" },
      values,
      { policy: "aws-managed", "service-quotas-role": "create" },
    ],
    ["keeps its policy's own names", { policy: "aws-managed", ...names }, values, { policy: "aws-managed", ...values }],
    ["loses the Service Quotas role if nobody may request quota increases", { without }, values, { without, ...names }],
    [
      "keeps its own Service Quotas role",
      { without, "service-quotas-role": "adopt" },
      values,
      { without, ...names, "service-quotas-role": "adopt" },
    ],
    ["keeps it if others are left out", { without: ["live-chat"] }, values, { without: ["live-chat"], ...values }],
    ...["request-quota-increases", "live-chat"].map((capability): [string, object, object, object] => [
      `with ${capability} for a time`,
      { without, temporarily: temporarily(capability) },
      values,
      { without, temporarily: temporarily(capability), ...(capability === "live-chat" ? names : values) },
    ]),
  ])("an access level with the defaults %s", (_, full, defaults, whole) => {
    expect(accessEntryOf({ access: "full" }, entry({ full }), { full: defaults })).toEqual(whole);
    expect(accessEntryOf({ access: "full" }, entry({ "read-only": full }), { full: defaults })).toBeUndefined();
  });
});

describe("what is required of a channel in Slack", () => {
  const CHANNEL: ChannelEntry = { name: "oncall", workspace: "T1", channel: "C1" };
  const channelWith = (overrides: object, ...rules: RuleSet[]) =>
    environmentOf({ full: { channels: [{ ...CHANNEL, ...overrides }] } }, {}, rules).channels;

  test.each<[what: string, own: object, rules: RuleSet[], required: object]>([
    ["what the channel has, without rules", { private: true }, [], { private: true }],
    ["nothing, if neither has anything", {}, [{}], {}],
    ["what a rule has", {}, [{ private: true, guests: false }], { private: true, guests: false }],
    [
      "what the channel and all rules have",
      { shared: false },
      [{ guests: false }, { private: true }],
      { private: true, guests: false, shared: false },
    ],
    ["the fewest members", { "max-members": 30 }, [{ "max-members": 20 }, { "max-members": 25 }], { maxMembers: 20 }],
    ["the channel's own number if it is smaller", { "max-members": 5 }, [{ "max-members": 20 }], { maxMembers: 5 }],
  ])("what is required of a channel in Slack is %s", (_, overrides, rules, required) => {
    expect(channelWith(overrides, ...rules)).toEqual([{ ...CHANNEL, access: "full", ...required }]);
  });
});

describe("an environment's entry that inherits nothing", () => {
  /** Makes environments from a file, and each of them again from such an entry, in a file of its own. */
  const expectSame = (yaml: string) => {
    for (const environment of parseEnvironments(yaml, "environments.yaml", "unchecked")) {
      const entry = JSON.parse(JSON.stringify(toEntry(environment)));
      expect(toEnvironment(environment.name, entry)).toEqual(environment);
      const yaml = stringify({ environments: { [environment.name]: entry } });
      expect(parseEnvironments(yaml, "environments.yaml", "unchecked")).toEqual([environment]);
    }
  };

  test("an environment's entry that inherits nothing has every key that an environment can have, except its tags, which each access level has", () => {
    const [, environment] = parseEnvironments(
      stringify(EVERY_FIELD).replace("retired: false", "retired: true"),
      "environments.yaml",
      "unchecked",
    );
    const keys = Object.keys(EVERY_FIELD.environments.staging).filter((key) => key !== "tags");
    expect(Object.keys(JSON.parse(JSON.stringify(environment && toEntry(environment))))).toEqual(
      expect.arrayContaining(keys),
    );
  });

  test("an environment's entry that inherits nothing makes the same again with every field there is, and with what the rules require of its channels", () => {
    expectSame(stringify(EVERY_FIELD));
    const strict = environmentOf(
      { tier: "strict", region: "us-east-1", full: { channels: [{ name: "a", workspace: "T1", channel: "C1" }] } },
      { full: { path: "/a/" }, tags: { A: "1" } },
      [{ private: true, "max-members": 20 }],
    );
    expect(toEntry(strict).full).toEqual({
      path: "/a/",
      tags: { A: "1" },
      channels: [{ name: "a", workspace: "T1", channel: "C1", private: true, "max-members": 20 }],
    });
    expect(toEnvironment("prod", toEntry(strict))).toEqual(strict);
  });
});
