import type { AccessLevel } from "../../modules/support-app/model/access-level";
import { type Capability, OPTIONAL_CAPABILITIES } from "../../modules/support-app/model/capability";
import { grantsOf } from "../../modules/support-app/model/grant";
import { describe, oneOf, type Problem, pathInWords } from "../../modules/support-app/model/problem";
import { DAY_MS, endOf } from "../../modules/support-app/model/until";
import { counted } from "../counted";
import { accessOf, LEVELS, tagLayers, toProps } from "../environments/environment";
import {
  type EnvironmentDraft,
  type EnvironmentsDraft,
  isRetired,
  type RuleProblem,
} from "../environments/environments-rules";
import type { AccessEntry, Defaults } from "../environments/environments-schema";
import { oneOfNames } from "../listed";
import { suggestion } from "../yaml/suggestion";
import { placeInFile } from "../yaml/yaml-source";
import { RULES_FILE, type Rules, rulesOfTier } from "./rules";
import type { RuleSet } from "./rules-schema";

type Path = Problem["path"];

/** A place in the environment or, inherited, in the defaults. */
interface BreachPlace {
  readonly path: Path;
  readonly isInherited?: boolean;
}

/** An environment, and the rules that apply to it. */
interface RuledEnvironment {
  readonly name: string;
  readonly entry: EnvironmentDraft;
  readonly defaults: Defaults;
  readonly rules: RuleSet;
  /** Adds a breach of a rule, which is named by its path within its rules. */
  readonly addBreach: (rule: Path, place: BreachPlace, received: string, expected: string, fix?: string) => void;
}

/** An access level of an environment. */
interface RuledLevel extends RuledEnvironment {
  readonly level: AccessLevel;
  readonly access: AccessEntry;
  /** The place of a key: in the environment, in the defaults or, if neither has it, the level. */
  readonly at: (key: keyof AccessEntry, ...inside: Path) => BreachPlace;
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
  for (const [name, entry] of Object.entries(environments)) {
    if (entry === undefined) continue;
    problems.push(...tierProblems(name, entry, rules));
    if (rules === undefined || isRetired(entry)) continue;
    for (const placed of rulesOfTier(rules.value, entry.tier)) {
      const addBreach: RuledEnvironment["addBreach"] = (rule, { path, isInherited }, received, expected, fix = "") => {
        const ruleInFile = [...placed.path, ...rule];
        const message = `received ${received}, expected ${expected}, as ${citation(rules, ruleInFile)} says.${fix && ` ${fix}`}`;
        const alike = JSON.stringify([path.slice(2), message.replace(/::\d{12}:/g, "::")]);
        problems.push({
          path,
          message,
          rule: JSON.stringify(ruleInFile),
          ...(isInherited ? { inheritedBy: name } : { alike }),
        });
      };
      checkRules({ name, entry, defaults, rules: placed.rules, addBreach }, now);
    }
  }
  return problems;
}

/** A rule and its place, as messages name them. */
function citation({ file, source }: Rules, path: Path): string {
  return `${pathInWords(path)} in ${placeInFile(file, source.locate(path))}`;
}

/** If rules.yaml has tiers, every environment needs one: leaving it out is no way around their rules. */
function tierProblems(name: string, entry: EnvironmentDraft, rules: Rules | undefined): RuleProblem[] {
  const { tier } = entry;
  const tiers = rules?.value.tiers;
  const problem = (message: string): RuleProblem[] => [
    {
      path: ["environments", name, ...("tier" in entry ? ["tier"] : [])],
      message,
      alike: JSON.stringify(["tier", message]),
    },
  ];
  if (rules === undefined || tiers === undefined) {
    if (tier === undefined) return [];
    const where =
      rules === undefined ? `there is no ${RULES_FILE} beside this file that has tiers` : `${rules.file} has no tiers`;
    return problem(`received ${describe(tier)}, expected no tier: ${where}. Add it there, or remove tier.`);
  }
  const names = Object.keys(tiers);
  const expected = `expected ${oneOfNames(names, "tiers")}, as ${citation(rules, ["tiers"])} says`;
  if (!("tier" in entry)) return problem(`received no tier, ${expected}. Add tier.`);
  if (tier === undefined || names.includes(tier)) return [];
  return problem(`received ${describe(tier)}, ${expected}${suggestion(tier, names) || "."}`);
}

