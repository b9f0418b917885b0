/** Something that a command can't do as asked. The message is for a person, and complete. */
export class CommandError extends Error {}
