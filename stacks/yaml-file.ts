import { EnvironmentsError } from "./environments-error";
import { placeInFile } from "./problem-lines";
import { YamlSource } from "./yaml-source";

/**
 * Reads a text as YAML.
 *
 * @param file as error messages name it
 * @throws EnvironmentsError if it isn't YAML
 */
export function yamlIn(text: string, file: string): YamlSource {
  const source = new YamlSource(text);
  if (source.errors.length === 0) return source;
  const lines = source.errors.map((error) => `${placeInFile(file, error)}: ${error.message}`);
  throw new EnvironmentsError(file, lines);
}
