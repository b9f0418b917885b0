/** Maximum length of a GitHub comment, minus what is added around a report. */
const MAX_COMMENT = 65_536 - 1_536;

/** Truncates a report to what GitHub accepts, with a prominent notice. */
export function truncate(report: string): string {
  if (report.length <= MAX_COMMENT) return report;
  const notice =
    "\n\n> [!CAUTION]\n> This report is cut off: it is longer than GitHub accepts. Run `support-app review` to see all of it before you approve anything.\n";
  const room = report.slice(0, MAX_COMMENT - notice.length - 20);
  const whole = room.slice(0, room.lastIndexOf("\n"));
  // Only tags at the start of a line count: others are in code.
  const count = (start: string) => whole.split("\n").filter((line) => line.startsWith(start)).length;
  const open = count("<details>") > count("</details>") ? "\n\n</details>" : "";
  return whole + open + notice;
}
