import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { errorCode, ignoring } from "./disk-error";

/*
 * A lock is a folder, and a run holds it as long as the run's own folder is in it. All that a run changes, it moves from or to
 * its own folder: a run that has lost the lock finds no such path and changes nothing, whenever it goes on.
 * See docs/decisions/0014-a-run-commits-only-what-is-in-its-lock.md.
 */

/** How long a run counts as under way, in milliseconds, where its process can't be seen to have ended. */
const MAX_AGE = 10 * 60_000;

/** The process that an ID was made by. */
export interface Run {
  readonly pid: number;
  readonly host: string;
  /** When it made the ID. */
  readonly since: Date;
}

/** The ID of a new run. */
export function newRun(): string {
  return [process.pid, Date.now(), randomBytes(6).toString("hex"), thisHost()].join("-");
}

/** Makes a run's own folder, beside the lock. It is not there any more once another run has removed it. */
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

/** What a run has beside the lock: what it prepares, or what is left of it. */
export function asideFolder(lock: string, id: string): string {
  return `${lock}-${id}`;
}

/** Takes the lock, with all that is prepared. False: somebody holds it. */
export function acquireLock(lock: string, id: string): boolean {
  return ignoring(["ENOTEMPTY", "EEXIST"], () => renameSync(asideFolder(lock, id), lock));
}

/** The IDs of the run that holds the lock: one, or none. */
export function lockHolders(lock: string): string[] {
  let holders: string[] = [];
  ignoring(["ENOENT", "ENOTDIR"], () => {
    holders = readdirSync(lock);
  });
  return holders;
}

/** Takes the lock from the run that has this ID, and from no other, and puts its folder aside. False: it didn't hold it. */
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

/** Who made an ID. Undefined: it isn't an ID. */
export function runOf(id: string): Run | undefined {
  const [, pid, since, host = ""] = id.match(/^(\d+)-(\d+)-[0-9a-f]+-(.+)$/) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), host, since: new Date(Number(since)) };
}

/** Whether a run has ended: its process is gone, or it is on another host or paused and older than 10 minutes. */
export function hasEnded(id: string): boolean {
  const run = runOf(id);
  if (run === undefined || Math.abs(Date.now() - run.since.getTime()) > MAX_AGE) return true;
  return run.host === thisHost() && !isRunning(run.pid);
}

/** As a part of a file's name. */
function thisHost(): string {
  return encodeURIComponent(hostname()).slice(0, 100);
}

function isRunning(pid: number): boolean {
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
