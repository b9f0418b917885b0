import { cpSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { PLAN_ROLE_FILE, planRoleOverride } from "../../cli/terraform/plan-role";
import { ACCOUNT_ALIAS_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { policyText } from "../support/policy-text";
import { sample, thoroughTest } from "../support/thorough";
import { changeByHand, type Identity, iamIn, newAccount, type PolicyDocument, readAccount } from "./support/account";
import { type Aws, diagnosed, startAws } from "./support/doctor";
import { allowUser, createBucket, createDeployRole, createUser } from "./support/examples";
import {
  createProject,
  deployed,
  init,
  type Project,
  removeProjects,
  supportApp,
  synth,
  terraform,
} from "./support/project";
import type { Answer } from "./support/proxy";
import { changes } from "./support/proxy";

/** A right of one of the printed policies. */
interface Right {
  readonly policy: "role" | "caller";
  readonly action: string;
}

const account = newAccount();
const [DEPLOYS, PLANS] = ["terraform", "plans"].map((name) => `arn:aws:iam::${account}:role/${name}`);
const SIMULATE = "iam:SimulatePrincipalPolicy";
/** What names a missing right, where its action isn't named. */
const INSTEAD: Readonly<Record<string, string>> = {
  [SIMULATE]: "only its policies were read",
  "s3:GetObject": "Unable to access object",
};
/** The checks that have nothing to look at without a right, and those that they wait for. */
const WAITING: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "iam:GetRole": [
    ["trust", "role"],
    ["permissions-boundary", "role"],
  ],
  "cloudformation:ListResources": [["region", "channels"]],
  "supportapp:ListSlackChannelConfigurations": [["region", "channels"]],
};
/** The checks that a right is also for, beside the one that names it. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  "iam:ListRoles": ["service-quotas-role"],
  "cloudformation:ListResources": ["other-regions", "account-alias"],
  "cloudformation:GetResource": ["account-alias"],
  "supportapp:ListSlackChannelConfigurations": ["other-regions"],
};
let project: Project;
let aws: Aws;
let as: Identity;
let policies: Readonly<Record<Right["policy"], PolicyDocument>>;

beforeAll(async () => {
  aws = await startAws();
  const bucket = await createBucket(account);
  project = createProject(
    "reader",
    `environments:
  watched:
    account: "${account}"
    region: us-east-1
    backend: { type: s3, bucket: ${bucket}, region: us-east-1 }
    deploy-role: ${DEPLOYS}
    plan-role: ${PLANS}
    slack-workspaces: [T012ABCDEFG]
    account-alias: Payments
    read-only: { channels: [{ name: support-watch, workspace: T012ABCDEFG, channel: C01234A5BCD }] }
    full: { service-quotas-role: create }
`,
  );
  const iam = iamIn(account);
  await createDeployRole(account);
  const AssumeRolePolicyDocument = policyText({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
  });
  await iam.send(new CreateRoleCommand({ RoleName: "plans", AssumeRolePolicyDocument }));
  await deployed(project, "watched", { as: account });
  as = await createUser(account, "caller");
  const printed = async (...args: string[]) =>
    JSON.parse((await supportApp(project, ["permissions", "plan", "watched", ...args], { as: account })).stdout);
  policies = { role: await printed(), caller: await printed("--caller") };
});

// What an inline policy says is asked only where there is one, and a deploy takes it away. It allows what is allowed anyway.
beforeEach(async () => {
  const PolicyDocument = policyText({ Effect: "Allow", Action: "support:DescribeCases", Resource: "*" });
  const RoleName = "AWSSupportAppFullRole";
  await iamIn(account).send(new PutRolePolicyCommand({ RoleName, PolicyName: "by-hand", PolicyDocument }));
});

afterAll(async () => {
  await aws.close();
  removeProjects();
});

/** What a policy's statements leave of it. */
function statementsLeft(policy: PolicyDocument, has: (action: string, sid?: string) => boolean) {
  const statements = policy.Statement.map((statement) => {
    const Action = [statement.Action].flat().filter((action) => has(action, statement.Sid));
    // The emulator judges a simulation on "*", where AWS has the role.
    return { ...statement, Action, Resource: Action.includes(SIMULATE) ? "*" : statement.Resource };
  });
  const nothing = { Effect: "Deny", Action: "sqs:*", Resource: "*" }; // a policy needs a statement
  return [...statements.filter(({ Action }) => Action.length > 0), nothing];
}

const statementsWith = (policy: Right["policy"], has: (right: Right) => boolean) =>
  statementsLeft(policies[policy], (action) => has({ policy, action }));

/** What the emulator doesn't ask for is refused in its place. */
function refuseAllBut(granted: readonly string[]): void {
  aws.calls.length = 0;
  aws.fault = ({ action, parameters }) => {
    const type = String(parameters.TypeName).split("::").at(-1);
    const list = type === "AccountAlias" ? "supportapp:GetAccountAlias" : `supportapp:List${type}s`;
    const right = action.startsWith("cloudformation:") ? list : action;
    return /^support(app)?:/.test(right) && !granted.includes(right) ? denied(right) : undefined;
  };
}

/** Leaves exactly these rights. */
async function leaveRights(has: (right: Right) => boolean): Promise<void> {
  const statements = statementsWith("role", has);
  const PolicyDocument = policyText(...statements);
  await iamIn(account).send(new PutRolePolicyCommand({ RoleName: "plans", PolicyName: "reader", PolicyDocument }));
  await allowUser(account, "caller", policyText(...statementsWith("caller", has)));
  refuseAllBut(statements.flatMap(({ Action }) => Action));
}

function denied(action: string): Answer {
  const message = `User: arn:aws:sts::${account}:assumed-role/plans/doctor is not authorized to perform: ${action}`;
  return { status: 400, body: JSON.stringify({ __type: "AccessDeniedException", message }) };
}

const drift = () => supportApp(project, ["diff", "--drift", "watched"], { as, endpoint: aws.endpoint });
const assumingDoctor = () => diagnosed(project, "watched", aws, as, "--assume");

test("drift, doctor and a pull request's plan run with the printed policies alone, as the plan-role, and change nothing", async () => {
  await leaveRights(() => true);
  const before = await readAccount(account);
  expect(await drift()).toMatchObject({ status: 6, output: expect.stringContaining("by-hand") });
  const { checks } = await assumingDoctor();
  expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);

  // As review.yml does it.
  await synth(project, { as: account });
  const folder = join(project.folder, "cdktf.out");
  const stack = join(folder, "stacks/watched");
  const isSynthesized = (path: string) => !/^\.terraform(-providers)?$|\.tfplan$/.test(basename(path));
  const head = join(project.folder, "head");
  cpSync(folder, head, { recursive: true, filter: isSynthesized });
  const plan = join(project.folder, "plan.json");
  const options = { as, endpoint: aws.endpoint };
  expect(await init(project, "watched", options)).toMatchObject({ status: 0 });
  writeFileSync(join(stack, PLAN_ROLE_FILE), JSON.stringify(planRoleOverride({ planRole: { arn: String(PLANS) } })));
  const args = ["plan", "-input=false", "-lock=false", "-out=p.tfplan"];
  expect(await terraform(project, "watched", args, options)).toMatchObject({ status: 0 });
  writeFileSync(plan, (await terraform(project, "watched", ["show", "-json", "p.tfplan"], options)).stdout);
  const review = ["review", "--base", head, "--head", head, "--plan", `watched=${plan}`];
  expect(await supportApp(project, review, options)).toMatchObject({ output: expect.stringContaining("by-hand") });

  expect(aws.calls.filter(({ status, action }) => status === 403 || action === "sts:AssumeRoleWithSAML")).toEqual([]);
  const roles = aws.calls.flatMap(({ action, parameters }) => (action === "sts:AssumeRole" ? parameters.RoleArn : []));
  expect(new Set(roles)).toEqual(new Set([PLANS]));
  expect(aws.calls.filter(changes)).toEqual([]);
  expect(await readAccount(account)).toEqual(before);
});

