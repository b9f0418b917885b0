import { jsonText } from "../../../common/json";
import { shellQuote } from "../../../common/shell-quote";
import { type JobEnvironment, ROLE_VARIABLE } from "../bootstrap";

/** A project that is to be set up. */
export interface SetupProject {
  /** Where GitLab is. */
  readonly host: string;
  /** As GROUP/PROJECT. */
  readonly path: string;
  /** The branch that deploys. */
  readonly branch: string;
}

/** Where GitLab takes the pipelines of every branch from, so that no merge request brings its own. */
export function configPathOf({ path, branch }: Pick<SetupProject, "path" | "branch">): string {
  return `.gitlab-ci.yml@${path}:${branch}`;
}

/** With a commit of its own for each merge, which nobody can have reviewed something on top of before. */
export const MERGE_METHOD = "rebase_merge";

/** Access levels. Source: GitLab, "Protected branches API". */
export const [NOBODY, DEVELOPERS, MAINTAINERS] = [0, 30, 40];

/** A setting of a project. */
interface Setting {
  /** As GitLab's API and people name it. Source: GitLab, "Projects API". */
  readonly name: string;
  readonly label: string;
  /** The values that do: the first is what the script sets. Undefined: not every GitLab has it. */
  readonly values: readonly unknown[];
}

export function settingsOf(project: SetupProject): readonly Setting[] {
  return [
    { name: "ci_config_path", label: "CI/CD configuration file", values: [configPathOf(project)] },
    {
      name: "ci_pipeline_variables_minimum_override_role",
      label: "Minimum role to use pipeline variables",
      values: ["no_one_allowed"],
    },
    {
      name: "ci_id_token_sub_claim_components",
      label: "parts of the claim sub",
      values: [["project_path", "ref_type", "ref"]],
    },
    { name: "only_allow_merge_if_pipeline_succeeds", label: "Pipelines must succeed", values: [true] },
    {
      name: "allow_merge_on_skipped_pipeline",
      label: "Skipped pipelines are considered successful",
      values: [false, null],
    },
    // A merge request from a fork has the fork's own pipeline, and counts as one whose pipeline has succeeded.
    { name: "forking_access_level", label: "Forks", values: ["disabled"] },
    // The code of a merge request could push as whoever starts its job, who would then count as its author or pusher.
    {
      name: "ci_push_repository_for_job_token_allowed",
      label: "Allow Git push requests to the repository",
      values: [false, null],
    },
    { name: "merge_method", label: "Merge method", values: [MERGE_METHOD] },
    // Each merges, or runs a pipeline for, something else than the commit that was reviewed.
    ...(
      [
        ["automatic_rebase_enabled", "Automatic rebase"],
        ["merge_pipelines_enabled", "Merged results pipelines"],
        ["merge_trains_enabled", "Merge trains"],
      ] as const
    ).map(([name, label]) => ({ name, label, values: [false, undefined] })),
  ];
}

/** The variable with which jobs ask GitLab's API, and the only GitLab environment that may have it. */
export const [TOKEN_VARIABLE, TOKEN_SCOPE] = ["GITLAB_TOKEN", "support-app/ci"];

/** What only people can do, as sentences. */
export function stepsByHand({ host, path }: SetupProject): string[] {
  return [
    `Create a project access token with the role Developer and the scope api, and set it as a masked variable that only ${TOKEN_SCOPE} has: glab variable set ${TOKEN_VARIABLE} --masked --scope ${TOKEN_SCOPE} --repo https://${host}/${path}, with the token on standard input. Without --scope, the merge request's own code gets the token.`,
    "In GitLab Premium: require approvals for the protected environments of deploys, and an approval from code owners for the branch.",
  ];
}

