import { claim } from "../modules/support-app/claim";
import { iamNamesOf, policyArnOf } from "../modules/support-app/iam-names";
import { notifyProblems } from "../modules/support-app/notify";
import { describe, type Problem, pathInWords } from "../modules/support-app/problem";
import { type ChannelInSet, channelSetProblems, MAX_ACCOUNTS } from "../modules/support-app/slack-channel";
import { workspaceSetProblems } from "../modules/support-app/slack-workspace";
import { ruleProblems, tagSetProblems } from "../modules/support-app/validation";
import { cloudWorkspace } from "./backend";
import { accessOf, keyOf, LEVELS, toProps } from "./environment";
import type { BackendEntry, Defaults, EnvironmentEntry } from "./environments-schema";
import { listed } from "./listed";

/** environments.yaml in which anything may be missing. An invalid value is `undefined`. */
export interface EnvironmentsDraft {
  readonly defaults?: Defaults;
  readonly environments?: Readonly<Record<string, EnvironmentDraft | undefined>>;
}

type EnvironmentDraft = Partial<EnvironmentEntry>;

/** An environment with its name. */
interface Named {
  readonly name: string;
  readonly entry: EnvironmentDraft;
}

/** A problem of how values fit together. */
export interface RuleProblem extends Problem {
  /** Set if environments that share the place have the same problem in different words, such as with their own account. */
  readonly rule?: string;
  /** The environment that inherits it from the defaults, if the path leads there. */
  readonly inheritedBy?: string;
  /** Set if environments have the same problem at different places: the same value for all of them. */
  readonly alike?: string;
}

/** Problems of how values fit together that are valid on their own. */
export function environmentsProblems({ defaults = {}, environments = {} }: EnvironmentsDraft): RuleProblem[] {
  const entries = Object.entries(environments).flatMap(([name, entry]) => (entry ? [{ name, entry }] : []));
  const accounts = new Map<string, Named>();
  const workspaces = new Map<string, string>();
  return [
    ...regionProblems(entries, defaults),
    ...crowdedChannelProblems(entries),
    ...entries.flatMap(({ name, entry }) => [
      ...accountProblems({ name, entry }, accounts),
      ...workspaceProblems(name, entry.backend ?? defaults.backend, workspaces),
      ...environmentProblems(name, entry, defaults),
      ...channelProblems(name, entry),
      ...LEVELS.flatMap((level) => tagProblems(name, entry, level, defaults)),
    ]),
  ];
}

/** One problem for all environments: a missing region most likely belongs in the defaults. */
function regionProblems(entries: readonly Named[], defaults: Defaults): Problem[] {
  if ("region" in defaults) return [];
  const names = entries.filter(({ entry }) => !("region" in entry)).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    {
      path: ["environments"],
      message: `received no region for ${listed(names)}, expected one. Set region in defaults, or in the environment.`,
    },
  ];
}

/** A channel in more accounts than AWS allows is a problem at each of its places. Retired environments don't count. */
function crowdedChannelProblems(entries: readonly Named[]): Problem[] {
  const places = new Map<string, { readonly name: string; readonly path: Problem["path"] }[]>();
  for (const { name, entry } of entries) {
    if (entry.retired) continue;
    for (const level of LEVELS) {
      for (const [index, { workspace, channel } = {}] of (entry[level]?.channels ?? []).entries()) {
        if (workspace === undefined || channel === undefined) continue;
        const key = `${channel} of ${workspace}`;
        const there = places.get(key) ?? [];
        places.set(key, there);
        there.push({ name, path: ["environments", name, level, "channels", index, "channel"] });
      }
    }
  }
  return [...places].flatMap(([channel, there]) => {
    const names = [...new Set(there.map(({ name }) => name))];
    const over = names.length - MAX_ACCOUNTS;
    if (over <= 0) return [];
    const message = `received ${channel} in ${names.length} accounts (${listed(names)}), expected it in at most ${MAX_ACCOUNTS}, the AWS limit for a channel. Remove it from ${over} of them, or use another channel there.`;
    return there.map(({ path }) => ({ path, message }));
  });
}

function accountProblems(own: Named, accounts: Map<string, Named>): Problem[] {
  const { account } = own.entry;
  const twin = account === undefined ? undefined : claim(accounts, account, own);
  if (twin === undefined) return [];
  const retired = [twin, own].find(({ entry }) => entry.retired === true);
  const instead =
    retired === undefined
      ? "An account is one environment, which can have both access levels."
      : `${retired.name} is retired: deploy it and remove it from the file first.`;
  return [
    {
      path: ["environments", own.name, "account"],
      message: `received ${describe(account)}, expected a unique account: ${twin.name} already has this one. ${instead}`,
    },
  ];
}

/** Two environments with one workspace would share a state. With other backends, their names keep them apart. */
function workspaceProblems(
  name: string,
  backend: BackendEntry | undefined,
  workspaces: Map<string, string>,
): Problem[] {
  if (backend?.type !== "cloud") return [];
  const workspace = cloudWorkspace(name, backend);
  const twin = claim(workspaces, [backend.hostname, backend.organization, workspace].join("/"), name);
  if (twin === undefined) return [];
  return [
    {
      path: ["environments", name, "backend", "workspace-prefix"],
      message: `received the workspace ${workspace}, expected a unique one: ${twin} already has this one. Set another workspace-prefix.`,
    },
  ];
}

