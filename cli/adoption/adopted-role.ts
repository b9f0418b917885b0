import { formatList } from "../../common/format-list";
import { printable } from "../../common/printable";
import { ACCESS_LEVELS, type AccessLevel, LEVELS } from "../../modules/support-app/model/access-level";
import {
  actionsOf,
  CAPABILITIES,
  type Capability,
  OPTIONAL_CAPABILITIES,
} from "../../modules/support-app/model/capability";
import { grantedCapabilities, grantsOf } from "../../modules/support-app/model/grant";
import { DESCRIPTION, PATH, POLICY_ARN } from "../../modules/support-app/model/limits";
import {
  type PolicyStatement,
  permissionStatements,
  trustStatements,
} from "../../modules/support-app/model/policy-statements";
import { endOf, inSeconds, UNTIL, untilOf } from "../../modules/support-app/model/until";
import { entryOf } from "../../stacks/environments/environment";
import type { AccessEntry } from "../../stacks/environments/environments-schema";
import { type LiveDocument, unsupportedWords } from "../aws/live-document";
import { liveSettings } from "../aws/live-role";
import { accountOfArn } from "../iam/arn";
import { isAboutAction } from "../iam/authorize";
import { compare, type Right } from "../iam/compare";
import { statementsFrom } from "../iam/condition";
import { excessOf } from "../iam/excess";
import { readTerraformPolicy, type Statement } from "../iam/policy";
import { hasEnd, isGiven, type Reach, reachOfAll, shortestOf } from "../iam/reach";
import type { AttachedPolicy, NamedDocument, TrustingRole } from "./live-setup";
import { isSameWrittenPolicy } from "./written-policy";

/** A role as an access level, with the same access or less. */
export interface Adoption {
  readonly role: TrustingRole;
  readonly access: AccessLevel;
  /** The team that it becomes. Undefined: the access level itself. */
  readonly team?: string;
  /** Its entry in environments.yaml, without tags and channels. */
  readonly entry: AccessEntry;
  readonly policy: AttachedPolicy;
  /** Capabilities that have ended and aren't in the entry, with their ends. */
  readonly ended: readonly { readonly capability: Capability; readonly end: string }[];
  /** What people in a channel with the role can do now, but not after a deploy. Undefined: too complex to list. */
  readonly lostPermissions?: readonly Right[];
  /** Who can assume the role now, but not after a deploy. Undefined: too complex to list. */
  readonly lostTrust?: readonly Right[];
  /** Whether a deploy rewrites the policy, or the trust policy, which is equivalent but written differently. */
  readonly rewrites: { readonly policy: boolean; readonly trust: boolean };
}

/** Why something isn't adopted, to follow "The role isn't imported because", and what to do about it, without a last full stop. */
export type Reason = `${string}. ${string}`;

export interface InexpressibleRole {
  readonly role: TrustingRole;
  readonly reasons: readonly Reason[];
}

/** A policy of a role, as an access level. Its entry has no settings of the role. */
type Candidate = Omit<Adoption, "role" | "lostTrust" | "rewrites"> & { readonly isRewritten: boolean };

/** Expresses a role in environments.yaml, never with more access than the role has, and without what has ended. */
export function adoptionOf(role: TrustingRole, account: string, now: Date): Adoption | InexpressibleRole {
  const time = inSeconds(now);
  const trust = trustOf(role, account);
  const candidates = role.attached.map((policy) => candidateOf(policy, role, account, time));
  const [bestCandidate] = candidates.filter((candidate) => typeof candidate !== "string").sort(fullestFirst);
  const reasons = [...roleProblems(role, account, time), ...(typeof trust === "string" ? [trust] : [])];
  if (reasons.length === 0 && !bestCandidate)
    reasons.push(...new Set(candidates.filter((candidate) => typeof candidate === "string")));
  if (reasons.length > 0 || typeof trust === "string" || !bestCandidate) return { role, reasons };
  const { isRewritten, entry, ...adoption } = bestCandidate;
  const { description, ...settings } = liveSettings(role);
  const roleEntry = entryOf(bestCandidate.access, {
    roleName: role.name,
    description: isExpressible(description) ? description : undefined,
    path: role.path,
    permissionsBoundary: role.boundary,
    ...settings,
    sourceAccountCondition: trust.choice !== undefined,
  });
  return {
    ...adoption,
    role,
    entry: { adopt: true, ...roleEntry, ...entry },
    lostTrust: trust.lost,
    rewrites: { policy: isRewritten, trust: trust.isRewritten },
  };
}

