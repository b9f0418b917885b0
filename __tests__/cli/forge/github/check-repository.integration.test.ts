import type { JobEnvironment } from "../../../../cli/forge/bootstrap";
import type { Repository } from "../../../../cli/forge/github/api";
import { checkRepository, readableRepository } from "../../../../cli/forge/github/check-repository";
import { ACCOUNT } from "../../../support/live-account";
import { listening, serverOf } from "../../../support/loopback";

const REPOSITORY = "acme/slack-access";
const [DEPLOYER, READER] = ["deployer", "reader"].map((name) => `arn:aws:iam::${ACCOUNT}:role/support-app-${name}`) as [
  string,
  string,
];
const EXPECTED: readonly JobEnvironment[] = [
  { name: "payments", roleArn: DEPLOYER, job: "deploy" },
  ...(["plan", "doctor", "drift"] as const).map((job) => ({ name: `${job}-payments`, roleArn: READER, job })),
];
const ACTIONS = 15_368;

interface StoredEnvironment {
  readonly name: string;
  reviewers: object[];
  /** Whether whoever starts a job can't approve it. */
  isSelfReviewPrevented: boolean;
  canAdminsBypass: boolean;
  /** Undefined: any branch. */
  branches: { name: string; type: string }[] | "protected" | undefined;
  variables: { name: string; value: string }[];
}

/** The repository, as GitHub stores it. */
let stored: Map<string, StoredEnvironment>;
let isProtected: boolean;
let protection: Record<string, unknown>;
let rules: object[];
/** Of the repository itself. */
let repositoryVariables: { name: string; value: string }[];
/** What is wrong with CODEOWNERS. Undefined: there is none. */
let ownerErrors: object[] | undefined;
/** Statuses in place of answers, by what is asked. */
let failures: Map<string, number>;
let requests: string[];
/** What GitHub calls it now: it is found by an old name, too, and in any case. */
let fullName: string;

const environmentCalled = (name: string) => stored.get(name) as StoredEnvironment;
const reviewer = { type: "User", reviewer: { login: "alice" } };
const check = (context: string, app: number | null = ACTIONS) => ({ context, app_id: app });

beforeEach(() => {
  fullName = REPOSITORY;
  const create = (name: string, role: string, isReviewed: boolean, isBound: boolean): StoredEnvironment => ({
    name,
    ...{ reviewers: isReviewed ? [reviewer] : [], isSelfReviewPrevented: true },
    canAdminsBypass: !isReviewed, // where nobody reviews, there is nothing to bypass
    branches: isBound ? [{ name: "main", type: "branch" }] : undefined,
    variables: [{ name: "AWS_ROLE_ARN", value: role }],
  });
  stored = new Map(
    [
      create("payments", DEPLOYER, true, true),
      create("plan-payments", READER, true, false),
      create("doctor-payments", READER, false, true),
      create("drift-payments", READER, false, true),
    ].map((environment) => [environment.name, environment]),
  );
  isProtected = true;
  protection = {
    required_status_checks: {
      strict: true,
      contexts: ["access", "plans"],
      checks: ["access", "plans"].map((name) => check(name)),
    },
    enforce_admins: { url: "https://api.github.com/x", enabled: true },
    required_pull_request_reviews: {
      ...{ dismiss_stale_reviews: false, require_code_owner_reviews: true, require_last_push_approval: true },
      required_approving_review_count: 1,
      bypass_pull_request_allowances: { users: [], teams: [], apps: [] },
    },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
  };
  rules = [];
  repositoryVariables = [{ name: "SUPPORT_APP_PLAN", value: "true" }];
  ownerErrors = [];
  failures = new Map();
  requests = [];
});

/** An environment, as GitHub's REST API lists it. */
function listedEnvironment(environment: StoredEnvironment): object {
  const { name, reviewers, branches, isSelfReviewPrevented: prevent_self_review } = environment;
  const isCustom = Array.isArray(branches);
  return {
    ...{ id: 1, node_id: "x", name, can_admins_bypass: environment.canAdminsBypass },
    protection_rules: [
      ...(reviewers.length > 0 ? [{ id: 2, type: "required_reviewers", prevent_self_review, reviewers }] : []),
      ...(branches ? [{ id: 3, node_id: "y", type: "branch_policy" }] : []),
    ],
    deployment_branch_policy: branches ? { protected_branches: !isCustom, custom_branch_policies: isCustom } : null,
  };
}

