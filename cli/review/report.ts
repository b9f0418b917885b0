import { createHash } from "node:crypto";
import { spelled } from "../spelling";
import type { ChannelChange, EnvironmentChange, RoleChange, Verdict } from "./classify";
import type { Right } from "./compare";
import type { PlannedChange } from "./plan";
import { canonical } from "./policy";

/** Most characters of a comment on GitHub. */
const MAX_COMMENT = 65_536 - 536; // the workflow adds its own words

/** Version of what `--format json` prints. A change that breaks a reader counts it up. */
const SCHEMA_VERSION = 1;

/** What a review has found. */
export interface Review {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Stands for this very change of access. The same change has the same digest, wherever it is reviewed. */
  readonly digest: string;
  /** Whether somebody must approve: something is broadened, or not known to be less. */
  readonly approvalNeeded: boolean;
  /** Whether something is that may never be, whatever was approved. */
  readonly refused: boolean;
  /** The environments that change, in the order of their names. */
  readonly environments: readonly ReviewedEnvironment[];
}

/** An environment that changes, in code or by a plan. */
export interface ReviewedEnvironment extends EnvironmentChange {
  /** What Terraform would do. Undefined: no plan was given. */
  readonly plan?: readonly PlannedChange[];
}

/** A review of all environments. */
export function reviewOf(
  all: readonly EnvironmentChange[],
  plans: ReadonlyMap<string, readonly PlannedChange[]> = new Map(),
): Review {
  const loud = all.filter(({ verdict }) => !isQuiet(verdict));
  const environments = all
    .map((change) => ({ ...change, plan: plans.get(change.environment) }))
    .filter(({ verdict, plan }) => verdict !== "unchanged" || plan !== undefined);
  return {
    schemaVersion: SCHEMA_VERSION,
    digest: createHash("sha256").update(canonical(loud)).digest("hex").slice(0, 32),
    approvalNeeded: environments.some(({ verdict }) => needsApproval(verdict)),
    refused: environments.some(({ violations }) => violations.length > 0),
    environments,
  };
}

function isQuiet(verdict: Verdict): boolean {
  return verdict === "unchanged" || verdict === "cosmetic";
}

function needsApproval(verdict: Verdict): boolean {
  return verdict === "broadened" || verdict === "unknown";
}

/** The report for a pull request, in Markdown. */
export function markdown(review: Review): string {
  const isShort = ({ verdict, plan }: ReviewedEnvironment) => isQuiet(verdict) && plan === undefined;
  const loud = review.environments.filter((change) => !isShort(change));
  const quiet = review.environments.filter(isShort).map(({ environment }) => environment);
  const gives = loud.some(({ verdict }) => !isQuiet(verdict));
  const lines = [
    `## ${verdictLine(review)}`,
    "",
    ...(gives ? [`Digest of this change: \`${review.digest}\``, ""] : []), // first: a report that is cut has it, too
    ...loud.flatMap(environmentLines),
    ...(quiet.length > 0 ? [`Changed in form only, with the same access: ${quiet.map(code).join(", ")}.`, ""] : []),
    ...(gives ? ["Whatever a channel gains or loses also applies to live-chat channels made from it later.", ""] : []),
  ];
  return cut(lines.join("\n"));
}

function verdictLine(review: Review): string {
  const count = (verdict: Verdict) => review.environments.filter((change) => change.verdict === verdict).length;
  const named = (verdict: Verdict, words: string) => (count(verdict) > 0 ? [`${words} in ${count(verdict)}`] : []);
  const words = [
    ...named("broadened", "broadened"),
    ...named("unknown", "not known"),
    ...named("narrowed", "narrowed"),
    ...named("moved", "moved"),
  ];
  if (review.refused) return "⛔ Access that may never be";
  if (words.length === 0) return "✅ Nobody's access changes";
  const sign = review.approvalNeeded ? "⚠️" : "✅";
  const loud = review.environments.filter(({ verdict }) => !isQuiet(verdict)).length;
  return `${sign} Access is ${words.join(", ")} ${loud === 1 ? "environment" : "environments"}`;
}

function environmentLines({
  environment,
  verdict,
  channels,
  roles,
  notes,
  unknown,
  violations,
  plan,
}: ReviewedEnvironment): string[] {
  const rows = roles.flatMap(statementRows);
  return [
    `### ${code(environment)}: ${verdict}`,
    "",
    ...violations.map((violation) => `- ⛔ ${prose(violation)}`),
    ...channels.filter((channel) => channel.verdict !== "unchanged" || channel.notes.length > 0).flatMap(channelLines),
    ...roles.flatMap(({ role, notes }) => notes.map((note) => `- Role ${code(role)}: ${prose(note)}`)),
    ...notes.map((note) => `- ${prose(note)}`),
    ...unreadLines([
      ...unknown,
      ...roles.flatMap(({ permissions, trust }) => [...permissions.unknown, ...trust.unknown]),
    ]),
    "",
    ...(plan ? planLines(plan) : []),
    ...(rows.length > 0
      ? [
          `<details><summary>Statements (${rows.length})</summary>`,
          "",
          "| | role | principal | action | resource | condition |",
          "|---|---|---|---|---|---|",
          ...rows,
          "",
          "</details>",
          "",
        ]
      : []),
  ];
}

