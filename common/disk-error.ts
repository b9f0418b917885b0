import { getSystemErrorMap } from "node:util";
import { messageOf } from "./printable";
import { describePath } from "./problem";

/** The code of an error of the operating system, such as ENOENT. Undefined: it is another error. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "syscall" in error
    ? (error as NodeJS.ErrnoException).code
    : undefined;
}

/** What the system's words leave open about the file or the folder that a sentence names. */
const IN_OUR_WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
};

/** Why something failed, in words: of an error of the operating system without its code and Node.js's path. */
export function failureReason(error: unknown): string {
  const code = errorCode(error);
  return code === undefined ? messageOf(error) : (IN_OUR_WORDS[code] ?? systemWords(error));
}

/** Why a folder can't be written, in words: without Node.js's paths, which aren't escaped. */
export function diskReason(error: unknown, folder: string): string {
  return `${systemWords(error)}, in ${describePath(folder)}`;
}

function systemWords(error: unknown): string {
  const { errno = 0 } = error as NodeJS.ErrnoException;
  const [, words] = getSystemErrorMap().get(errno) ?? [];
  return words ?? `the system answered ${errorCode(error)}`;
}

/** What to do if a folder can't be written. */
export function diskAdvice(error: unknown): string {
  const code = errorCode(error) ?? "";
  if (["ENOSPC", "EDQUOT"].includes(code)) return "Free some space, or choose another folder.";
  if (["EBUSY", "EXDEV"].includes(code)) return "It is a mount point, or on another disk: choose a folder in it.";
  if (["EEXIST", "ENOTDIR"].includes(code)) return "Something else is there: move it away, or choose another folder.";
  return "Make it writable, or choose another folder.";
}

/** Runs a system call that may fail with these codes. False: it failed. */
export function ignoring(codes: readonly string[], call: () => void): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (codes.includes(errorCode(error) ?? "")) return false;
    throw error;
  }
}

/** Runs a step whose failure does no harm. Undefined: it failed. */
export function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined; // what is left is removed or reported later
  }
}
