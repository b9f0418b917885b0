import { ACCESS_LEVELS, type AccessLevel } from "../../../modules/support-app/model/access-level";
import {
  actionsOf,
  CAPABILITIES,
  type Capability,
  OPTIONAL_CAPABILITIES,
} from "../../../modules/support-app/model/capability";
import { grantedCapabilities, grantsOf } from "../../../modules/support-app/model/grant";
import { DESCRIPTION, PATH, POLICY_ARN } from "../../../modules/support-app/model/limits";
import type { PolicyStatement } from "../../../modules/support-app/model/policy-statements";
import { permissionStatements, trustStatements } from "../../../modules/support-app/model/policy-statements";
import { printable } from "../../../modules/support-app/model/printable";
import { endOf, inSeconds, UNTIL, untilOf } from "../../../modules/support-app/model/until";
import { LEVELS } from "../../../stacks/environments/environment";
import type { AccessEntry } from "../../../stacks/environments/environments-schema";
import { accountOfArn } from "../../iam/arn";
import { isAboutAction } from "../../iam/authorize";
import { compare, type Right } from "../../iam/compare";
import { endIn, statementsFrom } from "../../iam/condition";
import type { Statement, Targets } from "../../iam/policy";
import { readTerraformPolicy } from "../../iam/policy";
import { hasEnd, isGiven, type Reach, reachOfAll, shortestOf } from "../../iam/reach";
import { distinct } from "../../terminal/json";
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
  /** Capabilities that have ended, and aren't in the entry, with their ends. */
  readonly ended: readonly { readonly capability: Capability; readonly end: string }[];
  /** What people in a channel with the role can do now, but not after a deploy. */
  readonly lostPermissions: readonly LostRight[];
  /** Who can assume the role now, but not after a deploy. */
  readonly lostTrust: readonly LostRight[];
  /** Whether a deploy rewrites the policy, or the trust policy, which is equivalent but written differently. */
  readonly rewrites: { readonly policy: boolean; readonly trust: boolean };
}

/** The part of a right that a report prints. */
export type LostRight = Pick<Right, "requester" | "action" | "resource" | "allowed" | "otherwise">;

/** A role that environments.yaml can't express without giving more access, and why. */
export interface InexpressibleRole {
  readonly role: TrustingRole;
  readonly why: readonly Refusal[];
}

/** A policy of a role, as an access level. Its entry has no settings of the role. */
type Candidate = Pick<Adoption, "access" | "entry" | "policy" | "ended" | "lostPermissions"> & {
  readonly isRewritten: boolean;
};

/** The access of a policy, as environments.yaml expresses it. */
type Given = Pick<Adoption, "access"> & { readonly entry: Pick<AccessEntry, "without" | "until" | "temporarily"> };

/**
 * Expresses a role in environments.yaml, never with more access than the role has.
 *
 * @param now the current time: what has ended is left out
 */
export function adoptionOf(role: TrustingRole, account: string, now: Date): Adoption | InexpressibleRole {
  const time = inSeconds(now);
  const trust = trustOf(role, account);
  const candidates = role.attached.map((policy) => candidateOf(policy, role, account, time));
  const [found] = candidates.filter((one): one is Candidate => !isRefusal(one)).sort(fullestFirst);
  const why = [...roleProblems(role, account, time), ...(isRefusal(trust) ? [trust] : [])];
  if (why.length === 0 && found === undefined) why.push(...distinct(candidates.filter(isRefusal)));
  if (why.length > 0 || isRefusal(trust) || !found) return { role, why };
  const { isRewritten, entry, ...rest } = found;
  const settings = {
    ...(role.name !== ACCESS_LEVELS[found.access].roleName && { "role-name": role.name }),
    ...(isExpressible(role.description) && { description: role.description }),
    ...(role.path !== "/" && { path: role.path }),
    ...(role.boundary !== undefined && { "permissions-boundary": role.boundary }),
    ...(role.maxSessionDuration !== DEFAULT_SESSION && { "max-session-duration": role.maxSessionDuration }),
    ...(trust.hasSourceAccount && { "source-account-condition": true }),
  };
  return {
    ...rest,
    role,
    entry: { adopt: true, ...settings, ...entry },
    lostTrust: trust.lost,
    rewrites: { policy: isRewritten, trust: trust.isRewritten },
  };
}

