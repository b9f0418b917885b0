import { actionsOf, CAPABILITY_WORDS, type Capability } from "../../modules/support-app/capability";
import type { Notify } from "../../modules/support-app/notify";
import { SERVICE_QUOTAS_ROLE_NAME } from "../../modules/support-app/service-quotas-role";
import { MAX_JOBS } from "../github-jobs";
import type { AllowedCases, Difference, Right, Undecided } from "../iam/compare";
import type { Condition, Targets } from "../iam/policy";
import { accountOfPrincipal, type Requester } from "../iam/principal";
import { endIn } from "../iam/until";
import { canonical, textOf } from "../json";
import { code, tableRow } from "../markdown";
import { spelled } from "../spelling";
import type { Boundary, RoleAccess } from "../terraform/access";
import type { AccessChanges, RegistrationChange } from "../terraform/access-changes";
import type { ChannelChange } from "../terraform/channel-changes";
import type { LockedProvider } from "../terraform/provider-lock";
import { isSameBoundary, isSameName, type RoleChange, verdictOf } from "../terraform/role-changes";
import type { AwsProvider, Backend } from "../terraform/stack";
import type { Unreadable, UnreadableReason } from "../terraform/unreadable";
import { isQuiet, needsApproval, type Verdict } from "../terraform/verdict";
import { endChangeWords, untilWords } from "../until-words";
import { type Alike, alike } from "./alike";
import type { LeftBehind } from "./environment-change";
import type { ProviderChange } from "./lock-change";
import type { Drift, PlannedChange } from "./plan";
import type { Review, ReviewedEnvironment } from "./review";
import type { Limit, RuleChange, TierChange } from "./rules-change";
import type { StateChange } from "./state-changes";
import type { Violation } from "./violations";

/** Maximum length at which an unsupported value is shown: the Terraform has all of it. */
const MAX_SOURCE = 300;

/**
 * The report for a pull request, in Markdown.
 *
 * @param approval a sentence that follows the digest, which only a change that needs an approval shows: how to approve, or that it is approved
 * @param unplanned how many environments could be planned, but are too many for one workflow
 */
export function markdown(review: Review, approval?: string, unplanned = 0): string {
  const isShort = ({ verdict, plan, violations }: ReviewedEnvironment) =>
    isQuiet(verdict) && plan === undefined && violations.length === 0;
  const loud = review.environments.filter((change) => !isShort(change));
  const groups = alike(loud);
  const quiet = review.environments.filter(isShort);
  const lines = [
    `## ${headline(review)}`,
    "",
    // First, so that a report that is cut off has them.
    ...(review.approvalNeeded && !review.refused
      ? [`Digest of this change: ${code(review.digest)}`, "", ...(approval === undefined ? [] : [approval, ""])]
      : []),
    ...(unplanned > 0
      ? [
          `Only the first ${MAX_JOBS} environments, by name, are planned: GitHub Actions accepts no more jobs in one matrix. ${unplanned} more could be planned.`,
          "",
        ]
      : []),
    ...(review.lock ? lockLines(review.lock) : []),
    ...(review.rules ? rulesLines(review.rules) : []),
    ...groups.flatMap(groupLines),
    ...(quiet.length > 0 ? [`Changed, but nobody's access changes: ${namesInWords(quiet.map(nameInWords))}.`, ""] : []),
    ...(loud.some(({ access }) => access.channels.some(({ verdict }) => verdict !== "unchanged"))
      ? [
          "Whatever a channel gains or loses also applies to live-chat channels created from it later. AWS doesn't say what happens to earlier ones: archive them if a channel loses something.",
          "",
        ]
      : []),
    // Last, so that a report that is cut off lacks only names.
    ...(review.rules ? alikeTiers(review.rules) : []).flatMap((alike) =>
      namesLines(alike.environments.map(code), `for which ${tiersInWords(alike).replace(/^The/, "the")}`),
    ),
    ...groups.flatMap(({ all }) => namesLines(all.map(nameInWords), `that change like ${all[0].environment}`)),
    ...namesLines(quiet.map(nameInWords), "in which nobody's access changes"),
  ];
  return lines.join("\n").replace(/\n{3,}/g, "\n\n");
}

/** Maximum number of environment names in a sentence. */
const MAX_NAMES = 5;

/** Number of names in each line of a full list. */
const NAMES_IN_LINE = 10;

function namesInWords(names: readonly string[]): string {
  return names.length > MAX_NAMES ? `${names.length} environments, listed below` : names.join(", ");
}

/** With the account if the environment is new or removed: it may not be the expected one. */
function nameInWords({ environment, account, isNew, isRemoved }: ReviewedEnvironment): string {
  return account !== undefined && (isNew || isRemoved) ? `${code(environment)} (${code(account)})` : code(environment);
}

