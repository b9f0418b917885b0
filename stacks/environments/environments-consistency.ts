import { duplicateOf } from "../../common/duplicate-of";
import { formatList } from "../../common/format-list";
import { groupByKey } from "../../common/group-by-key";
import { describe, type Problem, pathInWords } from "../../common/problem";
import { problemOf } from "../../modules/support-app/conflict-words";
import { accessConflicts, tagSetConflicts } from "../../modules/support-app/model/access-consistency";
import { LEVELS } from "../../modules/support-app/model/access-level";
import { channelSetConflicts, workspaceSetConflicts } from "../../modules/support-app/model/channel-set";
import { type Conflict, conflictsInside } from "../../modules/support-app/model/conflict";
import { iamNamesOf, policyArnOf } from "../../modules/support-app/model/iam-names";
import { MAX_ACCOUNTS } from "../../modules/support-app/model/limits";
import { notifyConflicts } from "../../modules/support-app/model/notify";
import { keyOf } from "../../modules/support-app/model/properties";
import { managesServiceQuotasRole, serviceQuotasModeOf } from "../../modules/support-app/model/service-quotas-role";
import { labelOfOwner } from "../../modules/support-app/model/team";
import type { BackendEntry, ChannelEntry } from "./environment";
import {
  accessEntryOf,
  type LevelEntry,
  ownersIn,
  pathOfKey,
  ROLE_KEYS,
  roleOf,
  tagLayers,
  toProps,
} from "./environment-entry";
import type { Defaults, EnvironmentEntry } from "./environments-schema";
import { cloudOrganization, cloudWorkspace } from "./state-location";
import type { FileProblem } from "./yaml/problem-lines";

/** environments.yaml in which anything may be missing. An invalid value is `undefined`. */
export interface EnvironmentsDraft {
  readonly defaults?: Defaults;
  readonly environments?: Readonly<Record<string, Partial<EnvironmentEntry> | undefined>>;
}

/** An environment with its name. */
type NamedEntry = Pick<LevelEntry, "name" | "entry">;

/** Reports a problem. */
type Add = (path: Problem["path"], message: string) => void;

/** Problems of how values fit together that are valid on their own. */
export function environmentsProblems({ defaults = {}, environments = {} }: EnvironmentsDraft): FileProblem[] {
  const problems: FileProblem[] = [];
  const addFor =
    (name?: string): Add =>
    (path, message) =>
      problems.push({ path, message, inheritedBy: path[0] === "defaults" ? name : undefined });
  const entries = Object.entries(environments).flatMap(([name, entry]) => (entry ? [{ name, entry }] : []));
  const accounts = new Map<string, string>();
  const workspaces = new Map<string, string>();
  const buckets: Buckets = new Map();
  checkCrowdedChannels(entries, addFor());
  for (const namedEntry of entries) {
    const add = addFor(namedEntry.name);
    checkAccount(namedEntry, accounts, add);
    checkWorkspace(namedEntry, defaults, workspaces, add);
    checkBucket(namedEntry, defaults, buckets, add);
    checkEnvironment(namedEntry, defaults, add);
    checkAccesses(namedEntry, defaults, add);
    checkChannels(namedEntry, add);
    for (const owner of ownersIn(namedEntry.entry)) checkTags({ ...namedEntry, owner, defaults }, add);
  }
  return problems;
}

/** A channel in more accounts than AWS allows is reported in the first one. Retired environments don't count. */
function checkCrowdedChannels(entries: readonly NamedEntry[], add: Add): void {
  const channelPlaces = entries.filter(({ entry }) => !entry.retired).flatMap(channelsOf);
  const knownChannels = channelPlaces.filter(
    ({ channel }) => channel?.workspace !== undefined && channel.channel !== undefined,
  );
  for (const [key, places] of groupByKey(
    knownChannels,
    ({ channel }) => `${channel?.channel} of ${channel?.workspace}`,
  )) {
    const names = [...new Set(places.map(({ path }) => String(path[1])))];
    const excess = names.length - MAX_ACCOUNTS;
    if (excess <= 0) continue;
    const message = `received ${key} in ${names.length} accounts (${formatList(names)}), expected it in at most ${MAX_ACCOUNTS}, the AWS limit for a channel. Remove it from ${excess} of them, or use another channel there.`;
    add([...places[0].path, "channel"], message);
  }
}