/** Changes the account alias by hand, which Terraform doesn't notice. */
const changeAlias = (AccountAlias: string) => changeByHand(account, ACCOUNT_ALIAS_TYPE, { AccountAlias });

thoroughTest(
  "a reader's plan is the deployer's, also of what only AWS knows, and is refused after a change by hand",
  async () => {
    await leaveRights(() => true);
    const file = join(project.folder, "planned.json");
    const plan = () => supportApp(project, ["diff", "watched", "--planned", file], { as, endpoint: aws.endpoint });
    const deploy = () =>
      supportApp(project, ["deploy", "watched", "--auto-approve", "--planned", file], { as: account });
    await changeAlias("Theirs");
    const answer = await plan();
    expect(answer).toMatchObject({
      status: 0,
      output: expect.stringContaining("The plan is made from what AWS has, which a deploy puts into the state first."),
    });
    expect(answer.output).toMatch(/~ desired_state[\s\S]*Theirs[\s\S]*Payments/);
    expect(aws.calls.filter(changes)).toEqual([]);

    await changeAlias("Others");
    expect(await deploy()).toMatchObject({
      status: 1,
      output: expect.stringContaining("the plan of watched isn't the approved plan any more"),
    });
    await changeAlias("Theirs");
    expect(await deploy()).toMatchObject({ status: 0, output: expect.stringContaining("Apply complete!") });
    expect(await plan()).toMatchObject({ status: 0, output: expect.stringContaining("No changes.") });
  },
);

