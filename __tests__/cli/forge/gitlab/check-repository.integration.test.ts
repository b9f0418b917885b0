import type { JobEnvironment } from "../../../../cli/forge/bootstrap";
import { checkProject, readableApi } from "../../../../cli/forge/gitlab/check-repository";
import type { RestApi } from "../../../../cli/forge/rest-api";
import { requestProblemInTests } from "../../../support/gitlab-api";
import { ACCOUNT } from "../../../support/live-account";
import { listening, serverOf } from "../../../support/loopback";

const PROJECT = { host: "gitlab.example.com", path: "acme/slack-access", branch: "main" };
const [DEPLOYER, READER] = ["deployer", "reader"].map((name) => `arn:aws:iam::${ACCOUNT}:role/support-app-${name}`) as [
  string,
  string,
];
const EXPECTED: readonly JobEnvironment[] = [
  { name: "payments", roleArn: DEPLOYER, job: "deploy" },
  ...(["doctor", "drift"] as const).map((job) => ({ name: `${job}-payments`, roleArn: READER, job })),
];

type Fields = Record<string, unknown>;

/** The project, as GitLab stores it. */
let settings: Fields;
let branches: Fields[];
let variables: Fields[];
let environments: Fields[];
let schedules: Fields[];
/** Statuses in place of answers, by what is asked. */
let failures: Map<string, number>;
let requests: string[];

const level = (access_level: number | null, access_level_description: string, fields: Fields = {}) => ({
  ...{ id: 1, access_level, access_level_description, user_id: null, group_id: null, ...fields },
});
const MAINTAINERS = level(40, "Maintainers");
const DEVELOPERS = level(30, "Developers + Maintainers");
const NOBODY = level(0, "No one");
const variable = (key: string, value: string | null, environment_scope: string, fields: Fields = {}) => ({
  ...{ variable_type: "env_var", key, value, environment_scope, protected: false, masked: false, hidden: false },
  ...{ raw: false, description: null, ...fields },
});

beforeEach(() => {
  settings = {
    ...{ id: 1, path_with_namespace: "acme/slack-access", default_branch: "main" },
    ci_config_path: ".gitlab-ci.yml@acme/slack-access:main",
    ci_pipeline_variables_minimum_override_role: "no_one_allowed",
    ci_id_token_sub_claim_components: ["project_path", "ref_type", "ref"],
    ...{
      only_allow_merge_if_pipeline_succeeds: true,
      allow_merge_on_skipped_pipeline: null,
      merge_method: "rebase_merge",
    },
    ...{ forking_access_level: "disabled", ci_push_repository_for_job_token_allowed: false },
  };
  const protection = { allow_force_push: false, code_owner_approval_required: true };
  branches = [{ id: 1, name: "main", push_access_levels: [NOBODY], merge_access_levels: [MAINTAINERS], ...protection }];
  variables = [
    variable("AWS_ROLE_ARN", DEPLOYER, "payments"),
    variable("AWS_ROLE_ARN", READER, "doctor-payments"),
    variable("AWS_ROLE_ARN", READER, "drift-payments"),
    variable("GITLAB_TOKEN", null, "support-app/ci", { masked: true, hidden: true }),
    variable("SUPPORT_APP_DEPLOY", "true", "*"),
  ];
  environments = [
    {
      ...{ name: "payments", deploy_access_levels: [MAINTAINERS], required_approval_count: 0 },
      approval_rules: [{ id: 1, group_id: 7, required_approvals: 1 }],
    },
  ];
  schedules = [{ id: 1, description: "nightly", ref: "refs/heads/main", cron: "47 3 * * *", active: true }];
  failures = new Map();
  requests = [];
});

