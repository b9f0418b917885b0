import { describe } from "../modules/support-app/model/problem";
import { expectedName, ONLY } from "../stacks/environments/chosen-environments";
import type { Environment } from "../stacks/environments/environment";
import { CommandError, UsageError } from "./terminal/command-error";

/** Refuses both an environment and --all, and neither. */
export function expectNameOrAll(name: string | undefined, all = false): void {
  if ((name === undefined) === all) return;
  throw new UsageError(
    `Received ${all ? `both --all and the environment ${describe(name)}` : "neither an environment nor --all"}, expected one of them.`,
  );
}

/** The environments with these names, each once. A name may be several, separated by commas. */
export function environmentsNamed(names: readonly string[], environments: readonly Environment[]): Environment[] {
  const all = names.flatMap((one) => one.split(","));
  return [...new Set(all)].map((name) => environmentNamed(name, environments));
}

/** The environment with this name. */
export function environmentNamed(name: string, environments: readonly Environment[]): Environment {
  const found = environments.find((candidate) => candidate.name === name);
  if (found) return found;
  const names = environments.map((candidate) => candidate.name);
  const only = process.env[ONLY] === undefined ? "" : ` ${ONLY} allows no other.`;
  throw new CommandError(`Received the environment ${describe(name)}, expected ${expectedName(name, names)}${only}`);
}
