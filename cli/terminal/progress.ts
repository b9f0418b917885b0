import { isatty } from "node:tty";
import { printError, printProgress } from "./print";

const STDERR = 2;

/** How often a line is written again at most, in milliseconds. */
const PAUSE_MS = 100;

/** Counts what is done, such as environments, on a line of the terminal that is written again. */
export interface Progress {
  /** Counts one more. @param words what became of it, which is printed where there is no such line */
  readonly step: (words?: string) => void;
  /** Removes the line. */
  readonly end: () => void;
}

/** @param noun what is counted, as in `12 of 300 environments …` */
export function startProgress(total: number, noun: string): Progress {
  const { CI, TERM } = process.env;
  const isShown = total > 1 && isatty(STDERR) && !CI && TERM !== "dumb";
  let doneCount = 0;
  if (!isShown) {
    const step = (words?: string) => {
      doneCount++;
      if (words !== undefined) printError(`${doneCount} of ${total}: ${words}`);
    };
    return { step, end: () => {} };
  }
  let shownAt = 0;
  const show = () => {
    shownAt = Date.now();
    printProgress(`${doneCount} of ${total} ${noun} …`);
  };
  show();
  return {
    step: () => {
      doneCount++;
      if (Date.now() - shownAt >= PAUSE_MS) show();
    },
    end: () => printProgress(""),
  };
}
