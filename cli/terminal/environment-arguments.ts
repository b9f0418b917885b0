import { describe } from "../../common/problem";
import { expectedName, ONLY } from "../../stacks/environments/chosen-environments";
import type { Environment } from "../../stacks/environments/environment";
import { CommandError, UsageError } from "./command-error";
import { commaSeparated } from "./option-values";

/** Refuses both an environment and --all, and neither. */
export function expectNameOrAll(name: string | undefined, allowsAll = false): void {
  if ((name === undefined) === allowsAll) return;
  throw new UsageError(
    `Received ${allowsAll ? `both --all and the environment ${describe(name)}` : "neither an environment nor --all"}, expected one of them.`,
  );
}

/** The environments with these names, each once. A name may be several, separated by spaces, as in a variable of a workflow. */
export function environmentsNamed(names: readonly string[], environments: readonly Environment[]): Environment[] {
  const requestedNames = names.flatMap((list) => list.trim().split(/\s+/));
  return [...new Set(requestedNames)].map((name) => environmentNamed(name, environments));
}

/** The environment with this name. */
export function environmentNamed(name: string, environments: readonly Environment[]): Environment {
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment) return environment;
  const listedNames = commaSeparated(name);
  if (listedNames.length > 1) {
    throw new UsageError(
      `Received the environment ${describe(name)}, expected names separated by spaces: ${listedNames.join(" ")}.`,
    );
  }
  const names = environments.map((candidate) => candidate.name);
  const hint = process.env[ONLY] === undefined ? "" : ` ${ONLY} allows no other.`;
  throw new CommandError(`Received the environment ${describe(name)}, expected ${expectedName(name, names)}${hint}`);
}
