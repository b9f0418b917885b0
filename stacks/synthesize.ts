import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { expectCurrentFolder } from "../common/current-folder";
import { formatCount } from "../common/format-count";
import { formatList } from "../common/format-list";
import { InputError } from "../common/input-error";
import { messageOf } from "../common/printable";
import { describe, describePath } from "../common/problem";
import { type App, Manifest, TerraformElement, TerraformStack } from "../modules/support-app/framework";
import { FRAMEWORK, frameworkOf } from "../modules/support-app/framework-name";
import { newApp, withPatches } from "./cdktf/app";
import { forgettingTokens } from "./cdktf/forgotten-tokens";
import { prepareAlone } from "./cdktf/prepare";

import { CHOICE, ONLY } from "./environments/chosen-environments";
import type { Environment } from "./environments/environment";
import { loadRuledEnvironments } from "./environments/environments";
import { RULES, rulesRecord } from "./environments/rules/rules-record";
import type { RulesFile } from "./environments/rules/rules-schema";
import { localStatePath } from "./environments/state-location";
import { ENVIRONMENT_FILE, environmentFile, type StackSource } from "./output/environment-file";
import { SYNTHESIZED, writeOutput } from "./output/output-folder";
import { PROVIDER_LOCK, readProviderLock } from "./output/provider-lock";
import { SupportAppStack } from "./support-app-stack";

/** Adds your own resources to the stack of an environment before it is written. */
export type Customize = (stack: SupportAppStack, environment: Environment) => void;

/**
 * Set by CDKTF's command, which itself prints what it wrote, and marks what an app prints to standard error as an error. It also
 * removes the folders of other stacks itself, and fails if one of them is gone already.
 */
const CDKTF_COMMAND = "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS";

/**
 * Reads the environments and writes a stack for each: all of them, or nothing. This is what main.ts does.
 *
 * Takes the process's arguments `--output FOLDER` and `--hcl`, or CDKTF's variables CDKTF_OUTDIR and SYNTH_HCL_OUTPUT; by default, it writes JSON to cdktf.out.
 * The folder of a removed environment is removed, unless it has anything that wasn't synthesized.
 * Errors in files, arguments and the customization are printed to standard error, and set the exit status.
 *
 * @param customize called for each environment. What it throws is thrown
 */
export function synthesize(customize?: Customize): void {
  try {
    expectCurrentFolder();
    expectFunction(customize);
    readArguments(process.argv.slice(2));
    const { environments, rules } = loadRuledEnvironments();
    const removed = writeStacks(environments, customize, readProviderLock(), rules?.value);
    if (process.env[CDKTF_COMMAND] !== undefined) return;
    const count = formatCount(environments.length, "environment");
    const removal = removed.length > 0 ? ` Removed the folders of other environments: ${formatList(removed)}.` : "";
    console.error(`Wrote the Terraform of ${count} to ${describePath(outputFolder())}.${removal}`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    process.exitCode = error.status;
  }
}

/**
 * Writes a stack for each environment, in the folder and notation that CDKTF's variables name: all of them, or nothing.
 *
 * @internal
 * @param providerLock the content of the provider lock file beside each stack. Undefined: none is written
 * @param rules the content of rules.yaml, which the manifest passes on to the review. Undefined: there is none
 * @returns the names of other environments, whose folders were removed
 * @throws InputError if the folder can't be written
 */
export function writeStacks(
  environments: readonly Environment[],
  customize?: Customize,
  providerLock?: Uint8Array,
  rules?: RulesFile,
): string[] {
  return withPatches(() => {
    const app = newApp();
    const outdir = outputFolder();
    const writeInto = (folder: string) => {
      const manifest = new Manifest(app.manifest.version, folder, app.hclOutput);
      const write = (stack: SupportAppStack, source: StackSource) => {
        stack.runAllValidations();
        stack.synthesizer.synthesize({ outdir: folder, manifest, skipValidation: true });
        const { workingDirectory } = manifest.forStack(stack);
        expectNoAssets(folder, workingDirectory);
        const content = `${JSON.stringify(environmentFile(source), undefined, 2)}\n`;
        writeFileSync(join(folder, workingDirectory, ENVIRONMENT_FILE), content);
        if (providerLock !== undefined) writeFileSync(join(folder, workingDirectory, PROVIDER_LOCK), providerLock);
      };
      const sources = environments.map((environment) => stackSource(environment, outdir));
      if (customize === undefined) for (const source of sources) writeAlone(app, source, write);
      else for (const { stack, source } of customizedStacks(app, sources, customize)) write(stack, source);
      writeManifest(manifest, folder, environments, rules);
    };
    const removesOthers = process.env[ONLY] === undefined && process.env[CDKTF_COMMAND] === undefined;
    return writeOutput(outdir, app.hclOutput ? "hcl" : "json", writeInto, removesOthers);
  });
}

/** Writes the manifest, with what a review must know: the choice of environments, without which the others would count as removed, and the rules. */
function writeManifest(
  manifest: Manifest,
  folder: string,
  environments: readonly Environment[],
  rules: RulesFile | undefined,
): void {
  const metadata = {
    ...(process.env[ONLY] === undefined ? {} : { [CHOICE]: environments.map(({ name }) => name) }),
    ...(rules === undefined ? {} : { [RULES]: rulesRecord(rules, environments) }),
  };
  const content = { ...manifest.buildManifest(), ...metadata };
  if (Object.keys(metadata).length === 0)
    manifest.writeToFile(); // in its own order
  else writeFileSync(join(folder, Manifest.fileName), JSON.stringify(content, undefined, 2));
}

/** What an environment's stack is written from, below an output folder. */
function stackSource(environment: Environment, outdir: string): StackSource {
  const { name, backend } = environment;
  return { environment, statePath: backend.type === "local" ? localStatePath(outdir, name) : undefined };
}

/** Keeps one stack at a time in memory. Ours refer to nothing outside themselves. */
function writeAlone(app: App, source: StackSource, write: (stack: SupportAppStack, source: StackSource) => void): void {
  forgettingTokens(() => {
    const stack = new SupportAppStack(app, source.environment, source.statePath);
    prepareAlone(stack);
    write(stack, source);
    app.node.tryRemoveChild(stack.node.id);
  });
}

/** All stacks at once: what a user adds to one may refer to another. */
function customizedStacks(
  app: App,
  sources: readonly StackSource[],
  customize: Customize,
): readonly { readonly stack: SupportAppStack; readonly source: StackSource }[] {
  const synthesizedStacks = sources.map((source) => {
    const stack = new SupportAppStack(app, source.environment, source.statePath);
    expectNothing(inSentence(stack, () => customize(stack, source.environment)));
    return { stack, source };
  });
  const stacks = synthesizedStacks.map(({ stack }) => stack);
  expectOwn(stacks, app);
  for (const stack of stacks) stack.prepareStack();
  return synthesizedStacks;
}

/** JavaScript passes anything. */
function expectFunction(customize: unknown): void {
  if (customize === undefined || typeof customize === "function") return;
  throw new InputError(
    `Received ${describe(customize)} for synthesize, expected a function that adds resources to a stack, or no argument. Nothing was written. Pass a function, or call synthesize().`,
  );
}

/** The name that CDKTF gives every backend. */
const BACKEND = "backend";

/** Runs a customization, and explains a backend that it adds: CDKTF's error, which has no code, names neither the file nor a way out. */
function inSentence(stack: SupportAppStack, run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!messageOf(error).startsWith(`There is already a Construct with name '${BACKEND}' in SupportAppStack`))
      throw error;
    throw new InputError(
      `Received a construct with the name ${BACKEND} in the stack ${describePath(stack.node.id)}, expected another name: the backend of environments.yaml has it. Set backend there, and remove this one.`,
    );
  }
}

