import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { JobEnvironment } from "../../../../cli/forge/bootstrap";
import { settingsOf, setupScript } from "../../../../cli/forge/gitlab/setup-script";
import type { Fields } from "../../../../common/fields";
import { fieldsIn } from "../../../../common/json";
import { requestProblemInTests } from "../../../support/gitlab-api";
import { listening, serverOf } from "../../../support/loopback";

const PROJECT = { host: "gitlab.example.com", path: "acme/platform/slack-access", branch: "release/1" };
const [DEPLOYER, READER] = ["deployer", "reader"].map((name) => `arn:aws:iam::111122223333:role/${name}`) as [
  string,
  string,
];
const ENVIRONMENTS: readonly JobEnvironment[] = [
  { name: "payments", roleArn: DEPLOYER, job: "deploy" },
  { name: "drift-payments", roleArn: READER, job: "drift" },
];

/** The GitLab CLI as far as the script uses it. It asks the stand-in, and prints the answer of a request that fails, too. */
const GLAB = `#!/usr/bin/env bash
unexpected() { echo "unexpected: glab $*" >&2; exit 9; }
[ "$1 $2 $3" = "api --hostname gitlab.example.com" ] || unexpected "$@"
shift 3
options=()
while [ $# -gt 1 ]; do
  case "$1" in
    --method) options+=(--request "$2") ;;
    --header) options+=(--header "$2") ;;
    --input) options+=(--data-binary "@$2") ;;
    *) unexpected "$@" ;;
  esac
  shift 2
done
answer="$(curl --silent --write-out '\\n%{http_code}' "\${options[@]}" "$GITLAB_STAND_IN/api/v4/$1")" || exit 9
status="\${answer##*$'\\n'}" text="\${answer%$'\\n'*}"
printf '%s\\n' "$text"
[ "$status" -lt 400 ] || { echo "glab: $(jq --raw-output .message <<<"$text") (HTTP $status)" >&2; exit 1; }
`;

/** A project as GitLab creates it. */
const created = () => ({
  settings: {
    path_with_namespace: PROJECT.path,
    ci_config_path: "",
    ci_pipeline_variables_minimum_override_role: "developer",
    ci_id_token_sub_claim_components: ["project_path", "ref_type", "ref"],
    only_allow_merge_if_pipeline_succeeds: false,
    allow_merge_on_skipped_pipeline: null as boolean | null,
    merge_method: "merge",
    forking_access_level: "enabled",
    visibility: "private",
  },
  branches: {} as Record<string, unknown>,
  variables: [] as Fields[],
  environments: {} as Record<string, unknown>,
  schedules: [] as Fields[],
  /** Who approves a merge request. In GitLab Free, nobody has to. */
  approvals: {} as Fields,
  isPremium: true,
  /** The files of the branch that deploys. */
  files: { ".gitlab-ci.yml": "", ".gitlab/CODEOWNERS": "[Access][1]\n* @acme/owners\n" } as Record<string, string>,
  /** Statuses in place of answers, by what is asked. */
  failures: {} as Record<string, number>,
});
const protection = (push: number, merge = 40) => ({
  push_access_levels: [{ id: 1, access_level: push, access_level_description: "x", user_id: null, group_id: null }],
  merge_access_levels: [{ id: 2, access_level: merge, access_level_description: "x", user_id: null, group_id: null }],
  ...{ allow_force_push: false, code_owner_approval_required: false },
});

let folder: string;
let state: ReturnType<typeof created>;
/** What was asked to change. */
let changes: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-glab-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/glab"), GLAB, { mode: 0o755 });
  state = created();
  changes = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const refused = (status: number, message: string): Answer => ({ status, body: { message } });
const orNotFound = (body: unknown): Answer => (body === undefined ? refused(404, "404 Not found") : ok(body));

