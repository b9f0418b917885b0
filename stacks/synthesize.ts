import { rmSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Environment } from "./environment";
import { SupportAppStack } from "./support-app-stack";
import { withoutTokenTraces } from "./token-traces";

/** Writes a stack for each environment, where and in the notation that CDKTF's command asks for. */
export function synthesize(environments: readonly Environment[]): void {
  withoutTokenTraces(() => {
    const app = new App();
    const stacks = environments.map((environment) => new SupportAppStack(app, environment));
    app.synth();
    // An earlier run in the other notation left its file, and Terraform would read both.
    for (const stack of stacks) {
      const { workingDirectory } = app.manifest.forStack(stack);
      rmSync(join(app.outdir, workingDirectory, app.hclOutput ? "cdk.tf.json" : "cdk.tf"), { force: true });
    }
  });
}
