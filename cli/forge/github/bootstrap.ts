import { type Bootstrap, checkCommand, SWITCHES } from "../bootstrap";
import { JOBS } from "../job-environments";
import { checkRepository, readableRepository } from "./check-repository";
import { setupScript } from "./setup-script";
import { tokenIssuer } from "./trust";

/** Source: GitHub, names of accounts and repositories. */
const REPOSITORY =
  /^(?:https:\/\/github\.com\/)?([A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/(?!\.{1,2}$)[\w.-]{1,100}(?<!\.git))$/;

export const BOOTSTRAP: Bootstrap = {
  repositoryForm: "the owner and the name of a repository on GitHub, such as acme/slack-access",
  ...{ pipelines: "workflows", readerJobs: JOBS },
  setupOf: (name, branch) => {
    const [, repository] = REPOSITORY.exec(name) ?? [];
    if (repository === undefined) return undefined;
    return {
      ...{ repository, url: `https://github.com/${repository}`, issuer: tokenIssuer(repository) },
      script: (environments) => setupScript(repository, branch, environments),
      completeWords: "has the environments and the protection",
      howToCheck: {
        who: "an administrator of the repository",
        command: `GITHUB_TOKEN="$(gh auth token)" ${checkCommand(`--repository ${repository}`, branch)}`,
      },
      checkWith: (env) => {
        const readable = readableRepository(env, repository);
        return readable && ((environments) => checkRepository(readable, branch, environments));
      },
      firstSteps: (script, names) => [
        [
          `Set GitHub up, as an administrator of the repository: bash ${script}`,
          "   Do so before the roles exist: until the GitHub environments have their deployment branch, a job of any branch could have their roles.",
        ],
        [
          `Add the reviewers of deploys to the GitHub environments ${names.join(", ")}, and reviewers of plans to plan-ENVIRONMENT, with "Prevent self-review" and without "Allow administrators to bypass configured protection rules". Replace the owners in .github/CODEOWNERS.`,
        ],
      ],
      roleNotes: [],
      lastSteps: [
        [
          `Once the reviewers are set, switch the workflows on, each with gh variable set NAME --repo ${repository} --body true: ${SWITCHES.join(", ")}`,
        ],
      ],
    };
  },
};