function answerTo(call: string, name: string, body: Fields): Answer {
  const failure = state.failures[call];
  if (failure !== undefined) return refused(failure, `${failure} refused`);
  if (call.endsWith(" protected_environments") && !state.isPremium) return refused(404, "404 Not Found");
  if (!call.startsWith("GET ")) changes.push(`${call} ${name || JSON.stringify(body)}`);
  const levels = (access_level: unknown) => [{ id: 1, access_level }];
  switch (call) {
    case "GET ":
      return ok(state.settings);
    case "PUT ":
      return ok(Object.assign(state.settings, body));
    case "GET repository":
      return orNotFound(state.files[name]);
    case "GET variables":
      return ok(state.variables);
    case "POST approvals":
      return { status: 201, body: Object.assign(state.approvals, body) };
    case "PATCH protected_branches":
      return ok(Object.assign(fieldsIn(state.branches[name]), body));
    case "GET protected_branches":
      return orNotFound(state.branches[name]);
    case "DELETE protected_branches":
      delete state.branches[name];
      return { status: 204 };
    case "POST protected_branches": {
      const branch = String(body.name);
      if (state.branches[branch]) return refused(409, `Protected branch '${branch}' already exists`);
      state.branches[branch] = {
        push_access_levels: levels(body.push_access_level),
        merge_access_levels: levels(body.merge_access_level),
        allow_force_push: body.allow_force_push,
      };
      return { status: 201, body: state.branches[branch] };
    }
    case "PUT variables": {
      const { environment_scope } = fieldsIn(body.filter);
      const isMeant = (variable: Fields) => variable.key === name && variable.environment_scope === environment_scope;
      const variable = state.variables.find(isMeant);
      return orNotFound(variable && Object.assign(variable, { value: body.value }));
    }
    case "POST variables":
      state.variables.push(body);
      return { status: 201, body };
    case "GET protected_environments":
      return name === "" ? ok(Object.values(state.environments)) : orNotFound(state.environments[name]);
    case "POST protected_environments":
      state.environments[String(body.name)] = body;
      return { status: 201, body };
    case "GET pipeline_schedules":
      return ok(state.schedules.filter(({ active }) => active));
    case "POST pipeline_schedules":
      state.schedules.push({ ...body, ref: `refs/heads/${body.ref}`, active: true });
      return { status: 201, body };
    default:
      throw new Error(`${call} is documented, but the stand-in has no answer`);
  }
}

const requestProblem = requestProblemInTests();
let server: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  server = await listening(
    serverOf(({ method = "", url, headers }, outgoing, text) => {
      const { pathname, searchParams } = new URL(url ?? "", "http://localhost");
      const isJson = headers["content-type"] === "application/json";
      const payload = text === "" ? undefined : isJson ? JSON.parse(text) : { text };
      const problem = requestProblem(method, pathname, searchParams, payload);
      const parts = pathname.split("/").slice(5).map(decodeURIComponent);
      const [kind = "", name = ""] = [
        parts[0],
        parts
          .slice(1)
          .filter((part) => part !== "raw")
          .at(-1),
      ];
      const { status, body } = problem ? refused(400, problem) : answerTo(`${method} ${kind}`, name, payload ?? {});
      outgoing.writeHead(status, { "content-type": "application/json" });
      outgoing.end(typeof body === "string" ? body : JSON.stringify(body));
    }),
  );
});
afterAll(() => server.close());

const searchPath = () => `${join(folder, "bin")}${delimiter}${process.env.PATH}`;

/** Runs the script on the project, which it changes. */
async function runScript(programs = searchPath()) {
  writeFileSync(join(folder, "gitlab.sh"), setupScript(PROJECT, ENVIRONMENTS));
  const env = { PATH: programs, GITLAB_STAND_IN: server.url };
  return new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) =>
    execFile("bash", ["gitlab.sh"], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    ),
  );
}

