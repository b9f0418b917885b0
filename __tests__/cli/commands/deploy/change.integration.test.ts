import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os, { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import tty from "node:tty";
import { changeEnvironment } from "../../../../cli/commands/deploy/change";
import { NOTHING_PLANNED, planRecord } from "../../../../cli/commands/deploy/plan-digest";
import type { ShownPlan } from "../../../../cli/commands/deploy/plan-summary";
import type { ChangeKind, ChangeOptions } from "../../../../cli/commands/deploy/terraform-run";
import type { PlanRecord } from "../../../../cli/findings/planned-report";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { ChildOptions, ChildResult } from "../../../../cli/terraform/children";
import { planJson } from "../../../../cli/terraform/plan";
import { PLAN_ROLE_FILE } from "../../../../cli/terraform/plan-role";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../../modules/support-app/model/notify";
import type { Environment } from "../../../../stacks/environments/environment";
import { awsInTests, emptyAwsInTests } from "../../../support/answering-aws";
import { ACCOUNT, environmentOf } from "../../../support/live-account";
import { policyText } from "../../../support/policy-text";
import { printedInTests } from "../../../support/printed";
import { typedInTests } from "../../../support/typed";

const ONE = environmentOf(
  "slack-workspaces: [T1], account-alias: mine, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }",
  "one",
);
const REMOTE = { ...ONE, backend: { type: "cloud", organization: "acme" } } as Environment;
emptyAwsInTests();
const printed = printedInTests();
const typed = typedInTests();
const before = { ...process.env };
let scratch: string;
let temporary: string;
let stop: AbortController;
let ran: { binary: string; args: readonly string[]; options: ChildOptions }[];
/** How Terraform's commands end, other than with what changes something. */
let ends: Record<string, (() => Partial<ChildResult>) | undefined>;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-change-"));
  temporary = join(scratch, "temporary");
  for (const folder of ["stacks/one", "temporary"]) mkdirSync(join(scratch, folder), { recursive: true });
  jest.spyOn(os, "tmpdir").mockImplementation(() => temporary);
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  stop = new AbortController();
  ran = [];
  ends = {};
});
afterEach(() => {
  expect(readdirSync(temporary)).toEqual([]);
  process.env = { ...before };
  rmSync(scratch, { recursive: true });
});

async function run(binary: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  ran.push({ binary, args, options });
  const [command = ""] = args;
  const planned = command === "plan" && args.includes("-detailed-exitcode") ? 2 : 0;
  return { status: planned, stdout: command === "show" ? '{"format_version":"1.2"}' : "", ...ends[command]?.() };
}

const change = (kind: ChangeKind, overrides: Partial<ChangeOptions> = {}, environment: Environment = ONE) =>
  changeEnvironment(environment, {
    kind,
    autoApprove: true,
    output: scratch,
    children: { run, stop: stop.signal },
    ...overrides,
  });

/** The commands that were run, with PLAN for the plan's file. */
const commands = () =>
  ran.splice(0).map(({ args }) => args.map((arg) => arg.replace(/(?<=^|=)\/.*\/plan$/, "PLAN")).join(" "));

const INIT = "init -input=false";
const PLAN = "plan -input=false -detailed-exitcode -out=PLAN";
const SHOW = "show -json PLAN";
const APPLY = "apply -input=false -auto-approve PLAN";
const PULL = [INIT, "state pull"];
const DEPLOY = [...PULL, PLAN, SHOW, APPLY, "state pull"];
const COMPARE = `${PLAN} -lock=false`;

