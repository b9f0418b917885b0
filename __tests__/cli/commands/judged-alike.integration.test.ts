import { type Credentials, connect } from "../../../cli/aws/connection";
import { auditedAccount } from "../../../cli/commands/audit/audited-account";
import { accountReader } from "../../../cli/commands/audit/read-account";
import { auditLines } from "../../../cli/commands/audit/report";
import { diagnose } from "../../../cli/commands/doctor/diagnose";
import { type Finding, worstOf } from "../../../cli/findings/finding";
import type { AccountKind } from "../../../cli/findings/kinds";
import { jsonText } from "../../../common/json";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import type { AwsRole } from "../../support/account-aws";
import { awsInTests } from "../../support/answering-aws";
import { type HandMade, handMadeAws, MANAGED_POLICY, sharedEnvironment } from "../../support/hand-made-aws";
import { ACCOUNT, TRUST } from "../../support/live-account";
import { NOW } from "../../support/now";
import { sample } from "../../support/thorough";

type Judged = "healthy" | "dangerous" | "unknown";

/** What only makes an account untidy, for audit: nobody can do more by it. */
const UNTIDY: readonly string[] = [
  "audit-writes-as-read-only",
  "audit-no-channel",
  "audit-ended",
] satisfies AccountKind[];

const EAST = "us-east-1";
const WEST = "us-west-2";
const aws = awsInTests();

const connection = connect();
const config = connection.configFor(sharedEnvironment);
/** The first call of each client takes as much CPU as four more: one reader reads every account. */
const readAccount = accountReader(config, [EAST, WEST], NOW);
afterAll(() => connection.destroy());

/** What audit and doctor report of an account. */
async function reportsOn(account: HandMade, environment = sharedEnvironment) {
  aws.answers = handMadeAws(account);
  const accountRead = await readAccount(config.credentials as Credentials);
  return {
    audit: auditedAccount({ id: ACCOUNT }, { known: accountRead }, undefined, NOW),
    doctor: await diagnose(connection, environment, { now: NOW }),
  };
}

type Reports = Awaited<ReturnType<typeof reportsOn>>;

/** How both judge an account, or only what has one of these names in it. */
function judgedIn({ audit, doctor }: Reports, ...names: readonly string[]): Record<keyof Reports, Judged> {
  const isMeant = (finding: object) => names.length === 0 || names.some((name) => jsonText(finding).includes(name));
  const judge = (findings: readonly Finding[]) => {
    const answer = worstOf(findings.filter(isMeant).map((finding) => finding.answer));
    return answer === "unhealthy" ? "dangerous" : answer;
  };
  return { audit: judge(audit.findings.filter(({ kind }) => !UNTIDY.includes(kind))), doctor: judge(doctor.findings) };
}

async function judgeBoth(...args: Parameters<typeof reportsOn>): Promise<Record<keyof Reports, Judged>> {
  return judgedIn(await reportsOn(...args));
}

