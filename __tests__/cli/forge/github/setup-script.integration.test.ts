import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import type { JobEnvironment } from "../../../../cli/forge/bootstrap";
import { setupScript } from "../../../../cli/forge/github/setup-script";
import { folderInTests } from "../../../support/folder";

const REPOSITORY = "acme/slack-access";
const [DEPLOYER, READER] = ["deployer", "reader"].map((name) => `arn:aws:iam::111122223333:role/${name}`) as [
  string,
  string,
];
const ENVIRONMENTS: readonly JobEnvironment[] = [
  { name: "payments", roleArn: DEPLOYER, job: "deploy" },
  { name: "plan-payments", roleArn: READER, job: "plan" },
];

/** The GitHub CLI as far as the script uses it: GitHub is a file, and jq filters an answer as gh does. */
const GH = `#!${process.execPath}
const { execFileSync } = require("node:child_process"), fs = require("node:fs");
const github = JSON.parse(fs.readFileSync(process.env.GITHUB, "utf8"));
const values = {}, fields = {}, words = [];
for (let args = process.argv.slice(2); args.length > 0; ) {
  const word = args.shift();
  if (["--paginate", "--silent"].includes(word)) continue;
  if (word === "-f") Object.assign(fields, Object.fromEntries([args.shift().split("=")]));
  else if (word.startsWith("--")) values[word.slice(2)] = args.shift();
  else words.push(word);
}
const answerWith = (status, body) => {
  fs.writeFileSync(process.env.GITHUB, JSON.stringify(github));
  if (status >= 400) { console.error("gh: " + body + " (HTTP " + status + ")"); process.exit(1); }
  if (values.jq) fs.writeSync(1, execFileSync("jq", ["--raw-output", values.jq], { input: JSON.stringify(body) }));
  process.exit(0);
};
const method = values.method ?? "GET";
const [path] = (words[1] ?? "").split("?");
const body = values.input === "-" ? JSON.parse(fs.readFileSync(0, "utf8")) : fields;
const call = words.join(" ") === "variable set AWS_ROLE_ARN" ? "variable" : method + " " + path.replace("repos/" + values.repo, "").replace("repos/${REPOSITORY}", "");
if (method !== "GET" || call === "variable") github.changes.push(call);
const [, kind, name, policies, id] = call.split(" ")[1]?.split("/") ?? [];
const environment = github.environments.find((candidate) => candidate.name === (values.env ?? name));
if (call === "variable") { environment.role = values.body; answerWith(200); }
if (github.refusals[call]) answerWith(403, github.refusals[call]);
if (call === "GET ") answerWith(200, github.repository);
if (call === "GET /codeowners/errors") github.owners ? answerWith(200, { errors: github.owners }) : answerWith(404, "Not Found");
if (call === "GET /rulesets") answerWith(200, github.rulesets);
if (call === "POST /rulesets") answerWith(201, github.rulesets.push({ ...body, id: 40 + github.rulesets.length }));
if (kind === "rulesets" && method === "PUT") answerWith(200, Object.assign(github.rulesets.find((set) => String(set.id) === name), body));
if (call === "GET /environments") answerWith(200, { environments: github.environments });
if (kind !== "environments") answerWith(404, "unexpected: " + call);
if (!policies && method === "PUT") {
  const { deployment_branch_policy = null, ...rules } = body;
  const made = environment ?? { name, policies: [] };
  if (!environment) github.environments.push(made);
  const protection_rules = rules.reviewers ? [{ type: "required_reviewers", prevent_self_review: rules.prevent_self_review, reviewers: rules.reviewers.map(({ type, id }) => ({ type, reviewer: { id } })) }] : [];
  answerWith(200, Object.assign(made, { deployment_branch_policy, protection_rules }));
}
if (!policies) answerWith(200, environment);
if (!environment.deployment_branch_policy?.custom_branch_policies) answerWith(404, "Not Found");
if (method === "POST") environment.policies.push({ id: 70 + environment.policies.length, ...body });
if (method === "DELETE") environment.policies = environment.policies.filter((policy) => String(policy.id) !== id);
answerWith(200, { branch_policies: environment.policies });
`;