test("a deploy applies the plan that was shown, in the stack's folder, with the cached providers, and nobody else can read the plan", async () => {
  ends.plan = () => {
    const file = String(ran.at(-1)?.args.at(-1)).replace("-out=", "");
    writeFileSync(file, "secret");
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    return {};
  };
  ends.apply = () => {
    expect(readFileSync(ran.at(-1)?.args.at(-1) ?? "", "utf8")).toBe("secret");
    return {};
  };
  process.env.TERRAFORM_BINARY_NAME = "tofu";
  const init = jest.fn(async (_: string, begin: () => Promise<unknown>) => void (await begin()));
  const cache = { env: { TF_PLUGIN_CACHE_DIR: "cache" }, init };
  expect(await change("deploy", { cache })).toBe("deployed");
  expect(init.mock.calls).toEqual([[join(scratch, "stacks/one"), expect.any(Function)]]);
  expect(ran.map(({ binary, options: { cwd, mustFinish } }) => [binary, cwd, mustFinish])).toEqual(
    [false, false, false, false, true, false].map((mustFinish) => ["tofu", join(scratch, "stacks/one"), mustFinish]),
  );
  const variables = { TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1", TF_PLUGIN_CACHE_DIR: "cache" };
  for (const { options } of ran) expect(options.env).toMatchObject(variables);
  expect(commands()).toEqual(DEPLOY);
});

const ENDED = environmentOf("full: { until: 2026-01-01 }", "one");
const RENAMED =
  'The state of one has no resources, but AWS has some already. If you renamed the environment, don\'t deploy it, but move its state: see node_modules/cdktf-support-app-access/docs/changing-environments.md, "Rename an environment".';
const ENDED_LINE =
  "all full access of one: it ended at the end of 2026-01-01 (UTC). People in its channels can no longer do anything. Remove what has ended from environments.yaml, not only its until, or set a later until.";

test("a diff and a deploy print that access has ended, and neither a destroy nor the deploy of a retirement does", async () => {
  for (const kind of ["diff", "deploy"] as const) {
    await change(kind, {}, ENDED);
    expect(printed.splice(0)).toContain(ENDED_LINE);
  }
  await change("destroy", {}, ENDED);
  await change("deploy", {}, environmentOf("full: { until: 2026-01-01 }, retired: true", "one"));
  expect(printed).not.toContain(ENDED_LINE);
});

test("without changes, nothing is applied, and a line where Terraform's output is says so, which has no colors in a log", async () => {
  ends.plan = () => ({ status: 0 });
  expect(await change("deploy")).toBe("unchanged");
  expect(commands()).toEqual(DEPLOY.slice(0, 3));
  expect(printed.splice(0)).toEqual(["Nothing to do for one."]);

  const file = join(scratch, "log");
  const log = openSync(file, "w");
  expect(await change("deploy", { log })).toBe("unchanged");
  closeSync(log);
  expect(readFileSync(file, "utf8")).toBe("Nothing to do for one.\n");
  expect(ran.map(({ options }) => options.log)).toEqual([log, log, log]);
  expect(commands()).toEqual(DEPLOY.slice(0, 3).map((command) => `${command} -no-color`));
  expect(printed).toEqual([]);
});

/** A stack with these resources, whose state has some of them. */
function interrupted(resources: readonly string[], instances: Readonly<Record<string, object>>, digest = "0"): void {
  const resource: Record<string, object> = {};
  for (const address of resources) {
    const [type = "", name = ""] = address.split(".");
    resource[type] = { ...resource[type], [name]: {} };
  }
  const output = { support_app_digest: { value: "1" } };
  writeFileSync(join(scratch, "stacks/one/cdk.tf.json"), JSON.stringify({ output, resource }));
  const inState = Object.entries(instances).map(([address, instance]) => {
    const [type, name] = address.split(".");
    return { mode: "managed", type, name, provider: "P", instances: [instance] };
  });
  const state = {
    version: 4,
    serial: 0,
    lineage: "L",
    resources: inState,
    outputs: { support_app_digest: { value: digest } },
    check_results: [{ config_addr: "output.support_app_digest", status: "pass" }],
  };
  ends.state = () => ({ stdout: JSON.stringify(state) });
}

test.each<[ChangeKind, onlyChanged: boolean, digest: string | undefined, planned: number, outcome: string, string[]]>([
  ["deploy", true, "1", 2, "applied", PULL],
  ["deploy", true, "0", 2, "deployed", DEPLOY],
  ["deploy", false, "1", 2, "deployed", DEPLOY], // which finds drift
  ["deploy", true, undefined, 2, "deployed", DEPLOY], // a stack without a digest
  ["diff", true, "1", 2, "drifted", [...PULL, COMPARE, SHOW]],
  ["diff", true, "0", 2, "not-deployed", [...PULL, COMPARE, SHOW]],
  ["diff", true, "0", 0, "unchanged", [...PULL, COMPARE]],
  ["diff", false, "0", 0, "unchanged", [...PULL, COMPARE]],
])(
  "a %s, only of what changed: %s, with the digest %s and a plan that ends with %s, has the outcome %s",
  async (kind, onlyChanged, digest, planned, outcome, expected) => {
    if (digest !== undefined) interrupted([], {}, digest);
    ends.plan = () => ({ status: planned });
    expect(await change(kind, { onlyChanged })).toBe(outcome);
    expect(commands()).toEqual(expected);
  },
);

describe("a plan that somebody is to approve", () => {
  const json = (after: string) =>
    JSON.stringify({
      format_version: "1.2",
      terraform_version: after === "y" ? "1.12.2" : "1.11.4",
      output_changes: { a: { actions: ["update"], after } },
    });
  const recordOf = (after: string) => planRecord(planJson.parse(JSON.parse(json(after))));
  /** Plans, with that as its text in JSON. */
  async function shownPlans(plan: string, overrides: Partial<ChangeOptions> = {}, environment = ONE) {
    const plans: ShownPlan[] = [];
    ends.show = () => ({ stdout: ran.at(-1)?.args.includes("-json") ? plan : "  Terraform's words\n\n" });
    const outcome = await change("diff", { onPlan: (shownPlan) => plans.push(shownPlan), ...overrides }, environment);
    return { outcome, plans };
  }

  test("a plan to approve is shown whole, with what has ended and without a lock, and nothing is applied", async () => {
    expect(await shownPlans(json("x"), {}, ENDED)).toEqual({
      outcome: "not-deployed",
      plans: [
        {
          environment: expect.objectContaining({ name: "one", account: ACCOUNT }),
          record: recordOf("x"),
          resources: [],
          notes: [ENDED_LINE],
          text: ["Terraform's words"],
        },
      ],
    });
    expect(commands()).toEqual([...PULL, COMPARE, SHOW, "show -no-color PLAN"]);
    expect(printed).toContain(ENDED_LINE);
  });

  test("a plan to approve is also shown if it changes nothing", async () => {
    ends.plan = () => ({ status: 0 });
    const { outcome, plans } = await shownPlans(JSON.stringify({ format_version: "1.2" }));
    expect([outcome, plans.map(({ record }) => record)]).toEqual(["unchanged", [NOTHING_PLANNED]]);
  });

  test("a plan to approve isn't made for an environment that is deployed, if only what changed is deployed", async () => {
    interrupted([], {}, "1");
    const { outcome, plans } = await shownPlans(json("x"), { onlyChanged: true });
    expect([outcome, plans.map(({ record }) => record)]).toEqual(["applied", [NOTHING_PLANNED]]);
    expect(commands()).toEqual(PULL);
  });

  test("a plan isn't shown for an approval if the deploy would refuse it", async () => {
    const refused = { address: "aws_iam_role.a", type: "aws_iam_role", change: { actions: ["explode"] } };
    const plan = JSON.stringify({ format_version: "1.2", resource_changes: [refused] });
    await expect(shownPlans(plan)).rejects.toThrow('does something unknown to "aws_iam_role.a"');
  });

  test.each<[string, approved: Record<string, PlanRecord>, planned: number, outcome: string]>([
    ["it is the approved plan", { one: recordOf("x") }, 2, "deployed"],
    ["there is nothing to do", { one: recordOf("x") }, 0, "unchanged"],
    [
      "it isn't the approved plan",
      { one: recordOf("y") },
      2,
      `Not deployed: the plan of one isn't the approved plan any more: output a differs; planned with Terraform 1.12.2, deployed with 1.11.4. Somebody may have changed something by hand, or another deploy has. The approved plan has the digest ${recordOf("y").digest}, and this plan ${recordOf("x").digest}. Nothing was changed there. Run all jobs again, and approve the plan that they show.`,
    ],
    [
      "nobody was shown a plan",
      { two: recordOf("x") },
      2,
      "Not deployed: nobody was shown a plan of one. Nothing was changed there. Run all jobs again, and approve the plan that they show.",
    ],
  ])("a deploy applies the approved plan or nothing: %s", async (_, approved, planned, outcome) => {
    ends.show = () => ({ stdout: json("x") });
    ends.plan = () => ({ status: planned });
    const approvedPlans = new Map(Object.entries(approved));
    const result = await change("deploy", { approvedPlans }).catch((error: Error) => error.message);
    expect(result).toBe(outcome);
    expect(commands().some((command) => command.startsWith("apply"))).toBe(outcome === "deployed");
  });
});

describe("a destroy", () => {
  const LOOKS = [...PULL, `${PLAN} -destroy`, SHOW];
  const destroyed = { actions: ["delete"], before: { aws_service_name: "servicequotas.amazonaws.com" } };
  const linked = { address: "aws_x.role", type: "aws_iam_service_linked_role", change: destroyed };

  test.each<[string, Partial<ChildResult>, string]>([
    [
      "destroys the Service Quotas role",
      { stdout: JSON.stringify({ format_version: "1.2", resource_changes: [linked] }) },
      'Received a plan for one that destroys the Service Quotas role ("aws_x.role"), expected',
    ],
    ["isn't JSON", { stdout: "no JSON" }, "Received something other than a plan of format 1.x"],
    ["can't be shown", { status: 1 }, "terraform show ended with the exit status 1 for one. Nothing was changed"],
  ])("a destroy never applies a plan that %s", async (_, childResult, sentence) => {
    ends.show = () => childResult;
    await expect(change("destroy")).rejects.toThrow(sentence);
    expect(commands()).toEqual(LOOKS);
  });

  test("a destroy that Terraform refuses recommends retiring", async () => {
    ends.plan = () => ({ status: 1 });
    await expect(change("destroy")).rejects.toThrow(/set retired: true and deploy\.$/);
  });
});

describe("what differs between AWS and the state", () => {
  const ROLE = "aws_iam_role.full";
  const CHANNEL = "aws_cloudcontrolapi_resource.channel_T1_C1";
  const IMPORTS = () => join(scratch, "stacks/one/support-app-imports.tf.json");
  const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`;
  const ADMIN = `arn:aws:iam::${ACCOUNT}:role/admin`;
  /** The import blocks of a plan, and what it does with the role. */
  let imports: string | undefined;
  let actions: string[];
  /** AWS's settings of the channel, if there are any. */
  let channel: Record<string, unknown> | undefined;
  /** The states that were pushed, and the state that was there before. */
  let pushed: { readonly serial: number; readonly desired: unknown; readonly kept: string }[];
  const asInFile = {
    ChannelId: "C1",
    ChannelName: "oncall",
    ChannelRoleArn: ROLE_ARN,
    TeamId: "T1",
    ...notifyProperties(NOTIFY_OF_NOTHING),
  };
  const byHand = { ...asInFile, ChannelRoleArn: ADMIN };
  const instanceWith = (status?: string) => ({
    ...(status === undefined ? {} : { status }),
    attributes: {
      type_name: "AWS::SupportApp::SlackChannelConfiguration",
      id: "T1|C1",
      desired_state: JSON.stringify(asInFile),
    },
  });
  const ROLE_INSTANCE = { attributes: { name: "AWSSupportAppFullRole", arn: ROLE_ARN } };
  const WITHOUT_ACCOUNT = { ...ONE, slackWorkspaces: [], accountAlias: undefined };
  let failing: string | undefined;
  /** Channels that AWS has, and the file doesn't. */
  let strays: string[];
  const aws = awsInTests((action, { RoleName, Identifier }, _, region) => {
    if (action === failing) return { status: 403, code: "AccessDeniedException" };
    if (action === "GetCallerIdentity") return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/a</Arn>`;
    if (action === "GetRole")
      return `<Role><RoleName>${RoleName}</RoleName><Arn>arn:aws:iam::${ACCOUNT}:role/${RoleName}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(policyText())}</AssumeRolePolicyDocument></Role>`;
    if (action === "ListAttachedRolePolicies") return "<AttachedPolicies></AttachedPolicies>";
    if (action === "ListRolePolicies") return "<PolicyNames><member>inline</member></PolicyNames>";
    if (action === "ListResources")
      return JSON.stringify({
        ResourceDescriptions: (region === ONE.region ? strays : []).map((Identifier) => ({ Identifier })),
      });
    if (action === "GetResource" && channel !== undefined)
      return JSON.stringify({ ResourceDescription: { Identifier, Properties: JSON.stringify(channel) } });
    return { status: 400, code: "ResourceNotFoundException" };
  });
  beforeEach(() => {
    [imports, channel, actions, pushed, failing] = [undefined, { ...asInFile }, ["no-op"], [], undefined];
    strays = [];
    writeFileSync(join(scratch, "stacks/one/.terraform.lock.hcl"), "");
    ends.show = () => {
      imports = existsSync(IMPORTS()) ? readFileSync(IMPORTS(), "utf8") : undefined;
      const role = { address: ROLE, type: "aws_iam_role", change: { actions, before: {}, after: {} } };
      return { stdout: JSON.stringify({ format_version: "1.2", resource_changes: [role] }) };
    };
  });
  afterEach(() => expect(existsSync(IMPORTS())).toBe(false));

  /** A stack with these resources, whose state has some of them, and notes what is pushed. */
  function deployedWith(resources: readonly string[], instances: Readonly<Record<string, object>>, digest = "0"): void {
    interrupted(resources, instances, digest);
    let text = ends.state?.().stdout ?? "";
    ends.state = () => {
      const [, , file] = ran.at(-1)?.args ?? [];
      if (file === undefined) return { stdout: text };
      const state = JSON.parse(readFileSync(file, "utf8"));
      const { serial, resources } = state;
      if (serial <= JSON.parse(text).serial) return { status: 1 };
      text = JSON.stringify({ ...state, serial: serial + 1 }); // as Terraform 1.11 stores what is pushed
      const backup = readFileSync(join(dirname(file), "before.tfstate"), "utf8");
      pushed.push({ serial, desired: JSON.parse(resources[0].instances[0].attributes.desired_state), kept: backup });
      expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
      return { stdout: "" };
    };
  }
  const deployedChannel = (digest = "0") => deployedWith([CHANNEL], { [CHANNEL]: instanceWith() }, digest);
  const PUSHED = [INIT, "state pull", expect.stringMatching(/^state push \/.*\/next\.tfstate$/)];

  test.each([true, false])(
    "what differs between AWS and the state is put into the state before anything is planned, so that the plan changes it in place, whatever was applied: %j",
    async (onlyChanged) => {
      channel = byHand;
      deployedChannel("1");
      expect(await change("deploy", { onlyChanged })).toBe("deployed");
      expect(commands()).toEqual([...PUSHED, PLAN, SHOW, APPLY, "state pull"]);
      expect(printed.splice(0)).toEqual([
        `AWS has other settings of ${CHANNEL} (T1|C1) than the state: ChannelRoleArn is "${ADMIN}", not "${ROLE_ARN}". The plan is made from what AWS has, which a deploy puts into the state first.`,
      ]);
      const backup = expect.stringContaining(`"status":"pass"`);
      expect(pushed.splice(0)).toEqual([{ serial: 1, desired: channel, kept: backup }]);
    },
  );

  test("a channel that is tainted in the state or missing there is kept, with the role of the file", async () => {
    for (const instances of [{ [CHANNEL]: instanceWith("tainted") }, {} as Record<string, object>]) {
      channel = { ...asInFile, ChannelName: "theirs" };
      deployedWith([CHANNEL], instances);
      expect(await change("deploy", { onlyChanged: true })).toBe("deployed");
      expect(pushed.splice(0)).toMatchObject([{ desired: channel }]);
    }
    expect(printed).toEqual([
      `AWS has ${CHANNEL} (T1|C1), which the state has as incomplete. The plan is made from what AWS has, which a deploy puts into the state first.`,
      RENAMED,
      `AWS has ${CHANNEL} (T1|C1), which isn't in the state. The plan is made from what AWS has, which a deploy puts into the state first.`,
    ]);
  });

  const FOREIGN = `AWS has a configuration of the channel T1|C1, with the role "${ADMIN}"`;
  test.each<[string, Environment, string]>([
    [
      "that the file has",
      ONE,
      `${FOREIGN}, which the state of one doesn't have, or only as incomplete, so somebody else may have made it. To take it over, set adopt: true for #oncall: a deploy then gives it the role of full access, in place. Otherwise, delete it in the AWS Support Center Console, and deploy again.`,
    ],
    [
      "that the file doesn't have",
      { ...ONE, channels: [] },
      `${FOREIGN}. An interrupted deploy may have created it, but one in environments.yaml doesn't have it, so it may be somebody else's.`,
    ],
  ])(
    "a channel with another role may be somebody else's, and nothing is planned, for an approval or a destroy either: it is one %s",
    async (_, environment, message) => {
      channel = byHand;
      deployedWith([CHANNEL], { [CHANNEL]: instanceWith("tainted") });
      await expect(change("deploy", {}, environment)).rejects.toThrow(message);
      expect(commands()).toEqual(PULL);
      const approving = change("diff", { onPlan: () => {} }, environment);
      await expect(approving).rejects.toThrow(`Not deployed. ${message}`);
      await expect(change("destroy", {}, environment)).rejects.toThrow(`Not destroyed. ${message}`);
      expect(commands()).toEqual([...PULL, ...PULL]);
      await change("diff", {}, environment); // whose plan shows the rest
      expect(printed.at(-1)).toContain(`A deploy will stop. ${message}`);
    },
  );

  test("a diff looks at AWS as the plan-role, and a deploy as the deploy-role", async () => {
    deployedChannel();
    const [deployRole, planRole] = ["deploys", "plans"].map((name) => ({
      arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    }));
    const roles: unknown[] = [];
    aws.answers = (action, { RoleArn }) => {
      if (action === "AssumeRole") roles.push(RoleArn);
      return { status: 403, code: "AccessDenied" };
    };
    for (const kind of ["diff", "deploy"] as const)
      await expect(change(kind, {}, { ...ONE, deployRole, planRole })).rejects.toThrow("AccessDenied");
    expect(roles).toEqual([planRole?.arn, deployRole?.arn]);
  });

  test("a channel that differs from the state is drift, which a diff prints and changes nothing about, though the plan is empty", async () => {
    channel = byHand;
    ends.plan = () => ({ status: 0 });
    deployedChannel("1");
    expect(await change("diff", { onlyChanged: true })).toBe("drifted");
    deployedChannel();
    expect(await change("diff", { onlyChanged: true })).toBe("not-deployed");
    expect(commands()).toEqual([...PULL, INIT, COMPARE, ...PULL, INIT, COMPARE]);
    expect(printed[0]).toMatch(/^AWS has other settings of .* The plan is made from what AWS has/);
    expect(pushed).toEqual([]);
  });

  test("a plan that somebody is to approve begins with what AWS has, in a copy of the state, and changes nothing", async () => {
    channel = byHand;
    deployedChannel();
    mkdirSync(join(scratch, "stacks/one/.terraform/providers"), { recursive: true });
    const folder = join(scratch, "stacks/one");
    let copy: unknown;
    ends.plan = () => {
      const { terraform } = JSON.parse(readFileSync(join(folder, "support-app-state_override.tf.json"), "utf8"));
      const { path } = terraform.backend.local;
      expect(ran.at(-1)?.options.env?.TF_DATA_DIR).toBe(dirname(path));
      copy = JSON.parse(readFileSync(path, "utf8"));
      return {};
    };
    ends.show = () => ({ stdout: JSON.stringify({ format_version: "1.2" }) });
    const plans: ShownPlan[] = [];
    expect(await change("diff", { onPlan: (plan) => plans.push(plan) })).toBe("not-deployed");
    expect(commands()).toEqual([...PULL, INIT, COMPARE, SHOW, "show -no-color PLAN"]);
    expect(plans[0]?.notes).toEqual([
      expect.stringMatching(/ The plan is made from what AWS has, which a deploy puts into the state first\.$/),
    ]);
    expect(existsSync(join(folder, "support-app-state_override.tf.json"))).toBe(false);
    expect(pushed).toEqual([]);
    ends.plan = undefined;
    await change("deploy"); // pushes the same
    expect(JSON.stringify(pushed[0])).toContain(ADMIN);
    expect(JSON.stringify(copy)).toContain(ADMIN);
  });

  test("what differs between AWS and the state must be known: nothing is called unchanged otherwise", async () => {
    failing = "GetResource";
    for (const [kind, policy] of [
      ["deploy", "permissions deploy"],
      ["diff", "permissions plan"],
    ] as const) {
      deployedChannel("1");
      await expect(change(kind, { onlyChanged: true })).rejects.toThrow(
        `Can't compare the state of one with AWS: AccessDeniedException: GetResource says so. Nothing was changed there. Allow these credentials cloudformation:GetResource. This prints everything that ${kind} needs: \`npx support-app ${policy} ENVIRONMENT\`.`,
      );
    }
    expect(commands()).toEqual([...PULL, ...PULL]);
  });

  test("a difference is left to the checks of HCP Terraform's plans, which has the account's credentials: they are in the state", async () => {
    failing = "GetCallerIdentity";
    ends.plan = () => ({ status: 0 });
    deployedChannel("1");
    expect(await change("deploy", { onlyChanged: true }, REMOTE)).toBe("unchanged");
    expect(commands()).toEqual([...PULL, PLAN, "state pull"]);
    expect(printed[0]).toMatch(
      /^Can't compare the state of one with AWS from here: .*\. The plan's own checks compare the channels and the alias of environments\.yaml, and nothing else\.$/,
    );

    const { stdout = "" } = ends.state?.() ?? {};
    const failed = stdout.replace(
      '"status":"pass"',
      '"status":"pass"},{"config_addr":"check.channel_T1_C1","status":"fail"',
    );
    ends.state = () => ({ stdout: failed });
    for (const planned of [0, 2]) {
      ends.plan = () => ({ status: planned });
      await expect(change("deploy", {}, REMOTE)).rejects.toThrow(
        "AWS differs from environments.yaml in one: check.channel_T1_C1 failed, as the warning above says.",
      );
    }
  });

  test("the state is restored if nothing was applied, since nobody has approved it, also after a signal", async () => {
    channel = byHand;
    for (const isInterrupted of [false, true]) {
      deployedChannel("1");
      ends.plan = () => {
        if (isInterrupted) stop.abort("SIGTERM");
        return { status: 1 };
      };
      await expect(change("deploy")).rejects.toThrow(/ Nothing was changed there\./);
      expect(pushed.splice(0)).toMatchObject([
        { serial: 1, desired: channel },
        { serial: 3, desired: asInFile },
      ]);
    }
  });

  test("a message says where the state as it was before is kept if an apply fails or the state can't be restored", async () => {
    channel = byHand;
    const keptBy = async (isApplied: boolean) => {
      const error: Error = await change("deploy").catch((failure) => failure);
      const [, backupPath = ""] = / The state as it was before this deploy is in "(.*)"\.$/.exec(error.message) ?? [];
      expect(error.message.includes("The state couldn't be restored: it has what AWS has")).toBe(!isApplied);
      expect(readFileSync(backupPath, "utf8")).toContain('"lineage":"L"');
      rmSync(dirname(backupPath), { recursive: true });
    };
    deployedChannel();
    ends.apply = () => ({ status: 1 });
    await keptBy(true);
    deployedChannel();
    const note = ends.state;
    ends.plan = () => ({ status: 1 });
    ends.state = () => ({ ...note?.(), ...(pushed.length > 1 && { status: 1 }) });
    pushed.length = 0;
    await keptBy(false);
    deployedChannel();
    const readable = ends.state;
    ends.state = () => (pushed.length > 0 ? { stdout: "[]" } : { ...readable?.() }); // such as a backend's error page
    pushed.length = 0;
    await keptBy(false);
  });

  test("a difference isn't put into the state if a number or a key there would change, or if the push is refused", async () => {
    channel = byHand;
    deployedChannel();
    const { stdout = "" } = ends.state?.() ?? {};
    ends.state = () => ({ stdout: stdout.replace('"serial":0', '"serial":0,"more":12345678901234567890') });
    const onPlan = jest.fn(); // what can't be deployed isn't approved either
    for (const kind of ["deploy", "diff"] as const)
      await expect(change(kind, kind === "diff" ? { onPlan } : {})).rejects.toThrow(
        "Can't correct the state of one: it has a number or a key that would change if it were written again.",
      );
    expect(onPlan).not.toHaveBeenCalled();
    ends.state = () => (ran.at(-1)?.args[1] === "push" ? { status: 1 } : { stdout });
    await expect(change("deploy")).rejects.toThrow("terraform state push ended with the exit status 1 for one.");
    expect(await change("deploy", {}, REMOTE)).toBe("deployed");
    expect(printed.at(-1)).toBe("Can't change the state of one. The plan's own checks show what differs.");
  });

  test("a channel that is gone is created again, and nothing is called unchanged before", async () => {
    channel = undefined;
    deployedChannel("1");
    expect(await change("deploy", { onlyChanged: true })).toBe("deployed");
    expect(printed[0]).toBe(`AWS doesn't have ${CHANNEL} (T1|C1), which is in the state. A deploy creates it again.`);
    expect(pushed).toEqual([]);
  });

  test("a role that the state doesn't have is imported if it is as in the file, and otherwise somebody else's, and nothing is changed", async () => {
    channel = undefined;
    deployedWith([ROLE], {});
    expect(await change("deploy")).toBe("deployed");
    expect(commands()).toEqual(DEPLOY);
    expect(JSON.parse(imports ?? "")).toEqual({ import: [{ to: ROLE, id: "AWSSupportAppFullRole" }] });
    expect(printed).toEqual([RENAMED, "Taking over aws_iam_role.full: AWS has it already."]);
    actions = ["update"];
    await expect(change("deploy")).rejects.toThrow(
      /^Received a plan for one that creates "aws_iam_role\.full", but "AWSSupportAppFullRole" already exists, .* Nothing was changed there\.$/,
    );
    expect(ran.at(-1)?.args[0]).toBe("show");
  });

  test("a new name that something else has is refused each time, and never gets into the state, from which nobody could tell it from the environment's own", async () => {
    channel = undefined;
    interrupted([ROLE], { [ROLE]: { attributes: { name: "before" } } });
    actions = ["update"];
    for (const _ of [1, 2]) {
      await expect(change("deploy")).rejects.toThrow(
        /creates "aws_iam_role\.full", but "AWSSupportAppFullRole" already exists, and differs from environments\.yaml/,
      );
    }
    expect(commands()).toEqual([...PULL, INIT, COMPARE, SHOW, ...PULL, INIT, COMPARE, SHOW]);
    expect(printed.splice(0)[0]).toMatch(/^Taking over aws_iam_role\.full/);
    expect(await change("deploy", {}, REMOTE)).toBe("deployed"); // where nobody could look at the plan first
    expect(printed).toEqual([]);
  });

  test("a channel with a role of the environment that the file doesn't have is drift, which no deploy calls done, and it is left as it is", async () => {
    strays = ["T1|C9"];
    deployedWith([ROLE, CHANNEL], { [ROLE]: ROLE_INSTANCE, [CHANNEL]: instanceWith() }, "1");
    const line =
      "AWS has what neither environments.yaml nor the state of one has: the channel T1|C9 in us-east-1 with the role arn:aws:iam::111122223333:role/AWSSupportAppFullRole. People in a channel with such a role have its access, and a deploy doesn't change that. What to do about a channel: npx support-app doctor one.";
    ends.plan = () => ({ status: 0 });
    for (const onlyChanged of [true, false]) {
      await expect(change("deploy", { onlyChanged })).rejects.toThrow(
        "AWS isn't as environments.yaml says for one: it also has the channel T1|C9 in us-east-1 with the role arn:aws:iam::111122223333:role/AWSSupportAppFullRole. See above what to do.",
      );
      expect(printed.splice(0)[0]).toBe(line);
    }
    expect(await change("diff", { onlyChanged: true })).toBe("drifted");
    expect(printed[0]).toBe(line);
    expect(pushed).toEqual([]);
  });

  test("a channel with a role of the environment that the file doesn't have stays after a destroy or a retirement, which says so once the role is gone", async () => {
    strays = ["T1|C9"];
    deployedWith([], { [ROLE]: ROLE_INSTANCE, [CHANNEL]: instanceWith() });
    for (const [kind, environment] of [
      ["destroy", WITHOUT_ACCOUNT],
      ["deploy", { ...WITHOUT_ACCOUNT, retired: true }],
    ] as const) {
      await expect(change(kind, {}, environment)).rejects.toThrow("it also has the channel T1|C9 in us-east-1");
      expect(commands()).toContain(APPLY);
    }
  });

  test.each<[ChangeKind, Partial<Environment>, string]>([
    [
      "deploy",
      { retired: true },
      "A retirement would leave all of it there, and people would keep their access. If the state is somewhere else, such as on another machine or at a former place, use that state. Otherwise, remove retired: true and deploy, which takes over what AWS has, then retire it again. Nothing was changed there.",
    ],
    [
      "destroy",
      {},
      "A destroy would leave all of it there, and people would keep their access. If the state is somewhere else, such as on another machine or at a former place, use that state. Otherwise, deploy, which takes over what AWS has, then destroy it again. Nothing was changed there.",
    ],
  ])(
    "a %s isn't begun if the state lacks what AWS has under the environment's names",
    async (kind, properties, end) => {
      deployedWith([], {});
      const environment = { ...WITHOUT_ACCOUNT, ...properties };
      const lost = `AWS has what the state of one doesn't have: the role ${ROLE_ARN}.`;
      const not = { destroy: "Not destroyed", deploy: "Not deployed", diff: "" }[kind];
      await expect(change(kind, { onlyChanged: true }, environment)).rejects.toThrow(`${not}. ${lost} ${end}`);
      expect(commands()).toEqual(PULL);
      if (kind === "destroy") return;
      ends.plan = () => ({ status: 0 });
      expect(await change("diff", { onlyChanged: true }, environment)).not.toBe("unchanged");
      expect(printed.at(-1)).toContain(`A deploy will stop. ${lost}`);
    },
  );

  test("a destroy changes no state that is complete, and import blocks that a killed deploy has left are removed", async () => {
    channel = byHand;
    deployedWith([ROLE, CHANNEL], { [ROLE]: { ...ROLE_INSTANCE, status: "tainted" }, [CHANNEL]: instanceWith() });
    writeFileSync(IMPORTS(), "{}");
    await change("destroy", {}, WITHOUT_ACCOUNT);
    expect(commands()).toEqual([...PULL, `${PLAN} -destroy`, SHOW, APPLY]);
    expect({ imports, pushed }).toEqual({ imports: undefined, pushed: [] });
  });
});