function checkRules(environment: RuledEnvironment, now: Date): void {
  const { name, entry, defaults } = environment;
  for (const level of LEVELS) {
    const access = accessOf(level, entry, defaults);
    if (access === undefined) continue;
    const own = ["environments", name, level];
    const at: RuledLevel["at"] = (key, ...inside) => {
      if (key in (entry[level] ?? {})) return { path: [...own, key, ...inside] };
      return key in (defaults[level] ?? {})
        ? { path: ["defaults", level, key, ...inside], isInherited: true }
        : { path: own };
    };
    const ruled = { ...environment, level, access, at };
    checkLevel(ruled, own);
    checkCapabilities(ruled);
    checkEnds(ruled, now);
    checkBoundary(ruled);
    checkTags(ruled);
    for (const [index, channel] of (entry[level]?.channels ?? []).entries()) {
      const path = [...own, "channels", index];
      // The schema reports an invalid channel.
      checkWorkspace(environment, channel?.workspace, [...path, "workspace"]);
      checkMembers(environment, channel?.members?.["at-most"], [...path, "members", "at-most"]);
    }
  }
  for (const [index, workspace] of (entry["slack-workspaces"] ?? []).entries()) {
    checkWorkspace(environment, workspace, ["environments", name, "slack-workspaces", index]);
  }
}

function checkLevel({ rules, level, access, at, addBreach }: RuledLevel, path: Path): void {
  const levels = rules["access-levels"];
  if (levels?.includes(level) === false) {
    const expected = levels.length === 0 ? "no access level" : `only ${levels.join(", ")}`;
    addBreach(["access-levels"], { path }, level, expected, `Remove ${level}.`);
  }
  if (rules.policy !== undefined && access.policy === "aws-managed") {
    const fix = `Remove policy, or set it to ${rules.policy}.`;
    addBreach(["policy"], at("policy"), describe(access.policy), rules.policy, fix);
  }
  const isPathKnown = !("path" in access) || access.path !== undefined;
  if (rules.path !== undefined && isPathKnown && rules.path !== (access.path ?? "/")) {
    addBreach(["path"], at("path"), describe(access.path ?? "/"), describe(rules.path), "Set path to it.");
  }
}

/** Checks the resulting access: what isn't left out, and what ends. */
function checkCapabilities({ rules, level, access, at, addBreach }: RuledLevel): void {
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
  const isPermitted = (one: Capability) => capabilities === undefined || capabilities.includes(one) || isTemporary(one);
  const isTemporary = (one: Capability) => temporarily?.includes(one) === true;
  const allowed = allowedWords(capabilities ?? [], temporarily ?? []);

  const given = lasting?.capabilities ?? [];
  const refused = given.filter((one) => !isPermitted(one));
  const endless = lasting?.end === undefined ? given.filter(isTemporary) : [];
  const place = at(isManaged ? "policy" : "without");
  if (refused.length > 0) {
    addBreach(["capabilities"], place, refused.join(", "), allowed, leavingOut(level, refused, isManaged));
  }
  if (endless.length > 0) {
    const end = isManaged
      ? "Set policy to customer-managed, and then until."
      : endless.every(isOptional)
        ? `Add ${pronoun(endless)} to without and to temporarily, or set until.`
        : "Set until.";
    addBreach(["temporarily"], place, `${endless.join(", ")} without an end`, "an end", end);
  }
  for (const [index, { capability }] of temporary.entries()) {
    if (isPermitted(capability)) continue;
    const place = at("temporarily", index, "capability");
    addBreach(["capabilities"], place, describe(capability), allowed, "Remove it from temporarily.");
  }
}

/** The capabilities that may be given, in words. */
function allowedWords(capabilities: readonly string[], temporarily: readonly string[]): string {
  const ending = temporarily.length === 0 ? [] : [`${temporarily.join(", ")} with an end`];
  const all = [...(capabilities.length === 0 ? [] : [capabilities.join(", ")]), ...ending];
  return all.length === 0 ? "no capability" : `only ${all.join(", and ")}`;
}

