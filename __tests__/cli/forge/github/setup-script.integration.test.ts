import type { JobEnvironment } from "../../../../cli/forge/bootstrap";
import { setupScript } from "../../../../cli/forge/github/setup-script";
import { setupScriptInTests } from "../../../support/forge-cli";

const REPOSITORY = "acme/slack-access";
const [DEPLOYER, READER] = ["deployer", "reader"].map((name) => `arn:aws:iam::111122223333:role/${name}`) as [
  string,
  string,
];
const jobsIn = (name: string): JobEnvironment => ({ name, roleArn: DEPLOYER, job: "deploy" });
const PLANS: JobEnvironment = { name: "plan-payments", roleArn: READER, job: "plan" };

const LIMITED = { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } };
const OTHER_RULESET = { id: 7, name: "of the organization's own" };
const repository = (differences = {}) => ({
  full_name: REPOSITORY,
  visibility: "private",
  permissions: { admin: true },
  ...differences,
});
const environments = (...names: string[]) => ({ environments: names.map((name) => ({ name })) });

/** A repository that was set up. */
const SET_UP = {
  "GET ": repository(),
  "GET /rulesets": [OTHER_RULESET, { id: 8, name: "support-app" }, { id: 9, name: "support-app-tags" }],
  "GET /codeowners/errors": { errors: [] },
  "GET /environments": environments("payments", "plan-payments"),
  "GET /environments/payments": { ...LIMITED, protection_rules: [] },
  "GET /environments/payments/deployment-branch-policies": {
    branch_policies: [{ id: 1, name: "release/1", type: "branch" }],
  },
};

const runScript = setupScriptInTests("gh", `github.com/repos/${REPOSITORY}`);
const setUp = (answers: object, jobEnvironments = [jobsIn("payments"), PLANS], searchPath?: string) =>
  runScript(setupScript(REPOSITORY, "release/1", jobEnvironments), { ...SET_UP, ...answers }, searchPath);

const RULESET = JSON.stringify({
  name: "support-app",
  target: "branch",
  enforcement: "active",
  bypass_actors: [],
  conditions: { ref_name: { include: ["refs/heads/release/1"], exclude: [] } },
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
        required_status_checks: [{ context: "access", integration_id: 15368 }], // no other app's
      },
    },
    { type: "non_fast_forward" },
    { type: "deletion" },
  ],
});
/** A tag of that name would run the workflows of any commit. */
const TAG_RULESET = JSON.stringify({
  name: "support-app-tags",
  target: "tag",
  enforcement: "active",
  bypass_actors: [],
  conditions: { ref_name: { include: ["refs/tags/release/1"], exclude: [] } },
  rules: [{ type: "creation" }, { type: "update" }],
});
const NO_WORKFLOW_APPROVES = 'PUT /actions/permissions/workflow {"can_approve_pull_request_reviews":false}';
const UPDATING = [NO_WORKFLOW_APPROVES, `PUT /rulesets/9 ${TAG_RULESET}`, `PUT /rulesets/8 ${RULESET}`];
const limiting = (name: string, rules = {}) => `PUT /environments/${name} ${JSON.stringify({ ...rules, ...LIMITED })}`;
const allowing = (name: string) => `POST /environments/${name}/deployment-branch-policies name=release/1 type=branch`;
const giving = (role: string, name: string) =>
  `variable set AWS_ROLE_ARN --repo ${REPOSITORY} --env ${name} --body ${role}`;

test("a repository that was set up keeps its settings", () => {
  const { status, stderr, changes } = setUp({});
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(changes).toEqual([giving(DEPLOYER, "payments"), giving(READER, "plan-payments"), ...UPDATING]);
});

test("in a new repository, owners must approve and only the branch deploys, but plans, which run on no branch", () => {
  const { status, stdout, changes } = setUp({
    "GET /rulesets": [OTHER_RULESET],
    "GET /environments": environments(),
    "GET /environments/payments/deployment-branch-policies": { branch_policies: [] },
  });
  expect(status).toBe(0);
  expect(stdout).toContain(
    "Private repository: owners must approve, and only release/1 deploys. Reviewers of environments take GitHub Enterprise.\n",
  );
  expect(changes).toEqual([
    ...[limiting("payments"), allowing("payments"), giving(DEPLOYER, "payments")],
    ...["PUT /environments/plan-payments", giving(READER, "plan-payments"), NO_WORKFLOW_APPROVES],
    ...[TAG_RULESET, RULESET].map((ruleset) => `POST /rulesets ${ruleset}`),
  ]);
});