function isRefusal(one: object): one is Refusal {
  return "kind" in one;
}

/** IAM's default, in seconds. Source: IAM API Reference, CreateRole, MaxSessionDuration. */
const DEFAULT_SESSION = 3600;

/** Whether environments.yaml can express a description, and a terminal shows it unchanged. */
export function isExpressible(description: string | undefined): description is string {
  return description !== undefined && DESCRIPTION.pattern.test(description) && printable(description) === description;
}

/** Sorts by most capabilities first, then by policies that a deploy doesn't rewrite. */
function fullestFirst(one: Candidate, other: Candidate): number {
  const [count, otherCount] = [one, other].map(({ access, entry }) => grantedCapabilities({ access, ...entry }).length);
  return (otherCount ?? 0) - (count ?? 0) || Number(one.isRewritten) - Number(other.isRewritten);
}

/** A policy as an access level, or why it can't be one. */
function candidateOf(policy: AttachedPolicy, role: TrustingRole, account: string, now: string): Candidate | Refusal {
  const { name, arn, path, description, isShared, document } = policy;
  const policies = [...role.attached, ...role.inline];
  const all = policies.flatMap((one) => statementsIn(one, now));
  const isAwsManaged = accountOfArn(arn) === "aws";
  if (isAwsManaged) return removedTooEarly(role, policy, now) ?? awsManagedCandidate(policy, all);
  if (accountOfArn(arn) !== account) return { kind: "policy-of-another-account", arn };
  if (arn === role.boundary) return { kind: "own-boundary", boundary: arn };
  if (path !== role.path) return { kind: "two-paths", policy: name, policyPath: path, rolePath: role.path };
  if (description !== undefined && !isExpressible(description)) return { kind: "description", policy: name };
  const tooEarly = removedTooEarly(role, policy, now);
  if (tooEarly !== undefined) return tooEarly;
  const denied = policies
    .filter((one) => one !== policy)
    .flatMap((one) => statementsIn(one, now))
    .filter(({ effect }) => effect === "Deny");
  const alone = statementsIn(policy, now);
  const own = [...alone, ...denied];
  const ended = endedBefore(now, [...document.policy.statements, ...denied]);
  const given = givenBy(own);
  if (given === undefined) return viewingProblem(name, own, ended);
  const { access, entry } = given;
  const grants = grantsOf({ access, ...entry });
  const form = firstWithoutGain(own, ["on-demand", "existing"] as const, (mode) =>
    grants.flatMap(({ capabilities, end }) => permissionStatements(capabilities, mode, end)),
  );
  if (typeof form === "string") return { kind: form === "undecided" ? "too-complex" : "more", policy: name };
  const isNarrowed = lostBy(alone, form.statements).length > 0 || alone.some(({ effect }) => effect === "Deny");
  if (isShared && isNarrowed) return { kind: "changed-for-others", policy: name };
  const settings = {
    ...(form.choice !== "on-demand" && { "service-quotas-role": form.choice }),
    ...(name !== ACCESS_LEVELS[access].policyName && { "policy-name": name }),
    ...(description !== undefined && { "policy-description": description }),
  };
  return {
    access,
    entry: { ...entry, ...settings },
    policy,
    ended,
    lostPermissions: lostBy(all, form.statements),
    isRewritten: !isWrittenAlike(document.text, form.written),
  };
}

/** The statements of a policy that haven't ended. */
function statementsIn({ document }: NamedDocument, now: string): Statement[] {
  return statementsFrom(document.policy.statements, now);
}

/** Why view-cases isn't always allowed. */
function viewingProblem(policy: string, own: readonly Statement[], ended: Adoption["ended"]): Refusal {
  const end = ended.find(({ capability }) => capability === "view-cases")?.end;
  if (end !== undefined) return { kind: "ended", policy, end };
  const about = restrictedTo(own, actionsOf(["view-cases"]));
  if (compare(about, []).undecided.length > 0) return { kind: "too-complex", policy };
  const conditions = about
    .flatMap((statement) => statement.conditions)
    .filter((condition) => !isExpressibleEnd(endIn(condition)));
  return {
    kind: "sometimes-viewing",
    policy,
    conditions: distinct(conditions),
  };
}

