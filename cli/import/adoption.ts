import { ACCESS_LEVELS, type AccessLevel } from "../../modules/support-app/access-level";
import type { DataAwsIamPolicyDocumentStatement } from "../../modules/support-app/aws-bindings";
import {
  actionsOf,
  CAPABILITIES,
  type Capability,
  OPTIONAL_CAPABILITIES,
  type OptionalCapability,
} from "../../modules/support-app/capability";
import { grantedCapabilities, grantsOf, type TemporaryCapability } from "../../modules/support-app/grant";
import { DESCRIPTION, PATH, POLICY_ARN } from "../../modules/support-app/limits";
import { permissionStatements, trustStatements } from "../../modules/support-app/policy-documents";
import { printable } from "../../modules/support-app/printable";
import type { ServiceQuotasRoleMode } from "../../modules/support-app/service-quotas-role";
import { endOf, inSeconds, UNTIL, untilOf } from "../../modules/support-app/until";
import { LEVELS } from "../../stacks/environment";
import type { AccessEntry } from "../../stacks/environments-schema";
import type { LiveDocument } from "../aws/live-document";
import { accountOfArn } from "../iam/arn";
import { isAboutAction } from "../iam/authorize";
import { compare, type Right } from "../iam/compare";
import { hasWildcard, isOneActionOf } from "../iam/pattern";
import type { Statement, Targets } from "../iam/policy";
import { hasEnd, isGiven, type Reach, reachOfAll, shortestOf } from "../iam/reach";
import { readTerraformPolicy } from "../iam/terraform-policy";
import { endIn, statementsFrom } from "../iam/until";
import { canonical } from "../json";
import type { AttachedPolicy, NamedDocument, TrustingRole } from "./live-setup";
import type { Refusal } from "./refusal";
import { isWrittenAlike } from "./written-form";

/** A role as an access level, with the same access or less. */
export interface Adoption {
  readonly role: TrustingRole;
  readonly access: AccessLevel;
  /** Its entry in environments.yaml, without tags and channels. */
  readonly entry: AccessEntry;
  readonly policy: AttachedPolicy;
  readonly capabilities: readonly Capability[];
  /** Capabilities that have ended, and aren't in the entry, with their ends. */
  readonly ended: readonly { readonly capability: Capability; readonly end: string }[];
  /** What people in a channel with the role can do now, but not after a deploy. */
  readonly lostPermissions: readonly LostRight[];
  /** Who can assume the role now, but not after a deploy. */
  readonly lostTrust: readonly LostRight[];
  /** Whether a deploy rewrites the policy, or the trust policy, which is equivalent but written differently. */
  readonly rewrites: { readonly policy: boolean; readonly trust: boolean };
}

/** A right, as far as a report says it. */
export type LostRight = Pick<Right, "requester" | "action" | "resource" | "allowed" | "otherwise">;

/** A role that environments.yaml can't express without giving more access, and why. */
export interface InexpressibleRole {
  readonly role: TrustingRole;
  readonly why: readonly Refusal[];
}

