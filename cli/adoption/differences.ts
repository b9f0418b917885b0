import { formatList } from "../../common/format-list";
import { CLOUDFORMATION_STACK, type Tags } from "../aws/live-role";
import { accountOfArn } from "../iam/arn";
import type { Right } from "../iam/compare";
import { requesterWords, targetsWords } from "../iam/right-words";
import { awsSpelling } from "../iam/spelling";
import { type Adoption, isExpressible } from "./adopted-role";
import { expressibleTags } from "./imported-environment";

/** Tags that AWS itself sets, and Terraform ignores. */
const AWS_TAG = /^aws:/i;

/** What a deploy of an adopted role changes, beside the tags of defaults, and what people lose. Empty: it only imports. */
export function differencesOf(adoption: Adoption, defaults: Tags): string[] {
  const { role, access, policy, lostPermissions, lostTrust, rewrites } = adoption;
  const ownPolicy = accountOfArn(policy.arn) === "aws" ? undefined : policy;
  const losses = lostPermissions && formatList([...new Set(lostPermissions.map(rightWords))], MAX_LOSSES);
  const otherPolicies = role.attached.filter(({ arn }) => arn !== policy.arn);
  const tags = new Map([...defaults, ...expressibleTags(role.tags)]);
  return [
    losses !== "" && `People in its channels lose what ${access} doesn't give: ${losses ?? "it is too much to list"}.`,
    ...(lostTrust?.map(
      (right) => `Who can no longer assume it: ${requesterWords(right.requester, String)} (${rightWords(right)}).`,
    ) ?? ["Others may lose the right to assume it."]),
    ...otherPolicies.map(({ arn }) => `The attached policy ${arn} is removed.`),
    ...role.inline.map(({ name }) => `The inline policy ${name} is removed.`),
    rewrites.policy && `Its policy ${policy.name} is rewritten in the form of environments.yaml.`,
    rewrites.trust && "Its trust policy is rewritten in the form of environments.yaml.",
    role.description !== undefined &&
      !isExpressible(role.description) &&
      "Its description is removed, since environments.yaml can't express it.",
    ...tagDifferences(`the role ${role.name}`, role.tags, tags),
    ...(ownPolicy ? tagDifferences(`the policy ${ownPolicy.name}`, ownPolicy.tags, tags) : []),
  ].filter((difference) => difference !== false);
}

/** Maximum number of lost actions that a report lists: AWS's ReadOnlyAccess has more than a thousand. */
const MAX_LOSSES = 20;

function tagDifferences(label: string, live: Tags = new Map(), after: Tags): string[] {
  const userTags = new Map([...live].filter(([key]) => !AWS_TAG.test(key)));
  return [...new Map([...userTags, ...after]).keys()].flatMap((key) => {
    if (userTags.get(key) === after.get(key)) return [];
    const change = after.has(key) ? `becomes ${JSON.stringify(after.get(key))}` : "is removed";
    return [`The tag ${key} of ${label} ${change}.`];
  });
}

/** Notes on an adopted role that don't concern changes of a deploy. */
export function adoptionNotes({ role, policy, entry }: Adoption, hasServiceQuotasRole: boolean): string[] {
  const stack = role.tags?.get(CLOUDFORMATION_STACK);
  const isOwn = accountOfArn(policy.arn) !== "aws";
  return [
    stack !== undefined &&
      `It belongs to the CloudFormation stack ${stack}, which would change it back. Set its DeletionPolicy to Retain, and remove it from the stack.`,
    policy.isShared &&
      isOwn &&
      `Its policy ${policy.name} is also used elsewhere: a later change of it affects others, too.`,
    entry["service-quotas-role"] === "existing" &&
      !hasServiceQuotasRole &&
      "The account has no Service Quotas role, and people in its channels can't create it: quota increases keep failing, as they do now. `service-quotas-role: create` creates it.",
  ].filter((note) => typeof note === "string");
}

export function rightWords({ action, resource, allowed, otherwise }: Right): string {
  const resourceWords = targetsWords(resource, String);
  const isConditional = allowed.when.length > 0 || allowed.unless.length > 0;
  return `${targetsWords(action, awsSpelling)}${resourceWords === "*" ? "" : ` on ${resourceWords}`}${isConditional ? " under a condition" : ""}${otherwise ? " in more cases" : ""}`;
}