const statement = (Effect: string, Action: string | readonly string[]) => ({ Effect, Action, Resource: "*" });
const ALL = statement("Allow", "*");
const FULL = statement("Allow", actionsOf(CAPABILITIES));
const RIGHT = {
  ...statement("Allow", "iam:CreateServiceLinkedRole"),
  Condition: { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
};
const ADMINISTRATOR = { policies: { "arn:aws:iam::aws:policy/AdministratorAccess": [ALL] } };
const VIEWER = { policies: { view: [statement("Allow", actionsOf(["view-cases"]))] } };
const may = (...statements: object[]): AwsRole => ({ policies: { "by-hand": statements } });

const MANAGED = "AWSSupportAppReadOnlyRole";
const ANYBODY = { ...TRUST, Principal: "*" };
/** The account with a role, in a channel unless it says otherwise. */
const having = (role: AwsRole, channels: HandMade["channels"] = { [EAST]: { C2: "Hand" } }): HandMade => ({
  roles: { Hand: role },
  channels,
});
const unused = (role: AwsRole) => having(role, {});
const trusting = (...trust: object[]) => unused({ ...VIEWER, trust });
const anybody = (operator: string, key: string, value: string) =>
  trusting({ ...ANYBODY, Condition: { [operator]: { [key]: value } } });
const ELSEWHERE = (role: string): HandMade => ({ roles: { Hand: VIEWER }, channels: { [WEST]: { C2: role } } });

const GONE = { status: 404, code: "NoSuchEntity" };
const REFUSED = { status: 403, code: "AccessDenied" };
/** The account in which AWS answers a call about the role, or about what is of that name, with something else. */
const failing = (account: HandMade, action: string, name: string, answer: object = GONE): HandMade => ({
  ...account,
  instead: (calledAction, parameters) =>
    calledAction === action && Object.values(parameters).some((value) => String(value).includes(name))
      ? (answer as typeof GONE)
      : undefined,
});

type Case = readonly [string, Judged, HandMade];

/** What one role may do, and whom it trusts: one account has all these roles. */
const ROLES: readonly Case[] = [
  ["an administrator in a channel", "dangerous", having(ADMINISTRATOR)],
  ["an administrator without a channel", "dangerous", unused(ADMINISTRATOR)],
  ["an administrator behind a boundary", "healthy", having({ ...ADMINISTRATOR, boundary: [FULL] })],
  ["an administrator behind a boundary that was widened", "dangerous", having({ ...ADMINISTRATOR, boundary: [ALL] })],
  [
    "an administrator behind a boundary that denies something",
    "dangerous",
    having({ ...ADMINISTRATOR, boundary: [ALL, statement("Deny", "iam:*")] }),
  ],
  ["an administrator with a Deny of something", "dangerous", having(may(ALL, statement("Deny", "s3:*")))],
  ["an administrator with a Deny of everything", "healthy", having(may(ALL, statement("Deny", "*")))],
  ["all but something", "dangerous", having(may({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }))],
  ["all that AWSSupportAppFullAccess allows", "healthy", having(may(FULL, RIGHT))],
  ["one more read action", "dangerous", having(may(FULL, statement("Allow", "s3:GetObject")))],
  ["half of capabilities", "healthy", having(may(statement("Allow", ["support:CreateCase", "support:ResolveCase"])))],
  ["an end that has passed", "healthy", having(may({ ...ALL, ...before(2020) }))],
  ["an end to come", "dangerous", having(may({ ...ALL, ...before(2050) }))],
  ["a role that trusts anybody", "dangerous", trusting(ANYBODY)],
  ["anybody for the account", "dangerous", anybody("StringEquals", "aws:SourceAccount", ACCOUNT)],
  ["anybody for an ARN", "dangerous", anybody("ArnLike", "aws:SourceArn", `arn:aws:supportapp:*:${ACCOUNT}:*`)],
  ["anybody with a secret", "dangerous", anybody("StringEquals", "sts:ExternalId", "secret")],
  [
    "anybody whose ARN is like a pattern",
    "dangerous",
    anybody("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/a"),
  ],
  ["anybody without a source", "dangerous", anybody("Null", "aws:SourceArn", "true")],
  ["any service of AWS", "dangerous", anybody("Bool", "aws:PrincipalIsAWSService", "true")],
  ["anybody of the organization, and so no service", "healthy", anybody("StringEquals", "aws:PrincipalOrgID", "o-1")],
  [
    "anybody but somebody",
    "dangerous",
    trusting({ ...TRUST, Principal: undefined, NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
  ],
  ["another account", "dangerous", trusting(TRUST, { ...TRUST, Principal: { AWS: "444455556666" } })],
  ["somebody of the account", "dangerous", trusting(TRUST, { ...TRUST, Principal: { AWS: ACCOUNT } })],
  ["another service", "dangerous", trusting(TRUST, { ...TRUST, Principal: { Service: "ec2.amazonaws.com" } })],
  ["somebody else than the Support App", "healthy", trusting({ ...TRUST, Principal: { AWS: "444455556666" } })],
  ["a trust that has ended, in a channel", "dangerous", having({ ...VIEWER, trust: [{ ...TRUST, ...before(2020) }] })],
  ["a trust that has ended, without a channel", "healthy", administratorFor({ ...TRUST, ...before(2020) })],
  ["a trust that ends later", "dangerous", administratorFor({ ...TRUST, ...before(2050) })],
  ["a trust that may begin later", "dangerous", administratorFor({ ...TRUST, ...after(2050) })],
  ["a Deny that has ended", "dangerous", administratorFor(TRUST, { ...TRUST, Effect: "Deny", ...before(2020) })],
  ["the Support App for the account", "healthy", trusting({ ...TRUST, ...conditionOf("aws:SourceAccount", ACCOUNT) })],
];

const ACCOUNTS: readonly Case[] = [
  ["nothing by hand", "healthy", {}],
  // What can't be read, or isn't understood.
  ["a policy that isn't understood", "unknown", having(may({ Effect: "Allow" }))],
  ["a trust policy that isn't understood", "unknown", trusting(TRUST, { Effect: "Allow" })],
  ["a boundary that isn't understood", "unknown", having({ ...ADMINISTRATOR, boundary: [{ Effect: "Allow" }] })],
  ["an inline policy that can't be read", "unknown", failing(having(VIEWER), "GetRolePolicy", "Hand", REFUSED)],
  ["a boundary of a viewer that can't be read", "unknown", boundaryUnread(REFUSED)],
  ["a role that is listed and then isn't there", "unknown", failing(having(ADMINISTRATOR), "GetRole", "Hand")],
  ["policies that are listed and then aren't there", "unknown", failing(having(VIEWER), "GetRolePolicy", "Hand")],
  [
    "an attached policy that is listed and then isn't there",
    "unknown",
    failing(having(ADMINISTRATOR), "GetPolicy", "AdministratorAccess"),
  ],
  ["a boundary that isn't there", "unknown", boundaryUnread(GONE)],
  ["a role with another trust policy in the list", "unknown", failing(having(VIEWER), "GetRole", "Hand", otherTrust())],
  ["a managed role that is listed and then isn't there", "unknown", failing({}, "GetRole", MANAGED)],
  [
    "a channel that is listed and then isn't there",
    "unknown",
    failing(having(VIEWER), "GetResource", "C2", { status: 400, code: "ResourceNotFoundException" }),
  ],
  // Channels in another region.
  ["a channel elsewhere with a harmless role", "healthy", ELSEWHERE("Hand")],
  ["a channel elsewhere with a managed role", "healthy", ELSEWHERE(MANAGED)],
  ["a channel elsewhere with a missing role", "dangerous", ELSEWHERE("Gone")],
  ["a channel elsewhere with a role of another account", "dangerous", ELSEWHERE("arn:aws:iam::444455556666:role/a")],
  ["an administrator in a channel elsewhere", "dangerous", having(ADMINISTRATOR, { [WEST]: { C2: "Hand" } })],
  ["the environment's channel elsewhere, too", "dangerous", { channels: { [WEST]: { C1: MANAGED } } }],
  ["another channel in two regions", "dangerous", having(VIEWER, { [EAST]: { C2: "Hand" }, [WEST]: { C2: "Hand" } })],
  ["a managed role with AdministratorAccess, too", "dangerous", managed(ADMINISTRATOR)],
  ["a managed role that others may assume, too", "dangerous", managed({ trust: [TRUST, ANYBODY] })],
  ["a managed role behind a boundary by hand", "healthy", managed({ boundary: [FULL] })],
  ["a region that can't be read", "unknown", { instead: (action, _, __, region) => unreadIn(action, region) }],
];

function managed(overrides: AwsRole): HandMade {
  return { roles: { [MANAGED]: { ...overrides, policies: { [MANAGED_POLICY]: [], ...overrides.policies } } } };
}

function before(year: number) {
  return { Condition: { DateLessThan: { "aws:CurrentTime": `${year}-01-01T00:00:00Z` } } };
}

function after(year: number) {
  return { Condition: { DateGreaterThan: { "aws:CurrentTime": `${year}-01-01T00:00:00Z` } } };
}

function administratorFor(...trust: object[]): HandMade {
  return unused({ ...ADMINISTRATOR, trust });
}

function conditionOf(key: string, value: string) {
  return { Condition: { StringEquals: { [key]: value } } };
}

function boundaryUnread(answer: object): HandMade {
  return failing(having({ ...VIEWER, boundary: [FULL] }), "GetPolicy", "boundary-of-Hand", answer);
}

/** The role as GetRole has it, with a trust policy other than ListRoles has. */
function otherTrust() {
  const otherAnswers = handMadeAws(having({ ...VIEWER, trust: [ANYBODY] }));
  return otherAnswers("GetRole", { RoleName: "Hand" }) as unknown as object;
}

function unreadIn(action: string, region = "") {
  return action === "ListResources" && region === WEST ? REFUSED : undefined;
}

test("only environments.yaml says that nobody else configures channels: audit lists them, and doctor finds them", async () => {
  const [exclusiveEnvironment, expected] = [
    { ...sharedEnvironment, otherChannels: false },
    { audit: "healthy", doctor: "dangerous" },
  ];
  for (const region of [EAST, WEST]) {
    const account = { channels: { [region]: { C2: MANAGED } } };
    expect(await judgeBoth(account, exclusiveEnvironment)).toEqual(expected);
    expect(await judgeBoth(account)).toEqual({ ...expected, doctor: "healthy" });
  }
});

/** An account with every one of the roles and its channel, by names that nothing else has. */
const namesAt = (index: number) => ({ role: `Hand-${index}-`, channel: `C2X${index}X` });
const WITH_ALL_ROLES = {
  roles: Object.fromEntries(ROLES.map(([, , { roles }], index) => [namesAt(index).role, roles?.Hand ?? {}])),
  channels: {
    [EAST]: Object.fromEntries(
      ROLES.flatMap(([, , { channels }], index) => {
        const { role, channel } = namesAt(index);
        return channels?.[EAST] ? [[channel, role]] : [];
      }),
    ),
  },
};
let reportsOnRoles: Promise<Reports> | undefined;

test.each(ROLES.map(([title, judgement], index) => [title, judgement, index] as const))(
  "audit and doctor judge alike: %s, %s",
  async (_, expected, index) => {
    reportsOnRoles ??= reportsOn(WITH_ALL_ROLES);
    const { role, channel } = namesAt(index);
    expect(judgedIn(await reportsOnRoles, role, channel)).toEqual({ audit: expected, doctor: expected });
  },
);

test("people in a channel with a role whose trust has ended can do nothing, as audit says", async () => {
  const { audit } = await reportsOn(having({ ...VIEWER, trust: [{ ...TRUST, ...before(2020) }] }));
  expect(audit.findings).toMatchObject([{ kind: "audit-missing-role", about: ["channel", "T1", "C2"] }]);
  expect(auditLines([audit])).toContainEqual(expect.stringMatching(/C2 .*: people in it can do nothing with /));
});

test.each(sample(ACCOUNTS, 3))("audit and doctor judge alike: %s, %s", async (_, expected, account) => {
  expect(await judgeBoth(account)).toEqual({ audit: expected, doctor: expected });
});
