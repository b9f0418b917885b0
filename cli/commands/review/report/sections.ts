import { formatCount } from "../../../../common/format-count";

/** A part of a report that is shown whole or left out. */
export interface Section {
  /** What it shows, in Markdown, such as "the details of `paid`". */
  readonly title: string;
  readonly lines: readonly string[];
}

/** A report in Markdown. */
export interface Report {
  /** What is never left out. */
  readonly head: readonly string[];
  /** The most important first. */
  readonly sections: readonly Section[];
}

/** A place for a report that takes only so much. */
export interface Room {
  readonly size: number;
  /** How much of it a text takes. */
  readonly sizeOf: (text: string) => number;
  /** Where the whole report is, after "All of it is". */
  readonly rest: string;
}

/** Maximum number of titles in a notice. */
const MAX_TITLES = 12;

/** The whole report. */
export function markdownOf({ head, sections }: Report): string {
  return textOf([...head, ...sections.flatMap(({ lines }) => lines)]);
}

/** As much of a report as fits, by whole sections, with a notice that names what is left out. */
export function fittingMarkdown(report: Report, room: Room): string {
  const whole = markdownOf(report);
  if (room.sizeOf(whole) <= room.size) return whole;
  const shownSections = new Set<Section>();
  const text = () =>
    markdownOf({
      head: [
        ...report.head,
        ...noticeLines(
          report.sections.filter((section) => !shownSections.has(section)),
          room.rest,
        ),
      ],
      sections: report.sections.filter((section) => shownSections.has(section)),
    });
  const longestFirst = [...report.sections].sort((a, b) => b.title.length - a.title.length);
  const longestHead = { head: [...report.head, ...noticeLines(longestFirst, room.rest)], sections: [] };
  let space = room.size - room.sizeOf(markdownOf(longestHead));
  for (const section of report.sections) {
    const size = room.sizeOf(textOf(["", ...section.lines, ""]));
    if (size > space) continue;
    shownSections.add(section);
    space -= size;
  }
  return text();
}

function noticeLines(missingSections: readonly Section[], rest: string): string[] {
  const titles = missingSections.slice(0, MAX_TITLES).map(({ title }) => title);
  const remainder = missingSections.length - titles.length;
  const titleWords = [...titles, ...(remainder > 0 ? [formatCount(remainder, "more part")] : [])].join("; ");
  return [
    "> [!CAUTION]",
    `> This report is too long for this place. Left out: ${titleWords}. All of it is ${rest}. Read it before you approve.`,
    "",
  ];
}

function textOf(lines: readonly string[]): string {
  return lines.join("\n").replace(/\n{3,}/g, "\n\n");
}
