import { escapeHtml, page } from "./html";

/**
 * Markdown of this program's reports as one self-contained page: headings, paragraphs, lists, tables, folded details,
 * notices, bold text and code. Anything else stays text.
 */
export function markdownPage(title: string, markdown: string): string {
  return page(title, `<main>\n${bodyOf(markdown.split("\n"))}\n</main>\n`);
}

/** The kinds of lines that belong together, and how each begins. */
const BLOCKS = {
  table: /^\|/,
  list: /^ *- /,
  notice: /^> /,
  code: /^ {4}/,
} as const;
type Block = keyof typeof BLOCKS;

function bodyOf(lines: readonly string[]): string {
  const parts: string[] = [];
  let block: Block | undefined;
  let blockLines: string[] = [];
  const close = () => {
    if (block !== undefined) parts.push(HTML_OF[block](blockLines));
    block = undefined;
    blockLines = [];
  };
  for (const line of lines) {
    const kind = kindOf(line, block);
    if (kind !== block) close();
    if (kind === undefined) parts.push(lineOf(line));
    else {
      block = kind;
      blockLines.push(line);
    }
  }
  close();
  return parts.join("\n");
}

/** A list may be as deep as code is indented. */
function kindOf(line: string, block: Block | undefined): Block | undefined {
  if (block === "list" && BLOCKS.list.test(line)) return "list";
  return (Object.keys(BLOCKS) as Block[]).find((kind) =>
    kind === "list" ? /^- /.test(line) : BLOCKS[kind].test(line),
  );
}

function lineOf(line: string): string {
  const [, marks = "", heading] = line.match(/^(#{1,6}) (.*)$/) ?? [];
  if (heading !== undefined) return `<h${marks.length}>${inline(heading)}</h${marks.length}>`;
  const [, summary] = line.match(/^<details><summary>(.*)<\/summary>$/) ?? [];
  if (summary !== undefined) return `<details><summary>${inline(summary)}</summary>`;
  if (line === "</details>") return line;
  return line === "" ? "" : `<p>${inline(line)}</p>`;
}

const HTML_OF: Readonly<Record<Block, (lines: readonly string[]) => string>> = {
  table: ([header = "", , ...rows]) => {
    const titles = cellsOf(header);
    const head = titles.map((cell) => `<th scope="col">${inline(cell)}`);
    const body = rows.map((row) => {
      const cells = cellsOf(row).map((cell, index) => {
        const title = escapeHtml(titles[index] ?? "");
        return `<td${title === "" || cell === "" ? "" : ` data-title="${title}"`}>${inline(cell)}`;
      });
      return `<tr>${cells.join("")}`;
    });
    return `<div class="scroll" role="region" aria-label="Table" tabindex="0">\n<table class="cards">\n<thead><tr>${head.join("")}\n<tbody>\n${body.join("\n")}\n</table>\n</div>`;
  },
  list: (lines) => {
    const depths = lines.map((line) => line.search(/\S/));
    const items = lines.map((line, index) => {
      const [depth = 0, next = 0] = [depths[index], depths[index + 1]];
      const item = `<li>${inline(line.replace(/^ *- /, ""))}`;
      if (next > depth) return `${item}<ul>`;
      return item + "</ul>".repeat((depth - next) / 2);
    });
    return `<ul>\n${items.join("\n")}\n</ul>`;
  },
  notice: (lines) => {
    const texts = lines.map((line) => line.slice("> ".length)).filter((line) => !line.startsWith("[!"));
    return `<blockquote>${texts.map(inline).join("\n")}</blockquote>`;
  },
  code: (lines) => `<pre>${lines.map((line) => escapeHtml(line.slice(4))).join("\n")}</pre>`,
};

/** The cells of a row, in which an escaped bar is text. */
function cellsOf(row: string): string[] {
  return row
    .slice(1, row.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** A line's code and bold text. In code, nothing else is looked for. */
function inline(line: string): string {
  const parts: string[] = [];
  let isBold = false;
  const plain = (text: string) =>
    escapeHtml(text).replaceAll("**", () => {
      isBold = !isBold;
      return isBold ? "<strong>" : "</strong>";
    });
  let rest = line;
  for (let fence = ""; rest !== ""; ) {
    const start = rest.indexOf("`");
    if (start < 0) break;
    fence = rest.slice(start).match(/^`+/)?.[0] ?? "";
    const from = start + fence.length;
    const length = rest.slice(from).search(new RegExp(`(?<!\`)${fence}(?!\`)`));
    if (length < 0) break;
    parts.push(
      plain(rest.slice(0, start)),
      `<code>${escapeHtml(withoutPadding(rest.slice(from, from + length)))}</code>`,
    );
    rest = rest.slice(from + length + fence.length);
  }
  parts.push(plain(rest), isBold ? "</strong>" : "");
  return parts.join("");
}

/** Code that begins or ends with a space or a backtick has a space around it. */
function withoutPadding(text: string): string {
  return /^ .* $/.test(text) && text.trim() !== "" ? text.slice(1, -1) : text;
}