/** Whether environments.yaml can express a description, and a terminal shows it unchanged. */
export function isExpressible(description: string | undefined): description is string {
  return description !== undefined && DESCRIPTION.pattern.test(description) && printable(description) === description;
}

/** Sorts by most capabilities first, then by policies that a deploy doesn't rewrite. */
function fullestFirst(a: Candidate, b: Candidate): number {
  const [count, otherCount] = [a, b].map(({ access, entry }) => grantedCapabilities({ access, ...entry }).length);
  return (otherCount ?? 0) - (count ?? 0) || Number(a.isRewritten) - Number(b.isRewritten);
}

function candidateOf(policy: AttachedPolicy, role: TrustingRole, account: string, now: string): Candidate | Reason {
  const { name, arn, path, description, isShared, document } = policy;
  const policies = [...role.attached, ...role.inline];
  const statements = policies.flatMap((namedDocument) => statementsIn(namedDocument, now));
  const tooEarly = removedTooEarly(role, policy, now);
  if (accountOfArn(arn) === "aws") return tooEarly ?? awsManagedCandidate(policy, statements);
  if (accountOfArn(arn) !== account)
    return `its policy ${arn} belongs to another account. Attach a copy that belongs to this account, and detach it`;
  if (arn === role.boundary)
    return `its permissions boundary ${arn} is a policy that the environment would manage, and whoever deploys could rewrite it. Give the role another boundary, or none`;
  if (path !== role.path)
    return `its policy ${name} has the path ${path} and the role ${role.path}, and environments.yaml has one path for both. Attach a copy with the path ${role.path}, and detach ${name}`;
  if (description !== undefined && !isExpressible(description))
    return `its policy ${name} has a description that environments.yaml can't express, and IAM can't change descriptions. Attach a copy without the description, and detach ${name}`;
  if (tooEarly !== undefined) return tooEarly;
  const policyStatements = statementsIn(policy, now);
  const denials = statements.filter(({ effect }) => effect === "Deny");
  const effectiveStatements = [...policyStatements, ...denials];
  const endedCapabilities = endedBefore(now, [...document.policy.statements, ...denials]);
  const givenAccess = givenBy(effectiveStatements);
  if (givenAccess === undefined) {
    const viewing = restrictedTo([...document.policy.statements, ...denials], actionsOf(["view-cases"]));
    if (compare(viewing, []).undecided.length > 0) return tooComplex(name);
    return `its policy ${name} doesn't always allow view-cases, which every access level has. Let it allow ${actionsOf(["view-cases"]).join(" and ")}, or delete the role if nobody needs it`;
  }
  const { access, entry } = givenAccess;
  const grants = grantsOf({ access, ...entry });
  const form = firstWithoutGain(effectiveStatements, document, ["on-demand", "existing"] as const, (mode) =>
    grants.flatMap(({ capabilities, end }) => permissionStatements(capabilities, mode, end)),
  );
  if (form === "undecided") return tooComplex(name);
  if (form === "more")
    return `its policy ${name} can't be expressed without giving more access. Let it allow whole capabilities, on all resources and without conditions other than an end`;
  const isNarrowed =
    lostBy(policyStatements, form.statements)?.length !== 0 || policyStatements.some(({ effect }) => effect === "Deny");
  if (isShared && isNarrowed)
    return `its policy ${name} is also used elsewhere, and contains more than environments.yaml can express: a deploy would change that for others. Attach a copy, and detach ${name}`;
  const settings = entryOf(access, {
    serviceQuotasRole: form.choice,
    policyName: name,
    policyDescription: description,
  });
  return {
    access,
    entry: { ...entry, ...settings },
    policy,
    ended: endedCapabilities,
    lostPermissions: lostBy(statements, form.statements),
    isRewritten: form.isRewritten,
  };
}

const LESS_COMPLEX = "Use fewer wildcards and conditions for the Support App's actions";

function tooComplex(policy: string): Reason {
  return `its policies are too complex to compare with what environments.yaml would give in place of ${policy}. ${LESS_COMPLEX}`;
}

function statementsIn({ document }: NamedDocument, now: string): Statement[] {
  return statementsFrom(document.policy.statements, now);
}

function endedBefore(now: string, statements: readonly Statement[]): Adoption["ended"] {
  return CAPABILITIES.flatMap((capability) => {
    const reach = reachOfAll(statements, actionsOf([capability]));
    return hasEnd(reach) && reach.until <= now ? [{ capability, end: reach.until }] : [];
  });
}

