import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESULTS, type Result, writeReport } from "../../../../cli/findings/fleet-report";
import { writePlannedReport } from "../../../../cli/findings/planned-report";
import { commandInTests } from "../../../support/commanding";

const YAML = ["a", "b", "c", "d"].map(
  (name, index) => `  ${name}: { account: "11112222000${index}", region: us-east-1, read-only: {} }\n`,
);
const { path: inFolder, environmentsAre, run } = commandInTests("summary", `environments:\n${YAML.join("")}`);
beforeEach(() => {
  delete process.env.GITHUB_STEP_SUMMARY;
  process.env.GITHUB_OUTPUT = inFolder("output");
});

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
  writeFileSync(join(inFolder("reports"), "log.txt"), "no report");
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

const JOBS = (...names: readonly string[]) => JSON.stringify([[], names.map((name) => ({ job: name, names: name }))]);

test("an environment without a job of its own is unchanged, and the run is complete if all others are deployed", async () => {
  report("deployed-a", { a: "deployed" });
  process.env.GITHUB_STEP_SUMMARY = inFolder("summary");
  const { output } = await summary("--for", "deploy", "--github", "--only", JOBS("a"));
  expect(output).toBe("a  000000000000  deployed\n4 environments: 1 deployed; 3 unchanged.");
  await summary("--for", "deploy", "--github", "--only", JOBS("a", "b"));
  await summary("--for", "deploy", "--github", "--only", JOBS());
  await summary("--for", "deploy", "--github", "--only", JOBS("a b"));
  const outputs = ["true", "false", "true", "false"].map((complete) => `complete=${complete}\n`);
  expect(readFileSync(inFolder("output"), "utf8")).toBe(outputs.join(""));
});

test("in GitLab, whether the pipeline is complete is a variable of later jobs, and the log has the results", async () => {
  const folder = process.cwd();
  process.chdir(inFolder("."));
  try {
    report("deployed-a", { a: "deployed" });
    const { status, output } = await summary("--for", "deploy", "--gitlab", "--only", JOBS("a"));
    expect([status, output]).toEqual([0, "a  000000000000  deployed\n4 environments: 1 deployed; 3 unchanged."]);
    expect(readFileSync("support-app.env", "utf8")).toBe("SUPPORT_APP_COMPLETE=true\n");
  } finally {
    process.chdir(folder);
  }
});

test.each(["", "{}", '["a"]', "[[{}]]"])("jobs that aren't lists of jobs, here %j, are refused", async (only) => {
  expect(await summary("--for", "deploy", "--only", only)).toEqual({
    status: 2,
    output: expect.stringContaining("expected lists of jobs in JSON"),
  });
});

test.each<[string, planned: readonly string[] | undefined, unplanned: readonly string[]]>([
  ["every environment was planned", ["a", "b"], []],
  ["nothing was to be planned", undefined, []],
  ["a plan failed", ["a"], ["b"]],
  ["all plans failed", [], ["a", "b"]],
])("an environment without a plan isn't deployed, whatever others have: %s", async (_, plannedNames, unplanned) => {
  const folder = inFolder("planned");
  if (plannedNames !== undefined) mkdirSync(folder);
  for (const name of plannedNames ?? []) {
    mkdirSync(join(folder, name));
    writePlannedReport(join(folder, name, "report.json"), new Map([[name, { digest: "0".repeat(64), changes: [] }]]));
  }
  if (unplanned.includes("b")) report("deployed-b", { b: "refused" }); // by the deploy, since there is no plan
  const { output } = await summary("--for", "deploy", "--planned", folder, "--only", JOBS("a", "b"));
  const wordsOf = (name: string) => RESULTS[unplanned.includes(name) ? "plan-failed" : "no-report"];
  expect(output.split("\n")).toEqual([
    ...["a", "b"].map((name) => expect.stringMatching(`^${name}  \\d+  ${wordsOf(name)}$`)),
    expect.stringContaining("2 unchanged"),
  ]);
});

