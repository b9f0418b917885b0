/**
 * Runs something without the stack trace that CDKTF takes of every token, which costs half of the time and half of the
 * memory of a large synthesis, and which none of our errors shows.
 * See docs/decisions/0003-inside-cdktf.md.
 */
export function withoutTokenTraces<T>(run: () => T): T {
  const original = Error.captureStackTrace;
  Error.captureStackTrace = () => {};
  try {
    return run();
  } finally {
    Error.captureStackTrace = original;
  }
}
