import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { policyText } from "../support/policy-text";
import { sample } from "../support/thorough";
import { iamIn, newAccount } from "./support/account";
import { TRACING } from "./support/ci-runner";
import type { Files } from "./support/committed-repository";
import { createBucket } from "./support/examples";
import { createProject, deployed, type Project, removeProjects } from "./support/project";
import {
  ACCESS,
  BROAD,
  environmentsYaml,
  NARROW,
  REFUSED,
  REVIEW_SCENARIOS,
  type ReviewScenario,
  withEnvironments,
} from "./support/review-scenarios";
import { openPullRequest } from "./support/workflows/pull-request";
import {
  createWorkflowRepository,
  thoroughWorkflowTest,
  type WorkflowRepository,
  type WorkflowRun,
  workflowTest,
} from "./support/workflows/workflow-runs";

const MAIN = `${TRACING}import { synthesize } from "cdktf-support-app-access/stacks";\nsynthesize();\n`;
const REVIEW = ".github/workflows/review.yml";
const accounts = new Map(["paid", "free"].map((name) => [name, newAccount()]));

let repository: WorkflowRepository;
let buckets: ReadonlyMap<string, string>;
beforeAll(async () => {
  buckets = new Map(
    await Promise.all(
      [...accounts].map(async ([name, account]): Promise<[string, string]> => [name, await createBucket(account)]),
    ),
  );
  repository = await createWorkflowRepository(
    environmentsYaml({ paid: NARROW }),
    (environment) => accounts.get(environment.replace("plan-", "")) ?? "",
  );
});
beforeEach(() => repository.reset());
afterAll(() => repository?.close());

/** An environments.yaml with those environments. */
function environments(settings: Readonly<Record<string, string>>): string {
  return environmentsYaml(
    settings,
    (name) => accounts.get(name),
    (name) => buckets?.get(name),
  );
}

/** The same, with accounts that the emulated AWS has. */
const withAccounts = (settings: Readonly<Record<string, string>>): Files => ({
  "environments.yaml": environments(settings),
});

type Run = Omit<ReviewScenario, "title">;

/** What only GitHub has. */
const GITHUB_SCENARIOS: readonly (readonly [string, () => Run])[] = [
  [
    "from a fork passes, and writes nothing but the summary",
    () => ({
      change: withEnvironments({ paid: BROAD }),
      isFork: true,
      variables: { SUPPORT_APP_PLAN: "true" },
      jobs: ACCESS,
      report: /People gain access in 1 of 1 environment/,
    }),
  ],
  [
    "whose own job names a second artifact, which may come later, is refused and not planned",
    () => ({
      change: {
        ...withEnvironments({ paid: NARROW }),
        [REVIEW]: repository
          .firstText(REVIEW)
          .replace("head: ${{ steps.head.outputs.artifact-id }}", "head: ${{ steps.head.outputs.artifact-id }},2"),
      },
      variables: { SUPPORT_APP_PLAN: "true" },
      jobs: REFUSED,
      report: /It is unknown what access this pull request gives or takes/,
    }),
  ],
  [
    "that changes the workflow's steps runs them without credentials in the job that has its code",
    () => ({
      change: {
        [REVIEW]: repository
          .firstText(REVIEW)
          .replace("run: npm run synth 2>&1", "run: npm run synth 2>&1 && node --print 1"),
      },
      jobs: ACCESS,
      report: /Nobody's access changes/,
    }),
  ],
];
const SCENARIOS = [
  ...REVIEW_SCENARIOS.map(({ title, ...scenario }): [string, () => Run] => [title, () => scenario]),
  ...GITHUB_SCENARIOS,
];

async function review(event: ReturnType<typeof openPullRequest>, variables: Readonly<Record<string, string>> = {}) {
  return repository.run("review.yml", { ...event, variables });
}

workflowTest.each(sample(SCENARIOS, 10, 2))("a pull request %s", async (_, scenarioOf) => {
  const { base = {}, change, isFork = false, variables = {}, jobs, report } = scenarioOf();
  const event = openPullRequest(repository, base, { "main.ts": MAIN, ...change }, isFork);
  const run = await review(event, variables);
  expect(run).toMatchObject({ jobs, summary: expect.stringMatching(report) });
  const { github, refusals, requests, credentials } = repository.standIn;
  expect(github.comments.map(({ body }) => body)).toEqual(isFork ? [] : [expect.stringMatching(report)]);
  const writes = requests.map(({ call }) => call).filter((call) => !call.startsWith("GET "));
  expect(writes).toEqual(isFork ? [] : ["POST /repos/acme/access/issues/7/comments"]);
  expect({ refusals, credentials }).toEqual({ refusals: [], credentials: [] });
  expect(requests.filter(({ job }) => job !== "access")).toEqual([]);
  // The pull request's code runs in one job, in which nothing is worth anything.
  const traces = repository.traces();
  expect(new Set(traces.map(({ job }) => job))).toEqual(new Set(["synth"]));
  expect(traces.flatMap((trace) => trace.variables.filter((name) => /^AWS_(ACCESS|SECRET)|TOKEN/.test(name)))).toEqual(
    [],
  );
});