describe("with canaries", () => {
  beforeEach(() => environmentsAre(`environments:\n${YAML.join("").replaceAll(/(?<=[ab]: \{)/g, " canary: true,")}`));

  /** Writes doctor's report on a canary. */
  function doctorReport(name: string, answer: string): void {
    const folder = join(inFolder("doctor"), `doctored-${name}`);
    mkdirSync(folder, { recursive: true });
    const environment = {
      name,
      account: "111122220000",
      region: "us-east-1",
      answer,
      checks: [],
      findings: [],
      notes: [],
    };
    const content = { schemaVersion: 1, readAt: "2026-11-30T05:00:00Z", answer, environments: [environment] };
    writeFileSync(join(folder, "report.json"), JSON.stringify(content));
  }

  test.each<[string, Record<string, Result>, Record<string, string>, held: string, causes: string[]]>([
    ["a canary failed", { a: "failed", b: "deployed" }, {}, "canary-failed", ["a: failed"]],
    [
      "canaries' jobs didn't start",
      {},
      {},
      "canary-failed",
      ["a", "b"].map((name) => `${name}: ${RESULTS["no-report"]}`),
    ],
    [
      "doctor calls canaries unhealthy or unknown",
      { a: "deployed", b: "unchanged" },
      { a: "unhealthy", b: "unknown" },
      "canary-failed",
      ["a: deployed, but doctor calls it unhealthy", "b: deployed, but doctor calls it unknown"],
    ],
    [
      "doctor didn't report",
      { a: "deployed", b: "deployed" },
      { a: "healthy", b: "half of a report" },
      "canary-failed",
      ["b: deployed, but doctor didn't report"],
    ],
    ["a canary was overtaken", { a: "overtaken", b: "deployed" }, { b: "healthy" }, "overtaken", []],
    ["their own jobs didn't start", { a: "deployed", b: "deployed" }, { a: "healthy", b: "healthy" }, "no-report", []],
  ])("a summary names what held the others back: %s", async (_, results, answers, held, causes) => {
    for (const [name, result] of Object.entries(results)) report(`deployed-${name}`, { [name]: result });
    for (const [name, answer] of Object.entries(answers)) doctorReport(name, answer);
    process.env.GITHUB_STEP_SUMMARY = inFolder("summary");
    const { output } = await summary("--for", "deploy", "--github", "--doctor", inFolder("doctor"));
    expect(output.split("\n").filter((line) => line.startsWith("Held back"))).toEqual(
      causes.map((cause) => `Held back by the canary ${cause}.`),
    );
    const resultOf = (name: Result) => expect.stringContaining(`  ${RESULTS[name]}`);
    const lines = ["a", "b", "c", "d"].map((name) => output.split("\n").find((line) => line.startsWith(`${name} `)));
    const canaries = ["a", "b"].map((name) => results[name] ?? "no-report");
    const expectedLines = [...canaries, held, held].map((result) =>
      result === "unchanged" ? undefined : resultOf(result as Result),
    );
    expect(lines).toEqual(expectedLines);
    const markdown = readFileSync(process.env.GITHUB_STEP_SUMMARY, "utf8");
    for (const cause of causes) expect(markdown).toContain(`\n\nHeld back by the canary ${cause}.\n`);
    expect(readFileSync(inFolder("output"), "utf8")).toBe("complete=false\n");
  });

  test.each<[string, canary: Result, args: string[]]>([
    ["of what was found in a check for drift", "failed", ["--for", "drift"]],
    [
      "that had nothing to deploy, of which doctor has no report",
      "unchanged",
      ["--for", "deploy", "--only", JOBS("c", "d")],
    ],
  ])("nothing is held back by a canary %s", async (_, canary, args) => {
    report("first", { a: canary, b: "unchanged" });
    const { output } = await summary(...args, "--doctor", inFolder("doctor"));
    expect(output).toContain("2 no report");
    expect(output).not.toContain("Held back");
  });

  test("what an environment reported itself is its result, not what its canary did", async () => {
    report("deployed", { a: "failed", b: "deployed", c: "refused" });
    const { output } = await summary("--for", "deploy");
    expect(output).toContain("4 environments: 1 failed; 1 refused; 1 not started");
  });
});
