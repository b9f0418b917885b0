import { jsonText } from "../../../common/json";
import { shellQuote } from "../../../common/shell-quote";
import { type JobEnvironment, ROLE_VARIABLE } from "../bootstrap";

/** The app that sets the checks of workflows. Other apps, and tokens, can set checks of the same name. Source: GitHub's REST API, apps/github-actions. */
const ACTIONS_APP = 15_368;

/** How the branch that deploys is protected. Source: GitHub's REST API, "Update branch protection". */
export const PROTECTION = {
  required_status_checks: {
    strict: true,
    checks: ["access", "plans"].map((context) => ({ context, app_id: ACTIONS_APP })),
  },
  enforce_admins: true,
  required_pull_request_reviews: {
    require_code_owner_reviews: true,
    require_last_push_approval: true,
    required_approving_review_count: 1,
  },
  restrictions: null,
  allow_force_pushes: false,
  allow_deletions: false,
};

/** A GitHub environment of the repository's workflows. */
export interface GitHubEnvironment {
  readonly name: string;
  readonly roleArn: string;
  /** Its only deployment branch. Undefined: any, since a pull request's plan runs on no branch. */
  readonly branch: string | undefined;
  /** Whether it has reviewers, whom people choose. Without an answer, a nightly job would wait for ever. */
  readonly isReviewed: boolean;
}

/** How GitHub protects the environments of jobs. */
export function githubEnvironmentsOf(branch: string, environments: readonly JobEnvironment[]): GitHubEnvironment[] {
  return environments.map(({ name, roleArn, job }) => {
    const isReviewed = job === "deploy" || job === "plan";
    return { name, roleArn, branch: job === "plan" ? undefined : branch, isReviewed };
  });
}

/** The functions of the script. What somebody has set up stays as it is: writing a GitHub environment again would remove its reviewers. */
const FUNCTIONS = `environments="$(gh api --paginate "repos/$repository/environments?per_page=100" --jq '.environments[].name')"

has() { grep -qixF -- "$2" <<<"$1"; } # names in GitHub ignore case

# A GitHub environment, and the role of its jobs, which run on one branch, or on any if none is named.
environment() {
  local path="repos/$repository/environments/$1" branches
  if has "$environments" "$1"; then
    echo "$1: is there"
  elif [ -z "\${3:-}" ]; then
    gh api --silent --method PUT "$path"
    echo "$1: created"
  else
    gh api --silent --method PUT "$path" \\
      -F "deployment_branch_policy[protected_branches]=false" -F "deployment_branch_policy[custom_branch_policies]=true"
    echo "$1: created"
  fi
  gh variable set ${ROLE_VARIABLE} --repo "$repository" --env "$1" --body "$2"
  [ -n "\${3:-}" ] || return 0
  branches="$(gh api "$path/deployment-branch-policies" --jq '.branch_policies[].name')"
  case "$branches" in
    "$3") ;;
    "")
      gh api --silent --method POST "$path/deployment-branch-policies" -f "name=$3" || {
        echo "$1: any branch may run jobs in it, which get its role. Make $3 its only deployment branch." >&2
        status=1
      }
      ;;
    *)
      echo "$1: its deployment branches aren't only $3, and jobs of each get its role: $branches" >&2
      status=1
      ;;
  esac
}

# The protection of a branch, unless it has one.
protect() {
  local protected
  protected="$(gh api "repos/$repository/branches/$1" --jq .protected)"
  if [ "$protected" != false ]; then
    echo "$1: is protected. Make sure that it requires the checks access and plans, and a review from code owners."
    return 0
  fi
  gh api --silent --method PUT "repos/$repository/branches/$1/protection" --input - <<'JSON'
${jsonText(PROTECTION)}
JSON
  echo "$1: protected"
}`;

/**
 * A script that sets the repository up in GitHub. Run again, it changes nothing that is there.
 *
 * @param branch the branch that deploys
 */
export function setupScript(repository: string, branch: string, environments: readonly JobEnvironment[]): string {
  const commands = githubEnvironmentsOf(branch, environments).map(({ name, roleArn, branch: deploymentBranch }) => {
    const words = [name, roleArn, ...(deploymentBranch === undefined ? [] : [deploymentBranch])];
    return `environment ${words.map(shellQuote).join(" ")}`;
  });
  return `#!/usr/bin/env bash
# Sets this repository up in GitHub, with the GitHub CLI (gh) and the rights of an administrator of the repository.
# It can be run again: what is there stays, except the roles. Written by \`support-app bootstrap\`.
set -euo pipefail
repository=${shellQuote(repository)}
status=0

${FUNCTIONS}

${commands.join("\n")}
protect ${shellQuote(branch)}
exit "$status"
`;
}
