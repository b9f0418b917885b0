import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { STSClient } from "@aws-sdk/client-sts";
import pLimit from "p-limit";
import { formatCount } from "../../../common/format-count";
import type { Region } from "../../../modules/support-app/model/limits";
import type { SignedIn } from "../../aws/identity";
import { valueIfKnown } from "../../aws/lookup";
import type { OrganizationAccount } from "../../aws/organization";
import { connectToSlack } from "../../slack/connection";
import { readSlackPeople } from "../../slack/live-people";
import { UsageError } from "../../terminal/command-error";
import { printError } from "../../terminal/print";
import { startProgress } from "../../terminal/progress";
import { INTERRUPTED, withSignalListener } from "../../terraform/binary";
import type { AuditedAccount } from "./audit-report";
import { type AuditedTarget, auditedAccount, emptyAccount } from "./audited-account";
import type { AdoptedAccount } from "./environments-yaml";
import { type AccountRead, type AccountReader, accountReader, credentialsOf } from "./read-account";

/** How many accounts to read in parallel. AWS limits each for itself; at 50 ms a call, this many keep one CPU busy. */
const PARALLEL = 16;

/** How long an interrupted audit waits for the accounts that it is reading, in seconds. CI kills a step 7.5 s after SIGINT. */
const GRACE_S = 5;

/** The accounts that were read, sorted, and the IDs of those that a signal left unread. */
export interface AuditRun {
  readonly accounts: AuditedAccount[];
  /** What accounts become in environments.yaml, by ID. */
  readonly adopted: ReadonlyMap<string, AdoptedAccount>;
  readonly unread: string[];
  readonly isInterrupted: boolean;
}

interface AuditSettings {
  readonly assumeRole: string | undefined;
  /** Whether to count the people in channels. */
  readonly slack: boolean;
  /** Undefined: no account is adopted. */
  readonly adopt: ((id: string, accountRead: AccountRead) => AdoptedAccount) | undefined;
  readonly time: Date;
}

export type OrganizationTarget = AuditedTarget & Partial<OrganizationAccount>;

/** Reads accounts and judges what is in them. After a signal, it reads no further account. */
export async function auditAccounts(
  targets: readonly OrganizationTarget[],
  caller: SignedIn,
  regions: readonly Region[],
  { assumeRole, slack: isSlackRead, adopt, time }: AuditSettings,
): Promise<AuditRun> {
  const otherAccounts = targets.filter(({ id }) => id !== caller.account).length;
  if (otherAccounts > 0 && assumeRole === undefined) {
    throw new UsageError(
      `Received ${formatCount(otherAccounts, "account")} other than ${caller.account}, whose credentials are used, expected --assume-role with the name of a role that they have. Add it.`,
    );
  }
  const slack = isSlackRead ? connectToSlack() : undefined;
  const sts = new STSClient(caller.config);
  const idleReaders: AccountReader[] = [];
  const adopted = new Map<string, AdoptedAccount>();
  const auditAccount = async (target: OrganizationTarget): Promise<AuditedAccount> => {
    const { id, name } = target;
    if (target.isClosed) return { ...emptyAccount(target), isClosed: true };
    const credentials = await credentialsOf(target, caller, sts, assumeRole);
    const reader = idleReaders.pop() ?? accountReader(caller.config, regions, time);
    const accountRead = "unknown" in credentials ? credentials : { known: await reader(credentials.known) };
    const channels = (valueIfKnown(accountRead)?.regions ?? []).flatMap(
      (region) => valueIfKnown(region.channels) ?? [],
    );
    const people = slack && (await readSlackPeople(slack, channels));
    const result = auditedAccount({ id, name }, accountRead, people, time);
    // A client whose calls failed may have used up its attempts, or still be asking.
    if (isAllKnown(result)) idleReaders.push(reader);
    const isWhole = result.findings.every(({ answer, about: [topic] }) => answer !== "unknown" || topic !== "account");
    if (adopt && isWhole && "known" in accountRead) adopted.set(id, adopt(id, accountRead.known));
    return result;
  };

  const results = new Map<string, AuditedAccount>();
  const sortedTargets = [...targets].sort((target, otherTarget) => target.id.localeCompare(otherTarget.id));
  const stop = new AbortController();
  const limit = pLimit(PARALLEL);
  const progress = startProgress(targets.length, "accounts");
  const auditNext = async (target: OrganizationTarget) => {
    if (stop.signal.aborted) return;
    const result = await auditAccount(target);
    results.set(target.id, result);
    const findings = formatCount(result.findings.length, "finding");
    if (!stop.signal.aborted) progress.step(`${target.id} has ${findings}.`);
  };
  const interrupt = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort();
    progress.end();
    printError(
      `Received ${signal}: waiting up to ${GRACE_S} s for the accounts that are being read. Another signal ends audit at once.`,
    );
  };
  return withSignalListener(interrupt, async () => {
    printError(`Reading ${formatCount(targets.length, "account")} …`);
    const reading = Promise.all(sortedTargets.map((target) => limit(() => auditNext(target))));
    const waiting = once(stop.signal, "abort").then(() => sleep(GRACE_S * 1000, undefined, { ref: false }));
    await Promise.race([reading, waiting]).finally(progress.end);
    return {
      accounts: sortedTargets.flatMap(({ id }) => results.get(id) ?? []),
      adopted,
      unread: sortedTargets.flatMap(({ id }) => (results.has(id) ? [] : [id])),
      isInterrupted: stop.signal.aborted,
    };
  });
}

/** Whether nothing in an account is unknown. */
export function isAllKnown({ findings }: AuditedAccount): boolean {
  return findings.every(({ answer }) => answer !== "unknown");
}
