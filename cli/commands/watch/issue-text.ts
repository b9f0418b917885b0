import { z } from "zod";
import { parseJson } from "../../terminal/json";
import { code, codeBlock } from "../../terminal/markdown";
import { type FindingKey, idOf, NOT_LOOKED_AT, titleOf } from "./finding-key";
import type { Found, Gone } from "./watch-run";

/** The text that an issue should have. */
export interface IssueText {
  readonly title: string;
  readonly body: string;
}

/** Maximum length of doctor's lines. GitHub allows 65,536 characters in a text, and the rest is for what is around them. */
const MAX_LINES = 45_000;

const markSchema = z.object({
  file: z.string().describe("The environment file: an issue of another one isn't touched."),
  environment: z.string(),
  check: z.string(),
  about: z.array(z.string()),
});
/** The part of an issue's text that machines read. */
export type Mark = z.infer<typeof markSchema>;

/** Base64, so that no text of a finding can end the comment or look like one. On a separate line. */
const MARK = /^<!-- support-app watch ([A-Za-z0-9+/=]+) -->$/m;

/** The mark in an issue's text. Undefined: there is none, or somebody has edited it. */
export function markIn(body: string): Mark | undefined {
  const [, encoded = ""] = body.match(MARK) ?? [];
  try {
    return markSchema.safeParse(parseJson(Buffer.from(encoded, "base64").toString())).data;
  } catch {
    return undefined;
  }
}

/** A text without its mark: the issue no longer counts. */
export function withoutMark(body: string): string {
  return body.replace(MARK, "");
}

/** The issue of a finding. */
export function issueText(file: string, account: string, { environment, check, about, lines }: Found): IssueText {
  const key = { environment, check, about: [...about] };
  const isUnknown = check === NOT_LOOKED_AT;
  const where = `${code(environment)}, account ${code(account)}`;
  const mark: Mark = { file, ...key };
  const body = [
    `<!-- support-app watch ${Buffer.from(JSON.stringify(mark)).toString("base64")} -->`,
    isUnknown
      ? `What \`support-app doctor\` couldn't look at in ${where}. Issues about it stay open until it can.`
      : `\`support-app doctor\` finds this in ${where}.`,
    "",
    ...codeBlock(fitting(lines, MAX_LINES, `Cut here. For all of it, run: npx support-app doctor ${environment}`)),
    "",
    `<sub>This issue closes itself when doctor ${isUnknown ? "leaves nothing unknown" : "no longer finds this"}. Close it as not planned to silence it while it lasts. Write comments: the text above is replaced.</sub>`,
    "",
  ].join("\n");
  return { title: `${titleOf(key)} (${idOf(file, key)})`, body };
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

/** Why an issue is closed, as a comment in Markdown. */
export function closingWords({ environment, check }: FindingKey, because: Gone): string {
  switch (because) {
    case "healed":
      return check === NOT_LOOKED_AT
        ? "Closed: nothing is unknown any more."
        : "Closed: doctor no longer finds this, or environments.yaml no longer has it.";
    case "environment-removed":
      return `Closed: the environment ${code(environment)} is no longer in the environment file. Its account wasn't looked at.`;
    case "check-removed":
      return `Closed: this version of doctor has no check ${code(check)}.`;
  }
}