const limited = { protected_branches: false, custom_branch_policies: true };
const reviewers = (prevent: boolean) => ({
  ...{ type: "required_reviewers", prevent_self_review: prevent },
  reviewers: [{ type: "Team", reviewer: { id: 9 } }],
});

/** A private repository of an organization with GitHub Team, to which everything was pushed. */
const pushed = () => ({
  repository: { full_name: REPOSITORY, visibility: "private", permissions: { admin: true } },
  owners: [] as object[] | null,
  rulesets: [{ id: 7, name: "of the organization's own" }] as Record<string, unknown>[],
  environments: [] as Record<string, unknown>[],
  /** What GitHub says in place of an answer, by what is asked. */
  refusals: {} as Record<string, string>,
  changes: [] as string[],
});

const path = folderInTests();
let github: ReturnType<typeof pushed>;
beforeEach(() => {
  github = pushed();
  mkdirSync(path("bin"));
  writeFileSync(path("bin/gh"), GH, { mode: 0o755 });
});

/** Runs the script on the repository, which it changes. */
function runScript(searchPath = `${path("bin")}${delimiter}${process.env.PATH}`) {
  writeFileSync(path("github.json"), JSON.stringify(github));
  writeFileSync(path("github.sh"), setupScript(REPOSITORY, "release/1", ENVIRONMENTS));
  const env = { PATH: searchPath, GITHUB: path("github.json") };
  const { status, stdout, stderr } = spawnSync("/bin/bash", [path("github.sh")], { env, encoding: "utf8" });
  github = JSON.parse(readFileSync(path("github.json"), "utf8"));
  return { status, stdout, stderr };
}

