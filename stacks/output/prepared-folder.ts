import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { attempt, errorCode } from "../../common/disk-error";

/**
 * Creates a folder in which a run prepares what it writes, and removes the folders of runs that have ended, such as
 * killed ones.
 *
 * @param prefix the beginning of its path
 * @returns its path, such as PREFIX-PID-RANDOM
 */
export function preparedFolder(prefix: string): string {
  for (const name of readdirSync(dirname(prefix))) {
    if (!name.startsWith(`${basename(prefix)}-`) || !hasEnded(name)) continue;
    attempt(() => rmSync(join(dirname(prefix), name), { recursive: true, force: true }));
  }
  return mkdtempSync(`${prefix}-${process.pid}-`);
}

/** Whether the process that created a prepared folder has ended, by the folder's name. */
export function hasEnded(name: string): boolean {
  const pid = name.match(/-(\d+)-\w{6}$/)?.[1];
  return pid !== undefined && (Number(pid) === process.pid || !isRunning(Number(pid)));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}
