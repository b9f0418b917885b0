import { isatty } from "node:tty";
import { printProgress } from "./print";

const STDERR = 2;

/** How often a line is written again at most, in milliseconds. */
const PAUSE_MS = 100;

/** Counts what is done, such as environments, on a line of the terminal that is written again. Elsewhere, it writes nothing. */
export interface Progress {
  /** Counts one more. */
  readonly step: () => void;
  /** Removes the line. */
  readonly end: () => void;
}

/** @param noun what is counted, as in `12 of 300 environments …` */
export function startProgress(total: number, noun: string): Progress {
  const { CI, TERM } = process.env;
  const isShown = total > 1 && isatty(STDERR) && !CI && TERM !== "dumb";
  if (!isShown) return { step: () => {}, end: () => {} };
  let doneCount = 0;
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
