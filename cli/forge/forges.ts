import { Option } from "commander";
import type { Forge } from "./forge";
import { GITHUB } from "./github/github";
import { GITLAB } from "./gitlab/gitlab";

export const FORGES: readonly [Forge, ...Forge[]] = [GITHUB, GITLAB];

/** The options of the forges, for a sentence. */
export const FORGE_OPTIONS = FORGES.map(({ option }) => `--${option}`).join(" or ");

/** An option for each forge, of which a command takes at most one. */
export function forgeOptions(descriptionOf: (forge: Forge) => string): Option[] {
  return FORGES.map((forge) => {
    const conflicts = FORGES.map(({ option }) => option).filter((option) => option !== forge.option);
    return new Option(`--${forge.option}`, descriptionOf(forge)).conflicts(conflicts);
  });
}

/** The forge that a command's options choose. Undefined: none. */
export function chosenForge(options: object): Forge | undefined {
  return FORGES.find(({ option }) => (options as Readonly<Record<string, unknown>>)[option] === true);
}

export { withoutCommands } from "./github/job";
