import { failureReason } from "../../common/disk-error";
import { InputError } from "../../common/input-error";
import { printableLines } from "../../common/printable";

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

/**
 * Runs something that may fail, such as on a full disk.
 *
 * @param inWords makes the error message from the reason. A CommandError keeps its own
 */
export function explainFailure<T>(inWords: (reason: string) => string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof CommandError ? error : new CommandError(inWords(failureReason(error)));
  }
}
