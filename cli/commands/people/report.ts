import { labelOfOwner } from "../../../modules/support-app/model/team";
import type { PeopleReport, ReportedChannel } from "../../reports/people-report";

const HEADER = ["channel", "access", "private", "archived", "shared with", "people", "guests", "external", "bots"];

/** The report as text: a table for each environment and, if requested, the people in each channel. */
export function peopleLines(environments: PeopleReport["environments"]): string[] {
  const reasons = environments.flatMap(({ channels }) => channels.map(({ unknown }) => unknown.join(" ")));
  // Such as a token that Slack rejects: it is the same for every channel.
  const sharedReasons =
    reasons.length > 1 && new Set(reasons).size === 1 ? reasons.slice(0, 1).filter((reason) => reason !== "") : [];
  const lines = environments.flatMap(({ name, account, channels }, index) => [
    ...(index === 0 ? [] : [""]),
    `${name} (${account})`,
    ...table([HEADER, ...channels.map(row)]).map((line) => `  ${line}`),
    ...channels.flatMap(nameLines),
    ...(sharedReasons.length > 0
      ? []
      : channels.flatMap(({ name, unknown }) => unknown.map((reason) => `  #${name}: ${reason}`))),
  ]);
  return [...lines, ...sharedReasons.flatMap((reason) => ["", `Every channel: ${reason}`])];
}

const yesNo = (isTrue: boolean) => (isTrue ? "yes" : "no");

function row({ name, state, counts, ...owner }: ReportedChannel): string[] {
  const number = (count: number | undefined) =>
    count === undefined ? "?" : `${count}${counts?.unseen ? " or more" : ""}`;
  const renamedWords = state === undefined || state.name === name ? "" : ` (in Slack #${state.name})`;
  return [
    `#${name}${renamedWords}`,
    labelOfOwner(owner),
    ...(state ? [yesNo(state.isPrivate), yesNo(state.isArchived), sharedInWords(state)] : ["?", "?", "?"]),
    ...[counts?.members, counts?.guests, counts?.strangers, counts?.bots].map(number),
  ];
}

function sharedInWords({ isShared, sharedWith, isInvited }: NonNullable<ReportedChannel["state"]>): string {
  if (isShared) return sharedWith.join(", ") || "another organization";
  return isInvited ? "nobody, but one is invited" : "nobody";
}

function nameLines({ name, people = [] }: ReportedChannel): string[] {
  if (people.length === 0) return [];
  const rows = people.map((person) => [
    person.is,
    person.id,
    person.name,
    person.from === undefined ? "" : `of ${person.from}`,
  ]);
  return [`  In #${name}:`, ...table(rows).map((line) => `    ${line}`)];
}

/** Rows with columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, n) => Math.max(widest[n] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
