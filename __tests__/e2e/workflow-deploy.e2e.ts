import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { policyText } from "../support/policy-text";
import { sample } from "../support/thorough";
import { iamIn, newAccount, readAccount } from "./support/account";
import { type Aws, startAws } from "./support/doctor";
import { createBucket } from "./support/examples";
import { createProject, deployed, removeProjects } from "./support/project";
import {
  createWorkflowRepository,
  type WorkflowRepository,
  type WorkflowRun,
  workflowTest,
} from "./support/workflows/workflow-runs";

const SWITCHES = Object.fromEntries(
  ["DEPLOY", "DOCTOR", "DRIFT", "WATCH"].map((name) => [`SUPPORT_APP_${name}`, "true"]),
);
const ROLE = "AWSSupportAppReadOnlyRole";

let repository: WorkflowRepository;
let aws: Aws;
let accounts: ReadonlyMap<string, string>;
let buckets: ReadonlyMap<string, string>;
beforeAll(async () => {
  aws = await startAws();
});
beforeEach(async () => {
  aws.fault = () => undefined;
  accounts = new Map(["paid", "free"].map((name) => [name, newAccount()]));
  buckets = new Map(
    await Promise.all(
      [...accounts].map(async ([name, account]): Promise<[string, string]> => [name, await createBucket(account)]),
    ),
  );
  const accountOf = (environment: string) => accounts.get(environment.replace(/^(doctor|drift)-/, "")) ?? "";
  repository = await createWorkflowRepository(environments({ paid: "", free: "" }), accountOf);
});
afterEach(() => repository?.close());
afterAll(async () => {
  await aws?.close();
  removeProjects();
});

/** An environments.yaml with those environments, each with more keys. */
function environments(keys: Readonly<Record<string, string>>): string {
  const entries = Object.entries(keys).map(
    ([name, text]) => `  ${name}:
    account: "${accounts.get(name)}"
    region: us-east-1
    backend: { type: s3, bucket: ${buckets.get(name)}, region: us-east-1 }
    read-only: {}
${text}`,
  );
  return `environments:\n${entries.join("")}`;
}

const DESCRIBED = '    tags: { Changed: "yes" }\n';

/** Commits environments on top of a commit, as the newest of main. */
function merge(parent: string, keys: Readonly<Record<string, string>>): string {
  const commit = repository.commit({ "environments.yaml": environments(keys) }, [parent]);
  repository.standIn.github.branches.set("main", commit);
  return commit;
}

/** Runs a workflow on main. */
function runOn(commit: string, workflow = "deploy.yml", name = "push"): Promise<WorkflowRun> {
  const variables = SWITCHES;
  const env = { AWS_ENDPOINT_URL: aws.endpoint };
  const payload = { ref: "refs/heads/main", repository: { default_branch: "main" } };
  return repository.run(workflow, { name, payload, commit, ref: "refs/heads/main", variables, env });
}

/** What GitHub remembers of a run that succeeded. */
function remember(commit: string, jobs: WorkflowRun["jobs"]): void {
  const { runs } = repository.standIn.github;
  const conclusions = Object.entries(jobs).map(([name, conclusion]) => ({ name, conclusion }));
  const head_repository = { full_name: "acme/access" };
  runs.unshift({ id: runs.length + 1, head_sha: commit, event: "push", head_repository, jobs: conclusions });
}

const rolesOf = async (name: string) => Object.keys((await readAccount(accounts.get(name) ?? "")).roles);
const environmentsWithCredentials = () => repository.standIn.credentials.map(({ environment }) => environment).sort();

