import type { Capability } from "../../modules/support-app/model/capability";
import { grantsOf } from "../../modules/support-app/model/grant";
import { describe, oneOf, type Problem, pathInWords } from "../../modules/support-app/model/problem";
import { DAY_MS, endOf } from "../../modules/support-app/model/until";
import { counted } from "../counted";
import { accessOf, LEVELS, type LevelEntry, pathOfKey, tagLayers, toProps } from "../environments/environment";
import type { AccessEntry, EnvironmentEntry, EnvironmentsFile } from "../environments/environments-schema";
import { oneOfNames } from "../listed";
import type { FileProblem } from "../yaml/problem-lines";
import { suggestion } from "../yaml/suggestion";
import { placeInFile } from "../yaml/yaml-source";
import { RULES_FILE, type Rules, rulesOfTier } from "./rules";
import type { RuleSet } from "./rules-schema";

type Path = Problem["path"];

/** Adds a breach of a rule, which is named by its path within its rules. */
type AddBreach = (rule: Path, path: Path, received: string, expected: string, fix?: string) => void;

/** An access level of an environment, and the rules that apply to it. */
interface RuledLevel extends LevelEntry {
  readonly access: AccessEntry;
  readonly rules: RuleSet;
  readonly addBreach: AddBreach;
}

/**
 * What rules.yaml doesn't allow in a file whose values are valid on their own. For a retired environment, only its
 * tier is checked.
 *
 * @param rules undefined: there is no rules.yaml
 * @param now the time from which ends are counted. What is valid stays valid as time passes
 */
export function ruleBreaches(
  { defaults = {}, environments }: EnvironmentsFile,
  rules: Rules | undefined,
  now = new Date(),
): FileProblem[] {
  const problems: FileProblem[] = [];
  for (const [name, entry] of Object.entries(environments)) {
    problems.push(...tierProblems(name, entry, rules));
    if (rules === undefined || entry.retired) continue;
    for (const placed of rulesOfTier(rules.value, entry.tier)) {
      const addBreach: AddBreach = (rule, path, received, expected, fix = "") => {
        const citation = citationOf(rules, [...placed.path, ...rule]);
        const message = `received ${received}, expected ${expected}, as ${citation} says.${fix && ` ${fix}`}`;
        problems.push({ path, message, inheritedBy: path[0] === "defaults" ? name : undefined });
      };
      for (const level of LEVELS) {
        const access = accessOf(level, entry, defaults);
        if (access) checkLevel({ name, level, entry, defaults, access, rules: placed.rules, addBreach }, now);
      }
      const workspaces = ["environments", name, "slack-workspaces"];
      for (const [index, workspace] of (entry["slack-workspaces"] ?? []).entries())
        checkWorkspace(placed.rules, workspace, [...workspaces, index], addBreach);
    }
  }
  return problems;
}

/** A rule and its place, as messages name them. */
function citationOf({ file, source }: Rules, path: Path): string {
  return `${pathInWords(path)} in ${placeInFile(file, source.locate(path))}`;
}

/** If rules.yaml has tiers, every environment needs one: leaving it out is no way around their rules. */
function tierProblems(name: string, { tier }: EnvironmentEntry, rules: Rules | undefined): FileProblem[] {
  const tiers = rules?.value.tiers;
  const path = ["environments", name, ...(tier === undefined ? [] : ["tier"])];
  const problem = (message: string): FileProblem[] => [{ path, message }];
  if (rules === undefined || tiers === undefined) {
    if (tier === undefined) return [];
    const where = `the ${RULES_FILE} beside this file has no tiers, or isn't there`;
    return problem(`received ${describe(tier)}, expected no tier: ${where}. Add it there, or remove tier.`);
  }
  const names = Object.keys(tiers);
  const expected = `expected ${oneOfNames(names, "tiers")}, as ${citationOf(rules, ["tiers"])} says`;
  if (tier === undefined) return problem(`received no tier, ${expected}. Add tier.`);
  if (names.includes(tier)) return [];
  return problem(`received ${describe(tier)}, ${expected}${suggestion(tier, names) || "."}`);
}

function checkLevel(ruled: RuledLevel, now: Date): void {
  const { name, level, entry, rules, addBreach } = ruled;
  const own = ["environments", name, level];
  const levels = rules["access-levels"];
  if (levels?.includes(level) === false) {
    const expected = levels.length === 0 ? "no access level" : `only ${levels.join(", ")}`;
    addBreach(["access-levels"], own, level, expected, `Remove ${level}.`);
  }
  checkCapabilities(ruled);
  checkEnds(ruled, now);
  checkValues(ruled);
  checkTags(ruled);
  const most = rules.members?.["at-most"];
  for (const [index, channel] of (entry[level]?.channels ?? []).entries()) {
    const path = [...own, "channels", index];
    checkWorkspace(rules, channel.workspace, [...path, "workspace"], addBreach);
    const members = channel.members?.["at-most"];
    if (most === undefined || members === undefined || members <= most) continue;
    const rule = ["members", "at-most"];
    addBreach(rule, [...path, ...rule], `the number ${members}`, `at most ${most}`, "Remove members, or set fewer.");
  }
}

