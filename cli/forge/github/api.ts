import type { RestApi } from "../rest-api";
import { variablesOf } from "../variables";

/** A repository, and how to reach it from a CI job. */
export interface Repository extends RestApi {
  /** As OWNER/NAME. */
  readonly fullName: string;
}

/** Who owns a workflow's token. */
export const BOT = "github-actions[bot]";

/** What to do if a command isn't run as a workflow runs it, without a full stop. */
export function howToRun(command: string, workflow: string): string {
  return `Run \`${command}\` as .github/workflows/${workflow} does`;
}

/**
 * The repository that a workflow runs in.
 *
 * @param workflow its file, which has the permissions that are needed
 */
export function repositoryOf(env: NodeJS.ProcessEnv, usage: string, workflow: string): Repository {
  const variable = variablesOf(env, usage);
  const fullName = variable("GITHUB_REPOSITORY", "OWNER/NAME", /^[\w.-]+\/[\w.-]+$/);
  const url = variable("GITHUB_API_URL", "an http or https URL", /^https?:\/\/[^\s/]\S*$/);
  const token = variable("GITHUB_TOKEN", "a GitHub token", /^[!-~]+$/);
  return {
    name: "GitHub",
    fullName,
    url,
    root: `/repos/${fullName}`,
    token,
    headers: { accept: "application/vnd.github+json", authorization: `bearer ${token}` },
    refusalAdvice: `Give the job the permissions that it has in .github/workflows/${workflow}.`,
  };
}
