import { printableLines } from "../../modules/support-app/model/printable";
import { InputError } from "../../stacks/input-error";

/** A request that a command can't fulfil. The message is complete, and written for people. */
export class CommandError extends InputError {
  /** @param lines the message, of one or several lines. A line break inside a line is escaped */
  constructor(lines: string | readonly string[], options?: ErrorOptions) {
    super(printableLines(lines), options);
  }
}

/** Wrong usage of a command. */
export class UsageError extends CommandError {
  override readonly status = 2;
}
