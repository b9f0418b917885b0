/** Something that a command can't do as asked. The message is for a person, and complete. */
export class CommandError extends Error {}

/** A command that was given what it doesn't take. */
export class UsageError extends CommandError {}
