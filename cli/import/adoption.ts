import { ACCESS_LEVELS, type AccessLevel } from "../../modules/support-app/access-level";
import type { DataAwsIamPolicyDocumentStatement } from "../../modules/support-app/aws-bindings";
import {
  actionsOf,
  type Capability,
  OPTIONAL_CAPABILITIES,
  type OptionalCapability,
} from "../../modules/support-app/capability";
import { grantedCapabilities, grantsOf, type TemporaryCapability } from "../../modules/support-app/grant";
import { DESCRIPTION, PATH, POLICY_ARN } from "../../modules/support-app/limits";
import { permissionStatements, trustStatements } from "../../modules/support-app/policy-documents";
import { printable } from "../../modules/support-app/printable";
import type { ServiceQuotasRoleMode } from "../../modules/support-app/service-quotas-role";
import { endOf, UNTIL, untilOf } from "../../modules/support-app/until";
import { LEVELS } from "../../stacks/environment";
import type { AccessEntry } from "../../stacks/environments-schema";
import { unsupportedWords } from "../aws/live-document";
import { accountOfArn } from "../iam/arn";
import { compare, type Right } from "../iam/compare";
import { mergePolicies, type Statement } from "../iam/policy";
import { hasEnd, isGiven, type Reach, reachOfAll, shortestOf } from "../iam/reach";
import { readTerraformPolicy } from "../iam/terraform-policy";
import type { AttachedPolicy, NamedDocument, TrustingRole } from "./live-setup";
import { isWrittenAlike } from "./written-form";

/** A role as an access level, with the same access or less. */
export interface Adoption {
  readonly role: TrustingRole;
  readonly access: AccessLevel;
  /** Its entry in environments.yaml, without tags and channels. */
  readonly entry: AccessEntry;
  readonly policy: AttachedPolicy;
  readonly capabilities: readonly Capability[];
  /** What people in a channel with the role can do now, but not after a deploy. */
  readonly lostPermissions: readonly Right[];
  /** Who can assume the role now, but not after a deploy. */
  readonly lostTrust: readonly Right[];
  /** Whether a deploy rewrites the policy, or the trust policy, which is equivalent but written differently. */
  readonly rewrites: { readonly policy: boolean; readonly trust: boolean };
}

/** A role that environments.yaml can't express without giving more access, and why. */
export interface InexpressibleRole {
  readonly role: TrustingRole;
  readonly why: readonly string[];
}

/** A policy of a role, as an access level. */
type Candidate = Pick<Adoption, "access" | "policy" | "capabilities" | "lostPermissions"> & {
  readonly given: Given;
  readonly serviceQuotasRole?: ServiceQuotasRoleMode;
  readonly isRewritten: boolean;
};

/** The access of a policy, as environments.yaml expresses it. */
interface Given {
  readonly access: AccessLevel;
  readonly without: readonly OptionalCapability[];
  readonly until?: string;
  readonly temporarily: readonly TemporaryCapability[];
}

/** Expresses a role in environments.yaml, never with more access than the role has. */
export function adoptionOf(role: TrustingRole, account: string): Adoption | InexpressibleRole {
  const policies = [...role.attached, ...role.inline];
  const trust = trustOf(role, account);
  const candidates = role.attached.map((policy) => candidateOf(policy, role, account));
  const why = [
    ...unsupported("its trust", role.trust.policy.unreadable),
    ...policies.flatMap(({ name, document }) => unsupported(`its policy ${name}`, document.policy.unreadable)),
    ...pathProblems(role),
    ...boundaryProblems(role, account),
    ...policies.flatMap(denyProblems),
    ...(trust
      ? []
      : [
          "the Support App may assume it only under conditions that environments.yaml can't express, and without them more could assume it",
        ]),
    ...(role.attached.length > 0
      ? []
      : ["it has no attached policy, and adopt imports one. Turn its inline policies into an attached one"]),
  ];
  const found = candidates.filter((candidate) => typeof candidate !== "string").sort(fullestFirst)[0];
  if (why.length === 0 && found === undefined) why.push(...candidates.filter((one) => typeof one === "string"));
  if (found !== undefined) why.push(...removalProblems(role, found.policy));
  if (why.length > 0 || !trust || !found) return { role, why };
  const { access, policy, capabilities, lostPermissions, serviceQuotasRole, isRewritten } = found;
  return {
    role,
    access,
    policy,
    capabilities,
    lostPermissions,
    lostTrust: trust.lost,
    rewrites: { policy: isRewritten, trust: trust.isRewritten },
    entry: entryOf(role, found, serviceQuotasRole, trust.hasSourceAccount),
  };
}

