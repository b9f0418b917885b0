import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChangeRequest } from "../../cli/forge/forge";
import { changeRequestFor } from "../../cli/forge/github/github";
import { type PullRequest, pullRequestOf } from "../../cli/forge/github/pull-request";
import { type AnsweringGitHub, gitHubInTests } from "./answering-github";
import { sharedFolder } from "./folder";

export const TOKEN = "ghs_secret.of-a_job";
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** A job of alice's pull request number 7, with a forge on loopback. */
export interface PullRequestsInTests {
  readonly github: AnsweringGitHub;
  /** A file of the job, such as `summary` and `output`. */
  readonly file: (name: string) => string;
  /** What the forge sets for the job. */
  readonly environmentOf: (event?: unknown) => NodeJS.ProcessEnv;
  readonly pullRequest: (changed?: Partial<PullRequest>) => PullRequest;
  readonly changeRequest: (changed?: Partial<PullRequest>) => ChangeRequest;
}

/** A pull request as an event has it, whose branch is in that repository. */
export function pullRequestIn(repository: string | null) {
  const repo = repository === null ? null : { full_name: repository };
  return { number: 7, head: { sha: COMMIT, repo } };
}

/** To be called where tests are described. */
export function pullRequestsInTests(): PullRequestsInTests {
  const scratch = sharedFolder({ isReal: true });
  const github = gitHubInTests();
  const file = (name: string) => join(scratch, name);
  beforeEach(() => {
    for (const name of ["output", "summary"]) writeFileSync(file(name), "");
    Object.assign(process.env, { GITHUB_OUTPUT: file("output"), GITHUB_STEP_SUMMARY: file("summary") });
  });
  const environmentOf = (event: unknown = { pull_request: pullRequestIn("acme/access") }): NodeJS.ProcessEnv => {
    writeFileSync(file("event.json"), JSON.stringify(event));
    return {
      GITHUB_EVENT_PATH: file("event.json"),
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: TOKEN,
    };
  };
  const pullRequest = (changed: Partial<PullRequest> = {}) => ({ ...pullRequestOf(environmentOf()), ...changed });
  const changeRequest = (changed?: Partial<PullRequest>) => changeRequestFor(pullRequest(changed), process.env);
  return { github, file, environmentOf, pullRequest, changeRequest };
}
