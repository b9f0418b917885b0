import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import MarkdownIt, { type Token } from "markdown-it";

/** The files of the repository that match one of git's pathspecs. */
export function filesOf(...pathspecs: readonly string[]): string[] {
  return execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z", ...pathspecs], { encoding: "utf8" })
    .split("\0")
    .filter(Boolean);
}

/** Every Markdown file of the repository, without the texts that publish fills in: their links lead within a publication. */
export const MARKDOWN = filesOf("*.md", ":!cli/commands/publish/texts");

/** What a user or a contributor reads, without decisions, which are of their time. */
export const PAGES = MARKDOWN.filter((file) => !/^docs\/decisions\/|^\.github\/|fixtures/.test(file));

const tokens = new Map<string, Token[]>();

function tokensOf(file: string): Token[] {
  const cached = tokens.get(file);
  if (cached) return cached;
  const blocks = new MarkdownIt({ html: true }).parse(readFileSync(file, "utf8"), {});
  const parsed = blocks.flatMap((token) => [token, ...(token.children ?? [])]);
  tokens.set(file, parsed);
  return parsed;
}

/** The lines of the shell's blocks, without comments. */
export function shellCommands(file: string): string[] {
  return tokensOf(file)
    .filter(({ type, info }) => type === "fence" && info === "sh")
    .flatMap(({ content }) =>
      content
        .replaceAll(/ &&\n\s*/g, " && ")
        .split("\n")
        .map((line) => line.replace(/\s+#.*/, "").trim()),
    )
    .filter((line) => line !== "");
}

/** Code within sentences. */
export function codeSpans(file: string): string[] {
  return tokensOf(file)
    .filter(({ type }) => type === "code_inline")
    .map(({ content }) => content);
}

/** Where links and images lead, in Markdown and in HTML. */
export function links(file: string): string[] {
  return tokensOf(file).flatMap((token) =>
    token.type.startsWith("html_")
      ? [...token.content.matchAll(/\b(?:href|src|srcset)\s*=\s*["']?([^"'\s>]+)/g)].map(([, link = ""]) => link)
      : (token.attrGet("href") ?? token.attrGet("src") ?? []),
  );
}

/** The anchors of the headings, as GitHub makes them, and those that are written out. */
export function anchors(file: string): string[] {
  const allTokens = tokensOf(file);
  const headings = allTokens.flatMap((token, index) => (token.type === "heading_open" ? [allTokens[index + 1]] : []));
  const slugs = headings.map((heading) =>
    (heading?.children ?? [])
      .map(({ content }) => content)
      .join("")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{Pc}\s-]/gu, "")
      .replaceAll(" ", "-"),
  );
  const ids = allTokens.flatMap(({ type, content }) =>
    type === "html_inline" ? [...content.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id) : [],
  );
  const headingAnchors = slugs.map((slug, index) => {
    const before = slugs.slice(0, index).filter((candidate) => candidate === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
  return [...headingAnchors, ...ids];
}
