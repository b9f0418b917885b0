import { canonical } from "../../../common/canonical";
import { groupByKey } from "../../../common/group-by-key";
import { distinct } from "../../../common/json";
import { addressOfOwner, labelOfOwner } from "../../../modules/support-app/model/team";
import { inSeconds } from "../../../modules/support-app/model/until";
import type { Environment } from "../../../stacks/environments/environment";
import type { Difference } from "../../iam/compare";
import { statementsFrom } from "../../iam/condition";
import {
  type AccessChanges,
  compareAccess,
  pathAndName,
  waitsForServiceQuotasRole,
} from "../../terraform/access-changes";
import { elsewhereInStack } from "../../terraform/elsewhere";
import { withoutDigest } from "../../terraform/entries";
import {
  type ChannelAccess,
  type EnvironmentAccess,
  NO_ACCESS,
  type RoleAccess,
} from "../../terraform/environment-access";
import { changedEntries, readStack, type Stack } from "../../terraform/stack";
import type { Stacks, SynthesizedStack, TerraformJson } from "../../terraform/synthesized-folder";
import type { Unreadable } from "../../terraform/unreadable";
import { mostSevere, type Verdict } from "../../terraform/verdict";
import { digestOf, normalizeAccess } from "./approval-digest";
import { backendIn, newState, readdressings, type StateChange, stateChanges, stateLocation } from "./state-changes";
import { endedViolations, formerReadOnlyTeams, readdressedReadOnly, type Violation, violationsOf } from "./violations";

/** What changes in an environment. */
export interface EnvironmentChange {
  readonly environment: string;
  readonly verdict: Verdict;
  /** Whether only the folder after the change has it. */
  readonly isNew: boolean;
  /** Whether only the folder before the change has it. */
  readonly isRemoved: boolean;
  /** The account after the change or, of a removed environment, before it. Undefined: any. */
  readonly account?: string;
  /** The tier of a new environment. Undefined: it isn't new, or there are no tiers. */
  readonly tier?: string;
  readonly access: AccessChanges;
  /** What a removed environment leaves in the account. Undefined: it isn't removed, or was retired, and its deploy may have left nothing. */
  readonly leftBehind?: LeftBehind;
  /** Of a removed or a new environment. Undefined: no other one has the same account, region and access. */
  readonly possibleRename?: PossibleRename;
  /** What is no longer in the code. Undefined: nothing. */
  readonly dropped?: DroppedAccess;
  readonly state: readonly StateChange[];
  /** Unreadable parts before or after the change, which may have changed anything. */
  readonly unreadable: readonly Unreadable[];
  /** What no approval allows. */
  readonly violations: readonly Violation[];
  /** What an approval covers, as a digest: everything that was read before and after, in normal form. */
  readonly approved: unknown;
  /** Whether Terraform may plan it. `always`: its state is where it was, and everything could be read. */
  readonly plannable: "always" | "approved" | "never";
}

/** A removed and a new environment that may be one, with another name. */
export interface PossibleRename {
  readonly from: string;
  readonly to: string;
  /** Whether its state is in HCP Terraform, in a workspace. */
  readonly isRemote: boolean;
}

/** What stays in an account without being in any code. */
export interface LeftBehind {
  /** Names in IAM. */
  readonly roles: readonly string[];
  readonly channels: readonly ChannelAccess[];
}

/** What stays where it is until a deploy removes it there. */
export interface DroppedAccess extends LeftBehind {
  /** Whether the environment's account or region changes, so that no deploy of the code removes it. */
  readonly isMoved: boolean;
  readonly account: string;
  readonly region: string;
}

/** How long after its end access still counts: clocks differ. Source: IAM User Guide, signed requests are valid for up to 15 minutes. */
const CLOCKS_DIFFER_MS = 15 * 60 * 1000;

const RETARGETING = new Set<string>(["backend", "account", "provider"]);

const NO_CHANGES: AccessChanges = { roles: [], channels: [], registrations: [] };

/**
 * What changes in every environment that either folder has, in the order of their names.
 *
 * @param now the time of the review: a new end before it is forbidden, and ended access counts as none
 */
export function environmentChanges(base: Stacks, head: Stacks, now: Date): EnvironmentChange[] {
  const places = new Map<string, string[]>();
  const changes = [...new Set([...base.keys(), ...head.keys()])].sort().map((name) => {
    const [before, after] = [base.get(name), head.get(name)];
    // Also the state that it leaves: whoever has that would destroy what is in it.
    for (const place of new Set([placeIn(after, name), placeIn(before, name)]))
      if (place !== undefined) places.set(place, [...(places.get(place) ?? []), name]);
    return environmentChange(name, before, after, now);
  });
  const withRenames = withPossibleRenames(changes, base, head);
  return withStatesOfOthers(withWaitingOthers(withNamesOfOthers(withRenames), base, now), places);
}

