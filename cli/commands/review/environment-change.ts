import { canonical } from "../../../common/canonical";
import { groupByKey } from "../../../common/group-by-key";
import { pathInWords } from "../../../common/problem";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../../modules/support-app/model/iam-names";
import { SERVICE_QUOTAS_ROLE_NAME } from "../../../modules/support-app/model/service-quotas-role";
import { addressOfOwner, type OwnedAccess } from "../../../modules/support-app/model/team";
import { inSeconds } from "../../../modules/support-app/model/until";
import { type Environment, withoutRetired } from "../../../stacks/environments/environment";
import { toEntry } from "../../../stacks/environments/environment-entry";
import { breachWords, ruleBreaches } from "../../../stacks/environments/rule-breaches";
import { parseRules, RULES_FILE, type Rules } from "../../../stacks/environments/rules/rules";
import type { RulesRecord } from "../../../stacks/environments/rules/rules-record";
import { statePlace } from "../../../stacks/environments/state-location";
import { readEnvironmentFile, type StackSource } from "../../../stacks/output/environment-file";
import { withoutDigest } from "../../terraform/entries";
import { changedPlaces, readStack, type Stack, type StackPlace } from "../../terraform/stack";
import type { Stacks, SynthesizedFolder, SynthesizedStack } from "../../terraform/synthesized-folder";
import { peopleChanges } from "./people-changes";
import { propertyChanges } from "./property-changes";
import type { EnvironmentChange, Note, SettingChange, UnprovenPlace } from "./review";

/** How long after its end access still counts: clocks differ. Source: IAM User Guide, signed requests are valid for up to 15 minutes. */
const CLOCKS_DIFFER_MS = 15 * 60 * 1000;

/**
 * What changes in every environment that either folder has, in the order of their names.
 *
 * @param now the time of the review: what has ended by then counts as none
 */
export function environmentChanges(base: SynthesizedFolder, head: SynthesizedFolder, now: Date): EnvironmentChange[] {
  const limit = inSeconds(new Date(now.getTime() - CLOCKS_DIFFER_MS));
  const sides = {
    rules: base.rules && recordedRules(base.rules),
    formerIn: environmentsByAccount(base.stacks),
    environmentsIn: environmentsByAccount(head.stacks),
  };
  return namesIn(base.stacks, head.stacks).flatMap((name) => {
    const [before, after] = [base.stacks.get(name), head.stacks.get(name)];
    return before && after && isSame(before, after) ? [] : [environmentChange(name, before, after, limit, sides)];
  });
}

/** What an environment's change is judged by beside its own stacks. */
interface Sides {
  readonly rules: Rules | undefined;
  /** The environments of an account, before and after the change. */
  readonly formerIn: (account: string) => readonly Environment[];
  readonly environmentsIn: (account: string) => readonly Environment[];
}

/** The environments of an account. All are read when one is asked for: few changes need it. */
function environmentsByAccount(stacks: Stacks): (account: string) => readonly Environment[] {
  let accounts: ReadonlyMap<string, readonly Environment[]> | undefined;
  return (account) => {
    accounts ??= groupByKey(
      [...stacks.keys()].flatMap((name) => sourceOf(name, stacks)?.environment ?? []),
      (environment) => environment.account,
    );
    return accounts.get(account) ?? [];
  };
}

function sourceOf(name: string, stacks: Stacks): StackSource | undefined {
  return readEnvironmentFile(name, stacks.get(name)?.environmentFile).source;
}

/** The names of all environments, sorted. */
export function namesIn(...sides: readonly Stacks[]): string[] {
  return [...new Set(sides.flatMap((stacks) => [...stacks.keys()]))].sort();
}

/** An environment that stays as it is, which only a plan is about. */
export function unchangedEnvironment(name: string, stack: SynthesizedStack): EnvironmentChange {
  const { source, unproven } = readStack(name, stack);
  const { account, region } = source?.environment ?? {};
  return {
    environment: name,
    kind: "unchanged",
    account,
    region,
    isPlannable: false,
    unproven: unproven.map((place) => ({ ...place, isUnchanged: true })),
    people: [],
    settings: [],
    notes: [],
    breaches: [],
  };
}

