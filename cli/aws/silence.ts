import { setMaxListeners } from "node:events";

/** Seconds without an answer after which that is printed. */
export const NOTICE = 5;

/** Seconds without an answer after which an environment is given up. */
export const LIMIT = 30;

/** There was no answer, or not a complete one. */
export class NoAnswer extends Error {}

/** Measures the time since AWS last answered for an environment. */
export interface Silence {
  /** Aborted with a NoAnswer once it lasts too long, and at the end. */
  readonly signal: AbortSignal;
  /** Waits for an answer from somewhere, such as `https://iam.amazonaws.com`, until the silence lasts too long. */
  waitFor<T>(where: string, answer: Promise<T>): Promise<T>;
  /** Stops counting. */
  end(): void;
}

/**
 * Starts measuring. Time during which this process is blocked, such as by a slow reader of its output, doesn't count.
 *
 * @param second how long a second lasts, in milliseconds: tests shorten it
 * @param notify receives, once, what is waited for when a silence lasts longer than {@link NOTICE}
 */
export function listen(second: number, notify: (waitingFor: string) => void): Silence {
  const controller = new AbortController();
  const { signal } = controller;
  setMaxListeners(0, signal); // each pending call has one
  const silent = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  silent.catch(() => {}); // nothing may be waited for
  const pending: string[] = [];
  let last = "the credentials"; // before anything is asked
  let quiet = 0;
  let isReported = false;
  const timer = setInterval(() => {
    quiet++;
    const waitingFor = pending[0] ?? last;
    if (quiet === NOTICE && !isReported) {
      isReported = true;
      notify(waitingFor);
    }
    if (quiet === LIMIT) end(`waited ${LIMIT} s for ${waitingFor}`);
  }, second);
  const end = (why: string) => {
    clearInterval(timer);
    controller.abort(new NoAnswer(why));
  };
  return {
    signal,
    async waitFor(where, answer) {
      last = where;
      pending.push(where);
      try {
        const answered = await Promise.race([silent, answer]);
        quiet = 0;
        return answered;
      } finally {
        pending.splice(pending.indexOf(where), 1);
      }
    },
    end: () => end("nothing is asked any more"),
  };
}
