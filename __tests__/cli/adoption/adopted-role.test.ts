import { type Adoption, adoptionOf, type InexpressibleRole } from "../../../cli/adoption/adopted-role";
import { differencesOf } from "../../../cli/adoption/differences";
import type { TrustingRole } from "../../../cli/adoption/live-setup";
import { readLiveDocument } from "../../../cli/aws/live-document";
import FULL_ACCESS from "../../../cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json";
import type { Access } from "../../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../../../modules/support-app/model/capability";
import { toProps } from "../../../stacks/environments/environment";
import { ACCOUNT, environmentOf, ownPolicy, TRUST } from "../../support/live-account";
import { NOW } from "../../support/now";
import { policyText } from "../../support/policy-text";
import { isThorough } from "../../support/thorough";
import { allow, attached, role, VIEW } from "../../support/trusting-role";
import { VIEWING_POLICIES } from "../../support/viewing-policies";

function adopted(liveRole: TrustingRole): Adoption {
  const adoption = adoptionOf(liveRole, ACCOUNT, NOW);
  if ("reasons" in adoption) throw new Error(adoption.reasons.join("\n"));
  return adoption;
}

/** Each reason, and what to do about it. */
const whyNot = (liveRole: TrustingRole) => (adoptionOf(liveRole, ACCOUNT, NOW) as InexpressibleRole).reasons.join("\n");

const FULL = allow(...actionsOf(CAPABILITIES));
const END = "2027-01-01T00:00:00Z";
const until = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
const deny = (...actions: string[]) => ({ ...allow(...actions), Effect: "Deny" });
const inline = (name: string, ...statements: object[]) => ({
  name,
  document: readLiveDocument(policyText(...statements)),
});
const livePolicyOf = (...statements: object[]) => attached(policyText(...statements), { name: "own" });
const owning = (...statements: object[]) => ({ attached: [livePolicyOf(...statements)] });
const sharing = (...statements: object[]) => ({ attached: [{ ...livePolicyOf(...statements), isShared: true }] });
const inlineOf = (...statements: object[]) => ({ inline: [inline("less", ...statements)] });
const NO_RESOLVING = deny("support:ResolveCase");
const ofAws = (name: string, text: string) => attached(text, { name, arn: `arn:aws:iam::aws:policy/${name}` });
const APP = ofAws("AWSSupportAppFullAccess", JSON.stringify(FULL_ACCESS));
/** More than are compared at all. */
const MANY_ARNS = Array.from({ length: 1_500 }, (_, index) => `arn:aws:s3:::data-*-team-${index}-*`);

