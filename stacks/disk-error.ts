import type { Stats } from "node:fs";
import { getSystemErrorMap } from "node:util";
import { describePath } from "../modules/support-app/problem";

/** The code of an error of the operating system, such as ENOENT. Undefined: it is another error. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "syscall" in error
    ? (error as NodeJS.ErrnoException).code
    : undefined;
}

/** Why a folder can't be written, in words: without the paths that Node.js repeats as they are. */
export function diskReason(error: unknown, folder: string): string {
  const { errno = 0 } = error as NodeJS.ErrnoException;
  const [code, words] = getSystemErrorMap().get(errno) ?? [errorCode(error), "it can't be written"];
  return `${code}: ${words}, in ${describePath(folder)}`;
}

/** Why what stands at a path is no file. Undefined: it is one. */
export function strangeFile(found: Stats | undefined): string | undefined {
  if (found === undefined) return "it is a link that leads nowhere";
  if (found.isDirectory()) return "it is a folder";
  return found.isFile() ? undefined : "it is something else than a file";
}

/** What to do where a folder can't be written. */
export function diskAdvice(error: unknown): string {
  const code = errorCode(error) ?? "";
  if (["ENOSPC", "EDQUOT"].includes(code)) return "Make room, or choose another folder.";
  if (["EBUSY", "EXDEV"].includes(code)) return "It is a mount point, or on another disk: choose a folder in it.";
  return "Make it writable, or choose another folder.";
}

/** Runs a system call that may fail in these ways. False: it did. */
export function ignoring(codes: readonly string[], call: () => void): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (codes.includes(errorCode(error) ?? "")) return false;
    throw error;
  }
}

/** Does what may as well fail, since the next run does it again. */
export function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // What is left is in nobody's way.
  }
}