/** The environments that are too many for a sentence, folded. */
function namesLines(names: readonly string[], which: string): string[] {
  if (names.length <= MAX_NAMES) return [];
  const lines = Array.from({ length: Math.ceil(names.length / NAMES_IN_LINE) }, (_, index) =>
    names.slice(index * NAMES_IN_LINE, (index + 1) * NAMES_IN_LINE).join(", "),
  );
  return [
    `<details><summary>The ${names.length} environments ${which}</summary>`,
    "",
    ...lines.map((line, index) => (index < lines.length - 1 ? `${line},` : line)),
    "",
    "</details>",
    "",
  ];
}

/** What changes in environments in the same way, as it is in the first. */
function groupLines({ all, isOwn }: Alike): string[] {
  const [shown] = all;
  const [heading = "", ...lines] = environmentLines(shown, all.length);
  if (all.length === 1) return [heading, ...lines];
  const own = isOwn
    ? ` The text below is about ${code(shown.environment)}: each of the others has its own account instead, and its own name in the location of its state.`
    : "";
  return [heading, "", `The same in ${namesInWords(all.map(nameInWords))}.${own}`, ...lines];
}

/** The verdicts in the headline. */
const IN_HEADLINE: readonly (readonly [Verdict, string])[] = [
  ["left-behind", "left behind"],
  ["broadened", "broadened"],
  ["unknown", "unknown"],
  ["narrowed", "narrowed"],
];

function headline({ environments, refused, approvalNeeded, lock, rules }: Review): string {
  if (refused) {
    const isEnded = environments.every(({ violations }) => violations.every(({ kind }) => kind === "ended"));
    return `⛔ ${isEnded ? "A date has passed" : "Forbidden access"}: no approval allows this change`;
  }
  const sign = approvalNeeded ? "⚠️" : "✅";
  return `${sign} ${accessHeadline(environments)}${lock ? ", and the provider lock file changes" : ""}${rules ? `, and ${rulesInWords(rules)}` : ""}`;
}

function accessHeadline(environments: Review["environments"]): string {
  const count = (verdict: Verdict) => environments.filter((change) => change.verdict === verdict).length;
  const access = IN_HEADLINE.filter(([verdict]) => count(verdict) > 0);
  const number = access.reduce((sum, [verdict]) => sum + count(verdict), 0);
  const words = access.map(([verdict, word]) => `${word} in ${count(verdict)}`).join(", ");
  const settings = count("settings");
  if (number > 0) return `Access is ${words} ${environmentsIn(number)}`;
  return settings > 0
    ? `Nobody's access changes, but settings change in ${settings} ${environmentsIn(settings)}`
    : "Nobody's access changes";
}

function environmentsIn(count: number): string {
  return count === 1 ? "environment" : "environments";
}

function lockLines({ kind, providers }: NonNullable<Review["lock"]>): string[] {
  return [
    `### Provider lock file: ${kind}`,
    "",
    "This file decides which providers Terraform installs and runs, with the rights of every deploy. Nothing is planned before this change is approved. **This needs an approval.**",
    "",
    ...(kind === "removed"
      ? ["- Without the file, Terraform installs the newest version that is allowed, whatever its checksum."]
      : []),
    ...(providers ?? []).map((change) => `- ${providerChangeWords(change)}`),
    ...(providers === undefined
      ? [
          `- Unsupported: a lock file in another form than Terraform writes. What Terraform reads from it is unknown. Regenerate it with ${code("npx support-app lock")}.`,
        ]
      : []),
    "",
  ];
}

function rulesInWords({ isLoosened, tiers }: NonNullable<Review["rules"]>): string {
  if (isLoosened) return "rules are loosened";
  return tiers.some((one) => one.changes.length > 0 && !isOnlyNew(one)) ? "rules are tightened" : "tiers change";
}

/** Whether a change is only a new tier: no environment moves to it from the tier that it is compared with. */
function isOnlyNew({ isNew, environments }: TierChange): boolean {
  return isNew && environments.length === 0;
}

function rulesLines(rules: NonNullable<Review["rules"]>): string[] {
  return [
    `### Rules: ${rulesInWords(rules).replace(/^rules are /, "")}`,
    "",
    rules.isLoosened
      ? "The rules limit what environments.yaml may say. More may be given than before. **This needs an approval.**"
      : "The rules limit what environments.yaml may say. Nothing may be given that could not be given before.",
    "",
    ...alikeTiers(rules).flatMap(tierLines),
    "",
  ];
}

/** Tiers that stay and whose rules change in the same way are reported together, and so are new ones with the same rules. */
interface AlikeTiers {
  readonly tiers: readonly [TierChange, ...TierChange[]];
  readonly environments: readonly string[];
}

function alikeTiers({ tiers }: NonNullable<Review["rules"]>): AlikeTiers[] {
  const groups = new Map<string, [TierChange, ...TierChange[]]>();
  for (const change of tiers) {
    const { before, after, changes } = change;
    const moves = isOnlyNew(change) ? ["new", before ?? null] : [before ?? null, after ?? null];
    const key = canonical([changes, before === after ? "stays" : moves]);
    const group = groups.get(key);
    if (group) group.push(change);
    else groups.set(key, [change]);
  }
  return [...groups.values()].map((group) => ({
    tiers: group,
    environments: group.flatMap(({ environments }) => environments).sort(),
  }));
}

