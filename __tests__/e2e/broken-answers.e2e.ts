import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { DeleteResourceCommand } from "@aws-sdk/client-cloudcontrol";
import { AttachRolePolicyCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { thoroughTest } from "../support/thorough";
import { cloudControlIn, iamIn, newAccount, readAccount } from "./support/account";
import { createBoundary, createBucket, createDeployRole, policyDocument, trustIn } from "./support/examples";
import { endGroup } from "./support/ministack";
import {
  createProject,
  type Ended,
  killAll,
  type Project,
  type RunOptions,
  removeProjects,
  run,
  supportAppProcess,
  terraform,
  writeEnvironments,
} from "./support/project";
import { type Answer, type Call, type Fault, startProxy } from "./support/proxy";

afterAll(removeProjects);

const WORKSPACE = "T012ABCDEFG";
const FULL = "AWSSupportAppFullRole";
const READ_ONLY = "AWSSupportAppReadOnlyRole";

/** An environment that is deployed, changed and retired, with everything that an environment can have. */
interface Life {
  readonly account: string;
  readonly project: Project;
  /** environments.yaml, stage by stage. */
  readonly stages: Readonly<Record<"born" | "changed" | "retired", string>>;
}

async function createLife(name: string): Promise<Life> {
  const account = newAccount();
  const boundary = await createBoundary(account);
  const bucket = await createBucket(account);
  await createDeployRole(account);
  const yaml = (tags: string, readOnly: string, full: string) => `environments:
  life:
    account: "${account}"
    region: us-east-1
    deploy-role: arn:aws:iam::${account}:role/terraform
    backend: { type: s3, bucket: ${bucket}, region: us-east-1 }
    tags: ${tags}
    slack-workspaces: [${WORKSPACE}]
    account-alias: life
    read-only: ${readOnly}
    full: ${full}
`;
  const born = yaml(
    "{ Owner: platform, Stage: born }",
    `{ path: /support/, permissions-boundary: "${boundary}", description: born }`,
    `{ service-quotas-role: create, channels: [{ name: oncall, workspace: ${WORKSPACE}, channel: C01 }] }`,
  );
  const changed = yaml(
    "{ Owner: another }",
    "{ path: /support/, description: changed, max-session-duration: 7200 }",
    `{ service-quotas-role: create, permissions-boundary: "${boundary}", without: [live-chat], channels: [{ name: renamed, workspace: ${WORKSPACE}, channel: C01 }] }`,
  );
  const retired = changed.replace("  life:\n", "  life:\n    retired: true\n");
  return { account, project: createProject(name, born), stages: { born, changed, retired } };
}

/** Synthesizes a stage, so that Terraform alone deploys it as often as it takes. */
async function synthesize({ account, project }: Life, yaml: string): Promise<void> {
  writeEnvironments(project, yaml);
  await worked(run(project, process.execPath, ["--require", "ts-node/register", "main.ts"], { as: account }));
  await worked(terraform(project, "life", ["init", "-input=false", "-reconfigure"], { as: account }));
}

function apply({ account, project }: Life, options: Partial<RunOptions> = {}): Promise<Ended> {
  return terraform(project, "life", ["apply", "-input=false", "-auto-approve"], { as: account, ...options });
}

/** Runs Terraform, which is expected to work. */
function tell({ account, project }: Life, ...args: string[]): Promise<string> {
  return worked(terraform(project, "life", args, { as: account }));
}

async function worked(command: Promise<Ended>): Promise<string> {
  const { status, output } = await command;
  if (status !== 0) throw new Error(output);
  return output;
}

/** Changes by hand what the next deploy takes back. */
async function tamper({ account }: Life): Promise<void> {
  const iam = iamIn(account);
  const everything = policyDocument({ Effect: "Allow", Action: "*", Resource: "*" });
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await iam.send(new AttachRolePolicyCommand({ RoleName: FULL, PolicyArn }));
  await iam.send(new PutRolePolicyCommand({ RoleName: FULL, PolicyName: "by-hand", PolicyDocument: everything }));
  const PolicyDocument = trustIn("ec2.amazonaws.com");
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: FULL, PolicyDocument }));
}