/** What GitHub answers to a path below the repository, page by page. Undefined: 404. */
function answerTo(path: string, page: number, size: number): unknown {
  const part = (items: readonly object[]) => items.slice((page - 1) * size, page * size);
  const [, name = "", subresource = ""] = /^\/environments\/([^/]+)\/([\w-]+)$/.exec(path) ?? [];
  const environment = stored.get(name);
  if (path === "") return { full_name: fullName };
  if (path === "/environments")
    return { total_count: stored.size, environments: part([...stored.values()].map(listedEnvironment)) };
  if (environment && subresource === "variables")
    return { total_count: environment.variables.length, variables: part(environment.variables) };
  if (Array.isArray(environment?.branches) && subresource === "deployment-branch-policies")
    return { total_count: environment.branches.length, branch_policies: part(environment.branches) };
  if (path === "/actions/variables")
    return { total_count: repositoryVariables.length, variables: part(repositoryVariables) };
  if (path === "/codeowners/errors") return ownerErrors && { errors: ownerErrors };
  if (path === "/branches/main") return { name: "main", protected: isProtected };
  if (path === "/branches/main/protection" && Object.keys(protection).length > 0) return protection;
  return path === "/rules/branches/main" ? part(rules) : undefined;
}

let server: Awaited<ReturnType<typeof listening>>;
let forge: Repository;
beforeAll(async () => {
  server = await listening(
    serverOf(({ method, url = "", headers }, outgoing) => {
      const { pathname, searchParams } = new URL(url, "http://localhost");
      const path = pathname.replace(`/repos/${REPOSITORY}`, "");
      requests.push(`${method} ${path}`);
      const isAuthorized = headers.authorization === "bearer ghp_token" && pathname.startsWith(`/repos/${REPOSITORY}`);
      const answer = answerTo(path, Number(searchParams.get("page") ?? 1), Number(searchParams.get("per_page") ?? 30));
      const status = failures.get(path) ?? (isAuthorized && answer !== undefined ? 200 : 404);
      outgoing.writeHead(status, { "content-type": "application/json" });
      outgoing.end(JSON.stringify(status === 200 ? answer : { message: status === 404 ? "Not Found" : "Forbidden" }));
    }),
  );
  forge = readableRepository({ GITHUB_TOKEN: "ghp_token", GITHUB_API_URL: server.url }, REPOSITORY) as Repository;
});
afterAll(() => server.close());

const shortfalls = async (branch = "main") =>
  (await checkRepository(forge, branch, EXPECTED)).map(
    ({ message, isUnknown }) => `${isUnknown ? "unknown: " : ""}${message}`,
  );