const SCENARIOS: readonly (readonly [string, () => Promise<void>])[] = [
  [
    "a first push deploys every environment, and a merge of a page of docs then none",
    async () => {
      const first = merge(repository.first, { paid: "", free: "" });
      const run = await runOn(first);
      const rest = { environments: "success", summary: "success", deployed: "success" };
      expect(run.jobs).toEqual({ ...rest, "others (paid)": "success", "others (free)": "success" });
      expect(run.summary).toContain("2 environments: 2 deployed.");
      expect(environmentsWithCredentials()).toEqual(["free", "paid"]);
      expect([await rolesOf("paid"), await rolesOf("free")]).toEqual([[ROLE], [ROLE]]);
      remember(first, run.jobs);
      repository.standIn.credentials.length = 0;

      const docs = repository.commit({ "docs/page.md": "Words.\n" }, [first]);
      repository.standIn.github.branches.set("main", docs);
      const second = await runOn(docs);
      expect(second.jobs).toEqual(rest);
      expect(second.summary).toContain("2 environments: 2 unchanged.");
      expect(repository.standIn).toMatchObject({ credentials: [], refusals: [] });
    },
  ],
  [
    "of two pushes, the overtaken one deploys nothing and isn't red, and the other one deploys what both change",
    async () => {
      const base = merge(repository.first, { paid: "", free: "" });
      remember(base, { deployed: "success" });
      const overtaken = merge(base, { paid: DESCRIBED, free: "" });
      const newest = merge(overtaken, { paid: DESCRIBED, free: DESCRIBED });
      const first = await runOn(overtaken);
      expect(first.jobs).toEqual({ environments: "success", "others (paid)": "success", summary: "success" });
      expect(first.summary).toContain("a later merge overtook this one");
      expect(await rolesOf("paid")).toEqual([]);
      remember(overtaken, first.jobs);

      const second = await runOn(newest);
      expect(second.jobs).toMatchObject({
        "others (paid)": "success",
        "others (free)": "success",
        deployed: "success",
      });
      expect([await rolesOf("paid"), await rolesOf("free")]).toEqual([[ROLE], [ROLE]]);
      remember(newest, second.jobs);
      repository.standIn.credentials.length = 0;

      const third = await runOn(merge(newest, { paid: DESCRIBED, free: "" }));
      expect(third.jobs).toMatchObject({ "others (free)": "success", deployed: "success" });
      expect(third.summary).toContain("2 environments: 1 deployed; 1 unchanged.");
      expect(environmentsWithCredentials()).toEqual(["free"]);
    },
  ],
  [
    "a canary that doctor calls unhealthy holds the others back, and the summary names it",
    async () => {
      aws.fault = ({ action }) =>
        action === "support:DescribeSeverityLevels"
          ? { status: 400, body: JSON.stringify({ __type: "SubscriptionRequiredException" }) }
          : undefined;
      const run = await runOn(merge(repository.first, { paid: "    canary: true\n", free: "" }));
      expect(run.jobs).toEqual({
        ...{ environments: "success", "canaries (paid)": "success", "doctor (paid)": "failure", summary: "success" },
      });
      expect(run.summary).toContain("Held back by the canary paid: deployed, but doctor calls it unhealthy.");
      expect(run.summary).toMatch(/`free` \| `\d+` \| not started, since a canary failed or isn't healthy/);
      expect([await rolesOf("paid"), await rolesOf("free")]).toEqual([[ROLE], []]);
      expect(environmentsWithCredentials()).toEqual(["doctor-paid", "paid"]);
    },
  ],
  [
    "a night reports what drifted and what doesn't work, in the summary and as an issue",
    async () => {
      const project = createProject("workflow-deploy", environments({ paid: "" }));
      await deployed(project, "paid", { as: accounts.get("paid") ?? "" });
      const iam = iamIn(accounts.get("paid") ?? "");
      const PolicyDocument = policyText({ Effect: "Deny", Action: "support:*", Resource: "*" });
      await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: "by-hand", PolicyDocument }));
      const commit = merge(repository.first, { paid: "", free: "" });

      const drift = await runOn(commit, "drift.yml", "schedule");
      expect(drift.jobs).toEqual({
        ...{ environments: "success", "drift (paid)": "failure", "drift (free)": "failure", summary: "success" },
      });
      expect(drift.summary).toMatch(/`paid` \| `\d+` \| drifted/);
      expect(drift.summary).toMatch(/`free` \| `\d+` \| not deployed/);
      expect(environmentsWithCredentials()).toEqual(["drift-free", "drift-paid"]);

      const doctor = await runOn(commit, "doctor.yml", "schedule");
      // GitHub tells the people who watch the workflow of new findings by the failure.
      expect(doctor.jobs).toEqual({
        ...{ environments: "success", "doctor (paid)": "failure", "doctor (free)": "failure", watch: "failure" },
      });
      const { github, requests, refusals } = repository.standIn;
      expect(github.issues.map(({ title }) => title)).toEqual(
        expect.arrayContaining([expect.stringContaining("paid"), expect.stringContaining("free")]),
      );
      expect(new Set(requests.map(({ job }) => job))).toEqual(new Set(["watch"]));
      expect(refusals).toEqual([]);
    },
  ],
];

workflowTest.each(sample(SCENARIOS, 4))("%s", (_, scenario) => scenario());
