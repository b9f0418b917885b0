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

const DEPLOY = ".github/workflows/deploy.yml";
/** Runs for a tag, and deploys nothing. */
const FORGED_DEPLOY = `on: { push: { tags: ["main"] } }
permissions: { contents: read }
jobs:
  deployed:
    runs-on: ubuntu-24.04
    steps: [{ run: "true" }]
`;
const SWITCHES = Object.fromEntries(["DEPLOY", "DOCTOR", "DRIFT"].map((name) => [`SUPPORT_APP_${name}`, "true"]));
const ROLE = "AWSSupportAppReadOnlyRole";

let repository: WorkflowRepository;
let aws: Aws;
let accounts: ReadonlyMap<string, string>;
let buckets: ReadonlyMap<string, string>;
/** The account of which a job in a GitHub environment gets credentials. */
let credentialsOf: (environment: string) => Promise<string>;
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
  credentialsOf = async (environment) => accountOf(environment);
  repository = await createWorkflowRepository(environments({ paid: "", free: "" }), (name) => credentialsOf(name));
});
afterEach(() => repository?.close());
afterAll(async () => {
  await aws?.close();
  removeProjects();
});

const accountOf = (environment: string) => accounts.get(environment.replace(/^(plan|doctor|drift)-/, "")) ?? "";

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
function runOn(commit: string, workflow = "deploy.yml", name = "push", switches = {}): Promise<WorkflowRun> {
  const variables = { ...SWITCHES, ...switches };
  const env = { AWS_ENDPOINT_URL: aws.endpoint };
  const payload = { ref: "refs/heads/main", repository: { default_branch: "main" } };
  return repository.run(workflow, { name, payload, commit, ref: "refs/heads/main", variables, env });
}

/** What GitHub remembers of a run. */
function remember(commit: string, jobs: WorkflowRun["jobs"]): void {
  const { runs } = repository.standIn.github;
  const conclusions = Object.entries(jobs).map(([name, conclusion]) => ({ name, conclusion }));
  const [id, run_number] = [900 + runs.length, runs.length + 1];
  runs.unshift({ id, run_number, head_sha: commit, head_branch: "main", event: "push", jobs: conclusions });
}

const PLANS = { SUPPORT_APP_PLAN: "true" };
const runWithPlans = (commit: string) => runOn(commit, "deploy.yml", "push", PLANS);

/** Adds a policy to the role of paid that nobody planned. */
function changeByHand(): Promise<unknown> {
  const PolicyDocument = policyText({ Effect: "Deny", Action: "support:*", Resource: "*" });
  const policy = { RoleName: ROLE, PolicyName: "by-hand", PolicyDocument };
  return iamIn(accounts.get("paid") ?? "").send(new PutRolePolicyCommand(policy));
}

