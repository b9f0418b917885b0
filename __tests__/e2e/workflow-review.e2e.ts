import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ALICE, BOB } from "../support/answering-github";
import { policyText } from "../support/policy-text";
import { isThorough, sample } from "../support/thorough";
import { iamIn, newAccount } from "./support/account";
import { createBucket } from "./support/examples";
import { createProject, deployed, removeProjects } from "./support/project";
import { approve, type Files, openPullRequest } from "./support/workflows/pull-request";
import {
  createWorkflowRepository,
  TRACING,
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
    environments({ paid: NARROW }),
    (environment) => accounts.get(environment.replace("plan-", "")) ?? "",
  );
});
beforeEach(() => repository.reset());
afterAll(() => repository?.close());

const CHANNELS = "channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]";
const NARROW = `full: { without: [live-chat], ${CHANNELS} }`;
const BROAD = `full: { ${CHANNELS} }`;
const ACCESS = { synth: "success", access: "success" };
const REFUSED = { synth: "success", access: "failure" };

/** An environments.yaml with those environments. */
function environments(settings: Readonly<Record<string, string>>): string {
  const entries = Object.entries(settings).map(([name, text]) => {
    const account = accounts.get(name) ?? `9${name.replace(/\D/g, "").padStart(11, "0")}`;
    const backend = `backend: { type: s3, bucket: ${buckets?.get(name) ?? "state"}, region: us-east-1 }`;
    return `  ${name}:\n    account: "${account}"\n    region: us-east-1\n    ${backend}\n    ${text}\n`;
  });
  return `environments:\n${entries.join("")}`;
}

const withEnvironments = (settings: Readonly<Record<string, string>>): Files => ({
  "environments.yaml": environments(settings),
});

/** Many environments, all with the same settings. */
const fleet = (size: number, text: string) =>
  Object.fromEntries(Array.from({ length: size }, (_, index) => [`team-${index + 1}`, text]));

