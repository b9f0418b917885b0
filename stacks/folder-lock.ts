import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { errorCode, ignoring } from "./disk-error";

/*
 * A lock is a folder. A run holds it as long as the run's own folder is in it. Every change moves something from or to
 * that folder: a run that has lost the lock doesn't find the path and changes nothing, however late it resumes.
 * See docs/decisions/0014-a-run-commits-only-what-is-in-its-lock.md.
 */

/** How long a run counts as running, in milliseconds, if nothing shows that its process has ended. */
const MAX_AGE = 10 * 60_000;

/** The process that created an ID. */
export interface Run {
  readonly pid: number;
  readonly host: string;
  /** When it created the ID. */
  readonly since: Date;
}

/** The ID of a new run. */
export function newRun(): string {
  return [process.pid, Date.now(), randomBytes(6).toString("hex"), thisHost()].join("-");
}

/** Creates a run's own folder beside the lock. Another run may remove it once this one counts as ended. */
export function prepareRun(lock: string, id: string): void {
  mkdirSync(asideFolder(lock, id));
  mkdirSync(preparedFolder(lock, id));
}

/** The run's own folder before it holds the lock. */
export function preparedFolder(lock: string, id: string): string {
  return join(asideFolder(lock, id), id);
}

/** The run's own folder while it holds the lock. */
export function heldFolder(lock: string, id: string): string {
  return join(lock, id);
}

/** A run's folder beside the lock: what it prepares, or its leftovers. */
export function asideFolder(lock: string, id: string): string {
  return `${lock}-${id}`;
}

/** Acquires the lock, with everything that is prepared. False: another run holds it. */
export function acquireLock(lock: string, id: string): boolean {
  return ignoring(["ENOTEMPTY", "EEXIST"], () => renameSync(asideFolder(lock, id), lock));
}

/** The IDs of the runs that hold the lock: one, or none. */
export function lockHolders(lock: string): string[] {
  let holders: string[] = [];
  ignoring(["ENOENT", "ENOTDIR"], () => {
    holders = readdirSync(lock);
  });
  return holders;
}

/** Releases the lock if the run with this ID holds it, and moves the run's folder aside. False: it didn't hold it. */
export function releaseLock(lock: string, id: string): boolean {
  const released = ignoring(["ENOENT"], () => renameSync(heldFolder(lock, id), asideFolder(lock, id)));
  ignoring(["ENOENT", "ENOTEMPTY", "EEXIST"], () => rmdirSync(lock));
  return released;
}

/** The IDs of all runs that have something beside the lock. */
export function runsAside(lock: string): string[] {
  const start = `${basename(lock)}-`;
  return readdirSync(dirname(lock)).flatMap((name) => (name.startsWith(start) ? [name.slice(start.length)] : []));
}

/** The process that created an ID. Undefined: it isn't an ID. */
export function runOf(id: string): Run | undefined {
  const [, pid, since, host] = id.match(/^(\d+)-(\d+)-[0-9a-f]+-(.+)$/) ?? [];
  return host === undefined ? undefined : { pid: Number(pid), host, since: new Date(Number(since)) };
}

/** Whether a run has ended: its process has exited, or it is older than 10 minutes, such as a paused one or one on another host. */
export function hasEnded(id: string): boolean {
  const run = runOf(id);
  if (run === undefined || Math.abs(Date.now() - run.since.getTime()) > MAX_AGE) return true;
  return run.host === thisHost() && !isRunning(run.pid);
}

/** The host's name, usable in a file's name. */
function thisHost(): string {
  return encodeURIComponent(hostname()).slice(0, 100);
}

/** Whether a process of this machine is running. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1")); // killed, and not yet waited for by its parent
  } catch {
    return true;
  }
}