test("every environment's role is imported as the same entry, and a deploy changes nothing", () => {
  const subsets = [[], ["live-chat"], ["request-quota-increases"], OPTIONAL_CAPABILITIES.slice(1)];
  for (const yaml of [
    ...subsets.map((without) => `full: { without: [${without}] }`),
    "full: { service-quotas-role: existing }",
    "read-only: {}",
    "read-only: { policy: aws-managed }",
    "full: { policy: aws-managed, source-account-condition: true }",
    "full: { role-name: a, policy-name: b, path: /c/d/, description: e, policy-description: f, max-session-duration: 7200 }",
    `full: { permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/boundary" }`,
    'read-only: { permissions-boundary: "arn:aws:iam::aws:policy/ReadOnlyAccess" }',
    "read-only: { until: 2026-12-31 }",
    "full: { until: 2026-12-31, without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-12-30T17:00:00Z }] }",
    "full: { without: [live-chat, request-quota-increases], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: request-quota-increases, until: 2027-01-31 }] }",
    `full: { without: [${OPTIONAL_CAPABILITIES}], temporarily: [{ capability: live-chat, until: 2026-12-31 }] }`,
  ]) {
    const [props] = environmentOf(yaml).accesses;
    if (!props) throw new Error(yaml);
    const { name, arn = "", document } = ownPolicy(props);
    if ("unknown" in document) throw new Error(yaml);
    const path = props.path ?? "/";
    const condition = props.sourceAccountCondition && { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
    const adoption = adopted(
      role({
        name: props.roleName ?? (props.access === "full" ? "AWSSupportAppFullRole" : "AWSSupportAppReadOnlyRole"),
        path,
        description: props.description,
        boundary: props.permissionsBoundary,
        maxSessionDuration: props.maxSessionDuration ?? 3600,
        trust: readLiveDocument(policyText({ ...TRUST, ...condition })),
        attached: [attached(document.known.text, { name, arn, path, description: props.policyDescription })],
      }),
    );
    const withoutNothing = ({ without = [], ...rest }: Access) => ({ ...rest, without });
    const accessProps = toProps(adoption, adoption.entry, ACCOUNT);
    expect({ yaml, ...withoutNothing(accessProps) }).toEqual({ yaml, ...withoutNothing({ ...props, adopt: true }) });
    expect(differencesOf(adoption, new Map())).toEqual([]);
  }
});

/** Comparing the longer ones takes seconds. */
const VIEWING = Object.entries(VIEWING_POLICIES).filter(([name]) => isThorough || name === "CloudWatchReadOnlyAccess");
test.each(VIEWING)("beside %s, AWSSupportAppFullAccess is adopted", (name, text) => {
  const adoption = adopted(role({ attached: [APP, ofAws(name, text)] }));
  expect(adoption.entry).toEqual({ adopt: true, policy: "aws-managed", "role-name": "role" });
  const [losses = "", removed] = differencesOf(adoption, new Map());
  expect(losses).toMatch(
    /^People in its channels lose what full doesn't give: (.* and \d+ more|.{0,600}|it is too much to list)\.$/,
  );
  expect(losses.length).toBeLessThan(1_000);
  expect(removed).toBe(`The attached policy arn:aws:iam::aws:policy/${name} is removed.`);
});

test("what is lost may be too complex to list, without being a reason to refuse", () => {
  const logs = attached(policyText({ Effect: "Allow", Action: "s3:GetObject", Resource: MANY_ARNS }), { name: "logs" });
  expect(adopted(role({ attached: [APP, logs] })).lostPermissions).toBeUndefined();
});

describe("an entry never gives more:", () => {
  const EXISTING = { "service-quotas-role": "existing" };
  test.each<[string, object[], object]>([
    [
      "a missing action",
      [allow(...actionsOf(CAPABILITIES).filter((action) => action !== "support:CreateCase"))],
      { ...EXISTING, without: ["create-cases"] },
    ],
    ["a denied action", [FULL, deny("support:Add*")], { ...EXISTING, without: ["reply-to-cases", "attach-files"] }],
    [
      "a conditional Deny",
      [FULL, { ...deny("support:ResolveCase"), Condition: { StringEquals: { "aws:PrincipalTag/team": "a" } } }],
      { ...EXISTING, without: ["resolve-cases"] },
    ],
    [
      "what has ended, also as a Deny of something else",
      [
        VIEW,
        { ...allow("support:InitiateChatForCase"), ...until("2026-05-01T00:00:00Z") },
        { ...allow("support:ResolveCase"), ...until(END) },
        { ...deny("s3:*"), ...until("2026-05-01T00:00:00Z") },
      ],
      { without: [...OPTIONAL_CAPABILITIES], temporarily: [{ capability: "resolve-cases", until: "2026-12-31" }] },
    ],
  ])("an imported entry never gives more than the role's policy does, with %s", (_, statements, entry) => {
    expect(adopted(role({ attached: [livePolicyOf(...statements)] })).entry).toEqual({
      ...{ adopt: true, "role-name": "role", "policy-name": "own", ...entry },
    });
  });

  test("an imported policy never gets what only another policy of the role allows: others may have it, too", () => {
    const { access, lostPermissions } = adopted(role({ attached: [livePolicyOf(VIEW)], inline: [inline("i", FULL)] }));
    expect([access, lostPermissions?.length]).toEqual(["read-only", expect.any(Number)]);
    expect(lostPermissions).not.toEqual([]);
  });

  test("of several policies, the one that gives most is imported, then one that isn't rewritten", () => {
    const a = attached(policyText(VIEW), { name: "a" });
    expect(adopted(role({ attached: [a, livePolicyOf(FULL)] })).policy.name).toBe("own");
    expect(adopted(role({ attached: [livePolicyOf({ ...VIEW, Sid: "View" }), a] })).policy.name).toBe("a");
  });
});

test.each<[string, Partial<TrustingRole>, without: readonly string[] | undefined]>([
  [
    "in another attached policy",
    { attached: [livePolicyOf(FULL), attached(policyText(NO_RESOLVING))] },
    ["resolve-cases"],
  ],
  ["in an inline policy", { ...owning(FULL), ...inlineOf(NO_RESOLVING) }, ["resolve-cases"]],
  [
    "that is inline, beside an attached policy, which is detached first",
    { attached: [livePolicyOf(FULL), attached(policyText(VIEW))], ...inlineOf(NO_RESOLVING) },
    ["resolve-cases"],
  ],
  ["that stops nothing, beside a shared policy", { ...sharing(FULL), ...inlineOf(deny("iam:DeleteRole")) }, undefined],
])("a role with a Deny %s is imported, without what that denies", (_, overrides, without) => {
  const { policy, entry } = adopted(role(overrides));
  expect([policy.name, entry.without]).toEqual(["own", without]);
});

const SHOWN =
  "its policy own doesn't always allow view-cases, which every access level has. Let it allow support:DescribeCases and support:DescribeCommunications, or delete the role if nobody needs it";
const SHARED =
  "its policy own is also used elsewhere, and contains more than environments.yaml can express: a deploy would change that for others. Attach a copy, and detach own";
const LOST =
  "its policy less denies something that environments.yaml can't deny, and a deploy would remove that. Move that into a permissions boundary, or remove it if nobody needs it";
const ADMINISTRATOR = (allowing: string, denying: string) =>
  `its policies allow more than AWSSupportAppFullAccess (${allowing}), and a Deny in its policy ${denying} takes away only a part of that. Attach a policy with what people in the channels need of the Support App, and detach ${allowing}; keep the Deny until then`;
const BUCKET = "a Deny of what a bucket's policy may allow";
const TOO_COMPLEX =
  "its policies are too complex to compare with what environments.yaml would give in place of own. Use fewer wildcards and conditions for the Support App's actions";
const removedFirst = (denying: string, allowing: string) =>
  `a deploy could remove what its policy ${denying} denies before its policy ${allowing}, and what is allowed in between isn't compared. Remove ${allowing} from the role`;

test.each<[string, Partial<TrustingRole>, string]>([
  ["no viewing", owning(allow("support:CreateCase")), SHOWN],
  ["viewing that has ended", owning({ ...VIEW, ...until("2026-05-01T00:00:00Z") }), SHOWN],
  ["viewing until a day without a time", owning({ ...VIEW, ...until("2027-01-01") }), SHOWN],
  ["viewing until too late a day", owning({ ...VIEW, ...until("2101-01-01T00:00:00Z") }), SHOWN],
  [
    "too many wildcards",
    { attached: [APP], ...inlineOf({ ...NO_RESOLVING, Resource: MANY_ARNS }) },
    TOO_COMPLEX.replace("own", APP.name),
  ],
  [
    "viewing beside too many wildcards",
    owning(VIEW, { ...deny("support:DescribeCases"), Resource: MANY_ARNS }),
    TOO_COMPLEX,
  ],
  [
    "a trust policy with an end",
    { trust: readLiveDocument(policyText({ ...TRUST, ...until(END) })) },
    "the Support App may assume it only under conditions that environments.yaml can't express, and without them more could assume it. Remove the conditions from its trust policy, except for aws:SourceAccount",
  ],
  [
    "a boundary of another account",
    { boundary: "arn:aws:iam::444455556666:policy/boundary" },
    "it has the permissions boundary arn:aws:iam::444455556666:policy/boundary, which environments.yaml can't express. Give the role a boundary of its own account",
  ],
  [
    "its own policy as its boundary",
    { boundary: `arn:aws:iam::${ACCOUNT}:policy/own` },
    `its permissions boundary arn:aws:iam::${ACCOUNT}:policy/own is a policy that the environment would manage, and whoever deploys could rewrite it. Give the role another boundary, or none`,
  ],
  [
    "a path that can't be expressed",
    { path: "/a~b/", attached: [attached(policyText(VIEW), { name: "own", path: "/a~b/" })] },
    expect.stringMatching(/^it has the path \/a~b\/, and environments\.yaml accepts a path of at most 512/),
  ],
  [
    "another path than its policy",
    { path: "/team/" },
    "its policy own has the path / and the role /team/, and environments.yaml has one path for both. Attach a copy with the path /team/, and detach own",
  ],
  [
    "a policy of another account",
    { attached: [{ ...livePolicyOf(VIEW), arn: "arn:aws:iam::444455556666:policy/own" }] },
    "its policy arn:aws:iam::444455556666:policy/own belongs to another account. Attach a copy that belongs to this account, and detach it",
  ],
  [
    "a policy's description that can't be expressed",
    { attached: [{ ...livePolicyOf(VIEW), description: "two\nlines" }] },
    "its policy own has a description that environments.yaml can't express, and IAM can't change descriptions. Attach a copy without the description, and detach own",
  ],
  ["a shared policy that says more", sharing(VIEW, allow("s3:ListBucket")), SHARED],
  ["a shared policy with a Deny of what others may be allowed", sharing(VIEW, deny("iam:CreateUser")), SHARED],
  [
    "AWS's policy of no access level",
    { attached: [ofAws("AWSSupportAccess", policyText(VIEW))] },
    "AWS's policy AWSSupportAccess doesn't belong to any access level. Attach a policy with what people in the channels need of the Support App, and detach it",
  ],
  [
    "a Deny of a part of AWS's policy",
    { attached: [APP], ...inlineOf(NO_RESOLVING) },
    "another policy of the role denies a part of AWS's policy AWSSupportAppFullAccess, and a deploy would remove that other policy. Attach a copy of AWS's policy instead, so that what is denied becomes `without`",
  ],
  [BUCKET, inlineOf(deny("iam:DeleteRole", "s3:*")), LOST],
  [`${BUCKET}, and almost the app's`, inlineOf(deny("my-support:*")), LOST],
  [`${BUCKET}, as all but AWS Support`, inlineOf({ Effect: "Deny", NotAction: "support:*", Resource: "*" }), LOST],
  [
    "AdministratorAccess, of which a Deny takes something away,",
    { attached: [ofAws("AdministratorAccess", policyText(allow("*")))], ...inlineOf(deny("s3:*")) },
    ADMINISTRATOR("AdministratorAccess", "less"),
  ],
  [
    "everything and a Deny in one policy, and more in another",
    { ...owning(allow("*"), deny("s3:*")), inline: [inline("more", allow("s3:Get"))] },
    ADMINISTRATOR("own, more", "own"),
  ],
  [
    "a Deny in the adopted policy beside another one that allows",
    { attached: [livePolicyOf(FULL, NO_RESOLVING)], inline: [inline("more", allow("support:ResolveCase"))] },
    removedFirst("own", "more"),
  ],
  [
    "a Deny and two other attached policies that allow",
    {
      attached: [
        livePolicyOf(FULL),
        attached(policyText(allow("iam:GetRole"), NO_RESOLVING), { name: "less" }),
        attached(policyText(allow("iam:GetRole")), { name: "more" }),
      ],
    },
    [removedFirst("less", "more"), removedFirst("less", "own")].join("\n"),
  ],
  [
    "an inline Deny beside another inline policy that allows",
    { inline: [inline("less", NO_RESOLVING), inline("more", FULL)] },
    removedFirst("less", "more"),
  ],
  ["no policy", { attached: [] }, "it has no policy, and so allows nothing. Delete it if nobody needs it"],
  [
    "only inline policies",
    { attached: [], inline: [inline("i", VIEW)] },
    "it has no attached policy, and adopt needs one to import. Turn its inline policies into an attached one",
  ],
  [
    "an unsupported policy and an unsupported trust",
    {
      attached: [attached('{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}', { name: "own" })],
      trust: readLiveDocument(policyText(TRUST, { Effect: "Allow" })),
    },
    expect.stringMatching(
      /^in its trust, unsupported \(a statement without actions\): .*\nin its policy own, unsupported \(a statement without actions\): /,
    ),
  ],
])("a role with %s is left out", (_, overrides, reason) => {
  expect(whyNot(role({ attached: [livePolicyOf(VIEW)], ...overrides }))).toEqual(reason);
});
