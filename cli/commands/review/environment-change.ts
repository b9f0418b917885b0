import { SERVICE_QUOTAS_ROLE_ADDRESS } from "../../../modules/support-app/model/service-quotas-role";
import { inSeconds } from "../../../modules/support-app/model/until";
import { groupByKey } from "../../../stacks/group-by-key";
import type { Difference } from "../../iam/compare";
import { statementsFrom } from "../../iam/condition";
import { canonical, distinct } from "../../terminal/json";
import {
  type ChannelAccess,
  type EnvironmentAccess,
  NO_ACCESS,
  type RoleAccess,
  readAccess,
} from "../../terraform/access";
import {
  type AccessChanges,
  compareAccess,
  pathAndName,
  waitsForServiceQuotasRole,
} from "../../terraform/access-changes";
import { backendOf, readingElsewhere, readStack, type Stack, withoutDigest } from "../../terraform/stack";
import type { Stacks, Terraform } from "../../terraform/synthesized-folder";
import type { Unreadable } from "../../terraform/unreadable";
import { mostSevere, type Verdict } from "../../terraform/verdict";
import { digestOf, normalizeAccess } from "./approval-digest";
import {
  foreignMoves,
  isRetired,
  newState,
  readdressed,
  type StateChange,
  stateChanges,
  stateLocation,
} from "./state-changes";
import { endedViolations, READ_ONLY, readOnlyRoles, type Violation, violationsOf } from "./violations";

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
  readonly dropped?: Dropped;
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
export interface Dropped extends LeftBehind {
  /** Whether the environment's account or region changes, so that no deploy of the code removes it. */
  readonly isMoved: boolean;
  /** Undefined: any. */
  readonly account?: string;
  /** Undefined: whoever deploys decides. */
  readonly region?: string;
}

/** How long after its end access still counts: clocks differ. Source: IAM User Guide, signed requests are valid for up to 15 minutes. */
const CLOCKS_DIFFER_MS = 15 * 60 * 1000;

const RETARGETING = new Set<string>(["backend", "account", "provider", "provider-version"]);

const NO_CHANGES: AccessChanges = { roles: [], channels: [], registrations: [] };

/**
 * What changes in every environment that either folder has, in the order of their names.
 *
 * @param now the time of the review: a new end before it is forbidden, and ended access counts as none
 */
export function environmentChanges(base: Stacks, head: Stacks, now: Date): EnvironmentChange[] {
  const places = new Map<string | undefined, string[]>();
  const changes = [...new Set([...base.keys(), ...head.keys()])].sort().map((name) => {
    const [before, after] = [base.get(name), head.get(name)];
    // Also the state that it leaves: whoever has that would destroy what is in it.
    for (const place of new Set(after ? [after, before ?? {}].map((one) => stateLocation(backendOf(one), name)) : []))
      places.set(place, [...(places.get(place) ?? []), name]);
    return environmentChange(name, before, after, now);
  });
  const withRenames = withPossibleRenames(changes, base, head);
  return withStatesOfOthers(withWaitingOthers(withNamesOfOthers(withRenames), base, now), places);
}

/** Reports environments that may only have a new name: retiring them would take access away. */
function withPossibleRenames(changes: readonly EnvironmentChange[], base: Stacks, head: Stacks): EnvironmentChange[] {
  const removed = renameable(
    changes.filter(({ isRemoved }) => isRemoved),
    base,
  );
  const added = renameable(
    changes.filter(({ isNew }) => isNew),
    head,
  );
  const renames = [...removed].flatMap(([key, [from, ...others]]): PossibleRename[] => {
    const [to, ...more] = added.get(key) ?? [];
    if (!from || !to || others.length + more.length > 0) return []; // which of them is renamed, nobody knows
    return [{ from: from.name, to: to.name, isRemote: to.stack.backend?.type === "cloud" }];
  });
  return changes.map((change) => {
    const names = ({ from, to }: PossibleRename) => [from, to].includes(change.environment);
    return { ...change, possibleRename: renames.find(names) };
  });
}

/** Environments of which everything is known, by their account, region and access. */
function renameable(changes: readonly EnvironmentChange[], stacks: Stacks) {
  const sides = changes.flatMap(({ environment: name }) => {
    const { stack, access } = sideOf(stacks.get(name));
    const isKnown = stack?.provider.account !== undefined && access.unreadable.length === 0 && !isRetired(stack);
    return isKnown ? [{ name, stack, access }] : [];
  });
  return groupByKey(sides, ({ stack, access }) => canonical([stack.provider.region, normalizeAccess(access)]));
}

