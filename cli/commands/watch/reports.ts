import { z } from "zod";
import { duplicateOf } from "../../../common/duplicate-of";
import { formatCount } from "../../../common/format-count";
import { describe, describePath } from "../../../common/problem";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import type { Environment } from "../../../stacks/environments/environment";
import type { Finding } from "../../findings/finding";
import { type Subject, subjectName } from "../../findings/subject";
import { type AuditedAccount, auditReportSchema } from "../../reports/audit-report";
import { doctorReportSchema, type ReportedEnvironment } from "../../reports/doctor-report";
import { reportFiles } from "../../reports/report-files";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";

/** Maximum number of hours between a report and now, either way: clocks differ. */
const MAX_AGE_H = 24;

const UNSEEN = "Its environments and accounts count as not looked at.";

/** What the reports of a night say. */
export interface Reports {
  /** By name. */
  readonly environments: ReadonlyMap<string, ReportedEnvironment>;
  /** The findings of audited accounts, by ID, without those about roles of the file: these are doctor's. */
  readonly accounts: ReadonlyMap<string, readonly Finding[]>;
  /** Why some reports don't count, in sentences: an interrupted job leaves half of one. */
  readonly unusable: readonly string[];
  /** Whether an account that isn't in them has left the organization. */
  readonly isWholeOrganization: boolean;
}

/**
 * Reads every report of doctor and of audit below a folder, which needn't exist. Ignores environments that aren't in the
 * file. Of two on one environment or account, none counts.
 */
export function reportsIn(folder: string, expected: readonly Environment[], now: Date): Reports {
  const environments = new Map<string, ReportedEnvironment>();
  const accounts = new Map<string, readonly Finding[]>();
  const unusable: string[] = [];
  const areWhole: boolean[] = [];
  const fileOfName = new Map<string, string>();
  const isOnly = (subject: Subject, file: string): boolean => {
    const name = subjectName(subject);
    const otherFile = duplicateOf(fileOfName, name, file);
    if (otherFile === undefined) return true;
    const files = `${describePath(otherFile)} and ${describePath(file)}`;
    unusable.push(`Received two reports on ${describe(name)}, ${files}, expected one. ${UNSEEN} Remove one of them.`);
    return false;
  };
  for (const file of reportFiles(folder)) {
    const report = readReport(file, now, unusable);
    if (report === undefined) continue;
    if ("accounts" in report) {
      areWhole.push(report.isWholeOrganization);
      for (const auditedAccount of report.accounts) {
        const { account } = auditedAccount;
        if (isOnly({ account }, file)) accounts.set(account, findingsBesideFile(auditedAccount, expected));
        else accounts.delete(account);
      }
      continue;
    }
    for (const environment of report.environments) {
      const { name, account, region } = environment;
      const watchedEnvironment = expected.find((environment) => environment.name === name);
      if (!isOnly({ environment: name }, file)) environments.delete(name);
      else if (watchedEnvironment?.account === account && watchedEnvironment.region === region)
        environments.set(name, environment);
      else if (watchedEnvironment) {
        unusable.push(
          `Received the report ${describePath(file)} on ${name} with the account ${account} in ${region}, expected ${watchedEnvironment.account} in ${watchedEnvironment.region}. ${UNSEEN}`,
        );
      }
    }
  }
  const isWholeOrganization = areWhole.length > 0 && areWhole.every(Boolean) && unusable.length === 0;
  return { environments, accounts, unusable, isWholeOrganization };
}

const REPORTS = z.union([doctorReportSchema, auditReportSchema]);

/** A report. Undefined: it doesn't count, and why is one of the sentences. */
function readReport(file: string, now: Date, unusable: string[]) {
  const name = `the report ${describePath(file)}`;
  const expected = "a report of support-app doctor or audit, whole and of this version";
  try {
    const report = readFormOfJson(file, REPORTS, { name, expected, next: UNSEEN });
    if ("interrupted" in report && report.interrupted !== undefined) {
      const unreadWords = formatCount(report.interrupted.unread.length, "account");
      unusable.push(
        `Received ${name} of an audit that was interrupted before it had read ${unreadWords}, expected a whole report. ${UNSEEN} Run the command that wrote it again: it goes on from there.`,
      );
      return undefined;
    }
    if (Math.abs(now.getTime() - Date.parse(report.readAt)) <= MAX_AGE_H * 3_600_000) return report;
    unusable.push(
      `Received ${name} of ${report.readAt}, expected one of the last ${MAX_AGE_H} hours. ${UNSEEN} Run the command that wrote it again.`,
    );
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    unusable.push(error.message);
  }
  return undefined;
}

/** What audit finds in an account, but for roles of the file, of which only what is unknown counts. */
function findingsBesideFile({ account, findings }: AuditedAccount, expected: readonly Environment[]): Finding[] {
  const ownEnvironment = expected.find((environment) => environment.account === account && !environment.retired);
  const roles = ownEnvironment?.accesses.map((props) => iamNamesOf(props).roleName) ?? [];
  return findings.filter(
    ({ answer, about: [topic, name = ""] }) => answer === "unknown" || topic !== "role" || !roles.includes(name),
  );
}