test("in GitLab Premium, owners must approve and only Maintainers deploy; run again, nothing differs", async () => {
  const { stdout, ...rest } = await runScript();
  expect(rest).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^GitLab Premium: owners must approve, and only Maintainers may merge and deploy\.\n/);
  expect(state).toMatchObject({
    approvals: {
      ...{ reset_approvals_on_push: true, merge_requests_author_approval: false },
      ...{ merge_requests_disable_committers_approval: true, disable_overriding_approvers_per_merge_request: true },
    },
    settings: {
      ci_config_path: ".gitlab-ci.yml@acme/platform/slack-access:release/1",
      ci_pipeline_variables_minimum_override_role: "no_one_allowed",
      ci_id_token_sub_claim_components: ["project_path", "ref_type", "ref"],
      only_allow_merge_if_pipeline_succeeds: true,
      allow_merge_on_skipped_pipeline: null, // which isn't considered successful
      ...{ merge_method: "rebase_merge", forking_access_level: "disabled", visibility: "private" },
    },
    branches: {
      "release/1": {
        push_access_levels: [{ access_level: 0 }],
        merge_access_levels: [{ access_level: 40 }],
        ...{ allow_force_push: false, code_owner_approval_required: true },
      },
    },
    environments: { payments: { deploy_access_levels: [{ access_level: 40 }] } },
    schedules: [{ ref: "refs/heads/release/1", cron: "47 3 * * *" }],
  });
  expect(Object.keys(state.environments)).toEqual(["payments"]); // drift is to wait for nobody
  expect(state.variables).toEqual([
    { key: "AWS_ROLE_ARN", value: DEPLOYER, environment_scope: "payments" },
    { key: "AWS_ROLE_ARN", value: READER, environment_scope: "drift-payments" },
  ]);
  const before = structuredClone(state);
  expect(await runScript()).toMatchObject({ status: 0, stderr: "" });
  expect(state).toEqual(before);
});

test("GitLab Free requires no approval: the script says who decides, and sets all else", async () => {
  state.isPremium = false;
  const { status, stdout } = await runScript();
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^GitLab Free can't require an approval: Maintainers decide what is merged and deployed\. Give that role only to people whom you trust with every account\.\n/,
  );
  expect(state).toMatchObject({ approvals: {}, environments: {}, settings: { merge_method: "rebase_merge" } });
  expect(state.branches["release/1"]).toMatchObject({ push_access_levels: [{ access_level: 0 }] });
  expect(state.schedules).toHaveLength(1);
});

test.each<[string, () => unknown, string]>([
  [
    "the branch has no pipelines yet",
    () => delete state.files[".gitlab-ci.yml"],
    "Can't find .gitlab-ci.yml on release/1 in acme/platform/slack-access. Push everything that init has written: after this script, nobody can push to release/1.",
  ],
  [
    "the branch has no CODEOWNERS",
    () => delete state.files[".gitlab/CODEOWNERS"],
    "Can't find .gitlab/CODEOWNERS on release/1",
  ],
  [
    "nobody has named the owners",
    () =>
      Object.assign(state.files, {
        ".gitlab/CODEOWNERS": readFileSync("cli/commands/init/files/.gitlab/CODEOWNERS", "utf8"),
      }),
    "Replace @YOUR-ORGANIZATION/YOUR-OWNERS in .gitlab/CODEOWNERS with a group that is a member of the project, and push it to release/1.",
  ],
  [
    "no Maintainer is logged in",
    () => Object.assign(state.failures, { "GET variables": 403 }),
    "Can't read the variables of acme/platform/slack-access, as a Maintainer of the project can. Log in as one: glab auth login --hostname gitlab.example.com",
  ],
  [
    "the project has moved",
    () => Object.assign(state.settings, { path_with_namespace: "acme/slack-access" }),
    "The project is at acme/slack-access, and the roles trust acme/platform/slack-access. Run bootstrap with that path.",
  ],
])("nothing is changed where %s, which a sentence says", async (_, prepare, sentence) => {
  prepare();
  const before = structuredClone(state);
  const { status, stderr } = await runScript();
  expect(status).toBe(1);
  expect(stderr).toContain(`Nothing was changed. ${sentence}`);
  expect({ state, changes }).toEqual({ state: before, changes: [] });
});

test.each(["glab", "jq"])("without the program %s, nothing is changed, and the script names it", async (program) => {
  const programs = join(folder, "programs");
  mkdirSync(programs);
  for (const name of ["bash", "node", "glab", "jq"].filter((name) => name !== program)) {
    const path = execFileSync("which", [name], { encoding: "utf8", env: { PATH: searchPath() } }).trim();
    symlinkSync(path, join(programs, name));
  }
  const { status, stderr } = await runScript(programs);
  expect([status, stderr]).toEqual([1, `Nothing was changed. Can't find the program ${program}. Install it.\n`]);
  expect(changes).toEqual([]);
});

