import { canonical } from "../../../../common/canonical";
import { groupByKey } from "../../../../common/group-by-key";
import { distinct } from "../../../../common/json";
import { code, tableRow } from "../../../terminal/markdown";
import type { EnvironmentChange, PersonChange, SettingChange } from "../review";
import type { Section } from "./sections";
import { channelCell, environmentCell, environmentsWords, gainWords, lossWords, nameWords, valueCell } from "./words";

/** Rows of a table that are alike in several environments are one row. */
interface Row {
  readonly change: EnvironmentChange;
  /** What must be alike, but for the environment's own account. */
  readonly cells: readonly string[];
  /** What may differ between environments: the names of channels. */
  readonly subject?: Subject;
}

interface Subject {
  readonly words: string;
  /** Of several environments. */
  readonly shared: string;
}

/** Maximum number of characters in a table: what doesn't fit somewhere is left out by whole tables. */
const MAX_TABLE = 16_000;

/** Who gains and loses what. */
export function peopleSections(changes: readonly EnvironmentChange[]): Section[] {
  const rows = changes.flatMap((change) => {
    const groups = groupByKey(shownPeople(change), (person) => canonical([person.kind, ...peopleCells(person)]));
    return [...groups.values()].map(
      (people): Row => ({ change, cells: peopleCells(people[0]), subject: whoWords(people) }),
    );
  });
  return groupedTable(["environment", "who", "gains", "loses"], rows, "people", ({ cells: [gains] }) => gains !== "");
}

/** The people of an environment. A role's other users aren't named where its channels gain and lose the same. */
function shownPeople({ people }: EnvironmentChange): PersonChange[] {
  const keyOf = (person: PersonChange) => canonical([person.owner, ...peopleCells(person)]);
  const channels = new Set(people.filter(({ kind }) => kind === "channel").map(keyOf));
  return people.filter((person) => person.kind === "channel" || !channels.has(keyOf(person)));
}

function peopleCells(person: PersonChange): string[] {
  const gains = gainWords(person);
  return [gains === "" ? "" : `**${gains}**`, lossWords(person)];
}

function whoWords(people: readonly PersonChange[]): Subject {
  const isRole = people[0]?.kind === "role";
  const names = people
    .map((person) => (isRole ? code(person.name) : channelCell(`#${person.name}`, person)))
    .join(", ");
  const words = `${isRole ? "whoever uses the role" : "everyone in"} ${names}`;
  return { words, shared: isRole ? words : `everyone in ${people.length} channel${people.length > 1 ? "s" : ""} each` };
}

/** Properties before and after. */
export function settingSections(
  changes: readonly EnvironmentChange[],
  noun: string,
  title: string,
  isShown: (setting: SettingChange) => boolean,
): Section[] {
  const rows = changes.flatMap((change) =>
    change.settings.filter(isShown).map((setting): Row => {
      const { property, owner, before, after, hasEnded } = setting;
      const subject = setting.channel
        ? { words: `${property} of ${channelCell(String(owner), setting)}`, shared: `${property} of 1 channel each` }
        : undefined;
      const name = owner === undefined ? property : `${property} (${owner})`;
      const cells = [...(subject ? [] : [name]), valueCell(before), valueCell(after) + (hasEnded ? " (ended)" : "")];
      return { change, cells, subject };
    }),
  );
  return groupedTable(["environment", noun, "before", "after"], rows, title);
}

/** A table in which rows that are alike in several environments are one. */
function groupedTable(
  header: readonly string[],
  rows: readonly Row[],
  title: string,
  isBold: (row: Row) => boolean = () => false,
): Section[] {
  const groups = groupByKey(rows, ({ change, cells, subject }) =>
    canonical([change.kind, subject?.shared ?? null, cells.map((cell) => withoutAccount(cell, change))]),
  );
  const lines = [...groups.values()].map((group) => {
    const [row] = group;
    const names = distinct(group.map(({ change }) => change.environment));
    if (names.length === 1)
      return group
        .map(({ change, cells, subject }) =>
          tableRow([environmentCell(change, isBold(row)), ...(subject ? [subject.words] : []), ...cells]),
        )
        .join("\n");
    const prefix = row.change.kind === "new" ? "new: " : "";
    const isAlike = group.every(({ subject }) => subject?.words === row.subject?.words);
    const subject = row.subject && (isAlike ? row.subject.words : row.subject.shared);
    const cells = row.cells.map((cell) => withoutAccount(cell, row.change));
    return tableRow([prefix + environmentsWords(names), ...(subject === undefined ? [] : [subject]), ...cells]);
  });
  const sharedGroups = [...groups.values()].filter(
    (group) => new Set(group.map(({ change }) => change.environment)).size > 1,
  );
  // Of several rows, the fold says for each environment which one it is in.
  const isOne = sharedGroups.length === 1;
  const members = sharedGroups.flat().map(({ change, cells, subject }) => ({
    change,
    cells: [...(subject ? [subject.words] : []), ...(isOne ? [] : cells)],
  }));
  const columns = [header[1] === "who" ? "channel" : String(header[1]), ...header.slice(2)].slice(
    0,
    isOne ? members[0]?.cells.length : undefined,
  );
  return [...tableSections(header, lines, title), ...environmentSections(members, title, columns)];
}

/**
 * The environments of what names only the first of them, folded, each with its place.
 *
 * @param columns what they are listed with, besides
 */
export function environmentSections(
  members: readonly { readonly change: EnvironmentChange; readonly cells?: readonly string[] }[],
  title: string,
  columns: readonly string[] = [],
): Section[] {
  const rows = distinct(
    members.map(({ change, cells = [] }) => [
      ...[nameWords(change.environment), change.account ?? "", change.region ?? ""],
      ...cells,
    ]),
  ).map((cells) => tableRow(cells));
  const header = ["environment", "account", "region", ...columns];
  const [column] = columns;
  const places = column === undefined ? "account and region" : `account, region and ${column}`;
  const summary = `The environments that are alike, with ${places}`;
  return tableSections(header, rows, `environments of ${title}`).map((section) => ({
    title: section.title,
    lines: folded(summary, section.lines),
  }));
}

/** A cell in which the environment's own account is a word: environments that are alike differ in it. */
export function withoutAccount(cell: string, { account }: EnvironmentChange): string {
  return account === undefined ? cell : cell.replace(new RegExp(`(?<!\\d)${account}(?!\\d)`, "g"), "ACCOUNT");
}

/** A table as several, each of which is shown whole or left out. */
export function tableSections(header: readonly string[], rows: readonly string[], title: string): Section[] {
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
  const head = [tableRow(header), tableRow(header.map(() => "---"))];
  return tables.map((table, index) => ({
    title: `${tables.length > 1 ? `part ${index + 1} of ` : ""}the table of ${title}`,
    lines: [...head, ...table, ""],
  }));
}

/** Lines that a reader unfolds. */
export function folded(summary: string, lines: readonly string[]): string[] {
  return [`<details><summary>${summary}</summary>`, "", ...lines, "</details>", ""];
}