/** What changes in an environment. */
function environmentChange(
  name: string,
  before: SynthesizedStack | undefined,
  after: SynthesizedStack | undefined,
  now: string,
  { rules, formerIn, environmentsIn }: Sides,
): EnvironmentChange {
  const [base, head] = [before && readStack(name, before), after && readStack(name, after)];
  const [environmentBefore, environment] = [base?.source?.environment, head?.source?.environment];
  const { account, region } = environment ?? (head ? undefined : environmentBefore) ?? {};
  const unproven = unprovenPlaces(base, head);
  const kind = !base ? "new" : head ? "changed" : "removed";
  const identity = { environment: name, kind, account, region, unproven, isPlannable: false } as const;
  // Without an environment, nothing is known: the places that change say all there is. Without the former one, all is gained.
  if (!environment) {
    const notes = kind === "removed" && base ? [removalNote(base)] : [];
    return { ...identity, people: [], settings: [], notes, breaches: [] };
  }
  const isInPlace = environmentBefore && canonical(placeOf(environmentBefore)) === canonical(placeOf(environment));
  const former = isInPlace ? [environmentBefore] : formerIn(environment.account);
  const people = peopleChanges(former, environment, now);
  return {
    ...identity,
    people,
    settings: [
      ...propertyChanges(environmentBefore, environment, people, now),
      ...statePathChange(base?.source, head?.source),
    ],
    notes: [
      ...noteOfPlace(environmentBefore, environment),
      ...(isInPlace ? [] : sharedAccount(environment, environmentsIn(environment.account))),
      ...takeOvers(environmentBefore, environment, former),
    ],
    breaches: rules ? breachesOf(environment, rules, [environmentBefore, ...former]) : [],
    isPlannable:
      head?.unproven.length === 0 && base?.source !== undefined && targetOf(base.source) === targetOf(head?.source),
  };
}

/** Whether two stacks and their environments are the same, but for a right digest. Most are the same text. */
function isSame(before: SynthesizedStack, after: SynthesizedStack): boolean {
  const isSameTerraform =
    before.terraform === after.terraform ||
    canonical(withoutDigest(before.terraform)) === canonical(withoutDigest(after.terraform));
  return isSameTerraform && canonical(before.environmentFile ?? null) === canonical(after.environmentFile ?? null);
}

/** Where the stack isn't what the constructs write and, where one environment is unknown, all that changes. */
function unprovenPlaces(base: Stack | undefined, head: Stack | undefined): UnprovenPlace[] {
  const [before, after] = [base, head].map((stack) => stack?.unproven ?? []) as [
    readonly StackPlace[],
    readonly StackPlace[],
  ];
  if (!head) return before.map((place) => ({ ...place, isUnchanged: true }));
  const [keysBefore, keysAfter] = [before, after].map((places) => new Set(places.map(placeKey)));
  const isUnknown = [base, head].some((stack) => stack !== undefined && stack.source === undefined);
  const goneBefore = before.filter((place) => !keysAfter?.has(placeKey(place)));
  const changed = [
    ...(isUnknown ? changedPlaces(base?.terraform, head.terraform) : []),
    ...goneBefore.map(({ expected, actual, ...place }) => ({ ...place, expected: actual, actual: expected })),
  ];
  return [
    ...after.map((place) => ({ ...place, isUnchanged: keysBefore?.has(placeKey(place)) === true })),
    ...changed.map((place) => ({ ...place, isUnchanged: false })),
  ];
}

function placeKey({ address, attribute, actual, expected }: StackPlace): string {
  return canonical([address, attribute, actual, expected]);
}

/** Where a plan before the merge acts, with which credentials and roles, on which state. */
function targetOf({ environment, statePath }: Partial<StackSource> = {}): string {
  const { account, region, backend, profile, deployRole, planRole } = environment ?? {};
  return canonical([account, region, backend, profile, deployRole, planRole, statePath]);
}

/** The path of a local state, which environments.yaml doesn't say. */
function statePathChange(base: StackSource | undefined, head: StackSource | undefined): SettingChange[] {
  const [before, after] = [base?.statePath, head?.statePath];
  if (after === undefined || before === after) return [];
  const isNew = base === undefined;
  return [{ compared: "access", property: "path of the state", before, after, isNew, hasEnded: false }];
}

function removalNote({ source }: Stack): Note {
  const { accesses = [], channels = [], retired = false } = source?.environment ?? {};
  return {
    kind: "removed",
    roles: accesses.map((access) => iamNamesOf(access).roleName),
    channels: channels.map(({ name }) => name),
    wasRetired: retired,
  };
}

