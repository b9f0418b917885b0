import { EnvironmentsError, parseEnvironments } from "../../stacks/environments";

/** The errors of an environment file, a line each, without the heading. It is called environments.yaml. */
export function errorsOf(yaml: string): string[] {
  try {
    parseEnvironments(yaml, "environments.yaml");
  } catch (error) {
    if (error instanceof EnvironmentsError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}
