import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { type JobEnvironment, OWNERS_PLACEHOLDER } from "../../../../cli/forge/bootstrap";
import { setupScript } from "../../../../cli/forge/gitlab/setup-script";
import { folderInTests } from "../../../support/folder";
import { setupScriptInTests } from "../../../support/forge-cli";
import { requestProblem } from "../../../support/gitlab-api";

const PROJECT = { host: "gitlab.example.com", path: "acme/platform/slack-access", branch: "release/1" };
const PATH = `/projects/${encodeURIComponent(PROJECT.path)}`;
const BRANCH = "/protected_branches/release%2F1";
const [DEPLOYER, READER] = ["deployer", "reader"].map((name) => `arn:aws:iam::111122223333:role/${name}`) as [
  string,
  string,
];
const ENVIRONMENTS: readonly JobEnvironment[] = [
  { name: "payments", roleArn: DEPLOYER, job: "deploy" },
  { name: "drift-payments", roleArn: READER, job: "drift" },
];

/** The groups that are invited to the project. */
const SHARED = [{ group_full_path: "acme/owners" }];

const runScript = setupScriptInTests("glab", PROJECT.host + PATH);

const protection = (differences = {}, push = 0, merge = 40) => ({
  push_access_levels: [{ id: 1, access_level: push, user_id: null, group_id: null, deploy_key_id: null }],
  merge_access_levels: [{ id: 2, access_level: merge, user_id: null, group_id: null }],
  allow_force_push: false,
  code_owner_approval_required: false,
  ...differences,
});

/** The settings that the script sets. */
const SETTINGS = {
  ci_config_path: ".gitlab-ci.yml@acme/platform/slack-access:release/1",
  ci_pipeline_variables_minimum_override_role: "no_one_allowed",
  ci_id_token_sub_claim_components: ["project_path", "ref_type", "ref"],
  only_allow_merge_if_pipeline_succeeds: true,
  allow_merge_on_skipped_pipeline: false,
  forking_access_level: "disabled",
  ci_push_repository_for_job_token_allowed: false,
  merge_method: "rebase_merge",
  automatic_rebase_enabled: false,
  merge_pipelines_enabled: false,
  merge_trains_enabled: false,
};

/** A project of GitLab Premium that was set up, partly by people. */
const SET_UP = {
  "GET /variables": [],
  "GET ": {
    ...SETTINGS,
    path_with_namespace: PROJECT.path,
    visibility: "private",
    shared_with_groups: SHARED,
  },
  "GET /repository/files/.gitlab-ci.yml": {},
  "GET /repository/files/.gitlab%2FCODEOWNERS/raw": "# @nobody/at-all\n[Access][1]\n* @acme/owners @acme @ada",
  "GET /members/all": [{ username: "ada" }],
  "GET /protected_environments": [],
  [`GET ${BRANCH}`]: protection(),
  "GET /protected_environments/payments": { name: "payments", deploy_access_levels: [{ group_id: 7 }] },
  "GET /pipeline_schedules": [{ ref: "release/1", cron: "0 1 * * *" }],
};

/** Runs the script, and checks that what it asks is documented. */
function setUp(answers: object, searchPath?: string) {
  const result = runScript(setupScript(PROJECT, ENVIRONMENTS), { ...SET_UP, ...answers }, searchPath);
  for (const { words, body } of result.requests) {
    const [method = "", call = ""] = words.split(" ");
    const { pathname, searchParams } = new URL(`https://${PROJECT.host}/api/v4${PATH}${call}`);
    const problem = requestProblem(method, pathname, searchParams, body === "" ? undefined : JSON.parse(body));
    expect([words, body, problem]).toEqual([words, body, undefined]);
  }
  return result;
}

