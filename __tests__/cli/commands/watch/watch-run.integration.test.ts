import { type FindingKey, NOT_LOOKED_AT } from "../../../../cli/commands/watch/finding-key";
import type { Reports } from "../../../../cli/commands/watch/reports";
import { keptLines, watchRun } from "../../../../cli/commands/watch/watch-run";
import type { Environment } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { doctorReport, finding, notice, type Said } from "../../../support/watching";

/** What a finding says by default. */
const OTHERWISE = finding().found;

const FILE = "environments.yaml";
const environments: readonly Environment[] = parseEnvironments(
  `defaults: { region: us-east-1 }
environments:
  production: { account: "111122223333", full: {} }
  old: { account: "111122223334", full: {}, retired: true }
`,
  FILE,
);

function reportsOf(said: Said | undefined): Reports {
  const environmentList = said === undefined ? [] : doctorReport({ production: said }).environments;
  const environments = new Map(environmentList.map((environment) => [environment.name, environment]));
  return { environments, accounts: new Map(), unusable: [], isWholeOrganization: false };
}

const unknown = (...about: string[]) => finding({ answer: "unknown", about });
const POLICY = ["full", "policy", "arn:aws:iam::111122223333:policy/Extra"];
const OF_POLICY = { kind: "unexpected-access", about: POLICY };
const OF_UNKNOWN = { kind: NOT_LOOKED_AT, about: ["environment"] };
const OTHER: Said = { findings: { trust: [{ about: ["read-only"] }] } };
const OF_AWS = ["full", "policy", "arn:aws:iam::aws:policy/AWSSupportAppFullAccess"];
const OF_CHANGE = { kind: "policy-changed", about: OF_AWS };
const OF_END = { kind: "ending", about: ["full", "all", "2026-12-31"] };
const NOTHING: Said = { notices: [] };
const unexpected = (overrides: Parameters<typeof finding>[0]): Said => ({
  findings: { "unexpected-access": [overrides ?? {}] },
});

describe("an earlier finding", () => {
  test.each<[string, string, Partial<FindingKey>, Said | undefined]>([
    ["found", "it is found again, in other words", {}, { findings: { trust: [{ found: "now another" }] } }],
    ["healed", "its check is healthy", {}, {}],
    ["healed", "its check finds something else", {}, OTHER],
    ["not-looked-at", "there is no report", {}, undefined],
    ["not-looked-at", "its check waits for another", {}, { waits: { trust: "credentials" } }],
    ["not-looked-at", "its check finds something else, and waits", {}, { ...OTHER, waits: { trust: "role" } }],
    ["not-looked-at", "its check didn't run", {}, { without: ["trust"] }],
    ["not-looked-at", "its check didn't look at it", {}, { unseen: { trust: [["read-only"], ["full"]] } }],
    ["healed", "its check didn't look at something else", {}, { unseen: { trust: [["read-only"]] } }],
    ["not-looked-at", "it is unknown itself", {}, { findings: { trust: [unknown("full")] } }],
    ["healed", "another role is unknown", {}, { findings: { trust: [unknown("read-only")] } }],
    ["not-looked-at", "all of the role's policies are unknown", OF_POLICY, unexpected(unknown("full"))],
    ["healed", "the role itself is found instead", OF_POLICY, unexpected({ about: ["full"] })],
    [
      "healed",
      "another policy is unknown",
      OF_POLICY,
      unexpected(unknown(...POLICY.with(2, "arn:aws:iam::1:policy/b"))),
    ],
    ["environment-removed", "its environment is gone", { subject: { environment: "gone" } }, {}],
    [
      "not-looked-at",
      "its environment is retired, whose role may still be there",
      { subject: { environment: "old" } },
      {},
    ],
    ["check-removed", "there is no such check", { kind: "trusty" }, {}],
    ["healed", "nothing is unknown any more", OF_UNKNOWN, {}],
    ["not-looked-at", "what was unknown only waits for another check", OF_UNKNOWN, { waits: { capabilities: "role" } }],
    ["found", "it is noticed again", OF_END, { notices: [notice("ending", "all", "2026-12-31")] }],
    ["healed", "another end is noticed", OF_END, { notices: [notice("ending", "all", "2027-01-31")] }],
    ["healed", "it has ended", OF_END, { notices: [notice("ended", "all", "2026-12-31")] }],
    ["healed", "its end isn't near, whatever was looked at", OF_END, { ...NOTHING, waits: { trust: "credentials" } }],
    ["healed", "AWS's policy is as it was", OF_CHANGE, NOTHING],
    ["not-looked-at", "policies weren't looked at", OF_CHANGE, { ...NOTHING, waits: { "unexpected-access": "role" } }],
    ["not-looked-at", "AWS's policy is unknown", OF_CHANGE, { ...NOTHING, ...unexpected(unknown(...OF_AWS)) }],
    ["found", "something else is unknown", OF_UNKNOWN, { findings: { channels: [unknown("workspace")] } }],
  ])("an earlier finding is %s if %s", (resolution, _, overrides, said) => {
    const key = { subject: { environment: "production" }, kind: "trust", about: ["full"], ...overrides };
    expect(watchRun(FILE, environments, reportsOf(said)).resolutionOf(key)).toBe(resolution);
  });
});