/** What a policy gives. Undefined: view-cases isn't always allowed. */
function givenBy(statements: readonly Statement[]) {
  const reach = (capability: Capability): Reach => {
    const reach = reachOfAll(statements, actionsOf([capability]));
    if (!hasEnd(reach)) return reach;
    const until = untilOf(reach.until);
    return UNTIL.pattern.test(until) && endOf(until) === reach.until ? reach : "sometimes"; // no other end can be expressed
  };
  const viewing = reach("view-cases");
  if (!isGiven(viewing)) return undefined;
  // No capability outlasts view-cases.
  const reaches = OPTIONAL_CAPABILITIES.map(
    (capability) => [capability, shortestOf([reach(capability), viewing])] as const,
  );
  const isLasting = (reach: Reach) =>
    hasEnd(reach) ? hasEnd(viewing) && reach.until === viewing.until : reach === "always";
  const without = reaches.filter(([, reach]) => !isLasting(reach)).map(([capability]) => capability);
  const temporarily = reaches.flatMap(([capability, reach]) =>
    hasEnd(reach) && !isLasting(reach) ? [{ capability, until: untilOf(reach.until) }] : [],
  );
  const isReadOnly = without.length === OPTIONAL_CAPABILITIES.length && temporarily.length === 0;
  const entry = {
    ...(!isReadOnly && without.length > 0 && { without }),
    ...(hasEnd(viewing) && { until: untilOf(viewing.until) }),
    ...(temporarily.length > 0 && { temporarily }),
  };
  const access: AccessLevel = isReadOnly ? "read-only" : "full";
  return { access, entry };
}

function awsManagedCandidate(policy: AttachedPolicy, statements: readonly Statement[]): Candidate | Reason {
  const access = LEVELS.find((level) => ACCESS_LEVELS[level].awsManagedPolicyArn === policy.arn);
  if (access === undefined)
    return `AWS's policy ${policy.name} doesn't belong to any access level. Attach a policy with what people in the channels need of the Support App, and detach it`;
  const policyStatements = policy.document.policy.statements;
  const gain = gainOf(statements, policyStatements);
  if (gain === "undecided") return tooComplex(policy.name);
  if (gain === "more")
    return `another policy of the role denies a part of AWS's policy ${policy.name}, and a deploy would remove that other policy. Attach a copy of AWS's policy instead, so that what is denied becomes \`without\``;
  const entry = { policy: "aws-managed" } as const;
  return {
    access,
    entry,
    policy,
    lostPermissions: lostBy(statements, policyStatements),
    ended: [],
    isRewritten: false,
  };
}

/** The trust policy that environments.yaml can express, or why every trust policy that it can express would let in more principals. */
function trustOf({ trust }: TrustingRole, account: string) {
  const live = trust.policy.statements;
  const form = firstWithoutGain(live, trust, [undefined, account], trustStatements);
  const complex: Reason = `its trust policy is too complex to compare with what environments.yaml would give. ${LESS_COMPLEX}`;
  const open: Reason =
    "the Support App may assume it only under conditions that environments.yaml can't express, and without them more could assume it. Remove the conditions from its trust policy, except for aws:SourceAccount";
  if (form === "undecided") return complex;
  if (form === "more") return open;
  return { ...form, lost: lostBy(live, form.statements) };
}

/**
 * The first choice that gives nothing more than the live statements that it replaces, and whether it is written otherwise
 * than their document. If every choice gives more, how the last one compares.
 */
function firstWithoutGain<Choice>(
  live: readonly Statement[],
  { text }: LiveDocument,
  choices: readonly Choice[],
  write: (choice: Choice) => readonly PolicyStatement[],
) {
  let gain: "more" | "undecided" = "more";
  for (const choice of choices) {
    const newStatements = write(choice);
    const { statements } = readTerraformPolicy({ statement: newStatements });
    const rewriteGain = gainOf(live, statements);
    if (rewriteGain === "nothing")
      return { choice, statements, isRewritten: !isSameWrittenPolicy(text, newStatements) };
    gain = rewriteGain;
  }
  return gain;
}

/** Whether statements, which name their actions, give more or may give more than the live ones that they replace. */
function gainOf(live: readonly Statement[], replacement: readonly Statement[]) {
  const actions = replacement.flatMap((statement) => statement.actions.patterns);
  const { gained, undecided } = compare(restrictedTo(live, actions), replacement);
  if (gained.length > 0) return "more";
  return undecided.length > 0 ? "undecided" : "nothing";
}

/** Statements as far as they are about these actions, by their names: how many patterns they have doesn't matter then. */
function restrictedTo(statements: readonly Statement[], actions: readonly string[]): Statement[] {
  return statements.flatMap((statement) => {
    const patterns = [...new Set(actions.filter((action) => isAboutAction(statement, action)))];
    if (patterns.length === 0) return [];
    return [{ ...statement, actions: { not: false, patterns: patterns.map((action) => action.toLowerCase()) } }];
  });
}