const requestProblem = requestProblemInTests();
let server: Awaited<ReturnType<typeof listening>>;
let api: RestApi;
beforeAll(async () => {
  server = await listening(
    serverOf(({ method = "", url = "", headers }, outgoing, body) => {
      const { pathname, searchParams, origin } = new URL(url, `http://${headers.host}`);
      const path = pathname.replace("/api/v4/projects/acme%2Fslack-access", "");
      requests.push(`${method} ${path}`);
      const answers: Record<string, unknown> = {
        ...{ "": settings, "/protected_branches": branches, "/variables": variables },
        ...{ "/protected_environments": environments, "/pipeline_schedules": schedules },
      };
      const problem = requestProblem(method, pathname, searchParams, body === "" ? undefined : JSON.parse(body));
      const isAnswered = headers["private-token"] === "glpat-x" && path in answers;
      const status = problem === undefined ? (failures.get(path) ?? (isAnswered ? 200 : 404)) : 400;
      const answer = answers[path];
      const [page, size] = [Number(searchParams.get("page") ?? 1), Number(searchParams.get("per_page") ?? 20)];
      if (Array.isArray(answer) && answer.length > page * size)
        outgoing.setHeader("link", `<${origin}${pathname}?page=${page + 1}&per_page=${size}>; rel="next"`);
      outgoing.writeHead(status, { "content-type": "application/json" });
      const part = Array.isArray(answer) ? answer.slice((page - 1) * size, page * size) : answer;
      outgoing.end(JSON.stringify(status === 200 ? part : { message: `${status} refused` }));
    }),
  );
  api = { ...(readableApi({ GITLAB_TOKEN: "glpat-x" }, PROJECT) as RestApi), url: `${server.url}/api/v4` };
});
afterAll(() => server.close());

const shortfalls = async (branch = "main") =>
  (await checkProject(api, { ...PROJECT, branch }, EXPECTED)).map(
    ({ message, isUnknown }) => `${isUnknown ? "unknown: " : ""}${message}`,
  );

