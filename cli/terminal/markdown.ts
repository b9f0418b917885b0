import { printable } from "../../common/printable";

/**
 * Any text as inline code: no part of it becomes Markdown, HTML, a mention, a link or a cell, and different texts look
 * different. Not `<code>`, in which a forge creates links.
 */
export function code(value: string): string {
  const text = printable(value.replace(/\\(?=u\{)/g, "\\u{005c}")) || " ";
  const longest = (text.match(/`+/g) ?? []).reduce((longestLength, { length }) => Math.max(longestLength, length), 0);
  const fence = "`".repeat(longest + 1);
  const space = /^[` ]|[` ]$/.test(text) ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}

/** A value as inline code, or a word for none. */
export function codeOr(value: string | undefined, fallback: string): string {
  return value === undefined ? fallback : code(value);
}

/** Lines as a code block, in which nothing is Markdown, a mention or a link. An empty line comes before it. */
export function codeBlock(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${printable(line)}`);
}

/** A table. A cell is Markdown of one line. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((cells) => `${tableRow(cells)}\n`).join("");
}

/** A line of a table. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The lines that apply, without lines whose condition is false and missing lines. */
export function linesOf(...lines: readonly (string | readonly string[] | boolean | undefined)[]): string[] {
  return lines.flat().filter((line) => typeof line === "string");
}
