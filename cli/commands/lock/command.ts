import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { failureReason } from "../../../common/disk-error";
import { isFields } from "../../../common/fields";
import { fieldsIn } from "../../../common/json";
import { describePath } from "../../../common/problem";
import { zipByKey } from "../../../common/zip-by-key";
import { environmentsFile, readEnvironments } from "../../../stacks/environments/environments";
import { PROVIDER_LOCK, providerLockFile, readProviderLock } from "../../../stacks/output/provider-lock";
import { listParser, matching } from "../../arguments/option-values";
import { CommandError, explainFailure, UsageError } from "../../terminal/command-error";
import { print, printError } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { temporaryFolder } from "../../terminal/temporary-folder";
import { noTerraform, terraformBinary, terraformEnv } from "../../terraform/binary";
import { readLock } from "../../terraform/provider-lock";
import { readStacks, type TerraformJson } from "../../terraform/synthesized-folder";

/** Where people and workflows run Terraform. */
const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"];

export function addCommand(program: Command): void {
  program
    .command("lock")
    .summary("the provider lock file")
    .description(
      `Write ${PROVIDER_LOCK} beside environments.yaml: the newest allowed version of each provider that the synthesized stacks require, with its checksums. Synthesizing copies it into each stack. It runs \`terraform providers lock\`, which downloads the providers from their registry; TERRAFORM_BINARY_NAME names another Terraform or OpenTofu.`,
    )
    .argument("[folder]", "the folder that `npm run synth` wrote", "cdktf.out")
    .option(
      "--platform <platform...>",
      `where Terraform runs (default: ${PLATFORMS.join(", ")})`,
      listParser(aPlatform),
    )
    .option("--mirror <folder>", "take the providers from a filesystem mirror instead of their registry")
    .addHelpText("after", "\nExit status: 0 written; 1 an error; 2 wrong usage.")
    .action(lock);
}

const aPlatform = matching({
  pattern: /^[a-z0-9]+_[a-z0-9]+$/,
  expected: "a platform as Terraform names it, such as linux_amd64. A folder comes before --platform",
});

async function lock(folder: string, options: Readonly<{ platform?: string[]; mirror?: string }>): Promise<void> {
  const { platform: platforms = PLATFORMS, mirror } = options;
  if (mirror !== undefined && !statSync(mirror, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`Received --mirror ${describePath(mirror)}, expected a folder that exists. Check the name.`);
  }
  readEnvironments(environmentsFile()); // the lock file is beside it
  const file = providerLockFile();
  const before = readProviderLock(file)?.toString();
  const source = mirror === undefined ? [] : [`-fs-mirror=${resolve(mirror)}`];
  const args = [...source, ...platforms.map((platform) => `-platform=${platform}`)];
  const advice = `Run it where the registry can be reached, or use a filesystem mirror with --mirror. Check that it has each provider for ${platforms.join(", ")}, or name other platforms with --platform.`;
  const after = await lockOf(readStacks(folder), args, advice);
  replaceFile({ file, text: after, command: "lock" });
  print([
    ...changeLines(before, after),
    `Wrote ${describePath(file)}, with checksums for ${platforms.join(", ")}. Commit it, and run npm run synth.`,
  ]);
}

/** The lock file that Terraform writes from scratch. */
async function lockOf(
  stacks: ReadonlyMap<string, TerraformJson>,
  args: readonly string[],
  advice: string,
): Promise<string> {
  const folder = temporaryFolder("support-app-lock-");
  try {
    const terraform = { required_providers: requiredProviders(stacks) };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform }));
    await runTerraform(["providers", "lock", "-no-color", ...args], folder, advice);
    return explainFailure(
      (reason) =>
        `Can't lock the providers: Terraform wrote no lock file (${reason}). Nothing was written. Synthesize again.`,
      () => readFileSync(join(folder, PROVIDER_LOCK), "utf8"),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The providers that stacks require, each once, in the versions that all stacks allow. Terraform checks their form. */
function requiredProviders(stacks: ReadonlyMap<string, TerraformJson>): object {
  const versions = new Map<string, Set<string>>();
  for (const { terraform } of stacks.values()) {
    for (const [name, provider] of Object.entries(fieldsIn(fieldsIn(terraform).required_providers))) {
      const { source = `hashicorp/${name}`, version = ">= 0" } = isFields(provider) ? provider : { version: provider };
      versions.set(String(source), (versions.get(String(source)) ?? new Set()).add(String(version)));
    }
  }
  const requirements = [...versions].sort().map(([source, constraints], index) => {
    return [`p${index}`, { source, version: [...constraints].sort().join(", ") }];
  });
  return Object.fromEntries(requirements);
}

/**
 * Runs Terraform in a folder, and prints its progress.
 *
 * @throws CommandError when it fails, with its output
 */
async function runTerraform(args: readonly string[], cwd: string, advice: string): Promise<void> {
  const binary = terraformBinary();
  const run = async () => {
    const child = spawn(binary, args, { cwd, env: terraformEnv(), stdio: ["ignore", "pipe", "pipe"] });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("- ")) printError(line); // about progress
    });
    return Promise.all([once(child, "close"), text(child.stderr)]);
  };
  const [[status], errors] = await run().catch((error) => {
    throw noTerraform(binary, failureReason(error), "written");
  });
  if (status === 0) return;
  throw new CommandError([
    `Can't lock the providers: ${describePath(binary)} ended with ${status === null ? "no exit status" : `the exit status ${status}`}. Nothing was written. ${advice} Terraform's output:`,
    ...errors.split(/\r?\n/).flatMap((line) => (line.trim() === "" ? [] : [line.trimEnd()])),
  ]);
}

/** Each provider with its version before and after. */
function changeLines(before: string | undefined, after: string): string[] {
  const old = readLock(before ?? "");
  return zipByKey(old ?? new Map(), readLock(after) ?? new Map()).map(([address, earlier, fresh]) => {
    const [from, to] = [earlier?.version ?? (old ? "none" : "unknown"), fresh?.version ?? "none"];
    return from === to ? `${address}: ${to}, unchanged` : `${address}: ${from} → ${to}`;
  });
}
