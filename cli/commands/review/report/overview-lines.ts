import { canonical } from "../../../../common/canonical";
import { formatCount } from "../../../../common/format-count";
import { groupByKey } from "../../../../common/group-by-key";
import { distinct } from "../../../../common/json";
import { CAPABILITIES, type Capability } from "../../../../modules/support-app/model/capability";
import type { Difference } from "../../../iam/compare";
import { givenWords } from "../../../iam/until-words";
import { tableRow } from "../../../terminal/markdown";
import type { CapabilityChanges } from "../../../terraform/capability-changes";
import type { Verdict } from "../../../terraform/verdict";
import type { ReviewedEnvironment } from "../review";
import type { StateChange } from "../state-changes";
import { nameInWords, VERDICT_WORDS, worstFirst } from "./phrases";
import type { Section } from "./sections";

/** What changes in an environment, without the names of its channels and its account. */
interface Gist {
  readonly verdict: Verdict;
  readonly isForbidden: boolean;
  /** In how many channels something changes, and what people in them gain and lose. */
  readonly channels: number;
  readonly inChannels: Capabilities;
  /** What others who use a role gain and lose, such as in a channel configured by hand, and nobody in those channels does. */
  readonly byRole: Capabilities;
  /** What else changes, in no capability. */
  readonly notes: readonly Note[];
}

interface Capabilities {
  readonly gained: readonly Granted[];
  readonly lost: readonly Capability[];
  readonly shortened: readonly Granted[];
  readonly limited: readonly Capability[];
}

/** A capability, and the end of it if there is one. */
type Granted = readonly [capability: Capability, end: string | undefined];

type Note = "new" | "removed" | "other-rights" | "trust" | "new-name" | "unsupported" | "drift" | StateChange["kind"];

const NOTE_WORDS: Readonly<Record<Note, string>> = {
  new: "new environment",
  removed: "removed from the file",
  "other-rights": "single actions",
  trust: "who may use the role",
  "new-name": "a role's name is new",
  unsupported: "something unsupported",
  drift: "drift",
  account: "the account",
  backend: "the backend",
  provider: "region, deploying role or profile",
  adopted: "a role is imported",
  "name-of-other": "a role takes another environment's name",
  readdressed: "addresses in Terraform",
  "read-only-address": "the address of the read-only role",
  "read-only-level": "a read-only team gets full access",
};

/** Maximum number of names in a row. */
const MAX_NAMES = 5;

/** Maximum number of characters in a table: what doesn't fit somewhere is left out by whole tables. */
const MAX_TABLE = 16_000;

/** A table with every environment, the worst first. Environments with the same change of access share a row, however their channels are called. */
export function overviewSections(environments: readonly ReviewedEnvironment[]): Section[] {
  if (environments.length < 2) return [];
  const groups = [...groupByKey(worstFirst(environments), (environment) => canonical(gistOf(environment))).values()];
  const rows = groups.map((group) => tableRow([namesWords(group), ...cellsOf(gistOf(group[0]), group.length > 1)]));
  const header = ["| environments | change | people gain | people lose | also changes |", "|---|---|---|---|---|"];
  return tableSections(header, rows, (from, to) => `rows ${from} to ${to} of the table of environments`);
}

/** A table as several, each of which is shown whole or left out. */
export function tableSections(
  header: readonly string[],
  rows: readonly string[],
  titleOf: (from: number, to: number) => string,
): Section[] {
  const tables: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (length + row.length > MAX_TABLE) {
      tables.push([]);
      length = 0;
    }
    tables.at(-1)?.push(row);
    length += row.length;
  }
  let from = 1;
  return tables.map((table) => {
    const title = titleOf(from, from + table.length - 1);
    from += table.length;
    return { title, lines: ["", ...header, ...table, ""] };
  });
}

