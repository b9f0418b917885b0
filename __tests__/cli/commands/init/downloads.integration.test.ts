import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { reportFiles } from "../../../../cli/findings/report-files";
import { folderInTests } from "../../../support/folder";

const WORKFLOWS = "cli/commands/init/files/.github/workflows";
const DOWNLOAD = resolve("__tests__/e2e/support/workflows/actions/download-artifact.js");

/** A step of a workflow. */
interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

const folder = folderInTests();

/** The steps of a workflow that download by a pattern. */
function downloadsOf(workflow: string): Readonly<Record<string, string>>[] {
  const { jobs } = parse(readFileSync(join(WORKFLOWS, workflow), "utf8"));
  const steps = Object.values<{ steps: Step[] }>(jobs).flatMap((job) => job.steps);
  return steps.flatMap(({ uses = "", with: inputs }) =>
    uses.includes("/download-artifact@") && inputs ? [inputs] : [],
  );
}

const PATTERNS = readdirSync(WORKFLOWS).flatMap((workflow) =>
  downloadsOf(workflow).flatMap(({ pattern }) => (pattern === undefined ? [] : [[workflow, pattern] as const])),
);

test("each download by a pattern is tried here: reports are read at any depth, and an only plan is downloaded by its name", () => {
  expect(PATTERNS).toEqual([
    ["deploy.yml", "deployed-*"],
    ["deploy.yml", "doctored-*"],
    ["deploy.yml", "planned-*"],
    ["drift.yml", "drift-*"],
    ["review.yml", "plan-*"],
  ]);
});

test.each([0, 1, 2])("a download by a pattern finds every report among %d artifacts", (count) => {
  const [[, pattern = ""] = []] = PATTERNS;
  const artifact = (index: string, name: string) => {
    mkdirSync(folder("artifacts", index, "files"), { recursive: true });
    writeFileSync(folder("artifacts", index, "name"), name);
    writeFileSync(folder("artifacts", index, "files", "report.json"), index);
  };
  for (let index = 0; index < count; index++) artifact(String(index), pattern.replace("*", `environment-${index}`));
  artifact("other", "head");
  const env = { WORKFLOW_ARTIFACTS: folder("artifacts"), INPUT_PATTERN: pattern, INPUT_PATH: folder("reports") };
  const { status, stderr } = spawnSync(process.execPath, [DOWNLOAD], { env, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const reports = reportFiles(folder("reports")).map((file) => readFileSync(file, "utf8"));
  expect(reports).toEqual(Array.from({ length: count }, (_, index) => String(index)));
});
