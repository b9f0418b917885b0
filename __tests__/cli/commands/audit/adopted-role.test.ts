import { readLiveDocument } from "../../../../cli/aws/live-document";
import { type Adoption, adoptionOf } from "../../../../cli/commands/audit/adopted-role";
import type { KnownRole } from "../../../../cli/commands/audit/live-setup";
import FULL_ACCESS from "../../../../cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json";
import type { Access } from "../../../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { iamNamesOf } from "../../../../modules/support-app/model/iam-names";
import { toProps } from "../../../../stacks/environments/environment-entry";
import { ACCOUNT, environmentOf, ownPolicy, TRUST } from "../../../support/live-account";
import { policyText } from "../../../support/policy-text";
import { allow, attached, ofAws, role, VIEW } from "../../../support/trusting-role";
import { VIEWING_POLICIES } from "../../../support/viewing-policies";

function adopted(liveRole: KnownRole): Adoption {
  const adoption = adoptionOf(liveRole, ACCOUNT);
  if (!("entry" in adoption)) throw new Error(adoption.join("\n"));
  return adoption;
}

const FULL = allow(...actionsOf(CAPABILITIES));
const RIGHT = FULL_ACCESS.Statement.at(-1) as object;
const until = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
const deny = (...actions: string[]) => ({ ...allow(...actions), Effect: "Deny" });
const inline = (name: string, ...statements: object[]) => ({
  name,
  document: readLiveDocument(policyText(...statements)),
});
const livePolicyOf = (...statements: object[]) => attached(policyText(...statements), { name: "own" });
const owning = (...statements: object[]) => ({ policies: [livePolicyOf(...statements)] });
const trusting = (...statements: object[]) => ({ trust: readLiveDocument(policyText(...statements)) });
const APP = ofAws("AWSSupportAppFullAccess", JSON.stringify(FULL_ACCESS));
const MANY_ARNS = Array.from({ length: 1_500 }, (_, index) => `arn:aws:s3:::data-*-team-${index}-*`);

