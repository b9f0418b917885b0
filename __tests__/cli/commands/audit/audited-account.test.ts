import type { LiveChannel } from "../../../../cli/aws/live-channel";
import type { LivePolicy } from "../../../../cli/aws/live-role";
import { auditedAccount } from "../../../../cli/commands/audit/audited-account";
import type { AccountRead, RegionRead } from "../../../../cli/commands/audit/read-account";
import type { Finding } from "../../../../cli/findings/finding";
import type { SlackPeople } from "../../../../cli/slack/live-people";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { REGIONS } from "../../../../modules/support-app/model/limits";
import { ACCOUNT, boundaryWith, DENIED, documentOf, otherRole, TRUST } from "../../../support/live-account";
import { NOW } from "../../../support/now";

const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });
const VIEW = allow(...actionsOf(["view-cases"]));
const FULL = allow(...actionsOf(CAPABILITIES));
const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const role = (name: string, ...statements: object[]) => otherRole(name, documentOf(...statements));

function channel(id: string, roleName: string): LiveChannel {
  const properties = { ChannelName: id.toLowerCase(), ChannelRoleArn: arnOf(roleName) };
  return { identifier: `T1|${id}`, workspace: "T1", channel: id, properties: { known: properties } };
}

const region = (name: RegionRead["region"], ...channels: LiveChannel[]): RegionRead => ({
  region: name,
  channels: { known: channels },
  workspaces: { known: ["T1"] },
  alias: { known: "payments" },
});

/** An account in which people in #ops view cases. */
const HEALTHY: AccountRead = {
  roles: { known: [role("Viewers", VIEW)] },
  serviceQuotasRole: { known: true },
  regions: [region("us-east-1", channel("OPS", "Viewers")), { ...region("eu-west-1"), workspaces: { known: [] } }],
};

function audited(accountRead: Partial<AccountRead> = {}, slack?: SlackPeople) {
  return auditedAccount({ id: ACCOUNT, name: "Payments" }, { known: { ...HEALTHY, ...accountRead } }, slack, NOW);
}

const findingsOf = (accountRead: Partial<AccountRead>) => audited(accountRead).findings;
const wordsOf = ({ kind, about, impact, expected, found, fix }: Finding) =>
  `${kind.replace("audit-", "")} of ${about.join(" ")}: ${impact} ${expected} / ${found}. ${fix.text}`;

const SAYS_READ_ONLY = { name: "view_read_only", document: documentOf(FULL) };
const PERHAPS = documentOf({
  ...TRUST,
  Principal: { AWS: "*" },
  Condition: { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a" } },
}).known;
const IN = (roleName: string) => [region("us-east-1", channel("OPS", roleName))];
const before = (statement: object, year: number) => ({
  ...statement,
  Condition: { DateLessThan: { "aws:CurrentTime": `${year}-01-01T00:00:00Z` } },
});

/** The account with a role in a channel of its own. */
const having = (...statements: object[]): Partial<AccountRead> => ({
  roles: { known: [role("Oncall", ...statements)] },
  regions: IN("Oncall"),
});

const withRole = (...[document, rights]: [LivePolicy["document"], Parameters<typeof otherRole>[2]]) => ({
  ...having(),
  roles: { known: [otherRole("Oncall", document, rights)] },
});

test("an account is listed with all it has for the Support App, and a healthy one has no danger", () => {
  expect(audited()).toEqual({
    account: ACCOUNT,
    name: "Payments",
    hasServiceQuotasRole: true,
    findings: [],
    roles: [{ arn: arnOf("Viewers"), can: "view-cases" }],
    channels: [{ region: "us-east-1", workspace: "T1", channel: "OPS", name: "ops", role: arnOf("Viewers") }],
    workspaces: [{ region: "us-east-1", workspace: "T1" }],
    aliases: [
      { region: "us-east-1", alias: "payments" },
      { region: "eu-west-1", alias: "payments" },
    ],
  });
  const tags = new Map([["aws:cloudformation:stack-name", "support"]]);
  const { known: trust } = documentOf(TRUST);
  const taggedRole = otherRole("Viewers", documentOf(VIEW), {
    role: { known: { arn: arnOf("Viewers"), trust, tags } },
  });
  expect(audited({ roles: { known: [taggedRole] } }).roles).toMatchObject([{ stack: "support" }]);
});

const PEOPLE = "People in #ops (OPS of T1) can";
const MORE = "nothing beyond AWSSupportAppFullAccess / it may call";
const may = (actions: string) =>
  `call ${actions}, which AWSSupportAppFullAccess doesn't allow. ${MORE} ${actions} (its policies: by-hand).`;
const DETACH =
  "Detach those of its policies that allow more, or give the channels another role. If nobody needs the role, delete it.";
const MANY = Array.from({ length: 25 }, (_, index) => `s3:Get${index}`);
test.each<[string, object[], string]>([
  [
    "everything",
    [allow("*"), allow("s3:GetObject", "s3:List*")],
    `do everything in the account. ${MORE} * (its policies: by-hand).`,
  ],
  ["all but something", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], may("all but iam:*")],
  ["much", [FULL, allow(...MANY)], may(`${MANY.slice(0, 20).join(", ")} and 5 more`)],
])("people with a role that may do %s are administrators", (_, statements, words) => {
  const expected = `administrators of role Oncall: ${PEOPLE} ${words} ${DETACH}`;
  expect(findingsOf(having(...statements)).map(wordsOf)).toEqual([expected]);
});