/** What is in the account, but for its number and in one order. */
async function contentsOf({ account }: Life): Promise<unknown> {
  const { supportApp, ...iam } = await readAccount(account);
  const sorted = Object.entries(supportApp).map(([type, all]) => [type, all.map((one) => JSON.stringify(one)).sort()]);
  return JSON.parse(JSON.stringify({ ...iam, sorted }).replaceAll(account, "ACCOUNT"));
}

/** Every call that deploying, changing and retiring makes. */
const CALLS = [
  "cloudformation:CreateResource",
  "cloudformation:DeleteResource",
  "cloudformation:GetResource",
  "cloudformation:GetResourceRequestStatus",
  "cloudformation:UpdateResource",
  "iam:AttachRolePolicy",
  "iam:CreatePolicy",
  "iam:CreatePolicyVersion",
  "iam:CreateRole",
  "iam:CreateServiceLinkedRole",
  "iam:DeletePolicy",
  "iam:DeletePolicyVersion",
  "iam:DeleteRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:GetPolicy",
  "iam:GetPolicyVersion",
  "iam:GetRole",
  "iam:GetRolePolicy",
  "iam:ListAttachedRolePolicies",
  "iam:ListInstanceProfilesForRole",
  "iam:ListPolicyVersions",
  "iam:ListRolePolicies",
  "iam:PutRolePermissionsBoundary",
  "iam:TagPolicy",
  "iam:TagRole",
  "iam:UntagPolicy",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
  "s3:DeleteObject",
  "s3:GetObject",
  "s3:ListBucket",
  "s3:PutObject",
  "sts:AssumeRole",
  "sts:GetCallerIdentity",
];

const HTML = "<html><head><title>Log in</title></head><body><p>Log in here</p></body></html>";
const isJson = ({ action }: Call) => action.startsWith("cloudformation:");

/**
 * What is answered once in AWS's place. Where an answer of success has nothing in it, whatever says so is believed: there
 * AWS has done what was asked, and its answer alone is lost.
 */
const FAULTS: readonly ((call: Call) => Answer)[] = [
  ({ action }) => ({ status: 200, body: HTML, afterwards: !/:(Get|List|Create|Assume)/.test(action) }),
  () => ({ status: 200, body: "", breaks: true }),
  () => ({ status: 200, body: "<Half><an>ans", breaks: true, afterwards: true }),
  () => ({ status: 503, body: HTML }),
  (call) => ({ status: 200, body: isJson(call) ? '{"Other":{}}' : "<Other><Shape/></Other>", afterwards: true }),
  () => ({ status: 500, body: "" }),
  ({ action }) => ({ status: 200, body: "", afterwards: action !== "s3:GetObject" }),
  (call) => {
    const error = "<Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>";
    const body = isJson(call) ? '{"__type":"ThrottlingException"}' : `<ErrorResponse>${error}</ErrorResponse>`;
    return { status: 400, body };
  },
];

/** In each round every call gets another fault than in the others. */
const ROUNDS = [0, 3, 6];

let undisturbed: Promise<Readonly<Record<string, unknown>>> | undefined;

/** What is in the account after each stage of a life whose calls are all answered. */
function undisturbedLife(): Promise<Readonly<Record<string, unknown>>> {
  undisturbed ??= liveUndisturbed();
  return undisturbed;
}

async function liveUndisturbed(): Promise<Readonly<Record<string, unknown>>> {
  const life = await createLife("broken-answers-none");
  const contents: Record<string, unknown> = {};
  const asked = new Set<string>();
  const proxy = await startProxy();
  for (const [stage, yaml] of Object.entries(life.stages)) {
    await synthesize(life, yaml);
    if (stage === "changed") await tamper(life);
    await worked(apply(life, { endpoint: proxy.endpoint }));
    contents[stage] = await contentsOf(life);
  }
  for (const { action } of proxy.calls) asked.add(action);
  await proxy.close();
  expect([...asked].sort()).toEqual(CALLS);
  return contents;
}

