import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { attempt } from "../../../common/disk-error";
import { messageOf } from "../../../common/printable";
import { describe } from "../../../common/problem";
import type { ChangeRequest } from "../../forge/forge";
import { CommandError } from "../../terminal/command-error";
import { codeBlock } from "../../terminal/markdown";
import { fittingMarkdown, type Report } from "./report/sections";

/** First line of the comment that all reviews of a change share. */
const MARK = "<!-- support-app review -->";

/** Characters of a comment, and bytes of a summary, for what is around a report. */
const AROUND = 1_536;

/** A failed synth, and the end of its log if there is one. */
class SynthFailure extends CommandError {
  constructor(
    result: string | undefined,
    readonly logLines: readonly string[],
  ) {
    const jobResult = `the job synth ended with ${describe(result)}`;
    super(`There is no report: ${jobResult}. See its log, and run CI again once it is fixed.`);
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

/** Writes the report into the change's comment and the run's summary, as much as fits. */
export async function updateChangeRequest(changeRequest: ChangeRequest, report: Report): Promise<void> {
  const { summary, runUrl, maxComment } = changeRequest.forge;
  const log = "in the job's log";
  if (summary !== undefined) {
    const inSummary = { size: summary.max - AROUND, sizeOf: Buffer.byteLength, rest: log };
    summary.append(`${fittingMarkdown(report, inSummary)}\n`);
  }
  if (changeRequest.isReadOnly) return;
  const url = runUrl(process.env);
  const summaryWords = url === undefined ? "the job's summary" : `[the job's summary](${url})`;
  const inComment = {
    size: maxComment - AROUND,
    sizeOf: (text: string) => text.length,
    rest: summary === undefined ? log : `${log}; ${summaryWords} has more than this comment can hold`,
  };
  await changeRequest.writeComment(MARK, `${fittingMarkdown(report, inComment)}\n`);
}

/** Runs a review. An error is reported in the change's comment, so that no earlier report stays there. */
export async function withErrorReport<T>(changeRequest: ChangeRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const lines = linesOf(error);
    await updateChangeRequest(changeRequest, errorReport(error, lines, changeRequest)).catch((failure) => {
      throw new CommandError([...new Set([...lines, ...linesOf(failure)])], { cause: error });
    });
    throw error;
  }
}

/** What went wrong comes first: of a failed synth, what it printed last, which is the error. */
function errorReport(error: unknown, lines: readonly string[], { headCommit, forge }: ChangeRequest): Report {
  const isOfSynth = error instanceof SynthFailure && error.logLines.length > 0;
  const unknown = `It is unknown what access this ${forge.changeRequest} gives or takes. Earlier reports no longer apply.`;
  const text = isOfSynth ? error.logLines : lines; // any text, so every line is code
  const next = isOfSynth ? "That is what synth printed last. " : "";
  const head = [`## ${isOfSynth ? "This can't be synthesized" : "The review ended with an error"}`, ""];
  return { head: [...head, ...codeBlock(text), "", `${next}${unknown}`, "", reviewedWords(headCommit)], sections: [] };
}

/** The commit that a report is about. */
export function reviewedWords(commit: string): string {
  return `Reviewed: ${commit.slice(0, 8)}`;
}

/** The lines of an error's message. In a foreign error, line breaks don't separate lines. */
function linesOf(error: unknown): string[] {
  return error instanceof CommandError ? error.message.split("\n") : [messageOf(error)];
}

/** How much of a log is read, in bytes. */
const MAX_LOG = 16_384;

/** The last lines of a file, each whole, without colors. None: it doesn't exist, or can't be read. */
function lastLines(file: string): string[] {
  const text = attempt(() => endOf(file)) ?? "";
  const lines = stripVTControlCharacters(text)
    .split(/\r?\n/)
    .map((line) => line.trimEnd());
  const isWhole = Buffer.byteLength(text) < MAX_LOG;
  return lines.slice(isWhole ? 0 : 1).filter((line) => line !== "" && !line.startsWith("> ")); // npm's banner
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
