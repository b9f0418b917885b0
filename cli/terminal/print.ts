import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { attempt, errorCode, failureReason } from "../../common/disk-error";
import { printableLines } from "../../common/printable";
import { CommandError } from "./command-error";

const STDOUT = 1;
const STDERR = 2;

/** How long to wait when the output's reader is slower than this process, in milliseconds. */
const PAUSE_MS = 10;

/**
 * Prints one or several lines to standard output. A reader that stops reading, such as a pager, is no error.
 *
 * @throws CommandError when it can't take all of them, such as on a full disk
 */
export function print(lines: string | readonly string[]): void {
  try {
    write(STDOUT, lines);
  } catch (error) {
    if (errorCode(error) === "EPIPE") return;
    throw new CommandError(
      `Can't write to standard output: ${failureReason(error)}. Free some space, or choose another output.`,
    );
  }
}

/** Prints one or several lines to standard error, such as progress. Ignores errors: there is nowhere to report them. */
export function printError(lines: string | readonly string[]): void {
  attempt(() => write(STDERR, lines));
}

/** Prints a line as it is, for the program that runs this one to obey. */
export function printCommand(line: string): void {
  attempt(() => writeText(STDOUT, `${line}\n`));
}

/** Whether output may have colors: if both streams are a terminal that has them, unless NO_COLOR is set (https://no-color.org). */
export function hasColors(): boolean {
  return isatty(STDOUT) && isatty(STDERR) && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** Columns where neither a terminal nor a variable has others. */
const COLUMNS = "80";

/** How wide help is on standard output or on standard error: as its terminal is or, where there is none, as COLUMNS says. */
export function columnsOf(stream: "stdout" | "stderr"): number {
  const { columns }: { readonly columns?: number } = process[stream];
  return columns ?? Number(process.env.COLUMNS?.match(/^[1-9]\d{1,3}$/)?.[0] ?? COLUMNS);
}

/** Moves to the beginning of the terminal's line, and erases it. Source: ECMA-48, CR and EL. */
const ERASE = "\r\u001b[2K";

/** What stands in the last line of the terminal, below what is printed. */
let progressLine = "";

/** Replaces the last line of the terminal, by nothing if it is empty. Only for a terminal. */
export function printProgress(line: string): void {
  const erase = progressLine === "" ? "" : ERASE;
  progressLine = printableLines(line);
  attempt(() => writeText(STDERR, `${erase}${progressLine}`));
}

function write(descriptor: number, lines: string | readonly string[]): void {
  const line = progressLine;
  if (line !== "") printProgress("");
  writeText(descriptor, `${printableLines(lines)}\n`);
  if (line !== "") printProgress(line);
}

/** Not through Node.js's streams, which drop the rest after a partial write and report errors late. */
function writeText(descriptor: number, text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (errorCode(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
