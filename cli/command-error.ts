import { printableLines } from "../modules/support-app/printable";

/** A request that a command can't fulfil. The message is complete, and written for people. */
export class CommandError extends Error {
  /** The exit status that the command ends with. */
  readonly status: number = 1;

  /** @param lines the message, of one or several lines. A line break inside a line is escaped */
  constructor(lines: string | readonly string[], options?: ErrorOptions) {
    super(printableLines(lines), options);
  }
}

/** Wrong usage of a command. */
export class UsageError extends CommandError {
  override readonly status = 2;
}