test("each setting that differs is changed in one request", async () => {
  Object.assign(state.settings, {
    ...{ ci_id_token_sub_claim_components: ["project_path"], allow_merge_on_skipped_pipeline: true },
    ci_push_repository_for_job_token_allowed: true,
    ...{ automatic_rebase_enabled: true, merge_pipelines_enabled: true, merge_trains_enabled: true },
  });
  expect(await runScript()).toMatchObject({ status: 0, stderr: "" });
  const expected = Object.fromEntries(Object.entries(settingsOf(PROJECT)).map(([name, [value]]) => [name, value]));
  expect(state.settings).toEqual({ ...expected, visibility: "private", path_with_namespace: PROJECT.path });
  expect(changes.filter((change) => change.startsWith("PUT  "))).toEqual([`PUT  ${JSON.stringify(expected)}`]);
});

test("settings that do as well, stricter levels and a schedule that somebody has made stay as they are", async () => {
  Object.assign(state.settings, { allow_merge_on_skipped_pipeline: false });
  const levels = { ...protection(0), merge_access_levels: [{ access_level: 40, group_id: 7 }] };
  state.branches["release/1"] = levels;
  state.environments.payments = { name: "payments", deploy_access_levels: [{ group_id: 7 }] };
  state.schedules = [{ ref: "release/1", cron: "0 1 * * *", active: true }];
  const before = structuredClone(state);
  expect(await runScript()).toMatchObject({ status: 0 });
  expect(state.settings.allow_merge_on_skipped_pipeline).toBe(false);
  for (const part of ["environments", "schedules"] as const) expect(state[part]).toEqual(before[part]);
  expect(state.branches["release/1"]).toEqual({ ...levels, code_owner_approval_required: true });
});

test.each<[string, object]>([
  ["is GitLab's default, to which Maintainers push", protection(40)],
  ["lets Developers merge", protection(0, 30)],
  ["lets a user push", { ...protection(0), push_access_levels: [{ access_level: 40, user_id: 5 }] }],
  ["lets a deploy key push", { ...protection(0), push_access_levels: [{ access_level: 0, deploy_key_id: 5 }] }],
  ["allows force pushes", { ...protection(0), allow_force_push: true }],
])("a protection that %s is replaced", async (_, live) => {
  state.branches["release/1"] = live;
  expect(await runScript()).toMatchObject({ status: 0 });
  expect(state.branches["release/1"]).toMatchObject({
    ...{ push_access_levels: [{ access_level: 0 }], merge_access_levels: [{ access_level: 40 }] },
    allow_force_push: false,
  });
});

test("a branch that isn't protected any more, since GitLab refuses the new protection, is reported at once", async () => {
  state.branches["release/1"] = protection(40);
  state.failures = { "POST protected_branches": 500 };
  const { status, stderr } = await runScript();
  expect(status).toBe(1);
  expect(stderr).toContain(
    "release/1: isn't protected any more. Protect it now: nobody pushes, and Maintainers merge.",
  );
});

test.each([
  "PUT ",
  "PATCH protected_branches",
  "POST approvals",
  "POST protected_environments",
  "GET pipeline_schedules",
])("a refused %s ends the script with GitLab's error", async (call) => {
  state.failures = { [call]: 403 };
  const { status, stderr } = await runScript();
  expect(status).not.toBe(0);
  expect(stderr).toContain("403 refused (HTTP 403)");
});

test("the role of an environment is changed, and a variable of another scope isn't", async () => {
  state.variables = [
    { key: "AWS_ROLE_ARN", value: "old", environment_scope: "payments" },
    { key: "AWS_ROLE_ARN", value: "wide", environment_scope: "*" },
  ];
  expect(await runScript()).toMatchObject({ status: 0 });
  expect(state.variables).toEqual([
    { key: "AWS_ROLE_ARN", value: DEPLOYER, environment_scope: "payments" },
    { key: "AWS_ROLE_ARN", value: "wide", environment_scope: "*" },
    { key: "AWS_ROLE_ARN", value: READER, environment_scope: "drift-payments" },
  ]);
});
