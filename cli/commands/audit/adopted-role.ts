import { isDeepStrictEqual } from "node:util";
import { canonical } from "../../../common/canonical";
import { formatList } from "../../../common/format-list";
import type { Access } from "../../../modules/support-app/model/access";
import { ACCESS_LEVELS, type AccessLevel, LEVELS } from "../../../modules/support-app/model/access-level";
import { actionsOf, type Capability, OPTIONAL_CAPABILITIES } from "../../../modules/support-app/model/capability";
import { grantedCapabilities } from "../../../modules/support-app/model/grant";
import {
  accessPermissions,
  type PolicyStatement,
  trustStatements,
} from "../../../modules/support-app/model/policy-statements";
import { CREATE_SERVICE_LINKED_ROLE } from "../../../modules/support-app/model/service-quotas-role";
import { untilOf } from "../../../modules/support-app/model/until";
import { entryOf } from "../../../stacks/environments/environment-entry";
import type { AccessEntry } from "../../../stacks/environments/environments-schema";
import { type LiveDocument, unsupportedWords } from "../../aws/live-document";
import { liveSettings, policyInWords, type Tags } from "../../aws/live-role";
import { allowedBeyond } from "../../iam/allowed-beyond";
import { accountOfArn, pathAndNameOf } from "../../iam/arn";
import { readTerraformPolicy, type Statement } from "../../iam/policy";
import { hasEnd, isGiven, type Reach, reachOf, reachOfAll } from "../../iam/reach";
import { MAX_LISTED, requesterWords, targetsWords } from "../../iam/right-words";
import { awsSpelling } from "../../iam/spelling";
import type { KnownPolicy, KnownRole } from "./live-setup";

/** A role as an access of environments.yaml: nobody can do more or less, and nobody else may assume it. */
export interface Adoption {
  readonly access: AccessLevel;
  /** Without channels. */
  readonly entry: AccessEntry;
}

/** What differs between a role and every access that environments.yaml can have, in sentences. */
export type Differences = readonly string[];

/** Expresses a role in environments.yaml, exactly or not at all. */
export function adoptionOf(role: KnownRole, account: string): Adoption | Differences {
  const trust = compareTrust(role.trust, account);
  const [policy, ...otherPolicies] = role.policies;
  if (policy?.arn === undefined || otherPolicies.length > 0) {
    const policyWords = formatList(role.policies.map(policyInWords)) || "no policy";
    return [`It has ${policyWords}, expected one attached policy and nothing else.`, ...trust.differences];
  }
  const managed =
    accountOfArn(policy.arn) === "aws" ? awsManagedAccess(policy.arn) : customerManagedAccess(policy, role);
  const { access, ...grant } = managed.access;
  const differences = [...managed.differences, ...trust.differences];
  if (differences.length > 0) return differences;
  const { name, path } = pathAndNameOf(role.arn);
  const tags = Object.fromEntries(userTags(role.tags));
  const { sourceAccountCondition } = trust;
  const settings = { ...liveSettings(role), path, permissionsBoundary: role.boundary, sourceAccountCondition };
  return {
    access,
    entry: {
      adopt: true,
      "role-name": name,
      ...entryOf(access, { ...grant, ...settings }),
      ...(Object.keys(tags).length > 0 && { tags }),
    },
  };
}

function awsManagedAccess(arn: string): { readonly access: Access; readonly differences: Differences } {
  const level = LEVELS.find((candidate) => ACCESS_LEVELS[candidate].awsManagedPolicyArn === arn);
  return {
    access: { access: level ?? "read-only", policy: "aws-managed" },
    differences: level === undefined ? [`Its policy ${arn} isn't the AWS managed policy of an access level.`] : [],
  };
}

function customerManagedAccess(policy: KnownPolicy, role: KnownRole) {
  const { name, arn = "", description, isShared, document } = policy;
  const access: Access = { ...accessIn(document.policy.statements), policyName: name, policyDescription: description };
  const [policyPath, rolePath] = [arn, role.arn].map((text) => pathAndNameOf(text).path);
  const hasSameTags = canonical([...userTags(policy.tags)].sort()) === canonical([...userTags(role.tags)].sort());
  const differences = [
    ...(isShared ? [`Its policy ${name} is also used elsewhere, expected a policy of this role alone.`] : []),
    ...(policyPath === rolePath
      ? []
      : [`Its policy ${name} has the path ${policyPath}, expected the role's: ${rolePath}.`]),
    ...(hasSameTags ? [] : [`Its policy ${name} has other tags than the role, expected the same.`]),
    ...documentDifferences(`policy ${name}`, document, accessPermissions(access)),
  ];
  return { access, differences };
}

