import { shellQuote } from "../../../common/shell-quote";
import type { WorkflowRole } from "./roles";

/** The repository variables that switch workflows on. */
export const SWITCHES = ["SUPPORT_APP_PLAN", "SUPPORT_APP_DEPLOY", "SUPPORT_APP_DOCTOR", "SUPPORT_APP_DRIFT"];

/** The app that sets the checks of workflows. Other apps, and tokens, can set checks of the same name. Source: GitHub's REST API, apps/github-actions. */
const ACTIONS_APP = 15_368;

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
  gh variable set AWS_ROLE_ARN --repo "$repository" --env "$1" --body "$2"
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
{
  "required_status_checks": { "strict": true, "checks": [{ "context": "access", "app_id": ${ACTIONS_APP} }, { "context": "plans", "app_id": ${ACTIONS_APP} }] },
  "enforce_admins": true,
  "required_pull_request_reviews": { "require_code_owner_reviews": true, "require_last_push_approval": true, "required_approving_review_count": 1 },
  "restrictions": null
}
JSON
  echo "$1: protected"
}`;

/**
 * A script that sets the repository up in GitHub. Run again, it changes nothing that is there.
 *
 * @param branch the branch that deploys
 */
export function githubScript(repository: string, branch: string, roles: readonly WorkflowRole[]): string {
  const commands = roles.flatMap(({ arn, purpose, githubEnvironments }) =>
    githubEnvironments.map((environment) => {
      // A pull request's plan runs on no branch.
      const isBound = purpose === "deployer" || !environment.startsWith("plan-");
      const words = [environment, shellQuote(arn), ...(isBound ? [shellQuote(branch)] : [])];
      return `environment ${words.join(" ")}`;
    }),
  );
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
