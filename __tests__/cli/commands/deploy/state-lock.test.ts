import { stateLockIn } from "../../../../cli/commands/deploy/state-lock";

const lineOf = (summary: string, detail: string) =>
  JSON.stringify({ type: "diagnostic", diagnostic: { severity: "error", summary, detail } });
const LOCKED = "Error acquiring the state lock";
const OVER_HTTP = "Error message: HTTP remote state already locked";

test.each([
  ["no output", ""],
  ["a line that isn't JSON", "Error acquiring the state lock\n  ID: 1"],
  ["another error that quotes a lock", lineOf("Invalid value", "Lock Info:\n  ID: 1")],
  ["a lock without an ID", lineOf(LOCKED, "Lock Info:\n  Who: runner@host")],
  ["an ID that a shell would read", lineOf(LOCKED, "Lock Info:\n  ID: 1; rm -rf /")],
  ["a lock over HTTP without an ID", lineOf(LOCKED, `${OVER_HTTP}, failed to read body\nLock Info:\n  ID: 1`)],
  ["an ID over HTTP that a shell would read", lineOf(LOCKED, `${OVER_HTTP}: ID=1;rm\nLock Info:\n  ID: 1`)],
])("no lock is in %s", (_, output) => {
  expect(stateLockIn(output)).toBeUndefined();
});

test("the holder of a lock is known from what Terraform 1.11 prints", () => {
  const detail = [
    ...["Error message: resource temporarily unavailable", "Lock Info:"],
    ...["  ID:        99228cfa-1b60-523d-df99-7e6a09a7f827", "  Path:      terraform.tfstate"],
    ...["  Operation: OperationTypeApply", "  Who:       root@vm", "  Version:   1.11.4"],
    ...["  Created:   2026-11-30 13:24:55.598360531 +0000 UTC", "  Info:      ", "", ""],
    "Terraform acquires a state lock to protect the state from being written",
  ].join("\n");
  expect(stateLockIn(`{"type":"version"}\n${lineOf(LOCKED, detail)}\n`)).toEqual({
    ...{ id: "99228cfa-1b60-523d-df99-7e6a09a7f827", holder: "root@vm", operation: "OperationTypeApply" },
    since: "2026-11-30 13:24:55.598360531 +0000 UTC",
  });
});

test("of a lock whose holder isn't said, its ID is known", () => {
  const lock = { id: "1-a", holder: "unknown", operation: "unknown", since: "unknown" };
  expect(stateLockIn(lineOf(LOCKED, "Lock Info:\n  ID:        1-a\n  Who:       \n"))).toEqual(lock);
});

test("of a lock over HTTP, the held ID is known: what Terraform 1.11 prints of a lock is what it asked for itself", () => {
  const detail = [
    `${OVER_HTTP}: ID=11111111-2222-3333-4444-555555555555`,
    ...["Lock Info:", "  ID:        5b4a638f-7a65-fe45-2e39-5a0688d9fa9d", "  Path:      "],
    ...["  Operation: OperationTypePlan", "  Who:       root@vm", "  Version:   1.11.4"],
    ...["  Created:   2026-11-30 21:47:19.353616057 +0000 UTC", "  Info:      ", "", ""],
  ].join("\n");
  expect(stateLockIn(lineOf(LOCKED, detail))).toEqual({
    ...{ id: "11111111-2222-3333-4444-555555555555", holder: "unknown", operation: "unknown", since: "unknown" },
  });
});