/** What statements give in whole capabilities. The caller compares whether they give exactly that. */
function accessIn(statements: readonly Statement[]): Access {
  const reach = (capability: Capability) => reachOfAll(statements, actionsOf([capability]));
  const viewing: Reach = isGiven(reach("view-cases")) ? reach("view-cases") : "always";
  const until = hasEnd(viewing) ? untilOf(viewing.until) : undefined;
  const without = OPTIONAL_CAPABILITIES.filter((capability) => !isDeepStrictEqual(reach(capability), viewing));
  const temporarily = without.flatMap((capability) => {
    const ownReach = reach(capability);
    return hasEnd(ownReach) ? [{ capability, until: untilOf(ownReach.until) }] : [];
  });
  if (without.length === OPTIONAL_CAPABILITIES.length && temporarily.length === 0)
    return { access: "read-only", until };
  const access = {
    access: "full" as const,
    until,
    ...(without.length > 0 && { without }),
    ...(temporarily.length > 0 && { temporarily }),
  };
  const isExisting =
    grantedCapabilities(access).includes("request-quota-increases") &&
    reachOf(statements, CREATE_SERVICE_LINKED_ROLE) === "never";
  return { ...access, ...(isExisting && { serviceQuotasRole: "existing" }) };
}

function compareTrust(trust: LiveDocument, account: string) {
  const sourceAccountCondition =
    allowedBeyond(asWritten(trustStatements()), trust.policy.statements.filter(isAllow)).length > 0;
  const statements = trustStatements(sourceAccountCondition ? account : undefined);
  return { sourceAccountCondition, differences: documentDifferences("trust policy", trust, statements) };
}

/** What differs between a live document and the statements that a deploy would write. */
function documentDifferences(label: string, live: LiveDocument, expected: readonly PolicyStatement[]): string[] {
  const { statements, unreadable } = live.policy;
  if (unreadable.length > 0) return [`Its ${label} has something ${unsupportedWords(unreadable)}.`];
  const excess = allowedBeyond(statements, asWritten(expected));
  const missing = allowedBeyond(asWritten(expected), statements.filter(isAllow));
  // It may stop a resource's own policy, such as a bucket's, from letting the role in.
  const denied = statements.filter((statement) => !isAllow(statement)).map(({ actions }) => actions);
  return [
    ...(denied.length > 0
      ? [`Its ${label} denies ${formatList(denied.map((actions) => targetsWords(actions, awsSpelling)))}.`]
      : []),
    ...(excess.length > 0 ? [`Its ${label} also allows ${allowedWords(excess)}.`] : []),
    ...(missing.length > 0 ? [`Its ${label} doesn't always allow ${allowedWords(missing)}.`] : []),
  ];
}

function isAllow({ effect }: Statement): boolean {
  return effect === "Allow";
}

function asWritten(statement: readonly PolicyStatement[]): readonly Statement[] {
  return readTerraformPolicy({ statement }).statements;
}

function allowedWords(statements: readonly Statement[]): string {
  return formatList([...new Set(statements.map(statementWords))], MAX_LISTED);
}

function statementWords({ actions, resources, principals, conditions }: Statement): string {
  const resourceWords = resources && targetsWords(resources, String);
  const principalWords = principals?.all.map((principal) => requesterWords(principal, String)).join(", ");
  return [
    targetsWords(actions, awsSpelling),
    ...(resourceWords === undefined || resourceWords === "*" ? [] : [`on ${resourceWords}`]),
    ...(principals ? [`by ${principals.not ? "anybody but " : ""}${principalWords}`] : []),
    ...(conditions.length > 0 ? ["under a condition"] : []),
  ].join(" ");
}

/** The tags that people set. Terraform ignores AWS's own. */
function userTags(tags: Tags = new Map()): Tags {
  return new Map([...tags].filter(([key]) => !/^aws:/i.test(key)));
}