thoroughTest.each(ROUNDS)(
  "every call is answered once with something else (round %d): each deploy ends, says nothing to be done that isn't, and the next ones lead to the same account",
  async (round) => {
    const life = await createLife(`broken-answers-${round}`);
    const undisturbed = await undisturbedLife();
    const left = new Set(CALLS);
    const fault: Fault = async (call) => {
      if (!left.delete(call.action)) return undefined;
      return FAULTS[(CALLS.indexOf(call.action) + round) % FAULTS.length]?.(call);
    };
    const proxy = await startProxy(fault);
    for (const [stage, yaml] of Object.entries(life.stages)) {
      await synthesize(life, yaml);
      if (stage === "changed") await tamper(life);
      await deployAsDocumented(life, () => apply(life, { endpoint: proxy.endpoint }));
      expect(await contentsOf(life)).toEqual(undisturbed[stage]);
      expect(await tell(life, "plan", "-input=false")).toContain("No changes.");
    }
    await proxy.close();
    expect([...left]).toEqual([]);
  },
);

/** Deploys until it works. Keeps and imports what `support-app deploy` would, and deletes what docs/deploying.md leaves to people. */
async function deployAsDocumented(life: Life, deploy: () => Promise<Ended>): Promise<void> {
  for (let attempt = 1; attempt <= 15; attempt++) {
    const ended = await deploy();
    expect(ended.status).not.toBeNull();
    await expectTrue(life, ended);
    if (ended.status === 0) return;
    const lock = ended.output.match(/Lock Info:\s+ID:\s+(\S+)/)?.[1];
    if (lock !== undefined) await tell(life, "force-unlock", "-force", lock);
    for (const address of alreadyThere(ended.output)) await takeOver(life, address);
    await keepWhatIsTainted(life);
  }
  throw new Error("It doesn't come to an end.");
}

/** That what a deploy says it has created is there, and what it has destroyed isn't. */
async function expectTrue(life: Life, { status, output }: Ended): Promise<void> {
  expect(output.includes("Apply complete!")).toBe(status === 0);
  if (status !== 0) expect(output).toContain("Error:");
  const account = await readAccount(life.account);
  const said = [...output.matchAll(/^(\S+): (Creation|Destruction) complete/gm)];
  for (const [, address = "", what] of said) {
    const isThere = whetherThere(address, account);
    if (isThere !== undefined) expect({ address, isThere }).toEqual({ address, isThere: what === "Creation" });
  }
}

/** Whether something of that address is in the account. Undefined: it is nothing by itself. */
function whetherThere(
  address: string,
  { roles, policies, supportApp }: Awaited<ReturnType<typeof readAccount>>,
): boolean | undefined {
  const [type, name = ""] = address.split(".");
  const role = name === "full" ? FULL : READ_ONLY;
  if (type === "aws_iam_role") return role in roles;
  if (type === "aws_iam_policy") return `${role}Policy` in policies;
  if (type === "aws_iam_role_policy_attachment") return roles[role]?.attached.includes(`${role}Policy`) ?? false;
  if (type === "aws_iam_service_linked_role") return Object.keys(roles).some((one) => /ServiceQuotas$/i.test(one));
  if (type === "aws_cloudcontrolapi_resource") return (supportApp[typeOf(name)] ?? []).length > 0;
  return undefined;
}

/** The type of a resource of the Support App, by its name in Terraform. */
function typeOf(name: string): string {
  if (name.startsWith("channel_")) return "SlackChannelConfiguration";
  return name.startsWith("workspace_") ? "SlackWorkspaceConfiguration" : "AccountAlias";
}

/** The addresses of what AWS says is there already. */
function alreadyThere(output: string): string[] {
  return output
    .split("Error: ")
    .filter((error) => /already exists|AlreadyExists/.test(error))
    .map((error) => error.match(/with (\w+\.\w+)/)?.[1] ?? "");
}

async function takeOver(life: Life, address: string): Promise<void> {
  const { account } = life;
  const [type, name = ""] = address.split(".");
  if (type === "aws_cloudcontrolapi_resource") {
    const TypeName = `AWS::SupportApp::${typeOf(name)}`;
    const Identifier = name.startsWith("channel_")
      ? `${WORKSPACE}|C01`
      : name.startsWith("workspace_")
        ? WORKSPACE
        : "alias";
    await cloudControlIn(account).send(new DeleteResourceCommand({ TypeName, Identifier }));
    return;
  }
  const ids: Readonly<Record<string, string>> = {
    "aws_iam_role.read_only": READ_ONLY,
    "aws_iam_role.full": FULL,
    "aws_iam_policy.read_only": `arn:aws:iam::${account}:policy/support/${READ_ONLY}Policy`,
    "aws_iam_policy.full": `arn:aws:iam::${account}:policy/${FULL}Policy`,
    "aws_iam_service_linked_role.service_quotas": `arn:aws:iam::${account}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`,
  };
  await tell(life, "import", "-input=false", address, ids[address] ?? "");
}