test("of what is unknown, what couldn't be read of the account comes before what isn't understood in a role", () => {
  const odd = having({ ...allow("*"), Condition: { StringEquals: 7 } });
  expect(
    findingsOf({
      ...odd,
      serviceQuotasRole: { known: true },
      regions: [{ ...region("us-east-1", channel("OPS", "Oncall")), workspaces: DENIED }],
    }).map(({ about: [subject] }) => subject),
  ).toEqual(["account", "role"]);
});

test("everything in a channel comes before one more read action that nobody has, and what is about no role has no rank", () => {
  const roles = [role("Least", allow("s3:Get")), role("Most", allow("*")), role("Viewers", VIEW)];
  const dangers = findingsOf({ roles: { known: roles }, regions: IN("Most") });
  expect(dangers.map(({ kind, about: [, name] }) => `${kind} ${name}`)).toEqual([
    ...["audit-administrators Most", "audit-administrators Least", "audit-no-channel Viewers"],
  ]);
  expect(dangers.at(-1)?.rank).toEqual({ isInUse: false, beyond: "nothing", services: 0, actions: 0 });
  const [missing] = findingsOf({ regions: IN("Gone"), roles: { known: [] } });
  expect([missing?.kind, missing?.rank]).toEqual(["audit-missing-role", undefined]);
});

