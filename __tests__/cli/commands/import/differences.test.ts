import { readLiveDocument } from "../../../../cli/aws/live-document";
import { type Adoption, adoptionOf } from "../../../../cli/commands/import/adoption";
import { differencesOf, notesOn, requesterWords, rightWords } from "../../../../cli/commands/import/differences";
import type { TrustingRole } from "../../../../cli/commands/import/live-setup";
import { refusalWords } from "../../../../cli/commands/import/refusal";
import type { Right } from "../../../../cli/iam/compare";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { ACCOUNT, policyText } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { allow, attached, role, TRUST, VIEW } from "../../../support/trusting-role";

/** A role that may view cases, as environments.yaml expresses it. */
function adopted(more: Partial<TrustingRole> = {}): Adoption {
  const found = adoptionOf(role({ attached: [attached(policyText(VIEW))], ...more }), ACCOUNT, NOW);
  if ("why" in found) throw new Error(found.why.map(refusalWords).join("\n"));
  return found;
}

const differences = (more: Partial<TrustingRole>, defaults: Readonly<Record<string, string>> = {}) =>
  differencesOf(adopted(more), new Map(Object.entries(defaults)));

const tags = (all: Readonly<Record<string, string>>) => new Map(Object.entries(all));
const inline = (...statements: object[]) => ({ name: "extra", document: readLiveDocument(policyText(...statements)) });
const AWS_OWN = { name: "AWSSupportAppReadOnlyAccess", arn: "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess" };

test.each<[string, Partial<TrustingRole>, string[]]>([
  ["nothing", {}, []],
  [
    "what people lose",
    { inline: [inline(allow("s3:ListBucket"))] },
    ["People in its channels lose what read-only doesn't give: s3:ListBucket.", "The inline policy extra is removed."],
  ],
  [
    "what people lose, as their policies spell it",
    {
      attached: [attached(policyText(VIEW, allow("S3:GetObject"), { ...allow("support:*"), Resource: "arn:aws:x" }))],
    },
    [
      "People in its channels lose what read-only doesn't give: S3:GetObject; support:* on arn:aws:x.",
      "Its policy policy is rewritten in the form of environments.yaml.",
    ],
  ],
  [
    "who loses the right to assume the role",
    {
      trust: readLiveDocument(
        policyText(
          TRUST,
          { ...TRUST, Principal: { AWS: "arn:aws:iam::444455556666:root" } },
          { ...TRUST, Principal: { Federated: "accounts.google.com" }, Action: "sts:AssumeRoleWithWebIdentity" },
        ),
      ),
    },
    [
      "Anyone in the account 444455556666 loses the right to assume it (sts:AssumeRole).",
      "accounts.google.com loses the right to assume it (sts:AssumeRoleWithWebIdentity).",
      "Its trust policy is rewritten in the form of environments.yaml.",
    ],
  ],
  [
    "its other policies",
    {
      attached: [attached(policyText(VIEW)), attached(policyText(VIEW), { name: "zz" })],
      inline: [inline(VIEW)],
    },
    [`The attached policy arn:aws:iam::${ACCOUNT}:policy/zz is removed.`, "The inline policy extra is removed."],
  ],
  [
    "another way to write its policy, with the same access",
    { attached: [attached(policyText({ ...VIEW, Sid: "View" }))] },
    ["Its policy policy is rewritten in the form of environments.yaml."],
  ],
  [
    "a description that can't be expressed",
    { description: "two\nlines" },
    ["Its description is removed, since environments.yaml can't express it."],
  ],
  ["a description", { description: "For Slack." }, []],
  ["AWS's own tags, which Terraform ignores", { tags: tags({ "aws:cloudformation:stack-name": "a" }) }, []],
  ["a tag that can't be expressed", { tags: tags({ for: "Slack" }) }, ["The tag for of the role role is removed."]],
])("a deploy of an adopted role changes %s", (_, more, expected) => {
  expect(differences(more)).toEqual(expected);
});

test("tags become those of the defaults and of the role, on the role and on its policy", () => {
  const policy = attached(policyText(VIEW), { tags: tags({ Kept: "1", Stage: "live" }) });
  expect(
    differences({ tags: tags({ Owner: "web" }), attached: [policy] }, { Owner: "platform", Stage: "live" }),
  ).toEqual([
    'The tag Stage of the role role becomes "live".',
    'The tag Owner of the policy policy becomes "web".',
    "The tag Kept of the policy policy is removed.",
  ]);
});

