import { GetAccountSummaryCommand } from "@aws-sdk/client-iam";
import { endpoint, iamIn, newAccount } from "./support/account";
import { type ModelReport, readModelReport } from "./support/models";

/** A request, and what was answered. */
type Exchange = readonly [object, object | null];

/** What the check in front of the emulator says of exchanges that it hasn't seen. */
async function reportOn(...exchanges: Exchange[]): Promise<ModelReport> {
  const response = await fetch(`${endpoint()}/_models`, { method: "POST", body: JSON.stringify(exchanges) });
  return (await response.json()) as ModelReport;
}

function signed(service: string, headers: Readonly<Record<string, string>>, body: string): object {
  const authorization = `AWS4-HMAC-SHA256 Credential=111122223333/20990101/us-east-1/${service}/aws4_request, Signature=x`;
  return { headers: { authorization, ...headers }, query: "", body };
}

/** A request in the protocol of IAM. */
function toIam(action: string, parameters: Readonly<Record<string, string>>, service = "iam"): object {
  const body = new URLSearchParams({ Action: action, Version: "2010-05-08", ...parameters }).toString();
  return signed(service, { "content-type": "application/x-www-form-urlencoded; charset=utf-8" }, body);
}

/** A request to Cloud Control. */
function toCloudControl(action: string, parameters: object): object {
  return signed("cloudcontrolapi", { "x-amz-target": `CloudApiService.${action}` }, JSON.stringify(parameters));
}

const ALIAS_TYPE = "AWS::SupportApp::AccountAlias";
const CHANNEL_TYPE = "AWS::SupportApp::SlackChannelConfiguration";
const ROLE_ARN = "arn:aws:iam::111122223333:role/Viewers";
const CHANNEL = { TeamId: "T1", ChannelId: "C1", NotifyOnCaseSeverity: "none", ChannelRoleArn: ROLE_ARN };
const creating = (properties: object, TypeName = CHANNEL_TYPE) =>
  toCloudControl("CreateResource", { TypeName, DesiredState: JSON.stringify(properties) });
const changing = (...steps: object[]) =>
  toCloudControl("UpdateResource", {
    TypeName: CHANNEL_TYPE,
    Identifier: "T1|C1",
    PatchDocument: JSON.stringify(steps),
  });

const ROLE = { RoleName: "Viewers", AssumeRolePolicyDocument: "{}" };
const TAGGED = {
  ...ROLE,
  Path: "/a/",
  MaxSessionDuration: "3600",
  Description: "für alle, naïve Leser",
  "Tags.member.1.Key": "Größe",
  "Tags.member.1.Value": "",
  "Tags.member.2.Key": "日本",
  "Tags.member.2.Value": "é",
};

test("requests as AWS's models have them, and what isn't checked, are taken", async () => {
  const report = await reportOn(
    [toIam("CreateRole", TAGGED), null],
    [toIam("CreateRole", { ...ROLE, Tags: "" }), null],
    [creating({ ...CHANNEL, ChannelName: "a", NotifyOnResolveCase: true }), null],
    [creating({ TeamId: "T1", VersionId: "1" }, "AWS::SupportApp::SlackWorkspaceConfiguration"), null],
    [
      changing({ op: "replace", path: "/NotifyOnCaseSeverity", value: "all" }, { op: "remove", path: "/ChannelName" }),
      null,
    ],
    [signed("s3", {}, "anything"), null],
  );
  expect(report).toEqual({
    checked: { "iam:CreateRole": 2, "cloudcontrolapi:CreateResource": 2, "cloudcontrolapi:UpdateResource": 1 },
    unchecked: { s3: 1 },
    deviations: [],
  });
});

