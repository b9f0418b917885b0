import { existsSync } from "node:fs";
import type { Environment } from "../../stacks/environment";
import { environmentsFile, parseEnvironments, readEnvironments } from "../../stacks/environments";
import type { Defaults } from "../../stacks/environments-schema";
import { YamlSource } from "../../stacks/yaml-source";
import { isFields } from "../json";

/** The environment file before an import. */
export interface FileToAddTo {
  readonly name: string;
  readonly text: string;
  readonly defaults: Defaults;
  /** All environments of the file, regardless of SUPPORT_APP_ONLY. */
  readonly environments: readonly Environment[];
  /** The parsed YAML. */
  readonly value: unknown;
}

/**
 * Reads the environment file, which is required only for writing. It may have no environments yet.
 *
 * @throws EnvironmentsError when the file is invalid
 */
export function readFileToAddTo(isToWrite: boolean): FileToAddTo {
  const name = environmentsFile();
  if (!isToWrite && !existsSync(name)) return { name, text: "", defaults: {}, environments: [], value: undefined };
  const text = readEnvironments(name);
  const { errors, value } = new YamlSource(text);
  const { environments, defaults } = isFields(value) ? value : {};
  const isEmpty = errors.length === 0 && isFields(environments) && Object.keys(environments).length === 0;
  return {
    name,
    text,
    environments: isEmpty ? [] : parseEnvironments(text, name),
    defaults: isFields(defaults) ? defaults : {},
    value,
  };
}