/** The capabilities of a policy that have ended. */
function endedBefore(now: string, statements: readonly Statement[]): Adoption["ended"] {
  return CAPABILITIES.flatMap((capability) => {
    const reach = reachOfAll(statements, actionsOf([capability]));
    return hasEnd(reach) && reach.until <= now ? [{ capability, end: reach.until }] : [];
  });
}

/** What a policy gives. Undefined: view-cases isn't always allowed. */
function givenBy(own: readonly Statement[]): Given | undefined {
  const reach = (capability: Capability): Reach => {
    const found = reachOfAll(own, actionsOf([capability]));
    return hasEnd(found) && !isExpressibleEnd(found.until) ? "sometimes" : found;
  };
  const viewing = reach("view-cases");
  if (!isGiven(viewing)) return undefined;
  // No capability outlasts view-cases.
  const reaches = OPTIONAL_CAPABILITIES.map(
    (capability) => [capability, shortestOf([reach(capability), viewing])] as const,
  );
  const isLasting = (one: Reach) => (hasEnd(one) ? hasEnd(viewing) && one.until === viewing.until : one === "always");
  const without = reaches.filter(([, one]) => !isLasting(one)).map(([capability]) => capability);
  const temporarily = reaches.flatMap(([capability, one]) =>
    hasEnd(one) && !isLasting(one) ? [{ capability, until: untilOf(one.until) }] : [],
  );
  const isReadOnly = without.length === OPTIONAL_CAPABILITIES.length && temporarily.length === 0;
  const entry = {
    ...(!isReadOnly && without.length > 0 && { without }),
    ...(hasEnd(viewing) && { until: untilOf(viewing.until) }),
    ...(temporarily.length > 0 && { temporarily }),
  };
  return { access: isReadOnly ? "read-only" : "full", entry };
}

/** Whether environments.yaml can express an end. Undefined: it isn't one. */
function isExpressibleEnd(end: string | undefined): boolean {
  const until = end === undefined ? "" : untilOf(end);
  return UNTIL.pattern.test(until) && endOf(until) === end;
}

function awsManagedCandidate(policy: AttachedPolicy, all: readonly Statement[]): Candidate | Refusal {
  const access = LEVELS.find((level) => ACCESS_LEVELS[level].awsManagedPolicyArn === policy.arn);
  if (access === undefined) return { kind: "no-level", policy: policy.name };
  const own = policy.document.policy.statements;
  const gain = gainOf(all, own);
  if (gain !== "nothing") return { kind: gain === "undecided" ? "too-complex" : "denied-part", policy: policy.name };
  const lostPermissions = lostBy(all, own);
  return { access, entry: { policy: "aws-managed" }, policy, ended: [], lostPermissions, isRewritten: false };
}

/** A trust policy, as environments.yaml expresses it. */
interface Trust {
  readonly hasSourceAccount: boolean;
  readonly lost: readonly LostRight[];
  readonly isRewritten: boolean;
}

/** The trust policy that environments.yaml can express, or why every trust policy that it can express would let in more principals. */
function trustOf({ trust }: TrustingRole, account: string): Trust | Refusal {
  const live = trust.policy.statements;
  const form = firstWithoutGain(live, [undefined, account], trustStatements);
  if (typeof form === "string") return { kind: form === "undecided" ? "too-complex" : "conditional-trust" };
  return {
    hasSourceAccount: form.choice !== undefined,
    lost: lostBy(live, form.statements),
    isRewritten: !isWrittenAlike(trust.text, form.written),
  };
}

type WrittenStatements = readonly PolicyStatement[];

/** The first choice that gives nothing more than the live statements that it replaces. If every choice gives more, how the last one compares. */
function firstWithoutGain<Choice>(
  live: readonly Statement[],
  choices: readonly Choice[],
  write: (choice: Choice) => WrittenStatements,
): { readonly choice: Choice; readonly written: WrittenStatements; readonly statements: readonly Statement[] } | Gain {
  let gain: Gain = "more";
  for (const choice of choices) {
    const written = write(choice);
    const { statements } = readTerraformPolicy({ statement: written });
    gain = gainOf(live, statements);
    if (gain === "nothing") return { choice, written, statements };
  }
  return gain;
}

type Gain = "nothing" | "more" | "undecided";

/** Whether statements, which name their actions, give more or may give more than the live ones that they replace. */
function gainOf(live: readonly Statement[], replacement: readonly Statement[]): Gain {
  const actions = replacement.flatMap((statement) => statement.actions.patterns);
  const { gained, undecided } = compare(restrictedTo(live, actions), replacement);
  if (gained.length > 0) return "more";
  return undecided.length > 0 ? "undecided" : "nothing";
}

