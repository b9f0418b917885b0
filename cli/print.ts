import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { messageOf, printableLines } from "../modules/support-app/printable";
import { CommandError } from "./command-error";

const STDOUT = 1;
const STDERR = 2;

/** How long to wait for a reader that doesn't wait for us, in milliseconds. */
const PAUSE_MS = 10;

/** How often a line of progress moves, in milliseconds. */
const MOVES_MS = 100;

/** Back to the beginning of the line, and what stands there is erased. */
const ERASED = "\r\u001b[K";

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

/** Progress of something with many steps. */
export interface Progress {
  /** Tells that a step begins, from 1 on. */
  readonly step: (number: number) => void;
  /** To be called at the end, and before anything else is printed. */
  readonly end: () => void;
}

/**
 * Tells of progress on standard error: on a terminal by one short line that moves and is gone at the end, elsewhere by one line at the start.
 *
 * @param what is made, such as `Making environments`
 */
export function progressOf(what: string, steps: number): Progress {
  if (!isatty(STDERR) || process.env.TERM === "dumb") {
    tell(`${what}: ${steps} …`);
    return { step: () => {}, end: () => {} };
  }
  let told = Number.NEGATIVE_INFINITY;
  const show = (text: string) => {
    try {
      writeWhole(STDERR, ERASED + text);
    } catch {}
  };
  return {
    step: (number) => {
      const now = performance.now();
      if (now - told < MOVES_MS) return;
      told = now;
      show(printableLines(`${what}: ${number} of ${steps} …`));
    },
    end: () => show(""),
  };
}

/** Not through Node.js's streams, which drop the rest where a file takes only a part, and tell of an error only later. */
function writeWhole(descriptor: number, text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function write(descriptor: number, lines: string | readonly string[]): void {
  writeWhole(descriptor, `${printableLines(lines)}\n`);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
