import { spawnSync } from "node:child_process";
import { checksum } from "../../../common/checksum";

/** A file's text as it was committed once, or why there is none. */
export type CommittedText = { readonly text: string } | { readonly reason: string };

/**
 * Looks a file's text up in the Git history of the repository in the working directory.
 *
 * @param sum its SHA-256
 */
export function committedText(path: string, sum: string): CommittedText {
  const log = git(
    ".",
    "log",
    "--full-history",
    "--format=",
    "--raw",
    "--no-abbrev",
    "--no-color",
    "--no-renames",
    "--",
    path,
  );
  if (log === undefined) return { reason: "no Git history can be read here" };
  const blobs = new Set(
    [...log.matchAll(/^:\d+ \d+ [\da-f]+ ([\da-f]*[1-9a-f][\da-f]*) /gm)].map(([, blob = ""]) => blob),
  );
  for (const blob of blobs) {
    const text = git(".", "cat-file", "blob", blob);
    if (text !== undefined && checksum(text) === sum) return { text };
  }
  return { reason: "what init wrote isn't in the Git history. In a shallow clone, run git fetch --unshallow first" };
}

/** The output of a Git command that succeeds in a folder. */
export function git(folder: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", ["-C", folder, ...args], { encoding: "utf8", maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : undefined;
}
