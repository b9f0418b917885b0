import { type LiveDocument, spelledIn } from "../../aws/live-document";
import { accountOfArn } from "../../iam/arn";
import type { Targets } from "../../iam/policy";
import { spelled } from "../../iam/spelling";
import { type Adoption, isExpressible, type LostRight } from "./adoption";
import { expressibleTags } from "./imported-environment";
import type { Tags } from "./live-setup";

/** Tags that AWS itself sets, and Terraform ignores. */
const AWS_TAG = /^aws:/i;

/** CloudFormation's tag on the roles that it creates. */
const CLOUDFORMATION_STACK = "aws:cloudformation:stack-name";

/**
 * What a deploy of an adopted role changes, in sentences, including what people lose. Empty: it only imports.
 *
 * @param defaults tags from the file's defaults
 */
export function differencesOf(adoption: Adoption, defaults: Tags): string[] {
  const { role, access, policy, lostPermissions, lostTrust, rewrites } = adoption;
  const own = accountOfArn(policy.arn) === "aws" ? undefined : policy;
  const documents = [...role.attached, ...role.inline].map(({ document }) => document);
  const losses = [...new Set(lostPermissions.map((right) => rightWords(right, documents)))];
  const others = role.attached.filter(({ arn }) => arn !== policy.arn);
  const tags = new Map([...defaults, ...expressibleTags(role.tags)]);
  return [
    ...(losses.length === 0
      ? []
      : [`People in its channels lose what ${access} doesn't give: ${lossesInWords(losses)}.`]),
    ...lostTrust.map(
      (right) => `${requesterWords(right)} loses the right to assume it (${rightWords(right, [role.trust])}).`,
    ),
    ...others.map(({ arn }) => `The attached policy ${arn} is removed.`),
    ...role.inline.map(({ name }) => `The inline policy ${name} is removed.`),
    ...(rewrites.policy ? [`Its policy ${policy.name} is rewritten in the form of environments.yaml.`] : []),
    ...(rewrites.trust ? ["Its trust policy is rewritten in the form of environments.yaml."] : []),
    ...(role.description === undefined || isExpressible(role.description)
      ? []
      : ["Its description is removed, since environments.yaml can't express it."]),
    ...tagDifferences(`the role ${role.name}`, role.tags, tags),
    ...(own ? tagDifferences(`the policy ${own.name}`, own.tags, tags) : []),
  ];
}

/** Maximum number of lost actions that a report lists: AWS's ReadOnlyAccess has more than a thousand. */
const MAX_LOSSES = 20;

function lossesInWords(losses: readonly string[]): string {
  const more = losses.length > MAX_LOSSES ? [`and ${losses.length - MAX_LOSSES} more`] : [];
  return [...losses.slice(0, MAX_LOSSES), ...more].join("; ");
}

function tagDifferences(what: string, live: Tags, after: Tags): string[] {
  const own = new Map([...live].filter(([key]) => !AWS_TAG.test(key)));
  const changed = [...after].filter(([key, value]) => own.get(key) !== value);
  const removed = [...own].filter(([key]) => !after.has(key));
  return [
    ...changed.map(([key, value]) => `The tag ${key} of ${what} becomes ${JSON.stringify(value)}.`),
    ...removed.map(([key]) => `The tag ${key} of ${what} is removed.`),
  ];
}

/** Notes on an adopted role that don't concern changes of a deploy. */
export function notesOn({ role, policy, entry }: Adoption, hasServiceQuotasRole: boolean): string[] {
  const stack = role.tags.get(CLOUDFORMATION_STACK);
  const isWithoutQuotas = entry["service-quotas-role"] === "existing" && !hasServiceQuotasRole;
  return [
    ...(stack === undefined
      ? []
      : [
          `It belongs to the CloudFormation stack ${stack}, which would change it back. Set its DeletionPolicy to Retain, and remove it from the stack.`,
        ]),
    ...(policy.isShared && accountOfArn(policy.arn) !== "aws"
      ? [`Its policy ${policy.name} is also used elsewhere: a later change of it affects others, too.`]
      : []),
    ...(isWithoutQuotas
      ? [
          "The account has no Service Quotas role, and people in its channels can't create it: quota increases keep failing, as they do now. `service-quotas-role: create` creates it.",
        ]
      : []),
  ];
}

/**
 * A right in words.
 *
 * @param documents that allow it
 */
export function rightWords(
  { action, resource, allowed, otherwise }: LostRight,
  documents: readonly LiveDocument[],
): string {
  const spell = (name: string) =>
    documents.map((document) => spelledIn(document, name)).find((found) => found !== name) ?? spelled(name);
  const on = targetsWords(resource, (text) => text);
  const isConditional = allowed.when.length > 0 || allowed.unless.length > 0;
  return `${targetsWords(action, spell)}${on === "*" ? "" : ` on ${on}`}${isConditional ? " under a condition" : ""}${otherwise ? " in more cases" : ""}`;
}

/** The principal of a right, to begin a sentence. */
export function requesterWords({ requester }: LostRight): string {
  if (requester === undefined || requester.is === "other") return "Anyone else";
  if (requester.is === "other-of-account") return `Anyone in the account ${requester.account}`;
  return requester.principal.id;
}

function targetsWords({ not, patterns }: Targets, spell: (text: string) => string): string {
  const all = patterns.map(spell).join(", ");
  return not ? `everything but ${all}` : all;
}