const SUBSETS = [[], ["live-chat"], ["request-quota-increases"], OPTIONAL_CAPABILITIES.slice(1)];
test.each([
  ...SUBSETS.map((without) => `full: { without: [${without}] }`),
  "full: { service-quotas-role: existing }",
  "read-only: {}",
  "read-only: { policy: aws-managed }",
  "full: { policy: aws-managed, source-account-condition: true }",
  "full: { role-name: a, policy-name: b, path: /c/d/, description: e, policy-description: f, max-session-duration: 7200 }",
  `full: { permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/boundary", tags: { Owner: a } }`,
  'read-only: { permissions-boundary: "arn:aws:iam::aws:policy/ReadOnlyAccess" }',
  "read-only: { until: 2026-12-31 }",
  "full: { until: 2024-12-31, without: [live-chat], temporarily: [{ capability: live-chat, until: 2024-12-30T17:00:00Z }] }",
  "full: { without: [live-chat, request-quota-increases], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: request-quota-increases, until: 2027-01-31 }] }",
  `full: { without: [${OPTIONAL_CAPABILITIES}], temporarily: [{ capability: live-chat, until: 2026-12-31 }] }`,
])(
  "a role of environments.yaml is adopted as the same entry, whatever it may do, also if its access has ended: %s",
  (yaml) => {
    // GIVEN
    const [props] = environmentOf(yaml).accesses;
    if (!props) throw new Error(yaml);
    const { name, arn = "", document } = ownPolicy(props);
    if ("unknown" in document) throw new Error(yaml);
    const path = props.path ?? "/";
    const condition = props.sourceAccountCondition && { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
    const tags = new Map([...Object.entries(props.tags ?? {}), ["aws:cloudformation:stack-name", "support"] as const]);
    // WHEN
    const { entry } = adopted(
      role({
        name: iamNamesOf(props).roleName,
        path,
        description: props.description,
        boundary: props.permissionsBoundary,
        maxSessionDuration: props.maxSessionDuration ?? 3600,
        tags,
        ...trusting({ ...TRUST, ...condition }),
        policies: [
          attached(document.known.text, {
            name,
            arn,
            description: props.policyDescription,
            tags: new Map(Object.entries(props.tags ?? {})),
          }),
        ],
      }),
    );
    // THEN
    const complete = ({ without = [], ...rest }: Access) => ({ ...rest, ...iamNamesOf(rest), without });
    const accessProps = toProps(props, entry, ACCOUNT, props.tags);
    expect(complete(accessProps)).toEqual(complete({ ...props, adopt: true }));
    expect(entry.tags).toEqual(props.tags);
  },
);

test.each<[string, object[], object]>([
  [
    "another order and case of actions",
    [
      RIGHT,
      allow(
        ...actionsOf(CAPABILITIES)
          .reverse()
          .map((action) => action.toUpperCase()),
      ),
    ],
    {},
  ],
  [
    "a statement for each action",
    [...actionsOf(CAPABILITIES).map((action) => ({ ...allow(action), Sid: "a" })), RIGHT],
    {},
  ],
  ["no right to create the Service Quotas role", [FULL], { "service-quotas-role": "existing" }],
])("a policy that gives the same in another form is adopted, with %s", (_, statements, keys) => {
  expect(adopted(role(owning(...statements)))).toEqual({
    access: "full",
    entry: { adopt: true, "role-name": "role", "policy-name": "own", ...keys },
  });
});

const doesNotAllow = (rights: string) => `Its policy own doesn't always allow ${rights}.`;
const alsoAllows = (rights: string) => `Its policy own also allows ${rights}.`;
const APP_TRUST = "sts:AssumeRole by Service supportapp.amazonaws.com";

test.each<[string, Parameters<typeof role>[0], string[]]>([
  ["no policy", { policies: [] }, ["It has no policy, expected one attached policy and nothing else."]],
  [
    "only an inline policy",
    { policies: [inline("i", VIEW)] },
    ["It has the inline policy i, expected one attached policy and nothing else."],
  ],
  [
    "an inline policy beside the attached one, even if it only denies",
    { policies: [APP, inline("i", deny("support:ResolveCase"))] },
    [`It has ${APP.arn}, the inline policy i, expected one attached policy and nothing else.`],
  ],
  [
    "a second attached policy, and others who may assume it",
    {
      policies: [APP, ofAws("ReadOnlyAccess", VIEWING_POLICIES.ReadOnlyAccess ?? "")],
      ...trusting(TRUST, { ...TRUST, Principal: { AWS: "arn:aws:iam::444455556666:root" } }),
    },
    [
      `It has ${APP.arn}, arn:aws:iam::aws:policy/ReadOnlyAccess, expected one attached policy and nothing else.`,
      "Its trust policy also allows sts:AssumeRole by anybody in the account 444455556666.",
    ],
  ],
  [
    "AWS's policy of no access level",
    { policies: [ofAws("AWSSupportAccess", policyText(VIEW))] },
    ["Its policy arn:aws:iam::aws:policy/AWSSupportAccess isn't the AWS managed policy of an access level."],
  ],
  [
    "no viewing",
    owning(allow(...actionsOf(["create-cases"]))),
    [doesNotAllow("support:DescribeCases, support:DescribeCommunications")],
  ],
  ["a missing action", owning(VIEW, allow("support:CreateCase")), [alsoAllows("support:CreateCase")]],
  [
    "more",
    owning(VIEW, { ...allow("s3:GetObject"), Resource: "arn:aws:s3:::logs/*" }),
    [alsoAllows("s3:getobject on arn:aws:s3:::logs/*")],
  ],
  [
    "everything of Support",
    owning(allow("support:*"), RIGHT),
    [alsoAllows("support:*, iam:CreateServiceLinkedRole under a condition")],
  ],
  [
    "all but something",
    owning({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
    [expect.stringMatching(/^Its policy own also allows all but /)],
  ],
  [
    "any service-linked role",
    owning(FULL, allow("iam:CreateServiceLinkedRole")),
    [alsoAllows("iam:CreateServiceLinkedRole")],
  ],
  [
    "a condition",
    owning(VIEW, { ...allow("support:ResolveCase"), Condition: { StringEquals: { "aws:PrincipalTag/team": "a" } } }),
    [alsoAllows("support:ResolveCase under a condition")],
  ],
  [
    "viewing until a day without a time",
    owning({ ...VIEW, ...until("2027-01-01") }),
    [doesNotAllow("support:DescribeCases, support:DescribeCommunications")],
  ],
  [
    "a capability that outlasts viewing",
    owning({ ...VIEW, ...until("2027-01-01T00:00:00Z") }, allow("support:ResolveCase")),
    [alsoAllows("support:ResolveCase")],
  ],
  [
    "a Deny of what it allows",
    owning(FULL, RIGHT, deny("support:Resolve*")),
    ["Its policy own denies support:resolve*."],
  ],
  ["a Deny of what a bucket's policy may allow", owning(VIEW, deny("s3:*")), ["Its policy own denies s3:*."]],
  [
    "more wildcards than anybody reads",
    owning(VIEW, { ...allow("s3:GetObject"), Resource: MANY_ARNS }),
    [
      expect.stringMatching(
        /^Its policy own also allows s3:getobject on (arn:aws:s3:::data-\*-team-\d+-\*, ){19}\S+ and 1480 more\.$/,
      ),
    ],
  ],
  [
    "a policy that is also used elsewhere",
    { policies: [{ ...livePolicyOf(VIEW), isShared: true }] },
    ["Its policy own is also used elsewhere, expected a policy of this role alone."],
  ],
  [
    "another path than its policy",
    { path: "/team/", ...owning(VIEW) },
    ["Its policy own has the path /, expected the role's: /team/."],
  ],
  [
    "other tags than its policy",
    { tags: new Map([["Owner", "a"]]), ...owning(VIEW) },
    ["Its policy own has other tags than the role, expected the same."],
  ],
  [
    "a trust policy with an end",
    trusting({ ...TRUST, ...until("2027-01-01T00:00:00Z") }),
    [
      expect.stringMatching(`^Its trust policy also allows ${APP_TRUST} under a condition.$`),
      expect.stringMatching(`^Its trust policy doesn't always allow ${APP_TRUST} under a condition.$`),
    ],
  ],
  [
    "the condition of another account",
    trusting({ ...TRUST, Condition: { StringEquals: { "aws:SourceAccount": "444455556666" } } }),
    [
      expect.stringContaining("Its trust policy also allows"),
      expect.stringContaining("Its trust policy doesn't always allow"),
    ],
  ],
  [
    "a Deny in its trust policy",
    trusting(TRUST, { ...TRUST, Effect: "Deny", Condition: { StringNotEquals: { "aws:SourceAccount": ACCOUNT } } }),
    [expect.stringContaining("Its trust policy denies sts:AssumeRole.")],
  ],
  [
    "another service",
    trusting({ ...TRUST, Principal: { Service: ["supportapp.amazonaws.com", "lambda.amazonaws.com"] } }),
    ["Its trust policy also allows sts:AssumeRole by Service lambda.amazonaws.com."],
  ],
  [
    "further actions in its trust policy",
    trusting({ ...TRUST, Action: ["sts:AssumeRole", "sts:TagSession"] }),
    ["Its trust policy also allows sts:tagsession by Service supportapp.amazonaws.com."],
  ],
  [
    "an unsupported policy and an unsupported trust policy",
    {
      ...trusting(TRUST, { Effect: "Allow" }),
      policies: [attached('{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}', { name: "own" })],
    },
    [
      expect.stringMatching(/^Its policy own has something unsupported \(a statement without actions\): /),
      expect.stringMatching(/^Its trust policy has something unsupported \(a statement without actions\): /),
    ],
  ],
])("a role with %s isn't adopted, and what differs is listed", (_, overrides, differences) => {
  expect(adoptionOf(role({ policies: [livePolicyOf(VIEW)], ...overrides }), ACCOUNT)).toEqual(differences);
});

test("a sentence lists at most twenty rights", () => {
  const actions = Array.from({ length: 25 }, (_, index) => `s3:Get${index}`);
  const [difference] = adoptionOf(role(owning(VIEW, allow(...actions))), ACCOUNT) as string[];
  expect(difference).toMatch(/^Its policy own also allows (s3:get\d+, ){19}s3:get\d+ and 5 more\.$/);
});
