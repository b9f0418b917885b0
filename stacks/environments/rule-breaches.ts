import { formatCount } from "../../common/format-count";
import { oneOfNames } from "../../common/format-list";
import { describe, describePath, oneOf, type Problem, pathInWords } from "../../common/problem";
import type { Capability } from "../../modules/support-app/model/capability";
import { grantedCapabilities, grantsOf } from "../../modules/support-app/model/grant";
import { labelOfOwner } from "../../modules/support-app/model/team";
import { DAY_MS, endOf } from "../../modules/support-app/model/until";
import type { BackendEntry } from "./environment";
import {
  accessEntryOf,
  backendOf,
  type LevelEntry,
  ownersIn,
  pathOfKey,
  ROLE_KEYS,
  roleOf,
  stepsTo,
  tagLayers,
  toProps,
  unsetOf,
  writtenAccess,
} from "./environment-entry";
import type { AccessEntry, EnvironmentEntry, EnvironmentsFile } from "./environments-schema";
import { RULES_FILE, type Rules, rulesOfTier } from "./rules/rules";
import type { RuleSet } from "./rules/rules-schema";
import { cloudOrganization } from "./state-location";
import type { FileProblem } from "./yaml/problem-lines";
import { nearest } from "./yaml/suggestion";
import { placeInFile } from "./yaml/yaml-source";

type Path = Problem["path"];

/** Adds a breach of a rule, which is named by its path within its rules. */
type AddBreach = (rule: Path, path: Path, received: string, expected: string, fix?: string) => void;

/** What rules.yaml doesn't allow. */
export interface RuleBreach extends Pick<FileProblem, "path" | "inheritedBy"> {
  readonly received: string;
  readonly expected: string;
  /** The path of the rule in rules.yaml. Undefined: there is no rule for it. */
  readonly rule?: Path;
  readonly fix?: string;
}

/** An environment, and the rules that apply to it. */
interface RuledEntry extends Omit<LevelEntry, "owner"> {
  readonly rules: RuleSet;
  readonly addBreach: AddBreach;
}

/** An access of an environment, and the rules that apply to it. */
interface RuledLevelEntry extends RuledEntry, LevelEntry {
  readonly access: AccessEntry;
}

/** The breaches of rules.yaml as problems of the file. */
export function ruleProblems(file: EnvironmentsFile, rules: Rules | undefined): FileProblem[] {
  return ruleBreaches(file, rules).map((breach) => {
    const { path, inheritedBy, rule = [], fix } = breach;
    const place = rules === undefined ? RULES_FILE : placeInFile(rules.file, rules.source.locate(rule));
    return { path, inheritedBy, message: `${breachWords(breach, place)}.${fix ? ` ${fix}` : ""}` };
  });
}

/**
 * A breach without what to do, as a part of a sentence.
 *
 * @param place of the rule
 */
export function breachWords({ received, expected, rule }: RuleBreach, place: string): string {
  return `received ${received}, expected ${expected}${rule ? `, as ${pathInWords(rule)} in ${place} says` : ""}`;
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
): RuleBreach[] {
  const breaches: RuleBreach[] = [];
  for (const [name, entry] of Object.entries(environments)) {
    breaches.push(...tierBreaches(name, entry, rules));
    if (rules === undefined || entry.retired) continue;
    for (const ruleSet of rulesOfTier(rules.value, entry.tier)) {
      const addBreach: AddBreach = (rule, path, received, expected, fix) => {
        const inheritedBy = path[0] === "defaults" ? name : undefined;
        breaches.push({ path, inheritedBy, received, expected, rule: [...ruleSet.path, ...rule], fix });
      };
      const checkedEnvironment = { name, entry, defaults, rules: ruleSet.rules, addBreach };
      checkEnvironment(checkedEnvironment);
      for (const owner of ownersIn(entry)) {
        const access = accessEntryOf(owner, entry, defaults);
        if (access) checkLevel({ ...checkedEnvironment, owner, access }, now);
      }
      const workspaces = ["environments", name, "slack-workspaces"];
      for (const [index, workspace] of (entry["slack-workspaces"] ?? []).entries())
        checkWorkspace(ruleSet.rules, workspace, [...workspaces, index], addBreach);
    }
  }
  return breaches;
}