/** Forbids that an environment has its state where another one has its own: Terraform would destroy what that one has. */
function withStatesOfOthers(
  changes: readonly EnvironmentChange[],
  places: ReadonlyMap<string | undefined, readonly string[]>,
): EnvironmentChange[] {
  return changes.map((change) => {
    const placed = change.state.find((one) => one.kind === "backend");
    const place = placed && stateLocation(placed.after, change.environment);
    const other = place && places.get(place)?.find((name) => name !== change.environment);
    if (!other) return change;
    const violations: Violation[] = [...change.violations, { kind: "shared-state", environment: other }];
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
    const taken = access.roles.flatMap(({ after }): StateChange[] => {
      const other = after && account ? owners.get(keyOf(account, after)) : undefined;
      if (!after || other === undefined || other === environment) return [];
      return [{ kind: "name-of-other", verdict: "unknown", role: after.name, environment: other }];
    });
    if (taken.length === 0) return change;
    return { ...change, state: [...change.state, ...taken], verdict: mostSevere([change.verdict, "unknown"]) };
  });
}

/** Reports a Service Quotas role for which somebody in another environment of the account may have been waiting. */
function withWaitingOthers(changes: readonly EnvironmentChange[], base: Stacks, now: Date): EnvironmentChange[] {
  const isCreated = ({ access, state }: EnvironmentChange) =>
    access.serviceQuotasRole?.becomes === "managed" &&
    !access.serviceQuotasRole.isAwaited &&
    !state.some((change) => change.kind === "import" && change.to === SERVICE_QUOTAS_ROLE_ADDRESS);
  if (!changes.some(isCreated)) return [...changes];
  const waiting = new Set<string | undefined>();
  for (const name of base.keys()) {
    const { account, roles } = unexpired(sideOf(base.get(name)).access, now);
    if ([...roles.values()].some((role) => waitsForServiceQuotasRole(role, account))) waiting.add(account);
  }
  return changes.map((change) => {
    const { account, access, verdict } = change;
    // Without a fixed account, it may be the same one.
    const isAwaited = account === undefined ? waiting.size > 0 : waiting.has(account) || waiting.has(undefined);
    if (!isAwaited || !isCreated(change)) return change;
    const serviceQuotasRole = { verdict: "broadened", becomes: "managed", isAwaited } as const;
    return { ...change, access: { ...access, serviceQuotasRole }, verdict: mostSevere([verdict, "broadened"]) };
  });
}

/** An environment on one side of the change. */
interface Side {
  readonly terraform?: Terraform;
  readonly stack?: Stack;
  readonly access: EnvironmentAccess;
}

function sideOf(terraform: Terraform | undefined): Side {
  if (!terraform) return { access: NO_ACCESS };
  const stack = readStack(terraform);
  return { terraform, stack, access: readAccess(stack) };
}