test("a repository that is set up lacks nothing, and is only read", async () => {
  expect(await shortfalls()).toEqual([]);
  expect(requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
});

test("an environment that the answer's second page has is there", async () => {
  const entries = [...stored];
  stored = new Map(
    Array.from({ length: 35 }, (_, index) => [`x${index}`, { ...environmentCalled("payments"), name: `x${index}` }]),
  );
  for (const [name, environment] of entries) stored.set(name, environment);
  expect(await shortfalls()).toEqual([]);
});

test("an environment that is called otherwise only in case isn't right, since its role's trust is case-sensitive", async () => {
  stored.set("payments", { ...environmentCalled("payments"), name: "Payments" });
  expect(await shortfalls()).toEqual([
    "the environment payments is called Payments, and its role trusts only payments: delete it, and create it again",
  ]);
});

test("reviewers whom somebody can pass by are listed", async () => {
  for (const environment of stored.values())
    Object.assign(environment, { isSelfReviewPrevented: false, canAdminsBypass: true });
  expect(await shortfalls()).toEqual(
    ["payments", "plan-payments"].flatMap((name) => [
      `the environment ${name} lets whoever starts a job approve it`,
      `the environment ${name} lets administrators bypass its reviewers`,
    ]),
  );
});

test("repository variables that weaken the review, or give every job a role, are listed", async () => {
  repositoryVariables = [
    { name: "AWS_ROLE_ARN", value: DEPLOYER },
    { name: "SUPPORT_APP_AUTHOR_MAY_APPROVE", value: "true" },
  ];
  expect(await shortfalls()).toEqual([
    `the repository has the variable AWS_ROLE_ARN, which only environments may have: ${DEPLOYER}`,
    "the repository's variable SUPPORT_APP_AUTHOR_MAY_APPROVE lets authors approve their own changes",
  ]);
  repositoryVariables = [{ name: "SUPPORT_APP_AUTHOR_MAY_APPROVE", value: "false" }];
  expect(await shortfalls()).toEqual([]);
});

test("a line of CODEOWNERS that GitHub ignores, such as one with the owners of the template, is listed; no CODEOWNERS is unknown", async () => {
  const error = {
    kind: "Unknown owner",
    line: 6,
    path: ".github/CODEOWNERS",
    source: "* @OWNER/platform",
    message: "x",
  };
  ownerErrors = [error, { ...error, line: 9 }];
  expect(await shortfalls()).toEqual([
    ".github/CODEOWNERS in the branch main has an error in line 6, which GitHub ignores: Unknown owner",
    ".github/CODEOWNERS in the branch main has an error in line 9, which GitHub ignores: Unknown owner",
  ]);
  ownerErrors = undefined;
  expect(await shortfalls()).toEqual([
    "unknown: GitHub finds no CODEOWNERS in the branch main, or doesn't show it to this token",
  ]);
});

test("environments, reviewers, deployment branches and roles that are missing or otherwise are listed", async () => {
  stored.delete("drift-payments");
  environmentCalled("payments").reviewers = [];
  environmentCalled("payments").branches = undefined;
  environmentCalled("plan-payments").variables = [{ name: "OTHER", value: READER }];
  environmentCalled("doctor-payments").reviewers = [reviewer];
  environmentCalled("doctor-payments").branches = "protected";
  environmentCalled("doctor-payments").variables = [{ name: "AWS_ROLE_ARN", value: DEPLOYER }];
  expect(await shortfalls()).toEqual([
    "the environment payments has no reviewers",
    "any branch may run jobs in the environment payments, expected only main",
    "the environment plan-payments has no variable AWS_ROLE_ARN",
    "the environment doctor-payments has reviewers, for whom its nightly job would wait",
    "protected branches may run jobs in the environment doctor-payments, expected only main",
    `the environment doctor-payments has another AWS_ROLE_ARN: ${DEPLOYER}, expected ${READER}`,
    "the environment drift-payments is missing",
  ]);
});

test.each<[string, { name: string; type: string }[], string]>([
  [
    "another branch, too",
    [
      { name: "main", type: "branch" },
      { name: "feature/*", type: "branch" },
    ],
    "main, feature/*",
  ],
  ["a tag of the branch's name", [{ name: "main", type: "tag" }], "main"],
  ["no branch", [], "no branch"],
])("a deployment policy that lets in %s is listed", async (_, branches, words) => {
  environmentCalled("payments").branches = branches;
  expect(await shortfalls()).toEqual([`${words} may run jobs in the environment payments, expected only main`]);
});

const LACK = "the protection of the branch main";
const EVERY_LACK = [
  `${LACK} doesn't require the check access of GitHub Actions`,
  `${LACK} doesn't require the check plans of GitHub Actions`,
  `${LACK} doesn't require branches to be up to date`,
  `${LACK} doesn't require a review from code owners`,
  `${LACK} doesn't require an approval of the last push`,
  `${LACK} doesn't require an approving review`,
  `${LACK} doesn't forbid force pushes`,
  `${LACK} doesn't forbid deletions`,
];

describe("the protection of the branch", () => {
  test("a branch that is missing, or isn't protected, is listed", async () => {
    expect(await shortfalls("trunk")).toContain("the branch trunk is missing");
    isProtected = false;
    protection = {};
    expect(await shortfalls()).toEqual(["the branch main isn't protected"]);
  });

  test("everything that a protection doesn't require is listed", async () => {
    protection = { enforce_admins: { enabled: false } };
    expect(await shortfalls()).toEqual([...EVERY_LACK, `${LACK} lets administrators bypass it`]);
  });

  test("force pushes and deletions that are allowed, and whoever may bypass reviews, are listed", async () => {
    Object.assign(protection, { allow_force_pushes: { enabled: true }, allow_deletions: { enabled: true } });
    Object.assign(protection.required_pull_request_reviews as object, {
      bypass_pull_request_allowances: {
        users: [{ login: "mallory" }],
        teams: [{ slug: "platform" }],
        apps: [{ slug: "robot" }],
      },
    });
    expect(await shortfalls()).toEqual([
      ...EVERY_LACK.slice(6),
      `${LACK} lets mallory, platform, robot bypass its reviews`,
    ]);
  });

  test("checks that any app may set, and a required review of nobody, are listed", async () => {
    protection.required_status_checks = { strict: true, checks: [check("access", null), check("plans", 1)] };
    protection.required_pull_request_reviews = {
      require_code_owner_reviews: true,
      require_last_push_approval: true,
      required_approving_review_count: 0,
    };
    expect(await shortfalls()).toEqual([...EVERY_LACK.slice(0, 2), ...EVERY_LACK.slice(5, 6)]);
  });

  test("a ruleset may require it instead, and who may bypass that is unknown", async () => {
    protection = {};
    rules = [
      { type: "deletion", ruleset_id: 1 },
      { type: "non_fast_forward", ruleset_id: 1 },
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: true,
          required_status_checks: ["access", "plans"].map((context) => ({ context, integration_id: ACTIONS })),
        },
      },
      {
        type: "pull_request",
        parameters: {
          require_code_owner_review: true,
          require_last_push_approval: true,
          required_approving_review_count: 1,
        },
      },
    ];
    const bypass = "unknown: who may bypass the rulesets of the branch main isn't read";
    for (isProtected of [true, false]) expect(await shortfalls()).toEqual([bypass]);
    rules.pop();
    expect(await shortfalls()).toEqual([...EVERY_LACK.slice(3, 6), bypass]);
    rules = rules.slice(2);
    expect(await shortfalls()).toEqual([...EVERY_LACK.slice(3), bypass]);
  });

  test("a ruleset that adds to a protection may be bypassed by whoever isn't read", async () => {
    protection.required_pull_request_reviews = null;
    rules = [{ type: "pull_request", parameters: { require_code_owner_review: true } }];
    const bypass = "unknown: who may bypass the rulesets of the branch main isn't read";
    expect(await shortfalls()).toEqual([...EVERY_LACK.slice(4, 6), bypass]);
  });

  test("a protection that the token may not read is unknown", async () => {
    protection = {};
    expect(await shortfalls()).toEqual([
      "unknown: how the branch main is protected can be read only with the token of an administrator",
    ]);
  });
});

