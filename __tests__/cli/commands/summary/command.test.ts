import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, writeReport } from "../../../../cli/reports/fleet-report";
import { commandInTests } from "../../../support/commanding";

const YAML = ["a", "b", "c", "d"].map(
  (name, index) => `  ${name}: { account: "11112222000${index}", region: us-east-1, read-only: {} }\n`,
);
const { path: inFolder, run } = commandInTests("summary", `environments:\n${YAML.join("")}`);
beforeEach(() => void delete process.env.GITHUB_STEP_SUMMARY);

/** Writes the report of a job. */
function report(path: string, results: Record<string, Result>): void {
  const folder = join(inFolder("reports"), path);
  mkdirSync(folder, { recursive: true });
  const environments = Object.entries(results).map(([name, result]) => ({ name, account: "000000000000", result }));
  writeReport(join(folder, "report.json"), environments);
}

const summary = (...args: string[]) => run("--reports", inFolder("reports"), ...args);

test("the reports of many jobs become one summary of every environment, at any depth", async () => {
  report("deployed-fleet-1", { a: "deployed", b: "unchanged" });
  report("others/deployed-fleet-2", { c: "failed", removed: "deployed" });
  writeFileSync(join(inFolder("reports"), "log.json"), "no report");
  process.env.GITHUB_STEP_SUMMARY = inFolder("summary");
  expect(await summary("--for", "deploy", "--github")).toEqual({
    status: 0,
    output: `a  000000000000  deployed
c  000000000000  failed
d  111122220003  no report: its job didn't start, or ended early
4 environments: 1 failed; 1 no report; 1 deployed; 1 unchanged.`,
  });
  expect(readFileSync(process.env.GITHUB_STEP_SUMMARY, "utf8")).toBe(`## Deploys

4 environments: 1 failed; 1 no report; 1 deployed; 1 unchanged.

| environment | account | result |
| --- | --- | --- |
| \`c\` | \`000000000000\` | failed |
| \`d\` | \`111122220003\` | no report: its job didn't start, or ended early |
| \`a\` | \`000000000000\` | deployed |
| \`b\` | \`000000000000\` | unchanged |
`);
});

test("a summary without reports says that no job got that far", async () => {
  process.env.GITHUB_STEP_SUMMARY = inFolder("summary");
  const { status, output } = await summary("--for", "drift", "--github");
  expect([status, output.split("\n").at(-1)]).toEqual([0, "4 environments: 4 no report."]);
  expect(readFileSync(process.env.GITHUB_STEP_SUMMARY, "utf8")).toMatch(/^## Drift\n/);
});
