/** Most characters of a comment on GitHub, less what is added around a report. */
const MAX_COMMENT = 65_536 - 1_536;

/** At most what GitHub takes, with a notice that is not to be overlooked. */
export function cut(report: string): string {
  if (report.length <= MAX_COMMENT) return report;
  const notice =
    "\n\n> [!CAUTION]\n> This report is cut: it is longer than GitHub takes. Run `support-app review` for all of it, before you approve anything.\n";
  const room = report.slice(0, MAX_COMMENT - notice.length - 20);
  const whole = room.slice(0, room.lastIndexOf("\n"));
  // Whole lines alone: what stands as code isn't one.
  const count = (start: string) => whole.split("\n").filter((line) => line.startsWith(start)).length;
  const open = count("<details>") > count("</details>") ? "\n\n</details>" : "";
  return whole + open + notice;
}