test("what differs is repaired, and an environment keeps its reviewers; one whose name differs in case, which the role doesn't trust, gets none", () => {
  // GIVEN
  const reviewers = { prevent_self_review: true, reviewers: [{ type: "Team", id: 9 }] };
  const protection_rules = [
    { type: "required_reviewers", ...reviewers, reviewers: [{ type: "Team", reviewer: { id: 9, name: "owners" } }] },
    { type: "wait_timer", wait_timer: 30 },
    { type: "branch_policy" },
  ];
  const unlimited = { branch_policies: [] };
  // WHEN
  const { status, stdout, stderr, changes } = setUp(
    {
      "GET ": repository({ visibility: "public" }),
      "GET /environments": environments("payments", "Search", "any", "protected"),
      "GET /environments/payments/deployment-branch-policies": {
        branch_policies: [
          { id: 1, name: "feature/*" },
          { id: 2, name: "release/1", type: "tag" },
        ],
      },
      "GET /environments/any": { deployment_branch_policy: null, protection_rules },
      "GET /environments/any/deployment-branch-policies": unlimited,
      "GET /environments/protected": {
        deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
        protection_rules: [],
      },
      "GET /environments/protected/deployment-branch-policies": unlimited,
    },
    ["payments", "search", "any", "protected"].map(jobsIn),
  );
  // THEN
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: "search: is called Search, and its role trusts only search. Delete it, and run this script again.\n",
  });
  expect(stdout).toContain("environments can have reviewers");
  expect(stdout).toContain("payments: feature/* can't run its jobs any more");
  expect(changes).toEqual([
    ...[1, 2].map((id) => `DELETE /environments/payments/deployment-branch-policies/${id}`),
    ...[allowing("payments"), giving(DEPLOYER, "payments")],
    ...[limiting("any", { ...reviewers, wait_timer: 30 }), allowing("any"), giving(DEPLOYER, "any")],
    ...[limiting("protected"), allowing("protected"), giving(DEPLOYER, "protected")],
    ...UPDATING,
  ]);
});

test.each<[string, object, string]>([
  [
    "GitHub Free protects no branch",
    { "GET /rulesets": new Error("Upgrade to GitHub Pro or make this repository public to enable this feature.") },
    "GitHub Free can't protect a branch of a private repository, so nobody would have to approve anything. Use GitHub Team (for a person's repository: Pro), or make the repository public.",
  ],
  [
    "the rulesets can't be read for another reason",
    { "GET /rulesets": new Error("no way (HTTP 403)") },
    "Can't read the rulesets of acme/slack-access: gh: no way (HTTP 403)",
  ],
  [
    "nobody is logged in",
    { "GET ": new Error("no way") },
    "Can't read acme/slack-access. Log in to GitHub as an administrator of the repository: gh auth login",
  ],
  [
    "somebody else is logged in",
    { "GET ": repository({ permissions: { admin: false } }) },
    "You aren't an administrator of acme/slack-access. Log in to GitHub as one: gh auth login",
  ],
  [
    "the repository has another name",
    { "GET ": repository({ full_name: "acme/Slack-Access" }) },
    "The repository is called acme/Slack-Access, and the roles trust acme/slack-access. Run bootstrap with --repository acme/Slack-Access.",
  ],
  [
    "nothing was pushed",
    { "GET /codeowners/errors": new Error("404 Not Found") },
    "GitHub finds no CODEOWNERS on release/1. Push everything that init has written: after this script, nobody can push to release/1.",
  ],
  [
    "an owner doesn't exist",
    {
      "GET /codeowners/errors": {
        errors: [{ path: ".github/CODEOWNERS", line: 3, kind: "Unknown owner", source: "* @a/b" }],
      },
    },
    "GitHub ignores lines of CODEOWNERS. Name owners who can write to the repository (a team needs that right itself), and push them to release/1:\n.github/CODEOWNERS, line 3: Unknown owner: * @a/b",
  ],
])("nothing is changed where %s, which a sentence says", (_, answers, sentence) => {
  const { changes, ...result } = setUp(answers);
  expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(`Nothing was changed. ${sentence}\n`) });
  expect(changes).toEqual([]);
});

test("without the GitHub CLI, the script says how to install it", () => {
  expect(setUp({}, [], "/nowhere")).toMatchObject({
    status: 1,
    stderr: "Nothing was changed. Can't find the program gh. Install the GitHub CLI: https://cli.github.com\n",
  });
});