/** A policy of a role, as an access level. */
type Candidate = Pick<Adoption, "access" | "policy" | "capabilities" | "ended" | "lostPermissions"> & {
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

/**
 * Expresses a role in environments.yaml, never with more access than the role has.
 *
 * @param now the current time: what has ended is left out
 */
export function adoptionOf(role: TrustingRole, account: string, now: Date): Adoption | InexpressibleRole {
  const time = inSeconds(now);
  const policies = [...role.attached, ...role.inline];
  const trust = trustOf(role, account);
  const candidates = role.attached.map((policy) => candidateOf(policy, role, account, time));
  const why: Refusal[] = [
    ...unsupported(undefined, role.trust),
    ...policies.flatMap(({ name, document }) => unsupported(name, document)),
    ...pathProblems(role),
    ...boundaryProblems(role, account),
    ...policies.flatMap((policy) => denyProblems(policy, time)),
    ...(isRefusal(trust) ? [trust] : []),
    ...(role.attached.length > 0 ? [] : [{ kind: role.inline.length > 0 ? "only-inline" : "no-policy" } as const]),
  ];
  const found = candidates.flatMap((one) => (isRefusal(one) ? [] : [one])).sort(fullestFirst)[0];
  if (why.length === 0 && found === undefined) why.push(...candidates.filter(isRefusal));
  if (found !== undefined) why.push(...removalProblems(role, found.policy, time));
  if (why.length > 0 || isRefusal(trust) || !found) return { role, why };
  const { access, policy, capabilities, ended, lostPermissions, serviceQuotasRole, isRewritten } = found;
  return {
    role,
    access,
    policy,
    capabilities,
    ended,
    lostPermissions,
    lostTrust: trust.lost,
    rewrites: { policy: isRewritten, trust: trust.isRewritten },
    entry: entryOf(role, found, serviceQuotasRole, trust.hasSourceAccount),
  };
}

function isRefusal(one: object): one is Refusal {
  return "kind" in one;
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
function candidateOf(policy: AttachedPolicy, role: TrustingRole, account: string, now: string): Candidate | Refusal {
  const { name, arn, path } = policy;
  const written = [...role.attached, ...role.inline].flatMap(({ document }) => document.policy.statements);
  const all = statementsFrom(written, now);
  if (isOfAws(policy)) return awsManagedCandidate(policy, all);
  if (accountOfArn(arn) !== account) return { kind: "policy-of-another-account", arn };
  if (arn === role.boundary) return { kind: "own-boundary", boundary: arn };
  if (path !== role.path) return { kind: "two-paths", policy: name, policyPath: path, rolePath: role.path };
  if (policy.description !== undefined && !isExpressible(policy.description)) {
    return { kind: "description", policy: name };
  }
  const own = statementsFrom(policy.document.policy.statements, now);
  const ended = endedBefore(now, written, policy.document.policy.statements);
  const given = givenBy(all, own);
  if (given === undefined) return viewingProblem(name, all, own, ended);
  const { access } = given;
  const capabilities = grantedCapabilities(given);
  const modes: readonly (ServiceQuotasRoleMode | undefined)[] = capabilities.includes("request-quota-increases")
    ? ["on-demand", "existing"]
    : [undefined];
  let isUndecided = false;
  for (const serviceQuotasRole of modes) {
    const said = grantsOf(given).flatMap((grant) =>
      permissionStatements(grant.capabilities, serviceQuotasRole ?? "on-demand", grant.end),
    );
    const statements = statementsOf(said);
    const gains = [all, own].map((live) => gainOf(live, statements));
    isUndecided = gains.includes("undecided");
    if (gains.some((gain) => gain !== "nothing")) continue;
    const isNarrowed = lostBy(own, statements).length > 0 || own.some(({ effect }) => effect === "Deny");
    if (policy.isShared && isNarrowed) return { kind: "changed-for-others", policy: name };
    const isRewritten = !isWrittenAlike(policy.document.text, said);
    const lostPermissions = lostBy(all, statements);
    return { access, policy, capabilities, ended, given, lostPermissions, serviceQuotasRole, isRewritten };
  }
  return { kind: isUndecided ? "too-complex" : "more", policy: name };
}

/** Why view-cases isn't always allowed. */
function viewingProblem(
  policy: string,
  all: readonly Statement[],
  own: readonly Statement[],
  ended: Adoption["ended"],
): Refusal {
  const end = ended.find(({ capability }) => capability === "view-cases")?.end;
  if (end !== undefined) return { kind: "ended", policy, end };
  const actions = actionsOf(["view-cases"]);
  const isUndecided = [all, own].some((live) => compare(aboutActions(live, actions), []).undecided.length > 0);
  if (isUndecided) return { kind: "too-complex", policy };
  const conditions = aboutActions([...own, ...all], actions)
    .flatMap((statement) => statement.conditions)
    .filter((condition) => !isExpressibleEnd(endIn(condition)));
  return {
    kind: "sometimes-viewing",
    policy,
    conditions: [...new Map(conditions.map((one) => [canonical(one), one])).values()],
  };
}

/** The capabilities that have ended, for the role or for the imported policy. */
function endedBefore(now: string, ...both: (readonly Statement[])[]): Adoption["ended"] {
  return CAPABILITIES.flatMap((capability) => {
    const reach = shortestOf(both.map((statements) => reachOfAll(statements, actionsOf([capability]))));
    return hasEnd(reach) && reach.until <= now ? [{ capability, end: reach.until }] : [];
  });
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

/** Whether environments.yaml can express an end. Undefined: it isn't one. */
function isExpressibleEnd(end: string | undefined): boolean {
  const until = end === undefined ? "" : untilOf(end);
  return UNTIL.pattern.test(until) && endOf(until) === end;
}

function awsManagedCandidate(policy: AttachedPolicy, all: readonly Statement[]): Candidate | Refusal {
  const { name } = policy;
  const access = LEVELS.find((level) => ACCESS_LEVELS[level].awsManagedPolicyArn === policy.arn);
  if (access === undefined) return { kind: "no-level", policy: name };
  const { capabilities } = ACCESS_LEVELS[access];
  const own = policy.document.policy.statements;
  const gain = gainOf(all, own);
  if (gain !== "nothing") return { kind: gain === "undecided" ? "too-complex" : "denied-part", policy: name };
  const given = { access, without: [], temporarily: [] };
  return { access, policy, capabilities, ended: [], given, lostPermissions: lostBy(all, own), isRewritten: false };
}

/** A trust policy, as environments.yaml expresses it. */
interface Trust {
  readonly hasSourceAccount: boolean;
  readonly lost: readonly LostRight[];
  readonly isRewritten: boolean;
}

/** The trust policy that environments.yaml can express, or why any would let more principals in. */
function trustOf({ trust }: TrustingRole, account: string): Trust | Refusal {
  const live = trust.policy.statements;
  let isUndecided = false;
  for (const hasSourceAccount of [false, true]) {
    const written = trustStatements(hasSourceAccount ? account : undefined);
    const said = statementsOf(written);
    const gain = gainOf(live, said);
    if (gain === "nothing") {
      return { hasSourceAccount, lost: lostBy(live, said), isRewritten: !isWrittenAlike(trust.text, written) };
    }
    isUndecided ||= gain === "undecided";
  }
  return { kind: isUndecided ? "too-complex" : "conditional-trust" };
}

/** Whether statements give more, or may give more, than the live ones that they replace. */
function gainOf(live: readonly Statement[], said: readonly Statement[]): "nothing" | "more" | "undecided" {
  const actions = said.flatMap((statement) => statement.actions.patterns);
  const areNamed = said.every((statement) => !statement.actions.not) && !actions.some(hasWildcard);
  const { gained, undecided } = compare(areNamed ? aboutActions(live, actions) : live, said);
  if (gained.length > 0) return "more";
  return undecided.length > 0 ? "undecided" : "nothing";
}

/** Statements as far as they are about these actions, by their names: how many patterns they have doesn't matter then. */
function aboutActions(statements: readonly Statement[], actions: readonly string[]): Statement[] {
  return statements.flatMap((statement) => {
    const patterns = [...new Set(actions.filter((action) => isAboutAction(statement, action)))];
    return patterns.length === 0
      ? []
      : [{ ...statement, actions: { not: false, patterns: patterns.map((action) => action.toLowerCase()) } }];
  });
}

/** What is lost when statements replace the live ones. If that is too complex, all that they don't name. */
function lostBy(live: readonly Statement[], said: readonly Statement[]): LostRight[] {
  const named = said.flatMap((statement) => statement.actions.patterns);
  const { lost, undecided } = compare(live, said);
  if (undecided.length === 0) return lost.filter(({ action }) => !isMisspelled(action, named));
  return live.flatMap(({ effect, actions: { not, patterns }, resources = ANYTHING, conditions }): LostRight[] => {
    const others = patterns.filter((pattern) => not || !named.includes(pattern));
    if (effect === "Deny" || others.length === 0) return [];
    const allowed = { when: conditions.length === 0 ? [] : [conditions], unless: [] };
    return (not ? [others] : others.map((one) => [one])).map((one) => ({
      ...{ action: { not, patterns: one }, resource: resources, allowed },
    }));
  });
}

const ANYTHING: Targets = { not: false, patterns: ["*"] };

function isMisspelled({ not, patterns }: Targets, named: readonly string[]): boolean {
  return !not && patterns.every((pattern) => isOneActionOf(named, pattern));
}

function statementsOf(statement: readonly DataAwsIamPolicyDocumentStatement[]): readonly Statement[] {
  return readTerraformPolicy({ statement }).statements;
}

function isOfAws({ arn }: AttachedPolicy): boolean {
  return accountOfArn(arn) === "aws";
}

function unsupported(policy: string | undefined, { policy: { unreadable } }: LiveDocument): Refusal[] {
  return unreadable.length === 0 ? [] : [{ kind: "unsupported", policy, unreadable }];
}

/** Services without resource policies: only a role's own policies can allow their actions. */
const ALLOWED_BY_ROLES_ALONE = /^(iam|servicequotas|support|supportapp):/;

/** A Deny that a deploy would remove. It may stop a resource policy, such as a bucket's, from letting the role in. */
function denyProblems({ name, document }: NamedDocument, now: string): Refusal[] {
  const denied = statementsFrom(document.policy.statements, now).filter(
    ({ effect, actions }) =>
      effect === "Deny" && (actions.not || !actions.patterns.every((action) => ALLOWED_BY_ROLES_ALONE.test(action))),
  );
  return denied.length === 0 ? [] : [{ kind: "lost-deny", policy: name }];
}

/**
 * Policies that deny something and are gone while others still allow more. A deploy changes the adopted policy first,
 * then detaches the other ones in any order, and then deletes the inline ones in any order.
 */
function removalProblems({ attached, inline }: TrustingRole, adopted: AttachedPolicy, time: string): Refusal[] {
  const others = [...attached.filter((policy) => policy !== adopted), ...inline];
  const stageOf = (policy: NamedDocument) => (policy === adopted ? 0 : inline.includes(policy) ? 2 : 1);
  const statementsOf = ({ document }: NamedDocument) => statementsFrom(document.policy.statements, time);
  return [adopted, ...others].flatMap((denying) => {
    const denies = statementsOf(denying).filter(({ effect }) => effect === "Deny");
    return others.flatMap((other): Refusal[] => {
      if (other === denying || stageOf(other) < stageOf(denying)) return [];
      const denied = statementsOf(other).filter((one) => denies.some((deny) => haveOneService(one, deny)));
      const { gained, undecided } = compare([...denies, ...denied], denied);
      if (undecided.length > 0) return [{ kind: "too-complex", policy: adopted.name }];
      return gained.length > 0 ? [{ kind: "deny-removed-first", policy: denying.name, allowing: other.name }] : [];
    });
  });
}

/** Whether two statements may be about the same actions, by their services. */
function haveOneService(one: Statement, other: Statement): boolean {
  const [own, its] = [one, other].map(({ actions: { not, patterns } }) =>
    not ? ["*"] : patterns.map((pattern) => pattern.split(":")[0] ?? ""),
  ) as [string[], string[]];
  return own.some((service) => hasWildcard(service) || its.some((theirs) => hasWildcard(theirs) || theirs === service));
}

function pathProblems({ path }: TrustingRole): Refusal[] {
  return PATH.pattern.test(path) ? [] : [{ kind: "path", path }];
}

/** A boundary that can't be expressed would be removed. */
function boundaryProblems({ boundary }: TrustingRole, account: string): Refusal[] {
  if (boundary === undefined) return [];
  const isOne = POLICY_ARN.pattern.test(boundary) && [account, "aws"].includes(accountOfArn(boundary) ?? "");
  return isOne ? [] : [{ kind: "boundary", boundary }];
}
