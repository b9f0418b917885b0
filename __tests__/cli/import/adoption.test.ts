import fc from "fast-check";
import { readLiveDocument } from "../../../cli/aws/live-document";
import { authorize } from "../../../cli/iam/authorize";
import { type Policy, readPolicy } from "../../../cli/iam/policy";
import { readTerraformPolicy } from "../../../cli/iam/terraform-policy";
import { type Adoption, adoptionOf, type InexpressibleRole } from "../../../cli/import/adoption";
import { differencesOf } from "../../../cli/import/differences";
import type { TrustingRole } from "../../../cli/import/live-setup";
import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../../../modules/support-app/capability";
import { trustStatements } from "../../../modules/support-app/policy-documents";
import type { SupportAppAccessProps } from "../../../modules/support-app/support-app-access-props";
import { toProps } from "../../../stacks/environment";
import { ACCOUNT, environmentOf, ownPolicy, policyText } from "../../support/live-account";
import { propertyRuns } from "../../support/thorough";
import { allow, attached, role, TRUST, VIEW } from "../../support/trusting-role";

function adopted(given: TrustingRole): Adoption {
  const found = adoptionOf(given, ACCOUNT);
  if ("why" in found) throw new Error(found.why.join("\n"));
  return found;
}

function whyNot(given: TrustingRole): string {
  return (adoptionOf(given, ACCOUNT) as InexpressibleRole).why.join("\n");
}

/** What environments.yaml then says. */
function propsOf({ access, entry }: Adoption): SupportAppAccessProps {
  return toProps(access, entry, ACCOUNT);
}

/** The role's own policy then. */
function saidPolicy({ access, entry, policy }: Adoption): Policy {
  if (entry.policy === "aws-managed") return policy.document.policy;
  const own = ownPolicy(toProps(access, entry, ACCOUNT)).document;
  if ("unknown" in own) throw new Error("A policy that is made here is known.");
  return own.known.policy;
}

test("every environment's role is imported as the same entry, and a deploy changes nothing", () => {
  const numbers = Array.from({ length: 2 ** OPTIONAL_CAPABILITIES.length - 1 }, (_, number) => number); // without all, it is read-only
  const subsets = numbers.map((number) => OPTIONAL_CAPABILITIES.filter((_, index) => number & (1 << index)));
  const fulls = subsets.flatMap((without) => {
    const modes = without.includes("request-quota-increases") ? [""] : ["", ", service-quotas-role: existing"];
    return modes.map((mode) => `full: { without: [${without}]${mode} }`);
  });
  for (const yaml of [
    ...fulls,
    "read-only: {}",
    "read-only: { policy: aws-managed }",
    "full: { policy: aws-managed, source-account-condition: true }",
    "full: { role-name: a, policy-name: b, path: /c/d/, description: e, policy-description: f, max-session-duration: 7200 }",
    `full: { permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/boundary" }`,
    'read-only: { permissions-boundary: "arn:aws:iam::aws:policy/ReadOnlyAccess" }',
    "read-only: { until: 2026-12-31 }",
    "full: { until: 2026-12-31 }",
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
    const withoutNothing = ({ without = [], ...rest }: SupportAppAccessProps) => ({ ...rest, without });
    expect({ yaml, ...withoutNothing(propsOf(adoption)) }).toEqual({
      yaml,
      ...withoutNothing({ ...props, adopt: true }),
    });
    expect(differencesOf(adoption, new Map())).toEqual([]);
  }
  expect(fulls).toHaveLength(31 + 32 * 2);
});

describe("an end", () => {
  const ending = (end: string, ...actions: string[]) => ({
    ...allow(...actions),
    Condition: { DateLessThan: { "aws:CurrentTime": end } },
  });
  const END = "2027-01-01T00:00:00Z";

  test("of half a capability ends all of it", () => {
    const { entry, lostPermissions } = adopted(
      role({
        attached: [
          attached(
            policyText(
              VIEW,
              ending(END, "support:CreateCase"),
              ending("2027-02-01T00:00:00Z", "support:DescribeSeverityLevels"),
            ),
          ),
        ],
      }),
    );
    expect(entry).toMatchObject({ temporarily: [{ capability: "create-cases", until: "2026-12-31" }] });
    expect(lostPermissions).toHaveLength(1);
  });

  test("of view-cases ends everything", () => {
    const { entry } = adopted(
      role({
        attached: [attached(policyText({ ...VIEW, Condition: ending(END).Condition }, allow("support:ResolveCase")))],
      }),
    );
    expect(entry).toMatchObject({ until: "2026-12-31", without: expect.not.arrayContaining(["resolve-cases"]) });
    expect(entry.temporarily).toBeUndefined();
  });

  test.each([
    { DateLessThanEquals: { "aws:CurrentTime": END } },
    { DateLessThan: { "aws:CurrentTime": "2027-01-01" } },
    { DateLessThan: { "aws:CurrentTime": "2101-01-01T00:00:00Z" } },
    { DateGreaterThan: { "aws:CurrentTime": END } },
    { DateLessThan: { "aws:CurrentTime": END }, Bool: { "aws:SecureTransport": "true" } },
  ])("that environments.yaml can't express keeps the role outside: %j", (Condition) => {
    expect(whyNot(role({ attached: [attached(policyText({ ...VIEW, Condition }))] }))).toContain(
      "doesn't always allow view-cases",
    );
  });

  test("in the trust policy keeps the role outside", () => {
    const trust = readLiveDocument(policyText({ ...TRUST, Condition: ending(END).Condition }));
    expect(whyNot(role({ trust }))).toContain("only under conditions that environments.yaml can't express");
  });
});

const ACTIONS = [
  ...actionsOf(CAPABILITIES),
  "iam:CreateServiceLinkedRole",
  "iam:CreateUser",
  "support:DescribeServices",
  "s3:GetObject",
];
const CONDITIONS = [
  {},
  {},
  {},
  { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
  { StringLike: { "iam:AWSServiceName": "*.amazonaws.com" } },
  { StringNotEquals: { "aws:PrincipalTag/team": "a" } },
  { Null: { "aws:PrincipalTag/team": "true" } },
  { NumericLessThan: { "aws:MultiFactorAuthAge": "1" } },
  { DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } },
  { DateLessThan: { "aws:CurrentTime": "2027-02-01T00:00:00Z" } },
  { DateGreaterThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } },
];
const TIMES = ["2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"];
const KEYS = ["servicequotas.amazonaws.com", "ec2.amazonaws.com", undefined].flatMap((service) =>
  ["a", undefined].flatMap((team) =>
    TIMES.map((time) => ({
      "iam:awsservicename": service,
      "aws:principaltag/team": team,
      "aws:currenttime": time,
    })),
  ),
);