/** Checks the resulting access: what isn't left out, and what ends. */
function checkCapabilities(ruled: RuledLevel): void {
  const { level, access, addBreach } = ruled;
  const { capabilities, temporarily } = ruled.rules;
  const temporary = access.temporarily ?? [];
  const isManaged = access.policy === "aws-managed";
  const [lasting] = grantsOf(isManaged ? { access: level } : toProps(level, access));
  const isTemporary = (one: Capability) => temporarily?.includes(one) === true;
  const isPermitted = (one: Capability) => capabilities === undefined || capabilities.includes(one) || isTemporary(one);
  const allowed = allowedWords(capabilities ?? [], temporarily ?? []);

  const given = lasting.capabilities;
  const refused = given.filter((one) => !isPermitted(one));
  const endless = lasting.end === undefined ? given.filter(isTemporary) : [];
  const path = pathOfKey(ruled, isManaged ? "policy" : "without");
  if (refused.length > 0) {
    const fix = `Add the others to without, with a customer-managed policy, or remove ${level}.`;
    addBreach(["capabilities"], path, refused.join(", "), allowed, fix);
  }
  if (endless.length > 0) {
    const fix = "Set until, or list the capability in without and in temporarily, with a customer-managed policy.";
    addBreach(["temporarily"], path, `${endless.join(", ")} without an end`, "an end", fix);
  }
  for (const [index, { capability }] of temporary.entries()) {
    if (isPermitted(capability)) continue;
    const inside = pathOfKey(ruled, "temporarily", index, "capability");
    addBreach(["capabilities"], inside, describe(capability), allowed, "Remove it from temporarily.");
  }
}

/** The capabilities that may be given, in words. */
function allowedWords(capabilities: readonly string[], temporarily: readonly string[]): string {
  const ending = temporarily.length === 0 ? [] : [`${temporarily.join(", ")} with an end`];
  const all = [...(capabilities.length === 0 ? [] : [capabilities.join(", ")]), ...ending];
  return all.length === 0 ? "no capability" : `only ${all.join(", and ")}`;
}

/** The latest end is the end of a day, so many days after today, in UTC. */
function checkEnds(ruled: RuledLevel, now: Date): void {
  const { rules, access, addBreach } = ruled;
  const days = rules.longest?.days;
  if (days === undefined) return;
  const last = new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, "2026-12-31".length);
  const temporary = (access.temporarily ?? []).map(
    (one, index) => [one.until, pathOfKey(ruled, "temporarily", index, "until")] as const,
  );
  for (const [until, place] of [[access.until, pathOfKey(ruled, "until")] as const, ...temporary]) {
    if (until === undefined || endOf(until) <= endOf(last)) continue;
    const expected = `an end by ${last}, ${counted(days, "day")} from today`;
    addBreach(["longest", "days"], place, describe(until), expected, "Set an earlier one.");
  }
}

/** The rules that demand one value. */
function checkValues(ruled: RuledLevel): void {
  const { entry, rules, access, addBreach } = ruled;
  const { policy, path, "permissions-boundary": end } = rules;
  const boundary = end === undefined || end.startsWith("arn:") ? end : `arn:aws:iam::${entry.account}:${end}`;
  const demanded = [
    { key: "policy", wanted: policy, byDefault: "customer-managed" },
    { key: "path", wanted: path, byDefault: "/" },
    { key: "permissions-boundary", wanted: boundary, byDefault: undefined },
  ] as const;
  for (const { key, wanted, byDefault } of demanded) {
    const value = access[key] ?? byDefault;
    if (wanted === undefined || value === wanted) continue;
    addBreach([key], pathOfKey(ruled, key), describe(value), `"${wanted}"`, `Set ${key} to it.`);
  }
}

/** Tags add up: the nearest layer that has a tag decides. */
function checkTags(ruled: RuledLevel): void {
  const { name, rules, level, addBreach } = ruled;
  const layers = tagLayers(ruled).toReversed();
  for (const [key, { values }] of Object.entries(rules.tags ?? {})) {
    const layer = layers.find(({ tags = {} }) => Object.hasOwn(tags, key));
    const value = layer?.tags?.[key];
    const rule = ["tags", key];
    const oneOfValues = values && oneOf(values.map((one) => describe(one)));
    if (layer === undefined || value === undefined) {
      const place = ["environments", name, level];
      addBreach(rule, place, `no tag ${describe(key)}`, `it with ${oneOfValues ?? "a value"}`, "Add it to tags.");
    } else if (!(values === undefined ? value.trim() !== "" : values.includes(value))) {
      addBreach(rule, [...layer.path, key], describe(value), oneOfValues ?? "a value that isn't blank");
    }
  }
}

function checkWorkspace(rules: RuleSet, workspace: string, path: Path, addBreach: AddBreach): void {
  const allowed = rules["slack-workspaces"];
  if (allowed === undefined || allowed.includes(workspace)) return;
  const expected = allowed.length === 0 ? "no Slack workspace" : oneOf(allowed);
  addBreach(["slack-workspaces"], path, describe(workspace), expected);
}
