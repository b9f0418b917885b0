import { lstatSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isRunning } from "../../stacks/prepared-folder";
import { temporaryFolder } from "../temporary-folder";

/** A folder that nobody else can read, for what may hold secrets. Removes the folders of processes that were killed. */
export function privateFolder(): string {
  const parent = resolve(tmpdir());
  try {
    removeAbandoned(parent);
  } catch {
    // The next run tries again.
  }
  return temporaryFolder(`support-app-plan-${process.pid}-`);
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = name.match(/^support-app-plan-(\d+)-\w{6}$/)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = join(parent, name);
    const found = lstatSync(folder, { throwIfNoEntry: false }); // another run may have removed it
    if (found?.isDirectory() && found.uid === process.getuid?.()) rmSync(folder, { recursive: true, force: true });
  }
}