function tierLines(alike: AlikeTiers): string[] {
  const { tiers, environments } = alike;
  const [first] = tiers;
  const { changes } = first;
  const names = environments.length === 0 ? "no environment" : namesInWords(environments.map(code));
  const told = isOnlyNew(first)
    ? newTierWords(alike)
    : `${tiersInWords(alike, code)} (${names})${changes.length === 0 ? ". The same rules apply." : ":"}`;
  return [
    `- ${told}`,
    ...changes.map((rule) => `  - ${rule.isLoosened ? "**loosened**" : "tightened"}: ${ruleWords(rule)}`),
  ];
}

function newTierWords({ tiers }: AlikeTiers): string {
  const [{ before, changes }] = tiers;
  const names = tiers.flatMap(({ after }) => (after === undefined ? [] : [code(after)])).join(", ");
  const are = tiers.length === 1 ? `The tier ${names} is new` : `The tiers ${names} are new`;
  const base = before === undefined ? "every environment before" : `the tier ${code(before)} before`;
  if (changes.length === 0) return `${are}, with the same rules as ${base}.`;
  return `${are}. Compared with ${base}:`;
}

function tiersInWords({ tiers }: AlikeTiers, name: (tier: string) => string = String): string {
  const [{ before, after, isNew }] = tiers;
  if (before !== after) {
    const [from, to] = [before, after].map((one) => (one === undefined ? "none" : name(one)));
    return `The tier changes: ${from} → ${to}${isNew ? ", which is new" : ""}`;
  }
  const names = tiers.flatMap((one) => (one.after === undefined ? [] : [name(one.after)]));
  if (names.length === 0) return "The rules of every environment change";
  return `The rules of the ${names.length === 1 ? "tier" : "tiers"} ${names.join(", ")} change`;
}

/** What rules are about, in words, where their keys don't say it. */
const RULE_WORDS: ReadonlyMap<string, string> = new Map([
  ["access-levels", "access levels"],
  ["capabilities", "capabilities that may be given without an end"],
  ["temporarily", "capabilities that may be given with an end"],
  ["longest", "maximum days until an end"],
  ["slack-workspaces", "Slack workspaces"],
  ["policy", "policies"],
  ["permissions-boundary", "required permissions boundary"],
  ["path", "required path"],
  ["tags", "required tags"],
  ["members", "maximum people in a channel"],
]);

function ruleWords({ rule, before, after }: RuleChange): string {
  const words =
    RULE_WORDS.get(rule) ??
    (rule.startsWith("tags.") ? `values of the tag ${code(rule.slice("tags.".length))}` : code(rule));
  const isRequired = [before, after].some((limit) => limit !== undefined && "required" in limit);
  const limitWords = (limit: Limit | undefined) => {
    if (limit === undefined) return isRequired ? "none" : "any";
    if ("most" in limit) return String(limit.most);
    return ("only" in limit ? limit.only : limit.required).map(code).join(", ") || "none";
  };
  return `${words}: ${limitWords(before)} → ${limitWords(after)}`;
}

function providerChangeWords({ address, before, after }: ProviderChange): string {
  const name = code(address);
  if (!before || !after) {
    const { version, hashes } = (after ?? before) as LockedProvider;
    return `${name} ${code(version)} is ${after ? "locked" : "no longer locked"} (${checksumsIn(hashes.length)}).`;
  }
  const added = after.hashes.filter((hash) => !before.hashes.includes(hash)).length;
  const removed = before.hashes.filter((hash) => !after.hashes.includes(hash)).length;
  const parts = [
    before.version === after.version ? code(after.version) : `${code(before.version)} → ${code(after.version)}`,
    ...(added > 0 ? [`${checksumsIn(added)} added, so that packages are accepted that were not accepted before`] : []),
    ...(removed > 0 ? [`${checksumsIn(removed)} removed`] : []),
    ...(before.constraints === after.constraints
      ? []
      : [`locked for the versions ${orWords(before.constraints, "any")} → ${orWords(after.constraints, "any")}`]),
  ];
  return `${name}: ${parts.join("; ")}.`;
}

function checksumsIn(count: number): string {
  return count === 1 ? "1 checksum" : `${count} checksums`;
}

/** A verdict, and what it means. */
const VERDICT_WORDS: Readonly<Record<Verdict, readonly [short: string, sentence: string]>> = {
  unchanged: ["unchanged", "The code is the same."],
  cosmetic: ["changed in form only", "Everybody can do what they could before."],
  settings: ["settings change", "Everybody can do what they could before, with other settings."],
  narrowed: ["access is narrowed", "Somebody can do less than before, and nobody more."],
  broadened: ["access is broadened", "Somebody can do more than before. **This needs an approval.**"],
  unknown: [
    "access is unknown",
    "Something in this change may let somebody do more, or have Terraform act on something else: see below. **This needs an approval.**",
  ],
  "left-behind": ["left behind", "**This needs an approval.**"],
};

