import { writeSync } from "node:fs";
import { messageOf, printableLines } from "../modules/support-app/printable";
import { CommandError } from "./command-error";

const STDOUT = 1;
const STDERR = 2;

/** How long to wait for a reader that doesn't wait for us, in milliseconds. */
const PAUSE_MS = 10;

/**
 * Prints a line, or all of them, to standard output. Whoever reads no further, such as a pager that is left, has what they wanted.
 *
 * @throws CommandError when it doesn't take all of them, such as a file on a full disk
 */
export function print(lines: string | readonly string[]): void {
  try {
    write(STDOUT, lines);
  } catch (error) {
    if (codeOf(error) === "EPIPE") return;
    throw new CommandError(
      `Received a standard output that can't be written (${messageOf(error)}), expected one that takes everything. Make room for it, or choose another.`,
    );
  }
}

/** Prints a line, or all of them, to standard error, such as progress. Where that can't be written, nobody is there to be told. */
export function tell(lines: string | readonly string[]): void {
  try {
    write(STDERR, lines);
  } catch {}
}

/** Not through Node.js's streams, which drop the rest where a file takes only a part, and tell of an error only later. */
function write(descriptor: number, lines: string | readonly string[]): void {
  for (let rest = Buffer.from(`${printableLines(lines)}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