/** If rules.yaml has tiers, every environment needs one: leaving it out is no way around their rules. */
function tierBreaches(name: string, { tier }: EnvironmentEntry, rules: Rules | undefined): RuleBreach[] {
  const tiers = rules?.value.tiers;
  const breach = {
    path: ["environments", name, ...(tier === undefined ? [] : ["tier"])],
    received: tier === undefined ? "no tier" : describe(tier),
  };
  if (tiers === undefined) {
    const expected = `no tier: the ${RULES_FILE} beside this file has no tiers, or isn't there`;
    return tier === undefined ? [] : [{ ...breach, expected, fix: "Add it there, or remove tier." }];
  }
  const names = Object.keys(tiers);
  if (tier !== undefined && names.includes(tier)) return [];
  const intended = nearest(tier, names);
  const fix = tier === undefined ? "Add tier." : intended && `Did you mean ${intended}?`;
  return [{ ...breach, expected: oneOfNames(names, "tiers"), rule: ["tiers"], fix }];
}

/** Where the environment and its state are, and who deploys it. */
function checkEnvironment(environment: RuledEntry): void {
  const { entry, defaults, rules, addBreach } = environment;
  const backend = backendOf(entry, defaults);
  checkOnly(environment, ["regions"], ["region"], entry.region ?? defaults.region, rules.regions);
  checkOnly(environment, ["backend"], ["backend", "type"], backend.type, rules.backend && Object.keys(rules.backend));
  checkBackend(environment, backend);
  for (const key of ROLE_KEYS) {
    const role = roleOf(key, entry, defaults);
    if (rules[key] && role === undefined)
      addBreach([key], pathOfKey(environment, key), "nothing", "the ARN of a role", `Add ${key}.`);
    const pathRule = `${key}-path` as const;
    const path = rules[pathRule];
    const rolePath = role?.arn.replace(/^[^/]*|[^/]*$/g, "");
    const fix = `Set ${key} to a role with this path.`;
    checkOnly(environment, [pathRule], [key], rolePath, path === undefined ? path : [path], fix);
  }
}

/** Which of the places of its type the environment's state is in. */
function checkBackend(environment: RuledEntry, backend: BackendEntry): void {
  const { s3, cloud, http } = environment.rules.backend ?? {};
  switch (backend.type) {
    case "local":
      return;
    case "s3":
      checkOnly(environment, ["backend", "s3", "buckets"], ["backend", "bucket"], backend.bucket, s3?.buckets);
      return;
    case "cloud": {
      const rule = ["backend", "cloud", "organizations"];
      const fix = "Set organization and hostname of the backend.";
      checkOnly(environment, rule, ["backend", "organization"], cloudOrganization(backend), cloud?.organizations, fix);
      return;
    }
    case "http": {
      const rule = ["backend", "http", "addresses"];
      checkOnly(environment, rule, ["backend", "address"], backend.address, http?.addresses);
      return;
    }
    default:
      backend satisfies never;
  }
}

/** Refuses a value other than the allowed ones. Undefined: any is allowed. */
function checkOnly(
  environment: RuledEntry,
  rule: Path,
  [key, ...steps]: readonly [string, ...string[]],
  value: string | boolean | undefined,
  allowedValues: readonly (string | boolean)[] | undefined,
  fix = `Set ${pathInWords([key, ...steps])} to ${allowedValues?.length === 1 ? "it" : "one of them"}.`,
): void {
  if (allowedValues === undefined || (value !== undefined && allowedValues.includes(value))) return;
  const expected = oneOf(allowedValues.map((value) => JSON.stringify(value)));
  environment.addBreach(rule, pathOfKey(environment, key, ...steps), describePath(value), expected, fix);
}

