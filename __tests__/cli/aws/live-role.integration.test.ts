import { IAMClient } from "@aws-sdk/client-iam";
import { readLiveDocument } from "../../../cli/aws/live-document";
import {
  mayTrustSupportApp,
  policyIdOf,
  policyInWords,
  readDocuments,
  readRights,
  readRole,
  readRoles,
  trustsSupportApp,
} from "../../../cli/aws/live-role";
import { valueIfKnown } from "../../../cli/aws/lookup";
import { statementsLettingIn, strangersIn } from "../../../cli/aws/role-judgement";
import { strangersWords } from "../../../cli/iam/right-words";
import { type Answers, awsInTests, CLIENT } from "../../support/answering-aws";
import { ACCOUNT, DENIED, documentOf } from "../../support/live-account";
import { policyText } from "../../support/policy-text";

const aws = awsInTests();
let iam: IAMClient;
beforeEach(() => {
  iam = new IAMClient(CLIENT);
});
afterEach(() => iam.destroy());

const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/oncall`;
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/team/extra`;
const TEXT = policyText({ Effect: "Allow", Action: "support:DescribeCases", Resource: "*" });
const DOCUMENT = encodeURIComponent(TEXT);
const KNOWN = { known: readLiveDocument(TEXT) };
const denied = (action: string) => ({
  unknown: {
    kind: "denied",
    action,
    resource: undefined,
    isDeniedByOrganization: undefined,
    message: `AccessDenied: ${action.slice(4)} says so`,
  },
});

test("every role of the account is listed, with its trust, from every page", async () => {
  const roleMember = (name: string) =>
    `<member><RoleName>${name}</RoleName><Arn>arn:aws:iam::${ACCOUNT}:role/${name}</Arn><AssumeRolePolicyDocument>${DOCUMENT}</AssumeRolePolicyDocument></member>`;
  aws.answers = (_, { Marker }) =>
    `<Roles>${roleMember(Marker === undefined ? "a" : "b")}</Roles>${Marker === undefined ? "<Marker>more</Marker>" : "<Marker/>"}`;
  const role = (name: string) => ({ name, arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, trust: KNOWN.known });
  expect(await readRoles(iam)).toEqual({ known: [role("a"), role("b")] });
});

const SERVICE = "supportapp.amazonaws.com";
const APP = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: SERVICE } };
const OF_ORGANIZATION = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } };
const when = (operator: string, year: number) => ({
  Condition: { [operator]: { "aws:CurrentTime": `${year}-01-01T00:00:00Z` } },
});
const SECRET = { Condition: { StringEquals: { "sts:ExternalId": "secret" } } };
test.each<[string, boolean, boolean, ...object[]]>([
  ["names the Support App", true, true, APP],
  ["names it under a condition", true, true, { ...APP, ...SECRET }],
  ["names it among others", true, true, { ...APP, Principal: { Service: ["a", SERVICE] }, ...SECRET }],
  [
    "names it beside others",
    true,
    true,
    { ...APP, Principal: undefined, NotPrincipal: { AWS: "1" }, ...SECRET },
    { ...APP, ...SECRET },
  ],
  ["denies it and is open", true, false, { ...APP, Effect: "Deny", ...SECRET }, { ...APP, Principal: "*", ...SECRET }],
  ["names nobody", true, false, { ...APP, Principal: undefined, ...SECRET, NotPrincipal: { AWS: "1" } }],
  ["names it and denies it", false, false, APP, { ...APP, Effect: "Deny" }],
  ["lets everybody in", true, true, { ...APP, Principal: "*" }],
  ["lets everybody in who knows a secret", true, false, { ...APP, Principal: "*", ...SECRET }],
  ["lets in everybody of an organization", false, false, { ...APP, Principal: "*", ...OF_ORGANIZATION }],
  [
    "lets every service of AWS in",
    true,
    true,
    { ...APP, Principal: "*", Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } },
  ],
  ["names another service", false, false, { ...APP, Principal: { Service: "ec2.amazonaws.com" } }],
  ["is unsupported", true, true, { Effect: "Allow" }],
  ["has ended", false, false, { ...APP, ...when("DateLessThan", 2026) }],
  ["has ended, and is unsupported", true, true, { ...APP, ...when("DateLessThan", 2026) }, { Effect: "Allow" }],
  ["ended in a way that isn't understood", true, true, { ...APP, ...when("DateLessThanEquals", 2026) }],
  ["ends later", true, true, { ...APP, ...when("DateLessThan", 2027) }],
  ["may begin later", true, true, { ...APP, ...when("DateGreaterThan", 2027) }],
  [
    "named it until now, and lets everybody in who knows a secret",
    true,
    false,
    { ...APP, ...when("DateLessThan", 2026) },
    { ...APP, Principal: "*", ...SECRET },
  ],
  ["denied it until now", true, true, APP, { ...APP, Effect: "Deny", ...when("DateLessThan", 2026) }],
])("a trust policy that %s may let the Support App in: %s, and is about it: %s", (_, may, trusts, ...statements) => {
  const trust = readLiveDocument(policyText(...statements));
  const now = "2026-01-01T00:00:00Z";
  expect([mayTrustSupportApp(trust, now), trustsSupportApp(trust, now)]).toEqual([may, trusts]);
});

