import { rmSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { ENVIRONMENTS_FILE, EnvironmentsError, loadEnvironments } from "./stacks/environments";
import { SupportAppStack } from "./stacks/support-app-stack";
import { withoutTokenTraces } from "./stacks/token-traces";

function synthesize(): void {
  const environments = loadEnvironments(process.env.SUPPORT_APP_ENVIRONMENTS || ENVIRONMENTS_FILE);
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

try {
  synthesize();
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