const rolesOf = async (name: string) => Object.keys((await readAccount(accounts.get(name) ?? "")).roles);
const tagsOf = async (name: string) => JSON.stringify((await readAccount(accounts.get(name) ?? "")).roles);
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
    "a green run of a tag called main, at a merged commit with a deploy.yml of its own, decides nothing and isn't run again",
    async () => {
      const base = merge(repository.first, { paid: "", free: "" });
      const run = await runOn(base);
      remember(base, run.jobs);
      const narrowed = environments({ paid: DESCRIBED, free: "" });
      const forged = {
        "environments.yaml": narrowed, // as it is after the next merge: nothing would differ
        "main.ts": `console.log("FORGED");\n${repository.firstText("main.ts")}`,
        [DEPLOY]: FORGED_DEPLOY,
      };
      const x = repository.commit(forged, [base]);
      const back = repository.commit(
        { [DEPLOY]: repository.firstText(DEPLOY), "main.ts": repository.firstText("main.ts") },
        [x],
      );
      const ofTag = await runOn(x);
      expect(ofTag.jobs).toEqual({ deployed: "success" });
      remember(x, ofTag.jobs);
      repository.standIn.credentials.length = 0;

      const newest = merge(back, { paid: DESCRIBED, free: "" });
      const next = await runOn(newest);
      expect(next.jobs).toMatchObject({ "others (paid)": "success", "others (free)": "success", deployed: "success" });
      expect(next.summary).toContain("2 environments: 1 deployed; 1 applied already.");
      expect(next.log).not.toContain("FORGED");
    },
  ],
  [
    "a change of which a part was deployed, and which was taken back, leaves nothing of it",
    async () => {
      const base = merge(repository.first, { paid: "", free: "" });
      remember(base, (await runOn(base)).jobs);
      credentialsOf = async (environment) => (environment === "free" ? newAccount() : accountOf(environment));
      const failed = merge(base, { paid: DESCRIBED, free: DESCRIBED });
      const run = await runOn(failed);
      expect(run.jobs).not.toHaveProperty("deployed");
      expect(await tagsOf("paid")).toContain("Changed");
      remember(failed, run.jobs);

      credentialsOf = async (environment) => accountOf(environment);
      const reverted = await runOn(merge(failed, { paid: "", free: "" }));
      expect(reverted.jobs).toMatchObject({ "others (paid)": "success", deployed: "success" });
      expect(await tagsOf("paid")).not.toContain("Changed");
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
        environments: "success",
        "canaries (paid)": "success",
        "doctor (paid)": "failure",
        summary: "success",
      });
      expect(run.summary).toContain("Held back by the canary paid: deployed, but doctor calls it unhealthy.");
      expect(run.summary).toMatch(/`free` \| `\d+` \| not started, since a canary failed or isn't healthy/);
      expect([await rolesOf("paid"), await rolesOf("free")]).toEqual([[ROLE], []]);
      expect(environmentsWithCredentials()).toEqual(["doctor-paid", "paid"]);
    },
  ],
  [
    "with plans, a push shows them before any deploy, applies exactly them, and nothing after a change by hand",
    async () => {
      const first = merge(repository.first, { paid: "    canary: true\n", free: "" });
      const run = await runWithPlans(first);
      expect(run.jobs).toEqual({
        environments: "success",
        "plan (paid)": "success",
        "plan (free)": "success",
        "canaries (paid)": "success",
        "doctor (paid)": "success",
        "others (free)": "success",
        summary: "success",
        deployed: "success",
      });
      const order = repository.standIn.credentials.map(({ environment }) => environment);
      expect([...order.slice(0, 2).sort(), ...order.slice(2)]).toEqual([
        ...["drift-free", "drift-paid", "paid", "doctor-paid", "free"],
      ]);
      const plan = run.summary.slice(run.summary.indexOf("## Plan of `paid`"));
      expect(plan).toMatch(
        /^## Plan of `paid`, account `\d+`\n\n\d+ resources and \d+ outputs to change[\s\S]*with the digest `[\da-f]{64}`/,
      );
      expect(plan).toContain("| create | `aws_iam_role.read_only` |");
      expect(plan).toMatch(/<summary>Terraform's plan<\/summary>\n[\s\S]* {6}# aws_iam_role.read_only will be created/);
      expect(run.summary.indexOf("## Deploys")).toBeGreaterThan(run.summary.lastIndexOf("## Plan of"));
      expect([await rolesOf("paid"), await rolesOf("free")]).toEqual([[ROLE], [ROLE]]);
      remember(first, run.jobs);

      credentialsOf = async (environment) => {
        if (environment === "paid") await changeByHand();
        return accountOf(environment);
      };
      const before = await readAccount(accounts.get("paid") ?? "");
      const refused = await runWithPlans(merge(first, { paid: `    canary: true\n${DESCRIBED}`, free: DESCRIBED }));
      expect(refused.jobs).toEqual({
        environments: "success",
        "plan (paid)": "success",
        "plan (free)": "success",
        "canaries (paid)": "failure",
        summary: "success",
      });
      expect(refused.log).toMatch(
        /Not deployed: the plan of paid isn't the approved plan any more: .*aws_iam_role_policies_exclusive\.read_only differs.* Nothing was changed there/,
      );
      expect(refused.summary).toContain("refused: its plan isn't the approved plan any more");
      expect(refused.summary).toContain("Held back by the canary paid: refused");
      const after = await readAccount(accounts.get("paid") ?? "");
      expect(JSON.stringify(after).replaceAll(/by-hand/g, "")).not.toContain("Changed");
      expect(Object.keys(after.roles)).toEqual(Object.keys(before.roles));
    },
  ],
  [
    "with plans, an environment whose plan fails isn't deployed, others are, and the summary says so",
    async () => {
      credentialsOf = async (environment) => (environment === "drift-paid" ? newAccount() : accountOf(environment));
      const run = await runWithPlans(merge(repository.first, { paid: "", free: "" }));
      // act calls all jobs of a matrix failed.
      const matrix = { "plan (free)": expect.any(String), "others (free)": expect.any(String) };
      expect(run.jobs).toEqual({
        environments: "success",
        ...matrix,
        "plan (paid)": "failure",
        "others (paid)": "failure",
        summary: "success",
      });
      expect(run.summary).toMatch(/`paid` \| `\d+` \| not deployed, since its plan failed/);
      expect(run.summary).toMatch(/`free` \| `\d+` \| deployed/);
      expect([await rolesOf("paid"), await rolesOf("free")]).toEqual([[], [ROLE]]);
    },
  ],
  [
    "a night reports what drifted and what doesn't work in the summaries, and fails",
    async () => {
      const project = createProject("workflow-deploy", environments({ paid: "" }));
      await deployed(project, "paid", { as: accounts.get("paid") ?? "" });
      await changeByHand();
      const commit = merge(repository.first, { paid: "", free: "" });

      const drift = await runOn(commit, "drift.yml", "schedule");
      expect(drift.jobs).toEqual({
        environments: "success",
        "drift (paid)": "failure",
        "drift (free)": "failure",
        summary: "success",
      });
      expect(drift.summary).toMatch(/`paid` \| `\d+` \| drifted/);
      expect(drift.summary).toMatch(/`free` \| `\d+` \| not deployed/);
      expect(environmentsWithCredentials()).toEqual(["drift-free", "drift-paid"]);

      const doctor = await runOn(commit, "doctor.yml", "schedule");
      expect(doctor.jobs).toEqual({
        environments: "success",
        "doctor (paid)": "failure",
        "doctor (free)": "failure",
      });
      expect(doctor.summary).toMatch(/^### paid \(.*\) is unhealthy\.$/m);
      expect(doctor.summary).toMatch(/^### free \(.*\) is unhealthy\.$/m);
      expect(repository.standIn.requests).toEqual([]);
    },
  ],
];

workflowTest.each(sample(SCENARIOS, SCENARIOS.length, 3))("%s", (_, scenario) => scenario());
