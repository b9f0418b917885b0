import type { LiveChannel } from "../../../../cli/aws/live-channel";
import { auditedAccount } from "../../../../cli/commands/audit/audited-account";
import type { AccountRead, RegionRead } from "../../../../cli/commands/audit/read-account";
import type { Danger } from "../../../../cli/reports/audit-report";
import type { SlackPeople } from "../../../../cli/slack/live-people";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
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

const region = (name: string, ...channels: LiveChannel[]): RegionRead => ({
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

function audited(read: Partial<AccountRead> = {}, slack?: SlackPeople) {
  return auditedAccount({ id: ACCOUNT, name: "Payments" }, { known: { ...HEALTHY, ...read } }, slack, NOW);
}

const dangersOf = (read: Partial<AccountRead>) => audited(read).dangers;
const wordsOf = ({ kind, found }: Danger) => `${kind}: ${found}`;

/** The account with a role in a channel of its own. */
const having = (...statements: object[]): Partial<AccountRead> => ({
  roles: { known: [role("Oncall", ...statements)] },
  regions: [region("us-east-1", channel("OPS", "Oncall"))],
});

test("an account is listed with all it has for the Support App, and a healthy one has no danger", () => {
  expect(audited()).toEqual({
    ...{ account: ACCOUNT, name: "Payments", hasServiceQuotasRole: true, dangers: [] },
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
  const made = otherRole("Viewers", documentOf(VIEW), { role: { known: { arn: arnOf("Viewers"), trust, tags } } });
  expect(audited({ roles: { known: [made] } }).roles).toMatchObject([{ stack: "support" }]);
});

const PEOPLE = "People in #ops (OPS of T1) can";
const BEYOND = "which AWSSupportAppFullAccess doesn't allow, with the role Oncall.";
const MANY = Array.from({ length: 25 }, (_, index) => `s3:Get${index}`);
test.each<[string, object[], string]>([
  ["everything", [allow("*")], "do everything in the account with the role Oncall."],
  ["all but something", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], `call all but iam:*, ${BEYOND}`],
  ["much", [FULL, allow(...MANY)], `call ${MANY.slice(0, 20).join(", ")} and 5 more, ${BEYOND}`],
])("people with a role that may do %s are administrators", (_, statements, words) => {
  expect(dangersOf(having(...statements)).map(wordsOf)).toEqual([`administrators: ${PEOPLE} ${words}`]);
});

test.each<[string, Partial<AccountRead>, string[]]>([
  ["all that AWSSupportAppFullAccess allows", having(FULL), []],
  [
    "a boundary that limits it",
    {
      ...having(),
      roles: {
        known: [otherRole("Oncall", documentOf(allow("*")), { boundary: boundaryWith(arnOf("limit"), FULL) })],
      },
    },
    [],
  ],
  [
    "everything within a boundary that isn't understood",
    {
      ...having(),
      roles: {
        known: [
          otherRole("Oncall", documentOf(allow("*")), { boundary: boundaryWith(arnOf("limit"), { Effect: "Allow" }) }),
        ],
      },
    },
    [expect.stringMatching(/^unknown: In the role Oncall, unsupported /)],
  ],
  [
    "others who may assume it",
    {
      ...having(),
      roles: {
        known: [
          otherRole("Oncall", documentOf(VIEW), {
            trust: documentOf(TRUST, { ...TRUST, Principal: { AWS: "arn:aws:iam::444455556666:root" } }).known,
          }),
        ],
      },
    },
    [
      "open-trust: AWS arn:aws:iam::444455556666:root, of another account (444455556666) may assume the role Oncall, too.",
    ],
  ],
  [
    "a name that says read-only",
    {
      roles: { known: [role("SupportReadOnly", FULL)] },
      regions: [region("us-east-1", channel("OPS", "SupportReadOnly"))],
    },
    [
      `writes-as-read-only: ${PEOPLE} create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases with the role SupportReadOnly, although SupportReadOnly says read-only.`,
    ],
  ],
  [
    "no channel",
    { roles: { known: [role("Viewers", VIEW), role("Left", FULL)] } },
    [
      `no-channel: No channel has the role Left. Whoever may configure channels can give it to one, and people in it can then ${CAPABILITIES.join(", ")}.`,
    ],
  ],
  [
    "an end that has passed",
    having(VIEW, { ...FULL, Condition: { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } } }),
    ["ended: Policies of the role Oncall have access that ended at the end of 2019-12-31 (UTC)."],
  ],
  [
    "a policy that isn't understood",
    having(VIEW, { Effect: "Allow" }),
    [expect.stringMatching(/^unknown: In the role Oncall, unsupported \(a statement without actions\): /)],
  ],
  [
    "everybody in its trust, under a condition that only a request decides",
    {
      roles: {
        known: [
          role("Viewers", VIEW),
          otherRole("Open", documentOf(allow("*")), {
            trust: documentOf({
              ...{ ...TRUST, Principal: { AWS: "*" } },
              Condition: { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a" } },
            }).known,
          }),
        ],
      },
    },
    ["open-trust: Anybody may assume the role Open under a condition, and perhaps the Support App, too."],
  ],
])("a role with %s", (_, read, expected) => {
  expect(dangersOf(read).map(wordsOf)).toEqual(expected);
});

test("a channel whose role is gone, and a channel in two regions, with the commands that remove them", () => {
  const regions = [
    region("us-east-1", channel("OPS", "Viewers"), channel("OLD", "Gone")),
    region("eu-west-1", channel("OPS", "Viewers")),
  ];
  const dangers = dangersOf({ regions });
  const gone = dangersOf({ regions: [region("us-east-1", channel("OPS", "Gone")), ...regions.slice(1)] });
  expect(gone.at(-1)?.fix).toBe("Keep one of them. This keeps the one in eu-west-1:"); // whose role works
  expect(dangers.map(wordsOf)).toEqual([
    `missing-role: #old (OLD of T1) has the role ${arnOf("Gone")}, which doesn't exist or doesn't let the Support App in: people in it can do nothing. Whoever creates a role of that name decides what they can do.`,
    "configured-twice: #ops (OPS of T1) is configured in us-east-1, eu-west-1. AWS advises to use one region, since several can conflict.",
  ]);
  expect(dangers.flatMap(({ commands }) => commands)).toEqual([
    expect.stringMatching(/us-east-1 delete-resource .* --identifier 'T1\|OLD'/),
    expect.stringMatching(/eu-west-1 delete-resource .* --identifier 'T1\|OPS'/),
  ]);
});

describe("what couldn't be read comes first, and nothing is concluded from it", () => {
  test.each<[string, Partial<AccountRead>]>([
    ["roles", { roles: DENIED, serviceQuotasRole: DENIED }],
    ["the channels of a region", { regions: [{ ...region("us-east-1"), channels: DENIED }] }],
    [
      "the workspaces of a region",
      { regions: [{ ...region("us-east-1", channel("OPS", "Viewers")), workspaces: DENIED }] },
    ],
    ["a channel", { regions: [region("us-east-1", { ...channel("OPS", "Viewers"), properties: DENIED })] }],
    ["a policy", { roles: { known: [otherRole("Viewers", DENIED)] } }],
    ["the policies", { roles: { known: [otherRole("Viewers", documentOf(), { policies: DENIED })] } }],
    ["a boundary", { roles: { known: [otherRole("Viewers", documentOf(allow("*")), { boundary: DENIED })] } }],
  ])("%s", (_, read) => {
    expect(dangersOf(read).map(({ kind }) => kind)).toEqual(["unknown"]);
  });

  test("an account", () => {
    const { roles, dangers } = auditedAccount({ id: ACCOUNT }, DENIED, undefined, NOW);
    expect(roles).toEqual([]);
    expect(dangers).toMatchObject([{ kind: "unknown", about: ["account", "iam:GetRole"] }]);
  });

  test("before everything else, once for all regions in which it is the same", () => {
    const regions = ["us-east-1", "us-west-2"].map((name) => ({ ...region(name), channels: DENIED }));
    const [first, ...others] = dangersOf({ roles: { known: [role("Oncall", allow("*"))] }, regions });
    expect(first?.found).toBe(`${DENIED.unknown.message} (us-east-1, us-west-2).`);
    expect(first?.fix).toContain("choose the other regions with --region");
    expect(others.map(({ kind }) => kind)).toEqual(["administrators"]);
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
    const found = audited(having(allow("*")), slack({ state, members: { known: { people: [guest], unseen: 0 } } }));
    expect(found.channels).toMatchObject([{ people: { members: 1, guests: 1, strangers: 0, bots: 0, unseen: 0 } }]);
    expect(found.dangers[0]?.found).toContain(
      "People in #ops (OPS of T1), with 1 person (1 guest), 0 bots can do everything",
    );
    expect(JSON.stringify(found)).not.toContain("Ana");
  });

  test.each<[string, SlackPeople, string]>([
    ["Slack refuses", slack({ state, members: { unknown: failure } }), "Slack answers missing_scope"],
    [
      "some are unknown",
      slack({ state, members: { known: { people: [], unseen: 2, why: failure } } }),
      "Slack answers missing_scope",
    ],
    ["the token is rejected", { token: { unknown: failure }, channels: new Map() }, "Slack answers missing_scope"],
    [
      "the token is of another workspace",
      { token: { known: { workspace: "T2" } }, channels: new Map() },
      "SLACK_BOT_TOKEN is a token of T2",
    ],
  ])("who is in it is unknown if %s", (_, people, why) => {
    expect(audited({}, people).dangers.map(wordsOf)).toEqual([
      expect.stringContaining(`unknown: Who is in #ops (OPS of T1) isn't known: ${why}`),
    ]);
  });
});
