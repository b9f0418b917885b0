import { readFileSync, writeFileSync } from "node:fs";
import { appendFor } from "../../../cli/github/summary";
import { folderInTests } from "../../support/folder";

const folder = folderInTests();
afterEach(() => {
  delete process.env.GITHUB_STEP_SUMMARY;
});

test("the run's summary keeps what other steps have written", () => {
  const file = folder("summary");
  process.env.GITHUB_STEP_SUMMARY = file;
  writeFileSync(file, "## Tests\n");
  appendFor("GITHUB_STEP_SUMMARY", "## Deploys\n");
  appendFor("GITHUB_STEP_SUMMARY", "## Drift\n");
  expect(readFileSync(file, "utf8")).toBe("## Tests\n## Deploys\n## Drift\n");
});
