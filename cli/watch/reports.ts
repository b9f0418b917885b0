import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, describePath } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { doctorReportSchema, type ReportedEnvironment } from "../doctor-report";
import { readJsonFile } from "../json-file";

/** What jobs call the report in their folder. */
export const REPORT = "report.json";

/** What jobs of doctor have left. */
export interface Reports {
  /** By the name of the environment. */
  readonly environments: ReadonlyMap<string, ReportedEnvironment>;
  /** Why files among them say nothing, in sentences: a job that is cut off leaves half a report. */
  readonly unreadable: readonly string[];
}

/**
 * Reads every report of doctor below a folder. One that isn't there has none.
 *
 * @throws CommandError where two are about one environment: nothing says which is newer
 */
export function reportsIn(folder: string): Reports {
  const environments = new Map<string, ReportedEnvironment>();
  const from = new Map<string, string>();
  const unreadable: string[] = [];
  for (const file of filesIn(folder)) {
    const read = readReport(file);
    if ("unreadable" in read) unreadable.push(read.unreadable);
    else {
      for (const environment of read.environments) {
        const other = from.get(environment.name);
        if (other !== undefined) {
          throw new CommandError(
            `Received two reports on the environment ${describe(environment.name)}, ${describePath(other)} and ${describePath(file)}, expected one: which is newer isn't known. Remove the older one.`,
          );
        }
        from.set(environment.name, file);
        environments.set(environment.name, environment);
      }
    }
  }
  return { environments, unreadable };
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name === REPORT)
    .map(({ parentPath }) => join(parentPath, REPORT))
    .sort();
}

function readReport(
  file: string,
): { readonly environments: readonly ReportedEnvironment[] } | { readonly unreadable: string } {
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
    if (read.success) return { environments: read.data.environments };
    return { unreadable: `${received} in another form, ${expected}` };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { unreadable: error.message };
  }
}
