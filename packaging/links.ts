import { posix } from "node:path";
import MarkdownIt, { type Token } from "markdown-it";

/** All tokens of a Markdown text, also those within a line. */
export function tokensIn(text: string): Token[] {
  return new MarkdownIt({ html: true }).parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
}

/** Where links and images lead, in Markdown and in HTML. */
export function linksOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) =>
    token.type.startsWith("html_")
      ? [...token.content.matchAll(/\b(?:href|src|srcset)\s*=\s*["']?([^"'\s>]+)/g)].map(([, link = ""]) => link)
      : (token.attrGet("href") ?? token.attrGet("src") ?? []),
  );
}

/** The file that a relative link leads to, from the root of the repository. Undefined: it leads elsewhere, or within its page. */
export function linkedFile(page: string, link: string): string | undefined {
  if (/^([a-z]+:|#)/.test(link)) return undefined;
  return posix.join(posix.dirname(page), link.replace(/#.*/, ""));
}

/**
 * A page with relative links replaced by links to the files of a release on GitHub, except to files that stay reachable
 * beside the page.
 *
 * @throws Error if a link is written in a form that can't be replaced
 */
export function withAbsoluteLinks(
  text: string,
  page: string,
  { repository, version }: { readonly repository: string; readonly version: string },
  isReachable: (file: string) => boolean,
): string {
  const toReplace = (written: string) =>
    linksOf(tokensIn(written)).flatMap((link) => {
      const file = linkedFile(page, link);
      return file === undefined || isReachable(file) ? [] : [{ link, file }];
    });
  const replaced = toReplace(text).reduce((written, { link, file }) => {
    const isPicture = /\.(gif|jpe?g|png|svg)$/.test(file);
    const folder = isPicture ? "https://raw.githubusercontent.com" : "https://github.com";
    const url = [folder, repository, ...(isPicture ? [] : ["blob"]), `v${version}`, file].join("/");
    const anchor = link.match(/#.*/)?.[0] ?? "";
    return written.replaceAll(`](${link})`, `](${url}${anchor})`).replaceAll(`="${link}"`, `="${url}${anchor}"`);
  }, text);
  const [left] = toReplace(replaced);
  if (left)
    throw new Error(
      `${page}: received a link to ${left.link} in a form that can't be made absolute, expected [text](${left.link}) or href="${left.link}".`,
    );
  return replaced;
}