test("AWS's own policy has no tags, and isn't rewritten", () => {
  expect(differences({ attached: [attached(policyText(VIEW), AWS_OWN)] }, { Owner: "platform" })).toEqual([
    'The tag Owner of the role role becomes "platform".',
  ]);
});

const FULL = allow(...actionsOf(CAPABILITIES));
const WITHOUT_QUOTAS_ROLE =
  "The account has no Service Quotas role, and people in its channels can't create it: quota increases keep failing, as they do now. `service-quotas-role: create` creates it.";

test.each<[string, Partial<TrustingRole>, boolean, string[]]>([
  ["nothing special", {}, false, []],
  [
    "CloudFormation",
    { tags: tags({ "aws:cloudformation:stack-name": "support" }) },
    true,
    [
      "It belongs to the CloudFormation stack support, which would change it back. Set its DeletionPolicy to Retain, and remove it from the stack.",
    ],
  ],
  [
    "a policy that others have, too",
    { attached: [attached(policyText(VIEW), { isShared: true })] },
    true,
    ["Its policy policy is also used elsewhere: a later change of it affects others, too."],
  ],
  ["AWS's policy", { attached: [attached(policyText(VIEW), { ...AWS_OWN, isShared: true })] }, true, []],
  [
    "full access without the Service Quotas role",
    { attached: [attached(policyText(FULL))] },
    false,
    [WITHOUT_QUOTAS_ROLE],
  ],
  ["full access with the Service Quotas role", { attached: [attached(policyText(FULL))] }, true, []],
])("the notes on a role with %s", (_, more, hasServiceQuotasRole, notes) => {
  expect(notesOn(adopted(more), hasServiceQuotasRole)).toEqual(notes);
});

const SECURE = { operator: "Bool", key: "aws:securetransport", values: ["true"] };
const targets = (...patterns: string[]) => ({ not: false, patterns });

function right(more: Partial<Right> = {}): Right {
  return {
    ...{ action: targets("support:resolvecase"), resource: targets("*"), allowed: { when: [], unless: [] } },
    ...{ example: { action: "support:resolvecase", resource: "arn:x", keys: {} }, depends: [], ...more },
  };
}

const LIVE = readLiveDocument(policyText({ Effect: "Allow", Action: ["S3:GetObject"], Resource: "*" }));

test.each<[Partial<Right>, string]>([
  [{}, "support:ResolveCase"],
  [{ action: targets("s3:getobject") }, "S3:GetObject"],
  [{ action: targets("s3:putobject", "support:createcase") }, "s3:putobject, support:CreateCase"],
  [{ action: { not: true, patterns: ["s3:*", "iam:*"] } }, "everything but s3:*, iam:*"],
  [{ resource: targets("arn:aws:s3:::A", "arn:b") }, "support:ResolveCase on arn:aws:s3:::A, arn:b"],
  [{ resource: { not: true, patterns: ["*"] } }, "support:ResolveCase on everything but *"],
  [{ allowed: { when: [[SECURE]], unless: [] } }, "support:ResolveCase under a condition"],
  [{ allowed: { when: [], unless: [[SECURE]] } }, "support:ResolveCase under a condition"],
  [{ otherwise: { when: [[SECURE]], unless: [] } }, "support:ResolveCase in more cases"],
  [
    { resource: targets("arn:b"), allowed: { when: [[SECURE]], unless: [] }, otherwise: { when: [], unless: [] } },
    "support:ResolveCase on arn:b under a condition in more cases",
  ],
])("the right %j in words, as the documents or AWS spell it: %s", (more, words) => {
  expect(rightWords(right(more), [readLiveDocument("{}"), LIVE])).toBe(words);
});

test.each<[Right["requester"], string]>([
  [undefined, "Anyone else"],
  [{ is: "other" }, "Anyone else"],
  [{ is: "other-of-account", account: "444455556666" }, "Anyone in the account 444455556666"],
  [{ is: "named", principal: { type: "Service", id: "ec2.amazonaws.com" } }, "ec2.amazonaws.com"],
])("the principal %j begins a sentence as %s", (requester, words) => {
  expect(requesterWords(right({ requester }))).toBe(words);
});