test.each<[string, object, string, string]>([
  ["a parameter that is missing", toIam("CreateRole", { RoleName: "a" }), "AssumeRolePolicyDocument", "missing"],
  [
    "a member of a list's item that is missing",
    toIam("CreateRole", { ...ROLE, "Tags.member.1.Key": "a" }),
    "Tags[].Value",
    "missing",
  ],
  ["a parameter that doesn't exist", toIam("CreateRole", { ...ROLE, Foo: "a" }), "Foo", "unknown"],
  ["characters that a name can't have", toIam("GetRole", { RoleName: "a b" }), "RoleName", "pattern"],
  ["a letter that a name can't have", toIam("GetRole", { RoleName: "ä" }), "RoleName", "pattern"],
  ["a text that is too long", toIam("GetRole", { RoleName: "a".repeat(65) }), "RoleName", "size"],
  [
    "a number that is too small",
    toIam("CreateRole", { ...ROLE, MaxSessionDuration: "60" }),
    "MaxSessionDuration",
    "size",
  ],
  ["a number that is none", toIam("ListRoles", { MaxItems: "many" }), "MaxItems", "type"],
  ["a value that isn't in the enumeration", toIam("ListPolicies", { Scope: "local" }), "Scope", "enum"],
  [
    "a list that begins with its second item",
    toIam("SimulatePrincipalPolicy", { PolicySourceArn: ROLE_ARN, "ActionNames.member.2": "iam:GetRole" }),
    "ActionNames",
    "type",
  ],
  [
    "a list that isn't one",
    toIam("SimulatePrincipalPolicy", { PolicySourceArn: ROLE_ARN, ActionNames: "iam:GetRole" }),
    "ActionNames",
    "type",
  ],
  ["another version of the API", toIam("GetRole", { RoleName: "a", Version: "2012-10-17" }), "Version", "operation"],
  ["an operation that doesn't exist", toIam("GetRolls", { RoleName: "a" }), "", "operation"],
  ["a service that isn't known", toIam("DescribeVpcs", {}, "ec2"), "", "service"],
  [
    "a member that doesn't exist",
    toCloudControl("ListResources", { TypeName: CHANNEL_TYPE, Next: "a" }),
    "Next",
    "unknown",
  ],
  [
    "a member of another type",
    toCloudControl("ListResources", { TypeName: CHANNEL_TYPE, MaxResults: "1" }),
    "MaxResults",
    "type",
  ],
  [
    "a target of another service",
    signed("cloudcontrolapi", { "x-amz-target": "Other.ListResources" }, `{"TypeName":"${CHANNEL_TYPE}"}`),
    "X-Amz-Target",
    "operation",
  ],
  [
    "a body that isn't JSON",
    signed("cloudcontrolapi", { "x-amz-target": "CloudApiService.ListResources" }, "{"),
    "",
    "type",
  ],
  [
    "a type of CloudFormation that isn't known",
    toCloudControl("ListResources", { TypeName: "AWS::SupportApp::Other" }),
    "TypeName",
    "type-name",
  ],
  [
    "an identifier with a part too few",
    toCloudControl("GetResource", { TypeName: CHANNEL_TYPE, Identifier: "C1" }),
    "Identifier",
    "identifier",
  ],
  [
    "an identifier that the type can't have",
    toCloudControl("GetResource", { TypeName: ALIAS_TYPE, Identifier: "alias" }),
    "Identifier.AccountAliasResourceId",
    "size",
  ],
  [
    "a state that isn't an object",
    toCloudControl("CreateResource", { TypeName: CHANNEL_TYPE, DesiredState: "[]" }),
    "DesiredState",
    "type",
  ],
  ["a property that doesn't exist", creating({ ...CHANNEL, Name: "a" }), "DesiredState.Name", "unknown"],
  [
    "a property that only AWS sets",
    creating({ AccountAlias: "a", AccountAliasResourceId: "a".repeat(29) }, ALIAS_TYPE),
    "DesiredState.AccountAliasResourceId",
    "unknown",
  ],
  [
    "a property that is missing",
    creating({ ...CHANNEL, ChannelRoleArn: undefined }),
    "DesiredState.ChannelRoleArn",
    "missing",
  ],
  ["a property that is null", creating({ ...CHANNEL, ChannelName: null }), "DesiredState.ChannelName", "type"],
  [
    "a property of another type",
    creating({ ...CHANNEL, NotifyOnResolveCase: "true" }),
    "DesiredState.NotifyOnResolveCase",
    "type",
  ],
  [
    "a property that isn't in the enumeration",
    creating({ ...CHANNEL, NotifyOnCaseSeverity: "low" }),
    "DesiredState.NotifyOnCaseSeverity",
    "enum",
  ],
  [
    "a property that is too long",
    creating({ AccountAlias: "a".repeat(31) }, ALIAS_TYPE),
    "DesiredState.AccountAlias",
    "size",
  ],
  [
    "a change of what only a creation sets",
    changing({ op: "replace", path: "/TeamId", value: "T2" }),
    "PatchDocument[]/TeamId",
    "unknown",
  ],
  [
    "a removal of what must be there",
    changing({ op: "remove", path: "/NotifyOnCaseSeverity" }),
    "PatchDocument[]/NotifyOnCaseSeverity",
    "missing",
  ],
  [
    "a change to what isn't in the enumeration",
    changing({ op: "add", path: "/NotifyOnCaseSeverity", value: "low" }),
    "PatchDocument[].NotifyOnCaseSeverity",
    "enum",
  ],
  ["a change without a value", changing({ op: "replace", path: "/NotifyOnCaseSeverity" }), "PatchDocument[]", "type"],
])("a request with %s is refused", async (_, request, path, kind) => {
  const { deviations } = await reportOn([request, null]);
  expect(deviations).toMatchObject([{ side: "request", path, kind }]);
});

