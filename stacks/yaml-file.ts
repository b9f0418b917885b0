import { EnvironmentsError } from "./environments-error";
import { placeInFile } from "./problem-lines";
import { YamlSource } from "./yaml-source";

/** Maximum number of YAML syntax errors that are shown. */
const MAX_SYNTAX_ERRORS = 10;

/**
 * Reads a text as YAML.
 *
 * @param file as error messages name it
 * @throws EnvironmentsError if it isn't YAML
 */
export function yamlIn(text: string, file: string): YamlSource {
  const source = new YamlSource(text);
  if (source.errors.length === 0) return source;
  const shown = source.errors
    .slice(0, MAX_SYNTAX_ERRORS)
    .map((error) => `${placeInFile(file, error)}: ${error.message}`);
  const hidden = source.errors.length - shown.length;
  if (hidden > 0) shown.push(`${file}: and ${hidden} more.`);
  throw new EnvironmentsError(file, shown, source.errors.length);
}
