import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type FleetReport,
  fleetReportLines,
  type Result,
  readFleetReport,
  reportMarkdown,
  writeReport,
} from "../../../cli/findings/fleet-report";
import { CommandError } from "../../../cli/terminal/command-error";
import { sharedFolder } from "../../support/folder";

const ACCOUNT = "111122223333";

const reported = (results: Readonly<Record<string, Result>>): FleetReport =>
  Object.entries(results).map(([name, result]) => ({ name, account: ACCOUNT, result }));

test("a report as text keeps environments in their order, and only counts unchanged ones, or none", () => {
  expect(fleetReportLines(reported({ a: "deployed", staging: "unchanged", payments: "failed" }))).toEqual([
    "a         111122223333  deployed",
    "payments  111122223333  failed",
    "3 environments: 1 failed; 1 deployed; 1 unchanged.",
  ]);
  expect(fleetReportLines([])).toEqual(["0 environments: none."]);
});

test("a report in Markdown lists every environment, the most urgent first", () => {
  const results = reported({ a: "unchanged", b: "no-report", c: "failed", d: "canary-failed", e: "failed" });
  expect(reportMarkdown("Deploys", results)).toBe(`## Deploys

5 environments: 2 failed; 1 not started, since a canary failed or isn't healthy; 1 no report; 1 unchanged.

| environment | account | result |
| --- | --- | --- |
| \`c\` | \`111122223333\` | failed |
| \`e\` | \`111122223333\` | failed |
| \`d\` | \`111122223333\` | not started, since a canary failed or isn't healthy |
| \`b\` | \`111122223333\` | no report: its job didn't start, or ended early |
| \`a\` | \`111122223333\` | unchanged |
`);
});

describe("a report's file", () => {
  const folder = sharedFolder();
  const file = join(folder, "report.json");

  test("a report's file has what was written", () => {
    writeReport(file, reported({ a: "deployed", b: "drifted" }));
    expect(readFleetReport(file)).toEqual(reported({ a: "deployed", b: "drifted" }));
  });

  test("a report's file that can't be written is an error that says that the work is done", () => {
    expect(() => writeReport("package.json/report.json", [])).toThrow("The work itself is done.");
  });

  const reportWith = (overrides: object) => ({
    environments: [{ name: "a", account: ACCOUNT, result: "deployed", ...overrides }],
  });
  test.each<[string, object]>([
    ["another version", { schemaVersion: 2, environments: [] }],
    ["an unknown result", reportWith({ result: "done" })],
    ["an odd account", reportWith({ account: "1" })],
    ["an odd name", reportWith({ name: "A b" })],
  ])("a report's file with %s isn't read", (_, report) => {
    writeFileSync(file, JSON.stringify({ schemaVersion: 1, ...report }));
    expect(() => readFleetReport(file)).toThrow(
      new CommandError(
        `Received the report "${file}" in another form, expected a report of support-app deploy --changed or diff --drift. Run that again, or remove the file.`,
      ),
    );
  });
});
