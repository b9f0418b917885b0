/** An error that the user can correct. The message is complete, and written for people. */
export class InputError extends Error {
  /** The exit status of the process. */
  readonly status: number = 1;
}