function checkLevel(checkedLevel: RuledLevelEntry, now: Date): void {
  const { name, owner, entry, rules, addBreach } = checkedLevel;
  const { access: level, team } = owner;
  const levelPath = ["environments", name, ...stepsTo(owner)];
  const levels = rules["access-levels"];
  if (levels?.includes(level) === false) {
    const expected = levels.length === 0 ? "no access level" : `only ${levels.join(", ")}`;
    const path = team === undefined ? levelPath : [...levelPath, "access"];
    addBreach(["access-levels"], path, level, expected, `Remove ${labelOfOwner(owner)}.`);
  }
  checkCapabilities(checkedLevel);
  checkEnds(checkedLevel, now);
  checkValues(checkedLevel);
  checkTags(checkedLevel);
  const [seconds, mostSeconds] = [checkedLevel.access, rules].map((settings) => settings["max-session-duration"]);
  if (seconds !== undefined && mostSeconds !== undefined && seconds > mostSeconds) {
    const rule = "max-session-duration";
    const fix = `Remove ${rule}, or set fewer.`;
    addBreach([rule], pathOfKey(checkedLevel, rule), describe(seconds), `at most ${mostSeconds}`, fix);
  }
  const limit = rules["max-members"];
  for (const [index, channel] of (writtenAccess(owner, entry)?.channels ?? []).entries()) {
    const path = [...levelPath, "channels", index];
    checkWorkspace(rules, channel.workspace, [...path, "workspace"], addBreach);
    const members = channel["max-members"];
    if (limit === undefined || members === undefined || members <= limit) continue;
    const rule = "max-members";
    const fix = `Remove ${rule}, or set fewer.`;
    addBreach([rule], [...path, rule], `the number ${members}`, `at most ${limit}`, fix);
  }
}

/** Checks the resulting access: what isn't left out, and what ends. */
function checkCapabilities(checkedLevel: RuledLevelEntry): void {
  const { owner, access, addBreach } = checkedLevel;
  const { capabilities, temporarily } = checkedLevel.rules;
  const [lasting] = grantsOf(givenBy(checkedLevel));
  const isTemporary = (capability: Capability) => temporarily?.includes(capability) === true;
  const isPermitted = (capability: Capability) =>
    capabilities === undefined || capabilities.includes(capability) || isTemporary(capability);
  const allowedCapabilities = allowedWords(capabilities ?? [], temporarily ?? []);

  const givenCapabilities = lasting.capabilities;
  const refusedCapabilities = givenCapabilities.filter((capability) => !isPermitted(capability));
  const endless = lasting.end === undefined ? givenCapabilities.filter(isTemporary) : [];
  const path = pathOfKey(checkedLevel, access.policy === "aws-managed" ? "policy" : "without");
  if (refusedCapabilities.length > 0) {
    const fix = `Add the others to without, with a customer-managed policy, or remove ${labelOfOwner(owner)}.`;
    addBreach(["capabilities"], path, refusedCapabilities.join(", "), allowedCapabilities, fix);
  }
  if (endless.length > 0) {
    const fix = "Set until, or list the capability in without and in temporarily, with a customer-managed policy.";
    addBreach(["temporarily"], path, `${endless.join(", ")} without an end`, "an end", fix);
  }
  for (const [index, { capability }] of (access.temporarily ?? []).entries()) {
    if (isPermitted(capability)) continue;
    const capabilityPath = pathOfKey(checkedLevel, "temporarily", index, "capability");
    addBreach(
      ["capabilities"],
      capabilityPath,
      describe(capability),
      allowedCapabilities,
      "Remove it from temporarily.",
    );
  }
}

/** What decides the capabilities: AWS's managed policy gives all, whatever else the access says. */
function givenBy({ owner, access }: RuledLevelEntry): Parameters<typeof grantsOf>[0] {
  return access.policy === "aws-managed" ? { access: owner.access } : toProps(owner, access);
}