describe("an environment with a plan-role", () => {
  const ROLE = `arn:aws:iam::${ACCOUNT}:role/plans`;
  const PLANNED = {
    ...ONE,
    slackWorkspaces: [],
    accountAlias: undefined,
    channels: [],
    accesses: [],
    planRole: { arn: ROLE },
  };
  const file = () => join(scratch, "stacks/one", PLAN_ROLE_FILE);
  const roleWhile = (command: string) => {
    const roles: unknown[] = [];
    ends[command] = () => {
      roles.push(existsSync(file()) ? JSON.parse(readFileSync(file(), "utf8")).provider.aws.assume_role : "none");
      return {};
    };
    return roles;
  };

  test("a diff plans as that role without locking the state, and leaves nothing in the folder, also if it fails", async () => {
    const planRoles = roleWhile("plan");
    const otherRoles = roleWhile("init");
    await change("diff", {}, PLANNED);
    expect(planRoles).toEqual([[{ role_arn: ROLE }]]);
    expect(otherRoles).toEqual(["none"]);
    expect(existsSync(file())).toBe(false);
    expect(commands()).toEqual([...PULL, COMPARE, SHOW]);
    ends.plan = () => ({ status: 1 });
    await expect(change("diff", {}, PLANNED)).rejects.toThrow("terraform plan ended with the exit status 1");
    expect(existsSync(file())).toBe(false);
  });

  test("a deploy plans as its deploy-role, also after a diff that was killed", async () => {
    writeFileSync(file(), JSON.stringify({ provider: { aws: { assume_role: [] } } }));
    const roles = [roleWhile("init"), roleWhile("plan"), roleWhile("apply")];
    expect(await change("deploy", {}, PLANNED)).toBe("deployed");
    expect(roles).toEqual([["none"], ["none"], ["none"]]);
  });
});

