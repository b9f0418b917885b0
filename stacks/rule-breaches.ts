import type { AccessLevel } from "../modules/support-app/access-level";
import { type Capability, OPTIONAL_CAPABILITIES } from "../modules/support-app/capability";
import { grantsOf } from "../modules/support-app/grant";
import { describe, oneOf, type Problem, pathInWords } from "../modules/support-app/problem";
import { endOf } from "../modules/support-app/until";
import { counted } from "./counted";
import { accessOf, LEVELS, toProps } from "./environment";
import { type EnvironmentsDraft, isRetired, type RuleProblem } from "./environments-rules";
import type { AccessEntry, ChannelEntry, Defaults, EnvironmentEntry } from "./environments-schema";
import { oneOfNames } from "./listed";
import { RULES_FILE, type Rules, rulesOfTier } from "./rules";
import type { RuleSet } from "./rules-schema";
import { suggestion } from "./suggestion";
import { placeInFile } from "./yaml-source";

type Path = Problem["path"];
type Draft = Partial<EnvironmentEntry>;

/** An environment that is judged, and the rules that apply to it. */
interface Judged {
  readonly name: string;
  readonly entry: Draft;
  readonly defaults: Defaults;
  readonly rules: RuleSet;
  /** Reports a broken rule. */
  readonly add: (breach: Breach) => void;
  /** Ends a sentence with the rule and its place. */
  readonly says: (...key: Path) => string;
}

/** A rule that an environment breaks. */
interface Breach {
  /** The rule's path within its rules. */
  readonly rule: Path;
  /** Where the environment breaks it. */
  readonly path: Path;
  readonly isInherited?: boolean;
  readonly message: string;
}

/** An access level that is judged. */
interface JudgedLevel {
  readonly level: AccessLevel;
  readonly access: AccessEntry;
  /** The place of a key: in the environment, in the defaults or, if neither has it, the level. */
  readonly at: (key: keyof AccessEntry, ...inside: Path) => Pick<Breach, "path" | "isInherited">;
}

/**
 * What rules.yaml doesn't allow. For a retired environment, only its tier is checked.
 *
 * @param rules undefined: there is no rules.yaml
 * @param now the time from which ends are counted. What is valid stays valid as time passes
 */
export function ruleBreaches(
  { defaults = {}, environments = {} }: EnvironmentsDraft,
  rules: Rules | undefined,
  now = new Date(),
): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const places = new Map<string, string>();
  const placeOf = (path: Path): string => {
    const key = pathInWords(path);
    const known = places.get(key) ?? (rules && `${key} in ${placeInFile(rules.file, rules.source.locate(path))}`);
    places.set(key, known ?? "");
    return known ?? "";
  };
  for (const [name, entry] of Object.entries(environments)) {
    if (entry === undefined) continue;
    problems.push(...tierProblems(name, entry, rules, placeOf));
    if (rules === undefined || isRetired(entry)) continue;
    for (const placed of rulesOfTier(rules.value, entry.tier)) {
      const add = ({ rule, path, isInherited, message }: Breach) =>
        problems.push({
          path,
          message,
          inheritedBy: isInherited ? name : undefined,
          rule: JSON.stringify([...placed.path, ...rule]),
          alike: isInherited ? undefined : JSON.stringify([placed.path, rule, path.slice(2), withoutAccount(message)]),
        });
      const says = (...key: Path) => `as ${placeOf([...placed.path, ...key])} says`;
      judge({ name, entry, defaults, rules: placed.rules, add, says }, now);
    }
  }
  return problems;
}

function withoutAccount(message: string): string {
  return message.replace(/::\d{12}:/g, "::");
}

/** If rules.yaml has tiers, every environment needs one: leaving it out is no way around their rules. */
function tierProblems(
  name: string,
  entry: Draft,
  rules: Rules | undefined,
  placeOf: (path: Path) => string,
): RuleProblem[] {
  const path = ["environments", name];
  const problem = (isMissing: boolean, message: string): RuleProblem[] => [
    { path: isMissing ? path : [...path, "tier"], message, alike: JSON.stringify(["tier", message]) },
  ];
  const { tier } = entry;
  const tiers = rules?.value.tiers;
  if (tiers === undefined) {
    if (tier === undefined) return [];
    const where =
      rules === undefined ? `there is no ${RULES_FILE} beside this file that has tiers` : `${rules.file} has no tiers`;
    return problem(false, `received ${describe(tier)}, expected no tier: ${where}. Add it there, or remove tier.`);
  }
  const names = Object.keys(tiers);
  const expected = `expected ${oneOfNames(names, "tiers")}, as ${placeOf(["tiers"])} says`;
  if (!("tier" in entry)) return problem(true, `received no tier, ${expected}. Add tier.`);
  if (tier === undefined || names.includes(tier)) return [];
  return problem(false, `received ${describe(tier)}, ${expected}${suggestion(tier, names) || "."}`);
}