/** A pull request, and what the run of its workflow is like. */
interface Scenario {
  readonly title: string;
  readonly base?: () => Files;
  readonly change: () => Files;
  readonly isFork?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  /** Who sets the label after a first run. */
  readonly approver?: typeof ALICE;
  /** Who opened it, if not alice. */
  readonly author?: typeof ALICE;
  /** Who pushed its branch, if not its author. */
  readonly pusher?: typeof ALICE;
  readonly jobs: WorkflowRun["jobs"];
  /** The summary has it and, unless it is from a fork, the comment. */
  readonly report: RegExp;
  readonly isLabeled?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  {
    title: "a pull request that changes a page of docs passes, and says that nobody's access changes",
    change: () => ({ "docs/page.md": "Words.\n" }),
    jobs: ACCESS,
    report: /Nobody's access changes/,
  },
  {
    title: "a pull request that takes access passes, and says what people lose",
    base: () => withEnvironments({ paid: BROAD }),
    change: () => withEnvironments({ paid: NARROW }),
    jobs: ACCESS,
    report: /`paid`: access is narrowed[\s\S]*\*\*lose\*\*:\n {2}- live-chat/,
  },
  {
    title: "a pull request that gives access fails until somebody approves it, and is labeled",
    change: () => withEnvironments({ paid: BROAD }),
    jobs: REFUSED,
    report: /`paid`: access is broadened[\s\S]*\*\*gain\*\*:\n {2}- live-chat/,
    isLabeled: true,
  },
  {
    title: "a pull request that somebody else approves passes",
    change: () => withEnvironments({ paid: BROAD }),
    approver: BOB,
    jobs: ACCESS,
    report: /This change \*\*is approved\*\*/,
    isLabeled: true,
  },
  {
    title: "a pull request that its author approves fails",
    change: () => withEnvironments({ paid: BROAD }),
    approver: ALICE,
    jobs: REFUSED,
    report: /set by `alice` at .*, doesn't approve it: that is the author of the pull request/,
    isLabeled: true,
  },
  {
    title: "a pull request that somebody approves who has pushed to it fails",
    change: () => withEnvironments({ paid: BROAD }),
    approver: BOB,
    pusher: BOB,
    jobs: REFUSED,
    report: /set by `bob` at .*, doesn't approve it/,
    isLabeled: true,
  },
  {
    title: "a bot's pull request that somebody approves who has pushed to it fails",
    change: () => withEnvironments({ paid: BROAD }),
    author: { id: 49699333, login: "dependabot[bot]", type: "Bot" },
    approver: BOB,
    pusher: BOB,
    jobs: REFUSED,
    report: /set by `bob` at .*, doesn't approve it: that person pushed to its branch/,
    isLabeled: true,
  },
  {
    title: "a pull request from a fork fails if it gives access, and writes nothing but the summary",
    change: () => withEnvironments({ paid: BROAD }),
    isFork: true,
    variables: { SUPPORT_APP_PLAN: "true" },
    jobs: REFUSED,
    report: /`paid`: access is broadened/,
  },
  {
    title: "a pull request that breaks environments.yaml fails, and says that its access is unknown",
    change: () => ({ "environments.yaml": "environments: [" }),
    jobs: { synth: "failure", access: "failure" },
    report: /It is unknown what access this pull request gives or takes[\s\S]*environments.yaml:1:/,
  },
  {
    title: "a pull request that can't be synthesized is planned by nobody, also with plans switched on",
    change: () => ({ "environments.yaml": environments({ paid: BROAD }).replace("channel: C01", "channel: 1") }),
    variables: { SUPPORT_APP_PLAN: "true" },
    jobs: { synth: "failure", access: "failure" },
    report: /It is unknown what access this pull request gives or takes[\s\S]*environments.yaml:\d+:/,
  },
  {
    title: "a pull request whose own job names a second artifact, which may come later, is refused and not planned",
    change: () => ({
      ...withEnvironments({ paid: NARROW }),
      [REVIEW]: repository
        .firstText(REVIEW)
        .replace("head: ${{ steps.head.outputs.artifact-id }}", "head: ${{ steps.head.outputs.artifact-id }},2"),
    }),
    variables: { SUPPORT_APP_PLAN: "true" },
    jobs: REFUSED,
    report: /It is unknown what access this pull request gives or takes/,
  },
  {
    title:
      "a pull request that changes the workflow's steps runs them without credentials in the job that has its code",
    change: () => ({
      [REVIEW]: repository
        .firstText(REVIEW)
        .replace("run: npm run synth 2>&1", "run: npm run synth 2>&1 && node --print 1"),
    }),
    jobs: ACCESS,
    report: /Nobody's access changes/,
  },
  {
    title: "a pull request that adds an environment fails until somebody approves it",
    change: () => withEnvironments({ paid: NARROW, free: "read-only: {}" }),
    jobs: REFUSED,
    report: /`free`: access is broadened/,
    isLabeled: true,
  },
  {
    title: "a pull request that retires an environment passes, and says what people lose",
    change: () => withEnvironments({ paid: `retired: true\n    ${NARROW}` }),
    jobs: ACCESS,
    report: /`paid`: access is narrowed[\s\S]*\*\*lose\*\*/,
  },
  {
    title: "a pull request that renames an environment fails until somebody approves it",
    base: () => withEnvironments({ free: NARROW }),
    change: () => ({ "environments.yaml": environments({ free: NARROW }).replace("  free:", "  renamed:") }),
    jobs: REFUSED,
    report: /renamed/,
    isLabeled: true,
  },
  {
    title: "a pull request that changes thirty environments has one comment about all of them",
    base: () => withEnvironments(fleet(30, BROAD)),
    change: () => withEnvironments(fleet(30, NARROW)),
    jobs: ACCESS,
    report: /30 environments?/,
  },
];

async function review(event: ReturnType<typeof openPullRequest>, variables: Readonly<Record<string, string>> = {}) {
  return repository.run("review.yml", { ...event, variables });
}