test.each<[string, Partial<AccountRead>, string[]]>([
  ["all that AWSSupportAppFullAccess allows", having(FULL), []],
  ["a boundary that limits it", withRole(documentOf(allow("*")), { boundary: boundaryWith(arnOf("limit"), FULL) }), []],
  [
    "everything, within a boundary that can't be read",
    withRole(documentOf(allow("*")), { boundary: DENIED }),
    [
      expect.stringMatching(/^unknown of account iam:GetRole: /),
      `administrators of role Oncall: ${PEOPLE} do everything in the account. ${MORE} * (its policies: by-hand), unless its boundary, which couldn't be read, limits it. ${DETACH}`,
    ],
  ],
  [
    "no channel, and a policy that isn't understood",
    { roles: { known: [role("Viewers", VIEW), role("Odd", { ...allow("*"), Condition: { StringEquals: 7 } })] } },
    [
      expect.stringMatching(/^unknown of role Odd: /),
      expect.stringContaining(
        "can give it to one, and what people in it can then do isn't known. a channel that has it /",
      ),
    ],
  ],
  [
    "everything within a boundary that isn't understood",
    withRole(documentOf(allow("*")), { boundary: boundaryWith(arnOf("limit"), { Effect: "Allow" }) }),
    [expect.stringMatching(/^unknown of role Oncall: .* unsupported .* Look at the role in the IAM console, /)],
  ],
  [
    "others who may assume it",
    withRole(documentOf(VIEW), {
      trust: documentOf(TRUST, { ...TRUST, Principal: { AWS: "arn:aws:iam::444455556666:root" } }).known,
    }),
    [
      "open-trust of role Oncall: Whoever assumes it can view-cases. nobody but supportapp.amazonaws.com may assume it / AWS arn:aws:iam::444455556666:root, of another account (444455556666). Remove everybody but supportapp.amazonaws.com from its trust policy. If others need the role, give the channels a role of their own.",
    ],
  ],
  [
    "a name that says read-only",
    { roles: { known: [role("SupportReadOnly", FULL)] }, regions: IN("SupportReadOnly") },
    [
      `writes-as-read-only of role SupportReadOnly: ${PEOPLE} ${CAPABILITIES.join(", ")}. only reading, as SupportReadOnly says / it can write. Detach the policies that allow it, or give the channels a role whose name says what they can do.`,
    ],
  ],
  ["the right read-only name", { roles: { known: [role("ReadOnly", VIEW)] }, regions: IN("ReadOnly") }, []],
  [
    "everything, no channel, and a name that says read-only",
    { roles: { known: [role("Viewers", VIEW), role("ReadOnly", allow("*"))] } },
    [expect.stringMatching(/^administrators of role ReadOnly: People in any channel that is given it can do every/)],
  ],
  [
    "such a condition in its trust, in a channel",
    withRole(documentOf(allow("*")), { trust: PERHAPS }),
    [expect.stringMatching(/^administrators of role Oncall: /), expect.stringMatching(/^open-trust of role Oncall: /)],
  ],
  [
    "such a name, which can do half of a capability",
    { roles: { known: [role("SupportReadOnly", allow("support:CreateCase"))] }, regions: IN("SupportReadOnly") },
    [expect.stringContaining(`${PEOPLE} call support:CreateCase. only reading, as SupportReadOnly says / `)],
  ],
  [
    "such a name, which only reads",
    {
      roles: { known: [role("ReadOnly", allow("support:DescribeCases", "support:DescribeSeverityLevels"))] },
      regions: IN("ReadOnly"),
    },
    [],
  ],
  [
    "a policy whose name says read-only, beside one that writes",
    withRole(DENIED, {
      policies: { known: [{ ...SAYS_READ_ONLY, name: "AWSSupportAppFullAccess" }, SAYS_READ_ONLY] },
    }),
    [],
  ],
  [
    "a policy whose name says read-only",
    withRole(DENIED, { policies: { known: [SAYS_READ_ONLY] } }),
    [expect.stringMatching(/^writes-as-read-only of role Oncall: .* only reading, as view_read_only says \//)],
  ],
  [
    "an end to come, and a Deny whose end has passed",
    having(VIEW, before(FULL, 2050), before({ ...allow("s3:*"), Effect: "Deny" }, 2020)),
    [],
  ],
  [
    "no channel",
    { roles: { known: [role("Viewers", VIEW), role("Left", FULL)] } },
    [
      `no-channel of role Left: Whoever may configure channels can give it to one, and people in it can then ${CAPABILITIES.join(", ")}. a channel that has it / no channel in us-east-1, eu-west-1 has it. Delete the role if nobody needs it, or remove the Support App from its trust policy.`,
    ],
  ],
  [
    "no channel in any region",
    { roles: { known: [role("Left", FULL)] }, regions: REGIONS.map((name) => region(name)) },
    [expect.stringMatching(/^no-channel of role Left: .* \/ no channel has it\. /)],
  ],
  [
    "an end that has passed",
    having(VIEW, before(FULL, 2020)),
    [
      "ended of role Oncall: Whoever may change its policies can extend it unnoticed. no access that has ended / its policies have access that ended at the end of 2019-12-31 (UTC). Remove what has ended.",
    ],
  ],
  [
    "a policy that isn't understood",
    having(VIEW, { Effect: "Allow" }),
    [expect.stringMatching(/^unknown of role Oncall: .* unsupported \(a statement without actions\): /)],
  ],
  [
    "everybody in its trust, under a condition that only a request decides",
    { roles: { known: [role("Viewers", VIEW), otherRole("Open", documentOf(allow("*")), { trust: PERHAPS })] } },
    [
      "open-trust of role Open: Whoever assumes it can do everything. nobody but supportapp.amazonaws.com may assume it / anybody, under a condition that may let in the Support App, too. Name who may assume it in its trust policy, instead of everybody.",
    ],
  ],
])("a role with %s has exactly the findings that belong to it", (_, accountRead, expected) => {
  expect(findingsOf(accountRead).map(wordsOf)).toEqual(expected);
});

test("a channel whose role is gone is a finding with the command that removes it, and so is a channel in two regions", () => {
  const regions = [
    region("us-east-1", channel("OPS", "Viewers"), channel("OLD", "Gone")),
    region("eu-west-1", channel("OPS", "Oncall")),
  ];
  const dangers = findingsOf({ regions, roles: { known: [role("Viewers", VIEW), role("Oncall", VIEW)] } });
  expect(dangers.map(wordsOf)).toEqual([
    `missing-role of channel T1 OLD: People in it can do nothing. Whoever creates a role of that name decides what they can do. a role of the account that trusts the Support App / the role ${arnOf("Gone")}, which doesn't exist or doesn't let the Support App in. Give the channel another role in the AWS Support Center Console or, if nobody needs it, remove its configuration:`,
    `configured-twice of channel T1 OPS: Several configurations of a channel can conflict, so that AWS advises to use one region. configured in one region / configured in us-east-1 with ${arnOf("Viewers")}, and in eu-west-1 with ${arnOf("Oncall")}. Keep the one in the region that environments.yaml has for the account or, without it, the one whose role gives people what they need and no more. Remove the others in the AWS Support Center Console.`,
  ]);
  expect(dangers.map(({ resource }) => resource)).toEqual(["#old (OLD of T1)", "#ops (OPS of T1)"]);
  expect(dangers.flatMap(({ fix }) => fix.commands)).toEqual([
    expect.stringMatching(/east-1 get-caller.* = 111122223333 .*east-1 delete-resource .* --identifier 'T1\|OLD'/),
  ]);
});

describe("what couldn't be read comes first, and nothing is concluded from it", () => {
  test.each<[string, Partial<AccountRead>]>([
    ["roles", { roles: DENIED, serviceQuotasRole: DENIED }],
    ["the channels of a region", { regions: [{ ...region("us-east-1"), channels: DENIED }, region("us-west-2")] }],
    [
      "the workspaces of a region",
      { regions: [{ ...region("us-east-1", channel("OPS", "Viewers")), workspaces: DENIED }] },
    ],
    [
      "a channel",
      {
        roles: { known: [role("Viewers", VIEW), role("Oncall", VIEW)] },
        regions: [region("us-east-1", { ...channel("OPS", "Viewers"), properties: DENIED }, channel("C", "Oncall"))],
      },
    ],
    ["a policy", { roles: { known: [otherRole("Viewers", DENIED)] } }],
    ["the policies", { roles: { known: [otherRole("Viewers", documentOf(), { policies: DENIED })] } }],
    ["a boundary", { roles: { known: [otherRole("Viewers", documentOf(VIEW), { boundary: DENIED })] } }],
  ])("nothing is concluded from %s that couldn't be read", (_, accountRead) => {
    expect(findingsOf(accountRead).map(({ kind }) => kind)).toEqual(["audit-unknown"]);
  });

  test("nothing is concluded about an account that couldn't be read", () => {
    const { roles, findings } = auditedAccount({ id: ACCOUNT }, DENIED, undefined, NOW);
    expect(roles).toEqual([]);
    expect(findings).toEqual([
      {
        subject: { account: ACCOUNT },
        kind: "audit-unknown",
        answer: "unknown",
        resource: "the account",
        about: ["account", "iam:GetRole"],
        impact: "People in Slack can do more than is listed here.",
        expected: "an answer to iam:GetRole",
        found: DENIED.unknown.message,
        fix: {
          text: "Allow these credentials iam:GetRole. This prints everything that audit needs:",
          commands: ["npx support-app permissions audit"],
        },
      },
    ]);
  });

  test("what couldn't be read comes before everything else, once for all regions in which it is the same", () => {
    const regions = (["us-east-1", "us-west-2"] as const).map((name) => ({ ...region(name), channels: DENIED }));
    const otherRegion = {
      ...region("eu-west-1"),
      workspaces: { unknown: { ...DENIED.unknown, message: "No. Not now." } },
    };
    const roles = [role("Oncall", allow("*"))];
    const [first, second, ...otherFindings] = findingsOf({
      roles: { known: roles },
      regions: [...regions, otherRegion],
    });
    expect([second?.resource, second?.found]).toEqual(["eu-west-1", "No. Not now."]);
    expect([first?.resource, first?.found]).toEqual(["us-east-1, us-west-2", DENIED.unknown.message]);
    expect(first?.fix.text).toContain("choose the other regions with --region");
    const impact = /^People in channels that couldn't be read, or in any channel that is given it can do everything in/;
    expect(otherFindings).toMatchObject([{ kind: "audit-administrators", impact: expect.stringMatching(impact) }]);
  });
});

describe("with Slack", () => {
  const slack = (members: SlackPeople["channels"] extends ReadonlyMap<string, infer Of> ? Of : never): SlackPeople => ({
    token: { known: { workspace: "T1" } },
    channels: new Map([["OPS", members]]),
  });
  const failure = {
    kind: "scope",
    method: "users.info",
    message: "Slack answers missing_scope to users.info",
  } as const;
  const shared = { isShared: false, sharedWith: [], isInvited: false };
  const state = { known: { name: "ops", isPrivate: true, isArchived: false, ...shared } };
  const guest = { id: "U1", name: "Ana", is: "guest", from: undefined } as const;

  test("the people, guests and outsiders of a channel are counted, wherever it is named", () => {
    const result = audited(having(allow("*")), slack({ state, members: { known: { people: [guest], unseen: 0 } } }));
    expect(result.channels).toMatchObject([{ people: { members: 1, guests: 1, strangers: 0, bots: 0, unseen: 0 } }]);
    expect(result.findings[0]?.impact).toContain(
      "People in #ops (OPS of T1), with 1 person (1 guest), 0 bots can do everything",
    );
    expect(JSON.stringify(result)).not.toContain("Ana");
  });

  test.each<[string, SlackPeople, string]>([
    ["Slack refuses", slack({ state, members: { unknown: failure } }), "Slack answers missing_scope"],
    [
      "some are unknown",
      slack({ state, members: { known: { people: [], unseen: 2, reason: failure } } }),
      "Slack answers missing_scope",
    ],
    ["the token is rejected", { token: { unknown: failure }, channels: new Map() }, "Slack answers missing_scope"],
    [
      "the token is of another workspace",
      { ...slack({ state, members: { known: { people: [], unseen: 0 } } }), token: { known: { workspace: "T2" } } },
      "SLACK_BOT_TOKEN is a token of T2",
    ],
  ])("the people of a channel are unknown if %s", (_, people, reason) => {
    expect(audited({}, people).findings.map(wordsOf)).toEqual([
      expect.stringContaining(`are in it. to see who is in it / ${reason}`),
    ]);
  });
});
