import { readLiveDocument } from "../../../../../cli/aws/live-document";
import type { LivePolicy } from "../../../../../cli/aws/live-role";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { DOCTOR_CHECKS } from "../../../../../cli/commands/doctor/checks";
import { ACCOUNT, boundaryWith, DENIED, documentOf, withAccess } from "../../../../support/live-account";
import { withWordLists } from "../../../../support/word-lists";
import { ALLOW, addingPolicy, changing, deploying, examine, only, ownPolicies, WATCH } from "./examined";

const role = "of the role AWSSupportAppFullRole (full)";
const OWN = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
const OF_AWS = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
const MANAGED = "full: { policy: aws-managed }";
const READING = "read-only: { policy: aws-managed }";
const removing = deploying("Deploy the environment, which removes anything that isn't in environments.yaml.");
const allow = (Action: unknown) => ({ Effect: "Allow", Action, Resource: "*" });
const deny = (Action: unknown) => ({ ...allow(Action), Effect: "Deny" });
const allBut = (NotAction: unknown) => ({ Effect: "Allow", NotAction, Resource: "*" });
const odd = { ...allow("support:DescribeCases"), Who: "x" };
const UNSUPPORTED = `unsupported (an unknown element of a policy): ${JSON.stringify(odd)}`;
const right = {
  ...allow("iam:CreateServiceLinkedRole"),
  Condition: { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
};
const inline = (...statements: object[]): LivePolicy => ({ name: "by-hand", document: documentOf(...statements) });
const levelOf = (yaml: string) => (yaml.startsWith("full") ? "full" : "read-only");
const withInline = (yaml: string, ...statements: object[]) =>
  examine("unexpected-access", yaml, addingPolicy(levelOf(yaml), inline(...statements)));
const withOwn = (yaml: string, ...statements: object[]) =>
  examine(
    "unexpected-access",
    yaml,
    changing(levelOf(yaml), () => ({ policies: { known: ownPolicies(yaml, ...statements) } })),
  );

const WATCHING = `read-only: { ${WATCH} }`;
const SLR = "it allows iam:CreateServiceLinkedRole";
const RATHER_MORE = [allow(["s3:GetObject", "S3:ListBucket"]), allow("sts:AssumeRole")];

test.each<[string, string, object[], string]>([
  ["all of AWS Support", WATCHING, [allow("support:*")], "it allows support:*"],
  ["a part of a capability", WATCHING, [allow("support:Describe*")], "it allows support:Describe*"],
  ["something else", "full: {}", RATHER_MORE, "it allows s3:GetObject, S3:ListBucket, sts:AssumeRole"],
  ["all but some actions", "full: {}", [allBut(["s3:*", "ec2:*"])], "it allows all but s3:*, ec2:*"],
  ["the guide's right, without the capability", "full: { without: [request-quota-increases] }", [right], SLR],
  ["the guide's right, for a role that exists", "full: { service-quotas-role: existing }", [right], SLR],
  ["the guide's right in read-only access", "read-only: {}", [right], SLR],
  ["what it supports, and more", "full: {}", [odd, allow("s3:GetObject")], `it allows s3:GetObject; ${UNSUPPORTED}`],
])("a policy that allows %s is unhealthy, whether it is the role's own or by hand", (_, yaml, statements, found) => {
  for (const outcome of [withOwn(yaml, ...statements), withInline(yaml, ...statements)]) {
    const finding = only(outcome.findings);
    expect(finding).toMatchObject({ answer: "unhealthy", found, fix: removing });
  }
});

test("the role's own policy says what is expected, and another policy doesn't", () => {
  expect(withOwn("full: {}", allow("s3:*")).findings).toMatchObject([
    {
      resource: `policy ${OWN} ${role}`,
      about: ["full", "policy", OWN],
      expected: withWordLists("nothing but full: <capabilities>"),
    },
  ]);
  const byHand = { resource: `inline policy by-hand ${role}`, about: ["full", "inline policy", "by-hand"] };
  expect(withInline("full: {}", allow("s3:*")).findings).toMatchObject([{ ...byHand, expected: "no such policy" }]);
  const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
  const attached = { name: "AdministratorAccess", arn, document: documentOf(allow("*")) };
  const { findings } = examine("unexpected-access", "full: {}", addingPolicy("full", attached));
  expect(findings).toMatchObject([{ resource: `policy ${arn} ${role}`, expected: "no such policy" }]);
});

test("the guide's right is expected where the channel creates the Service Quotas role", () => {
  expect(withInline("full: {}", right).findings).toEqual([]);
});

test.each([[[allow("support:DescribeCases")]], [[deny("s3:*")]]])("%j in an inline policy is a note", (statements) => {
  const notes = [
    `The inline policy by-hand ${role} isn't in environments.yaml and allows nothing more: a deploy removes it.`,
  ];
  expect(withInline("full: {}", ...statements)).toEqual({ findings: [], notes });
});

test("the channels whose people gain capabilities are named, as far as the boundary allows", () => {
  const channels = "channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T1, channel: C2 }]";
  const two = `full: { without: [live-chat, resolve-cases], ${channels} }, read-only: { ${WATCH.replace("C1", "C3")} }`;
  const says = "it allows support:*";
  expect(only(withInline(two, allow("support:*")).findings)).toMatchObject({
    impact: "People in #a, #b can resolve-cases, live-chat.",
    found: says,
  });
  const without = "full: { without: [live-chat] }";
  expect(only(withInline(without, allow("support:*")).findings)).toMatchObject({
    impact: "People in every channel with this role can live-chat.",
    found: says,
  });
  const boundary = boundaryWith("arn:aws:iam::aws:policy/b", allow("support:Describe*"));
  const limited = (account: Account) =>
    withAccess(addingPolicy("full", inline(allow("support:*")))(account), "full", { boundary });
  expect(only(examine("unexpected-access", without, limited).findings)).toMatchObject({
    impact: "People in its channels can do more than environments.yaml gives them.",
    found: says,
  });
});

test.each([
  ["all but something", allBut("s3:*")],
  ["any service-linked role", allow("iam:CreateServiceLinkedRole")],
])("a policy edited to allow %s is one finding of all checks", (_, statement) => {
  const yaml = "full: { service-quotas-role: existing }";
  const wide = changing("full", () => ({ policies: { known: ownPolicies(yaml, statement) } }));
  expect(
    Object.keys(DOCTOR_CHECKS).flatMap((kind) => examine(kind as keyof typeof DOCTOR_CHECKS, yaml, wide).findings),
  ).toHaveLength(1);
});

const BY_HAND = { resource: `inline policy by-hand ${role}`, about: ["full", "inline policy", "by-hand"] };
const OF_ROLE = { resource: "role AWSSupportAppFullRole (full)", about: ["full"] };
test.each<[string, object, object]>([
  ["one", { known: [{ ...inline(), document: DENIED }] }, { ...BY_HAND, expected: "to see what it says" }],
  ["all", DENIED, { ...OF_ROLE, expected: "to see its policies" }],
])("policies that can't be read are unknown: %s", (_, policies, finding) => {
  const change = changing("full", () => ({ policies }) as never);
  const { findings } = examine("unexpected-access", "full: {}", change);
  expect(findings).toEqual([{ answer: "unknown", ...finding, found: DENIED.unknown.message, fix: ALLOW }]);
});

test("a policy of which a part isn't supported is unknown", () => {
  const { findings } = withOwn("full: {}", odd);
  expect(findings).toMatchObject([{ answer: "unknown", found: UNSUPPORTED, fix: removing }]);
  const broken = addingPolicy("full", { name: "by-hand", document: { known: readLiveDocument("{") } });
  const unknown = { answer: "unknown", found: "unsupported (a policy that isn't JSON, or has a key twice): {" };
  expect(examine("unexpected-access", "full: {}", broken)).toMatchObject({ findings: [unknown], notes: [] });
});

describe("AWS's own policy", () => {
  const switching = (change: object) =>
    deploying("AWS's policy has changed. Switch to a customer-managed policy, and deploy.", change);
  const ownPolicyFix = (level: string) => switching({ [level]: { policy: "customer-managed" } });

  const SOME = ["support:GetCase", "support:ListCases", "support:Describe*", "s3-object-lambda:Get?"];
  test.each([
    [MANAGED, allow(["support:RefreshCase", "s3:*"])],
    [READING, allow([...SOME, "SUPPORT:SEARCHFORCASES"])],
  ])("more that AWS allows in its own policy is no finding with %s, as AWS decides it: %j", (yaml, statement) => {
    expect(withOwn(yaml, statement)).toEqual({ findings: [], notes: [] });
  });

  test.each<unknown>([
    "support:CreateCase",
    ["support:SearchForCases", "support:CreateCase"],
    "support:Create*",
    "s*3:GetObject",
    "support:ResetGet",
    "xsupport:PutGetCase",
    "support:DescribeCases2",
  ])("AWS's own policy isn't read-only if it allows %j, which isn't known to read by its name", (action) => {
    const finding = only(withOwn(READING, allow(action)).findings);
    expect(finding).toMatchObject({ answer: "unhealthy", fix: ownPolicyFix("read-only") });
  });

  test.each([[[odd]], [[odd, allow("support:RefreshCase")]]])(
    "AWS's own policy is unknown if a part isn't supported: %j",
    (statements) => {
      expect(only(withOwn(MANAGED, ...statements).findings)).toMatchObject({
        answer: "unknown",
        resource: `policy ${OF_AWS} ${role}`,
        found: UNSUPPORTED,
        fix: ownPolicyFix("full"),
      });
    },
  );

  test("AWS's own policy lets no other policy of the role pass", () => {
    const finding = only(withInline(MANAGED, allow("s3:*")).findings);
    expect(finding).toMatchObject({ ...BY_HAND, answer: "unhealthy", expected: "no such policy", fix: removing });
  });

  test("AWS's own policy isn't adopted any more once another policy takes its place", () => {
    const yaml = "read-only: { policy: aws-managed, adopt: true }";
    expect(only(withOwn(yaml, allow("support:CreateCase")).findings).fix).toEqual(
      switching({ "read-only": { policy: "customer-managed", adopt: false } }),
    );
  });
});

describe("what lasts longer than it should", () => {
  const until = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
  const having = (yaml: string, ...statements: object[]) => {
    const policies = { known: [{ name: "x", arn: OWN, document: documentOf(...statements) }] };
    const change = changing("full", () => ({ policies }));
    return only(examine("unexpected-access", yaml, change).findings);
  };

  test("what lasts longer than it should is named once, and its end is expected", () => {
    const draft = having(
      "full: { until: 2026-12-31 }",
      deny(["support:InitiateChatForCase", "s3:*"]),
      allow(["support:CreateCase", "support:createcase"]),
      allow("support:CreateCase"),
      right,
      { ...allow("support:AddCommunicationToCase"), ...until("2027-02-01T00:00:00Z") },
      { ...allow("support:AddAttachmentsToSet"), ...until("2027-01-01T00:00:00Z") },
      { ...allow("support:DescribeCases"), ...until("2026-07-01T00:00:00Z") },
    );
    expect(draft).toMatchObject({
      answer: "unhealthy",
      expected: expect.stringMatching(/^nothing but full: view-cases \(until the end of 2026-12-31 \(UTC\)\), /),
      found:
        "it allows for longer than expected: support:CreateCase, iam:CreateServiceLinkedRole, support:AddCommunicationToCase",
      fix: removing,
    });
  });

  test("what people can do after its end, and weren't promised, is a finding", () => {
    const chat = "full: { without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-05-01 }] }";
    expect(having(chat, allow("support:InitiateChatForCase"))).toMatchObject({
      expected: withWordLists("nothing but full: <capabilities but live-chat>"),
      impact: "People in every channel with this role can live-chat.",
      found: "it allows support:InitiateChatForCase",
    });
    const draft = having("full: { until: 2026-05-01, service-quotas-role: create }", allow("support:CreateCase"));
    expect(draft.expected).toBe("nothing but full: nothing any more");
  });
});