workflowTest.each(sample(SCENARIOS, 5, 2).map((scenario) => [scenario.title, scenario] as const))(
  "%s",
  async (_, scenario) => {
    const {
      base = () => ({}),
      change,
      isFork = false,
      variables = {},
      approver,
      author,
      pusher,
      jobs,
      report,
      isLabeled = false,
    } = scenario;
    const event = openPullRequest(repository, base(), { "main.ts": MAIN, ...change() }, isFork, pusher, author);
    if (approver !== undefined) {
      await review(event, variables);
      approve(repository, approver);
    }
    const run = await review(event, variables);
    expect(run).toMatchObject({ jobs, summary: expect.stringMatching(report) });
    const { github, refusals, requests, credentials } = repository.standIn;
    expect(github.comments.map(({ body }) => body)).toEqual(isFork ? [] : [expect.stringMatching(report)]);
    expect(github.labels.some(({ name }) => name === "access-broadened")).toBe(isLabeled);
    expect({ refusals, credentials }).toEqual({ refusals: [], credentials: [] });
    expect(requests.filter(({ job }) => job !== "access")).toEqual([]);
    // The pull request's code runs in one job, in which nothing is worth anything.
    const traces = repository.traces();
    expect(new Set(traces.map(({ job }) => job))).toEqual(new Set(["synth"]));
    expect(
      traces.flatMap((trace) => trace.variables.filter((name) => /^AWS_(ACCESS|SECRET)|TOKEN/.test(name))),
    ).toEqual([]);
  },
);

const WAITING = /\*\*Plans are running\*\* for `paid`/;

(isThorough ? workflowTest : test.skip)(
  "a newer push cancels the run of an earlier one, and its own report takes the place of that report",
  async () => {
    const base = withEnvironments({ paid: BROAD });
    const earlier = openPullRequest(repository, base, withEnvironments({ paid: NARROW }));
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
    expect({ labels: github.labels, refusals }).toEqual({ labels: [], refusals: [] });
  },
);

describe("with plans switched on, and two environments that are deployed,", () => {
  const DEPLOYED = { paid: BROAD, free: BROAD };
  beforeAll(async () => {
    const project = createProject("workflow-review", environments(DEPLOYED));
    for (const [name, account] of accounts) await deployed(project, name, { as: account });
  });
  afterAll(removeProjects);

  /** Runs the workflow for a pull request that changes those environments. */
  async function plan(change: Readonly<Record<string, string>>): Promise<WorkflowRun> {
    const after = withEnvironments({ ...DEPLOYED, ...change });
    const jobs = Object.keys(change).map((name) => ({ name: `plan (${name})`, conclusion: "success" }));
    repository.standIn.github.jobs.push(...jobs); // act knows no API
    const event = openPullRequest(repository, withEnvironments(DEPLOYED), { "main.ts": MAIN, ...after });
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
    const updates = github.comments[0]?.body.match(/^- updates `aws_iam_policy.full` \(`policy`\)\.$/gm) ?? [];
    expect(updates.length).toBe(Math.min(names.length, 1)); // what changes alike has one section
    for (const name of names) expect(github.comments[0]?.body).toContain(`\`${name}\``);
    expect(refusals).toEqual([]);
    const byName = names.map((name) => ({ job: "plan", environment: `plan-${name}` }));
    expect(new Set(credentials)).toEqual(new Set(byName));
    expect(new Set(repository.traces().map(({ job }) => job))).toEqual(new Set(["synth"]));
  });

  (isThorough ? workflowTest : test.skip)(
    "a plan with drift that a deploy would undo fails, since that gives access, and says what it is",
    async () => {
      const Deny = { Effect: "Deny", Action: "support:ResolveCase", Resource: "*" };
      const RoleName = "AWSSupportAppFullRole";
      const policy = { RoleName, PolicyName: "by-hand", PolicyDocument: policyText(Deny) };
      await iamIn(accounts.get("paid") ?? "").send(new PutRolePolicyCommand(policy));
      const run = await plan({ paid: NARROW });
      expect(run.jobs).toEqual({ ...ACCESS, "plan (paid)": "success", plans: "failure" });
      const { github } = repository.standIn;
      expect(github.comments).toEqual([
        expect.objectContaining({ body: expect.stringMatching(/\*\*gain\*\*:\n {2}- resolve-cases/) }),
      ]);
      expect(github.labels).toEqual([{ name: "access-broadened" }]);
    },
  );
});
