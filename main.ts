import { App } from "cdktf";
import { ENVIRONMENTS_FILE, EnvironmentsError, loadEnvironments } from "./stacks/environments";
import { SupportAppStack } from "./stacks/support-app-stack";
import { withoutTokenTraces } from "./stacks/token-traces";

try {
  const environments = loadEnvironments(process.env.SUPPORT_APP_ENVIRONMENTS || ENVIRONMENTS_FILE);
  withoutTokenTraces(() => {
    const app = new App();
    for (const environment of environments) new SupportAppStack(app, environment);
    app.synth();
  });
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
