import { z } from "zod";
import { printable } from "../../modules/support-app/printable";
import { checksum } from "../checksum";
import { parseJson } from "../json";
import { code, longestRun } from "../markdown";
import { type FindingKey, idOf, NOT_LOOKED_AT, titleOf } from "./finding-key";
import type { Fate, Found } from "./night";

/** The part of an issue's text that machines read. */
export interface Mark extends FindingKey {
  /** The environment file: an issue of another one isn't touched. */
  readonly file: string;
  /** Digest of the text. The issue is only edited if that changes, so that what people add stays. */
  readonly digest: string;
  /** How often the issue was opened, from 1. */
  readonly times: number;
  /** Whether doctor no longer found it when it was last looked at. */
  readonly healed: boolean;
}

/** The text that an issue should have. */
export interface IssueText {
  readonly title: string;
  readonly body: string;
  readonly mark: Mark;
}

/** Maximum length of doctor's lines. GitHub allows 65,536 characters in a text, and the rest is for what is around them, such as the mark. */
const MAX_LINES = 45_000;

/** Maximum length of one line, so that a long one doesn't cut the fix that follows it. */
const MAX_LINE = 5_000;

/** A run of backticks whose fence would leave too little room. */
const LONG_RUN = /(`{100})`+/g;

const markSchema = z.strictObject({
  file: z.string(),
  environment: z.string(),
  check: z.string(),
  about: z.array(z.string()),
  checks: z.array(z.string()).optional(),
  digest: z.string(),
  times: z.int().min(1),
  healed: z.boolean(),
});

/** Base64, so that no text of a finding can end the comment or look like one, and nobody corrects a typo in it. On a separate line. */
const MARK = /^<!-- support-app watch ([A-Za-z0-9+/=]+) -->$/m;

/** The mark in an issue's text. Undefined: there is none, or somebody has edited it. */
export function markIn(body: string): Mark | undefined {
  const [, encoded] = body.match(MARK) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return markSchema.safeParse(parseJson(Buffer.from(encoded, "base64").toString())).data;
  } catch {
    return undefined;
  }
}

/** A text with another mark, and with everything else that people have made of it. */
export function withMark(body: string, mark: Mark): string {
  const line = `<!-- support-app watch ${Buffer.from(JSON.stringify(markSchema.parse(mark))).toString("base64")} -->`;
  return MARK.test(body) ? body.replace(MARK, line) : `${line}\n${body}`;
}

/** The ID at the end of a title, which tells which finding an issue is about if its mark is gone. */
export function idIn(title: string): string | undefined {
  return title.match(/\(([\da-f]{12})\)\s*$/)?.[1];
}

/** The issue of a finding. @param times how often it was opened, including this time */
export function issueText(file: string, account: string, found: Found, times: number): IssueText {
  const { environment, check, about, checks, lines } = found;
  const title = `${titleOf(found)} (${idOf(file, found)})`;
  const isUnknown = check === NOT_LOOKED_AT;
  const where = `${code(environment)}, account ${code(account)}`;
  const text = [
    isUnknown
      ? `What \`support-app doctor\` couldn't look at in ${where}. Issues about it stay open until it can.`
      : `\`support-app doctor\` finds this in ${where}.`,
    "",
    ...fenced(lines, environment),
    "",
    `<sub>This issue closes itself when doctor ${isUnknown ? "leaves nothing unknown" : "no longer finds this"}. Close it as not planned to silence it while it lasts. The text above is replaced when it changes; comments stay.</sub>`,
    "",
  ].join("\n");
  const digest = checksum([title, text, ...(checks ?? [])].join("\n")).slice(0, 16);
  const mark = { file, environment, check, about, checks, digest, times, healed: false };
  return { title, body: withMark(text, mark), mark };
}

/** Doctor's lines as a code block, in which nothing is Markdown, a mention or a link. */
export function fenced(lines: readonly string[], environment: string): string[] {
  const shown: string[] = [];
  let length = 0;
  for (const whole of lines.map((line) => printable(line).replace(LONG_RUN, "$1…"))) {
    const line =
      whole.length > MAX_LINE ? `${whole.slice(0, MAX_LINE)}… (cut here: ${whole.length - MAX_LINE} more)` : whole;
    const rest = MAX_LINES - length;
    if (line.length > rest) {
      shown.push(`${line.slice(0, rest)}…`, `Cut here. For all of it, run: npx support-app doctor ${environment}`);
      break;
    }
    shown.push(line);
    length += line.length + 1;
  }
  const fence = "`".repeat(Math.max(2, longestRun(shown.join("\n"))) + 1);
  return [`${fence}text`, ...shown, fence];
}

/** Why an issue is closed, as a comment in Markdown. */
export function closingWords(key: FindingKey, fate: Exclude<Fate, "found" | "not-looked-at">): string {
  switch (fate) {
    case "healed":
      return key.check === NOT_LOOKED_AT
        ? "Closed: nothing is unknown any more."
        : "Closed: doctor no longer finds this, or environments.yaml no longer has it.";
    case "environment-removed":
      return `Closed: the environment ${code(key.environment)} is no longer in the environment file. Its account wasn't looked at.`;
    case "check-removed":
      return `Closed: this version of doctor has no check ${code(key.check)}.`;
  }
}