/** What is lost when statements replace the live ones. Undefined: that is too complex. */
function lostBy(live: readonly Statement[], replacement: readonly Statement[]): readonly Right[] | undefined {
  const { lost, undecided } = compare(live, replacement);
  return undecided.length > 0 ? undefined : lost;
}

/**
 * Why a policy that denies something may be gone while another one still allows it. A deploy changes the adopted policy first,
 * then detaches the other ones in any order, and then deletes the inline ones in any order.
 */
function removedTooEarly({ attached, inline }: TrustingRole, adopted: AttachedPolicy, now: string): Reason | undefined {
  const policies: readonly NamedDocument[] = [...attached, ...inline];
  const having = (wantedEffect: Statement["effect"]) =>
    policies.filter((policy) => statementsIn(policy, now).some(({ effect }) => effect === wantedEffect));
  const [earlyRemoval] = having("Deny").flatMap((denying) => {
    const isLater = (namedDocument: NamedDocument) => !inline.includes(denying) || inline.includes(namedDocument);
    const allowing = having("Allow").find(
      (namedDocument) => namedDocument !== denying && namedDocument !== adopted && isLater(namedDocument),
    );
    return allowing ? [{ denying: denying.name, allowing: allowing.name }] : [];
  });
  if (earlyRemoval === undefined) return undefined;
  return `a deploy could remove what its policy ${earlyRemoval.denying} denies before its policy ${earlyRemoval.allowing}, and what is allowed in between isn't compared. Remove ${earlyRemoval.allowing} from the role`;
}

/** Services without resource policies: only a role's own policies can allow their actions. */
const ROLE_ONLY_ACTIONS = /^(iam|servicequotas|support|supportapp):/;

/** Why a role can't be adopted, whichever of its policies were. */
function roleProblems(role: TrustingRole, account: string, now: string): Reason[] {
  const { attached, inline, path, boundary, trust } = role;
  const policies = [...attached, ...inline];
  const reasons: Reason[] = [
    { what: "trust", document: trust },
    ...policies.map((policy) => ({ ...policy, what: `policy ${policy.name}` })),
  ]
    .filter(({ document }) => document.policy.unreadable.length > 0)
    .map(
      ({ what: label, document }): Reason =>
        `in its ${label}, ${unsupportedWords(document.policy.unreadable)}. Rewrite that without what is unsupported`,
    );
  if (!PATH.pattern.test(path))
    reasons.push(
      `it has the path ${path}, and environments.yaml accepts ${PATH.expected}. Create another role for its channels, and delete it`,
    );
  const isExpressibleBoundary =
    boundary === undefined ||
    (POLICY_ARN.pattern.test(boundary) && [account, "aws"].includes(accountOfArn(boundary) ?? ""));
  if (!isExpressibleBoundary)
    reasons.push(
      `it has the permissions boundary ${boundary}, which environments.yaml can't express. Give the role a boundary of its own account`,
    );
  const excessive = policies.flatMap((policy) => {
    const allowing = statementsIn(policy, now).filter(({ effect }) => effect === "Allow");
    return excessOf(allowing, undefined, now).length > 0 ? [policy.name] : [];
  });
  for (const policy of policies) {
    const denies = statementsIn(policy, now).filter(({ effect }) => effect === "Deny");
    // It may stop a resource policy, such as a bucket's, from letting the role in.
    const isLost = denies.some(
      ({ actions: { not, patterns } }) => not || !patterns.every((action) => ROLE_ONLY_ACTIONS.test(action)),
    );
    if (!isLost) continue;
    if (excessive.length > 0)
      reasons.push(
        `its policies allow more than AWSSupportAppFullAccess (${formatList(excessive)}), and a Deny in its policy ${policy.name} takes away only a part of that. Attach a policy with what people in the channels need of the Support App, and detach ${formatList(excessive)}; keep the Deny until then`,
      );
    else
      reasons.push(
        `its policy ${policy.name} denies something that environments.yaml can't deny, and a deploy would remove that. Move that into a permissions boundary, or remove it if nobody needs it`,
      );
  }
  if (policies.length === 0) reasons.push("it has no policy, and so allows nothing. Delete it if nobody needs it");
  else if (attached.length === 0)
    reasons.push(
      `it has no attached policy, and adopt needs one to import. Turn its inline policies into an attached one`,
    );
  return reasons;
}