test("a project that is set up lacks nothing, and is only read", async () => {
  expect(await shortfalls()).toEqual([]);
  expect(requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
});

test("each setting that differs is listed, by GitLab's names for people and for its API", async () => {
  Object.assign(settings, {
    ...{ ci_config_path: "", ci_pipeline_variables_minimum_override_role: "developer", default_branch: "trunk" },
    ci_id_token_sub_claim_components: ["project_path"],
    ...{ only_allow_merge_if_pipeline_succeeds: false, allow_merge_on_skipped_pipeline: true, merge_method: "merge" },
    ...{ forking_access_level: "private", ci_push_repository_for_job_token_allowed: true },
    ...{ automatic_rebase_enabled: true, merge_pipelines_enabled: true, merge_trains_enabled: true },
  });
  expect(await shortfalls()).toEqual([
    "the default branch is trunk, expected main",
    'the setting "CI/CD configuration file" (ci_config_path) is "", expected ".gitlab-ci.yml@acme/slack-access:main"',
    'the setting "Minimum role to use pipeline variables" (ci_pipeline_variables_minimum_override_role) is "developer", expected "no_one_allowed"',
    'the setting "parts of the claim sub" (ci_id_token_sub_claim_components) is ["project_path"], expected ["project_path","ref_type","ref"]',
    'the setting "Pipelines must succeed" (only_allow_merge_if_pipeline_succeeds) is false, expected true',
    'the setting "Skipped pipelines are considered successful" (allow_merge_on_skipped_pipeline) is true, expected false',
    'the setting "Forks" (forking_access_level) is "private", expected "disabled"',
    'the setting "Allow Git push requests to the repository" (ci_push_repository_for_job_token_allowed) is true, expected false',
    'the setting "Merge method" (merge_method) is "merge", expected "rebase_merge"',
    'the setting "Automatic rebase" (automatic_rebase_enabled) is true, expected false',
    'the setting "Merged results pipelines" (merge_pipelines_enabled) is true, expected false',
    'the setting "Merge trains" (merge_trains_enabled) is true, expected false',
  ]);
});

test("settings that GitLab doesn't show are unknown", async () => {
  settings = { id: 1, path_with_namespace: PROJECT.path, default_branch: "main" };
  const lines = await shortfalls();
  expect(lines).toHaveLength(8);
  for (const line of lines)
    expect(line).toMatch(/^unknown: the setting ".*" \([a-z_]+\) is shown only to Maintainers of the project$/);
});

describe("the protection of the branch", () => {
  test("a branch without a protection is listed, also if one of a similar name has one", async () => {
    for (const name of ["mainframe", "ma.n", "release/*", "*x"]) {
      branches = [{ ...branches[0], name }];
      expect(await shortfalls()).toContain("the branch main isn't protected");
    }
  });

  test("whoever may push, and Developers who may merge, are listed, and so are force pushes", async () => {
    const key = level(0, "robot", { deploy_key_id: 3 });
    branches = [
      {
        ...{ ...branches[0], push_access_levels: [MAINTAINERS, key, level(null, "Alice", { user_id: 5 })] },
        ...{ merge_access_levels: [DEVELOPERS, level(null, "Bob", { user_id: 6 })], allow_force_push: true },
      },
    ];
    expect(await shortfalls()).toEqual([
      "the protection of the branch main lets Maintainers, robot, Alice push",
      "the protection of the branch main lets Developers + Maintainers merge",
      "the protection of the branch main allows force pushes",
    ]);
  });

  test("a protection with a wildcard counts, too, since GitLab takes the most permissive", async () => {
    branches.push({ ...branches[0], name: "m*n", push_access_levels: [MAINTAINERS] });
    expect(await shortfalls()).toEqual(["the protection m*n of the branch main lets Maintainers push"]);
    branches = branches.slice(1).map((branch) => ({ ...branch, push_access_levels: [NOBODY] }));
    expect(await shortfalls()).toEqual([]);
  });
});

describe("the variables", () => {
  test("roles that are missing, others or hidden are listed", async () => {
    variables = [
      variable("AWS_ROLE_ARN", READER, "payments"),
      variable("AWS_ROLE_ARN", null, "doctor-payments", { hidden: true }),
      ...variables.slice(3),
    ];
    expect(await shortfalls()).toEqual([
      `the environment payments has another AWS_ROLE_ARN: ${READER}, expected ${DEPLOYER}`,
      "unknown: the AWS_ROLE_ARN of the environment doctor-payments is hidden",
      "the environment drift-payments has no variable AWS_ROLE_ARN",
    ]);
  });

  test.each(["*", "drift-*"])("a role for the environments %s is listed, since more than one has it", async (scope) => {
    variables.push(variable("AWS_ROLE_ARN", READER, scope));
    expect(await shortfalls()).toEqual([`the variable AWS_ROLE_ARN has the scope ${scope}, expected one environment`]);
  });

  test.each(["*", "support-app/*", "production"])(
    "a token for the environments %s is listed, since other jobs get it",
    async (scope) => {
      variables.push(variable("GITLAB_TOKEN", "glpat-y", scope, { masked: true }));
      const words = `the variable GITLAB_TOKEN has the scope ${scope}, expected support-app/ci: code of merge requests could get it`;
      expect(await shortfalls()).toEqual([words]);
      variables = variables.filter(({ environment_scope }) => environment_scope !== "support-app/ci");
      expect(await shortfalls()).toEqual([
        words,
        "the project has no variable GITLAB_TOKEN with the scope support-app/ci",
      ]);
    },
  );

  test("a token that isn't masked, and authors who may approve, are listed", async () => {
    variables = [
      ...variables.slice(0, 3),
      variable("GITLAB_TOKEN", "glpat-y", "support-app/ci"),
      variable("SUPPORT_APP_AUTHOR_MAY_APPROVE", "true", "*"),
    ];
    expect(await shortfalls()).toEqual([
      "the variable GITLAB_TOKEN isn't masked",
      "the project's variable SUPPORT_APP_AUTHOR_MAY_APPROVE lets authors approve their own changes",
    ]);
    variables[4] = variable("SUPPORT_APP_AUTHOR_MAY_APPROVE", "false", "*");
    expect(await shortfalls()).toEqual(["the variable GITLAB_TOKEN isn't masked"]);
  });

  test("a variable that the answer's second page has is there", async () => {
    const fillers = Array.from({ length: 120 }, (_, index) => variable(`X${index}`, "x", "*"));
    variables = [...fillers, ...variables];
    expect(await shortfalls()).toEqual([]);
  });
});

describe("what GitLab Premium has", () => {
  test("deploys that nobody approves, or Developers start, and nightly jobs that would wait, are listed", async () => {
    const [payments] = environments;
    environments = [
      { ...payments, deploy_access_levels: [DEVELOPERS], approval_rules: [] },
      { ...payments, name: "drift-payments" },
    ];
    branches = [{ ...branches[0], code_owner_approval_required: false }];
    expect(await shortfalls()).toEqual([
      "the environment payments lets Developers + Maintainers deploy",
      "the environment payments requires no approval",
      "the environment drift-payments requires approvals, for which its nightly job would wait",
      "the protection of the branch main requires no approval from code owners",
    ]);
    environments = [{ ...payments, deploy_access_levels: [level(20, "Reporters + Developers + Maintainers")] }];
    expect(await shortfalls()).toContain("the environment payments lets Reporters + Developers + Maintainers deploy");
    environments = [{ ...payments, required_approval_count: 1, approval_rules: null }];
    expect(await shortfalls()).toEqual(["the protection of the branch main requires no approval from code owners"]);
    environments = [];
    expect(await shortfalls()).toContain("the environment payments isn't protected");
  });

  test.each([403, 404])("approvals of deploys are unknown where GitLab answers with %d, as in Free", async (status) => {
    failures.set("/protected_environments", status);
    const lines = await shortfalls();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      "unknown: who approves deploys can't be read (in GitLab Free, nobody is asked): GitLab answered GET /projects/acme%2Fslack-access/protected_environments",
    );
  });
});