const actions = fc.oneof(
  fc.constantFrom(["support:*"], ["*"], ["support:Describe*"], ["servicequotas:*"], ["iam:*"], ["s3:*"]),
  fc.subarray(ACTIONS, { minLength: 1 }),
  fc.constant(actionsOf(CAPABILITIES)),
);
const statement = fc
  .record({
    Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
    actions,
    isNot: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    Resource: fc.constantFrom("*", "*", "*", "arn:aws:servicequotas:us-east-1:111122223333:ec2/L-1"),
    Condition: fc.constantFrom(...CONDITIONS),
  })
  .map(({ actions, isNot, ...rest }) => ({ ...rest, [isNot ? "NotAction" : "Action"]: actions }));
const full = fc.constant({ Effect: "Allow", Action: actionsOf(CAPABILITIES), Resource: "*" });
const policy = fc.array(fc.oneof(statement, full), { minLength: 1, maxLength: 3 }).map((all) => policyText(...all));
const trust = fc
  .array(
    fc.record({
      Effect: fc.constantFrom("Allow", "Allow", "Deny"),
      Action: fc.constantFrom<string | string[]>("sts:AssumeRole", "sts:*", ["sts:AssumeRole", "sts:TagSession"]),
      Principal: fc.constantFrom<object | string>(
        { Service: "supportapp.amazonaws.com" },
        { Service: ["supportapp.amazonaws.com", "ec2.amazonaws.com"] },
        { AWS: ACCOUNT },
        "*",
      ),
      Condition: fc.constantFrom(
        {},
        { StringEquals: { "aws:SourceAccount": ACCOUNT } },
        { StringEquals: { "aws:SourceAccount": "444455556666" } },
        { ArnLike: { "aws:SourceArn": `arn:aws:supportapp:*:${ACCOUNT}:*` } },
      ),
    }),
    { maxLength: 2 },
  )
  .map((more) => policyText(TRUST, ...more));

