import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { JobEnvironment } from "../../../../cli/forge/bootstrap";
import { setupScript } from "../../../../cli/forge/gitlab/setup-script";

const PROJECT = { host: "gitlab.example.com", path: "acme/platform/slack-access", branch: "release/1" };
const [DEPLOYER, READER] = ["deployer", "reader"].map((name) => `arn:aws:iam::111122223333:role/${name}`) as [
  string,
  string,
];
const ENVIRONMENTS: readonly JobEnvironment[] = [
  { name: "payments", roleArn: DEPLOYER, job: "deploy" },
  { name: "drift-payments", roleArn: READER, job: "drift" },
];

/**
 * The GitLab CLI as far as the script uses it: it keeps the project as JSON, logs what it changes, and fails as GitLab does, whose
 * answer it prints also then.
 */
const GLAB = `#!/usr/bin/env node
const { readFileSync, writeFileSync, appendFileSync } = require("node:fs");
const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args.splice(args.indexOf(name), 2)[1] : undefined);
const [host, method = "GET", header, input] = ["--hostname", "--method", "--header", "--input"].map(option);
const [command, endpoint, ...rest] = args;
const unexpected = () => { console.error("unexpected: " + process.argv.slice(2).join(" ")); process.exit(9); };
if (command !== "api" || host !== "gitlab.example.com" || rest.length > 0) unexpected();
const body = input === "-" ? JSON.parse(readFileSync(0, "utf8")) : undefined;
if (body !== undefined && header !== "Content-Type: application/json") unexpected();
const state = JSON.parse(readFileSync("state.json", "utf8"));
const answer = (value) => console.log(JSON.stringify(value));
const refuse = (status, message) => {
  answer({ message });
  console.error("glab: " + message + " (HTTP " + status + ")");
  process.exit(1);
};
const url = new URL("https://gitlab/" + endpoint);
const prefix = "/projects/acme%2Fplatform%2Fslack-access";
if (!url.pathname.startsWith(prefix)) unexpected();
const [, kind = "", name = ""] = url.pathname.slice(prefix.length).split("/").map(decodeURIComponent);
const call = method + " " + kind;
const failure = state.failures[call];
if (failure !== undefined) refuse(failure, failure + " refused");
const levels = (level) => [{ id: 1, access_level: level }];
if (method !== "GET") appendFileSync("log", call + " " + (name || JSON.stringify(body)) + "\\n");
const calls = {
  "GET ": () => answer(state.settings),
  "PUT ": () => answer(Object.assign(state.settings, body)),
  "GET protected_branches": () => (state.branches[name] ? answer(state.branches[name]) : refuse(404, "404 Not found")),
  "DELETE protected_branches": () => delete state.branches[name],
  "POST protected_branches": () => {
    if (state.branches[body.name]) refuse(409, "Protected branch '" + body.name + "' already exists");
    state.branches[body.name] = {
      push_access_levels: levels(body.push_access_level),
      merge_access_levels: levels(body.merge_access_level),
      allow_force_push: body.allow_force_push,
    };
  },
  "PUT variables": () => {
    const scope = url.searchParams.get("filter[environment_scope]");
    const variable = state.variables.find((candidate) => candidate.key === name && candidate.environment_scope === scope);
    if (variable === undefined) refuse(404, "404 Variable Not Found");
    Object.assign(variable, body);
  },
  "POST variables": () => state.variables.push(body),
  "GET protected_environments": () => (state.environments[name] ? answer(state.environments[name]) : refuse(404, "404 Not found")),
  "POST protected_environments": () => { state.environments[body.name] = body; },
  "GET pipeline_schedules": () => answer(state.schedules.filter(({ active }) => active)),
  "POST pipeline_schedules": () => state.schedules.push({ ...body, ref: "refs/heads/" + body.ref, active: true }),
};
if (!(call in calls)) unexpected();
calls[call]();
writeFileSync("state.json", JSON.stringify(state));
`;