const MINE = `arn:aws:iam::${ACCOUNT}:root`;
const FOREIGN = "arn:aws:iam::999999999999:root";
test.each<[object, string[]]>([
  [{}, []],
  [{ Principal: { AWS: FOREIGN } }, [`AWS ${FOREIGN}, of another account (999999999999)`]],
  [{ Principal: { AWS: "999999999999" } }, ["AWS 999999999999, of another account (999999999999)"]],
  [
    { Principal: { Federated: "arn:aws:iam::999999999999:saml-provider/a" } },
    ["Federated arn:aws:iam::999999999999:saml-provider/a, of another account (999999999999)"],
  ],
  [{ Principal: { AWS: [MINE, ACCOUNT, "AIDAEXAMPLE"] } }, [`AWS ${MINE}`, `AWS ${ACCOUNT}`, "AWS AIDAEXAMPLE"]],
  [{ Principal: { AWS: SERVICE } }, [`AWS ${SERVICE}`]],
  [{ Principal: { Service: [SERVICE, "ec2.amazonaws.com"] } }, ["Service ec2.amazonaws.com"]],
  [{ Principal: "*" }, ["anybody"]],
  [{ Principal: { AWS: ["*", "1"] } }, ["anybody", "AWS 1"]],
  [{ Principal: undefined }, ["anybody"]],
  [{ Principal: undefined, NotPrincipal: { AWS: ["1", MINE] } }, [`anybody but AWS 1, AWS ${MINE}`]],
  [{ Principal: { AWS: "1" }, Action: "sts:TagSession" }, []],
  [{ Principal: { AWS: "1" }, Action: "sts:AssumeRoleWithSAML" }, ["AWS 1"]],
  [{ Principal: { AWS: "1" }, Action: "sts:AssumeRoleWithWebIdentity" }, ["AWS 1"]],
  [{ Principal: { AWS: "1" }, Action: undefined, NotAction: "s3:*" }, ["AWS 1"]],
  [{ Principal: { AWS: "1" }, Effect: "Deny" }, []],
])("a statement with %j lets in %j besides the Support App", (overrides, strangers) => {
  const trust = readLiveDocument(policyText(APP, { ...APP, ...overrides }, { ...APP, ...overrides }));
  expect(strangersWords(strangersIn(trust), ACCOUNT)).toEqual(strangers);
  const isOfAny = strangers.length > 0 || Object.keys(overrides).length === 0;
  expect(statementsLettingIn(trust)).toHaveLength(isOfAny ? 3 : 1);
});

test("a policy is known by its ARN, or by its name if it is inline", () => {
  expect(policyIdOf(POLICY)).toEqual({ name: "extra", arn: POLICY });
  expect(policyInWords(policyIdOf(POLICY))).toBe(POLICY);
  expect(policyInWords({ name: "by-hand" })).toBe("the inline policy by-hand");
});