/** Untaints what the plan would replace for that alone. */
async function keepWhatIsTainted(life: Life): Promise<void> {
  const { output } = await terraform(life.project, "life", ["plan", "-input=false"], { as: life.account });
  const found = output.matchAll(
    /# (\S+).* is tainted, so must be replaced|Resource (\S+) has lifecycle\.prevent_destroy/g,
  );
  for (const address of new Set([...found].map(([, tainted, kept]) => tainted ?? kept ?? ""))) {
    await tell(life, "untaint", address);
  }
}

const SILENT: readonly (readonly [string, string, Answer])[] = [
  ["iam", "iam:CreatePolicy", { status: 200, body: "<", stops: true }],
  ["cloud-control", "cloudformation:CreateResource", { status: 200, body: "{", stops: true }],
  ["sts", "sts:GetCallerIdentity", { status: 200, body: "<", stops: true }],
];

/** The limit that docs/deploying.md sets ends the deploy, and the next one goes on. */
async function expectEnd([name, action, answer]: (typeof SILENT)[number]): Promise<void> {
  const life = await createLife(`broken-answers-silence-${name}`);
  await synthesize(life, life.stages.born);
  let child: ChildProcess | undefined;
  let isSilent = true;
  const timers: NodeJS.Timeout[] = [];
  const fault: Fault = (call) => {
    if (call.action !== action || !isSilent) return undefined;
    isSilent = false;
    // What `timeout --signal=INT --kill-after=…` does.
    timers.push(setTimeout(() => child && endGroup(child, "SIGINT"), 2_000));
    timers.push(setTimeout(() => child && killAll(child), 20_000));
    return answer;
  };
  const proxy = await startProxy(fault);
  const ended = await apply(life, {
    endpoint: proxy.endpoint,
    onStart: (started) => {
      child = started;
    },
  });
  for (const timer of timers) clearTimeout(timer);
  expect(ended.status).not.toBe(0);
  expect(ended.output).not.toContain("Apply complete!");
  await deployAsDocumented(life, () => apply(life, { endpoint: proxy.endpoint }));
  await proxy.close();
  expect(await contentsOf(life)).toEqual((await undisturbedLife()).born);
}

/** It ends at once when a call isn't answered. */
async function expectDoctorGivesUp(): Promise<void> {
  const life = await createLife("broken-answers-doctor");
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const config = join(life.project.folder, "aws-config");
  writeFileSync(config, "[default]\ncredential_process = sleep 120\n");
  const cases: readonly (readonly [NodeJS.ProcessEnv, string])[] = [
    [{}, "http"],
    [{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_CONFIG_FILE: config }, "the credentials"],
  ];
  const results = cases.map(async ([env, waitedFor]) => {
    let reported = 0;
    const started = Date.now();
    const { status, output } = await supportAppProcess(life.project, ["doctor", "life"], {
      as: life.account,
      endpoint,
      env,
      onStart: ({ stdout }) =>
        stdout?.on("data", () => {
          reported ||= Date.now();
        }),
    });
    expect(status).toBe(5);
    expect(output).toContain(`waited 30 s for ${waitedFor}`);
    const [waited, ending] = [reported - started, Date.now() - reported];
    expect(waited).toBeGreaterThan(30_000);
    expect(ending).toBeLessThan(waited / 5); // 120 s of a credential process aren't waited for
  });
  await Promise.all(results);
  silent.close();
}

thoroughTest(
  "an AWS that takes a call and never answers it: the documented limit ends a deploy and the next one goes on",
  async () => {
    await Promise.all(SILENT.map(expectEnd)); // all of them wait
  },
);

test("an AWS that never answers: doctor gives up after 30 seconds", expectDoctorGivesUp);