const xml = (body: string, status = 200) => ({ status, body, headers: {} });
const ANSWERED_ROLE = `<Path>/</Path><RoleName>a</RoleName><RoleId>AROAIOSFODNN7EXAMPLE</RoleId><Arn>${ROLE_ARN}</Arn><CreateDate>2099-01-01T00:00:00Z</CreateDate>`;
const roleAnswered = (role: string) =>
  xml(
    `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>${role}</Role></GetRoleResult><ResponseMetadata><RequestId>a</RequestId></ResponseMetadata></GetRoleResponse>`,
  );
const errorAnswered = (code: string, status: number) =>
  xml(
    `<ErrorResponse><Error><Code>${code}</Code><Message>a</Message></Error><RequestId>a</RequestId></ErrorResponse>`,
    status,
  );
const json = (body: object, status = 200) => ({ status, body: JSON.stringify(body), headers: {} });
const described = (properties: object, Identifier = "T1|C1") =>
  json({ TypeName: CHANNEL_TYPE, ResourceDescription: { Identifier, Properties: JSON.stringify(properties) } });

const GET_ROLE = toIam("GetRole", { RoleName: "a" });
const GET_CHANNEL = toCloudControl("GetResource", { TypeName: CHANNEL_TYPE, Identifier: "T1|C1" });

test("answers as AWS's models have them are taken", async () => {
  const { deviations } = await reportOn(
    [GET_ROLE, roleAnswered(`${ANSWERED_ROLE}<Tags><member><Key>a</Key><Value/></member></Tags>`)],
    [GET_ROLE, errorAnswered("NoSuchEntity", 404)],
    [GET_ROLE, errorAnswered("AccessDenied", 403)],
    [GET_CHANNEL, described(CHANNEL)],
    [GET_CHANNEL, json({ __type: "com.amazon.cloudapiservice#ResourceNotFoundException", Message: "a" }, 400)],
  );
  expect(deviations).toEqual([]);
});

