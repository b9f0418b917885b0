import type { z } from "zod";
import {
  accountsPage,
  assumedAnswer,
  attachedPoliciesPage,
  identityAnswer,
  inlinePoliciesPage,
  inlinePolicyAnswer,
  listedAlias,
  listedChannel,
  organizationTagsPage,
  policyAnswer,
  policyVersionAnswer,
  resourceAnswer,
  resourcesPage,
  roleAnswer,
  severityLevelsAnswer,
  simulationPage,
  trustsPage,
  unitsPage,
  wholeChannel,
  wholePolicyAnswer,
  wholeRoleAnswer,
} from "../../../cli/aws/answer-schemas";
import { BrokenAnswer, expectAnswer } from "../../../cli/aws/broken-answer";
import { readLiveDocument } from "../../../cli/aws/live-document";
import { ACCOUNT, policyText } from "../../support/live-account";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/oncall`;
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/Extra`;
const TEXT = policyText();
const DOCUMENT = encodeURIComponent(TEXT);
const TYPE = "AWS::SupportApp::SlackChannelConfiguration";

const role = (more: object = {}) => ({
  Role: { RoleName: "Oncall", Arn: ROLE, AssumeRolePolicyDocument: DOCUMENT, MaxSessionDuration: 3600, ...more },
});
const policy = (more: object = {}) => ({
  Policy: { Arn: POLICY, DefaultVersionId: "v2", AttachmentCount: 0, ...more },
});
const truncated = (page: object) => ({ ...page, IsTruncated: true });
const whole = (page: object) => ({ ...page, IsTruncated: false });
const attached = (PolicyName: string, PolicyArn: string) => whole({ AttachedPolicies: [{ PolicyName, PolicyArn }] });
const simulated = (EvalActionName: string, EvalDecision: string) =>
  whole({ EvaluationResults: [{ EvalActionName, EvalDecision }] });
const resource = (Properties: string, more: object = {}) => ({
  TypeName: TYPE,
  ResourceDescription: { Identifier: "T1|C1", Properties, ...more },
});
const CHANNEL = { TeamId: "T1", ChannelId: "C1", ChannelRoleArn: ROLE, NotifyOnCaseSeverity: "none" };
const ORGANIZATION_ACCOUNT = { Id: ACCOUNT, Name: "paid" };

test("names in IAM are the same whatever their case, and a role's trust is decoded", () => {
  expect(expectAnswer(roleAnswer(ACCOUNT, "oncall"), role())).toEqual({
    Role: { RoleName: "Oncall", Arn: ROLE, AssumeRolePolicyDocument: readLiveDocument(TEXT) },
  });
});

test.each<[string, z.ZodType, object, object]>([
  ["the last page", inlinePoliciesPage, whole({ PolicyNames: ["a"], Marker: "x" }), { items: ["a"] }],
  ["another page", inlinePoliciesPage, truncated({ PolicyNames: [], Marker: "x" }), { items: [], next: "x" }],
  [
    "a page of Cloud Control, which may leave out properties",
    resourcesPage(TYPE, listedChannel),
    { ResourceDescriptions: [{ Identifier: "a" }, { Identifier: "b", Properties: "{}" }], NextToken: "x" },
    { items: [{ Identifier: "a" }, { Identifier: "b", Properties: {} }], next: "x" },
  ],
  [
    "the last page of Organizations",
    unitsPage,
    { OrganizationalUnits: [{ Id: "ou-1" }], NextToken: null },
    { items: ["ou-1"] },
  ],
  [
    "an account's state",
    accountsPage,
    { Accounts: [{ ...ORGANIZATION_ACCOUNT, State: "PENDING_ACTIVATION", Status: "ACTIVE" }], NextToken: "x" },
    { items: [{ id: ACCOUNT, name: "paid", state: "pending" }], next: "x" },
  ],
  [
    "an account's state as it was called before, without a name",
    accountsPage,
    { Accounts: ["ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"].map((Status) => ({ Id: ACCOUNT, Status })) },
    { items: ["active", "closed", "closed", "closed"].map((state) => ({ id: ACCOUNT, name: "", state })) },
  ],
  [
    "every property of a channel, also those that aren't read",
    resourceAnswer(TYPE, "T1|C1", wholeChannel),
    resource(JSON.stringify({ ...CHANNEL, New: 1 })),
    resource("", { Properties: { ...CHANNEL, New: 1 } }),
  ],
])("%s is read", (_, schema, answer, read) => {
  expect(expectAnswer(schema, answer)).toEqual(read);
});

