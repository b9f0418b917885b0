import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describePath } from "../../../common/problem";
import { type AuditedAccount, type AuditReport, auditReportSchema } from "../../reports/audit-report";
import { CommandError } from "../../terminal/command-error";
import { readFormOfJson } from "../../terminal/json-file";
import { isPipeOrDevice } from "../../terminal/replace-file";
import { isAllKnown, type OrganizationTarget } from "./audit-accounts";

/** Maximum age in hours of what an interrupted audit has read, for another to go on from there. */
export const CONTINUED_WITHIN_H = 12;

/** What an interrupted audit has read. */
export interface EarlierReport {
  readonly readAt: string;
  /** By ID. Nothing in them is unknown. */
  readonly accounts: ReadonlyMap<string, AuditedAccount>;
}

/**
 * What an interrupted audit of the same accounts has left in the file of its report.
 *
 * @returns with a remark for people. Without `earlier`: everything is to be read
 */
export function earlierReport(
  file: string,
  targets: readonly OrganizationTarget[],
  regions: readonly string[],
  slack: boolean,
  now: Date,
): { readonly earlier?: EarlierReport; readonly remark?: string } {
  const report = readInterrupted(file);
  if (report === undefined) return {};
  const { readAt, accounts, interrupted } = report;
  const age = now.getTime() - Date.parse(readAt);
  if (age < 0 || age > CONTINUED_WITHIN_H * 3_600_000) {
    return {
      remark: `Everything is read again: ${describePath(file)} is of ${readAt}, expected the last ${CONTINUED_WITHIN_H} hours.`,
    };
  }
  const request = { ids: targets.map(({ id }) => id).sort(), regions, slack };
  const ids = [...accounts.map(({ account }) => account), ...interrupted.unread].sort();
  if (!isDeepStrictEqual(request, { ids, regions: interrupted.regions, slack: interrupted.slack })) {
    return { remark: `Everything is read again: ${describePath(file)} is of other accounts, regions or options.` };
  }
  const names = new Map(targets.map(({ id, name }) => [id, name]));
  const active = new Set(targets.flatMap(({ id, isActive = true }) => (isActive ? [id] : [])));
  const isCurrent = (account: AuditedAccount) =>
    isAllKnown(account) && !account.isClosed && active.has(account.account);
  const whole = accounts.filter(isCurrent).map((account) => ({ ...account, name: names.get(account.account) }));
  return {
    earlier: { readAt, accounts: new Map(whole.map((account) => [account.account, account])) },
    remark: `${whole.length} of ${targets.length} accounts were read already, by the audit of ${readAt}.`,
  };
}

/** The report of an interrupted audit, if the file has one. */
function readInterrupted(file: string): (AuditReport & Required<Pick<AuditReport, "interrupted">>) | undefined {
  if (!existsSync(file) || isPipeOrDevice(file)) return undefined;
  try {
    const report = readFormOfJson(file, auditReportSchema, { name: "", expected: "", next: "" });
    return report.interrupted && { ...report, interrupted: report.interrupted };
  } catch (error) {
    if (error instanceof CommandError) return undefined; // it is something else, which the report replaces
    throw error;
  }
}
