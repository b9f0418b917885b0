import type { Account, LiveLevel } from "../../../../cli/commands/doctor/account";
import { DOCTOR_CHECKS } from "../../../../cli/commands/doctor/checks";
import { givenNotes } from "../../../../cli/commands/doctor/notes";
import { endNotices } from "../../../../cli/findings/end-notices";
import { ACCOUNT, documentOf, environmentOf, TRUST } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { examine } from "./checks/examined";

const team = (index: number, keys: string) =>
  `{ ${keys}, channels: [{ name: c${index}, workspace: T1, channel: C${index} }] }`;
const FOUR = `full: {}, teams: {
  payments: ${team(1, "access: full, policy: aws-managed")}, data: ${team(2, "access: full, without: [live-chat]")},
  watch: ${team(3, "access: read-only")}, on-call: ${team(4, "access: full, until: 2026-06-05")} }`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role`;
const KINDS = Object.keys(DOCTOR_CHECKS) as (keyof typeof DOCTOR_CHECKS)[];

/** The account in which one team has something else. */
const withTeam = (name: string, changed: (liveTeam: LiveLevel) => Partial<LiveLevel>) => (account: Account) => ({
  ...account,
  accesses: account.accesses.map((access) => (access.props.team === name ? { ...access, ...changed(access) } : access)),
});

test("an account with four teams, as environments.yaml says, is healthy", () => {
  for (const kind of KINDS) expect([kind, examine(kind, FOUR).findings]).toEqual([kind, []]);
});

test.each<[what: string, kind: (typeof KINDS)[number], changed: (access: LiveLevel) => Partial<LiveLevel>]>([
  [
    "trusts others",
    "trust",
    ({ role }) => ({
      role: { known: { ...liveValue(role), trust: documentOf(TRUST, { ...TRUST, Principal: { AWS: "*" } }).known } },
    }),
  ],
  ["may do less", "capabilities", () => ({ policies: { known: [] }, simulated: { known: undefined } })],
])("where a team's role %s, only that team is in the finding", (_, kind, changed) => {
  const { findings } = examine(kind, FOUR, withTeam("data", changed));
  expect(
    findings.map(({ about: [subject], resource }) => [subject, resource.includes("AWSSupportAppDataRole (team data)")]),
  ).toEqual([["team data", true]]);
  expect(JSON.stringify(findings)).not.toMatch(/payments|watch|on-call/i);
});

const liveValue = <T>(lookup: { readonly known: T | undefined } | { readonly unknown: unknown }): T =>
  (lookup as { readonly known: T }).known;

test("a fix of a team is a change of that team", () => {
  const shrunken = withTeam("payments", () => ({
    simulated: { known: undefined },
    policies: {
      known: [
        {
          name: "a",
          arn: "arn:aws:iam::aws:policy/AWSSupportAppFullAccess",
          document: documentOf({ Effect: "Allow", Action: "support:Describe*", Resource: "*" }),
        },
      ],
    },
  }));
  const [finding] = examine("capabilities", FOUR, shrunken).findings;
  expect(finding?.fix.change).toEqual({
    environments: { test: { teams: { payments: { policy: "customer-managed" } } } },
  });
});

test("a channel with the role of another team is unhealthy, and both are named", () => {
  const moved = (account: Account) => ({
    ...account,
    channels: {
      known: liveValue(account.channels).map((channel) =>
        channel.channel === "C2"
          ? {
              ...channel,
              properties: {
                known: { ...liveValue(channel.properties), ChannelRoleArn: `${ROLE}/AWSSupportAppWatchRole` },
              },
            }
          : channel,
      ),
    },
  });
  expect(examine("channels", FOUR, moved).findings).toMatchObject([
    {
      about: ["channel", "T1", "C2"],
      expected: `the role ${ROLE}/AWSSupportAppDataRole of full access of team data`,
      found: `the role ${ROLE}/AWSSupportAppWatchRole of read-only access of team watch`,
    },
  ]);
});

describe("the Service Quotas role, which is one for all teams", () => {
  const missing = (account: Account) => ({ ...account, serviceQuotasRole: { known: false } });

  test("the Service Quotas role is one finding, whoever needs it, also of a team that can't create it", () => {
    const yaml = "full: {}, teams: { a: { access: full, service-quotas-role: existing } }";
    const createdYaml = yaml.replace("full: {}", "full: { service-quotas-role: create }");
    expect(examine("service-quotas-role", createdYaml, missing).findings).toHaveLength(1);
    expect(examine("service-quotas-role", yaml, missing).findings).toMatchObject([
      { answer: "unhealthy", expected: "it exists (service-quotas-role: existing)" },
    ]);
  });

  test("it is noted for each team whose right to create it nobody needs", () => {
    const { notes = [] } = examine("service-quotas-role", FOUR);
    expect(notes.map((note) => note.match(/existing for (.*?) of test/)?.[1])).toEqual([
      "full",
      "team data",
      "team on-call",
    ]);
  });
});

test("what a channel is given is its team's, and what ends is named by its team", () => {
  const environment = environmentOf(FOUR);
  const notes = givenNotes(environment, NOW);
  expect(notes.map((note) => note.replace(/ \(.*/, ""))).toEqual(
    ["#c1", "#c2", "#c3", "#c4"].map((name) => `environments.yaml gives ${name}`),
  );
  expect(notes[1]).toContain("but not live-chat");
  const notices = environment.accesses.flatMap((props) => endNotices(props, environment, NOW));
  expect(notices.map(({ resource, about }) => [resource, ...about])).toEqual([
    ["all full access of team on-call of test", "team on-call", "all", "2026-06-05"],
  ]);
  expect(givenNotes(environment, new Date("2027-01-01T00:00:00Z"))[3]).toContain(
    "nothing any more: all full access of team on-call has ended",
  );
});
