import { describe, describePath } from "../../modules/support-app/problem";
import type { Environment } from "../../stacks/environment";
import { CommandError } from "../command-error";
import { CHECK_NAMES, type DoctorReport, doctorReportSchema, type ReportedEnvironment } from "../doctor-report";
import { readJsonFile } from "../json-file";
import { reportFiles } from "../report-files";
import type { Unusable } from "./night";

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
 * @throws CommandError if two are about one environment: one of them isn't of this run
 */
export function reportsIn(folder: string, expected: readonly Environment[], now: Date): Reports {
  const environments = new Map<string, ReportedEnvironment>();
  const unusable = new Map<string, Unusable>();
  const from = new Map<string, string>();
  const unreadable: string[] = [];
  for (const file of reportFiles(folder)) {
    const read = readReport(file);
    if ("unreadable" in read) unreadable.push(read.unreadable);
    else {
      for (const environment of read.environments) {
        const other = from.get(environment.name);
        if (other !== undefined) {
          throw new CommandError(
            `Received two reports on the environment ${describe(environment.name)}, ${describePath(other)} and ${describePath(file)}, expected one. Remove the one that isn't of this run.`,
          );
        }
        from.set(environment.name, file);
        const watched = expected.find(({ name }) => name === environment.name);
        if (!watched) continue;
        const why = whyUnusable(environment, read.readAt, watched, now);
        if (why) unusable.set(environment.name, why);
        else environments.set(environment.name, environment);
      }
    }
  }
  return { environments, unusable, unreadable };
}

/** Maximum length of a finding's `about`, in characters: it must fit into an issue's text, too. */
const MAX_ABOUT = 2_048;

/** Maximum number of characters shown of an unknown check. */
const MAX_NAME = 50;

/** Maximum number of hours between a report and now, either way: clocks differ. */
const MAX_AGE_H = 24;

/** Why a report doesn't show an environment as it is now. */
function whyUnusable(
  { account, region, checks }: ReportedEnvironment,
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
  const foreign = checks.find(({ name }) => !CHECK_NAMES.some((known) => known === name));
  if (foreign) {
    return {
      expected: "a report with the checks of this version",
      found: `one with the check ${describe(foreign.name.slice(0, MAX_NAME))}`,
      fix,
    };
  }
  if (checks.some(({ findings }) => findings.some(({ about }) => about.join("").length > MAX_ABOUT))) {
    return {
      expected: `findings about things with names of at most ${MAX_ABOUT} characters`,
      found: "a longer name",
      fix: "See the log of the step that runs doctor.",
    };
  }
  const hours = readAt === undefined ? Number.NaN : Math.abs(now.getTime() - Date.parse(readAt)) / 3_600_000;
  if (hours <= MAX_AGE_H) return undefined;
  const found = readAt === undefined ? "one without a time" : `one of ${readAt}`;
  return { expected: `a report of the last ${MAX_AGE_H} hours`, found, fix };
}

function readReport(file: string): Pick<DoctorReport, "readAt" | "environments"> | { readonly unreadable: string } {
  const expected =
    "expected a report of support-app doctor, whole and of this version. Its environments count as not looked at.";
  const received = `Received the report ${describePath(file)}`;
  try {
    const content = readJsonFile(
      file,
      (why) => `${received} that can't be read (${why}), ${expected}`,
      (why) => `${received} that is not JSON (${why}), ${expected}`,
    );
    const read = doctorReportSchema.safeParse(content);
    if (read.success) return read.data;
    return { unreadable: `${received} in another form, ${expected}` };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { unreadable: error.message };
  }
}
