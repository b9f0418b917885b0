import { printableLines } from "../../common/printable";
import { parseEnvironments } from "../../stacks/environments/environments";
import { YamlFileError } from "../../stacks/environments/yaml/yaml-file-error";

/** The errors of an environment file, a line each, without the heading. It is called environments.yaml. */
export function errorsOf(yaml: string): string[] {
  try {
    parseEnvironments(yaml, "environments.yaml");
  } catch (error) {
    if (error instanceof YamlFileError) return error.lines.map((line) => printableLines(line));
    throw error;
  }
  return [];
}
