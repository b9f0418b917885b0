import { Manifest } from "cdktf";
import { newApp } from "./app";
import type { Environment } from "./environment";
import { finishOutput, writeOutput } from "./output-folder";
import { SupportAppStack } from "./support-app-stack";
import { withoutTokenTraces } from "./token-traces";

/**
 * Writes a stack for each environment, where and in the notation that CDKTF's command asks for: all of it, or nothing.
 *
 * @throws OutputFolderError where the folder can't be written
 */
export function synthesize(environments: readonly Environment[]): void {
  withoutTokenTraces(() => {
    const app = newApp();
    const outdir = outputFolder();
    const stacks = environments.map((environment) => new SupportAppStack(app, environment, outdir));
    for (const stack of stacks) {
      stack.prepareStack();
      stack.runAllValidations();
    }
    writeOutput(outdir, app.hclOutput ? "hcl" : "json", (folder) => {
      const manifest = new Manifest(app.manifest.version, folder, app.hclOutput);
      for (const stack of stacks) stack.synthesizer.synthesize({ outdir: folder, manifest, skipValidation: true });
      manifest.writeToFile();
    });
  });
}

/**
 * Finishes what an earlier synthesis was killed in the middle of.
 *
 * @throws OutputFolderError where the folder can't be written
 */
export function finishSynthesis(): void {
  finishOutput(outputFolder());
}

/** As CDKTF's command says it. */
function outputFolder(): string {
  return process.env.CDKTF_OUTDIR ?? "cdktf.out";
}
