import { CommandError, UsageError } from "../../../cli/terminal/command-error";

test("an error ends a command with status 1, and wrong usage with 2", () => {
  expect(new CommandError("Received a.").status).toBe(1);
  expect(new UsageError("Received b.").status).toBe(2);
  expect(new UsageError("Received b.")).toBeInstanceOf(CommandError);
});

test("a message has one or several lines, and what they repeat begins no other line and no command of a workflow", () => {
  expect(new CommandError("Received a.").message).toBe("Received a.");
  expect(new CommandError(["Received a:", "b\nc", "::error::d\u001b[31m"]).message).toBe(
    "Received a:\nb\\u{000a}c\n\\u{003a}:error::d\\u{001b}[31m",
  );
});

test("the cause of an error is kept", () => {
  const cause = new Error("ENOSPC");
  expect(new UsageError("Received a.", { cause }).cause).toBe(cause);
});