const ofAccount = (arn: string) => arn.replace(ACCOUNT, "444455556666");

test.each<[string, z.ZodType, object]>([
  ['received "1" as Account, expected an AWS account ID of 12 digits', identityAnswer, { Account: "1", Arn: "" }],
  ['received "me" as Arn, expected the ARN of a principal', identityAnswer, { Account: ACCOUNT, Arn: "me" }],
  [
    'received "arn:aws:iam::444455556666:root" as Arn, expected an ARN of that account',
    identityAnswer,
    { Account: ACCOUNT, Arn: "arn:aws:iam::444455556666:root" },
  ],
  ["received nothing as Credentials, expected a mapping", assumedAnswer, {}],
  [
    'received "" as Credentials.SessionToken, expected a text',
    assumedAnswer,
    { Credentials: { AccessKeyId: "A", SecretAccessKey: "s", SessionToken: "" } },
  ],
  ["received nothing as severityLevels, expected a list", severityLevelsAnswer, {}],
  ['received "Oncall" as Role.RoleName, expected "watch"', roleAnswer(ACCOUNT, "watch"), role()],
  [
    `received "${ofAccount(ROLE)}" as Role.Arn, expected the ARN of "oncall" in ${ACCOUNT}`,
    roleAnswer(ACCOUNT, "oncall"),
    role({ Arn: ofAccount(ROLE) }),
  ],
  [
    `received "${ROLE}er" as Role.Arn, expected the ARN of "oncall" in ${ACCOUNT}`,
    roleAnswer(ACCOUNT, "oncall"),
    role({ Arn: `${ROLE}er` }),
  ],
  [
    'received "%7B%22Version%22" as Role.AssumeRolePolicyDocument, expected a policy document',
    roleAnswer(ACCOUNT, "oncall"),
    role({ AssumeRolePolicyDocument: "%7B%22Version%22" }),
  ],
  [
    'received "%5B%5D" as Role.AssumeRolePolicyDocument, expected a policy document',
    roleAnswer(ACCOUNT, "oncall"),
    role({ AssumeRolePolicyDocument: "%5B%5D" }),
  ],
  [
    'received "%" as Role.AssumeRolePolicyDocument, expected a policy document',
    roleAnswer(ACCOUNT, "oncall"),
    role({ AssumeRolePolicyDocument: "%" }),
  ],
  [
    `received "${ROLE}" as Role.PermissionsBoundary.PermissionsBoundaryArn, expected the ARN of a policy`,
    roleAnswer(ACCOUNT, "oncall"),
    role({ PermissionsBoundary: { PermissionsBoundaryArn: ROLE } }),
  ],
  [
    "received the number 0.5 as Role.MaxSessionDuration, expected a whole number",
    wholeRoleAnswer(ACCOUNT, "oncall"),
    role({ MaxSessionDuration: 0.5 }),
  ],
  [
    "received nothing as Role.Tags[0].Value, expected a text",
    wholeRoleAnswer(ACCOUNT, "oncall"),
    role({ Tags: [{ Key: "Owner" }] }),
  ],
  [
    `received "${ofAccount(ROLE)}" as Roles[0].Arn, expected the ARN of a role in ${ACCOUNT}`,
    trustsPage(ACCOUNT),
    whole({ Roles: [{ RoleName: "a", Arn: ofAccount(ROLE), AssumeRolePolicyDocument: DOCUMENT }] }),
  ],
  [
    `received "${POLICY}" as AttachedPolicies[0].PolicyArn, expected the ARN of a policy of that name`,
    attachedPoliciesPage,
    attached("extra", POLICY),
  ],
  ["received nothing as IsTruncated, expected true or false", inlinePoliciesPage, { PolicyNames: [] }],
  [
    "received nothing as Marker, expected a marker for the next page",
    inlinePoliciesPage,
    truncated({ PolicyNames: [] }),
  ],
  [
    'received "a" as PolicyName, expected "b"',
    inlinePolicyAnswer("oncall", "b"),
    { RoleName: "ONCALL", PolicyName: "a", PolicyDocument: DOCUMENT },
  ],
  [`received "${POLICY}" as Policy.Arn, expected "${ofAccount(POLICY)}"`, policyAnswer(ofAccount(POLICY)), policy()],
  [
    'received "2" as Policy.DefaultVersionId, expected a version such as v1',
    policyAnswer(POLICY),
    policy({ DefaultVersionId: "2" }),
  ],
  [
    "received nothing as Policy.AttachmentCount, expected a whole number",
    wholePolicyAnswer(POLICY),
    policy({ AttachmentCount: undefined }),
  ],
  [
    'received "v2" as PolicyVersion.VersionId, expected "v1"',
    policyVersionAnswer("v1"),
    { PolicyVersion: { VersionId: "v2", Document: DOCUMENT } },
  ],
  [
    'received "support:ResolveCase" as EvaluationResults[0].EvalActionName, expected an action that was asked',
    simulationPage(["support:CreateCase"]),
    simulated("support:ResolveCase", "allowed"),
  ],
  [
    'received "denied" as EvaluationResults[0].EvalDecision, expected a decision',
    simulationPage(["support:CreateCase"]),
    simulated("SUPPORT:createcase", "denied"),
  ],
  [
    `received "AWS::Other" as TypeName, expected "${TYPE}"`,
    resourcesPage(TYPE, listedChannel),
    { TypeName: "AWS::Other", ResourceDescriptions: [] },
  ],
  [
    'received "{" as ResourceDescriptions[0].Properties, expected JSON',
    resourcesPage(TYPE, listedChannel),
    { ResourceDescriptions: [{ Identifier: "a", Properties: "{" }] },
  ],
  [
    'received "{}" as ResourceDescriptions[0].Properties, expected AccountAlias to be a text',
    resourcesPage(TYPE, listedAlias),
    { ResourceDescriptions: [{ Identifier: "a", Properties: "{}" }] },
  ],
  [
    'received "null" as ResourceDescriptions[0].Properties, expected a mapping',
    resourcesPage(TYPE, listedChannel),
    { ResourceDescriptions: [{ Identifier: "a", Properties: "null" }] },
  ],
  [
    'received "[]" as ResourceDescription.Properties, expected a mapping',
    resourceAnswer(TYPE, "T1|C1", wholeChannel),
    resource("[]"),
  ],
  [
    'received "T1|C1" as ResourceDescription.Identifier, expected "T1|C2"',
    resourceAnswer(TYPE, "T1|C2", wholeChannel),
    resource(JSON.stringify(CHANNEL)),
  ],
  [
    'received "ou" as OrganizationalUnits[0].Id, expected the ID of an organizational unit',
    unitsPage,
    { OrganizationalUnits: [{ Id: "ou" }] },
  ],
  [
    "received nothing as Accounts[0].State, expected the state of an account",
    accountsPage,
    { Accounts: [{ Id: ACCOUNT }] },
  ],
  [
    'received "NEW" as Accounts[0].State, expected the state of an account',
    accountsPage,
    { Accounts: [{ Id: ACCOUNT, State: "NEW" }] },
  ],
  ["received nothing as Tags[0].Key, expected a text", organizationTagsPage, { Tags: [{ Value: "" }] }],
])("an answer that AWS doesn't promise is broken: %s", (message, schema, answer) => {
  expect(() => expectAnswer(schema, answer)).toThrow(new BrokenAnswer(message));
});
