import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { PROJECT_ID } from "../support/answering-gitlab";
import { policyText } from "../support/policy-text";
import { iamIn, newAccount, readAccount } from "./support/account";
import { TRACING } from "./support/ci-runner";
import type { Files } from "./support/committed-repository";
import { type Aws, startAws } from "./support/doctor";
import { createBucket } from "./support/examples";
import {
  createGitLabProject,
  type GitLabProject,
  type PipelineOptions,
  type PipelineRun,
  pipelineTest,
} from "./support/gitlab/pipelines";
import { createProject, deployed, removeProjects } from "./support/project";
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

const MAIN = `${TRACING}import { synthesize } from "cdktf-support-app-access/stacks";\nsynthesize();\n`;

let project: GitLabProject;
afterEach(() => expect(project.gitlab.undocumented).toEqual([]));

describe("a merge request:", () => {
  beforeAll(async () => {
    project = await createGitLabProject(environmentsYaml({ paid: NARROW }));
  });
  beforeEach(() => project.reset());
  afterAll(() => project?.close());

  interface MergeRequest {
    readonly base?: Files;
    readonly change: Files;
  }

  /** Opens merge request 7. Returns its last commit. */
  function open({ base = {}, change }: MergeRequest): string {
    const baseCommit = project.commit(base, [project.first]);
    project.setMain(baseCommit);
    const sha = project.commit({ "main.ts": MAIN, ...change }, [baseCommit]);
    project.gitlab.merge.sha = sha;
    return sha;
  }

  const PREDEFINED = {
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: String(PROJECT_ID),
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
  };
  const pipeline = (commit: string, options: Partial<PipelineOptions> = {}) =>
    project.run({
      commit,
      source: "merge_request_event",
      ...options,
      predefined: { ...PREDEFINED, ...options.predefined },
    });

  /** The report in the merge request's comment. Undefined: there is none. */
  const report = () => project.gitlab.notes.find(({ author }) => author?.id === project.gitlab.self.id)?.body;

  /** The merge request's code runs in one job, in which nothing is worth anything. */
  function expectHarmless(): void {
    const traces = project.traces();
    expect([...new Set(traces.map(({ job }) => job))]).toEqual(["synth"]);
    const worthNothing = ["AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL"];
    const variables = traces.flatMap((trace) => trace.variables.filter((name) => /^AWS_|TOKEN$/.test(name)));
    expect(variables.filter((name) => !worthNothing.includes(name))).toEqual([]);
  }

  const runOf = ({ base, change, variables = {} }: Omit<ReviewScenario, "title">): Promise<PipelineRun> =>
    pipeline(open({ ...(base && { base }), change }), { variables });

  pipelineTest.each(REVIEW_SCENARIOS.map((scenario) => [scenario.title, scenario] as const))(
    "a merge request %s",
    async (_, scenario) => {
      const run = await runOf(scenario);
      expect(run).toMatchObject({ jobs: scenario.jobs });
      expect(report()).toMatch(scenario.report);
      const writes = project.gitlab.asked.filter((call) => !call.startsWith("GET "));
      expect(writes).toEqual(["POST /projects/5/merge_requests/7/notes"]);
      expectHarmless();
    },
  );

  pipelineTest("a merge request that brings its own pipeline runs the pipeline of main", async () => {
    const change = {
      ".gitlab-ci.yml": 'access:\n  environment: support-app/ci\n  script: ["echo $GITLAB_TOKEN"]\n',
      ".gitlab/deploy.yml": "plan:\n  script: [env]\n",
    };
    const { jobs } = await pipeline(open({ change }));
    expect(jobs).toEqual(ACCESS);
    expectHarmless();
  });

  pipelineTest(
    "a merge request whose branch lacks commits of main isn't reviewed, also by an older version",
    async () => {
      const commit = open({ change: { "docs/page.md": "Words.\n" } });
      project.setMain(project.commit({ "docs/other.md": "Words.\n" }, [project.first]));
      const run = await pipeline(commit);
      expect(run.jobs).toEqual(REFUSED);
      expect(run.log).toContain("Not reviewed: main has commits that the merge request lacks. Rebase it.");
      expect(project.gitlab.asked).toEqual([]);
    },
  );

  pipelineTest("a merge request in a project whose token every job has runs none of its code", async () => {
    const commit = open({ change: { "docs/page.md": "Words.\n" } });
    const run = await pipeline(commit, { variables: { GITLAB_TOKEN: "glpat-secret" } });
    expect(run.jobs.synth).toBe("failure");
    expect(run.log).toContain("Not synthesized: the variable GITLAB_TOKEN or AWS_ROLE_ARN is set for every job.");
    expect(project.traces()).toEqual([]);
  });

  pipelineTest("a pipeline of a fork reviews nothing", async () => {
    const commit = open({ change: withEnvironments({ paid: BROAD }) });
    const run = await pipeline(commit, { predefined: { CI_PROJECT_ID: "6" } });
    expect(run.jobs).toEqual(REFUSED);
    expect(project.gitlab.notes).toEqual([]);
  });

  pipelineTest("files that synth uploads beside its output are data: nothing that they say is run", async () => {
    const evil = 'writeFileSync("cdktf.out/package.json", \'{"scripts":{"synth":"touch /tmp/x"}}\');';
    const commit = open({
      change: {
        "main.ts": `import { writeFileSync } from "node:fs";\n${MAIN}${evil}\n`,
        ...withEnvironments({ paid: BROAD }),
      },
    });
    const run = await pipeline(commit);
    expect(run.jobs).toEqual(REFUSED);
    expectHarmless();
  });
});

