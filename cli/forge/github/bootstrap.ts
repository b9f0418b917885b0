import { type Bootstrap, OWNERS_PLACEHOLDER, SWITCHES } from "../bootstrap";
import { JOBS } from "../forge";
import { setupScript } from "./setup-script";
import { tokenIssuer } from "./trust";

/** Source: GitHub, names of accounts and repositories. */
const REPOSITORY =
  /^(?:https:\/\/github\.com\/)?([A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/(?!\.{1,2}$)[\w.-]{1,100}(?<!\.git))$/;

export const BOOTSTRAP: Bootstrap = {
  repositoryForm: "the owner and the name of a repository on GitHub, such as acme/slack-access",
  pipelines: "workflows",
  readerJobs: JOBS,
  setupOf: (name, branch) => {
    const [, repository] = REPOSITORY.exec(name) ?? [];
    if (repository === undefined) return undefined;
    return {
      repository,
      url: `https://github.com/${repository}`,
      issuer: tokenIssuer(repository),
      script: (environments) => setupScript(repository, branch, environments),
      firstSteps: (script) => [
        [
          `Replace ${OWNERS_PLACEHOLDER} in .github/CODEOWNERS with the team that has to approve changes, and push everything to ${branch}. After the next step, nobody can push to it.`,
        ],
        [
          `Set GitHub up, as an administrator of the repository: bash ${script}`,
          "   It first says what the plan of the repository's owner can require. Run again, it repairs what differs.",
          "   Do so before the roles exist: until the GitHub environments have their deployment branch, a job of any branch could have their roles.",
        ],
      ],
      roleNotes: [],
      lastSteps: [
        [
          `Switch the workflows on, each with gh variable set NAME --repo ${repository} --body true: ${SWITCHES.join(", ")}`,
          '   In a public repository or with GitHub Enterprise, first add reviewers to the GitHub environments of deploys, with "Prevent self-review" and without "Allow administrators to bypass configured protection rules".',
        ],
      ],
    };
  },
};
