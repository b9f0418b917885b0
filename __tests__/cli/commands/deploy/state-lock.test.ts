import { stateLockIn } from "../../../../cli/commands/deploy/state-lock";

const lineOf = (summary: string, detail: string) =>
  JSON.stringify({ type: "diagnostic", diagnostic: { severity: "error", summary, detail } });
const LOCKED = "Error acquiring the state lock";

test.each([
  ["no output", ""],
  ["a line that isn't JSON", "Error acquiring the state lock\n  ID: 1"],
  ["another error that quotes a lock", lineOf("Invalid value", "Lock Info:\n  ID: 1")],
  ["a lock without an ID", lineOf(LOCKED, "Lock Info:\n  Who: runner@host")],
  ["an ID that a shell would read", lineOf(LOCKED, "Lock Info:\n  ID: 1; rm -rf /")],
])("no lock is in %s", (_, output) => {
  expect(stateLockIn(output)).toBeUndefined();
});

test("of a lock whose holder isn't said, its ID is known", () => {
  const lock = { id: "1-a", holder: "unknown", operation: "unknown", since: "unknown" };
  expect(stateLockIn(lineOf(LOCKED, "Lock Info:\n  ID:        1-a\n  Who:       \n"))).toEqual(lock);
});
