import { messageOf } from "../modules/support-app/model/printable";
import { InputError } from "./input-error";

/** @throws InputError if the current folder was removed or can't be entered, so that no relative path leads anywhere */
export function expectCurrentFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new InputError(
      `Can't find the current folder (${messageOf(error)}). Nothing was written. If it was removed, change to another one and run this again.`,
    );
  }
}