const ROLES = [
  [DEPLOYER, "payments"],
  [READER, "drift-payments"],
] as const;
const changing = ROLES.map(
  ([value, environment_scope]) =>
    `PUT /variables/AWS_ROLE_ARN ${JSON.stringify({ value, filter: { environment_scope } })}`,
);
const approving = [
  `PATCH ${BRANCH} {"code_owner_approval_required":true}`,
  'POST /approvals {"reset_approvals_on_push":true,"merge_requests_author_approval":false,"merge_requests_disable_committers_approval":true,"disable_overriding_approvers_per_merge_request":true}',
];
const PROTECTING =
  'POST /protected_branches {"name":"release/1","push_access_level":0,"merge_access_level":40,"allow_force_push":false}';

test("in GitLab Premium, owners must approve and only Maintainers deploy: what differs is repaired", () => {
  const { status, stderr, stdout, changes } = setUp({
    "GET ": {
      path_with_namespace: PROJECT.path,
      ci_config_path: "",
      merge_method: "merge",
      visibility: "private",
      shared_with_groups: SHARED,
      ci_pipeline_variables_minimum_override_role: "developer",
      ci_id_token_sub_claim_components: ["project_path"],
      only_allow_merge_if_pipeline_succeeds: false,
      allow_merge_on_skipped_pipeline: true,
      forking_access_level: "enabled",
      ci_push_repository_for_job_token_allowed: true,
      automatic_rebase_enabled: true,
      merge_pipelines_enabled: true,
      merge_trains_enabled: true,
    },
    [`GET ${BRANCH}`]: protection({}, 40),
    "PUT /variables/AWS_ROLE_ARN": new Error("404 Variable Not Found"),
    "GET /protected_environments/payments": new Error("404 Not found"),
    "GET /pipeline_schedules": [{ ref: "refs/heads/release/2" }],
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^GitLab Premium: owners must approve, and only Maintainers may merge and deploy\.\n/);
  expect(changes).toEqual([
    `PUT  ${JSON.stringify(SETTINGS)}`, // in one request
    ...[`DELETE ${BRANCH}`, PROTECTING, ...approving],
    ...ROLES.flatMap(([value, environment_scope], index) => [
      changing[index],
      `POST /variables ${JSON.stringify({ key: "AWS_ROLE_ARN", value, environment_scope })}`,
    ]),
    'POST /protected_environments {"name":"payments","deploy_access_levels":[{"access_level":40}]}', // drift is to wait for nobody
    'POST /pipeline_schedules {"description":"support-app: drift and doctor","ref":"release/1","cron":"47 3 * * *"}',
  ]);
});

test("a project that was set up keeps its settings, its stricter levels and the schedule that somebody has made", () => {
  const { ci_push_repository_for_job_token_allowed: _, ...settings } = SET_UP["GET "]; // GitLab before 17.2
  const { status, stdout, changes } = setUp({
    "GET ": { ...settings, allow_merge_on_skipped_pipeline: null, merge_trains_enabled: undefined },
    [`GET ${BRANCH}`]: protection({ merge_access_levels: [{ access_level: 40, group_id: 7 }] }),
  });
  expect(status).toBe(0);
  expect(stdout).toContain("settings: are there\n");
  expect(changes).toEqual([...approving, ...changing]);
});

test("GitLab Free requires no approval: the script says who decides, and sets all else", () => {
  const { status, stdout, changes } = setUp({
    "GET /protected_environments": new Error("404 Not Found"),
    "GET /protected_environments/payments": new Error("404 Not Found"),
    [`GET ${BRANCH}`]: new Error("404 Not found"),
    "GET /pipeline_schedules": [{ ref: "refs/heads/release/1" }],
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^GitLab Free can't require an approval: Maintainers decide what is merged and deployed\. Give that role only to people whom you trust with every account\.\n/,
  );
  expect(changes).toEqual([PROTECTING, ...changing]);
});

test.each<[string, object, string]>([
  [
    "the branch has no pipelines yet",
    { "GET /repository/files/.gitlab-ci.yml": new Error("404 File Not Found") },
    "Can't find .gitlab-ci.yml on release/1 in acme/platform/slack-access. Push everything that init has written: after this script, nobody can push to release/1.",
  ],
  [
    "the branch has no CODEOWNERS",
    { "GET /repository/files/.gitlab%2FCODEOWNERS/raw": new Error("404 File Not Found") },
    "Can't find .gitlab/CODEOWNERS on release/1 in acme/platform/slack-access. Write it with init, and push it.",
  ],
  [
    "nobody has named the owners",
    { "GET /repository/files/.gitlab%2FCODEOWNERS/raw": `* ${OWNERS_PLACEHOLDER}\n` },
    "Replace @YOUR-ORGANIZATION/YOUR-OWNERS in .gitlab/CODEOWNERS with a group that is a member of the project, and push it to release/1.",
  ],
  [
    "the group that approves isn't invited to the project",
    { "GET ": { path_with_namespace: PROJECT.path, shared_with_groups: [{ group_full_path: "acme/others" }] } },
    "@acme/owners in .gitlab/CODEOWNERS on release/1 is no member of acme/platform/slack-access, and GitLab ignores such owners. Invite it to the project, or name another group.",
  ],
  [
    "the person who approves is no member",
    { "GET /members/all": [{ username: "ada.l" }] },
    "@ada in .gitlab/CODEOWNERS on release/1 is no member of acme/platform/slack-access, and GitLab ignores such owners. Invite it to the project, or name another group.",
  ],
  [
    "no Maintainer is logged in",
    { "GET /variables": new Error("403 Forbidden") },
    "Can't read the variables of acme/platform/slack-access, as a Maintainer of the project can. Log in as one: glab auth login --hostname gitlab.example.com",
  ],
  [
    "the project has moved",
    { "GET ": { path_with_namespace: "acme/slack-access" } },
    "The project is at acme/slack-access, and the roles trust acme/platform/slack-access. Run bootstrap with that path.",
  ],
])("nothing is changed where %s, which a sentence says", (_, answers, sentence) => {
  const { changes, ...result } = setUp(answers);
  expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(`Nothing was changed. ${sentence}\n`) });
  expect(changes).toEqual([]);
});

