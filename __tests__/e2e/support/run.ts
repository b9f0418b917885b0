import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { hasCdktf } from "../../support/cdktf-cli";
import { isThorough } from "../../support/thorough";
import { installPackage } from "./installed-package";
import { endGroup, startEmulator } from "./ministack";
import { checkedText, goneDifferences, KNOWN_DIFFERENCES, modelProblems, readModelReport } from "./models";
import { findAwsProvider, findTerraform, MissingPrerequisite, NoProvider } from "./prerequisites";
import { waitingFiles } from "./weekly";

/** Exit status when there is no AWS provider to be had, which alone may be taken for a reason to skip these tests. */
const NO_PROVIDER = 77;

/** Node.js 20 still gets security fixes of the AWS SDK when this was written; its warning would hide what happens. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** What to undo when this ends, the last thing first. */
const undo: (() => void)[] = [];

/** Finds what is needed, starts what is missing and runs the tests. */
async function main(jestArguments: readonly string[]): Promise<number> {
  const started = Date.now();
  const scratch = mkdtempSync(join(tmpdir(), "support-app-e2e-"));
  undo.push(() => rmSync(scratch, { recursive: true, force: true }));
  const terraform = findTerraform();
  console.error("Looking for the AWS provider …");
  const config = findAwsProvider(terraform, scratch, resolve("node_modules/.cache/terraform-providers"));
  if (!hasCdktf()) {
    throw new MissingPrerequisite(
      `CDKTF's command isn't installed: npm can't install it on Node.js ${process.version}. Use Node.js 20 or 22, and run: npm ci`,
    );
  }
  console.error("Building the package …");
  installPackage(join(scratch, "node_modules"));
  console.error("Starting an emulated AWS …");
  const endpoint = await startEmulator(join(scratch, "ministack.log"), (stop) => undo.push(stop));
  console.error(`Deploying to ${endpoint}.`);
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    E2E_SCRATCH: scratch,
    TF_CLI_CONFIG_FILE: config,
    TERRAFORM_BINARY_NAME: terraform,
  };
  const testStatus = await runJest(jestArguments, env);
  const modelStatus = await checkModels(endpoint);
  console.error(`Took ${Math.round((Date.now() - started) / 1000)} s.`);
  return testStatus || modelStatus;
}

/** Whether all that the tests sent is as AWS's models have it, and all that they got, but for what is known: an exit status. */
async function checkModels(endpoint: string): Promise<number> {
  const report = await readModelReport(endpoint);
  const problems = modelProblems(report, KNOWN_DIFFERENCES);
  const isWhole = isThorough && process.argv.length === 2;
  for (const line of isWhole ? goneDifferences(report, KNOWN_DIFFERENCES) : []) console.error(line);
  for (const line of [...problems, checkedText(report)]) console.error(line);
  return problems.length === 0 ? 0 : 1;
}

/** Jest in a process group of its own, to be ended with all that it has started. */
function runJest(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const jest = spawn(process.execPath, [require.resolve("jest/bin/jest"), "--config", "jest.e2e.config.js", ...args], {
    env,
    stdio: "inherit",
    detached: true,
  });
  undo.push(() => endGroup(jest));
  return new Promise((resolve) => jest.on("close", (status) => resolve(status ?? 1)));
}

/** Leaves nothing running and nothing lying about. */
function end(status: number): never {
  for (const step of undo.reverse()) step();
  process.exit(status);
}

for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 })) {
  process.on(signal, () => end(128 + number));
}
const [file = "-", ...options] = process.argv.slice(2);
// By itself, a name would be looked for in all of the path.
const jestArguments = file.startsWith("-")
  ? [...process.argv.slice(2), ...waitingFiles().map((name) => `--testPathIgnorePatterns=/${name}.e2e`)]
  : [`/__tests__/e2e/${file}`, ...options];
main(jestArguments).then(end, (error) => {
  console.error(error instanceof MissingPrerequisite ? error.message : error);
  end(error instanceof NoProvider ? NO_PROVIDER : 1);
});