/** Statements as far as they are about these actions, by their names: how many patterns they have doesn't matter then. */
function restrictedTo(statements: readonly Statement[], actions: readonly string[]): Statement[] {
  return statements.flatMap((statement) => {
    const patterns = [...new Set(actions.filter((action) => isAboutAction(statement, action)))];
    return patterns.length === 0
      ? []
      : [{ ...statement, actions: { not: false, patterns: patterns.map((action) => action.toLowerCase()) } }];
  });
}

/** What is lost when statements replace the live ones. If that is too complex, all that they don't name. */
function lostBy(live: readonly Statement[], replacement: readonly Statement[]): LostRight[] {
  const { lost, undecided } = compare(live, replacement);
  if (undecided.length === 0) return [...lost];
  const named = replacement.flatMap((statement) => statement.actions.patterns);
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

/**
 * A policy that denies something and is gone while another one still allows it. A deploy changes the adopted policy first,
 * then detaches the other ones in any order, and then deletes the inline ones in any order.
 */
function removedTooEarly(
  { attached, inline }: TrustingRole,
  adopted: AttachedPolicy,
  now: string,
): Refusal | undefined {
  const policies: readonly NamedDocument[] = [...attached, ...inline];
  const stageOf = (policy: NamedDocument) => (policy === adopted ? 0 : inline.includes(policy) ? 2 : 1);
  for (const denying of policies) {
    const denies = statementsIn(denying, now).filter(({ effect }) => effect === "Deny");
    const later = policies.filter((one) => ![denying, adopted].includes(one) && stageOf(one) >= stageOf(denying));
    for (const allowing of denies.length > 0 ? later : []) {
      const allowed = statementsIn(allowing, now).filter((one) => denies.some((deny) => haveOneService(one, deny)));
      const { gained, undecided } = compare([...denies, ...allowed], allowed);
      if (undecided.length > 0) return { kind: "too-complex", policy: adopted.name };
      if (gained.length > 0) return { kind: "deny-removed-first", policy: denying.name, allowing: allowing.name };
    }
  }
  return undefined;
}

/** Whether two statements may be about the same actions, by their services. */
function haveOneService(one: Statement, other: Statement): boolean {
  const [services, otherServices] = [one, other].map(({ actions: { not, patterns } }) =>
    not ? ["*"] : patterns.map((pattern) => pattern.split(":")[0] ?? ""),
  ) as [string[], string[]];
  const isAny = (service: string) => /[*?]/.test(service);
  return services.some((service) => isAny(service) || otherServices.some((its) => isAny(its) || its === service));
}

/** Services without resource policies: only a role's own policies can allow their actions. */
const ROLE_ONLY_ACTIONS = /^(iam|servicequotas|support|supportapp):/;

/** Why a role can't be adopted, whichever of its policies were. */
function roleProblems(role: TrustingRole, account: string, now: string): Refusal[] {
  const { attached, inline, path, boundary, trust } = role;
  const policies = [...attached, ...inline];
  const why: Refusal[] = [];
  for (const { name, document } of [{ name: undefined, document: trust }, ...policies]) {
    const { unreadable } = document.policy;
    if (unreadable.length > 0) why.push({ kind: "unsupported", policy: name, unreadable });
  }
  if (!PATH.pattern.test(path)) why.push({ kind: "path", path });
  const isExpressibleBoundary =
    boundary === undefined ||
    (POLICY_ARN.pattern.test(boundary) && [account, "aws"].includes(accountOfArn(boundary) ?? ""));
  if (!isExpressibleBoundary) why.push({ kind: "boundary", boundary });
  for (const policy of policies) {
    const denies = statementsIn(policy, now).filter(({ effect }) => effect === "Deny");
    // It may stop a resource policy, such as a bucket's, from letting the role in.
    const isLost = denies.some(
      ({ actions: { not, patterns } }) => not || !patterns.every((action) => ROLE_ONLY_ACTIONS.test(action)),
    );
    if (isLost) why.push({ kind: "lost-deny", policy: policy.name });
  }
  if (attached.length === 0) why.push({ kind: inline.length > 0 ? "only-inline" : "no-policy" });
  return why;
}