function entryOf(
  role: TrustingRole,
  { access, policy, given: { without, until, temporarily } }: Candidate,
  serviceQuotasRole: ServiceQuotasRoleMode | undefined,
  hasSourceAccount: boolean,
): AccessEntry {
  const { roleName, policyName } = ACCESS_LEVELS[access];
  const isAwsManaged = isOfAws(policy);
  const isDefault = serviceQuotasRole === undefined || serviceQuotasRole === "on-demand";
  return {
    adopt: true,
    ...(isAwsManaged && { policy: "aws-managed" as const }),
    ...(access === "full" && without.length > 0 && { without: [...without] }),
    ...(until !== undefined && { until }),
    ...(temporarily.length > 0 && { temporarily: [...temporarily] }),
    ...(!isDefault && { "service-quotas-role": serviceQuotasRole }),
    ...(role.name !== roleName && { "role-name": role.name }),
    ...(!isAwsManaged && policy.name !== policyName && { "policy-name": policy.name }),
    ...(isExpressible(role.description) && { description: role.description }),
    ...(!isAwsManaged && isExpressible(policy.description) && { "policy-description": policy.description }),
    ...(role.path !== "/" && { path: role.path }),
    ...(role.boundary !== undefined && { "permissions-boundary": role.boundary }),
    ...(role.maxSessionDuration !== DEFAULT_SESSION && { "max-session-duration": role.maxSessionDuration }),
    ...(hasSourceAccount && { "source-account-condition": true }),
  };
}

/** IAM's default, in seconds. Source: IAM API Reference, CreateRole, MaxSessionDuration. */
const DEFAULT_SESSION = 3600;

/** Whether environments.yaml can express a description, and a terminal shows it unchanged. */
export function isExpressible(description: string | undefined): description is string {
  return description !== undefined && DESCRIPTION.pattern.test(description) && printable(description) === description;
}

/** Sorts by most capabilities first, then by those that a deploy doesn't rewrite. */
function fullestFirst(one: Candidate, other: Candidate): number {
  return other.capabilities.length - one.capabilities.length || Number(one.isRewritten) - Number(other.isRewritten);
}

/** A policy as an access level, or why it can't be one. */
function candidateOf(policy: AttachedPolicy, role: TrustingRole, account: string): Candidate | string {
  const all = mergePolicies([...role.attached, ...role.inline].map(({ document }) => document.policy)).statements;
  if (isOfAws(policy)) return awsManagedCandidate(policy, all);
  if (accountOfArn(policy.arn) !== account) return `its policy ${policy.arn} belongs to another account`;
  if (policy.path !== role.path) {
    return `its policy ${policy.name} has the path ${policy.path} and the role ${role.path}, and environments.yaml has one path for both`;
  }
  if (policy.description !== undefined && !isExpressible(policy.description)) {
    return `its policy ${policy.name} has a description that environments.yaml can't express, and IAM can't change descriptions`;
  }
  const own = policy.document.policy.statements;
  const given = givenBy(all, own);
  if (given === undefined)
    return `its policy ${policy.name} doesn't always allow view-cases, which every access level has`;
  const { access } = given;
  const capabilities = grantedCapabilities(given);
  const modes: readonly (ServiceQuotasRoleMode | undefined)[] = capabilities.includes("request-quota-increases")
    ? ["on-demand", "existing"]
    : [undefined];
  for (const serviceQuotasRole of modes) {
    const written = grantsOf(given).flatMap((grant) =>
      permissionStatements(grant.capabilities, serviceQuotasRole ?? "on-demand", grant.end),
    );
    const statements = statementsOf(written);
    const ofAll = differenceOf(all, statements);
    const ofOwn = differenceOf(own, statements);
    if (ofAll.isMore || ofOwn.isMore) continue;
    if (policy.isShared && (ofOwn.lost.length > 0 || own.some(({ effect }) => effect === "Deny"))) {
      return `its policy ${policy.name} is also used elsewhere, and contains more than environments.yaml can express: a deploy would change that for others`;
    }
    const isRewritten = !isWrittenAlike(policy.document.text, written);
    return { access, policy, capabilities, given, lostPermissions: ofAll.lost, serviceQuotasRole, isRewritten };
  }
  return `its policy ${policy.name} can't be expressed without giving more access`;
}

/**
 * What a role gives through all of its policies, as far as the imported policy alone gives it: others may have that
 * policy, too. Undefined: view-cases isn't always allowed.
 */
function givenBy(all: readonly Statement[], own: readonly Statement[]): Given | undefined {
  const reach = (capability: Capability): Reach => {
    const both = shortestOf([all, own].map((statements) => reachOfAll(statements, actionsOf([capability]))));
    return hasEnd(both) && !isExpressibleEnd(both.until) ? "sometimes" : both;
  };
  const seeing = reach("view-cases");
  if (!isGiven(seeing)) return undefined;
  // No capability outlasts view-cases.
  const reaches = OPTIONAL_CAPABILITIES.map(
    (capability) => [capability, shortestOf([reach(capability), seeing])] as const,
  );
  const isLasting = (one: Reach) => (hasEnd(one) ? hasEnd(seeing) && one.until === seeing.until : one === "always");
  const without = reaches.filter(([, one]) => !isLasting(one)).map(([capability]) => capability);
  const temporarily = reaches.flatMap(([capability, one]) =>
    hasEnd(one) && !isLasting(one) ? [{ capability, until: untilOf(one.until) }] : [],
  );
  const isReadOnly = without.length === OPTIONAL_CAPABILITIES.length && temporarily.length === 0;
  return {
    access: isReadOnly ? "read-only" : "full",
    without: isReadOnly ? [] : without,
    until: hasEnd(seeing) ? untilOf(seeing.until) : undefined,
    temporarily,
  };
}