/** Anything that is added after the stacks are written would be missing. */
function expectNothing(returnValue: unknown): void {
  if (typeof returnValue === "object" && returnValue !== null && "then" in returnValue) {
    throw new InputError(
      "Received an async function, expected one that has added everything when it returns. Wait for what it needs before calling synthesize.",
    );
  }
}

/** A user may add a stack, or resources from the other framework's bindings. */
function expectOwn(stacks: readonly TerraformStack[], app: App): void {
  for (const added of app.node.findAll()) {
    if (TerraformStack.isStack(added) && !stacks.includes(added)) {
      throw new InputError(
        `Received the stack ${describePath(added.node.path)}, expected only the stacks of environments.yaml. Synthesize other stacks in a separate app.`,
      );
    }
    if (TerraformElement.isTerraformElement(added) && frameworkOf(added) !== FRAMEWORK) {
      throw new InputError(
        `Received ${describePath(added.node.path)} of ${frameworkOf(added)}, expected resources of ${FRAMEWORK}. Import it from @${FRAMEWORK}/provider-aws, or from another package for ${FRAMEWORK}.`,
      );
    }
  }
}

/** The review refuses other files, and they aren't moved into place. */
function expectNoAssets(folder: string, workingDirectory: string): void {
  const otherEntry = readdirSync(join(folder, workingDirectory)).find((name) => !SYNTHESIZED.includes(name));
  if (otherEntry === undefined) return;
  throw new InputError(
    `Received ${describePath(`${workingDirectory}/${otherEntry}`)}, expected stacks without assets, which can't be reviewed. Keep it elsewhere, such as in a bucket, and refer to it.`,
  );
}

/** Passes the arguments on to CDKTF. */
function readArguments(args: readonly string[]): void {
  const options = { output: { type: "string", short: "o" }, hcl: { type: "boolean" } } as const;
  try {
    const { output, hcl } = parseArgs({ args: [...args], options }).values;
    if (output === "") throw new Error("It is empty.");
    if (output !== undefined) process.env.CDKTF_OUTDIR = output;
    if (hcl) process.env.SYNTH_HCL_OUTPUT = "true";
  } catch {
    const received = args.map(describePath).join(" ");
    const message = `Received the arguments ${received}, expected --output FOLDER, --hcl, both or none.`;
    throw Object.assign(new InputError(message), { status: 2 });
  }
}

function outputFolder(): string {
  return process.env.CDKTF_OUTDIR || "cdktf.out";
}