/** The channels of an environment, each with its path; also of a team whose level is invalid. */
function channelsOf({ name, entry }: NamedEntry) {
  const { teams = {} } = entry;
  const accesses = [
    ...LEVELS.map((level) => [[level], entry[level]] as const),
    ...Object.entries(teams as Partial<typeof teams>).map(([team, teamEntry]) => [["teams", team], teamEntry] as const),
  ];
  return accesses.flatMap(([steps, access]) =>
    (access?.channels ?? []).map((channel, index) => ({
      path: ["environments", name, ...steps, "channels", index],
      channel: channel as Partial<ChannelEntry> | undefined,
    })),
  );
}

function checkAccount(namedEntry: NamedEntry, accounts: Map<string, string>, add: Add): void {
  const { account } = namedEntry.entry;
  const twin = account === undefined ? undefined : duplicateOf(accounts, account, namedEntry.name);
  if (twin === undefined) return;
  const message = `received ${describe(account)}, expected a unique account: ${twin} already has this one. An account is one environment, which can have both access levels and teams. Deploy a retired one and remove it from the file first.`;
  add(["environments", namedEntry.name, "account"], message);
}

/** Two environments with one workspace would share a state. With other backends, their names keep them apart. */
function checkWorkspace(
  { name, entry }: NamedEntry,
  defaults: Defaults,
  workspaces: Map<string, string>,
  add: Add,
): void {
  const backend = entry.backend ?? defaults.backend;
  if (backend?.type !== "cloud") return;
  const workspace = cloudWorkspace(name, backend);
  const twin = duplicateOf(workspaces, `${cloudOrganization(backend)}/${workspace}`, name);
  if (twin === undefined) return;
  const message = `received the workspace ${workspace}, expected a unique one: ${twin} already has this one. Set another workspace-prefix.`;
  add(["environments", name, "backend", "workspace-prefix"], message);
}

/** Each bucket as the first environment has it that names it. */
type Buckets = Map<string, { readonly name: string; readonly backend: Partial<BackendEntry & { type: "s3" }> }>;

/** A bucket is in one region of one account. */
function checkBucket(namedEntry: NamedEntry, defaults: Defaults, buckets: Buckets, add: Add): void {
  const { name, entry } = namedEntry;
  const backend: Partial<BackendEntry> | undefined = entry.backend ?? defaults.backend;
  if (backend?.type !== "s3" || backend.bucket === undefined) return;
  const first = buckets.get(backend.bucket);
  if (first === undefined) {
    buckets.set(backend.bucket, { name, backend });
    return;
  }
  for (const key of ["region", "bucket-account"] as const) {
    const [received, expected] = [backend[key], first.backend[key]];
    const isInvalid = [backend, first.backend].some((draft) => key in draft && draft[key] === undefined);
    if (received === expected || isInvalid) continue;
    const message = `received ${describe(received)}, expected ${describe(expected)}, as ${first.name} has it: both keep their state in the bucket ${backend.bucket}. Set the same ${key} in both, or use another bucket.`;
    add(pathOfKey({ ...namedEntry, defaults }, "backend", key), message);
  }
}

function checkEnvironment({ name, entry }: NamedEntry, defaults: Defaults, add: Add): void {
  const path = ["environments", name];
  const { account } = entry;
  if (!("region" in entry || "region" in defaults))
    add(path, "received no region, expected one. Set region in defaults, or in the environment.");
  const isRetired = "retired" in entry && entry.retired !== false; // an invalid value may mean that it is
  if (!isRetired && ![...LEVELS, "teams"].some((key) => key in entry)) {
    const expected =
      "at least one of read-only, full and teams. Add `read-only: {}`, or `retired: true` to remove what was deployed";
    add(path, `received no access level, expected ${expected}.`);
  }
  for (const key of ROLE_KEYS) {
    const roleAccount = (key in entry ? roleOf(key, entry, defaults) : undefined)?.arn.split(":")[4];
    if (roleAccount === undefined || account === undefined || roleAccount === account) continue;
    const message = `received a role of the account ${roleAccount}, expected one of ${account}, which this environment deploys to.`;
    add([...path, key], message);
  }
  const [deployer, reader] = ROLE_KEYS.map((key) => roleOf(key, entry, defaults)?.arn.split("/").at(-1)?.toLowerCase());
  if (reader === undefined || reader !== deployer) return;
  add(
    pathOfKey({ name, entry, defaults }, "plan-role"),
    "received the role of deploy-role, expected another one, which can only read: IAM ignores paths and case in names.",
  );
}

