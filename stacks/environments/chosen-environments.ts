import { oneOfNames } from "../../common/format-list";
import { InputError } from "../../common/input-error";
import { printableLines } from "../../common/printable";
import { describe } from "../../common/problem";
import type { Environment } from "./environment";
import { suggestion } from "./yaml/suggestion";

/** The variable that names the environments to work with. */
export const ONLY = "SUPPORT_APP_ONLY";

/** The manifest's key for the names of the chosen environments, if {@link ONLY} is set. */
export const CHOICE = "supportAppOnly";

/**
 * An invalid choice of environments.
 *
 * @hideconstructor
 */
export class ChoiceError extends InputError {
  constructor(received: string, expected: string) {
    super(printableLines([`Received ${received} in ${ONLY}, expected ${expected} Nothing was written.`]));
  }
}

/**
 * The environments that SUPPORT_APP_ONLY names, separated by commas, in the order of the file. All of them if it isn't set.
 *
 * @throws ChoiceError if it is empty or names an unknown environment
 */
export function chosenEnvironments(environments: readonly Environment[]): Environment[] {
  const allowedNames = process.env[ONLY];
  if (allowedNames === undefined) return [...environments];
  const chosenNames = new Set(allowedNames.split(",").map((name) => name.trim()));
  const names = environments.map(({ name }) => name);
  for (const name of chosenNames) {
    if (!names.includes(name)) throw new ChoiceError(`the environment ${describe(name)}`, expectedName(name, names));
  }
  return environments.filter(({ name }) => chosenNames.has(name));
}

/** What is expected instead of an unknown name, up to the end of the sentence. */
export function expectedName(name: string, names: readonly string[]): string {
  return `${oneOfNames(names, "environments in the environment file")}${suggestion(name, names) || "."}`;
}