test.each<ChangeKind>(["deploy", "diff", "destroy"])(
  "a %s of an environment whose state has another account or region is refused, and says how to move it",
  async (kind) => {
    const output = { value: { account: ACCOUNT, region: "eu-west-1" } };
    const policy = { attributes: { name: "left" } };
    interrupted([], { "terraform_data.support_app_place": { attributes: { output } }, "aws_iam_policy.full": policy });
    await expect(change(kind)).rejects.toThrow(
      `Received the account ${ACCOUNT} in us-east-1 for one, but its state has what was deployed to the account ${ACCOUNT} in eu-west-1. A deploy would leave all of it there, in no state. Nothing was changed there. For another account or region, keep the old one, set retired: true, and deploy.`,
    );
    interrupted([], { "aws_iam_role.full": { attributes: { arn: "arn:aws:iam::444455556666:role/a" } } });
    await expect(change(kind)).rejects.toThrow("deployed to the account 444455556666. A deploy");
    expect(commands()).toEqual([...PULL, ...PULL]);
  },
);

test.each<[ChangeKind, string]>([
  ["deploy", " -replace=terraform_data.support_app_place"],
  ["diff", " -lock=false -replace=terraform_data.support_app_place"],
  ["destroy", " -destroy"],
])("a %s of an environment whose first deploy AWS refused entirely goes on in another region", async (kind, flags) => {
  const output = { value: { account: ACCOUNT, region: "eu-west-1" } };
  interrupted([], { "terraform_data.support_app_place": { attributes: { output } } });
  await change(kind);
  expect(commands()).toContain(`${PLAN}${flags}`);
});