test("findings about one thing are one, unhealthy ones are first, and everything unknown is one", () => {
  const channel = ["channel", "T1", "C1"];
  const run = watchRun(
    FILE,
    environments,
    reportsOf({
      findings: {
        "support-plan": [unknown("account")],
        "slack-channels": [{ about: channel, found: "one" }, { about: channel, found: "two" }, unknown("channel")],
        "slack-people": [{ about: channel }],
      },
    }),
  );
  expect(run.findings.map(({ kind, about, answer }) => [kind, about, answer])).toEqual([
    ["slack-channels", channel, "unhealthy"],
    ["slack-people", channel, "unhealthy"],
    [NOT_LOOKED_AT, ["environment"], "unknown"],
  ]);
  expect(run.findings.map(({ reported }) => reported.map(({ kind, found: actual }) => [kind, actual]))).toMatchObject([
    [
      ["slack-channels", "one"],
      ["slack-channels", "two"],
    ],
    [["slack-people", OTHERWISE]],
    [
      ["support-plan", OTHERWISE],
      ["slack-channels", OTHERWISE],
    ],
  ]);
  expect(run.environments).toEqual([{ name: "production", account: "111122223333", answer: "unhealthy" }]);
});

test("a notice is like a finding of its own, after the others, without people, and without a change of the answer", () => {
  const session = { ...notice("policy-changed", "policy"), found: "by arn:aws:sts::1:assumed-role/a/jane.doe" };
  const run = watchRun(FILE, environments, reportsOf({ notices: [session, notice("ended", "all")] }));
  expect(run.findings.map(({ kind, about, reported, answer }) => [kind, about, reported[0]?.found, answer])).toEqual([
    ["policy-changed", ["full", "policy"], "by arn:aws:sts::1:assumed-role/a/…", "healthy"],
    ["ended", ["full", "all"], "The full access is ended.", "healthy"],
  ]);
  expect(new Set(run.findings.map(({ id }) => id)).size).toBe(2);
  expect(run.environments).toMatchObject([{ answer: "healthy" }]);
  const beside = { ...OTHER, notices: [notice("ended", "all")] };
  const { findings, environments: answers } = watchRun(FILE, environments, reportsOf(beside));
  expect([findings.map(({ kind }) => kind), answers[0]?.answer]).toEqual([["trust", "ended"], "unhealthy"]);
});

test("an environment without a report that counts isn't looked at, and it says what to do", () => {
  const { findings } = watchRun(FILE, environments, reportsOf(undefined));
  expect(findings).toMatchObject([{ kind: NOT_LOOKED_AT, answer: "unknown", reported: [] }]);
  expect(findings.map(keptLines)).toEqual([
    [
      "No report counts: its job didn't start, ended early, or left a report of another day or account. See the log of its job, or of the step that runs doctor, and the summary of watch.",
    ],
  ]);
});