test("for any role, the imported entry never allows more, for the role or for others with its policy", () => {
  const runs = propertyRuns(500);
  let count = 0;
  const named = (...policies: Policy[]) => policies.map((policy) => ({ name: "policy", policy }));
  const isAllowed = (policies: readonly Policy[], request: Parameters<typeof authorize>[1]) =>
    authorize(named(...policies), request).is === "allowed";
  fc.assert(
    fc.property(
      fc.array(fc.tuple(policy, fc.boolean()), { minLength: 1, maxLength: 3 }),
      fc.array(policy, { maxLength: 1 }),
      fc.oneof(fc.constant(policyText(TRUST)), trust),
      (attachedTexts, inlineTexts, trustText) => {
        const live = role({
          trust: readLiveDocument(trustText),
          attached: attachedTexts.map(([text, isShared], index) => attached(text, { name: `p${index}`, isShared })),
          inline: inlineTexts.map((text) => ({ name: "inline", document: readLiveDocument(text) })),
        });
        const adoption = adoptionOf(live, ACCOUNT);
        if ("why" in adoption) return;
        count++;
        const liveAll = [...live.attached, ...live.inline].map(({ document }) => document.policy);
        const said = saidPolicy(adoption);
        const shared = adoption.policy;
        for (const action of ACTIONS) {
          for (const keys of KEYS) {
            for (const resource of ["arn:aws:x", "arn:aws:servicequotas:us-east-1:111122223333:ec2/L-1"]) {
              const request = { action, resource, keys: { ...keys, "aws:multifactorauthage": undefined } };
              if (isAllowed([said], request))
                expect({ request, is: isAllowed(liveAll, request) }).toEqual({ request, is: true });
              if (!shared.isShared) continue;
              const admin = readPolicy(policyText({ Effect: "Allow", Action: "*", Resource: "*" }));
              for (const others of [[], [admin]]) {
                const after = isAllowed([said, ...others], request);
                expect({ request, after }).toEqual({
                  request,
                  after: isAllowed([shared.document.policy, ...others], request),
                });
              }
            }
          }
        }
        const account = adoption.entry["source-account-condition"] ? ACCOUNT : undefined;
        const saidTrust = readTerraformPolicy({ statement: trustStatements(account) });
        for (const service of ["supportapp.amazonaws.com", "ec2.amazonaws.com"]) {
          for (const sourceAccount of [ACCOUNT, "444455556666", undefined]) {
            const keys = { "aws:sourceaccount": sourceAccount, "aws:sourcearn": undefined };
            const request = { action: "sts:AssumeRole", service, keys };
            if (isAllowed([saidTrust], request)) {
              expect({ request, is: isAllowed([live.trust.policy], request) }).toEqual({ request, is: true });
            }
          }
        }
      },
    ),
    { numRuns: runs },
  );
  expect(count).toBeGreaterThan(Math.floor(runs / 30)); // about a third of them can be adopted
}, 300_000); // all cases on a slow machine

