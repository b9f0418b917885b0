import { z } from "zod";
import { claim } from "../../../modules/support-app/model/claim";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { describe, describePath } from "../../../modules/support-app/model/problem";
import { counted } from "../../../stacks/counted";
import type { Environment } from "../../../stacks/environments/environment";
import { type AuditedAccount, auditReportSchema, DANGERS, type Danger } from "../../reports/audit-report";
import { doctorReportSchema, type Finding, type ReportedEnvironment, worstOf } from "../../reports/doctor-report";
import { reportFiles } from "../../reports/report-files";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";

/** Maximum number of hours between a report and now, either way: clocks differ. */
const MAX_AGE_H = 24;

const UNSEEN = "Its environments and accounts count as not looked at.";

/** What stands for an audited account in place of an environment's name, which has no space. */
export function accountName(account: string): string {
  return `account ${account}`;
}

export function isAccountName(name: string): boolean {
  return name.startsWith(accountName(""));
}

/** What the reports of a night say. */
export interface Reports {
  /** By environment. An audited account is like an environment. */
  readonly environments: ReadonlyMap<string, ReportedEnvironment>;
  /** Why some reports don't count, in sentences: an interrupted job leaves half of one. */
  readonly unusable: readonly string[];
  /** Whether an account that isn't in them has left the organization. */
  readonly isWholeOrganization: boolean;
}

/**
 * Reads every report of doctor and of audit below a folder, which needn't exist. Ignores environments that aren't in the
 * file. Of two on one environment, none counts.
 */
export function reportsIn(folder: string, expected: readonly Environment[], now: Date): Reports {
  const environments = new Map<string, ReportedEnvironment>();
  const unusable: string[] = [];
  const areWhole: boolean[] = [];
  const from = new Map<string, string>();
  for (const file of reportFiles(folder)) {
    const report = readReport(file, now, unusable);
    if ("accounts" in report) areWhole.push(report.isWholeOrganization);
    const reported =
      "accounts" in report ? report.accounts.map((one) => auditedEnvironment(one, expected)) : report.environments;
    for (const environment of reported) {
      const { name, account, region } = environment;
      const watched = name === accountName(account) ? environment : expected.find((one) => one.name === name);
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
  const isWholeOrganization = areWhole.length > 0 && areWhole.every(Boolean) && unusable.length === 0;
  return { environments, unusable, isWholeOrganization };
}

const REPORTS = z.union([doctorReportSchema, auditReportSchema]);

/** A report. Without environments: it doesn't count, and why is one of the sentences. */
function readReport(file: string, now: Date, unusable: string[]) {
  const received = `Received the report ${describePath(file)}`;
  const form = `expected a report of support-app doctor or audit, whole and of this version. ${UNSEEN}`;
  try {
    const report = readFormOfJson(file, REPORTS, received, form);
    if ("interrupted" in report && report.interrupted !== undefined) {
      const unread = counted(report.interrupted.unread.length, "account");
      unusable.push(
        `${received} of an audit that was interrupted before it had read ${unread}, expected a whole report. ${UNSEEN} Run the command that wrote it again: it goes on from there.`,
      );
      return { environments: [] };
    }
    if (Math.abs(now.getTime() - Date.parse(report.readAt ?? "")) <= MAX_AGE_H * 3_600_000) return report;
    const when = report.readAt === undefined ? "without a time" : `of ${report.readAt}`;
    unusable.push(
      `${received} ${when}, expected one of the last ${MAX_AGE_H} hours. ${UNSEEN} Run the command that wrote it again.`,
    );
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    unusable.push(error.message);
  }
  return { environments: [] };
}

/**
 * An audited account like a diagnosed environment, with a check for each kind of danger. Roles of the file are doctor's.
 * Where something is unknown, nothing is healed.
 */
function auditedEnvironment(
  { account, dangers }: AuditedAccount,
  expected: readonly Environment[],
): ReportedEnvironment {
  const own = expected.find((one) => one.account === account && !one.retired);
  const isDoctors = ({ kind, about: [what, name] }: Danger) =>
    kind !== "unknown" && what === "role" && own?.accesses.some((props) => iamNamesOf(props).roleName === name);
  const name = accountName(account);
  const isWhole = dangers.every(({ kind }) => kind !== "unknown");
  const checks = Object.entries(DANGERS).map(([kind, sentence]) => {
    const answer: Finding["answer"] = kind === "unknown" ? "unknown" : "unhealthy";
    const found = dangers.filter((danger) => danger.kind === kind && !isDoctors(danger));
    const findings = found.map(({ about, found, fix, commands }) => ({
      ...{ answer, subject: name, about: [...about], expected: "nothing of this kind", found },
      fix: { text: fix, commands: [...commands] },
    }));
    const worst = worstOf(findings.map((one) => one.answer));
    return { name: `audit-${kind}`, sentence, answer: worst, findings, unseen: isWhole ? undefined : [[]] };
  });
  return { name, account, region: "", answer: worstOf(checks.map((one) => one.answer)), notes: [], checks };
}
