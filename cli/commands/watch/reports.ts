import { claim } from "../../../modules/support-app/model/claim";
import { describe, describePath } from "../../../modules/support-app/model/problem";
import type { Environment } from "../../../stacks/environments/environment";
import { type DoctorReport, doctorReportSchema, type ReportedEnvironment } from "../../reports/doctor-report";
import { reportFiles } from "../../reports/report-files";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import type { Unusable } from "./watch-run";

/** The reports of doctor's jobs. */
export interface Reports {
  /** By the name of the environment. */
  readonly environments: ReadonlyMap<string, ReportedEnvironment>;
  /** Why an environment's report can't be used, by its name. */
  readonly unusable: ReadonlyMap<string, Unusable>;
  /** Why some files can't be read, in sentences: an interrupted job leaves half a report. */
  readonly unreadable: readonly string[];
}

/**
 * Reads every report of doctor below a folder, which needn't exist. Ignores environments that aren't in the file.
 *
 * @throws CommandError if two are about one environment: one is of another run
 */
export function reportsIn(folder: string, expected: readonly Environment[], now: Date): Reports {
  const environments = new Map<string, ReportedEnvironment>();
  const unusable = new Map<string, Unusable>();
  const from = new Map<string, string>();
  const unreadable: string[] = [];
  for (const file of reportFiles(folder)) {
    const read = readDoctorReport(file, unreadable);
    for (const environment of read?.environments ?? []) {
      const other = claim(from, environment.name, file);
      if (other !== undefined) {
        throw new CommandError(
          `Received two reports on the environment ${describe(environment.name)}, ${describePath(other)} and ${describePath(file)}, expected one. Remove the report of the other run.`,
        );
      }
      const watched = expected.find(({ name }) => name === environment.name);
      const why = watched && whyUnusable(environment, read?.readAt, watched, now);
      if (why) unusable.set(environment.name, why);
      else if (watched) environments.set(environment.name, environment);
    }
  }
  return { environments, unusable, unreadable };
}

/** Maximum number of hours between a report and now, either way: clocks differ. */
const MAX_AGE_H = 24;

/** Why a report doesn't show an environment as it is now. */
function whyUnusable(
  { account, region }: ReportedEnvironment,
  readAt: string | undefined,
  watched: Environment,
  now: Date,
): Unusable | undefined {
  const fix = "Run doctor again. In GitHub, start a new run of the workflow instead of re-running an old one.";
  if (account !== watched.account || region !== watched.region) {
    return {
      expected: `a report on the account ${watched.account} in ${watched.region}`,
      found: `one on the account ${account} in ${region}`,
      fix,
    };
  }
  const hours = readAt === undefined ? Number.NaN : Math.abs(now.getTime() - Date.parse(readAt)) / 3_600_000;
  if (hours <= MAX_AGE_H) return undefined;
  const found = readAt === undefined ? "one without a time" : `one of ${readAt}`;
  return { expected: `a report of the last ${MAX_AGE_H} hours`, found, fix };
}

/** Undefined: it can't be read, which is then one of the sentences. */
function readDoctorReport(file: string, unreadable: string[]): DoctorReport | undefined {
  const expected =
    "expected a report of support-app doctor, whole and of this version. Its environments count as not looked at.";
  try {
    return readFormOfJson(file, doctorReportSchema, `Received the report ${describePath(file)}`, expected);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    unreadable.push(error.message);
    return undefined;
  }
}
