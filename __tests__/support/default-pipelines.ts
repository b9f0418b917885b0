import { DEFAULTS, newRepository, type Pipelines } from "../../cli/commands/init/repository";

/** A repository on GitHub, with the default branch that most have. */
export const PIPELINES = { ci: "github", branch: "main" } as const;

/** The files that `init` writes without options, but for the CI and the branch. */
export function initFiles(pipelines: Pipelines = PIPELINES): ReadonlyMap<string, string> {
  return newRepository({ ...DEFAULTS, pipelines, origin: { specifier: "0.0.0" }, hasCli: false });
}
