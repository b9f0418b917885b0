import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { attempt } from "../../../common/disk-error";
import { messageOf } from "../../../common/printable";
import { describe } from "../../../common/problem";
import type { ChangeRequest, Label } from "../../forge/forge";
import { CommandError } from "../../terminal/command-error";
import { codeBlock } from "../../terminal/markdown";
import { fittingMarkdown, type Report, type Section } from "./report/sections";

/** First line of the comment that all reviews of a change share. */
const MARK = "<!-- support-app review -->";
/** Set while the change needs an approval. */
const BROADENED: Label = {
  name: "access-broadened",
  color: "d93f0b",
  description: "People in a Slack channel gain access",
};

/** Characters of a comment, and bytes of a summary, for what is around a report. */
const AROUND = 1_536;

/** A failed synth, and the last lines of its log if there is one. */
class SynthFailure extends CommandError {
  constructor(
    result: string | undefined,
    readonly logLines: readonly string[],
  ) {
    super(
      `Received ${describe(result)} for the result of the job synth, expected success. See its log, and run CI again once it is fixed.`,
    );
  }
}

/**
 * Refuses the output of a failed job: a folder may be missing, or the change's own code may have written both.
 *
 * @param log what the job printed. It may not exist, or hold anything: the change's own code wrote it
 */
export function assertSynthesized({ SUPPORT_APP_SYNTH }: NodeJS.ProcessEnv, log?: string): void {
  if (SUPPORT_APP_SYNTH === "success") return;
  throw new SynthFailure(SUPPORT_APP_SYNTH, log === undefined ? [] : lastLines(log));
}

/**
 * Writes the report into the change's comment and the run's summary, as much as fits, and sets or removes the label.
 *
 * @param approvalNeeded whether the change needs an approval. Undefined: unknown, and the label stays as it is
 * @param hasPage whether the whole report is a page, which CI keeps
 */
export async function updateChangeRequest(
  changeRequest: ChangeRequest,
  report: Report,
  approvalNeeded?: boolean,
  hasPage = false,
): Promise<void> {
  const log = `in the job's log${hasPage ? " and, as a page, in the run's artifacts" : ""}`;
  const { summary, runUrl, maxComment } = changeRequest.forge;
  if (summary !== undefined) {
    const inSummary = { size: summary.max - AROUND, sizeOf: Buffer.byteLength, rest: log };
    summary.append(`${fittingMarkdown(report, inSummary)}\n`);
  }
  if (changeRequest.isReadOnly) return;
  const url = runUrl(process.env);
  const summaryWords = url === undefined ? "the job's summary" : `[the job's summary](${url})`;
  const inComment = {
    ...{ size: maxComment - AROUND, sizeOf: (text: string) => text.length },
    rest: summary === undefined ? log : `${log}; ${summaryWords} has more than this comment can hold`,
  };
  const text = fittingMarkdown(report, inComment);
  await changeRequest.writeComment(MARK, `${text}\n\n<sub>Reviewed commit: ${changeRequest.headCommit}</sub>\n`);
  if (approvalNeeded !== undefined) await changeRequest.setLabel(BROADENED, approvalNeeded);
}

/** Runs a review. An error is reported in the change's comment, so that no earlier report stays there. */
export async function withErrorReport<T>(changeRequest: ChangeRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const lines = linesOf(error);
    const unknown = `It is unknown what access this ${changeRequest.forge.changeRequest} gives or takes. Earlier reports no longer apply.`;
    const head = ["## ⛔ The review ended with an error", "", unknown, "", ...codeBlock(lines)]; // no Markdown
    const sections = error instanceof SynthFailure ? logSections(error.logLines, changeRequest) : [];
    await updateChangeRequest(changeRequest, { head, sections }).catch((failure) => {
      throw new CommandError([...new Set([...lines, ...linesOf(failure)])], { cause: error });
    });
    throw error;
  }
}

/** The lines of an error's message. In a foreign error, line breaks don't separate lines. */
function linesOf(error: unknown): string[] {
  return error instanceof CommandError ? error.message.split("\n") : [messageOf(error)];
}

/** How much of a log is read, in bytes, and shown: the error is at its end. */
const MAX_LOG = 16_384;
const MAX_LOG_LINES = 40;
const MAX_LOG_LINE = 300;

/** The last lines of a file, without colors. None: it doesn't exist, or can't be read. */
function lastLines(file: string): string[] {
  const text = attempt(() => endOf(file)) ?? "";
  const lines = stripVTControlCharacters(text)
    .split(/\r?\n/)
    .map((line) => (line.length > MAX_LOG_LINE ? `${line.slice(0, MAX_LOG_LINE)}…` : line).trimEnd());
  return lines.filter((line) => line !== "").slice(-MAX_LOG_LINES);
}

/** The end of a file. A link isn't followed: it could lead to anything that this machine has. */
function endOf(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    const size = stats.isFile() ? stats.size : 0;
    const buffer = Buffer.alloc(Math.min(size, MAX_LOG));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8");
  } finally {
    closeSync(descriptor);
  }
}

/** What a synth has printed: any text, so every line is code. */
function logSections(lines: readonly string[], { forge }: ChangeRequest): Section[] {
  if (lines.length === 0) return [];
  const introduction = `The last lines that synth printed, with code of this ${forge.changeRequest}:`;
  return [{ title: "the last lines of synth", lines: ["", introduction, "", ...codeBlock(lines)] }];
}
