import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../cli/program";
import { WORKFLOW_OUTPUTS } from "../../cli/workflow-outputs";
import { printedInTests } from "../support/printed";

printedInTests();

test("these are the outputs that `environments --github` sets", async () => {
  const folder = mkdtempSync(join(tmpdir(), "support-app-outputs-"));
  try {
    process.env.GITHUB_OUTPUT = join(folder, "output");
    process.env.SUPPORT_APP_ENVIRONMENTS = join(folder, "environments.yaml");
    const environment =
      '{ account: "111122223333", region: us-east-1, backend: { type: s3, bucket: states, region: us-east-1 }, full: {} }';
    writeFileSync(process.env.SUPPORT_APP_ENVIRONMENTS, `environments: { a: ${environment} }`);
    for (const purpose of ["deploy", "doctor", "drift"]) {
      expect(await runSupportApp(["environments", "--for", purpose, "--github"])).toBe(0);
    }
    const set = readFileSync(process.env.GITHUB_OUTPUT, "utf8").match(/^\w+(?==)/gm);
    expect([...new Set(set)].sort()).toEqual(WORKFLOW_OUTPUTS.environments);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