function noteOfPlace(before: Environment | undefined, after: Environment): Note[] {
  if (!before) return [];
  const isMoved = canonical(placeOf(before)) !== canonical(placeOf(after));
  return [
    ...(isMoved ? [{ kind: "moves" as const, before: placeOf(before), after: placeOf(after) }] : []),
    ...(before.retired === after.retired ? [] : [{ kind: "retired" as const, isRetired: after.retired }]),
  ];
}

function placeOf({ account, region }: Environment) {
  return { account, region };
}

/** Other environments in the account, which environments.yaml can't have. */
function sharedAccount({ name }: Environment, environments: readonly Environment[]): Note[] {
  const names = environments.map((environment) => environment.name).filter((otherName) => otherName !== name);
  return names.length === 0 ? [] : [{ kind: "shares-account", environments: names }];
}

/** What exists and comes under this code, with everybody who uses it. */
function takeOvers(before: Environment | undefined, after: Environment, former: readonly Environment[]): Note[] {
  const earlier = new Set(before ? imports(before).map(canonical) : []);
  const formerRoles = former
    .filter(({ name }) => name !== after.name)
    .flatMap((environment) =>
      withoutRetired(environment).accesses.map((access) => [roleArnOf(access), environment.name] as const),
    );
  return imports(after)
    .filter((target) => !earlier.has(canonical(target)))
    .map(({ arn, ...target }) => {
      const formerEnvironment = formerRoles.find(([role]) => arn.includes(role))?.[1];
      return { kind: "takes-over", ...target, ...(formerEnvironment !== undefined && { formerEnvironment }) };
    });
}

function imports(environment: Environment) {
  const { accesses, channels, account, region } = withoutRetired(environment);
  const rolesOf = (access: OwnedAccess) => [
    ...(access.adopt
      ? [
          {
            arn: [addressOfOwner(access), roleArnOf(access)],
            role: iamNamesOf(access).roleName,
            policy: access.policy === "aws-managed" ? undefined : policyArnOf(access),
          },
        ]
      : []),
    ...(access.serviceQuotasRole === "adopt" ? [{ arn: [account], role: SERVICE_QUOTAS_ROLE_NAME }] : []),
  ];
  return [
    ...accesses.flatMap(rolesOf),
    ...channels.flatMap(({ adopt, workspace, channel, name }) =>
      adopt ? [{ arn: [account, region, workspace, channel], channel: name, channelId: { workspace, channel } }] : [],
    ),
  ];
}

/** The rules of a record: what was allowed before. */
function recordedRules({ rules }: RulesRecord): Rules {
  return parseRules(JSON.stringify(rules), RULES_FILE);
}

/**
 * What the rules don't allow of an environment, each as a path and what was received and expected.
 *
 * @param former environments whose tiers it had: leaving a tier is no way around its rules
 */
function breachesOf(environment: Environment, rules: Rules, former: readonly (Environment | undefined)[]): string[] {
  const { name } = environment;
  const tiers = new Set([environment.tier, ...former.flatMap((formerEnvironment) => formerEnvironment?.tier ?? [])]);
  const breaches = [...tiers].flatMap((tier) =>
    ruleBreaches({ environments: { [name]: toEntry({ ...environment, tier }) } }, rules),
  );
  const sentences = breaches.map((breach) => {
    const place = pathInWords(breach.path.slice(2)) || "the environment";
    return `${place}: ${breachWords(breach, RULES_FILE)}`;
  });
  return [...new Set(sentences)];
}

/** The environments whose states are in one place, before or after the change. */
export function sharedStates(base: Stacks, head: Stacks): string[][] {
  const places = namesIn(base, head).flatMap((name) => {
    const files = new Set([base, head].map((stacks) => stacks.get(name)?.environmentFile)); // the same file is parsed once
    return [...files].flatMap((file) => {
      const { source } = readEnvironmentFile(name, file);
      return source ? [{ name, place: statePlace(source.environment, source.statePath) }] : [];
    });
  });
  const groups = [...groupByKey(places, ({ place }) => place).values()];
  return groups.map((group) => [...new Set(group.map(({ name }) => name))].sort()).filter(({ length }) => length > 1);
}
