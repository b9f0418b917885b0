import { messageOf } from "../modules/support-app/model/printable";
import { InputError } from "./input-error";

/** The current folder was removed, or can't be entered. The message is complete, and written for people. */
export class CurrentFolderError extends InputError {}

/** @throws CurrentFolderError if there is none, so that no relative path leads anywhere */
export function expectCurrentFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new CurrentFolderError(
      `Can't find the current folder (${messageOf(error)}). Nothing was written. If it was removed, change to another one and run this again.`,
    );
  }
}
