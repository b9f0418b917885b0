/** How long is waited for AWS. All of it in milliseconds. */
export interface Patience {
  /** Longest that one try of a call takes, to the last byte of its answer. */
  readonly attempt: number;
  /** Longest that an environment may go without an answer, whatever is asked and however often. */
  readonly silence: number;
  /** How long that is before it is said. */
  readonly notice: number;
  /** Longest pause before a call's second try. The next pause is twice as long, and so on. */
  readonly pause: number;
}

/** Three tries of a call take longer than a silence may, so that it is the silence that ends it. */
export const PATIENCE: Patience = { attempt: 11_000, silence: 30_000, notice: 5_000, pause: 50 };

/** Nothing has answered, or not to the end. */
export class NoAnswer extends Error {}

/** The time since AWS has last answered for an environment. */
export interface Silence {
  /** Aborted with a NoAnswer once it lasts too long, and at the end. */
  readonly signal: AbortSignal;
  /**
   * Notes that something is waited for, such as `GetRole from https://iam.amazonaws.com`.
   *
   * @returns to be called once it isn't any more
   */
  waitFor(what: string): () => void;
  /**
   * Notes that AWS has answered.
   *
   * @param pause how long nothing is asked from now on, in milliseconds
   */
  heard(pause?: number): void;
  /** Stops counting. */
  end(): void;
}

/**
 * Begins to count.
 *
 * @param tell told once what is waited for, when a silence is to be said
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

/** How long a process may stand still, in milliseconds, before that counts as no silence of AWS's. */
const STANDSTILL = 1_000;

/**
 * Does something after a time in which this process has run: where it stands still, such as for a reader who doesn't take what it prints, AWS's
 * answers wait, too.
 *
 * @returns what cancels it
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
