import MarkdownIt from "markdown-it";
import { isFields } from "../../common/fields";

/**
 * A text that a terminal, a log of GitHub Actions, Markdown and HTML each would obey. First what may stand in a file's name
 * or a variable.
 */
export const HOSTILE =
  "::error::a\n ::error::b\r\u0085##[error]c ##vso[d]e \u001b[31m\u009b1m\u202e\u2028\u200b\u3164 `` ` | [f](g) *h* </code></td><img src=x> '\" \\|";

/** The same where Unicode may be broken, too. */
export const HOSTILE_JSON = `${HOSTILE} \ud800`;

/** What of a printed text a terminal or a log would obey, or doesn't show. */
export function obeyedIn(text: string): string[] {
  return [
    /(?!\n)[\p{C}\p{Zl}\p{Zp}\u3164]/u, // but for lines of our own
    /^\s*::/m,
    /^\s*\\u\{003a\}:error::b/m, // what is after the line break on a line of its own, even if it isn't obeyed
    /##\w*\[/,
  ].flatMap((pattern) => text.match(pattern)?.slice(0, 1) ?? []);
}

/** What GitHub shows of Markdown, without what stands as code. */
export function outsideOfCode(markdown: string): string {
  return new MarkdownIt({ html: true, linkify: true })
    .render(markdown)
    .replace(/<code[^>]*>[^<]*<\/code>/g, "")
    .replace(/^\s*<details>|<\/?(summary|details)>/gm, "");
}

/** What becomes Markdown or HTML of the hostile text. */
export function shownIn(markdown: string): string[] {
  return outsideOfCode(markdown).match(/<img|<em>h|<a href="g|error::|<\/code>/g) ?? [];
}

/** Copies of a value in JSON, each with the hostile text in the place of one value, or of one key; of a list, in its first. */
export function* hostileCopies(value: unknown, hostile = HOSTILE_JSON): Generator<unknown> {
  yield hostile;
  if (Array.isArray(value)) {
    if (value.length > 0) for (const copy of hostileCopies(value[0], hostile)) yield value.with(0, copy);
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    for (const [index, [key, child]] of entries.entries()) {
      yield Object.fromEntries(entries.with(index, [hostile, child]));
      for (const copy of hostileCopies(child, hostile)) yield { ...value, [key]: copy };
    }
  }
}

/** The value with the hostile text in the place of every text, number and truth value, and with it as one more key of every mapping. */
export function hostileThroughout(value: unknown): readonly [values: unknown, keys: unknown] {
  const valuesIn = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(valuesIn);
    if (!isFields(part)) return HOSTILE_JSON;
    return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, valuesIn(child)]));
  };
  const keysIn = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(keysIn);
    if (!isFields(part)) return part;
    return Object.fromEntries([
      ...Object.entries(part).map(([key, child]) => [key, keysIn(child)]),
      [HOSTILE_JSON, HOSTILE_JSON],
    ]);
  };
  return [valuesIn(value), keysIn(value)];
}