/** Reports environments that may only have a new name: retiring them would take access away. */
function withPossibleRenames(changes: readonly EnvironmentChange[], base: Stacks, head: Stacks): EnvironmentChange[] {
  const leaving = changes.filter(({ isRemoved }) => isRemoved);
  const coming = changes.filter(({ isNew }) => isNew);
  if (leaving.length === 0 || coming.length === 0) return [...changes]; // to read them takes as long as to write them
  const [removed, added] = [renameable(leaving, base), renameable(coming, head)];
  const renames = [...removed].flatMap(([key, [from, ...otherRemoved]]): PossibleRename[] => {
    const [to, ...otherAdded] = added.get(key) ?? [];
    if (!from || !to || otherRemoved.length + otherAdded.length > 0) return []; // which of them is renamed, nobody knows
    return [{ from: from.name, to: to.name, isRemote: to.environment.backend.type === "cloud" }];
  });
  return changes.map((change) => {
    const names = ({ from, to }: PossibleRename) => [from, to].includes(change.environment);
    return { ...change, possibleRename: renames.find(names) };
  });
}

/** Environments of which everything is known, by their account, region and access. */
function renameable(changes: readonly EnvironmentChange[], stacks: Stacks) {
  const knownRenames = changes.flatMap(({ environment: name }) => {
    const stack = readIn(stacks, name);
    if (!stack?.environment || stack.environment.retired || stack.unreadable.length > 0) return [];
    return [{ name, environment: stack.environment, access: stack.access }];
  });
  return groupByKey(knownRenames, ({ environment, access }) =>
    canonical([environment.region, normalizeAccess(access)]),
  );
}

/** Forbids that an environment has its state where another one has its own: Terraform would destroy what that one has. */
function withStatesOfOthers(
  changes: readonly EnvironmentChange[],
  places: ReadonlyMap<string, readonly string[]>,
): EnvironmentChange[] {
  return changes.map((change) => {
    const placeChange = change.state.find((stateChange) => stateChange.kind === "backend");
    const place = placeChange && stateLocation(placeChange.after, change.environment);
    const otherName = place && places.get(place)?.find((name) => name !== change.environment);
    if (!otherName) return change;
    const violations: Violation[] = [...change.violations, { kind: "shared-state", environment: otherName }];
    return { ...change, violations, plannable: "never" };
  });
}

/** Reports roles that take the name of a role of another environment in the account: channels may have it by hand. */
function withNamesOfOthers(changes: readonly EnvironmentChange[]): EnvironmentChange[] {
  const keyOf = (account: string, role: RoleAccess) => canonical([account, role.name.toLowerCase()]);
  const owners = new Map(
    changes.flatMap(({ environment, account, access }) =>
      access.roles.flatMap(({ before }) => (before && account ? [[keyOf(account, before), environment] as const] : [])),
    ),
  );
  return changes.map((change) => {
    const { environment, account, access } = change;
    const takenNames = access.roles.flatMap(({ after }): StateChange[] => {
      const owner = after && account ? owners.get(keyOf(account, after)) : undefined;
      if (!after || owner === undefined || owner === environment) return [];
      return [{ kind: "name-of-other", verdict: "unknown", role: after.name, environment: owner }];
    });
    if (takenNames.length === 0) return change;
    return { ...change, state: [...change.state, ...takenNames], verdict: mostSevere([change.verdict, "unknown"]) };
  });
}

/** Reports a Service Quotas role for which somebody in another environment of the account may have been waiting. */
function withWaitingOthers(changes: readonly EnvironmentChange[], base: Stacks, now: Date): EnvironmentChange[] {
  const isCreated = ({ access: { serviceQuotasRole } }: EnvironmentChange) =>
    serviceQuotasRole?.becomes === "created" && !serviceQuotasRole.isAwaited;
  if (!changes.some(isCreated)) return [...changes];
  const waiting = new Set<string | undefined>();
  for (const name of base.keys()) {
    const { access, unreadable } = readIn(base, name) ?? NOTHING;
    const { account, roles } = withoutEndedAccess(access, now);
    const isWaiting = [...roles.values()].some((role) => waitsForServiceQuotasRole(role, account));
    if (isWaiting || unreadable.length > 0) waiting.add(account);
  }
  return changes.map((change) => {
    const { account, access, verdict } = change;
    // Of an account that isn't known, it may be the same one.
    const isAwaited = account === undefined ? waiting.size > 0 : waiting.has(account) || waiting.has(undefined);
    if (!isAwaited || !isCreated(change)) return change;
    const serviceQuotasRole = { verdict: "broadened", becomes: "created", isAwaited } as const;
    return { ...change, access: { ...access, serviceQuotasRole }, verdict: mostSevere([verdict, "broadened"]) };
  });
}