test("a state in an unknown form is refused", async () => {
  ends.state = () => ({ stdout: '{ "version": 5 }' });
  await expect(change("deploy")).rejects.toThrow(
    "Received a state of one that isn't in the form in which Terraform writes it, expected version 4",
  );
});

describe("an approval", () => {
  test.each<[ChangeKind, string]>([
    ["deploy", "Deploy this"],
    ["destroy", "Destroy all of this"],
  ])("an approval is asked for after the plan: %s", async (kind, question) => {
    typed.keys.write(" yes \n");
    expect(await change(kind, { autoApprove: false })).toBe("deployed");
    expect(printed).toEqual([`${question} in one (account 111122223333)? Only yes is accepted:`]);
  });

  test.each<[ChangeKind, string, string]>([
    ["deploy", "YES\n", "Not deployed"],
    ["destroy", "", "Not destroyed"],
  ])("an approval of a %s isn't the answer %j", async (kind, keys, not) => {
    typed.keys.end(keys);
    await expect(change(kind, { autoApprove: false })).rejects.toThrow(
      new CommandError(`${not}: you didn't answer "yes". Nothing was changed there.`),
    );
    expect(ran.at(-1)?.args[0]).toBe("show");
  });
});

describe("a failure", () => {
  test.each<[string, number | null, string, string]>([
    ["init", 1, "the exit status 1", "Nothing was changed there."],
    ["plan", null, "no exit status", "Nothing was changed there."],
    ["apply", 1, "the exit status 1", "Some of the changes may have been made."],
  ])("a failure of terraform %s (%p) says what may have changed", async (command, status, exitText, effect) => {
    ends[command] = () => ({ status });
    await expect(change("deploy")).rejects.toThrow(
      `terraform ${command} ended with ${exitText} for one. ${effect} Fix the error above, and run this again.`,
    );
    expect(ran.at(-1)?.args[0]).toBe(command);
  });

  test("a failed apply whose state Terraform couldn't write says to write it first: to apply again would make everything twice", async () => {
    ends.apply = () => {
      writeFileSync(join(scratch, "stacks/one/errored.tfstate"), "{}");
      return { status: 1 };
    };
    await expect(change("deploy")).rejects.toThrow(
      `Fix the error above, and with new credentials write the state that Terraform couldn't: terraform '-chdir=${scratch}/stacks/one' state push errored.tfstate. Then delete that file, and run this again.`,
    );
  });

  test("a failure may be a Terraform that can't be run, or an app that doesn't write the environment", async () => {
    ends.init = () => {
      throw new Error("spawn terraform ENOENT");
    };
    await expect(change("deploy")).rejects.toThrow(/^Can't run Terraform as "terraform" \(spawn terraform ENOENT\)\./);
    ran.length = 0;
    rmSync(join(scratch, "stacks/one"), { recursive: true });
    await expect(change("deploy")).rejects.toThrow(
      `The app in cdktf.json wrote no folder "${scratch}/stacks/one" with the Terraform of one. Nothing was changed.`,
    );
    expect(ran).toEqual([]);
  });
});

describe("a signal", () => {
  const aborts = (status: number) => () => {
    stop.abort("SIGTERM");
    return { status };
  };
  const NOTHING = "Received SIGTERM during the deploy of one. Nothing was changed there.";
  const SOME =
    'Received SIGTERM during the deploy of one. Some of the changes may have been made. Run the same command again to continue from there. If it can\'t, see node_modules/cdktf-support-app-access/docs/deploying.md, "After an interrupted deploy".';
  const interruptedBy = async (message: string, last: string | undefined) => {
    await expect(change("deploy", { autoApprove: false })).rejects.toMatchObject({ status: 130, message });
    expect(ran.at(-1)?.args[0]).toBe(last);
  };

  test.each([
    ["init", 0, NOTHING],
    ["plan", 1, NOTHING],
    ["apply", 1, SOME],
  ])("a signal during %s, which then ends with %d, says what may have changed", async (command, status, message) => {
    ends[command] = aborts(status);
    typed.keys.write("yes\n");
    await interruptedBy(message, command);
  });

  test("a signal before anything runs, or during the question, says that nothing was changed", async () => {
    ends.show = () => {
      setImmediate(() => stop.abort("SIGTERM"));
      return {};
    };
    await interruptedBy(NOTHING, "show");
    ran.length = 0;
    await interruptedBy(NOTHING, undefined);
  });

  test("a signal during an apply that finishes nevertheless is no error", async () => {
    ends.apply = aborts(0);
    expect(await change("deploy")).toBe("deployed");
  });
});
