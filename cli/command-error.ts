import { printableLines } from "../modules/support-app/printable";

/** Something that a command can't do as asked. The message is for a person, and complete. */
export class CommandError extends Error {
  /** The exit status that the command ends with. */
  readonly status: number = 1;

  /** @param lines the message: a line, or all of them. Line breaks in what a line repeats are none. */
  constructor(lines: string | readonly string[], options?: ErrorOptions) {
    super(printableLines(lines), options);
  }
}

/** A command that was given what it doesn't take. */
export class UsageError extends CommandError {
  override readonly status = 2;
}