function judge(judged: Judged, now: Date): void {
  const { name, entry, defaults, rules } = judged;
  for (const level of LEVELS) {
    const access = accessOf(level, entry, defaults);
    if (access === undefined) continue;
    const at: JudgedLevel["at"] = (key, ...inside) => {
      const own = ["environments", name, level];
      if (key in (entry[level] ?? {})) return { path: [...own, key, ...inside] };
      return key in (defaults[level] ?? {})
        ? { path: ["defaults", level, key, ...inside], isInherited: true }
        : { path: own };
    };
    const judgedLevel = { level, access, at };
    judgeLevel(judged, level);
    judgeCapabilities(judged, judgedLevel);
    judgeEnds(judged, judgedLevel, now);
    judgePolicy(judged, judgedLevel);
    judgeBoundary(judged, judgedLevel);
    judgePath(judged, judgedLevel);
    judgeTags(judged, level);
    for (const [index, channel] of (entry[level]?.channels ?? []).entries()) {
      // The schema reports an invalid channel.
      if (channel) judgeChannel(judged, channel, ["environments", name, level, "channels", index]);
    }
  }
  const allowed = rules["slack-workspaces"];
  for (const [index, workspace] of (entry["slack-workspaces"] ?? []).entries()) {
    judgeWorkspace(judged, workspace, allowed, ["environments", name, "slack-workspaces", index]);
  }
}

function judgeLevel({ name, rules, add, says }: Judged, level: AccessLevel): void {
  const allowed = rules["access-levels"];
  if (allowed === undefined || allowed.includes(level)) return;
  const rule = ["access-levels"];
  add({
    rule,
    path: ["environments", name, level],
    message: `received ${level}, expected ${allowed.length === 0 ? "no access level" : `only ${allowed.join(", ")}`}, ${says(...rule)}. Remove ${level}.`,
  });
}

/** Judges the resulting access: what isn't left out, and what ends. */
function judgeCapabilities({ rules, add, says }: Judged, { level, access, at }: JudgedLevel): void {
  const { capabilities, temporarily } = rules;
  const deciding = ["without", "until", "temporarily", "policy"] as const;
  const temporary = access.temporarily ?? [];
  const isKnown =
    deciding.every((key) => !(key in access) || access[key] !== undefined) &&
    !(access.without ?? []).includes(undefined as never) &&
    temporary.every((one) => one?.capability !== undefined && one.until !== undefined);
  if (!isKnown) return; // the schema reports invalid values
  const isManaged = access.policy === "aws-managed";
  const [lasting] = grantsOf(isManaged ? { access: level } : toProps(level, access));
  const mayEnd = (one: Capability) => capabilities === undefined || capabilities.includes(one) || isTemporary(one);
  const isTemporary = (one: Capability) => temporarily?.includes(one) === true;
  const allowed = allowedWords(capabilities ?? [], temporarily ?? []);

  const given = lasting?.capabilities ?? [];
  const refused = given.filter((one) => !mayEnd(one));
  const endless = lasting?.end === undefined ? given.filter(isTemporary) : [];
  const place = at(isManaged ? "policy" : "without");
  if (refused.length > 0) {
    const rule = ["capabilities"];
    add({
      rule,
      ...place,
      message: `received ${refused.join(", ")}, expected ${allowed}, ${says(...rule)}. ${leavingOut(level, refused, isManaged)}.`,
    });
  }
  if (endless.length > 0) {
    const rule = ["temporarily"];
    const end = isManaged
      ? "Set policy to customer-managed, and then until"
      : endless.every(isOptional)
        ? `Add ${pronoun(endless)} to without and to temporarily, or set until`
        : "Set until";
    add({
      rule,
      ...place,
      message: `received ${endless.join(", ")} without an end, expected an end, ${says(...rule)}. ${end}.`,
    });
  }
  for (const [index, { capability }] of temporary.entries()) {
    if (mayEnd(capability)) continue;
    const rule = ["capabilities"];
    add({
      rule,
      ...at("temporarily", index, "capability"),
      message: `received ${describe(capability)}, expected ${allowed}, ${says(...rule)}. Remove it from temporarily.`,
    });
  }
}

/** The capabilities that may be given, in words. */
function allowedWords(capabilities: readonly string[], temporarily: readonly string[]): string {
  const ending = temporarily.length === 0 ? [] : [`${temporarily.join(", ")} with an end`];
  const all = [...(capabilities.length === 0 ? [] : [capabilities.join(", ")]), ...ending];
  return all.length === 0 ? "no capability" : `only ${all.join(", and ")}`;
}

function leavingOut(level: AccessLevel, refused: readonly Capability[], isManaged: boolean): string {
  if (!refused.every(isOptional)) return `Remove ${level}`;
  return `${isManaged ? "Set policy to customer-managed, and add" : "Add"} ${pronoun(refused)} to without`;
}

function pronoun(all: readonly unknown[]): string {
  return all.length === 1 ? "it" : "them";
}

function isOptional(capability: Capability): boolean {
  return (OPTIONAL_CAPABILITIES as readonly Capability[]).includes(capability);
}

