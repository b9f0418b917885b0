import { EnvironmentsError, loadEnvironments } from "./stacks/environments";
import { OutputFolderError } from "./stacks/output-folder";
import { finishSynthesis, synthesize } from "./stacks/synthesize";

try {
  finishSynthesis();
  synthesize(loadEnvironments());
} catch (error) {
  if (!(error instanceof EnvironmentsError || error instanceof OutputFolderError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
