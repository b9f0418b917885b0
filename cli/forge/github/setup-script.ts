import { jsonText } from "../../../common/json";
import { shellQuote } from "../../../common/shell-quote";
import { type JobEnvironment, ROLE_VARIABLE } from "../bootstrap";

/** The app that sets the checks of workflows. Other apps, and tokens, can set checks of the same name. Source: GitHub's REST API, apps/github-actions. */
const ACTIONS_APP = 15_368;

/** The ruleset of the script. It adds to whatever protects the branch already. */
const RULESET = "support-app";

/** What the branch that deploys requires, from everybody. Source: GitHub's REST API, "Create a repository ruleset". */
const rulesetOf = (branch: string) => ({
  name: RULESET,
  target: "branch",
  enforcement: "active",
  bypass_actors: [],
  conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
  rules: [
    {
      type: "pull_request",
      parameters: {
        require_code_owner_review: true,
        dismiss_stale_reviews_on_push: true,
        require_last_push_approval: true,
        required_approving_review_count: 1,
        required_review_thread_resolution: false,
      },
    },
    {
      type: "required_status_checks",
      parameters: {
        strict_required_status_checks_policy: true,
        required_status_checks: [{ context: "access", integration_id: ACTIONS_APP }],
      },
    },
    { type: "non_fast_forward" },
    { type: "deletion" },
  ],
});

/** A tag of the branch's name would run workflows as if it were the branch. Source: the same. */
const tagRulesetOf = (branch: string) => ({
  name: `${RULESET}-tags`,
  target: "tag",
  enforcement: "active",
  bypass_actors: [],
  conditions: { ref_name: { include: [`refs/tags/${branch}`], exclude: [] } },
  rules: [{ type: "creation" }, { type: "update" }],
});

/** No workflow approves a pull request. Source: GitHub's REST API, "Set default workflow permissions for a repository". */
const WORKFLOW_PERMISSIONS = JSON.stringify({ can_approve_pull_request_reviews: false });

/** An environment that is limited to branches of its own. Source: GitHub's REST API, "Create or update an environment". */
const LIMITED = JSON.stringify({
  deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
});

/** The same, with what the environment has: writing it would remove its reviewers. Nothing if it is limited already. */
const LIMITED_AS_WELL = `if .deployment_branch_policy.custom_branch_policies then empty else
  (.protection_rules | map(
    if .type == "required_reviewers" then {prevent_self_review, reviewers: [.reviewers[] | {type, id: .reviewer.id}]}
    elif .type == "wait_timer" then {wait_timer} else {} end) | add // {}) + ${LIMITED} end`;

