import { z } from "zod";
import { parseJsonIfAny } from "../../../common/json";
import { code, codeBlock } from "../../terminal/markdown";
import { type FindingKey, idOf, keyOfMarked, markedKeyOf, markedKeySchema, titleOf } from "./finding-key";
import { type HealedReason, type KeptFinding, keptLines } from "./watch-run";

/** Maximum length of doctor's lines. An issue may have 65,536, and the rest is for what is around them. */
const MAX_LINES = 45_000;

/** The part of an issue's text that machines read. `file` is the environment file: an issue of another one isn't touched. */
const markSchema = markedKeySchema.extend({ file: z.string() });
export interface Mark extends FindingKey {
  readonly file: string;
}

/** Base64, so that no text of a finding can end the comment or look like one. On a separate line. */
const MARK = /^<!-- support-app watch ([A-Za-z0-9+/=]+) -->$/m;

/** The mark in an issue's text. Undefined: there is none, or somebody has edited it. */
export function markIn(body: string): Mark | undefined {
  const [, encodedKey = ""] = body.match(MARK) ?? [];
  const { data } = markSchema.safeParse(parseJsonIfAny(Buffer.from(encodedKey, "base64").toString()));
  return data && { file: data.file, ...keyOfMarked(data) };
}

/** A text without its mark: the issue no longer counts. */
export function withoutMark(body: string): string {
  return body.replace(MARK, "");
}

/**
 * The title and the text that the issue of a finding should have.
 *
 * @param account of its environment
 * @param howToSilence as an issue tracker says it
 */
export function issueText(file: string, account: string, finding: KeptFinding, howToSilence: string) {
  const { subject } = finding;
  const mark = JSON.stringify({ file, ...markedKeyOf(finding) });
  const body = [
    `<!-- support-app watch ${Buffer.from(mark).toString("base64")} -->`,
    "account" in subject
      ? `\`support-app audit\` reports in the account ${code(subject.account)}:`
      : `\`support-app doctor\` reports in ${code(subject.environment)}, account ${code(account)}:`,
    "",
    ...codeBlock(fitting(keptLines(finding), MAX_LINES, "Cut here. The report of the run has the rest.")),
    "",
    `<sub>This issue closes itself when this is no longer reported. To silence it while it lasts, ${howToSilence}. Write comments: the text above is replaced.</sub>`,
    "",
  ].join("\n");
  return { title: `${titleOf(finding)} (${idOf(file, finding)})`, body };
}

/** The first lines of a text, as many as there is room for, with a last one in place of the others. */
export function fitting(lines: readonly string[], maxLength: number, last: string): readonly string[] {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length + 1;
    return length > maxLength;
  });
  return end < 0 ? lines : [...lines.slice(0, end), last];
}

/** Why an issue is closed, as a comment. */
export const CLOSING: Readonly<Record<HealedReason, string>> = {
  healed: "Closed: this is no longer found, or environments.yaml no longer has it.",
  "environment-removed":
    "Closed: its environment is no longer in the environment file, or its account is no longer in the organization. It wasn't looked at.",
  "check-removed": "Closed: this version has no such check.",
};