describe("never more", () => {
  const FULL = allow(...actionsOf(CAPABILITIES));

  test("a capability with a missing, denied or conditional action is left out", () => {
    const without = (...statements: object[]) =>
      adopted(role({ attached: [attached(policyText(...statements))] })).entry.without;
    expect(without(allow(...actionsOf(CAPABILITIES).filter((action) => action !== "support:CreateCase")))).toEqual([
      "create-cases",
    ]);
    expect(without(FULL, { Effect: "Deny", Action: "support:Add*", Resource: "*" })).toEqual([
      "reply-to-cases",
      "attach-files",
    ]);
    const condition = { Condition: { StringEquals: { "aws:PrincipalTag/team": "a" } } };
    expect(without(FULL, { Effect: "Deny", Action: "support:ResolveCase", Resource: "*", ...condition })).toEqual([
      "resolve-cases",
    ]);
  });

  test("a policy never gets what only another policy of the role allows: others may have it, too", () => {
    const { access, lostPermissions } = adopted(
      role({
        attached: [attached(policyText(VIEW))],
        inline: [{ name: "i", document: readLiveDocument(policyText(FULL)) }],
      }),
    );
    expect(access).toBe("read-only");
    expect(lostPermissions.length).toBeGreaterThan(0);
  });

  test("of several policies, the one that gives most is imported, and the others are named", () => {
    const adoption = adopted(
      role({ attached: [attached(policyText(VIEW), { name: "a" }), attached(policyText(FULL), { name: "b" })] }),
    );
    expect(adoption.entry["policy-name"]).toBe("b");
    expect(differencesOf(adoption, new Map())).toEqual([
      `The attached policy arn:aws:iam::${ACCOUNT}:policy/a is removed.`,
    ]);
  });

  // A deploy changes the imported policy first, then detaches the others in any order, then deletes inline ones in any order.
  const denies = policyText({ ...allow("support:ResolveCase"), Effect: "Deny" });
  const narrows = policyText(VIEW, { ...allow("support:ResolveCase"), Effect: "Deny" });
  const own = (text = policyText(VIEW)) => attached(text, { name: "own" });
  const other = (name: string, text: string) => attached(text, { name });
  const inline = (name: string, text: string) => ({ name, document: readLiveDocument(text) });
  const allows = policyText(allow("support:ResolveCase", "s3:*"));

  test.each<[string, Partial<TrustingRole>, string]>([
    ["own before attached", { attached: [own(narrows), other("more", allows)] }, "own denies before its policy more"],
    [
      "own before inline",
      { attached: [own(narrows)], inline: [inline("more", allows)] },
      "own denies before its policy more",
    ],
    [
      "two attached",
      { attached: [own(), other("less", denies), other("more", allows)] },
      "less denies before its policy more",
    ],
    [
      "attached before inline",
      { attached: [own(), other("less", denies)], inline: [inline("more", allows)] },
      "less denies before its policy more",
    ],
    [
      "two inline",
      { attached: [own()], inline: [inline("less", denies), inline("more", allows)] },
      "less denies before its policy more",
    ],
  ])("a role whose Deny would go before what it denies is left out: %s", (_, more, sentence) => {
    expect(whyNot(role(more))).toBe(
      `a deploy could remove what its policy ${sentence}, which would allow more in between. Remove more from the role, and import again`,
    );
  });

  test.each<[string, Partial<TrustingRole>]>([
    ["attached before an inline Deny", { attached: [own(), other("more", allows)], inline: [inline("less", denies)] }],
    [
      "in one attached policy",
      {
        attached: [
          own(),
          other("both", policyText(allow("support:*Case"), { ...allow("support:ResolveCase"), Effect: "Deny" })),
        ],
      },
    ],
    ["in the imported policy alone", { attached: [own(narrows)] }],
  ])("one whose Deny goes last, or with what it denies, isn't: %s", (_, more) => {
    expect(adopted(role(more)).policy.name).toBe("own");
  });

  test.each<[string, Partial<TrustingRole>, string]>([
    [
      "a boundary that can't be expressed would be removed",
      { boundary: "arn:aws:iam::444455556666:policy/boundary" },
      "it has the permissions boundary arn:aws:iam::444455556666:policy/boundary, which environments.yaml can't express",
    ],
    [
      "a path that can't be expressed",
      { path: "/a~b/" },
      "it has the path /a~b/, and environments.yaml accepts a path of at most 512",
    ],
    [
      "a Deny in a shared policy, whose other user may be allowed the action elsewhere",
      {
        attached: [
          attached(policyText(VIEW, { Effect: "Deny", Action: "iam:CreateUser", Resource: "*" }), { isShared: true }),
        ],
      },
      "its policy policy is also used elsewhere, and contains more than environments.yaml can express",
    ],
    [
      "a Deny of what a bucket's policy may allow",
      { attached: [attached(policyText(VIEW, { Effect: "Deny", Action: "s3:*", Resource: "*" }))] },
      "its policy policy denies something that environments.yaml can't deny, and a deploy would remove that",
    ],
    [
      "a policy with another path than the role, which adopt wouldn't find",
      { path: "/team/" },
      "its policy policy has the path / and the role /team/, and environments.yaml has one path for both",
    ],
    [
      "an AWS managed policy that belongs to no access level",
      {
        attached: [
          attached(policyText(VIEW), { name: "AWSSupportAccess", arn: "arn:aws:iam::aws:policy/AWSSupportAccess" }),
        ],
      },
      "AWS's policy AWSSupportAccess doesn't belong to any access level",
    ],
    [
      "a Deny beside AWS's policy",
      {
        attached: [
          attached(policyText(VIEW), {
            name: "AWSSupportAppReadOnlyAccess",
            arn: "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess",
          }),
        ],
        inline: [
          {
            name: "i",
            document: readLiveDocument(policyText({ Effect: "Deny", Action: "support:DescribeCases", Resource: "*" })),
          },
        ],
      },
      "another policy of the role denies a part of AWS's policy AWSSupportAppReadOnlyAccess",
    ],
    [
      "unsupported settings",
      { attached: [attached('{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}')] },
      "in its policy policy, unsupported (no Action)",
    ],
    [
      "a description of the policy that can't be expressed, which IAM can't change",
      { attached: [attached(policyText(VIEW), { description: "two\nlines" })] },
      "its policy policy has a description that environments.yaml can't express",
    ],
  ])("%s", (_, more, why) => {
    expect(whyNot(role({ attached: [attached(policyText(VIEW))], ...more }))).toContain(why);
  });
});