function environmentChange(
  environment: string,
  before: Terraform | undefined,
  after: Terraform | undefined,
  now: Date,
): EnvironmentChange {
  if (isSame(before, after)) return unchanged(environment, after);
  const [base, head] = [sideOf(before), sideOf(after)];
  const [isNew, isRemoved] = [base.stack === undefined, head.stack === undefined];
  const moves = head.stack ? foreignMoves(base.stack, head.stack) : [];
  const unreadable = distinct([...head.access.unreadable, ...moves, ...base.access.unreadable]);
  const state = stateOf(base, head);
  const imports = head.stack?.imports ?? [];
  const isImported = imports.some(({ to }) => to === SERVICE_QUOTAS_ROLE_ADDRESS);
  const compared = compareAccess(unexpired(base.access, now), unexpired(head.access, now), isImported);
  const access = isRemoved ? NO_CHANGES : dropUncertainLosses(compared, unreadable);
  const leftBehind = isRemoved ? leftBehindBy(base) : undefined;
  const violations = [
    ...violationsOf(base.access, head.access, head.stack?.moves ?? []),
    ...endedViolations(base.access, head.access, inSeconds(now), imports),
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
  const { account } = (head.stack ?? base.stack)?.provider ?? {};
  // Otherwise, Terraform would read another state, run another provider or act elsewhere.
  const isAsBefore =
    !isNew && unreadable.length === 0 && !state.some((one) => one.verdict === "unknown" && RETARGETING.has(one.kind));
  return {
    ...{ environment, verdict, isNew, isRemoved, account, access, leftBehind, state, unreadable, violations },
    dropped: droppedBy(base, head),
    approved: digestOf([base, head].map((side) => approvedForm(side, unreadable))),
    plannable: isRemoved || violations.length > 0 ? "never" : isAsBefore ? "always" : "approved",
  };
}

function stateOf(base: Side, head: Side): StateChange[] {
  if (!head.stack) return [];
  if (!base.stack) return newState(head.stack);
  const isLeaving = base.access.roles.has(READ_ONLY) && !head.access.roles.has(READ_ONLY);
  const leaving = isLeaving ? readOnlyRoles(base.access, head.access, head.stack.moves) : [];
  return [
    ...stateChanges(base.stack, head.stack),
    ...readdressed(base.stack, head.stack),
    ...leaving.map(([, { name: role }]) => ({ kind: "read-only-address", verdict: "unknown", role }) as const),
  ];
}

/** What a removed environment leaves in the account. */
function leftBehindBy({ stack, access }: Side): LeftBehind | undefined {
  if (!stack || isRetired(stack)) return undefined;
  return { roles: [...access.roles.values()].map(({ name }) => name), channels: access.channels };
}

/** What is in the code before, and no longer in the code after, in its account and region. */
function droppedBy(base: Side, head: Side): Dropped | undefined {
  if (!base.stack || !head.stack) return undefined;
  const { account, region } = base.stack.provider;
  const isElsewhere = account !== head.stack.provider.account;
  const isMoved = isElsewhere || region !== head.stack.provider.region;
  const kept = new Set([...head.access.roles.values()].map(pathAndName));
  const channels = new Set(head.access.channels.map(channelId));
  const dropped = {
    roles: [...base.access.roles.values()].filter((role) => isElsewhere || !kept.has(pathAndName(role))),
    channels: base.access.channels.filter((channel) => isMoved || !channels.has(channelId(channel))),
  };
  if (dropped.roles.length + dropped.channels.length === 0) return undefined;
  return { account, region, isMoved, roles: dropped.roles.map(({ name }) => name), channels: dropped.channels };
}

/** A channel's workspace and ID. */
export function channelId({ workspace, channel }: ChannelAccess): string {
  return `${workspace} ${channel}`;
}

/** Access without what has ended. */
function unexpired(access: EnvironmentAccess, now: Date): EnvironmentAccess {
  const time = inSeconds(new Date(now.getTime() - CLOCKS_DIFFER_MS));
  const roles = [...access.roles].map(
    ([name, role]) => [name, { ...role, permissions: statementsFrom(role.permissions, time) }] as const,
  );
  return { ...access, roles: new Map(roles) };
}

/** Whether two stacks are the same except for a right digest, which earlier versions didn't write. Most are the same text. */
function isSame(base: Terraform | undefined, head: Terraform | undefined): boolean {
  // Stryker disable next-line ConditionalExpression: without it, the comparison only takes longer
  if (base === head) return true;
  if (!base || !head) return false;
  return canonical(withoutDigest(base)) === canonical(withoutDigest(head));
}

function unchanged(environment: string, terraform: Terraform | undefined): EnvironmentChange {
  const unreadable = terraform ? readingElsewhere(terraform) : [];
  const verdict = unreadable.length > 0 ? "unknown" : "unchanged"; // what it reads elsewhere may have changed
  return {
    ...{ environment, verdict, isNew: false, isRemoved: false, access: NO_CHANGES, state: [], unreadable },
    violations: violationsOf(NO_ACCESS, { ...NO_ACCESS, unreadable }, []),
    approved: null,
    plannable: "never",
  };
}

/** Leaves out what people lose if something can't be read: that may give it back. */
export function dropUncertainLosses(changes: AccessChanges, unreadable: readonly unknown[]): AccessChanges {
  if (unreadable.length === 0) return changes;
  const withoutLosses = <T extends { permissions: Difference; trust: Difference }>(one: T): T => ({
    ...{ ...one, permissions: { ...one.permissions, lost: [] }, trust: { ...one.trust, lost: [] } },
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

/** What was read, in normal form; if not everything could be read, all of the Terraform. */
function approvedForm({ terraform, stack, access }: Side, unreadable: readonly Unreadable[]): unknown {
  if (!stack) return null;
  if (unreadable.length > 0) return terraform;
  const { blocks: _, unreadable: __, ...around } = stack;
  return [normalizeAccess(access), around];
}
