const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs something that these signals don't cut off. One that arrives meanwhile ends the process right after. */
export function uninterrupted<T>(run: () => T): T {
  const signals = SIGNALS.filter((signal) => process.listenerCount(signal) === 0); // another listener has its own idea
  const stop = () => {
    for (const signal of signals) process.off(signal, end);
  };
  const end = (signal: NodeJS.Signals) => {
    stop();
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, end);
  try {
    return run();
  } finally {
    setImmediate(stop); // Node.js tells of a signal only once it has waited for events
  }
}
