import { printableLines } from "../modules/support-app/printable";

/** All errors of an environment file, or of its rules. The message is complete, and written for people. */
export class EnvironmentsError extends Error {
  /**
   * @param lines one for each error that is shown
   * @param count how many there are
   */
  constructor(
    file: string,
    readonly lines: readonly string[],
    count = lines.length,
  ) {
    const first = `${file} has ${count === 1 ? "an error" : `${count} errors`}. Nothing was written.`;
    super(printableLines([first, ...lines]));
    this.name = "EnvironmentsError";
  }
}