describe("a pipeline of main:", () => {
  const ROLE = "AWSSupportAppReadOnlyRole";
  const SWITCHES = Object.fromEntries(["DEPLOY", "DOCTOR", "DRIFT"].map((name) => [`SUPPORT_APP_${name}`, "true"]));
  const PLANS = { SUPPORT_APP_PLAN: "true" };
  const READ_ONLY = "read-only: {}";
  const TAGGED = 'read-only: { tags: { Changed: "yes" } }';
  const canary = (text: string) => `canary: true\n    ${text}`;

  let aws: Aws;
  let accounts: ReadonlyMap<string, string>;
  let buckets: ReadonlyMap<string, string>;
  beforeAll(async () => {
    aws = await startAws();
  });
  beforeEach(async () => {
    aws.fault = () => undefined;
    accounts = new Map(["paid", "free"].map((name) => [name, newAccount()]));
    const entries = await Promise.all(
      [...accounts].map(async ([name, account]): Promise<[string, string]> => {
        await createRoles(name, account);
        return [name, await createBucket(account)];
      }),
    );
    buckets = new Map(entries);
    project = await createGitLabProject(environments({ paid: READ_ONLY, free: READ_ONLY }));
  });
  afterEach(() => project?.close());
  afterAll(async () => {
    await aws?.close();
    removeProjects();
  });

  function environments(settings: Readonly<Record<string, string>>): string {
    return environmentsYaml(
      settings,
      (name) => accounts.get(name),
      (name) => buckets.get(name),
    );
  }

  /** The roles of an account, which trust GitLab's jobs of main, each for its environments. */
  async function createRoles(name: string, account: string): Promise<void> {
    const audiences = { deployer: [name], reader: [`drift-${name}`, `doctor-${name}`] };
    for (const [role, aud] of Object.entries(audiences)) {
      const sub = "project_path:acme/access:ref_type:branch:ref:main";
      const trust = policyText({
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/gitlab.com` },
        Condition: { StringEquals: { "gitlab.com:sub": sub, "gitlab.com:aud": aud } },
      });
      const RoleName = `support-app-${role}`;
      await iamIn(account).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
      const PolicyDocument = policyText({ Effect: "Allow", Action: "*", Resource: "*" });
      await iamIn(account).send(new PutRolePolicyCommand({ RoleName, PolicyName: "all", PolicyDocument }));
    }
  }

  /** AWS_ROLE_ARN of each environment of GitLab. */
  function roleArns(): Readonly<Record<string, string>> {
    const entries = [...accounts].flatMap(([name, account]) => {
      const arnOf = (role: string) => `arn:aws:iam::${account}:role/support-app-${role}`;
      return [
        [name, arnOf("deployer")],
        [`drift-${name}`, arnOf("reader")],
        [`doctor-${name}`, arnOf("reader")],
      ];
    });
    return Object.fromEntries(entries);
  }

  /** Commits environments on top of a commit, as the newest of main. */
  function merge(parent: string, settings: Readonly<Record<string, string>>): string {
    return project.merge(project.commit({ "environments.yaml": environments(settings) }, [parent]));
  }

  const runOn = (commit: string, switches = {}, source = "push") => {
    const variables = { ...SWITCHES, AWS_ROLE_ARN: roleArns(), ...switches };
    const predefined = { CI_COMMIT_BRANCH: "main", CI_PIPELINE_ID: String(nextId()) };
    return project.run({
      commit,
      source,
      variables,
      predefined,
      env: { AWS_ENDPOINT_URL: aws.endpoint, AWS_ENDPOINT_URL_STS: aws.endpoint },
    });
  };

  /** The ID of the next pipeline. */
  const nextId = () => 10 * (project.gitlab.pipelines.length + 1);

  /** What GitLab remembers of a pipeline. */
  function remember(sha: string, jobs: PipelineRun["jobs"]): void {
    const { pipelines } = project.gitlab;
    const id = nextId();
    const childJobs = Object.entries(jobs).map(([name, status]) => ({ name, status }));
    pipelines.unshift({ id, sha, children: [{ id: id + 1, sha, project_id: PROJECT_ID, jobs: childJobs }] });
  }

  /** Adds a policy to the role of paid that nobody planned. */
  function changeByHand(): Promise<unknown> {
    const PolicyDocument = policyText({ Effect: "Deny", Action: "support:*", Resource: "*" });
    return iamIn(accounts.get("paid") ?? "").send(
      new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: "by-hand", PolicyDocument }),
    );
  }

  const isDeployed = async (name: string) => Object.hasOwn((await readAccount(accounts.get(name) ?? "")).roles, ROLE);
  const areDeployed = async () => [await isDeployed("paid"), await isDeployed("free")];
  const DEPLOY = { "deploy-jobs": "success", deploy: "success" };

  pipelineTest("a first push deploys every environment, and a merge of a page of docs then none", async () => {
    const first = merge(project.first, { paid: READ_ONLY, free: READ_ONLY });
    const run = await runOn(first);
    const rest = { ...DEPLOY, deployed: "success" };
    expect(run.jobs).toEqual({ ...rest, "others (paid)": "success", "others (free)": "success" });
    expect(run.log).toContain("2 environments: 2 deployed.");
    expect(await areDeployed()).toEqual([true, true]);
    remember(first, run.jobs);

    const docs = project.merge(project.commit({ "docs/page.md": "Words.\n" }, [first]));
    const second = await runOn(docs);
    expect(second.jobs).toEqual(rest);
    expect(second.log).toContain("2 environments: 2 unchanged.");
  });

  pipelineTest(
    "of two pushes, the overtaken one deploys nothing and isn't red, and the other one deploys what both change",
    async () => {
      const base = merge(project.first, { paid: READ_ONLY, free: READ_ONLY });
      remember(base, { deployed: "success" });
      const overtaken = merge(base, { paid: TAGGED, free: READ_ONLY });
      const newest = merge(overtaken, { paid: TAGGED, free: TAGGED });
      const first = await runOn(overtaken);
      expect(first.jobs).toEqual({ ...DEPLOY, "others (paid)": "success", deployed: "warning" });
      expect(first.log).toContain("a later merge overtook this one");
      expect(await areDeployed()).toEqual([false, false]);
      remember(overtaken, first.jobs);

      const second = await runOn(newest);
      expect(second.jobs).toMatchObject({
        "others (paid)": "success",
        "others (free)": "success",
        deployed: "success",
      });
      expect(await areDeployed()).toEqual([true, true]);
    },
  );

  pipelineTest("a canary that doctor calls unhealthy holds the others back", async () => {
    aws.fault = ({ action }) =>
      action === "support:DescribeSeverityLevels"
        ? { status: 400, body: JSON.stringify({ __type: "SubscriptionRequiredException" }) }
        : undefined;
    const run = await runOn(merge(project.first, { paid: canary(READ_ONLY), free: READ_ONLY }));
    // gitlab-ci-local starts no job behind a skipped one, so `deployed` doesn't run here.
    expect(run.jobs).toEqual({ ...DEPLOY, "canaries (paid)": "success", "doctor (paid)": "failure" });
    expect(await areDeployed()).toEqual([true, false]);
  });

  pipelineTest(
    "with plans, a push shows them before any deploy, applies exactly them, and nothing after a change by hand",
    async () => {
      const first = merge(project.first, { paid: READ_ONLY, free: READ_ONLY });
      const run = await runOn(first, PLANS);
      expect(run.jobs).toEqual({
        ...DEPLOY,
        "plan (paid)": "success",
        "plan (free)": "success",
        "others (paid)": "success",
        "others (free)": "success",
        deployed: "success",
      });
      expect(run.log).toMatch(/## Plan of `paid`, account `\d+`/);
      expect(run.log.lastIndexOf("## Plan of")).toBeLessThan(run.log.indexOf("support-app deploy"));
      remember(first, run.jobs);

      let isChanged = false;
      aws.fault = async ({ action, parameters }) => {
        const isDeployer = String(parameters.RoleArn ?? "").endsWith("support-app-deployer");
        if (action.endsWith(":AssumeRoleWithWebIdentity") && isDeployer && !isChanged) {
          isChanged = true;
          await changeByHand();
        }
        return undefined;
      };
      const refused = await runOn(merge(first, { paid: TAGGED, free: READ_ONLY }), PLANS);
      expect(isChanged).toBe(true);
      expect(refused.jobs).toMatchObject({ "plan (paid)": "success", "others (paid)": "failure", deployed: "warning" });
      expect(refused.log).toMatch(/Not deployed: the plan of paid isn't the approved plan any more/);
      expect(JSON.stringify(await readAccount(accounts.get("paid") ?? ""))).not.toContain("Changed");
    },
  );

  pipelineTest(
    "with plans, an environment whose plan fails isn't deployed, others are, and the log says so",
    async () => {
      const roles = { ...roleArns(), "drift-paid": `arn:aws:iam::${accounts.get("paid")}:role/nobody` };
      const commit = merge(project.first, { paid: READ_ONLY, free: READ_ONLY });
      const run = await runOn(commit, { ...PLANS, AWS_ROLE_ARN: roles });
      expect(run.jobs).toEqual({
        ...DEPLOY,
        "plan (paid)": "warning",
        "plan (free)": "success",
        "others (paid)": "failure",
        "others (free)": "success",
        deployed: "warning",
      });
      expect(run.log).toMatch(/paid +\d+ +not deployed, since its plan failed/);
      expect(await areDeployed()).toEqual([false, true]);
    },
  );

  pipelineTest("a night reports what drifted and what doesn't work, and fails", async () => {
    const byHand = createProject("gitlab", environments({ paid: READ_ONLY }));
    await deployed(byHand, "paid", { as: accounts.get("paid") ?? "" });
    await changeByHand();
    const run = await runOn(merge(project.first, { paid: READ_ONLY, free: READ_ONLY }), {}, "schedule");
    expect(run.jobs).toMatchObject({
      "drift-jobs": "success",
      "drift (paid)": "failure",
      "drift (free)": "failure",
      summary: "success",
      "doctor-jobs": "success",
      "doctor (paid)": "failure",
      "doctor (free)": "failure",
    });
    expect(run.log).toMatch(/paid .*drifted/);
    expect(run.log).toMatch(/free .*not deployed/);
    expect(run.log).toMatch(/paid \(.*\) is unhealthy/);
    expect(run.log).toMatch(/free \(.*\) is unhealthy/);
  });
});
