/**
 * Characters that a terminal or a log hides or takes for a command: control and format characters, line and paragraph
 * separators, spaces that look like the usual one, lone surrogates, unassigned characters, characters that are invisible
 * unless an emoji precedes them, and the first `#` of `##[…]` and `##name[…]`, which GitHub Actions, Azure Pipelines and
 * TeamCity obey anywhere in a line.
 */
export const UNPRINTABLE =
  /[\p{C}\p{Zl}\p{Zp}]|(?![ \u3000])\p{Zs}|(?<!(?=\P{C})\p{ExtPict}(?=\uFE0F))\p{DI}|#(?=#\w*\[)/gu;

/** The beginning of a GitHub Actions command that takes a whole line. */
const COMMAND = /^(\s*):(?=:)/;

/** Escapes a text for part of a line in a terminal or a log: {@link UNPRINTABLE} characters become `\u{…}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${hexadecimal(character.codePointAt(0) ?? 0)}}`);
}

/** Escapes one or several whole lines. */
export function printableLines(lines: string | readonly string[]): string {
  return [lines].flat().map(printableLine).join("\n");
}

function printableLine(text: string): string {
  return printable(text).replace(COMMAND, `$1\\u{${hexadecimal(":".charCodeAt(0))}}`);
}

/** The escaped message of an error from Node.js, a parser or AWS's SDK, which may repeat anything. */
export function messageOf(error: unknown): string {
  const { message = error } = (error ?? {}) as { readonly message?: unknown };
  return printable(String(message));
}

function hexadecimal(number: number): string {
  return number.toString(16).padStart(4, "0");
}

/** Why a fetch failed: Node.js has it as the cause, which may be several or have no message. */
export function causeOfFetch(error: unknown): string {
  const { cause } = Object(error);
  const { errors } = Object(cause);
  const words = Array.isArray(errors) ? errors : cause === undefined ? [] : [cause];
  return words.map(messageOf).filter(Boolean).join("; ") || messageOf(error);
}

const SLACK_TOKENS = /xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]+/gi;

/** A text with Slack tokens removed, such as one passed as an argument by mistake. */
export function withoutSlackTokens(text: string): string {
  return text.replace(SLACK_TOKENS, "…");
}
