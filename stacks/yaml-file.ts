import { EnvironmentsError } from "./environments-error";
import { placeInFile } from "./problem-lines";
import { YamlSource } from "./yaml-source";

/** Most errors of YAML itself that are shown. */
const MAX_SYNTAX_ERRORS = 10;

/**
 * The YAML of a text.
 *
 * @param file as error messages name it
 * @throws EnvironmentsError where it is none
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
