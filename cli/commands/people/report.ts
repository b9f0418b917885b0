import type { PeopleReport, ReportedChannel } from "../../reports/people-report";

const HEADER = ["channel", "access", "private", "archived", "shared with", "people", "guests", "external", "bots"];

/** The report as text: a table for each environment and, if requested, the people in each channel. */
export function peopleLines(environments: PeopleReport["environments"]): string[] {
  const all = environments.flatMap(({ channels }) => channels.map(({ unknown }) => unknown.join(" ")));
  // Such as a token that Slack rejects: it is the same for every channel.
  const shared = all.length > 1 && new Set(all).size === 1 ? all.slice(0, 1).filter((why) => why !== "") : [];
  const lines = environments.flatMap(({ name, account, channels }, index) => [
    ...(index === 0 ? [] : [""]),
    `${name} (${account})`,
    ...table([HEADER, ...channels.map(row)]).map((line) => `  ${line}`),
    ...channels.flatMap(nameLines),
    ...(shared.length > 0 ? [] : channels.flatMap(({ name, unknown }) => unknown.map((why) => `  #${name}: ${why}`))),
  ]);
  return [...lines, ...shared.flatMap((why) => ["", `Every channel: ${why}`])];
}

const yesNo = (is: boolean) => (is ? "yes" : "no");

function row({ name, access, state, counts }: ReportedChannel): string[] {
  const number = (count: number | undefined) =>
    count === undefined ? "?" : `${count}${counts?.unseen ? " or more" : ""}`;
  const renamed = state === undefined || state.name === name ? "" : ` (in Slack #${state.name})`;
  return [
    `#${name}${renamed}`,
    access,
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
  const rows = people.map((one) => [one.is, one.id, one.name, one.from === undefined ? "" : `of ${one.from}`]);
  return [`  In #${name}:`, ...table(rows).map((line) => `    ${line}`)];
}

/** Rows with columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, n) => Math.max(all[n] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
