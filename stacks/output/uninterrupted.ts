const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs something that these signals don't interrupt. A signal that arrives meanwhile ends the process right afterwards. */
export function uninterrupted<T>(run: () => T): T {
  const signals = SIGNALS.filter((signal) => process.listenerCount(signal) === 0); // another listener decides for itself
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
    setImmediate(stop); // Node.js reports a signal only after it has waited for events
  }
}
