import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Emulator, endGroup, startEmulator } from "./ministack";
import { findAwsProvider, findTerraform, MissingPrerequisite, NoProvider } from "./prerequisites";

/** Exit status when there is no AWS provider to be had, which alone may be taken for a reason to skip these tests. */
const NO_PROVIDER = 77;

/** Node.js 20 still gets security fixes of the AWS SDK when this was written; its warning would hide what happens. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** Finds what is needed, starts what is missing, runs the tests, and leaves nothing running. */
async function main(jestArguments: readonly string[]): Promise<number> {
  const started = Date.now();
  const scratch = mkdtempSync(join(tmpdir(), "support-app-e2e-"));
  let emulator: Emulator | undefined;
  try {
    const terraform = findTerraform();
    console.error("Looking for the AWS provider …");
    const config = findAwsProvider(terraform, scratch, resolve("node_modules/.cache/terraform-providers"));
    console.error("Starting an emulated AWS …");
    emulator = await startEmulator(join(scratch, "ministack.log"));
    console.error(`Deploying to ${emulator.endpoint}.`);
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: emulator.endpoint,
      E2E_SCRATCH: scratch,
      TF_CLI_CONFIG_FILE: config,
    };
    const status = await runJest(jestArguments, env);
    console.error(`Took ${Math.round((Date.now() - started) / 1000)} s.`);
    return status;
  } catch (error) {
    if (!(error instanceof MissingPrerequisite)) throw error;
    console.error(error.message);
    return error instanceof NoProvider ? NO_PROVIDER : 1;
  } finally {
    emulator?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Jest in a process group of its own: whoever interrupts this interrupts all of it, and what was started is ended. */
function runJest(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const jest = spawn(process.execPath, [require.resolve("jest/bin/jest"), "--config", "jest.e2e.config.js", ...args], {
    env,
    stdio: "inherit",
    detached: true,
  });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const interrupt = () => endGroup(jest);
  for (const signal of signals) process.on(signal, interrupt);
  return new Promise((done) => jest.on("close", (status) => done(status ?? 1)));
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
