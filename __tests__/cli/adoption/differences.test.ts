import { type Adoption, adoptionOf } from "../../../cli/adoption/adopted-role";
import { adoptionNotes, differencesOf, rightWords } from "../../../cli/adoption/differences";
import type { TrustingRole } from "../../../cli/adoption/live-setup";
import { readLiveDocument } from "../../../cli/aws/live-document";
import type { Right } from "../../../cli/iam/compare";
import { ACCOUNT, TRUST } from "../../support/live-account";
import { NOW } from "../../support/now";
import { policyText } from "../../support/policy-text";
import { allow, attached, role, VIEW } from "../../support/trusting-role";

/** A role that may view cases, as environments.yaml expresses it. */
const adopted = (overrides: Partial<TrustingRole> = {}) =>
  adoptionOf(role({ attached: [attached(policyText(VIEW))], ...overrides }), ACCOUNT, NOW) as Adoption;

const tags = (values: Readonly<Record<string, string>>) => new Map(Object.entries(values));
const inline = (...statements: object[]) => ({ name: "extra", document: readLiveDocument(policyText(...statements)) });
const AWS_OWN = { name: "AWSSupportAppReadOnlyAccess", arn: "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess" };
const MANY = Array.from({ length: 21 }, (_, index) => `s3:Get${index}`);
const LOST = expect.stringMatching(
  /^People in its channels lose what read-only doesn't give: (s3:\S+( on arn:aws:x)?,? ){20}and 2 more\.$/,
);
const UNDESCRIBED = "Its description is removed, since environments.yaml can't express it.";
const IN_CLOUDFORMATION =
  "It belongs to the CloudFormation stack support, which would change it back. Set its DeletionPolicy to Retain, and remove it from the stack.";
const ELSEWHERE = "Its policy policy is also used elsewhere: a later change of it affects others, too.";
const DEFAULTS = { Owner: "platform", Stage: "live" };

test.each<[string, Partial<TrustingRole>, string[], defaults?: Readonly<Record<string, string>>]>([
  ["nothing", {}, []],
  [
    "what people lose",
    {
      attached: [attached(policyText(VIEW, { ...allow("s3:ListBucket"), Resource: "arn:aws:x" }))],
      inline: [inline(allow(...MANY))],
    },
    [LOST, "The inline policy extra is removed.", "Its policy policy is rewritten in the form of environments.yaml."],
  ],
  [
    "who loses the right to assume the role",
    { trust: readLiveDocument(policyText(TRUST, { ...TRUST, Principal: { AWS: "arn:aws:iam::444455556666:root" } })) },
    [
      "Who can no longer assume it: anybody in the account 444455556666 (sts:AssumeRole).",
      "Its trust policy is rewritten in the form of environments.yaml.",
    ],
  ],
  [
    "its other policies",
    { attached: [attached(policyText(VIEW)), attached(policyText(VIEW), { name: "zz" })], inline: [inline(VIEW)] },
    [`The attached policy arn:aws:iam::${ACCOUNT}:policy/zz is removed.`, "The inline policy extra is removed."],
  ],
  ["a description that can't be expressed", { description: "two\nlines" }, [UNDESCRIBED]],
  ["nothing of AWS's own tags", { tags: tags({ "aws:cloudformation:stack-name": "a" }) }, []],
  ["a tag that can't be expressed", { tags: tags({ for: "Slack" }) }, ["The tag for of the role role is removed."]],
  [
    "tags of the role and its policy, to those of the defaults and the role",
    {
      tags: tags({ Owner: "web" }),
      attached: [attached(policyText(VIEW), { tags: tags({ Kept: "1", Stage: "live" }) })],
    },
    [
      'The tag Stage of the role role becomes "live".',
      "The tag Kept of the policy policy is removed.",
      'The tag Owner of the policy policy becomes "web".',
    ],
    DEFAULTS,
  ],
  [
    "no tags of AWS's policy",
    { tags: tags({ Stage: "live" }), attached: [attached(policyText(VIEW), AWS_OWN)] },
    ['The tag Owner of the role role becomes "platform".'],
    DEFAULTS,
  ],
])("a deploy of an adopted role changes %s", (_, overrides, expected, defaults = {}) => {
  expect(differencesOf(adopted(overrides), tags(defaults))).toEqual(expected);
});

test("what is too complex to list may be lost, too", () => {
  const unknown = { ...adopted(), lostPermissions: undefined, lostTrust: undefined };
  expect(differencesOf(unknown, new Map())).toEqual([
    "People in its channels lose what read-only doesn't give: it is too much to list.",
    "Others may lose the right to assume it.",
  ]);
});

test.each<[string, Partial<TrustingRole>, string[]]>([
  ["nothing special", {}, []],
  ["CloudFormation", { tags: tags({ "aws:cloudformation:stack-name": "support" }) }, [IN_CLOUDFORMATION]],
  ["a policy that others have, too", { attached: [attached(policyText(VIEW), { isShared: true })] }, [ELSEWHERE]],
  ["AWS's policy", { attached: [attached(policyText(VIEW), { ...AWS_OWN, isShared: true })] }, []],
])("a role with %s has the notes that belong to it", (_, overrides, notes) => {
  expect(adoptionNotes(adopted(overrides), true)).toEqual(notes);
});

test("a role that can't create the Service Quotas role, in an account without it, has a note", () => {
  const adoption = adopted();
  const existing = { ...adoption, entry: { ...adoption.entry, "service-quotas-role": "existing" as const } };
  expect(adoptionNotes(existing, true)).toEqual([]);
  expect(adoptionNotes(existing, false)).toEqual([expect.stringMatching(/^The account has no Service Quotas role/)]);
});

const SECURE = { operator: "Bool", key: "aws:securetransport", values: ["true"] };
const targets = (...patterns: string[]) => ({ not: false, patterns });

function right(overrides: Partial<Right> = {}): Right {
  return {
    ...{ action: targets("support:resolvecase"), resource: targets("*"), allowed: { when: [], unless: [] } },
    ...{ example: { action: "support:resolvecase", resource: "arn:x", keys: {} }, depends: [], ...overrides },
  };
}

test.each<[Partial<Right>, string]>([
  [{ action: targets("s3:putobject", "support:createcase") }, "s3:putobject, support:CreateCase"],
  [{ resource: { not: true, patterns: ["*"] } }, "support:ResolveCase on all but *"],
  [{ allowed: { when: [], unless: [[SECURE]] } }, "support:ResolveCase under a condition"],
  [
    { resource: targets("arn:b"), allowed: { when: [[SECURE]], unless: [] }, otherwise: { when: [], unless: [] } },
    "support:ResolveCase on arn:b under a condition in more cases",
  ],
])("the right %j is %s in words", (overrides, words) => {
  expect(rightWords(right(overrides))).toBe(words);
});