const NO_ROLE = { status: 404, code: "NoSuchEntity" };
const FORBIDDEN = { status: 403, code: "AccessDenied" };
const BOUNDARY = `<PermissionsBoundary><PermissionsBoundaryArn>${POLICY}</PermissionsBoundaryArn></PermissionsBoundary>`;
const roleAnswer = (elements: string) =>
  `<Role><Arn>${ROLE}</Arn><AssumeRolePolicyDocument>${DOCUMENT}</AssumeRolePolicyDocument>${elements}</Role>`;
const TAGS = "<Tags><member><Key>Owner</Key><Value>web</Value></member></Tags>";
const TAGGED = new Map([["Owner", "web"]]);

test.each<[string, object]>([
  ["<Description></Description>", {}],
  [BOUNDARY, { boundary: POLICY }],
  [
    `<Description>For Slack.</Description><MaxSessionDuration>7200</MaxSessionDuration>${TAGS}`,
    { description: "For Slack.", maxSessionDuration: 7200, tags: TAGGED },
  ],
])("a role has its ARN, its trust and more, if any: %j", async (elements, rest) => {
  aws.answers = (_, { RoleName }) => (RoleName === "oncall" ? roleAnswer(elements) : "");
  expect(await readRole(iam, "oncall")).toEqual({ known: { arn: ROLE, trust: KNOWN.known, tags: new Map(), ...rest } });
});

test("a role that doesn't exist is known to be missing, and what may not be read isn't known", async () => {
  aws.answers = () => NO_ROLE;
  const noRole = { known: undefined };
  expect(await readRole(iam, "oncall")).toEqual(noRole);
  expect(await readRights(iam, "oncall")).toEqual({ role: noRole, policies: { known: [] }, boundary: noRole });
  expect(aws.asked).toEqual(["GetRole", "GetRole"]);
  aws.answers = () => FORBIDDEN;
  expect(await readRole(iam, "oncall")).toEqual(denied("iam:GetRole"));
  expect(await readRoles(iam)).toEqual(denied("iam:ListRoles"));
});

/** A list in two pages. */
const inPages = (list: string, first: string, last: string, Marker: unknown) =>
  Marker === undefined
    ? `<${list}><member>${first}</member></${list}><IsTruncated>true</IsTruncated><Marker>more</Marker>`
    : `<${list}><member>${last}</member></${list}><IsTruncated>false</IsTruncated>`;

const OTHER = "arn:aws:iam::aws:policy/other";
/** A role with two attached policies, two inline ones and a boundary; of each two, one can't be read. */
const answers: Answers = (action, { Marker, PolicyArn, PolicyName, VersionId }) => {
  const member = (arn: string) => `<PolicyArn>${arn}</PolicyArn>`;
  if (action === "GetRole") return roleAnswer(BOUNDARY);
  if (action === "ListAttachedRolePolicies") return inPages("AttachedPolicies", member(POLICY), member(OTHER), Marker);
  if (action === "ListRolePolicies") return inPages("PolicyNames", "one", "two", Marker);
  if (PolicyArn === OTHER || PolicyName === "two") return FORBIDDEN;
  if (action === "GetRolePolicy") return `<PolicyDocument>${DOCUMENT}</PolicyDocument>`;
  if (action === "GetPolicy")
    return `<Policy><DefaultVersionId>v7</DefaultVersionId><Description>All.</Description>${TAGS}</Policy>`;
  return `<PolicyVersion><Document>${VersionId === "v7" ? DOCUMENT : ""}</Document></PolicyVersion>`;
};