/** Whether an environment is retired. An invalid value may mean that it is. */
export function isRetired(entry: EnvironmentDraft): boolean {
  return "retired" in entry && entry.retired !== false;
}

function environmentProblems(name: string, entry: EnvironmentDraft, defaults: Defaults): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const accesses = LEVELS.flatMap((level) => {
    const access = accessOf(level, entry, defaults);
    return access === undefined ? [] : [{ level, access }];
  });
  const add = (level: (typeof LEVELS)[number], [key, ...rest]: Problem["path"], message: string, rule?: string) => {
    const isInherited = !(String(key) in (entry[level] ?? {})) && String(key) in (defaults[level] ?? {});
    problems.push({
      path: [...(isInherited ? ["defaults"] : path), level, key as string, ...rest],
      message,
      rule,
      inheritedBy: isInherited ? name : undefined,
    });
  };
  const path = ["environments", name];
  const { account } = entry;
  if (!isRetired(entry) && !LEVELS.some((level) => level in entry)) {
    problems.push({
      path,
      message:
        "received no access level, expected read-only, full or both. Add `read-only: {}`, or `retired: true` to remove what was deployed.",
    });
  }
  const deployAccount = entry["deploy-role"]?.split(":")[4];
  if (deployAccount !== undefined && account !== undefined && deployAccount !== account) {
    problems.push({
      path: [...path, "deploy-role"],
      message: `received a role of the account ${deployAccount}, expected one of ${account}, which this environment deploys to.`,
      rule: "of the account",
    });
  }
  const names = new Map<string, string>();
  const ownPolicies = accesses
    .filter(({ access }) => access.policy !== "aws-managed")
    .map(({ level, access }) => policyArnOf(toProps(level, access, account)).toLowerCase());
  for (const { level, access } of accesses) {
    const props = toProps(level, access, account);
    for (const { path: inside, message } of ruleProblems(props, keyOf)) {
      const [property, ...rest] = inside;
      // The schema reports a missing or invalid account.
      if (property === "account") continue;
      // without is invalid, so it isn't known what is left out.
      if (property === "temporarily" && "without" in access && access.without === undefined) continue;
      const rule = property === "permissionsBoundary" ? "of the account" : undefined;
      add(level, [keyOf(String(property)), ...rest], message, rule);
    }
    if (ownPolicies.includes(String(access["permissions-boundary"]).toLowerCase())) {
      const received = describe(access["permissions-boundary"]);
      add(
        level,
        ["permissions-boundary"],
        `received ${received}, which this environment creates, expected a policy that somebody else manages: whoever deploys can rewrite this one.`,
      );
    }
    for (const [property, value] of Object.entries(iamNamesOf(props))) {
      if (value === undefined) continue;
      const key = keyOf(property);
      const twin = claim(names, `${key} ${value.toLowerCase()}`, level);
      if (twin === undefined) continue;
      add(
        level,
        [key],
        `received ${describe(value)}, expected a unique name: ${twin} already has this one, and IAM ignores case. Set another ${key}.`,
      );
    }
  }
  return problems;
}

function channelProblems(name: string, entry: EnvironmentDraft): Problem[] {
  const problems: Problem[] = [];
  const path = ["environments", name];
  const registered = entry["slack-workspaces"] ?? [];
  const channels: (ChannelInSet & { path: Problem["path"] })[] = [];
  for (const level of LEVELS) {
    for (const [index, channel] of (entry[level]?.channels ?? []).entries()) {
      const inside = [level, "channels", index];
      // An invalid channel counts, too: it is meant to be one.
      const { workspace, channel: id, notify = {} } = channel ?? {};
      channels.push({ workspace, channel: id, label: pathInWords(inside), path: [...path, ...inside] });
      problems.push(...under([...path, ...inside, "notify"], notifyProblems(notify)));
    }
  }
  for (const {
    path: [index, ...inside],
    message,
  } of channelSetProblems(channels, registered)) {
    const { path: place } = channels[Number(index)] as (typeof channels)[number];
    problems.push({ path: [...place, ...inside], message });
  }
  const labelled = registered.map((workspace, index) => ({ workspace, label: `slack-workspaces[${index}]` }));
  return [...problems, ...under([...path, "slack-workspaces"], workspaceSetProblems(labelled))];
}

function under(path: Problem["path"], problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
}

/** Tags add up. A problem of the sum is reported at the first layer that causes it. */
function tagProblems(
  name: string,
  entry: EnvironmentDraft,
  level: (typeof LEVELS)[number],
  defaults: Defaults,
): Problem[] {
  const layers = [
    { path: ["defaults", "tags"], tags: defaults.tags },
    { path: ["defaults", level, "tags"], tags: entry[level] && defaults[level]?.tags },
    { path: ["environments", name, "tags"], tags: entry.tags },
    { path: ["environments", name, level, "tags"], tags: entry[level]?.tags },
  ];
  let sum: Record<string, string> = {};
  for (const { path, tags } of layers) {
    sum = { ...sum, ...tags };
    const problems = tagSetProblems(sum);
    if (problems.length > 0) return problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
  }
  return [];
}
