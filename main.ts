import { EnvironmentsError, loadEnvironments } from "./stacks/environments";
import { synthesize } from "./stacks/synthesize";

try {
  synthesize(loadEnvironments());
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
