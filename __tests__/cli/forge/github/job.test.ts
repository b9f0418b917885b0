import { readFileSync, writeFileSync } from "node:fs";
import { appendSummary, setOutputs } from "../../../../cli/forge/github/job";
import { folderInTests } from "../../../support/folder";

const folder = folderInTests();
afterEach(() => {
  delete process.env.GITHUB_OUTPUT;
  delete process.env.GITHUB_STEP_SUMMARY;
});

test("the run's summary keeps what other steps have written", () => {
  const file = folder("summary");
  process.env.GITHUB_STEP_SUMMARY = file;
  writeFileSync(file, "## Tests\n");
  appendSummary("## Deploys\n");
  appendSummary("## Drift\n");
  expect(readFileSync(file, "utf8")).toBe("## Tests\n## Deploys\n## Drift\n");
});

test("later jobs get outputs as JSON of one line each", () => {
  process.env.GITHUB_OUTPUT = folder("output");
  setOutputs({ plannable: ["paid", 'x"\nother=1'], jobs: [] });
  expect(readFileSync(folder("output"), "utf8")).toBe('plannable=["paid","x\\"\\nother=1"]\njobs=[]\n');
});

test("later jobs get nothing if the file of the outputs can't be written", () => {
  process.env.GITHUB_OUTPUT = folder("missing/output");
  expect(() => setOutputs({ plannable: [] })).toThrow(
    `Can't write the file that GITHUB_OUTPUT names, "${folder("missing/output")}": there is no such file or folder`,
  );
});
