import { type Bootstrap, OWNERS_PLACEHOLDER, SWITCHES } from "../bootstrap";
import { type SetupProject, setupScript } from "./setup-script";
import { tokenIssuer } from "./trust";

const HOST = "gitlab.com";

/** Source: GitLab, names of groups and projects, and what IAM takes as the URL of an identity provider, which has no port. */
const REPOSITORY =
  /^(?:https:\/\/((?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d])\/)?((?:\w(?:[\w.-]{0,253}[\w-])?\/){1,20}\w(?:[\w.-]{0,253}[\w-])?)$/;

/** The project that --repository names. Undefined: it can't be one. */
function projectOf(repository: string, branch: string): SetupProject | undefined {
  const [, host, path = ""] = REPOSITORY.exec(repository) ?? [];
  const segments = path.split("/");
  const isHost = host === undefined && segments.length > 2 && segments[0]?.includes("."); // somebody else could have a group of that name
  const isPartOfHost = host?.endsWith(`.${HOST}`); // such as for SSH
  if (path === "" || isHost || isPartOfHost || segments.some((segment) => /\.(?:git|atom)$/.test(segment)))
    return undefined;
  return { host: host ?? HOST, path, branch };
}

export const BOOTSTRAP: Bootstrap = {
  repositoryForm:
    "the path of a project on gitlab.com, such as acme/platform/slack-access, or the URL of one on another GitLab, such as https://gitlab.example.com/acme/slack-access",
  pipelines: "pipelines",
  readerJobs: ["doctor", "drift"], // no job of a merge request has a role
  setupOf: (repository, branch) => {
    const project = projectOf(repository, branch);
    if (project === undefined) return undefined;
    const { host, path } = project;
    const url = `https://${host}/${path}`;
    const name = host === HOST ? path : url;
    return {
      repository: name,
      url,
      issuer: tokenIssuer(host, path, branch),
      script: (environments) => setupScript(project, environments),
      firstSteps: (script) => [
        [
          `Replace ${OWNERS_PLACEHOLDER} in .gitlab/CODEOWNERS with the group that has to approve changes, and push everything to ${branch}. After the next step, nobody can push to it.`,
        ],
        [
          `Set GitLab up, as a Maintainer of the project: bash ${script}`,
          `   The script needs jq, and glab that is logged in: glab auth login --hostname ${host}`,
          "   It first says what the project's tier can require. Run again, it repairs what differs.",
          `   Run it before you create the roles: until then, everybody who can push to ${branch} could use them.`,
        ],
        [
          `Create a project access token with the role Developer and the scope api, and set it as a masked variable that only support-app/ci has: glab variable set GITLAB_TOKEN --masked --scope support-app/ci --repo https://${host}/${path}, with the token on standard input. Without --scope, the merge request's own code gets the token.`,
        ],
        [
          "In GitLab Premium, once the script has run, add who has to approve deployments to the protected environments.",
        ],
      ],
      roleNotes: [
        "   The identity provider that an account has already needs each audience of its roles, too: aws iam add-client-id-to-open-id-connect-provider",
      ],
      lastSteps: [
        [`Switch the pipelines on, each with glab variable set NAME true --repo ${url}: ${SWITCHES.join(", ")}`],
      ],
    };
  },
};