/** Where the state of a stack is. Undefined: there is no stack, or nobody knows. */
function placeIn(stack: SynthesizedStack | undefined, name: string): string | undefined {
  return stack && stateLocation(backendIn(stack.terraform), name);
}

function readIn(stacks: Stacks, name: string): Stack | undefined {
  const stack = stacks.get(name);
  return stack && readStack(name, stack);
}

/** A side of the change without the environment. */
const NOTHING = { access: NO_ACCESS, unreadable: [] } as const;

function environmentChange(
  name: string,
  before: SynthesizedStack | undefined,
  after: SynthesizedStack | undefined,
  now: Date,
): EnvironmentChange {
  const isSameTerraform = isSame(before?.terraform, after?.terraform);
  if (isSameTerraform && isSameFile(before, after)) return unchangedEnvironment(name, after?.terraform);
  const [base, head] = [before && readStack(name, before), after && readStack(name, after)];
  const isSamePlanRole = canonical(base?.environment?.planRole) === canonical(head?.environment?.planRole); // which isn't in the Terraform
  if (isSameTerraform && isSamePlanRole && head?.unreadable.length === 0)
    return unchangedEnvironment(name, after?.terraform);
  const isKnown = [base, head].every((stack) => stack === undefined || stack.environment !== undefined);
  const [{ access: accessBefore }, { access: accessAfter }] = [base ?? NOTHING, head ?? NOTHING];
  const [isNew, isRemoved] = [base === undefined, head === undefined];
  const changedEntriesOfStack = isKnown ? [] : changedEntries(before?.terraform, after?.terraform);
  const unreadable = distinct([...(head?.unreadable ?? []), ...(base?.unreadable ?? []), ...changedEntriesOfStack]);
  const state = stateOf(base, head);
  const adoptedParts = adoptedIn(head?.environment);
  const accessChanges = compareAccess(
    withoutEndedAccess(accessBefore, now),
    withoutEndedAccess(accessAfter, now),
    adoptedParts.hasServiceQuotasRole,
  );
  const access = isRemoved || !isKnown ? NO_CHANGES : dropUncertainLosses(accessChanges, unreadable);
  const leftBehind = base && isRemoved ? leftBehindBy(base) : undefined;
  const violations = [
    ...violationsOf(base ?? NOTHING, head ?? NOTHING),
    ...endedViolations(accessBefore, accessAfter, inSeconds(now), adoptedParts.roles),
  ];
  const verdict = mostSevere([
    "cosmetic",
    isRemoved && "left-behind", // whether a retired one was deployed, only its state knows
    isNew && "broadened", // even an empty one has a state that Terraform acts on
    unreadable.length > 0 && "unknown",
    ...[...access.roles, ...access.channels, ...state].map((change) => change.verdict),
    access.registrations.length > 0 && "settings",
    access.serviceQuotasRole?.verdict,
  ]);
  const { account } = head ? accessAfter : accessBefore;
  // Otherwise, Terraform would read another state, run another provider or act elsewhere.
  const isAsBefore =
    !isNew &&
    unreadable.length === 0 &&
    !state.some((stateChange) => stateChange.verdict === "unknown" && RETARGETING.has(stateChange.kind));
  return {
    ...{ environment: name, verdict, isNew, isRemoved, account, access, leftBehind, state, unreadable, violations },
    dropped: base && head && droppedBy(base, head),
    approved: digestOf([base, head].map((stack) => approvedForm(stack, unreadable))),
    plannable: isRemoved || violations.length > 0 ? "never" : isAsBefore ? "always" : "approved",
  };
}

/** What an environment imports: roles with their policies, by their names in Terraform, and the Service Quotas role. */
function adoptedIn(environment: Environment | undefined) {
  const accesses = environment?.accesses ?? [];
  const roles = accesses.filter(({ adopt, policy }) => adopt && policy !== "aws-managed");
  return {
    roles: new Set(roles.map(addressOfOwner)),
    hasServiceQuotasRole: accesses.some(({ serviceQuotasRole }) => serviceQuotasRole === "adopt"),
  };
}

function stateOf(base: Stack | undefined, head: Stack | undefined): StateChange[] {
  if (!head) return [];
  if (!base) return newState(head);
  const verdict = "unknown";
  return [
    ...stateChanges(base, head),
    ...readdressings(base.access, head.access),
    ...readdressedReadOnly(base.access, head.access).map(
      (role) => ({ kind: "read-only-address", verdict, role }) as const,
    ),
    ...formerReadOnlyTeams(base.access, head.access).map(
      (role) => ({ kind: "read-only-level", verdict, role }) as const,
    ),
  ];
}