test.each([
  ["/environments", 403],
  ["/environments", 404],
  ["/environments/payments/variables", 403],
  ["/environments/payments/variables", 404],
  ["/environments/drift-payments/deployment-branch-policies", 403],
  ["/actions/variables", 403],
  ["/codeowners/errors", 403],
  ["/branches/main", 403],
  ["/branches/main/protection", 403],
  ["/rules/branches/main", 500],
])("what GitHub doesn't let the token read is unknown: %s, with status %d", async (path, status) => {
  failures.set(path, status);
  const lines = await shortfalls();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`unknown: GitHub answered GET /repos/acme/slack-access${path} with status ${status}`);
  if (status !== 500)
    expect(lines[0]).toMatch(/Use the token of an administrator of the repository\. Run the same command again\.$/);
});

test("without a token, nothing is read", () => {
  for (const env of [{}, { GITHUB_TOKEN: "" }]) expect(readableRepository(env, REPOSITORY)).toBeUndefined();
  expect(readableRepository({ GITHUB_TOKEN: "ghp_token" }, REPOSITORY)?.url).toBe("https://api.github.com");
});

test.each(["acme/renamed", "new-owner/slack-access", "Acme/Slack-Access"])(
  "a repository that GitHub calls %s now is listed, since the roles trust its old name",
  async (name) => {
    fullName = name;
    expect(await shortfalls()).toEqual([
      `the repository is called ${name}, and the roles trust ${REPOSITORY}: run bootstrap with that name`,
    ]);
  },
);