function environmentLines(environment: ReviewedEnvironment, count: number): string[] {
  const { environment: name, verdict, access, state, leftBehind, violations, account, plan } = environment;
  const [short, sentence] = VERDICT_WORDS[verdict];
  const undecided = access.roles.flatMap(({ permissions, trust }) => [...permissions.undecided, ...trust.undecided]);
  const rows = rowsOf(access, account);
  return [
    `### ${count > 1 ? `${count} environments` : code(name)}: ${short}`,
    "",
    ...(leftBehind ? leftBehindLines(name, leftBehind, account) : []),
    ...violations.map((violation) => `- ⛔ ${violationWords(violation)}`),
    ...(violations.length > 0 ? ["", "**No approval allows this.**"] : [sentence]),
    "",
    ...(environment.isNew
      ? [
          `- This environment is new, in ${account ? `the account ${code(account)}` : "any account"}${environment.tier === undefined ? "" : `, and has the tier ${code(environment.tier)}`}.`,
        ]
      : []),
    ...(environment.isRemoved && !leftBehind
      ? [
          "- This retired environment is removed from the file. Its last deploy removes everything from the account: make sure that it ran.",
        ]
      : []),
    ...access.channels.flatMap(channelLines),
    ...access.roles.flatMap((change) => roleNotes(change).map((note) => `- ${note}`)),
    ...access.registrations.map((change) => `- ${registrationWords(change)}`),
    ...(access.serviceQuotasRole ? [`- ${serviceQuotasWords(access.serviceQuotasRole)}`] : []),
    ...state.map((change) => `- ${stateWords(change)}`),
    ...unreadableLines(environment),
    ...unique(undecided.map((one) => `- ${undecidedWords(one)}`)),
    "",
    ...tableLines("Each action, and who gains or loses it", rows),
    ...(plan?.drift ? driftLines(plan.drift, account) : []),
    ...(plan ? planLines(plan.changes) : []),
  ];
}

