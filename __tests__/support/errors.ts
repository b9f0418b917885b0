import { printableLines } from "../../modules/support-app/model/printable";
import { EnvironmentsError, parseEnvironments } from "../../stacks/environments/environments";

/** The errors of an environment file, a line each, without the heading. It is called environments.yaml. */
export function errorsOf(yaml: string): string[] {
  try {
    parseEnvironments(yaml, "environments.yaml");
  } catch (error) {
    if (error instanceof EnvironmentsError) return error.lines.map((line) => printableLines(line));
    throw error;
  }
  return [];
}