function checkAccesses({ name, entry }: NamedEntry, defaults: Defaults, add: Add): void {
  const accesses = ownersIn(entry).flatMap((owner) => {
    const access = accessEntryOf(owner, entry, defaults);
    return access === undefined ? [] : [{ owner, access, props: toProps(owner, access, entry.account) }];
  });
  const ownPolicies = accesses
    .filter(({ access }) => access.policy !== "aws-managed")
    .map(({ props }) => policyArnOf(props).toLowerCase());
  const names = new Map<string, string>(
    ROLE_KEYS.flatMap((key) => {
      const name = roleOf(key, entry, defaults)?.arn.split("/").at(-1);
      return name === undefined ? [] : [[`role-name ${name.toLowerCase()}`, key] as const];
    }),
  );
  let linkedRoleOwner: string | undefined;
  for (const { owner, access, props } of accesses) {
    const label = labelOfOwner(owner);
    const addOfKey = (key: string, message: string, ...subpath: Problem["path"]) =>
      add(pathOfKey({ name, owner, entry, defaults }, key, ...subpath), message);
    for (const conflict of accessConflicts(props)) {
      const { path, message } = problemOf(conflict, { nameOf: keyOf });
      const [property, ...subpath] = path;
      // The schema reports a missing or invalid account.
      if (property === "account") continue;
      // without is invalid, so it isn't known what is left out.
      if (property === "temporarily" && "without" in access && access.without === undefined) continue;
      addOfKey(keyOf(String(property)), message, ...subpath);
    }
    const boundary = access["permissions-boundary"];
    if (ownPolicies.includes(String(boundary).toLowerCase())) {
      const message = `received ${describe(boundary)}, which this environment creates, expected a policy that somebody else manages: whoever deploys can rewrite this one.`;
      addOfKey("permissions-boundary", message);
    }
    for (const [property, value] of Object.entries(iamNamesOf(props))) {
      const key = keyOf(property);
      const twin = value === undefined ? undefined : duplicateOf(names, `${key} ${value.toLowerCase()}`, label);
      if (twin === undefined) continue;
      const message = `received ${describe(value)}, expected a unique name: ${twin} already has this one, and IAM ignores case. Set another ${key}.`;
      addOfKey(key, message);
    }
    const mode = serviceQuotasModeOf(props);
    if (!managesServiceQuotasRole(mode)) continue;
    if (linkedRoleOwner !== undefined) {
      const message = `received ${describe(mode)}, expected existing or on-demand: ${linkedRoleOwner} already manages the Service Quotas role, of which an account has one. Set service-quotas-role: existing for ${label}.`;
      addOfKey("service-quotas-role", message);
    }
    linkedRoleOwner ??= label;
  }
}

function checkChannels(namedEntry: NamedEntry, add: Add): void {
  const registeredWorkspaces = namedEntry.entry["slack-workspaces"] ?? [];
  // An invalid channel counts, too: it is meant to be one.
  const channels = channelsOf(namedEntry).map(({ path, channel = {} }) => ({ ...channel, path }));
  for (const { path, notify = {} } of channels) checkNotify(notify, [...path, "notify"], add);
  const placedConflicts = channelSetConflicts(channels, registeredWorkspaces).map((conflict) => {
    const [index, ...subpath] = conflict.path;
    return { ...conflict, path: [...(channels[Number(index)]?.path ?? []), ...subpath] };
  });
  addConflicts(add, placedConflicts, (index) => pathInWords(channels[index]?.path.slice(2) ?? []));
  const path = ["environments", namedEntry.name, "slack-workspaces"];
  const labelOf = (index: number) => `slack-workspaces[${index}]`;
  addConflicts(add, conflictsInside(path, workspaceSetConflicts(registeredWorkspaces)), labelOf);
}

function checkNotify(notify: Partial<NonNullable<ChannelEntry["notify"]>>, path: Problem["path"], add: Add): void {
  addConflicts(add, conflictsInside(path, notifyConflicts(notify)));
}

function addConflicts(add: Add, conflicts: readonly Conflict[], labelOf?: (index: number) => string): void {
  for (const conflict of conflicts) {
    const { path, message } = problemOf(conflict, { nameOf: keyOf, labelOf });
    add(path, message);
  }
}

/** Tags add up. A problem of the sum is reported at the first layer that causes it. */
function checkTags(level: LevelEntry, add: Add): void {
  let sum: Record<string, string> = {};
  for (const { path, tags } of tagLayers(level)) {
    sum = { ...sum, ...tags };
    const conflicts = conflictsInside(path, tagSetConflicts(sum));
    addConflicts(add, conflicts);
    if (conflicts.length > 0) return;
  }
}