test.each<[string, object, object, string, string]>([
  [
    "a member that is missing",
    GET_ROLE,
    roleAnswered(ANSWERED_ROLE.replace("<Path>/</Path>", "")),
    "Role.Path",
    "missing",
  ],
  ["a member that doesn't exist", GET_ROLE, roleAnswered(`${ANSWERED_ROLE}<Foo/>`), "Role.Foo", "unknown"],
  ["a member twice", GET_ROLE, roleAnswered(`${ANSWERED_ROLE}<Path>/</Path>`), "Role.Path", "type"],
  [
    "a time that is none",
    GET_ROLE,
    roleAnswered(ANSWERED_ROLE.replace("2099-01-01T", "tomorrow ")),
    "Role.CreateDate",
    "type",
  ],
  [
    "an ID that is too short",
    GET_ROLE,
    roleAnswered(ANSWERED_ROLE.replace("AROAIOSFODNN7EXAMPLE", "AROA")),
    "Role.RoleId",
    "size",
  ],
  ["items of another name", GET_ROLE, roleAnswered(`${ANSWERED_ROLE}<Tags><Tag/></Tags>`), "Role.Tags", "type"],
  ["no XML", GET_ROLE, xml("{}"), "", "type"],
  [
    "an element beside the result",
    GET_ROLE,
    xml(roleAnswered(ANSWERED_ROLE).body.replace("<ResponseMetadata>", "<Foo/><ResponseMetadata>")),
    "Foo",
    "unknown",
  ],
  [
    "another operation's name",
    GET_ROLE,
    xml(roleAnswered(ANSWERED_ROLE).body.replaceAll("GetRoleResponse", "RoleResponse")),
    "",
    "element",
  ],
  [
    "an error that the operation doesn't have",
    GET_ROLE,
    errorAnswered("EntityAlreadyExists", 409),
    "EntityAlreadyExists",
    "error",
  ],
  ["an error of another status", GET_ROLE, errorAnswered("NoSuchEntity", 400), "NoSuchEntity", "status"],
  ["no error's code", GET_ROLE, xml("<html/>", 500), "", "error"],
  ["an error of another service", GET_CHANNEL, json({ __type: "NoSuchEntity" }, 400), "NoSuchEntity", "error"],
  ["a member of another type", GET_CHANNEL, json({ TypeName: 1 }), "TypeName", "type"],
  [
    "a resource without a property",
    GET_CHANNEL,
    described({ ...CHANNEL, ChannelRoleArn: undefined }),
    "ResourceDescription.Properties.ChannelRoleArn",
    "missing",
  ],
  [
    "a resource with a property that doesn't exist",
    GET_CHANNEL,
    described({ ...CHANNEL, Name: "a" }),
    "ResourceDescription.Properties.Name",
    "unknown",
  ],
  [
    "another resource's identifier",
    GET_CHANNEL,
    described(CHANNEL, "T1|C2"),
    "ResourceDescription.Identifier",
    "identifier",
  ],
  [
    "another type's resource in what was done",
    creating(CHANNEL),
    json({ ProgressEvent: { TypeName: CHANNEL_TYPE, Identifier: "T1", ResourceModel: '{"TeamId":"T1"}' } }),
    "ProgressEvent.ResourceModel.ChannelId",
    "missing",
  ],
])("an answer with %s differs", async (_, request, answer, path, kind) => {
  const { deviations } = await reportOn([request, answer]);
  expect(deviations).toContainEqual(expect.objectContaining({ side: "answer", path, kind }));
});

test("what the emulator is asked is checked, and what a test answers in its stead", async () => {
  await iamIn(newAccount()).send(new GetAccountSummaryCommand({}));
  const request = signed("support", { "x-amz-target": "AWSSupport_20130415.DescribeServices" }, "{}");
  await fetch(`${endpoint()}/_models`, { method: "PUT", body: JSON.stringify([[request, null]]) });
  const { checked } = await readModelReport(endpoint());
  expect(checked).toMatchObject({ "iam:GetAccountSummary": 1, "support:DescribeServices": 1 });
});
