import { jsonText } from "../../../common/json";
import { shellQuote } from "../../../common/shell-quote";
import { type JobEnvironment, OWNERS_PLACEHOLDER, ROLE_VARIABLE } from "../bootstrap";

/** A project that is to be set up. */
export interface SetupProject {
  /** Where GitLab is. */
  readonly host: string;
  /** As GROUP/PROJECT. */
  readonly path: string;
  /** The branch that deploys. */
  readonly branch: string;
}

/** Access levels. Source: GitLab, "Protected branches API". */
const [NOBODY, DEVELOPERS, MAINTAINERS] = [0, 30, 40];

/** Settings of a project, by the names of GitLab's API, and the values that do: the first is what the script sets. Undefined: not every GitLab has it. Source: GitLab, "Projects API". */
function settingsOf({ path, branch }: SetupProject): Readonly<Record<string, readonly unknown[]>> {
  return {
    // No merge request brings its own pipeline.
    ci_config_path: [`.gitlab-ci.yml@${path}:${branch}`],
    ci_pipeline_variables_minimum_override_role: ["no_one_allowed"],
    ci_id_token_sub_claim_components: [["project_path", "ref_type", "ref"]],
    only_allow_merge_if_pipeline_succeeds: [true],
    allow_merge_on_skipped_pipeline: [false, null],
    // A merge request from a fork has the fork's own pipeline, and counts as one whose pipeline has succeeded.
    forking_access_level: ["disabled"],
    // The code of a merge request could push as whoever starts its job.
    ci_push_repository_for_job_token_allowed: [false, null],
    // Only a branch that is up to date is merged: what is merged is what was reviewed.
    merge_method: ["rebase_merge"],
    // Each merges, or runs a pipeline for, something else than the commit that was reviewed.
    automatic_rebase_enabled: [false, undefined],
    merge_pipelines_enabled: [false, undefined],
    merge_trains_enabled: [false, undefined],
  };
}

/** How a merge request is approved. Source: GitLab's REST API, "Merge request approvals", project approval settings. */
const APPROVALS = {
  reset_approvals_on_push: true,
  merge_requests_author_approval: false,
  merge_requests_disable_committers_approval: true,
  disable_overriding_approvers_per_merge_request: true,
};