thoroughTest("each right is needed: without it, drift or doctor fails by its name", async () => {
  const rights = (["role", "caller"] as const).flatMap((policy) =>
    policies[policy].Statement.flatMap(({ Action }) => [Action].flat().map((action): Right => ({ policy, action }))),
  );
  // Without it, AWS calls a state that isn't there yet forbidden rather than missing; the emulator does not.
  for (const without of rights.filter(({ action }) => action !== "s3:ListBucket")) {
    await leaveRights(({ policy, action }) => policy !== without.policy || action !== without.action);
    const [drifted, { findings, notes }] = [await drift(), await assumingDoctor()];
    const said = [drifted.output, ...notes, ...findings.map((finding) => finding.found)].join("\n");
    expect(said.replaceAll(/\s*│?\s+/g, " ")).toContain(INSTEAD[without.action] ?? without.action);
  }
});

describe("a user with the printed policy of doctor alone", () => {
  let doctor: Identity;
  let printed: PolicyDocument;
  beforeAll(async () => {
    doctor = await createUser(account, "doctor");
    printed = JSON.parse((await supportApp(project, ["permissions", "doctor"], { as: doctor })).stdout);
  });

  /** Runs doctor with these rights alone. */
  async function withRights(has: (action: string, sid?: string) => boolean) {
    const statements = statementsLeft(printed, has);
    await allowUser(account, "doctor", policyText(...statements));
    refuseAllBut(statements.flatMap(({ Action }) => Action));
    return diagnosed(project, "watched", aws, doctor);
  }

  test("doctor runs on exactly the policy that it prints", async () => {
    const { status, checks } = await withRights(() => true);
    expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
    expect(status).toBe(0);
    expect(aws.calls.filter(({ status }) => status === 403)).toEqual([]);
  });

  test("without any one of its rights, that check is unknown, and no other; without the simulation, the documents are read", async () => {
    const rights = printed.Statement.flatMap(({ Sid = "", Action }) =>
      [Action].flat().map((action) => ({ sid: Sid, action })),
    );
    expect(rights).toHaveLength(14);
    for (const without of sample(rights, 4)) {
      const { status, answer, checks, findings, notes } = await withRights(
        (action, sid) => sid !== without.sid || action !== without.action,
      );
      const unknown = checks.filter(({ answer }) => answer === "unknown").map(({ name }) => name);
      const problems = checks.filter(({ answer }) => answer === "unhealthy");
      // What waits for a check that is unknown has nothing to look at, and says so.
      const waiting = checks.filter(({ answer }) => answer === "skipped").map(({ name, waitsFor }) => [name, waitsFor]);
      expect({ without, waiting }).toEqual({ without, waiting: WAITING[without.action] ?? [] });
      if (without.action === SIMULATE) {
        expect({ status, unknown, others: problems }).toEqual({ status: 0, unknown: [], others: [] });
        expect(notes.join()).toContain("so only its policies were read");
        continue;
      }
      const check = without.sid
        .replace(/\d$/, "")
        .replace(/(?<!^)[A-Z]/g, "-$&")
        .toLowerCase();
      expect({ without, status, answer, unknown, others: problems }).toEqual({
        without,
        status: 5,
        answer: "unknown",
        unknown: [check, ...(SHARED[without.action] ?? [])],
        others: [],
      });
      const [finding] = findings;
      expect(finding?.found).toContain("not authorized to perform");
      expect(finding?.fix.text).toContain(`Allow these credentials ${without.action}.`);
      expect(finding?.fix.commands).toEqual(["npx support-app permissions doctor"]);
    }
  });
});
