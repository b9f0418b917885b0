import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";

/** What is printed in a folder that was removed. */
export const REMOVED_FOLDER =
  "Can't find the current folder: it was removed or moved. Nothing was done. Change to a folder that exists.\n";

/** Runs a program of Node.js in a folder that was removed. */
export function runInRemovedFolder(...args: readonly string[]) {
  const script = 'folder=$(mktemp -d) && cd "$folder" && rmdir "$folder" && exec "$@"';
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, "sh", process.execPath, ...args], {
    env: { PATH: process.env.PATH, TMPDIR: tmpdir() },
    encoding: "utf8",
  });
  return { status, printed: stdout + stderr };
}
