import { accountOfArn } from "../iam/arn";
import { type Adoption, isSayable } from "./adoption";
import { sayableTags } from "./imported-environment";
import type { Tags } from "./live-setup";
import { requesterWords, rightWords } from "./rights";

/** Tags that AWS itself sets, which Terraform leaves alone. */
const OF_AWS = /^aws:/i;

/** What CloudFormation writes on a role that it made. */
const CLOUDFORMATION_STACK = "aws:cloudformation:stack-name";

/**
 * What a deploy of an adopted role changes, in sentences, what people lose among it. Empty: it imports, and changes nothing.
 *
 * @param defaults tags that the file gives every environment
 */
export function differencesOf(adoption: Adoption, defaults: Tags): string[] {
  const { role, access, policy, lostPermissions, lostTrust, rewrites } = adoption;
  const own = accountOfArn(policy.arn) === "aws" ? undefined : policy;
  const documents = [...role.attached, ...role.inline].map(({ document }) => document);
  const losses = lostPermissions.map((right) => rightWords(right, documents));
  const others = role.attached.filter(({ arn }) => arn !== policy.arn);
  const tags = new Map([...defaults, ...sayableTags(role.tags)]);
  return [
    ...(losses.length === 0 ? [] : [`People in its channels lose what ${access} doesn't give: ${losses.join("; ")}.`]),
    ...lostTrust.map(
      (right) => `${requesterWords(right)} loses the right to assume it (${rightWords(right, [role.trust])}).`,
    ),
    ...others.map(({ arn }) => `The attached policy ${arn} is removed.`),
    ...role.inline.map(({ name }) => `The inline policy ${name} is removed.`),
    ...(rewrites.policy ? [`Its policy ${policy.name} is rewritten as environments.yaml says it.`] : []),
    ...(rewrites.trust ? ["Its trust policy is rewritten as environments.yaml says it."] : []),
    ...(role.description === undefined || isSayable(role.description)
      ? []
      : ["Its description is removed, since environments.yaml can't say it."]),
    ...tagDifferences(`the role ${role.name}`, role.tags, tags),
    ...(own ? tagDifferences(`the policy ${own.name}`, own.tags, tags) : []),
  ];
}

function tagDifferences(what: string, live: Tags, said: Tags): string[] {
  const own = new Map([...live].filter(([key]) => !OF_AWS.test(key)));
  const changed = [...said].filter(([key, value]) => own.get(key) !== value);
  const removed = [...own].filter(([key]) => !said.has(key));
  return [
    ...changed.map(([key, value]) => `The tag ${key} of ${what} becomes ${JSON.stringify(value)}.`),
    ...removed.map(([key]) => `The tag ${key} of ${what} is removed.`),
  ];
}

/** What to know of an adopted role that a deploy doesn't change. */
export function notesOn({ role, policy, entry }: Adoption, hasServiceQuotasRole: boolean): string[] {
  const stack = role.tags.get(CLOUDFORMATION_STACK);
  const isWithoutQuotas = entry["service-quotas-role"] === "existing" && !hasServiceQuotasRole;
  return [
    ...(stack === undefined
      ? []
      : [
          `It is of the CloudFormation stack ${stack}, which would change it back. Retain it there, and remove it from the stack.`,
        ]),
    ...(policy.isShared && accountOfArn(policy.arn) !== "aws"
      ? [`Its policy ${policy.name} is used elsewhere, too: a later change of it is one for others.`]
      : []),
    ...(isWithoutQuotas
      ? [
          "The account has no Service Quotas role, and people in its channels can't create it: quota increases fail, as they did. `service-quotas-role: create` creates it.",
        ]
      : []),
  ];
}
