import { existsSync } from "node:fs";
import type { Environment } from "../../stacks/environment";
import { environmentsFile, parseUnruled, readEnvironments } from "../../stacks/environments";
import type { Defaults } from "../../stacks/environments-schema";
import { YamlSource } from "../../stacks/yaml-source";
import { isFields } from "../json";

/** The environment file before an import. */
export interface FileToAddTo {
  readonly name: string;
  readonly text: string;
  readonly defaults: Defaults;
  /** All of it, whatever SUPPORT_APP_ONLY names. */
  readonly environments: readonly Environment[];
  /** As YAML has it. */
  readonly value: unknown;
}

/**
 * Reads the environment file, which only writing can't do without. It may have no environment yet.
 *
 * @throws EnvironmentsError where something is wrong with it
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
    environments: isEmpty ? [] : parseUnruled(text, name),
    defaults: isFields(defaults) ? defaults : {},
    value,
  };
}