/** What the tier can require, where it is asked, and what the script does. `glab` prints a refused request's answer, too. */
const FUNCTIONS = `stop() {
  echo "Nothing was changed. $1" >&2
  exit 1
}

ask() { glab api --hostname "$host" "$project$1"; }

# Sends the JSON of standard input.
send() { glab api --hostname "$host" --method "$1" --header "Content-Type: application/json" --input - "$project$2"; }

# Owners must be groups above the project or invited to it, or members: GitLab ignores all others.
check_owners() {
  local owner query='any(.shared_with_groups[]?; .group_full_path == $owner)'
  while read -r owner; do
    if [[ "$path" == "$owner"/* ]] || jq --exit-status --arg owner "$owner" "$query" <<<"$live" >/dev/null; then continue; fi
    if [[ "$owner" != */* ]] && ask "/members/all?query=$owner" |
      jq --exit-status --arg owner "$owner" 'any(.[]; .username == $owner)' >/dev/null; then continue; fi
    stop "@$owner in .gitlab/CODEOWNERS on $branch is no member of $path, and GitLab ignores such owners. Invite it to the project, or name another group."
  done < <(grep -v '^[[:space:]]*#' <<<"$owners" | grep -oE '(^|[[:space:]])@[[:alnum:]_][[:alnum:]_./-]*' | sed 's/.*@//' | sort -u)
}

for program in glab jq; do
  command -v "$program" >/dev/null || stop "Can't find the program $program. Install it."
done
ask "/variables?per_page=1" >/dev/null ||
  stop "Can't read the variables of $path, as a Maintainer of the project can. Log in as one: glab auth login --hostname $host"
live="$(ask "")"
name="$(jq --raw-output .path_with_namespace <<<"$live")"
[ "$name" = "$path" ] || stop "The project is at $name, and the roles trust $path. Run bootstrap with that path."
ask "/repository/files/.gitlab-ci.yml?ref=$ref" >/dev/null ||
  stop "Can't find .gitlab-ci.yml on $branch in $path. Push everything that init has written: after this script, nobody can push to $branch."
owners="$(ask "/repository/files/.gitlab%2FCODEOWNERS/raw?ref=$ref")" ||
  stop "Can't find .gitlab/CODEOWNERS on $branch in $path. Write it with init, and push it."
[[ "$owners" != *${OWNERS_PLACEHOLDER}* ]] ||
  stop "Replace ${OWNERS_PLACEHOLDER} in .gitlab/CODEOWNERS with a group that is a member of the project, and push it to $branch."
if ask /protected_environments >/dev/null 2>&1; then
  is_premium=true
  check_owners
  echo "GitLab Premium: owners must approve, and only Maintainers may merge and deploy."
else
  is_premium=
  echo "GitLab Free can't require an approval: Maintainers decide what is merged and deployed. Give that role only to people whom you trust with every account."
fi

# Settings of the project. Each keeps a value that standard input lists, and gets the first of them otherwise.
settings() {
  local changes
  changes="$(jq --compact-output --argjson live "$live" 'with_entries(
    select($live[.key] as $value | all(.value[]; . != $value)) | .value |= first)')"
  if [ "$changes" = "{}" ]; then
    echo "settings: are there"
  else
    send PUT "" <<<"$changes" >/dev/null
    echo "settings: changed to $changes"
  fi
}

# The protection of the branch. In GitLab Free, the levels of one that is there can't be changed.
protect() {
  local live
  if ! live="$(ask "/protected_branches/$ref" 2>/dev/null)"; then
    send POST /protected_branches <<<"$1" >/dev/null
  elif [ "$(jq '(.allow_force_push | not)
    and all(.push_access_levels[]; .access_level == ${NOBODY} and .deploy_key_id == null)
    and all(.merge_access_levels[]; .access_level != ${DEVELOPERS})' <<<"$live")" != true ]; then
    glab api --hostname "$host" --method DELETE "$project/protected_branches/$ref" >/dev/null
    send POST /protected_branches <<<"$1" >/dev/null || {
      echo "$branch: isn't protected any more. Protect it now: nobody pushes, and Maintainers merge." >&2
      exit 1
    }
  fi
  echo "$branch: protected, nobody pushes to it"
  [ -n "$is_premium" ] || return 0
  send PATCH "/protected_branches/$ref" <<<'{"code_owner_approval_required": true}' >/dev/null
  send POST /approvals <<<'${JSON.stringify(APPROVALS)}' >/dev/null
  echo "$branch: its owners must approve"
}

# The role of a GitLab environment's jobs.
role() {
  if ! jq '{value, filter: {environment_scope}}' <<<"$2" | send PUT /variables/${ROLE_VARIABLE} >/dev/null 2>&1; then
    send POST /variables <<<"$2" >/dev/null
  fi
  echo "$1: has its role"
}

# Who may deploy to a GitLab environment, unless somebody has said so.
protect_environment() {
  [ -n "$is_premium" ] || return 0
  ask "/protected_environments/$1" >/dev/null 2>&1 || send POST /protected_environments <<<"$2" >/dev/null
  echo "$1: protected"
}

# The nightly pipeline of the branch, unless it has one.
schedule() {
  local live
  live="$(ask "/pipeline_schedules?scope=active&per_page=100")"
  if [ "$(jq --arg ref "$branch" 'any(.[].ref; . == $ref or . == "refs/heads/" + $ref)' <<<"$live")" != true ]; then
    send POST /pipeline_schedules <<<"$1" >/dev/null
  fi
  echo "schedule: is there"
}`;

/** A script that sets the project up in GitLab. Run again, it repairs what differs. */
export function setupScript(project: SetupProject, environments: readonly JobEnvironment[]): string {
  const { host, path, branch } = project;
  const body = (value: unknown) => shellQuote(JSON.stringify(value));
  const roles = environments.map(({ name, roleArn }) => {
    return `role ${shellQuote(name)} ${body({ key: ROLE_VARIABLE, value: roleArn, environment_scope: name })}`;
  });
  const protections = environments
    .filter(({ job }) => job === "deploy")
    .map(({ name }) => {
      const protection = { name, deploy_access_levels: [{ access_level: MAINTAINERS }] };
      return `protect_environment ${shellQuote(name)} ${body(protection)}`;
    });
  const protection = {
    name: branch,
    push_access_level: NOBODY,
    merge_access_level: MAINTAINERS,
    allow_force_push: false,
  };
  const nightly = { description: "support-app: drift and doctor", ref: branch, cron: "47 3 * * *" };
  return `#!/usr/bin/env bash
# Sets this project up in GitLab, with the GitLab CLI (glab), jq and the rights of a Maintainer of the project.
# It looks first, and then changes. Run again, it repairs what differs. Written by \`support-app bootstrap\`.
set -euo pipefail
host=${shellQuote(host)}
path=${shellQuote(path)}
project=${shellQuote(`projects/${encodeURIComponent(path)}`)}
branch=${shellQuote(branch)}
ref=${shellQuote(encodeURIComponent(branch))}

${FUNCTIONS}

settings <<'JSON'
${jsonText(settingsOf(project))}
JSON
protect ${body(protection)}
${[...roles, ...protections].join("\n")}
schedule ${body(nightly)}
`;
}