/** The functions of the script. \`glab\` prints a refused request's answer, too. */
const FUNCTIONS = `ask() { glab api --hostname "$host" "$project$1"; }

# Sends the JSON of standard input.
send() { glab api --hostname "$host" --method "$1" --header "Content-Type: application/json" --input - "$project$2"; }

# Settings of the project. Each keeps a value that standard input lists, and gets the first of them otherwise.
settings() {
  local live changes
  live="$(ask "")"
  changes="$(jq --compact-output --argjson live "$live" 'with_entries(
    select($live[.key] as $value | all(.value[]; . != $value)) | .value |= first)')"
  if [ "$changes" = "{}" ]; then
    echo "settings: are there"
  else
    send PUT "" <<<"$changes" >/dev/null
    echo "settings: changed to $changes"
  fi
}

# The protection of a branch, unless it has one that isn't GitLab's default.
protect() {
  local live
  if ! live="$(ask "/protected_branches/$2" 2>/dev/null)"; then
    send POST /protected_branches <<<"$3" >/dev/null
    echo "$1: protected"
    return 0
  fi
  # In GitLab Free, the levels of a protection can't be changed.
  if [ "$(jq '[.push_access_levels, .merge_access_levels
      | map([.access_level, .user_id // .group_id // .deploy_key_id // .member_role_id])]
    == [[[${MAINTAINERS}, null]], [[${MAINTAINERS}, null]]]
    and (.allow_force_push or .code_owner_approval_required or .inherited | not)' <<<"$live")" = true ]; then
    glab api --hostname "$host" --method DELETE "$project/protected_branches/$2" >/dev/null
    send POST /protected_branches <<<"$3" >/dev/null || {
      echo "$1: isn't protected any more. Protect it now: nobody pushes, and Maintainers merge." >&2
      exit 1
    }
    echo "$1: protected from pushes"
  else
    echo "$1: is protected. Make sure that nobody may push to it, and that only Maintainers may merge."
  fi
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
  local answer
  if ask "/protected_environments/$1" >/dev/null 2>&1; then
    echo "$1: is protected"
  elif answer="$(send POST /protected_environments <<<"$2" 2>&1)"; then
    echo "$1: protected, only Maintainers may deploy to it"
  elif [[ "$answer" == *"HTTP 403"* || "$answer" == *"HTTP 404"* ]]; then
    echo "$1: isn't protected, which takes GitLab Premium: nobody is asked before a deploy."
  else
    echo "$1: can't be protected: $answer" >&2
    status=1
  fi
}

# The nightly pipeline of a branch, unless it has one.
schedule() {
  local live
  live="$(ask "/pipeline_schedules?scope=active&per_page=100")"
  if [ "$(jq --arg ref "$1" 'any(.[].ref; . == $ref or . == "refs/heads/" + $ref)' <<<"$live")" = true ]; then
    echo "schedule: is there"
  else
    send POST /pipeline_schedules <<<"$2" >/dev/null
    echo "schedule: created"
  fi
}`;

/** A script that sets the project up in GitLab. Run again, it changes nothing that is there, except the roles. */
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
# It can be run again: what is there stays, except the roles. Written by \`support-app bootstrap\`.
set -euo pipefail
host=${shellQuote(host)}
project=${shellQuote(`projects/${encodeURIComponent(path)}`)}
status=0

for program in glab jq; do
  command -v "$program" >/dev/null || {
    echo "Can't find the program $program. Nothing was changed. Install it." >&2
    exit 1
  }
done

${FUNCTIONS}

ask ${shellQuote(`/repository/files/.gitlab-ci.yml?ref=${encodeURIComponent(branch)}`)} >/dev/null || {
  echo ${shellQuote(`Can't find .gitlab-ci.yml on ${branch} in ${path}. Nothing was changed. Push everything that init has written first: after this script, nobody can push to ${branch}.`)} >&2
  exit 1
}
settings <<'JSON'
${jsonText(Object.fromEntries(settingsOf(project).map(({ name, values }) => [name, values])))}
JSON
protect ${shellQuote(branch)} ${shellQuote(encodeURIComponent(branch))} ${body(protection)}
${[...roles, ...protections].join("\n")}
schedule ${shellQuote(branch)} ${body(nightly)}

cat <<'TEXT'
Left to do by hand:
${stepsByHand(project)
  .map((step) => `- ${step}`)
  .join("\n")}
TEXT
exit "$status"
`;
}
