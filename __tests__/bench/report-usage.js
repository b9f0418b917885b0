// Loaded into each measured process: tells its parent how much memory it had at its peak, in KiB, and how much CPU it took, in microseconds.
const { writeSync } = require("node:fs");

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, JSON.stringify({ peak: process.resourceUsage().maxRSS, cpu: user + system }));
});