const WAITING = /\*\*Plans are running\*\* for paid\./;

thoroughWorkflowTest(
  "a newer push cancels the run of an earlier one, and its own report takes the place of that report",
  async () => {
    const base = withAccounts({ paid: BROAD });
    const earlier = openPullRequest(repository, base, withAccounts({ paid: NARROW }));
    const variables = { SUPPORT_APP_PLAN: "true" };
    const run = await repository.run("review.yml", { ...earlier, variables, cancelledAt: "plan" });
    expect(Object.keys(run.jobs)).not.toContain("plans");
    const { github, refusals } = repository.standIn;
    expect(github.comments).toEqual([expect.objectContaining({ body: expect.stringMatching(WAITING) })]);

    const newer = openPullRequest(repository, base, { "docs/page.md": "Words.\n" });
    expect(await review(newer, variables)).toMatchObject({ jobs: ACCESS });
    expect(github.comments).toEqual([
      expect.objectContaining({ body: expect.stringContaining("Nobody's access changes") }),
    ]);
    expect(github.comments[0]?.body).not.toMatch(WAITING);
    expect(refusals).toEqual([]);
  },
);

describe("with plans switched on, and environments that are deployed,", () => {
  const DEPLOYED = { paid: BROAD, free: BROAD };
  const remaining = new Map(accounts);
  let project: Project;
  beforeAll(() => {
    project = createProject("workflow-review", environments(DEPLOYED));
  });
  afterAll(removeProjects);

  /** Runs the workflow for a pull request that changes those environments. */
  async function plan(change: Readonly<Record<string, string>>): Promise<WorkflowRun> {
    for (const name of Object.keys(change)) {
      const account = remaining.get(name);
      if (account !== undefined) await deployed(project, name, { as: account });
      remaining.delete(name);
    }
    const after = withAccounts({ ...DEPLOYED, ...change });
    const jobs = Object.keys(change).map((name) => ({ name: `plan (${name})`, conclusion: "success" }));
    repository.standIn.github.jobs.push(...jobs); // act knows no API
    const event = openPullRequest(repository, withAccounts(DEPLOYED), { "main.ts": MAIN, ...after });
    return review(event, { SUPPORT_APP_PLAN: "true" });
  }

  const PLANS: readonly (readonly [string, readonly string[]])[] = [
    ["no environment", []],
    ["one environment", ["paid"]],
    ["two environments", ["paid", "free"]],
  ];

  workflowTest.each(sample(PLANS, 3, 1))("a pull request that plans %s passes", async (_, names) => {
    const run = await plan(Object.fromEntries(names.map((name) => [name, NARROW])));
    const planJobs = Object.fromEntries(names.map((name) => [`plan (${name})`, "success"]));
    expect(run.jobs).toEqual({ ...ACCESS, ...planJobs, ...(names.length > 0 ? { plans: "success" } : {}) });
    const { github, refusals, credentials } = repository.standIn;
    expect(github.comments).toHaveLength(1);
    for (const name of names)
      expect(github.comments[0]?.body).toContain(`| ${name} | changes | \`aws_iam_policy.full\` |`);
    expect(refusals).toEqual([]);
    const byName = names.map((name) => ({ job: "plan", environment: `plan-${name}` }));
    expect(new Set(credentials)).toEqual(new Set(byName));
    expect(new Set(repository.traces().map(({ job }) => job))).toEqual(new Set(["synth"]));
  });

  thoroughWorkflowTest("a plan after a change by hand says what it is", async () => {
    const Deny = { Effect: "Deny", Action: "support:ResolveCase", Resource: "*" };
    const RoleName = "AWSSupportAppFullRole";
    const policy = { RoleName, PolicyName: "by-hand", PolicyDocument: policyText(Deny) };
    await iamIn(accounts.get("paid") ?? "").send(new PutRolePolicyCommand(policy));
    const run = await plan({ paid: NARROW });
    expect(run.jobs).toEqual({ ...ACCESS, "plan (paid)": "success", plans: "success" });
    expect(repository.standIn.github.comments).toEqual([
      expect.objectContaining({ body: expect.stringMatching(/### Changed by hand[\s\S]*by-hand/) }),
    ]);
  });
});