/** What is looked at before anything is changed, and how a GitHub environment is set up. */
const FUNCTIONS = `stop() {
  echo "Nothing was changed. $1" >&2
  exit 1
}

command -v gh >/dev/null || stop "Can't find the program gh. Install the GitHub CLI: https://cli.github.com"
live="$(gh api "$api" --jq '"\\(.full_name) \\(.visibility) \\(.permissions.admin)"')" ||
  stop "Can't read $repository. Log in to GitHub as an administrator of the repository: gh auth login"
read -r name visibility is_administrator <<<"$live"
[ "$name" = "$repository" ] ||
  stop "The repository is called $name, and the roles trust $repository. Run bootstrap with --repository $name."
[ "$is_administrator" = true ] ||
  stop "You aren't an administrator of $repository. Log in to GitHub as one: gh auth login"
rulesets="$(gh api --paginate "$api/rulesets?includes_parents=false" --jq '.[] | "\\(.id) \\(.name)"' 2>&1)" ||
  case "$rulesets" in
    *"Upgrade to GitHub"*) stop "GitHub Free can't protect a branch of a private repository, so nobody would have to approve anything. Use GitHub Team (for a person's repository: Pro), or make the repository public." ;;
    *) stop "Can't read the rulesets of $repository: $rulesets" ;;
  esac
ignored="$(gh api "$api/codeowners/errors?ref=$branch" --jq '.errors[] | "\\(.path), line \\(.line): \\(.kind): \\(.source)"')" ||
  stop "GitHub finds no CODEOWNERS on $branch. Push everything that init has written: after this script, nobody can push to $branch."
[ -z "$ignored" ] ||
  stop "GitHub ignores lines of CODEOWNERS. Name owners who can write to the repository (a team needs that right itself), and push them to $branch:
$ignored"
if [ "$visibility" = public ]; then
  echo "Public repository: owners must approve, only $branch deploys, and environments can have reviewers."
else
  echo "Private repository: owners must approve, and only $branch deploys. Reviewers of environments take GitHub Enterprise."
fi
environments="$(gh api --paginate "$api/environments" --jq '.environments[].name')"

# A GitHub environment, the role of its jobs, and the branch that alone runs them, if one is named. Its reviewers stay.
environment() {
  local path="$api/environments/$1" live body policies id type name is_limited=
  live="$(grep -ixF -- "$1" <<<"$environments" || true)" # names in GitHub ignore case
  if [ "\${live:-$1}" != "$1" ]; then
    echo "$1: is called $live, and its role trusts only $1. Delete it, and run this script again." >&2
    status=1
    return 0
  fi
  if [ -z "\${3:-}" ]; then
    [ -n "$live" ] || gh api --silent --method PUT "$path"
  else
    body='${LIMITED}'
    [ -z "$live" ] || body="$(gh api "$path" --jq '${LIMITED_AS_WELL}')"
    [ -z "$body" ] || gh api --silent --method PUT "$path" --input - <<<"$body"
    policies="$(gh api --paginate "$path/deployment-branch-policies" --jq '.branch_policies[] | "\\(.id) \\(.type // "branch") \\(.name)"')"
    while read -r id type name; do
      if [ "$type $name" = "branch $3" ]; then
        is_limited=true
      elif [ -n "$id" ]; then
        gh api --silent --method DELETE "$path/deployment-branch-policies/$id"
        echo "$1: $name can't run its jobs any more"
      fi
    done <<<"$policies"
    [ -n "$is_limited" ] || gh api --silent --method POST "$path/deployment-branch-policies" -f "name=$3" -f type=branch
  fi
  gh variable set ${ROLE_VARIABLE} --repo "$repository" --env "$1" --body "$2"
  echo "$1: its jobs have $2"
}

# A ruleset, by its name, with the JSON of standard input.
ruleset() {
  local id
  id="$(sed -n "s/^\\([0-9]*\\) $1$/\\1/p" <<<"$rulesets")"
  gh api --silent --method "$([ -z "$id" ] && echo POST || echo PUT)" "$api/rulesets\${id:+/$id}" --input -
}`;

function rulesetCommand(body: { readonly name: string }): string {
  return `ruleset ${body.name} <<'JSON'
${jsonText(body)}
JSON`;
}

/**
 * A script that sets the repository up in GitHub. Run again, it repairs what differs.
 *
 * @param branch the branch that deploys
 */
export function setupScript(repository: string, branch: string, environments: readonly JobEnvironment[]): string {
  // A pull request's plan runs on no branch.
  const commands = environments.map(({ name, roleArn, job }) => {
    const words = [name, roleArn, ...(job === "plan" ? [] : [branch])];
    return `environment ${words.map(shellQuote).join(" ")}`;
  });
  return `#!/usr/bin/env bash
# Sets this repository up in GitHub, with the GitHub CLI (gh) and the rights of an administrator of the repository.
# It looks first, and then changes. Run again, it repairs what differs. Written by \`support-app bootstrap\`.
set -euo pipefail
repository=${shellQuote(repository)}
branch=${shellQuote(branch)}
api="repos/$repository"
export GH_HOST=github.com
status=0

${FUNCTIONS}

${commands.join("\n")}
gh api --silent --method PUT "$api/actions/permissions/workflow" --input - <<<'${WORKFLOW_PERMISSIONS}'
${[tagRulesetOf(branch), rulesetOf(branch)].map(rulesetCommand).join("\n")}
echo "$branch: protected by the ruleset ${RULESET}, and no tag can have its name"
exit "$status"
`;
}