const programs = folderInTests();

test("without the program glab or jq, nothing is changed, and the script names it", () => {
  const missing = (program: string) => `Nothing was changed. Can't find the program ${program}. Install it.\n`;
  expect(setUp({}, "/nowhere")).toMatchObject({ status: 1, stderr: missing("glab") });
  symlinkSync(execFileSync("which", ["bash"], { encoding: "utf8" }).trim(), programs("glab"));
  expect(setUp({}, programs())).toMatchObject({ status: 1, stderr: missing("jq") });
});

test.each<[string, object]>([
  ["lets Maintainers push", protection({}, 40)],
  ["lets Developers merge", protection({}, 0, 30)],
  ["lets a user push", protection({ push_access_levels: [{ access_level: 40, user_id: 5 }] })],
  ["lets a deploy key push", protection({ push_access_levels: [{ access_level: 0, deploy_key_id: 5 }] })],
  ["allows force pushes", protection({ allow_force_push: true })],
])("a protection that %s is replaced, and the script says so if GitLab refuses the new one", (_, live) => {
  const { status, stderr, changes } = setUp({
    [`GET ${BRANCH}`]: live,
    "POST /protected_branches": new Error("500 refused"),
  });
  expect(changes).toEqual([`DELETE ${BRANCH}`, PROTECTING]);
  expect([status, stderr]).toEqual([
    1,
    "glab: 500 refused\nrelease/1: isn't protected any more. Protect it now: nobody pushes, and Maintainers merge.\n",
  ]);
});

test.each(["PUT ", "POST /approvals", "POST /protected_environments", "GET /pipeline_schedules"])(
  "a refused %s ends the script with GitLab's error",
  (call) => {
    const { status, stderr, requests } = setUp({
      "GET ": { path_with_namespace: PROJECT.path, shared_with_groups: SHARED },
      [call]: new Error("403 refused"),
      "GET /protected_environments/payments": new Error("404 Not found"),
    });
    expect([status, stderr]).toEqual([1, "glab: 403 refused\n"]);
    expect(requests.at(-1)?.words.replace(/\?.*/, "")).toBe(call);
  },
);
