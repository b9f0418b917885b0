/**
 * What a terminal or a log doesn't show, or takes for a command: control and format characters, line and paragraph
 * separators, lone surrogates, what has no meaning, what is invisible by default unless an emoji precedes it, and the first
 * `#` of `##[…]` and `##name[…]`, which GitHub Actions, Azure Pipelines and TeamCity obey anywhere in a line.
 */
export const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?<!(?=\P{C})\p{ExtPict}(?=\uFE0F))\p{DI}|#(?=#\w*\[)/gu;

/** How GitHub Actions has a command begin that takes a whole line. */
const COMMAND = /^(\s*):(?=:)/;

/** Any text so that a terminal and a log show it within a line: what they don't is written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${hexadecimal(character.codePointAt(0) ?? 0)}}`);
}

/** A line, or all of them, each printable as a whole line. */
export function printableLines(lines: string | readonly string[]): string {
  return [lines].flat().map(printableLine).join("\n");
}

function printableLine(text: string): string {
  return printable(text).replace(COMMAND, `$1\\u{${hexadecimal(":".charCodeAt(0))}}`);
}

/** What an error of somebody else says, such as of Node.js, a parser or AWS's SDK: it may repeat anything. */
export function messageOf(error: unknown): string {
  const { message = error } = (error ?? {}) as { readonly message?: unknown };
  return printable(String(message));
}

function hexadecimal(number: number): string {
  return number.toString(16).padStart(4, "0");
}