/** The capabilities that may be given, in words. */
function allowedWords(capabilities: readonly string[], temporarily: readonly string[]): string {
  const ending = temporarily.length === 0 ? [] : [`${temporarily.join(", ")} with an end`];
  const phrases = [...(capabilities.length === 0 ? [] : [capabilities.join(", ")]), ...ending];
  return phrases.length === 0 ? "no capability" : `only ${phrases.join(", and ")}`;
}

/** The latest end is the end of a day, so many days after today, in UTC. */
function checkEnds(checkedLevel: RuledLevelEntry, now: Date): void {
  const { rules, access, addBreach } = checkedLevel;
  const days = rules["max-days-until-end"];
  if (days === undefined) return;
  const last = new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, "2026-12-31".length);
  const temporary = (access.temporarily ?? []).map(
    (temporary, index) => [temporary.until, pathOfKey(checkedLevel, "temporarily", index, "until")] as const,
  );
  for (const [until, place] of [[access.until, pathOfKey(checkedLevel, "until")] as const, ...temporary]) {
    if (until === undefined || endOf(until) <= endOf(last)) continue;
    const expected = `an end by ${last}, ${formatCount(days, "day")} from today`;
    addBreach(["max-days-until-end"], place, describe(until), expected, "Set an earlier one.");
  }
}

/** The rules that demand one value, or one of several. */
function checkValues(checkedLevel: RuledLevelEntry): void {
  const { entry, rules, owner, access } = checkedLevel;
  const unsetValues = unsetOf(owner.access);
  const { policy, path, "permissions-boundary": end } = rules;
  const boundary = end === undefined || end.startsWith("arn:") ? end : `arn:aws:iam::${entry.account}:${end}`;
  const isConditioned = rules["source-account-condition"] !== undefined;
  const demandedValues = [
    { key: "policy", allowed: policy && [policy], byDefault: unsetValues.policy },
    { key: "path", allowed: path && [path], byDefault: unsetValues.path },
    { key: "permissions-boundary", allowed: boundary && [boundary], byDefault: undefined },
    { key: "source-account-condition", allowed: isConditioned && [true], byDefault: undefined },
  ] as const;
  for (const { key, allowed: allowedValues, byDefault } of demandedValues)
    checkOnly(checkedLevel, [key], [key], access[key] ?? byDefault, allowedValues || undefined);
  if (!grantedCapabilities(givenBy(checkedLevel)).includes("request-quota-increases")) return;
  const mode = "service-quotas-role";
  const fix = `Set ${mode}, with a customer-managed policy, or add request-quota-increases to without.`;
  checkOnly(checkedLevel, [mode], [mode], access[mode] ?? unsetValues[mode], rules[mode], fix);
}

/** Tags add up: the nearest layer that has a tag decides. */
function checkTags(checkedLevel: RuledLevelEntry): void {
  const { name, rules, owner, addBreach } = checkedLevel;
  const layers = tagLayers(checkedLevel).toReversed();
  for (const [key, { values }] of Object.entries(rules.tags ?? {})) {
    const layer = layers.find(({ tags = {} }) => Object.hasOwn(tags, key));
    const value = layer?.tags?.[key];
    const rule = ["tags", key];
    const oneOfValues = values && oneOf(values.map((item) => describe(item)));
    if (layer === undefined || value === undefined) {
      const place = ["environments", name, ...stepsTo(owner)];
      addBreach(rule, place, `no tag ${describe(key)}`, `it with ${oneOfValues ?? "a value"}`, "Add it to tags.");
    } else if (!(values === undefined ? value.trim() !== "" : values.includes(value))) {
      addBreach(rule, [...layer.path, key], describe(value), oneOfValues ?? "a value that isn't blank");
    }
  }
}

function checkWorkspace(rules: RuleSet, workspace: string, path: Path, addBreach: AddBreach): void {
  const allowedWorkspaces = rules["slack-workspaces"];
  if (allowedWorkspaces === undefined || allowedWorkspaces.includes(workspace)) return;
  const expected = allowedWorkspaces.length === 0 ? "no Slack workspace" : oneOf(allowedWorkspaces);
  addBreach(["slack-workspaces"], path, describe(workspace), expected);
}
