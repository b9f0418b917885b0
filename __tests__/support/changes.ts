import fs from "node:fs";
import { constants } from "node:os";

/** The calls of node:fs that change something. */
const CHANGES = ["mkdirSync", "mkdtempSync", "renameSync", "rmSync", "rmdirSync", "writeFileSync"] as const;

/**
 * Runs something on the real file system.
 *
 * @param before is called before each change, with its number from 0 on. If it throws, the change isn't made
 * @returns the error that it ended with, and the number of changes
 */
export function watchChanges(
  run: () => void,
  before: (change: number) => void = () => {},
): { readonly error?: Error; readonly changes: number } {
  let changes = 0;
  let isInside = false;
  const originals = CHANGES.map((name) => [name, fs[name]] as const);
  for (const [name, original] of originals) {
    const watched = (...args: unknown[]) => {
      if (isInside) return (original as (...args: unknown[]) => unknown)(...args);
      isInside = true;
      try {
        before(changes++);
        return (original as (...args: unknown[]) => unknown)(...args); // rmSync calls others
      } finally {
        isInside = false;
      }
    };
    Object.assign(fs, { [name]: watched });
  }
  try {
    run();
    return { changes };
  } catch (error) {
    return { error: error as Error, changes };
  } finally {
    for (const [name, original] of originals) Object.assign(fs, { [name]: original });
  }
}

/** What {@link watchChanges} calls for a run that is killed before a change. */
export function killedBefore(moment: number): (change: number) => void {
  return (change) => {
    if (change >= moment) throw new Error("It is killed.");
  };
}

/** What {@link watchChanges} calls for a disk that fails at a change. */
export function failingAt(moment: number): (change: number) => void {
  return (change) => {
    if (change !== moment) return;
    throw Object.assign(new Error("EIO: i/o error"), { code: "EIO", errno: -constants.errno.EIO, syscall: "call" });
  };
}

/** What {@link watchChanges} calls for a run during which another one runs from beginning to end. */
export function meanwhile(moment: number, run: () => void): (change: number) => void {
  return (change) => {
    if (change === moment) run();
  };
}

/** Every folder and file below a folder, with the files' texts. */
export function contentsOf(folder: string): Record<string, string | null> {
  if (!fs.existsSync(folder)) return {};
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry) => {
        const path = `${entry.parentPath}/${entry.name}`;
        return [path.slice(folder.length + 1), entry.isFile() ? fs.readFileSync(path, "utf8") : null] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
