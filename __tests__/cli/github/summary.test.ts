import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendFor } from "../../../cli/github/summary";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-summary-"));
});
afterEach(() => {
  delete process.env.GITHUB_STEP_SUMMARY;
  rmSync(folder, { recursive: true });
});

test("the run's summary keeps what other steps have written", () => {
  const file = join(folder, "summary");
  process.env.GITHUB_STEP_SUMMARY = file;
  writeFileSync(file, "## Tests\n");
  appendFor("GITHUB_STEP_SUMMARY", "## Deploys\n");
  appendFor("GITHUB_STEP_SUMMARY", "## Drift\n");
  expect(readFileSync(file, "utf8")).toBe("## Tests\n## Deploys\n## Drift\n");
});