test("on GitHub Team, owners must approve and only the branch deploys; run again, nothing differs", () => {
  const { stdout, ...rest } = runScript();
  expect(rest).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(
    "Private repository: owners must approve, and only release/1 deploys. Reviewers of environments take GitHub Enterprise.\n",
  );
  expect(github.rulesets[1]).toMatchObject({
    ...{ name: "support-app", target: "branch", enforcement: "active", bypass_actors: [] },
    conditions: { ref_name: { include: ["refs/heads/release/1"] } },
    rules: [
      {
        type: "pull_request",
        parameters: {
          ...{ require_code_owner_review: true, dismiss_stale_reviews_on_push: true },
          ...{ require_last_push_approval: true, required_approving_review_count: 1 },
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
  expect(github.environments).toEqual([
    {
      ...{ name: "payments", role: DEPLOYER, protection_rules: [], deployment_branch_policy: limited },
      policies: [{ id: 70, name: "release/1", type: "branch" }],
    },
    // A pull request's plan runs on no branch.
    { name: "plan-payments", role: READER, protection_rules: [], deployment_branch_policy: null, policies: [] },
  ]);
  const { changes: _, ...before } = github;
  expect(runScript()).toMatchObject({ status: 0, stderr: "" });
  expect(github).toMatchObject(before);
});

test("what differs is repaired: the ruleset, the branches of an environment, its role; its reviewers and other rulesets stay", () => {
  github.repository.visibility = "public";
  github.rulesets.push({ id: 8, name: "support-app", enforcement: "disabled", bypass_actors: [{ actor_id: 5 }] });
  github.environments = [
    {
      ...{ name: "payments", role: "old", protection_rules: [reviewers(true)], deployment_branch_policy: limited },
      policies: [
        { id: 1, name: "feature/*", type: "branch" },
        { id: 2, name: "release/1", type: "tag" },
      ],
    },
  ];
  const { status, stdout } = runScript();
  expect(status).toBe(0);
  expect(stdout).toContain("environments can have reviewers");
  expect(stdout).toContain("payments: feature/* can't run its jobs any more");
  expect(github.rulesets).toMatchObject([{ id: 7 }, { id: 8, enforcement: "active", bypass_actors: [] }]);
  expect(github.rulesets).toHaveLength(2);
  expect(github.environments[0]).toMatchObject({
    ...{ role: DEPLOYER, protection_rules: [reviewers(true)] },
    policies: [{ name: "release/1", type: "branch" }],
  });
});

test.each([
  ["any branch runs", null],
  ["each protected branch runs", { protected_branches: true, custom_branch_policies: false }],
])("an environment in which %s is limited to the branch, and keeps its reviewers", (_, deployment_branch_policy) => {
  github.environments = [
    { name: "payments", protection_rules: [reviewers(false)], deployment_branch_policy, policies: [] },
  ];
  expect(runScript().status).toBe(0);
  expect(github.environments[0]).toMatchObject({
    ...{ protection_rules: [reviewers(false)], deployment_branch_policy: limited },
    policies: [{ name: "release/1", type: "branch" }],
  });
});

test("an environment whose name differs in case gets no role that doesn't trust it, and the rest is set up", () => {
  github.environments = [{ name: "Payments", protection_rules: [], deployment_branch_policy: limited, policies: [] }];
  expect(runScript()).toMatchObject({
    status: 1,
    stderr: "payments: is called Payments, and its role trusts only payments. Delete it, and run this script again.\n",
  });
  expect(github.environments[0]).not.toHaveProperty("role");
  expect(github.rulesets).toHaveLength(2);
});

const UPGRADE = "Upgrade to GitHub Pro or make this repository public to enable this feature.";

test.each<[string, () => unknown, string]>([
  [
    "GitHub Free protects no branch",
    () => Object.assign(github.refusals, { "GET /rulesets": UPGRADE }),
    "GitHub Free can't protect a branch of a private repository, so nobody would have to approve anything. Use GitHub Team (for a person's repository: Pro), or make the repository public.",
  ],
  [
    "the rulesets can't be read for another reason",
    () => Object.assign(github.refusals, { "GET /rulesets": "no way" }),
    "Can't read the rulesets of acme/slack-access: gh: no way (HTTP 403)",
  ],
  [
    "nobody is logged in",
    () => Object.assign(github.refusals, { "GET ": "no way" }),
    "Can't read acme/slack-access. Log in to GitHub as an administrator of the repository: gh auth login",
  ],
  [
    "somebody else is logged in",
    () => Object.assign(github.repository.permissions, { admin: false }),
    "You aren't an administrator of acme/slack-access. Log in to GitHub as one: gh auth login",
  ],
  [
    "the repository has another name",
    () => Object.assign(github.repository, { full_name: "acme/Slack-Access" }),
    "The repository is called acme/Slack-Access, and the roles trust acme/slack-access. Run bootstrap with --repository acme/Slack-Access.",
  ],
  [
    "nothing was pushed",
    () => Object.assign(github, { owners: null }),
    "GitHub finds no CODEOWNERS on release/1. Push everything that init has written: after this script, nobody can push to release/1.",
  ],
  [
    "an owner doesn't exist",
    () => github.owners?.push({ path: ".github/CODEOWNERS", line: 3, kind: "Unknown owner", source: "* @a/b" }),
    "push them to release/1:\n.github/CODEOWNERS, line 3: Unknown owner: * @a/b\n",
  ],
])("nothing is changed where %s, which a sentence says", (_, prepare, sentence) => {
  prepare();
  const { status, stderr } = runScript();
  expect(status).toBe(1);
  expect(stderr).toContain("Nothing was changed. ");
  expect(stderr).toContain(sentence);
  expect(github.changes).toEqual([]);
});

test("without the GitHub CLI, the script says how to install it", () => {
  mkdirSync(path("none"));
  symlinkSync("/usr/bin/sed", path("none/sed"));
  expect(runScript(path("none"))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("Install the GitHub CLI"),
  });
});
