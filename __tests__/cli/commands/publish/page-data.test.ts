import type { PublishedAccess, PublishedEnvironment } from "../../../../cli/commands/publish/access-document";
import type { PageData } from "../../../../cli/commands/publish/page/data";
import { pageData } from "../../../../cli/commands/publish/page-data";

const POLICY = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["support:DescribeCases"] }] } as const;
const TRUST = { Version: "2012-10-17", Statement: [] } as const;
const ONCALL: PublishedEnvironment["channels"][number] = {
  ...{ workspace: "T1", channel: "C1", name: "oncall", access: "full", capabilities: [] },
};

const copy = ({ Version, Statement }: typeof POLICY | typeof TRUST) => ({ Version, Statement: [...Statement] });

function access(account: string, overrides: Partial<PublishedAccess> = {}): PublishedAccess {
  return {
    ...{ access: "full", roleArn: `arn:aws:iam::${account}:role/Full`, capabilities: ["view-cases"] },
    ...{ policySource: "customer-managed", policy: copy(POLICY), trust: copy(TRUST), ...overrides },
  };
}

function environment(account: string, overrides: Partial<PublishedEnvironment> = {}): PublishedEnvironment {
  const accesses = [access(account)];
  return { name: `of-${account.at(-1)}`, account, region: "us-east-1", accesses, channels: [], ...overrides };
}

const textOf = (...environments: PublishedEnvironment[]) =>
  pageData({ schemaVersion: 1, version: "1.0.0", environments });
const dataOf = (...environments: PublishedEnvironment[]): PageData => JSON.parse(textOf(...environments));

const [ONE, OTHER] = ["111122223331", "111122223332"] as const;

test("what environments share is there once, without an account, and each environment is a line", () => {
  expect(textOf(environment(ONE), environment(OTHER))).toBe(`{"environments":[
{"name":"of-1","account":"${ONE}","region":"us-east-1","roles":[0],"channels":[]},
{"name":"of-2","account":"${OTHER}","region":"us-east-1","roles":[0],"channels":[]}
],"roles":[
{"access":"full","arn":"arn:aws:iam::\\u0000:role/Full","can":["view-cases"],"isAwsManaged":false,"permissions":0,"trust":1}
],"policies":${JSON.stringify([POLICY, TRUST].map((policy) => JSON.stringify(policy, null, 2)))},"noticeMs":1209600000}`);
});

test("an environment's own account is left out everywhere in its roles, and another's is kept", () => {
  const boundaryArn = (account: string) => `arn:aws:iam::${account}:policy/boundary`;
  const trust = { ...copy(TRUST), Statement: [{ Principal: { AWS: [ONE, OTHER] } }] };
  const { roles, policies } = dataOf(
    environment(ONE, { accesses: [access(ONE, { permissionsBoundary: boundaryArn(ONE), trust })] }),
    environment(OTHER, { accesses: [access(OTHER, { permissionsBoundary: boundaryArn(ONE), trust })] }),
  );
  expect(roles.map(({ boundary, trust: index }) => [boundary, policies[index]?.match(/"[\d\0]+"/g)])).toEqual([
    [boundaryArn("\0"), ['"\0"', `"${OTHER}"`]],
    [boundaryArn(ONE), [`"${ONE}"`, '"\0"']],
  ]);
});

test("a role that differs in anything is there by itself", () => {
  const differing: Partial<PublishedAccess>[] = [
    ...[{}, { access: "read-only" as const }, { capabilities: [] }, { policySource: "aws-managed" as const }],
    ...[{ policy: copy(TRUST) }, { until: { "view-cases": "2027-01-01T00:00:00Z" } }, {}],
  ];
  const { environments, roles } = dataOf(
    environment(ONE, { accesses: differing.map((overrides) => access(ONE, overrides)) }),
  );
  expect(environments[0]?.roles).toEqual([0, 1, 2, 3, 4, 5, 0]);
  expect(roles).toHaveLength(6);
});

test("a team has a role of its own, whose name a link can contain", () => {
  const team = { ...ONCALL, team: "on-call", channel: "C2" };
  const accesses = [access(ONE), access(ONE, { team: "on-call" })];
  const { environments, roles } = dataOf(environment(ONE, { accesses, channels: [team, ONCALL] }));
  expect(roles.map((role) => role.access)).toEqual(["full", "team:on-call"]);
  expect(environments[0]?.channels).toEqual([
    ["oncall", "T1", "C1", 0],
    ["oncall", "T1", "C2", 1],
  ]);
});

test("an end is there for the browser to compare and in words, channels are by role, and every text is printable", () => {
  const until = { "view-cases": "2027-01-01T00:00:00Z", "live-chat": "2026-12-31T17:00:00Z" };
  const people = { members: 12, guests: 2, strangers: 0, bots: 1, unseen: 0 };
  const channels = [
    { ...ONCALL, people },
    { ...ONCALL, name: "watch\u001b", channel: "C2", access: "read-only" as const },
    { ...ONCALL, name: "ops", channel: "C3" },
  ];
  const accesses = [access(ONE, { access: "read-only", until }), access(ONE)];
  const { environments, roles } = dataOf(environment(ONE, { accountAlias: "a\u202e", accesses, channels }));
  expect(environments[0]).toMatchObject({
    alias: "a\\u{202e}",
    channels: [
      ["watch\\u{001b}", "T1", "C2", 0],
      ["oncall", "T1", "C1", 1, "12 people (2 guests), 1 bot"],
      ["ops", "T1", "C3", 1],
    ],
  });
  expect(roles[0]?.until).toEqual({
    "view-cases": ["2027-01-01T00:00:00Z", "the end of 2026-12-31 (UTC)"],
    "live-chat": ["2026-12-31T17:00:00Z", "2026-12-31T17:00:00Z"],
  });
});