/** What a removed environment leaves in the account. Undefined: nothing, if its retirement was deployed. */
function leftBehindBy({ environment, access, unreadable }: Stack): LeftBehind | undefined {
  if (environment?.retired && unreadable.length === 0) return undefined;
  return { roles: [...access.roles.values()].map(({ name }) => name), channels: access.channels };
}

/** What is in the code before, and no longer in the code after, in its account and region. */
function droppedBy(base: Stack, head: Stack): DroppedAccess | undefined {
  if (!base.environment || !head.environment) return undefined;
  const { account, region } = base.environment;
  const isElsewhere = account !== head.environment.account;
  const isMoved = isElsewhere || region !== head.environment.region;
  const keptRoles = new Set([...head.access.roles.values()].map(pathAndName));
  const channels = new Set(head.access.channels.map(channelIdentity));
  const dropped = {
    roles: [...base.access.roles.values()].filter((role) => isElsewhere || !keptRoles.has(pathAndName(role))),
    channels: base.access.channels.filter((channel) => isMoved || !channels.has(channelIdentity(channel))),
  };
  if (dropped.roles.length + dropped.channels.length === 0) return undefined;
  return { account, region, isMoved, roles: dropped.roles.map(({ name }) => name), channels: dropped.channels };
}

/** A channel's workspace and ID. */
export function channelIdentity({ workspace, channel }: ChannelAccess): string {
  return `${workspace} ${channel}`;
}

/** Access without what has ended. */
function withoutEndedAccess(access: EnvironmentAccess, now: Date): EnvironmentAccess {
  const time = inSeconds(new Date(now.getTime() - CLOCKS_DIFFER_MS));
  const roles = [...access.roles].map(
    ([name, role]) => [name, { ...role, permissions: statementsFrom(role.permissions, time) }] as const,
  );
  return { ...access, roles: new Map(roles) };
}

/** Whether two stacks have the same environment beside them. */
function isSameFile(base: SynthesizedStack | undefined, head: SynthesizedStack | undefined): boolean {
  return base === head || canonical(base?.environmentFile ?? null) === canonical(head?.environmentFile ?? null);
}

/** Whether two stacks are the same except for a right digest, which earlier versions didn't write. Most are the same text. */
function isSame(base: TerraformJson | undefined, head: TerraformJson | undefined): boolean {
  // Stryker disable next-line ConditionalExpression: without it, the comparison only takes longer
  if (base === head) return true;
  if (!base || !head) return false;
  return canonical(withoutDigest(base)) === canonical(withoutDigest(head));
}

function unchangedEnvironment(environment: string, terraform: TerraformJson | undefined): EnvironmentChange {
  const unreadable = terraform ? elsewhereInStack(terraform) : [];
  const verdict = unreadable.length > 0 ? "unknown" : "unchanged"; // what it reads elsewhere may have changed
  return {
    ...{ environment, verdict, isNew: false, isRemoved: false, access: NO_CHANGES, state: [], unreadable },
    violations: violationsOf(NOTHING, { access: NO_ACCESS, unreadable }),
    approved: null,
    plannable: "never",
  };
}

/** Leaves out what people lose if something can't be read: that may give it back. */
export function dropUncertainLosses(changes: AccessChanges, unreadable: readonly unknown[]): AccessChanges {
  if (unreadable.length === 0) return changes;
  const withoutLosses = <T extends { permissions: Difference; trust: Difference }>(roleChange: T): T => ({
    ...{
      ...roleChange,
      permissions: { ...roleChange.permissions, lost: [] },
      trust: { ...roleChange.trust, lost: [] },
    },
  });
  const nothingLost = { lost: [], shortened: undefined };
  return {
    ...changes,
    roles: changes.roles.map((role) => ({
      ...withoutLosses(role),
      capabilities: role.capabilities && { ...role.capabilities, ...nothingLost },
    })),
    channels: changes.channels.map((channel) => ({ ...withoutLosses(channel), ...nothingLost })),
  };
}

/** What was read, in normal form; if not everything could be read, all of the Terraform, and the role that plans it. */
function approvedForm(stack: Stack | undefined, unreadable: readonly Unreadable[]): unknown {
  const { planRole } = stack?.environment ?? {};
  if (!stack?.environment || unreadable.length > 0)
    return planRole === undefined ? (stack?.terraform ?? null) : [stack?.terraform, planRole];
  const { region, profile, deployRole, retired } = stack.environment;
  const adoptedNames = stack.environment.accesses.flatMap(({ adopt, serviceQuotasRole, ...owner }) => [
    ...(adopt ? [labelOfOwner(owner)] : []),
    ...(serviceQuotasRole === "adopt" ? ["service-quotas-role"] : []),
  ]);
  const surroundings = { region, profile, deployRole, planRole, retired, adopted: adoptedNames };
  return [normalizeAccess(stack.access), backendIn(stack.terraform), surroundings];
}