function leavingOut(level: AccessLevel, refused: readonly Capability[], isManaged: boolean): string {
  if (!refused.every(isOptional)) return `Remove ${level}.`;
  return `${isManaged ? "Set policy to customer-managed, and add" : "Add"} ${pronoun(refused)} to without.`;
}

function pronoun(all: readonly unknown[]): string {
  return all.length === 1 ? "it" : "them";
}

function isOptional(capability: Capability): boolean {
  return (OPTIONAL_CAPABILITIES as readonly Capability[]).includes(capability);
}

/** The latest end is the end of a day, so many days after today, in UTC. */
function checkEnds({ rules, access, at, addBreach }: RuledLevel, now: Date): void {
  const days = rules.longest?.days;
  if (days === undefined) return;
  const last = new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, "2026-12-31".length);
  const temporary = (access.temporarily ?? []).map(
    (one, index) => [one?.until, at("temporarily", index, "until")] as const,
  );
  for (const [until, place] of [[access.until, at("until")] as const, ...temporary]) {
    if (until === undefined || endOf(until) <= endOf(last)) continue;
    const expected = `an end by ${last}, ${counted(days, "day")} from today`;
    addBreach(["longest", "days"], place, describe(until), expected, "Set an earlier one.");
  }
}

function checkBoundary({ entry, rules, access, at, addBreach }: RuledLevel): void {
  const key = "permissions-boundary";
  const wanted = rules[key];
  const { account } = entry;
  if (wanted === undefined || account === undefined || (key in access && access[key] === undefined)) return;
  const isAws = wanted.startsWith("arn:");
  const arn = isAws ? wanted : `arn:aws:iam::${account}:${wanted}`;
  if (access[key] === arn) return;
  const received = access[key] === undefined ? "no permissions boundary" : describe(access[key]);
  // Reported once for many environments, each with its own account.
  const fix = isAws
    ? `Set ${key}: ${arn}.`
    : `Set ${key} to that policy of the environment's own account, such as ${arn}.`;
  addBreach([key], at(key), received, wanted, fix);
}

/** Tags add up: the nearest layer that has a tag decides. */
function checkTags({ name, entry, defaults, rules, level, addBreach }: RuledLevel): void {
  const layers = tagLayers(name, level, entry, defaults).toReversed();
  // The schema reports invalid tags.
  if ([entry[level], entry, defaults[level], defaults].some((one) => one && "tags" in one && one.tags === undefined))
    return;
  for (const [key, { values }] of Object.entries(rules.tags ?? {})) {
    const layer = layers.find(({ tags }) => tags !== undefined && Object.hasOwn(tags, key));
    const value = layer?.tags?.[key];
    const rule = ["tags", key];
    const oneOfValues = values && oneOf(values.map((one) => describe(one)));
    if (layer === undefined) {
      const place = { path: ["environments", name, level] };
      addBreach(rule, place, `no tag ${describe(key)}`, `it with ${oneOfValues ?? "a value"}`, "Add it to tags.");
    } else if (value !== undefined && !(values === undefined ? value.trim() !== "" : values.includes(value))) {
      const place = { path: [...layer.path, key], isInherited: layer.path[0] === "defaults" };
      addBreach(rule, place, describe(value), oneOfValues ?? "a value that isn't blank");
    }
  }
}

function checkMembers({ rules, addBreach }: RuledEnvironment, own: number | undefined, path: Path): void {
  const most = rules.members?.["at-most"];
  if (most === undefined || own === undefined || own <= most) return;
  addBreach(["members", "at-most"], { path }, `the number ${own}`, `at most ${most}`, "Remove members, or set fewer.");
}

function checkWorkspace({ rules, addBreach }: RuledEnvironment, workspace: string | undefined, path: Path): void {
  const allowed = rules["slack-workspaces"];
  if (workspace === undefined || allowed === undefined || allowed.includes(workspace)) return;
  const expected = allowed.length === 0 ? "no Slack workspace" : oneOf(allowed);
  addBreach(["slack-workspaces"], { path }, describe(workspace), expected);
}