function leftBehindLines(name: string, { roles, channels }: LeftBehind, account: string | undefined): string[] {
  const kept = [
    ...roles.map((role) => `the role ${code(role)}`),
    ...channels.map((channel) => `the channel ${code(`#${channel.name}`)} (${code(channel.channel)})`),
  ];
  return [
    `**${code(name)} is removed from the file, but everything that it deployed stays** in ${account ? `the account ${code(account)}` : "its account"}: ${kept.join(", ") || "whatever its Terraform created"}. No deploy and no \`support-app destroy\` will find it. Instead, set \`retired: true\`, deploy, and only then remove it.`,
    "",
  ];
}

function violationWords(violation: Violation): string {
  switch (violation.kind) {
    case "read-only-writes":
      return `The read-only role ${code(violation.role)} allows ${targetsWords(violation.actions, spelled)}, expected only ${actionsOf(["view-cases"]).map(code).join(" and ")}. Move the channel to full access, or drop the action.`;
    case "read-only-unreadable":
      return `Something new may give the read-only role ${code(violation.role)} more: ${unreadableWords(violation.unreadable)}`;
    case "ended":
      return `The role ${code(violation.role)} is given ${targetsWords(violation.actions, spelled)} ${untilWords(violation.end)}, which has passed: it would give nobody anything. ${endedFix(violation)}`;
    case "reads-elsewhere":
      return `${unreadableWords(violation.unreadable)} An approval would also cover whatever that becomes later. Write the value itself into the Terraform.`;
  }
}

function endedFix({ level, capabilities }: Extract<Violation, { readonly kind: "ended" }>): string {
  const access = level === undefined ? "the role" : `the access level ${code(level)}`;
  if (capabilities === undefined) {
    return `Set a later date, or remove ${access}. Don't just remove ${code("until")}: everything would be given without an end.`;
  }
  // Only a statement that was written by hand gives something other than a capability.
  if (capabilities.length === 0) return `Set a later date, or remove the statement from ${access}.`;
  return `Set a later date, or remove ${capabilities.map(code).join(", ")} from ${code("temporarily")} of ${access}.`;
}

/** What is unsupported, in words. */
const REASONS: Readonly<Record<UnreadableReason, string>> = {
  "not-json": "a policy that isn't JSON, or has a key twice",
  "not-a-policy": "something that isn't a policy of the version 2012-10-17",
  "not-a-statement": "something that isn't a policy statement",
  "unknown-element": "an unknown element of a policy",
  "no-effect": "a statement that neither allows nor denies",
  "no-action": "a statement without actions",
  "not-a-text": "something that isn't a text",
  "not-a-condition": "something that isn't a condition",
  expression: "an expression",
  "unknown-section": "a section of Terraform that these stacks don't have",
  "unknown-type": "an unknown type of resource or data source, which may affect access",
  "unknown-argument": "an argument or a value that these stacks don't have",
  "unknown-provider": "a provider or a provider source other than hashicorp/aws",
  "unknown-backend": "a backend, or a setting of it, that these stacks don't have",
  "not-a-block": "something in another form than CDKTF writes",
  "reads-elsewhere":
    "a value that depends on something outside of the Terraform, such as a file, a program or a module",
  "no-name": "a name that isn't a text",
  "duplicate-name": "a name in IAM that something else in this stack has, too",
  "duplicate-exclusive": "a second exclusive list for the same role",
  "duplicate-channel": "a channel that is configured twice",
  "foreign-role": "a role that isn't in this stack",
  "foreign-policy": "a policy whose content is unknown",
  "foreign-import":
    "an import of something other than what this stack creates under that name: Terraform would take it over",
  "foreign-move": "a move of something other than what this stack had before and has after",
  "foreign-removal": "something that Terraform is told to stop managing",
  "unattached-policy": "a policy that is attached to no role in this stack",
  "boundary-by-arn": "a permissions boundary that this stack creates, referred to by its ARN",
  "not-exclusive": "a role that keeps policies that are added to it by hand",
  "not-kept": "a policy that is added to the role and removed again, or kept without being added",
  overwritten: "an inline policy that another of the same name overwrites",
  "unusual-action": "an action in a form that AWS may refuse",
  "unusual-resource": "a resource in IAM, whose name may change, or a resource in a form that AWS may refuse",
  "unusual-principal": "a principal whose name may change, or a principal in a form that AWS may refuse",
  "unusual-condition": "a condition on something that other parts of the stack may change",
  "wrong-digest": "a digest of other Terraform, which would make a deploy treat this stack as already applied",
};

function unreadableWords({ reason, address, source }: Unreadable): string {
  return `Unsupported: ${REASONS[reason]}, in ${code(address)}${source === undefined ? "" : ` (${code(shortened(source))})`}.`;
}

/** Unsupported parts, without those that are reported as forbidden. */
function unreadableLines({ unreadable, violations }: ReviewedEnvironment): string[] {
  const reported = new Set(
    violations.flatMap((violation) => ("unreadable" in violation ? [violation.unreadable] : [])),
  );
  return unique(unreadable.filter((one) => !reported.has(one)).map((one) => `- ${unreadableWords(one)}`));
}

function shortened(source: unknown): string {
  const text = typeof source === "string" ? source : canonical(source);
  return text.length > MAX_SOURCE ? `${text.slice(0, MAX_SOURCE)}… (${text.length} characters)` : text;
}

function undecidedWords({ reason, action }: Undecided): string {
  const what = action ? ` of ${targetsWords(action, spelled)}` : "";
  return reason === "too-many-patterns"
    ? "Unsupported: too many patterns in a policy to try everything that they can match."
    : `Unsupported: too many combinations of conditions${what} to try.`;
}

function channelLines(change: ChannelChange): string[] {
  const { before, after, channel, gained, lost, limited, shortened = [], ends, verdict, trust, isMoved } = change;
  const one = after ?? before;
  if (!one) return [];
  const where = `${code(`#${one.name}`)} (${code(channel)})`;
  const lines: string[] = [];
  const add = (line: string) => lines.push(`- ${line}`);
  if (!before && after) add(`${where} is added, with the role ${code(pathAndName(after.access))}.`);
  if (before && !after) add(`${where} is removed.`);
  const isOther = after !== undefined && (before === undefined || isMoved);
  if (isOther && after.access.name !== "" && after.access.permissions.length === 0) {
    add(`${where}: the role ${code(pathAndName(after.access))} gives nothing. If it had an end, that has passed.`);
  }
  const addAll = (words: string, capabilities: readonly Capability[]) => {
    if (capabilities.length === 0) return;
    add(`People in ${where} ${words}:`);
    const isGiven = capabilities !== lost && capabilities !== limited;
    for (const capability of capabilities) {
      const end = endChangeWords(ends?.before[capability], ends?.after[capability], isGiven);
      lines.push(`  - ${capabilityWords(capability)}${end === "" ? "" : `, ${end}`}`);
    }
  };
  addAll("**gain**", gained);
  addAll("**lose**", lost);
  addAll("**keep for a shorter time** than before", shortened);
  addAll("can do **only under some conditions**, which the table shows", limited);
  if (before && after) {
    const isReaddressed = isMoved && isSameName(before.access, after.access);
    if (isReaddressed) add(`${where}: its role ${code(pathAndName(after.access))} has a new address in Terraform.`);
    else if (isMoved)
      add(`${where} moves from the role ${code(pathAndName(before.access))} to ${code(pathAndName(after.access))}.`);
    for (const words of boundaryWords(before.access, after.access)) {
      add(isMoved ? `${where}, with its new role: ${words}` : `${where}: ${words}`);
    }
    if (verdictOf(trust) !== "unchanged") {
      add(
        `${where}: the trust policy of its role changes, so the Support App may use the role under other conditions: see the table.`,
      );
    }
    if (canonical(before.notify) !== canonical(after.notify)) {
      add(`${where}: its notification settings change: ${notifyWords(before.notify)} → ${notifyWords(after.notify)}.`);
    }
    if (before.name !== after.name) add(`${where} was called ${code(`#${before.name}`)}.`);
  }
  if (lines.length === 0 && verdict !== "unchanged") add(`People in ${where}: see the table.`);
  return lines;
}

function capabilityWords(capability: Capability): string {
  return `${capability}: ${CAPABILITY_WORDS[capability]} (${actionsOf([capability]).map(code).join(", ")})`;
}

const SEVERITY_WORDS: Readonly<Record<Notify["severity"], string>> = {
  none: "no notifications",
  high: "high severity",
  all: "all severities",
};

function notifyWords({ severity, on = [] }: Notify): string {
  return on.length > 0 ? `${SEVERITY_WORDS[severity]} (${on.join(", ")})` : SEVERITY_WORDS[severity];
}

function roleNotes({ role, before, after, movedFrom, namesake }: RoleChange): string[] {
  const notes: string[] = [];
  if (!before && after) {
    const bounds = after.boundary ? `, within the permissions boundary ${boundaryName(after.boundary)}` : "";
    notes.push(`The role ${code(pathAndName(after))} is added${bounds}.`);
  }
  if (before && !after) {
    notes.push(
      `The role ${code(pathAndName(before))} is removed. A channel that was configured by hand and uses it can then do nothing.`,
    );
  }
  if (before && after) {
    if (!isSameName(before, after)) {
      notes.push(
        `The role ${code(pathAndName(before))} is replaced by ${code(pathAndName(after))}. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.`,
      );
    }
    if (movedFrom !== undefined) {
      notes.push(`The role ${code(pathAndName(after))} had the address ${code(`aws_iam_role.${movedFrom}`)} before.`);
    }
    const [had, has] = [before, after].map(({ policies = [] }) => policies.map(code).join(", ") || "none");
    if (had !== has) {
      notes.push(`The policies of the role ${code(pathAndName(after))} have new names: ${had} → ${has}.`);
    }
    if (before.maxSessionDuration !== after.maxSessionDuration) {
      notes.push(
        `The maximum session duration of the role ${code(pathAndName(after))} changes: ${sessionWords(before)} → ${sessionWords(after)}.`,
      );
    }
    notes.push(...boundaryWords(before, after).map((words) => `The role ${code(pathAndName(after))}: ${words}`));
  }
  if (after && namesake !== undefined) {
    notes.push(
      `The name ${code(after.name)} belonged to ${code(`aws_iam_role.${namesake}`)} and now belongs to ${code(`aws_iam_role.${role}`)}. A channel that was configured by hand with it gets the access of this role.`,
    );
  }
  return notes;
}

function boundaryWords({ boundary: before }: RoleAccess, { boundary: after }: RoleAccess): string[] {
  if (isSameBoundary(before, after)) return [];
  if (before && before.policy === after?.policy) return [`its permissions boundary ${boundaryName(after)} changes.`];
  const [was, is] = [before, after].map((boundary) => (boundary ? boundaryName(boundary) : "none"));
  return [`its permissions boundary changes: ${was} → ${is}.`];
}

function sessionWords({ maxSessionDuration }: RoleAccess): string {
  return maxSessionDuration === undefined ? "IAM's default" : `${maxSessionDuration} seconds`;
}

function boundaryName({ policy }: Boundary): string {
  return code(policy);
}

/** The name in IAM, with the path unless that is /. */
function pathAndName({ path, name }: RoleAccess): string {
  return path === "/" ? name : path + name;
}

function registrationWords({ address, before, after }: RegistrationChange): string {
  const what = (after ?? before)?.kind === "workspace" ? "The registered Slack workspace" : "The account's alias";
  if (!before) return `${what} ${code(after?.value ?? "")} is added (${code(address)}).`;
  if (!after) return `${what} ${code(before.value)} is removed (${code(address)}).`;
  return `${what} changes: ${code(before.value)} → ${code(after.value)}.`;
}

function serviceQuotasWords({ becomes, isAwaited }: NonNullable<AccessChanges["serviceQuotasRole"]>): string {
  const role = `The Service Quotas role ${code(SERVICE_QUOTAS_ROLE_NAME)}`;
  if (becomes === "handed-back") return `${role} leaves the stack. It stays in the account.`;
  if (becomes === "destroyed") {
    return `${role} is **destroyed**: the stack neither has it nor hands it back to the account.`;
  }
  return isAwaited
    ? `${role} is created. Whoever may request quota increases, but couldn't create the role, may have been waiting for it.`
    : `${role} is managed by the stack.`;
}

function stateWords(change: StateChange): string {
  switch (change.kind) {
    case "account":
      return `The account changes: ${orWords(change.before, "any")} → ${orWords(change.after, "any")}.`;
    case "backend":
      return `The backend changes: ${backendWords(change.before)} → ${backendWords(change.after)}. The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.`;
    case "provider":
      return `The region that Terraform acts in, or the role that it acts as, changes: ${providerWords(change.before)} → ${providerWords(change.after)}.${change.isLeft ? " Channels and registrations stay in the old region, where no deploy will find them. Retire the environment and deploy first." : ""}`;
    case "profile":
      return `The AWS profile whose credentials ${change.of === "provider" ? "Terraform acts with" : "read the state"} changes: ${orWords(change.before, "none")} → ${orWords(change.after, "none")}.`;
    case "provider-version":
      return `The version constraint of the AWS provider changes: ${orWords(change.before, "none")} → ${orWords(change.after, "none")}.`;
    case "terraform-version":
      return `The version constraint of Terraform changes: ${orWords(change.before, "none")} → ${orWords(change.after, "none")}.`;
    case "import":
      return change.isTakenOver
        ? `${code(change.id)} is imported as ${code(change.to)}, which was something else before. Whoever already uses it gets the access of this code.`
        : `${code(change.id)} is imported as ${code(change.to)}.`;
    case "name-of-other":
      return `The name ${code(change.role)} belonged to a role of ${code(change.environment)}, in the same account. A channel that was configured by hand with it gets the access of this role.`;
    case "read-only-address":
      return `The read-only role ${code(change.role)} gets a new address in Terraform. From then on, nothing forbids that it writes.`;
    case "move":
      return `${code(change.from)} is moved to ${code(change.to)} in the state.`;
  }
}

function orWords(value: string | undefined, otherwise: string): string {
  return value === undefined ? otherwise : code(value);
}

function backendWords(backend: Backend | undefined): string {
  if (!backend) return "none";
  const settings = Object.entries(backend.settings).map(([name, value]) => `${name} ${code(textOf(value))}`);
  return [backend.type, settings.join(", ")].filter((part) => part !== "").join(" with ");
}

function providerWords({ region, assumeRole }: AwsProvider): string {
  return `${orWords(region, "the default region")}${assumeRole === undefined ? "" : ` as ${code(assumeRole)}`}`;
}

/** A row of the table: who may do what, on what, and when. */
interface Row {
  readonly sign: "gains" | "loses";
  readonly who: string;
  readonly right: Right;
}

function rowsOf({ roles, channels }: AccessChanges, account: string | undefined): string[] {
  const ofRoles = roles.flatMap(({ role, before, after, permissions, trust }) => {
    const name = code(pathAndName((after ?? before) as RoleAccess));
    const people = channels
      .filter((channel) => !channel.isMoved && (channel.after ?? channel.before)?.role === role)
      .map(channelName);
    const who = people.length > 0 ? `people in ${people.join(", ")}` : `whoever uses the role ${name}`;
    const ofTrust = rowsOfDifference(trust, ({ requester }) => requesterWords(requester, account));
    return [
      ...rowsOfDifference(permissions, () => who),
      ...ofTrust.map((row) => ({ ...row, who: `${row.who}, with the role ${name}` })),
    ];
  });
  // A channel that gets another role gains and loses the difference between the two.
  const ofMoved = channels
    .filter(({ isMoved }) => isMoved)
    .flatMap((channel) => rowsOfDifference(channel.permissions, () => `people in ${channelName(channel)}`));
  return [...ofRoles, ...ofMoved].map(rowWords);
}

function channelName({ before, after }: ChannelChange): string {
  return code(`#${(after ?? before)?.name}`);
}

function rowsOfDifference({ gained, lost }: Difference, who: (right: Right) => string): Row[] {
  return [
    ...gained.map((right): Row => ({ sign: "gains", who: who(right), right })),
    ...lost.map((right): Row => ({ sign: "loses", who: who(right), right })),
  ];
}

function rowWords({ sign, who, right: { action, resource, allowed, otherwise, depends, example } }: Row): string {
  const isEverything = resource.patterns.includes("*") && !resource.not;
  const conditions = casesWords(allowed);
  const isPlain = !isPattern(action) && conditions === "" && otherwise === undefined;
  const uncertain =
    depends.length > 0 ? [`unsupported: ${unique(depends.map(({ operator }) => code(operator))).join(", ")}`] : [];
  return tableRow([
    depends.length > 0 ? `may ${sign === "gains" ? "gain" : "lose"}` : sign,
    who,
    targetsWords(action, spelled),
    isEverything ? "everything" : targetsWords(resource, String),
    [whenWords(sign, conditions, otherwise), ...uncertain].filter((part) => part !== "").join(", "),
    isPlain ? "" : exampleWords(example, isEverything),
  ]);
}

/** When something is allowed or, if it is both before and after, how that changes. */
function whenWords(sign: Row["sign"], conditions: string, otherwise: AllowedCases | undefined): string {
  if (!otherwise) return conditions;
  const [more, less] = [conditions || "always", casesWords(otherwise) || "always"];
  return sign === "gains" ? `${less} → ${more}` : `${more} → ${less}`;
}

/** Empty: always. */
function casesWords({ when, unless }: AllowedCases): string {
  const alternatives = when.map((all) => all.map(allowingWords).join(" and ")).join(", or ");
  const exceptions = unless.map((all) => `unless ${all.map(conditionWords).join(" and ")}`);
  return [alternatives, ...exceptions].filter((part) => part !== "").join(", ");
}

function isPattern({ not, patterns }: Targets): boolean {
  return not || patterns.some((pattern) => /[*?]/.test(pattern));
}

function exampleWords({ action, resource, keys }: Right["example"], isEverything: boolean): string {
  const known = Object.entries(keys).map(([key, values]) =>
    values === undefined
      ? `without ${code(spelled(key))}`
      : `${code(spelled(key))} = ${values.map(code).join(", ") || "none"}`,
  );
  const on = isEverything ? [] : [`on ${code(resource)}`];
  return [[code(spelled(action)), ...on].join(" "), ...known].join(", ");
}

function targetsWords({ not, patterns }: Targets, spell: (text: string) => string): string {
  const all = patterns.map((pattern) => code(spell(pattern))).join(", ");
  return not ? `all but ${all}` : all;
}

/** A condition of something that is allowed. */
function allowingWords(condition: Condition): string {
  const end = endIn(condition);
  return end === undefined ? conditionWords(condition) : untilWords(end);
}

function conditionWords({ operator, key, values }: Condition): string {
  const said = [...(key === "" ? [] : [code(spelled(key))]), code(operator), values.map(code).join(" or ")];
  return said.join(" ");
}

/** Somebody who may assume a role. */
function requesterWords(requester: Requester | undefined, account: string | undefined): string {
  if (!requester || requester.is === "other") return "anybody";
  const of = requester.is === "named" ? accountOfPrincipal(requester.principal) : requester.account;
  const foreign = of !== undefined && of !== account ? " (**another account**)" : "";
  if (requester.is === "other-of-account") return `anybody in the account ${code(requester.account)}${foreign}`;
  const { type, id } = requester.principal;
  return type === "AWS" ? `${code(id)}${foreign}` : code(`${type} ${id}`);
}

function tableLines(summary: string, rows: readonly string[]): string[] {
  if (rows.length === 0) return [];
  return [
    `<details><summary>${summary} (${rows.length})</summary>`,
    "",
    "| | who | action | on | when | for example |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
    "</details>",
    "",
  ];
}

function driftLines(
  { access, unknownPolicies, unreadable, verdict }: Omit<Drift, "approved">,
  account: string | undefined,
): string[] {
  return [
    "**The account differs from the code before this change, and this deploy gives, or may give, more than the code change does.** Somebody changed the account by hand, or it was never deployed.",
    "",
    ...access.channels.flatMap(channelLines),
    ...access.roles.flatMap((change) => roleNotes(change).map((note) => `- ${note}`)),
    ...unknownPolicies.map(
      ({ role, policy }) =>
        `- The policy ${code(policy)} is removed from ${code(`aws_iam_role.${role}`)}. Its content is unknown: if it denies something, that is then allowed.`,
    ),
    ...unreadable.map(
      ({ reason, source, role }) => `- ${unreadableWords({ reason, source, address: `aws_iam_role.${role}` })}`,
    ),
    "",
    ...(needsApproval(verdict)
      ? tableLines("What the deploy gives and takes, compared with the account", rowsOf(access, account))
      : []),
  ];
}

/** What breaks when something of that type is removed. */
const BREAKS: ReadonlyMap<string, string> = new Map([
  ["aws_iam_role", "A channel that was configured by hand and uses the role can do nothing once it is removed."],
  ["aws_iam_policy", "Whatever else the policy is attached to loses it."],
  ["aws_iam_role_policy_attachment", "Whoever has the role loses what the policy allows."],
  ["aws_iam_service_linked_role", "Nobody in the account can request quota increases until it is there again."],
  ["aws_cloudcontrolapi_resource", "People in the channel can't use the Support App until it is configured again."],
]);

/** What Terraform does, in words. */
const ACTIONS: Readonly<Record<PlannedChange["action"], string>> = {
  create: "creates",
  update: "updates",
  replace: "**replaces**",
  delete: "**deletes**",
  import: "imports",
  forget: "stops managing",
};

function planLines(plan: readonly PlannedChange[]): string[] {
  if (plan.length === 0) return ["Terraform would change nothing.", ""];
  return ["Terraform", "", ...plan.map((change) => `- ${plannedWords(change)}`), ""];
}

function plannedWords(change: PlannedChange): string {
  const { address, type, action, attributes, drift, removed, attached, isDeposed } = change;
  const named = (drifted: boolean) =>
    attributes.filter((one) => drift || one.drift === drifted).map(({ name }) => code(name));
  const byDrift = drift ? [] : named(true);
  const parts = [named(false).join(", "), byDrift.length > 0 ? `by **drift**: ${byDrift.join(", ")}` : ""];
  const details = attributes.length > 0 ? ` (${parts.filter((part) => part !== "").join("; ")})` : "";
  const isRemoved = action === "delete" || action === "replace";
  const sentences = [
    ...attached.map((policy) => `It attaches ${code(policy)}.`),
    ...removed.map(({ policy, byHand }) => `It removes ${code(policy)}${byHand ? ", which was added by hand" : ""}.`),
    ...(isRemoved && !isDeposed ? [BREAKS.get(type)] : []),
  ].filter((sentence) => sentence !== undefined);
  const why = drift ? "**Drift**, not a change of the code: " : "";
  const what = `${ACTIONS[action]} ${code(address)}${isDeposed ? " (deposed)" : ""}${details}.`;
  return [`${why}${what}`, ...sentences].join(" ");
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)];
}
