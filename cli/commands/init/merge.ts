import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diffLines } from "diff";
import { failureReason } from "../../../common/disk-error";
import { CommandError } from "../../terminal/command-error";
import { temporaryFolder } from "../../terminal/temporary-folder";
import { alignPins, type Texts } from "./pins";

/** What two sides have made of a text. */
export interface Merge {
  readonly text: string;
  /** A diff, from here to this version, of each place that both have changed. If there is one, the text is of no use. */
  readonly conflicts: readonly (readonly string[])[];
}

/** Longer than any line of signs in a text. */
const MARKER_SIZE = 60;
const CONFLICT = /^<{60}[^\n]*\n((?:[^\n]*\n)*?)={60}\r?\n((?:[^\n]*\n)*?)>{60}/gm;

/** Merges a text as Git does, and the pins of actions by themselves. */
export function mergeTexts(texts: Texts): Merge {
  const { base, ours, theirs } = alignPins(texts);
  const scratch = temporaryFolder("support-app-merge-");
  try {
    for (const [name, text] of Object.entries({ ours, base, theirs })) writeFileSync(join(scratch, name), text);
    const options = ["-p", "-q", `--marker-size=${MARKER_SIZE}`];
    const { status, stdout, stderr, error } = spawnSync(
      "git",
      ["-c", "merge.conflictStyle=merge", "merge-file", ...options, "ours", "base", "theirs"],
      { cwd: scratch, encoding: "utf8" },
    );
    const conflicts = [...(stdout ?? "").matchAll(CONFLICT)].map(diffOf);
    if (status === Math.min(conflicts.length, 127)) return { text: stdout, conflicts };
    throw new CommandError(
      `Can't merge files with git merge-file: ${error ? failureReason(error) : stderr.trim()}. Nothing was written. Install Git, then run the same command again.`,
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** How many lines of this version a merged text lacks, whoever removed them, and whatever the recorded text says. */
export function missingLines(texts: Texts, merged: string): number {
  const changes = diffLines(alignPins(texts).theirs, merged);
  return changes.reduce((sum, { removed, count }) => sum + (removed ? count : 0), 0);
}

function diffOf([, ours = "", theirs = ""]: readonly string[]): string[] {
  return [...signedLines("-", ours), ...signedLines("+", theirs)];
}

function signedLines(sign: string, text: string): string[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => sign + line);
}
