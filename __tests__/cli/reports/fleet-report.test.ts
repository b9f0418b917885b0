import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FleetReport,
  type Result,
  readFleetReport,
  reportLines,
  reportMarkdown,
  writeReport,
} from "../../../cli/reports/fleet-report";
import { expectWritable } from "../../../cli/reports/report-files";
import { CommandError } from "../../../cli/terminal/command-error";

const ACCOUNT = "111122223333";

const reported = (results: Readonly<Record<string, Result>>): FleetReport =>
  Object.entries(results).map(([name, result]) => ({ name, account: ACCOUNT, result }));

test("as text, environments stay in their order, and unchanged ones are only counted", () => {
  expect(reportLines(reported({ a: "deployed", staging: "unchanged", payments: "failed" }))).toEqual([
    "a         111122223333  deployed",
    "payments  111122223333  failed",
    "3 environments: 1 failed; 1 deployed; 1 unchanged.",
  ]);
});

test.each<[Readonly<Record<string, Result>>, string]>([
  [{}, "0 environments: none."],
  [{ a: "unchanged" }, "1 environment: 1 unchanged."],
  [{ a: "unchanged", b: "unchanged" }, "2 environments: 2 unchanged."],
])("of %j, only the count is shown", (results, line) => {
  expect(reportLines(reported(results))).toEqual([line]);
});

test("in Markdown, every environment is listed, the most urgent first", () => {
  const results: Readonly<Record<string, Result>> = {
    ...{ a: "unchanged", b: "deployed", c: "not-deployed", d: "drifted", e: "no-report" },
    ...{ f: "canary-failed", g: "not-begun", h: "interrupted", i: "failed", j: "failed" },
  };
  expect(reportMarkdown("Deploys", reported(results))).toBe(`## Deploys

10 environments: 2 failed; 1 interrupted; 1 not started; 1 not started, since a canary failed; 1 no report; 1 drifted; 1 not deployed as written in environments.yaml; 1 deployed; 1 unchanged.

| environment | account | result |
| --- | --- | --- |
| \`i\` | \`111122223333\` | failed |
| \`j\` | \`111122223333\` | failed |
| \`h\` | \`111122223333\` | interrupted |
| \`g\` | \`111122223333\` | not started |
| \`f\` | \`111122223333\` | not started, since a canary failed |
| \`e\` | \`111122223333\` | no report: its job didn't start, or ended early |
| \`d\` | \`111122223333\` | drifted: a deploy would undo what somebody changed by hand |
| \`c\` | \`111122223333\` | not deployed as written in environments.yaml |
| \`b\` | \`111122223333\` | deployed |
| \`a\` | \`111122223333\` | unchanged |
`);
});

describe("a report's file", () => {
  const folder = mkdtempSync(join(tmpdir(), "support-app-fleet-report-"));
  const file = join(folder, "report.json");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("has what was written", () => {
    writeReport(file, reported({ a: "deployed", b: "drifted" }));
    expect(readFleetReport(file)).toEqual(reported({ a: "deployed", b: "drifted" }));
  });

  test("that can't be written is an error, before and after the work", () => {
    const nowhere = join(folder, "none/report.json");
    const error = (effect: string) =>
      new CommandError(
        `Can't write --report "${nowhere}": ENOENT: no such file or directory, open '${nowhere}'. ${effect}. Choose another file.`,
      );
    expect(() => writeReport(nowhere, [])).toThrow(error("The work itself is done"));
    expect(() => expectWritable("--report", nowhere)).toThrow(error("Nothing was changed"));
    expect(() => expectWritable("--report", folder)).toThrow("EISDIR");
  });

  test("that can be written is left as it is: an earlier one, or none", () => {
    writeReport(file, []);
    expectWritable("--report", file);
    expect(readFleetReport(file)).toEqual([]);
    const fresh = join(folder, "fresh.json");
    expectWritable("--report", fresh);
    expect(existsSync(fresh)).toBe(false);
  });

  const EXPECTED =
    "expected a report of support-app deploy --changed or diff --drift. Run that again, or remove the file.";
  const reportOf = (environment: object) =>
    JSON.stringify({
      schemaVersion: 1,
      environments: [{ name: "a", account: ACCOUNT, result: "deployed", ...environment }],
    });

  test.each([
    ["no JSON", "[", "that is not JSON (Unexpected end of JSON input)"],
    ["no report", "{}", "in another form"],
    ["another version", '{"schemaVersion":2,"environments":[]}', "in another form"],
    ["an unknown result", reportOf({ result: "done" }), "in another form"],
    ["an account that is none", reportOf({ account: "1" }), "in another form"],
    ["a name that is none", reportOf({ name: "A b" }), "in another form"],
    ["an unknown field", reportOf({ note: "" }), "in another form"],
  ])("with %s isn't read", (_, text, what) => {
    writeFileSync(file, text);
    expect(() => readFleetReport(file)).toThrow(new CommandError(`Received the report "${file}" ${what}, ${EXPECTED}`));
  });

  test("that isn't there isn't read", () => {
    const none = join(folder, "none.json");
    expect(() => readFleetReport(none)).toThrow(
      new CommandError(
        `Received the report "${none}" that can't be read (ENOENT: no such file or directory, open '${none}'), ${EXPECTED}`,
      ),
    );
  });
});
