import { spawnSync } from "node:child_process";

/** The output of a Git command that succeeds in a folder. */
export function git(folder: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}