function unreadLines(unread: readonly string[]): string[] {
  return [...new Set(unread.map(short))].map((what) => `- Can't be read, and counts as broadened: ${code(what)}`);
}

function planLines(plan: readonly PlannedChange[]): string[] {
  if (plan.length === 0) return ["Terraform would change nothing.", ""];
  return [
    "Terraform",
    "",
    ...plan.map(({ address, action, attributes, drift, removed, breaks }) => {
      const named = (drifted: boolean) =>
        attributes.filter((one) => drift || one.drift === drifted).map(({ name }) => code(name));
      const byDrift = drift ? [] : named(true);
      const parts = [named(false).join(", "), byDrift.length > 0 ? `by **drift**: ${byDrift.join(", ")}` : ""];
      const details = attributes.length > 0 ? ` (${parts.filter((part) => part !== "").join("; ")})` : "";
      const takenOff = removed.map(
        ({ policy, byHand }) => ` It takes off ${code(policy)}${byHand ? ", which was put there by hand" : ""}.`,
      );
      const why = drift ? "**Drift**, which the code doesn't change: " : "";
      return `- ${why}${ACTIONS[action]} ${code(address)}${details}.${takenOff.join("")}${breaks ? ` ${breaks}` : ""}`;
    }),
    "",
  ];
}

/** What Terraform does, in words. */
const ACTIONS: Readonly<Record<PlannedChange["action"], string>> = {
  create: "creates",
  update: "updates",
  replace: "**replaces**",
  delete: "**deletes**",
  import: "imports",
  forget: "lets go of",
};

function channelLines({ name, channel, gained, lost, limited, notes, verdict }: ChannelChange): string[] {
  const where = `${code(`#${name}`)} (${code(channel)})`;
  const said = [
    ...(gained.length > 0 ? [`- People in ${where} **gain** ${gained.join(", ")}.`] : []),
    ...(lost.length > 0 ? [`- People in ${where} **lose** ${lost.join(", ")}.`] : []),
    ...(limited.length > 0
      ? [`- People in ${where} can ${limited.join(", ")} **in some cases alone**, as the statements say.`]
      : []),
  ];
  return [
    ...said,
    ...(said.length + notes.length === 0 ? [`- People in ${where}: ${verdict}, as the statements say.`] : []),
    ...notes.map((note) => `- ${where}: ${prose(note)}`),
  ];
}

function statementRows({ role, permissions, trust }: RoleChange): string[] {
  const row = (sign: string, { principal, action, resource, condition }: Right) =>
    `| ${sign} | ${cell(role)} | ${principal ? cell(principal) : "the role"} | ${cell(spelled(action))} | ${cell(resource)} | ${condition ? cell(condition) : ""} |`;
  return [
    ...[...permissions.gained, ...trust.gained].map((right) => row("+", right)),
    ...[...permissions.lost, ...trust.lost].map((right) => row("−", right)),
  ];
}

/**
 * A text of the change as code, whatever is in it: nothing of it becomes Markdown, HTML, a mention or a link. HTML's own
 * `<code>` wouldn't do, since GitHub makes links in it.
 */
function code(value: string): string {
  const text = value.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "�") || " ";
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = /^[` ]|[` ]$/.test(text) ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}

/** The same in a table. */
function cell(value: string): string {
  return code(value).replaceAll("|", "\\|");
}

/** A sentence, with what it quotes as code. */
function prose(sentence: string): string {
  return sentence
    .split("`")
    .map((part, index) => (index % 2 === 1 ? code(part) : part))
    .join("");
}

function short(value: string): string {
  return value.length > 300 ? `${value.slice(0, 300)}… (${value.length} characters)` : value;
}

/** At most what GitHub takes, with a notice that is not to be overlooked. */
function cut(report: string): string {
  if (report.length <= MAX_COMMENT) return report;
  const notice =
    "\n\n> [!CAUTION]\n> This report is cut: it is longer than GitHub takes. Run `support-app review` for all of it, before you approve anything.\n";
  const room = report.slice(0, MAX_COMMENT - notice.length - 20);
  const whole = room.slice(0, room.lastIndexOf("\n"));
  // Whole lines alone: what stands as code isn't one.
  const count = (start: string) => whole.split("\n").filter((line) => line.startsWith(start)).length;
  const open = count("<details>") > count("</details>") ? "\n\n</details>" : "";
  return whole + open + notice;
}
