/** How long to wait for AWS, in milliseconds. */
export interface Patience {
  /** Longest duration of one attempt of a call, up to the last byte of its answer. */
  readonly attempt: number;
  /** Longest time that an environment may go without any answer. */
  readonly silence: number;
  /** How long until a silence is reported. */
  readonly notice: number;
  /** Longest pause before a call's second attempt. Each further pause may be twice as long. */
  readonly pause: number;
}

/** Three attempts of a call take longer than a silence may, so the silence ends the call. */
export const PATIENCE: Patience = { attempt: 11_000, silence: 30_000, notice: 5_000, pause: 50 };

/** There was no answer, or not a complete one. */
export class NoAnswer extends Error {}

/** Measures the time since AWS last answered for an environment. */
export interface Silence {
  /** Aborted with a NoAnswer once it lasts too long, and at the end. */
  readonly signal: AbortSignal;
  /**
   * Records that a call is pending, such as `GetRole from https://iam.amazonaws.com`.
   *
   * @returns a function to call when it is done
   */
  waitFor(what: string): () => void;
  /**
   * Records that AWS has answered.
   *
   * @param pause how long nothing will be asked from now on, in milliseconds
   */
  heard(pause?: number): void;
  /** Stops counting. */
  end(): void;
}

/**
 * Starts measuring.
 *
 * @param tell receives, once, what is waited for when a silence lasts longer than `notice`
 */
export function listen({ silence, notice }: Patience, tell: (waitingFor: string) => void): Silence {
  const controller = new AbortController();
  const waiting = new Set<{ readonly what: string }>();
  let last = "the credentials"; // before anything is asked
  const waitingFor = () => [...waiting][0]?.what ?? last;
  let timers: (() => void)[] = [];
  let isTold = false;
  const stop = () => {
    for (const cancel of timers) cancel();
  };
  const heard = (pause = 0) => {
    stop();
    if (controller.signal.aborted) return;
    const toTell = () => {
      if (!isTold) tell(waitingFor());
      isTold = true;
    };
    const giveUp = () => controller.abort(new NoAnswer(`waited ${silence / 1000} s for ${waitingFor()}`));
    timers = [after(pause + notice, toTell), after(pause + silence, giveUp)];
  };
  heard();
  return {
    signal: controller.signal,
    waitFor: (what) => {
      const one = { what };
      last = what;
      waiting.add(one);
      return () => waiting.delete(one);
    },
    heard,
    end: () => {
      controller.abort(new NoAnswer("nothing is asked any more"));
      stop();
    },
  };
}

/** How long this process may be blocked, in milliseconds, before that time stops counting as AWS's silence. */
const STANDSTILL = 1_000;

/**
 * Runs an action after a time during which this process wasn't blocked. While it is blocked, such as by a slow reader
 * of its output, AWS's answers wait as well.
 *
 * @returns a function that cancels it
 */
function after(milliseconds: number, action: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number) => {
    const next = Math.min(left, STANDSTILL);
    timer = setTimeout(() => (left > next ? wait(left - next) : action()), next);
  };
  wait(milliseconds);
  return () => clearTimeout(timer);
}
