import { type Command, Option } from "commander";
import { BACKENDS, type BackendType } from "../../modules/support-app/model/properties";
import { CommandError } from "../terminal/command-error";
import type { Forge, ForgeName } from "./forge";
import { GITHUB } from "./github/github";
import { GITLAB } from "./gitlab/gitlab";

const FORGE_OF: Readonly<Record<ForgeName, Forge>> = { github: GITHUB, gitlab: GITLAB };

export const FORGES = Object.values(FORGE_OF) as [Forge, ...Forge[]];

/** The options of the forges, for a sentence. */
export const FORGE_OPTIONS = FORGES.map(({ option }) => `--${option}`).join(" or ");

/** Adds an option for each forge, of which a command takes at most one. */
export function addForgeOptions(command: Command, descriptionOf: (forge: Forge) => string): void {
  for (const forge of FORGES) {
    const conflicts = FORGES.map(({ option }) => option).filter((option) => option !== forge.option);
    command.addOption(new Option(`--${forge.option}`, descriptionOf(forge)).conflicts(conflicts));
  }
}

/** Describes the options of a command that is run by a job. */
export function inJobs(effect: string): (forge: Forge) => string {
  return (forge) => (forge === FORGES[0] ? `in a job of ${forge.ci}: ${effect}` : `the same in a job of ${forge.ci}`);
}

/** The forge that a command's options choose. Undefined: none. */
export function chosenForge(options: object): Forge | undefined {
  return FORGES.find(({ option }) => (options as Readonly<Record<string, unknown>>)[option] === true);
}

/** An environment, and the kind of place that its state has. */
interface StatedEnvironment {
  readonly name: string;
  readonly backend: { readonly type: BackendType };
}

/** @param forge undefined: the jobs are of another CI */
export function expectStateForJobs(environments: readonly StatedEnvironment[], forge?: Forge): void {
  const types = (Object.keys(BACKENDS) as BackendType[]).filter((type) => {
    const { jobsOf } = BACKENDS[type];
    return jobsOf === "any-forge" || (jobsOf === "its-forge" && forge?.hasTerraformState === true);
  });
  const unfitEnvironments = environments.filter(({ backend }) => !types.includes(backend.type));
  if (unfitEnvironments.length === 0) return;
  const isKeptByForge = unfitEnvironments.some(({ backend }) => BACKENDS[backend.type].jobsOf === "its-forge");
  const advice = FORGES.filter(({ hasTerraformState }) => isKeptByForge && hasTerraformState).map(
    ({ name, option }) => ` For a project on ${name}, run it with --${option}.`,
  );
  throw new CommandError([
    `Received environments whose state a job can't use, expected state that outlives the machine and needs no other login. Set backend to type ${types.join(" or ")} in environments.yaml.${advice.join("")}`,
    ...unfitEnvironments.map(({ name, backend }) => `${name}: ${backend.type}`),
  ]);
}

export { withoutCommands } from "./github/job";