/** The latest end is that of the day so many days after today, in UTC. */
function judgeEnds({ rules, add, says }: Judged, { access, at }: JudgedLevel, now: Date): void {
  const days = rules.longest?.days;
  if (days === undefined) return;
  const last = new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, "2026-12-31".length);
  const ends = [
    { until: access.until, place: at("until") },
    ...(access.temporarily ?? []).map((one, index) => ({
      until: one?.until,
      place: at("temporarily", index, "until"),
    })),
  ];
  for (const { until, place } of ends) {
    if (until === undefined || endOf(until) <= endOf(last)) continue;
    const rule = ["longest", "days"];
    add({
      rule,
      ...place,
      message: `received ${describe(until)}, expected an end by ${last}, ${counted(days, "day")} from today, ${says(...rule)}. Set an earlier one.`,
    });
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

function judgePolicy({ rules, add, says }: Judged, { access, at }: JudgedLevel): void {
  if (rules.policy === undefined || access.policy !== "aws-managed") return;
  const rule = ["policy"];
  add({
    rule,
    ...at("policy"),
    message: `received "aws-managed", expected ${rules.policy}, ${says(...rule)}. Remove policy, or set it to ${rules.policy}.`,
  });
}

function judgeBoundary({ entry, rules, add, says }: Judged, { access, at }: JudgedLevel): void {
  const wanted = rules["permissions-boundary"];
  const { account } = entry;
  const key = "permissions-boundary";
  if (wanted === undefined || account === undefined || (key in access && access[key] === undefined)) return;
  const isAws = wanted.startsWith("arn:");
  const arn = isAws ? wanted : `arn:aws:iam::${account}:${wanted}`;
  if (access[key] === arn) return;
  const rule = [key];
  // Reported once for many environments, each with its own account.
  const instead = isAws
    ? `Set ${key}: ${arn}.`
    : `Set ${key} to that policy of the environment's own account, such as ${arn}.`;
  add({
    rule,
    ...at(key),
    message: `received ${access[key] === undefined ? "no permissions boundary" : describe(access[key])}, expected ${wanted}, ${says(...rule)}. ${instead}`,
  });
}

function judgePath({ rules, add, says }: Judged, { access, at }: JudgedLevel): void {
  if (rules.path === undefined || ("path" in access && access.path === undefined)) return;
  const path = access.path ?? "/";
  if (path === rules.path) return;
  const rule = ["path"];
  add({
    rule,
    ...at("path"),
    message: `received ${describe(path)}, expected ${describe(rules.path)}, ${says(...rule)}. Set path to it.`,
  });
}

/** Tags add up: the nearest layer that has a tag decides. */
function judgeTags({ name, entry, defaults, rules, add, says }: Judged, level: AccessLevel): void {
  const layers = [
    { path: ["environments", name, level, "tags"], tags: entry[level]?.tags },
    { path: ["environments", name, "tags"], tags: entry.tags },
    { path: ["defaults", level, "tags"], tags: defaults[level]?.tags, isInherited: true },
    { path: ["defaults", "tags"], tags: defaults.tags, isInherited: true },
  ];
  // The schema reports invalid tags.
  if ([entry[level], entry, defaults[level], defaults].some((one) => one && "tags" in one && one.tags === undefined))
    return;
  for (const [key, { values }] of Object.entries(rules.tags ?? {})) {
    const layer = layers.find(({ tags }) => tags !== undefined && Object.hasOwn(tags, key));
    const value = layer?.tags?.[key];
    const rule = ["tags", key];
    const expected = values === undefined ? "a value" : oneOf(values.map((one) => describe(one)));
    if (layer === undefined) {
      const message = `received no tag ${describe(key)}, expected it with ${expected}, ${says(...rule)}. Add it to tags.`;
      add({ rule, path: ["environments", name, level], message });
    } else if (value !== undefined && !(values === undefined ? value.trim() !== "" : values.includes(value))) {
      const message = `received ${describe(value)}, expected ${values === undefined ? "a value that isn't blank" : expected}, ${says(...rule)}.`;
      add({ rule, path: [...layer.path, key], isInherited: layer.isInherited, message });
    }
  }
}

function judgeChannel(judged: Judged, { workspace, members }: Partial<ChannelEntry>, path: Path): void {
  const { rules, add, says } = judged;
  judgeWorkspace(judged, workspace, rules["slack-workspaces"], [...path, "workspace"]);
  const [most, own] = [rules.members?.["at-most"], members?.["at-most"]];
  if (most === undefined || own === undefined || own <= most) return;
  const rule = ["members", "at-most"];
  add({
    rule,
    path: [...path, "members", "at-most"],
    message: `received the number ${own}, expected at most ${most}, ${says(...rule)}. Remove members, or set fewer.`,
  });
}

function judgeWorkspace(
  { add, says }: Judged,
  workspace: string | undefined,
  allowed: readonly string[] | undefined,
  path: Path,
): void {
  if (workspace === undefined || allowed === undefined || allowed.includes(workspace)) return;
  const rule = ["slack-workspaces"];
  const expected = allowed.length === 0 ? "no Slack workspace" : oneOf(allowed);
  add({ rule, path, message: `received ${describe(workspace)}, expected ${expected}, ${says(...rule)}.` });
}
