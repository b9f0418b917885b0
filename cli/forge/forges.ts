import { type Command, Option } from "commander";
import type { Forge } from "./forge";
import { GITHUB } from "./github/github";
import { GITLAB } from "./gitlab/gitlab";

export const FORGES: readonly [Forge, ...Forge[]] = [GITHUB, GITLAB];

/** The options of the forges, for a sentence. */
export const FORGE_OPTIONS = FORGES.map(({ option }) => `--${option}`).join(" or ");

/** Adds an option for each forge, of which a command takes at most one. */
export function addForgeOptions(command: Command, descriptionOf: (forge: Forge) => string): void {
  for (const forge of FORGES) {
    const conflicts = FORGES.map(({ option }) => option).filter((option) => option !== forge.option);
    command.addOption(new Option(`--${forge.option}`, descriptionOf(forge)).conflicts(conflicts));
  }
}

/** The forge that a command's options choose. Undefined: none. */
export function chosenForge(options: object): Forge | undefined {
  return FORGES.find(({ option }) => (options as Readonly<Record<string, unknown>>)[option] === true);
}

export { withoutCommands } from "./github/job";