/** Whether environments.yaml can express an end. */
function isExpressibleEnd(end: string): boolean {
  const until = untilOf(end);
  return UNTIL.pattern.test(until) && endOf(until) === end;
}

function awsManagedCandidate(policy: AttachedPolicy, all: readonly Statement[]): Candidate | string {
  const access = LEVELS.find((level) => ACCESS_LEVELS[level].awsManagedPolicyArn === policy.arn);
  if (access === undefined) return `AWS's policy ${policy.name} doesn't belong to any access level`;
  const { capabilities } = ACCESS_LEVELS[access];
  const { isMore, lost } = differenceOf(all, policy.document.policy.statements);
  if (isMore)
    return `another policy of the role denies a part of AWS's policy ${policy.name}, and a deploy would remove that other policy`;
  const given = { access, without: [], temporarily: [] };
  return { access, policy, capabilities, given, lostPermissions: lost, isRewritten: false };
}

/** The trust policy that environments.yaml can express. Undefined: any would let more principals in. */
function trustOf({ trust }: TrustingRole, account: string) {
  for (const hasSourceAccount of [false, true]) {
    const written = trustStatements(hasSourceAccount ? account : undefined);
    const { isMore, lost } = differenceOf(trust.policy.statements, statementsOf(written));
    if (!isMore) return { hasSourceAccount, lost, isRewritten: !isWrittenAlike(trust.text, written) };
  }
  return undefined;
}

/** What is lost when statements replace the live ones, and whether the change gives, or may give, more. */
function differenceOf(live: readonly Statement[], said: readonly Statement[]) {
  const { gained, lost, undecided } = compare(live, said);
  return { lost, isMore: gained.length > 0 || undecided.length > 0 };
}

function statementsOf(statement: readonly DataAwsIamPolicyDocumentStatement[]): readonly Statement[] {
  return readTerraformPolicy({ statement }).statements;
}

function isOfAws({ arn }: AttachedPolicy): boolean {
  return accountOfArn(arn) === "aws";
}

function unsupported(what: string, unreadable: Parameters<typeof unsupportedWords>[0]): string[] {
  return unreadable.length === 0 ? [] : [`in ${what}, ${unsupportedWords(unreadable)}`];
}

/** Services without resource policies: only a role's own policies can allow their actions. */
const ALLOWED_BY_ROLES_ALONE = /^(iam|servicequotas|support|supportapp):/;

/** A Deny that a deploy would remove. It may stop a resource policy, such as a bucket's, from letting the role in. */
function denyProblems({ name, document }: NamedDocument): string[] {
  const denied = document.policy.statements.filter(
    ({ effect, actions }) =>
      effect === "Deny" && (actions.not || !actions.patterns.every((action) => ALLOWED_BY_ROLES_ALONE.test(action))),
  );
  return denied.length === 0
    ? []
    : [`its policy ${name} denies something that environments.yaml can't deny, and a deploy would remove that`];
}

/**
 * Policies that deny something and are gone while others still allow more. A deploy changes the adopted policy first,
 * then detaches the other ones in any order, and then deletes the inline ones in any order.
 */
function removalProblems({ attached, inline }: TrustingRole, adopted: AttachedPolicy): string[] {
  const others = [...attached.filter((policy) => policy !== adopted), ...inline];
  const stageOf = (policy: NamedDocument) => (policy === adopted ? 0 : inline.includes(policy) ? 2 : 1);
  const has = (effect: string, { document }: NamedDocument) =>
    document.policy.statements.some((statement) => statement.effect === effect);
  return [adopted, ...others]
    .filter((policy) => has("Deny", policy))
    .flatMap((denying) =>
      others
        .filter((other) => other !== denying && has("Allow", other) && stageOf(other) >= stageOf(denying))
        .map(
          ({ name }) =>
            `a deploy could remove what its policy ${denying.name} denies before its policy ${name}, which would allow more in between. Remove ${name} from the role, and import again`,
        ),
    );
}

function pathProblems({ path }: TrustingRole): string[] {
  return PATH.pattern.test(path) ? [] : [`it has the path ${path}, and environments.yaml accepts ${PATH.expected}`];
}

/** A boundary that can't be expressed would be removed. */
function boundaryProblems({ boundary }: TrustingRole, account: string): string[] {
  if (boundary === undefined) return [];
  const isOne = POLICY_ARN.pattern.test(boundary) && [account, "aws"].includes(accountOfArn(boundary) ?? "");
  return isOne ? [] : [`it has the permissions boundary ${boundary}, which environments.yaml can't express`];
}
