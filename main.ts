import { ENVIRONMENTS_FILE, EnvironmentsError, loadEnvironments } from "./stacks/environments";
import { synthesize } from "./stacks/synthesize";

try {
  synthesize(loadEnvironments(process.env.SUPPORT_APP_ENVIRONMENTS || ENVIRONMENTS_FILE));
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