test("policies are read on every page, in their default version; if one can't be read, the others are known", async () => {
  aws.answers = answers;
  expect(await readRights(iam, "oncall")).toEqual({
    role: { known: { arn: ROLE, trust: KNOWN.known, boundary: POLICY, tags: new Map() } },
    policies: {
      known: [
        { ...policyIdOf(POLICY), document: KNOWN, description: "All.", tags: TAGGED, isShared: true },
        { name: "other", arn: OTHER, document: denied("iam:GetPolicy") },
        { name: "one", document: KNOWN },
        { name: "two", document: denied("iam:GetRolePolicy") },
      ],
    },
    boundary: { known: { name: policyIdOf(POLICY), policy: KNOWN.known.policy } },
  });
});

test.each([
  ["attached twice", 2, 0, true],
  ["a boundary as well", 1, 1, true],
  ["attached once", 1, 0, false],
])("a policy that is %s (%d, %d) is shared: %s", async (_, attachments, boundaries, isShared) => {
  const counts = `<AttachmentCount>${attachments}</AttachmentCount><PermissionsBoundaryUsageCount>${boundaries}</PermissionsBoundaryUsageCount>`;
  const counted = `<Policy><DefaultVersionId>v7</DefaultVersionId>${counts}</Policy>`;
  aws.answers = (action, parameters) => (action === "GetPolicy" ? counted : answers(action, parameters));
  const { policies } = await readRights(iam, "oncall");
  expect(policies).toMatchObject({ known: [{ isShared }, {}, {}, {}] });
});

test.each([
  ["GetRole", { role: { unknown: {} }, boundary: { unknown: {} }, policies: { known: [{}, {}, {}, {}] } }],
  ["ListAttachedRolePolicies", { role: { known: {} }, boundary: { known: {} }, policies: { unknown: {} } }],
  ["ListRolePolicies", { role: { known: {} }, boundary: { known: {} }, policies: { unknown: {} } }],
  ["GetPolicyVersion", { boundary: denied("iam:GetPolicyVersion"), policies: { known: [{}, {}, {}, {}] } }],
])("without %s, what depends on it is unknown", async (call, rights) => {
  aws.answers = (action, parameters) => (action === call ? FORBIDDEN : answers(action, parameters));
  expect(await readRights(iam, "oncall")).toMatchObject(rights);
});

test.each<[call: string, part: string, answer: string]>([
  ["GetRole", "RoleName", `<Role><RoleName>strange</RoleName></Role>`],
  ["GetPolicy", "Arn", `<Policy><Arn>strange</Arn><DefaultVersionId>v7</DefaultVersionId></Policy>`],
  ["GetPolicyVersion", "VersionId", `<PolicyVersion><VersionId>strange</VersionId></PolicyVersion>`],
  ["GetRolePolicy", "RoleName", `<RoleName>strange</RoleName><PolicyName>one</PolicyName>`],
  ["GetRolePolicy", "PolicyName", `<RoleName>oncall</RoleName><PolicyName>strange</PolicyName>`],
])("an answer to %s with another %s than asked about is broken: nothing is known from it", async (call, part, text) => {
  aws.answers = (action, parameters) => (action === call ? text : answers(action, parameters));
  const { role, policies } = await readRights(iam, "oncall");
  const documents = valueIfKnown(policies)?.map(({ document }) => document);
  const message = expect.stringContaining(`received "strange" as ${part}`);
  expect([role, ...(documents ?? [])]).toContainEqual({
    unknown: { kind: "broken-answer", action: `iam:${call}`, message },
  });
});

test("of several policies, those that can be read are known, and the first reason why others can't", () => {
  const knownDocument = documentOf({ Effect: "Allow", Action: "a:B", Resource: "*" });
  const otherFailure = { unknown: { ...DENIED.unknown, message: "other" } };
  const policies = Object.entries({ a: DENIED, b: knownDocument, c: otherFailure }).map(([name, document]) => ({
    name,
    document,
  }));
  const documents = [{ name: "b", ...knownDocument.known }];
  expect(readDocuments({ known: policies })).toEqual({ documents, unread: DENIED.unknown });
  expect(readDocuments(DENIED)).toEqual({ documents: [], unread: DENIED.unknown });
  expect(readDocuments({ known: [{ name: "b", document: knownDocument }] }).unread).toBeUndefined();
});