test("a branch without a nightly pipeline is listed, also if another branch has one, or it is off", async () => {
  const expected = ["no pipeline of the branch main is scheduled, expected one each night"];
  for (const change of [{ ref: "refs/heads/other" }, { ref: "refs/tags/main" }, { active: false }]) {
    schedules = [{ ...schedules[0], ref: "main", active: true, ...change }];
    expect(await shortfalls()).toEqual(expected);
  }
  schedules = [{ ...schedules[0], ref: "main", active: true }];
  expect(await shortfalls()).toEqual([]);
});

test.each(["", "/protected_branches", "/variables", "/pipeline_schedules"])(
  "what GitLab doesn't let the token read is unknown: /projects/…%s",
  async (path) => {
    failures.set(path, 403);
    for (const line of await shortfalls()) {
      expect(line).toContain(`GitLab answered GET /projects/acme%2Fslack-access${path} with status 403`);
      expect(line).toMatch(
        /^unknown: .*Use the token of a Maintainer of the project, with the scope read_api\. Run the/,
      );
    }
    expect(await shortfalls()).not.toEqual([]);
  },
);

test("a project that can't be read is listed once, with what to do", async () => {
  failures.set("", 404);
  expect(await shortfalls()).toHaveLength(1);
  const unreachable = { ...api, url: "http://127.0.0.1:9" };
  const [shortfall, ...otherShortfalls] = await checkProject(unreachable, PROJECT, EXPECTED);
  expect(shortfall?.message).toMatch(
    /didn't answer GET .*Check that gitlab\.example\.com is where the project is\. Run the same command again\.$/,
  );
  expect(otherShortfalls).toEqual([]);
});

test("without a token, nothing is read, and a token is sent only to the project's GitLab", () => {
  for (const env of [{}, { GITLAB_TOKEN: "" }]) expect(readableApi(env, PROJECT)).toBeUndefined();
  const env = { GITLAB_TOKEN: "glpat-x", CI_API_V4_URL: "https://other.example.com/api/v4" };
  expect(readableApi(env, PROJECT)?.url).toBe("https://gitlab.example.com/api/v4");
  expect(() => readableApi({ GITLAB_TOKEN: "two words" }, PROJECT)).toThrow("a value that can't be a token");
});

test.each(["acme/renamed", "Acme/Slack-Access"])(
  "a project that GitLab calls %s now is listed, since the roles trust its old path",
  async (name) => {
    settings = { ...settings, path_with_namespace: name };
    expect(await shortfalls()).toEqual([
      `the repository is called ${name}, and the roles trust ${PROJECT.path}: run bootstrap with that name`,
    ]);
  },
);

test("a token that is protected is listed, since no review has it", async () => {
  variables = variables.map((item) => (item.key === "GITLAB_TOKEN" ? { ...item, protected: true } : item));
  expect(await shortfalls()).toEqual(["the variable GITLAB_TOKEN is protected, so no review has it"]);
});