/** A project as GitLab creates it. */
const created = () => ({
  settings: {
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
  variables: [] as object[],
  environments: {} as Record<string, object>,
  schedules: [] as object[],
  failures: {} as Record<string, number>,
});
const protection = (push: number, merge = 40) => ({
  push_access_levels: [{ id: 1, access_level: push, access_level_description: "x", user_id: null, group_id: null }],
  merge_access_levels: [{ id: 2, access_level: merge, access_level_description: "x", user_id: null, group_id: null }],
  ...{ allow_force_push: false, code_owner_approval_required: false },
});

let folder: string;
let state: ReturnType<typeof created>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-glab-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/glab"), GLAB, { mode: 0o755 });
  writeFileSync(join(folder, "log"), "");
  state = created();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script on the project, which it changes. */
function runScript() {
  writeFileSync(join(folder, "state.json"), JSON.stringify(state));
  writeFileSync(join(folder, "gitlab.sh"), setupScript(PROJECT, ENVIRONMENTS));
  const env = { PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync("bash", ["gitlab.sh"], { cwd: folder, env, encoding: "utf8" });
  state = JSON.parse(readFileSync(join(folder, "state.json"), "utf8"));
  return { status, stdout, stderr };
}
const log = () => readFileSync(join(folder, "log"), "utf8");

test("the script sets up a new project, and run again, it changes nothing", () => {
  expect(runScript()).toMatchObject({ status: 0, stderr: "" });
  expect(state).toMatchObject({
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
        allow_force_push: false,
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
  const [before, changes] = [state, log()];
  expect(runScript()).toMatchObject({ status: 0, stderr: "" });
  expect(state).toEqual(before);
  const roles = "PUT variables AWS_ROLE_ARN\n";
  expect(log()).toBe(`${changes}${roles}${roles}`);
});

test("settings that do as well, a protection and a schedule that somebody has made stay as they are", () => {
  Object.assign(state.settings, { merge_method: "ff", allow_merge_on_skipped_pipeline: false });
  state.branches["release/1"] = { ...protection(0), merge_access_levels: [{ access_level: null, group_id: 7 }] };
  state.environments.payments = { name: "payments", deploy_access_levels: [{ group_id: 7 }] };
  state.schedules = [{ ref: "release/1", cron: "0 1 * * *", active: true }];
  const before = structuredClone(state);
  const { status, stdout } = runScript();
  expect(status).toBe(0);
  expect(stdout).toContain("release/1: is protected. Make sure that nobody may push to it");
  expect(state.settings.merge_method).toBe("ff");
  for (const part of ["branches", "environments", "schedules"] as const) expect(state[part]).toEqual(before[part]);
});

test.each<[string, object]>([
  ["lets Developers merge", protection(40, 30)],
  ["lets a user push", { ...protection(40), push_access_levels: [{ access_level: 40, user_id: 5 }] }],
  ["requires code owners", { ...protection(40), code_owner_approval_required: true }],
  ["is inherited from a group", { ...protection(40), inherited: true }],
])("a protection that %s isn't GitLab's default, and isn't replaced", (_, live) => {
  state.branches["release/1"] = live;
  expect(runScript()).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("release/1: is protected. Make sure"),
  });
  expect(state.branches["release/1"]).toEqual(live);
});

test("GitLab's default protection of a branch, to which Maintainers push, is replaced", () => {
  state.branches["release/1"] = protection(40);
  expect(runScript()).toMatchObject({ status: 0, stdout: expect.stringContaining("release/1: protected from pushes") });
  expect(state.branches["release/1"]).toMatchObject({ push_access_levels: [{ access_level: 0 }] });
});

test("a branch that isn't protected any more, since GitLab refuses the new protection, is reported at once", () => {
  state.branches["release/1"] = protection(40);
  state.failures = { "POST protected_branches": 500 };
  const { status, stderr } = runScript();
  expect(status).toBe(1);
  expect(stderr).toContain(
    "release/1: isn't protected any more. Protect it now: nobody pushes, and Maintainers merge.",
  );
});

test.each([403, 404])(
  "a GitLab without protected environments, which answers with %d, is said, and is no failure",
  (failure) => {
    state.failures = { "GET protected_environments": failure, "POST protected_environments": failure };
    expect(runScript()).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringContaining("payments: isn't protected, which takes GitLab Premium"),
    });
    expect(state.schedules).toHaveLength(1);
  },
);

test("an environment that can't be protected for another reason is reported, and the rest is set up", () => {
  state.failures = { "POST protected_environments": 422 };
  const { status, stderr } = runScript();
  expect(status).toBe(1);
  expect(stderr).toMatch(/^payments: can't be protected: .*422 refused/s);
  expect(state.schedules).toHaveLength(1);
});

test.each(["PUT ", "POST variables", "GET pipeline_schedules"])(
  "a refused %s ends the script with GitLab's error",
  (call) => {
    state.failures = { [call]: 403 };
    const { status, stderr } = runScript();
    expect(status).not.toBe(0);
    expect(stderr).toContain("403 refused (HTTP 403)");
  },
);

test("the role of an environment is changed, and a variable of another scope isn't", () => {
  state.variables = [
    { key: "AWS_ROLE_ARN", value: "old", environment_scope: "payments" },
    { key: "AWS_ROLE_ARN", value: "wide", environment_scope: "*" },
  ];
  expect(runScript()).toMatchObject({ status: 0 });
  expect(state.variables).toEqual([
    { key: "AWS_ROLE_ARN", value: DEPLOYER, environment_scope: "payments" },
    { key: "AWS_ROLE_ARN", value: "wide", environment_scope: "*" },
    { key: "AWS_ROLE_ARN", value: READER, environment_scope: "drift-payments" },
  ]);
});

test("the script ends with what is left to do by hand, first of all the token that only one environment has", () => {
  expect(runScript().stdout).toMatch(
    /Left to do by hand:\n- .*scope api.*--masked --scope support-app\/ci --repo https:\/\/gitlab\.example\.com\/acme\/platform\/slack-access/,
  );
});
