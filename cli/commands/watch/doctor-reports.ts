import { claim } from "../../../modules/support-app/model/claim";
import { describe, describePath } from "../../../modules/support-app/model/problem";
import type { Environment } from "../../../stacks/environments/environment";
import { doctorReportSchema, type ReportedEnvironment } from "../../reports/doctor-report";
import { reportFiles } from "../../reports/report-files";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";

/** Maximum number of hours between a report and now, either way: clocks differ. */
const MAX_AGE_H = 24;

const UNSEEN = "Its environments count as not looked at.";

/**
 * Reads every report of doctor below a folder, which needn't exist. Ignores environments that aren't in the file.
 *
 * @returns what they say, by environment, and why some don't count, in sentences: an interrupted job leaves half of one.
 * Of two on one environment, none counts
 */
export function reportsIn(folder: string, expected: readonly Environment[], now: Date) {
  const environments = new Map<string, ReportedEnvironment>();
  const unusable: string[] = [];
  const from = new Map<string, string>();
  for (const file of reportFiles(folder)) {
    for (const environment of readDoctorReport(file, now, unusable)?.environments ?? []) {
      const { name, account, region } = environment;
      const watched = expected.find((one) => one.name === name);
      const other = claim(from, name, file);
      if (other !== undefined) {
        environments.delete(name);
        const files = `${describePath(other)} and ${describePath(file)}`;
        unusable.push(
          `Received two reports on ${describe(name)}, ${files}, expected one. ${UNSEEN} Remove one of them.`,
        );
      } else if (watched?.account === account && watched.region === region) environments.set(name, environment);
      else if (watched) {
        unusable.push(
          `Received the report ${describePath(file)} on ${name} with the account ${account} in ${region}, expected ${watched.account} in ${watched.region}. ${UNSEEN}`,
        );
      }
    }
  }
  return { environments, unusable };
}

/** Undefined: it doesn't count, and why is one of the sentences. */
function readDoctorReport(file: string, now: Date, unusable: string[]) {
  const received = `Received the report ${describePath(file)}`;
  const expected = `expected a report of support-app doctor, whole and of this version. ${UNSEEN}`;
  try {
    const report = readFormOfJson(file, doctorReportSchema, received, expected);
    if (Math.abs(now.getTime() - Date.parse(report.readAt ?? "")) <= MAX_AGE_H * 3_600_000) return report;
    const when = report.readAt === undefined ? "without a time" : `of ${report.readAt}`;
    unusable.push(`${received} ${when}, expected one of the last ${MAX_AGE_H} hours. ${UNSEEN} Run doctor again.`);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    unusable.push(error.message);
  }
  return undefined;
}
