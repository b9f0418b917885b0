/** Microseconds of CPU time that something takes, the least of several times. To be compared with that of something else. */
export function cpuTime(run: () => void, times = 5): number {
  const durations = Array.from({ length: times }, () => {
    const started = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(started);
    return user + system;
  });
  return Math.max(1, Math.min(...durations));
}