function namesWords(group: readonly ReviewedEnvironment[]): string {
  const names = group.map(nameInWords);
  if (names.length === 1) return names[0] ?? "";
  if (names.length <= MAX_NAMES) return `${names.length}: ${names.join(", ")}`;
  return `**${names.length}**: ${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

function gistOf({ verdict, violations, access, isNew, isRemoved, unreadable, state, plan }: ReviewedEnvironment): Gist {
  const sides = [access, ...(plan?.drift ? [plan.drift.access] : [])];
  const channels = sides.flatMap((side) => side.channels.filter((channel) => channel.verdict !== "unchanged"));
  const roles = sides.flatMap((side) => side.roles);
  const inChannels = capabilitiesOf(channels);
  const ofRoles = capabilitiesOf(roles.flatMap(({ capabilities }) => capabilities ?? []));
  const isOnlyByRole = (key: keyof Capabilities) => {
    const channelKeys = new Set((inChannels[key] as readonly unknown[]).map(canonical));
    return (item: unknown) => !channelKeys.has(canonical(item));
  };
  const byRole = {
    gained: ofRoles.gained.filter(isOnlyByRole("gained")),
    lost: ofRoles.lost.filter(isOnlyByRole("lost")),
    shortened: ofRoles.shortened.filter(isOnlyByRole("shortened")),
    limited: ofRoles.limited.filter(isOnlyByRole("limited")),
  };
  const isGaining = ({ gained }: Difference) => gained.length > 0;
  const differences = [...channels, ...roles];
  const notes: readonly (Note | false | undefined)[] = [
    isNew && "new",
    isRemoved && "removed",
    inChannels.gained.length + byRole.gained.length === 0 &&
      differences.some(({ permissions }) => isGaining(permissions)) &&
      "other-rights",
    differences.some(({ trust }) => isGaining(trust)) && "trust",
    !isNew && roles.some(({ isNewName }) => isNewName) && "new-name",
    (unreadable.length > 0 || differences.some(({ permissions }) => permissions.undecided.length > 0)) && "unsupported",
    plan?.drift && "drift",
    ...state.map(({ kind }) => kind),
  ];
  return {
    verdict,
    isForbidden: violations.length > 0,
    channels: new Set(channels.map(({ workspace, channel }) => canonical([workspace, channel]))).size,
    inChannels,
    byRole,
    notes: [...new Set(notes.filter((note) => note !== false && note !== undefined))],
  };
}

function capabilitiesOf(changes: readonly CapabilityChanges[]): Capabilities {
  const capabilitiesIn = (key: keyof Capabilities) =>
    CAPABILITIES.filter((capability) => changes.some((change) => change[key]?.includes(capability)));
  const withEnds = (key: "gained" | "shortened") =>
    capabilitiesIn(key).flatMap((capability) =>
      distinct(
        changes
          .filter((change) => change[key]?.includes(capability))
          .map((change): Granted => [capability, change.ends?.after[capability]]),
      ),
    );
  return {
    ...{ gained: withEnds("gained"), lost: capabilitiesIn("lost") },
    ...{ shortened: withEnds("shortened"), limited: capabilitiesIn("limited") },
  };
}

function cellsOf({ verdict, isForbidden, channels, inChannels, byRole, notes }: Gist, areSeveral: boolean): string[] {
  const peopleWords = [
    `in ${formatCount(channels, "channel")}${areSeveral ? " each" : ""}`,
    "whoever else uses a role",
  ];
  const cellOf = (words: (capabilities: Capabilities) => string) =>
    [inChannels, byRole]
      .map(words)
      .flatMap((text, index) => (text === "" ? [] : [`${peopleWords[index]}: ${text}`]))
      .join("; ");
  const gained = cellOf((capabilities) => grantedWords(capabilities.gained));
  return [
    isForbidden ? "⛔ **forbidden**" : VERDICT_WORDS[verdict][0],
    gained === "" ? "" : `**${gained}**`,
    cellOf(lossWords),
    notes.map((note) => NOTE_WORDS[note]).join(", "),
  ];
}

function grantedWords(granted: readonly Granted[]): string {
  return granted.map(([capability, end]) => givenWords(capability, end)).join(", ");
}

function lossWords({ lost, shortened, limited }: Capabilities): string {
  return [
    ...(lost.length > 0 ? [lost.join(", ")] : []),
    ...(shortened.length > 0 ? [`for a shorter time ${grantedWords(shortened)}`] : []),
    ...(limited.length > 0 ? [`now only under some conditions ${limited.join(", ")}`] : []),
  ].join(", ");
}
