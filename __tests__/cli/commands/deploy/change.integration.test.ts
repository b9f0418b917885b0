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
import { type ChangeOptions, changeEnvironment, type Kind } from "../../../../cli/commands/deploy/change";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { ChildOptions, Ended } from "../../../../cli/terraform/children";
import type { Environment } from "../../../../stacks/environments/environment";
import { awsInTests } from "../../../support/answering-aws";
import { ACCOUNT, environmentOf } from "../../../support/live-account";
import { policyText } from "../../../support/policy-text";
import { printedInTests } from "../../../support/printed";
import { typedInTests } from "../../../support/typed";

const ONE = environmentOf(
  "slack-workspaces: [T1], account-alias: mine, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }",
  "one",
);
const printed = printedInTests();
const typed = typedInTests();
const before = { ...process.env };
let scratch: string;
let temporary: string;
let stop: AbortController;
let ran: { binary: string; args: readonly string[]; options: ChildOptions }[];
/** How Terraform's commands end, other than with what changes something. */
let ends: Record<string, (() => Partial<Ended>) | undefined>;
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

async function run(binary: string, args: readonly string[], options: ChildOptions): Promise<Ended> {
  ran.push({ binary, args, options });
  const [command = ""] = args;
  const planned = command === "plan" && args.includes("-detailed-exitcode") ? 2 : 0;
  return { status: planned, stdout: command === "show" ? "{}" : "", ...ends[command]?.() };
}

const change = (kind: Kind, more: Partial<ChangeOptions> = {}, environment: Environment = ONE) =>
  changeEnvironment(environment, {
    ...{ kind, autoApprove: true, output: scratch, children: { run, stop: stop.signal } },
    ...more,
  });

/** The commands that were run, with PLAN for the plan's file. */
const commands = () =>
  ran.splice(0).map(({ args }) => args.map((arg) => arg.replace(/(?<=^|=)\/.*\/plan$/, "PLAN")).join(" "));

const INIT = "init -input=false";
const PLAN = "plan -input=false -detailed-exitcode -out=PLAN";
const SHOW = "show -json PLAN";
const APPLY = "apply -input=false -auto-approve PLAN";
const DEPLOY = [INIT, PLAN, SHOW, APPLY];
const PULL = [INIT, "state pull"];
const COMPARE = "plan -input=false -detailed-exitcode -lock=false";

test("a deploy applies the plan that was shown, in the stack's folder, and nobody else can read the plan", async () => {
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
  expect(await change("deploy")).toBe("deployed");
  expect(ran.map(({ binary, options: { cwd, mustFinish } }) => [binary, cwd, mustFinish])).toEqual(
    [false, false, false, true].map((mustFinish) => ["tofu", join(scratch, "stacks/one"), mustFinish]),
  );
  expect(ran[0]?.options.env).toMatchObject({ TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" });
  expect(commands()).toEqual(DEPLOY);
});

test("a cache of providers decides when a stack is initialized, and where Terraform finds them", async () => {
  const init = jest.fn(async (_: string, begin: () => Promise<unknown>) => void (await begin()));
  await change("deploy", { cache: { env: { TF_PLUGIN_CACHE_DIR: "cache" }, init } });
  expect(init.mock.calls).toEqual([[join(scratch, "stacks/one"), expect.any(Function)]]);
  expect(ran.map(({ options }) => options.env?.TF_PLUGIN_CACHE_DIR)).toEqual(Array(4).fill("cache"));
});

test("without changes, nothing is applied, and a line where Terraform's output is says so", async () => {
  ends.plan = () => ({ status: 0 });
  expect(await change("deploy")).toBe("unchanged");
  expect(commands()).toEqual(DEPLOY.slice(0, 2));
  expect(printed.splice(0)).toEqual(["Nothing to do for one."]);

  const file = join(scratch, "log");
  const log = openSync(file, "w");
  expect(await change("deploy", { log })).toBe("unchanged");
  closeSync(log);
  expect(readFileSync(file, "utf8")).toBe("Nothing to do for one.\n");
  expect(ran.map(({ options }) => options.log)).toEqual([log, log]);
  expect(printed).toEqual([]);
});

test.each<[where: string, isTerminal: boolean, noColor: string, log: number | undefined, isColored: boolean]>([
  ["on a terminal", true, "", undefined, true],
  ["on a terminal, with NO_COLOR", true, "0", undefined, false],
  ["without a terminal", false, "", undefined, false],
  ["in a log", true, "", 7, false],
])("Terraform's output %s may have colors or not", async (_, isTerminal, noColor, log, isColored) => {
  jest.mocked(tty.isatty).mockImplementation((stream) => stream !== 1 || isTerminal);
  process.env.NO_COLOR = noColor;
  await change("destroy", { log });
  const plain = isColored ? "" : " -no-color";
  expect(commands()).toEqual([INIT, `${PLAN} -destroy`, SHOW, APPLY].map((one) => `${one}${plain}`));
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
    return { mode: "managed", type, name, instances: [instance] };
  });
  const state = {
    ...{ version: 4, resources: inState, outputs: { support_app_digest: { value: digest } } },
    check_results: [{ config_addr: "output.support_app_digest", status: "pass" }],
  };
  ends.state = () => ({ stdout: JSON.stringify(state) });
}

test.each<[Kind, onlyChanged: boolean, digest: string | undefined, planned: number, outcome: string, string[]]>([
  ["deploy", true, "1", 2, "unchanged", PULL],
  ["deploy", true, "0", 2, "deployed", [...PULL, ...DEPLOY.slice(1)]],
  ["deploy", false, "1", 2, "deployed", [...PULL, ...DEPLOY.slice(1)]], // which finds drift
  ["deploy", true, undefined, 2, "deployed", DEPLOY], // a stack of an earlier version
  ["diff", true, "1", 2, "drifted", [...PULL, COMPARE]],
  ["diff", true, "0", 2, "not-deployed", [...PULL, COMPARE]],
  ["diff", true, "0", 0, "unchanged", [...PULL, COMPARE]],
  ["diff", false, "0", 0, "unchanged", [INIT, "plan -input=false"]],
])(
  "%s, only of what changed: %s, with the digest %s and a plan that ends with %s: %s",
  async (kind, onlyChanged, digest, planned, outcome, expected) => {
    if (digest !== undefined) interrupted([], {}, digest);
    ends.plan = () => ({ status: planned });
    expect(await change(kind, { onlyChanged })).toBe(outcome);
    expect(commands()).toEqual(expected);
  },
);

describe("a destroy", () => {
  const LOOKS = [INIT, `${PLAN} -destroy`, SHOW];
  const destroyed = { actions: ["delete"], before: { aws_service_name: "servicequotas.amazonaws.com" } };
  const linked = { address: "aws_x.role", type: "aws_iam_service_linked_role", change: destroyed };

  test.each<[string, Partial<Ended>, string]>([
    [
      "destroys the Service Quotas role",
      { stdout: JSON.stringify({ resource_changes: [linked] }) },
      'Received a plan for one that destroys the Service Quotas role ("aws_x.role"), expected',
    ],
    ["isn't JSON", { stdout: "no JSON" }, "Received something other than a plan from terraform show"],
    ["can't be shown", { status: 1 }, "terraform show ended with the exit status 1 for one. Nothing was changed"],
  ])("never applies a plan that %s", async (_, ended, sentence) => {
    ends.show = () => ended;
    await expect(change("destroy")).rejects.toThrow(sentence);
    expect(commands()).toEqual(LOOKS);
  });

  test("that Terraform refuses recommends retiring", async () => {
    ends.plan = () => ({ status: 1 });
    await expect(change("destroy")).rejects.toThrow(/set retired: true and deploy\.$/);
  });
});

describe("after an interrupted deploy", () => {
  const ROLE = "aws_iam_role.full";
  const CHANNEL = "aws_cloudcontrolapi_resource.channel_T1_C1";
  const WORKSPACE = "aws_cloudcontrolapi_resource.workspace_T1";
  const ALIAS = "aws_cloudcontrolapi_resource.account_alias";
  const PLANNED = [PLAN, SHOW, APPLY];
  const TAINTED = { status: "tainted", attributes: {} };
  const IMPORTS = () => join(scratch, "stacks/one/support-app-imports.tf.json");
  const OTHER = `Can't tell who configured "${CHANNEL}" of one: an interrupted deploy may have created it, but it isn't in environments.yaml, or its settings in AWS differ or couldn't be read. It is unchanged.`;
  let applies: number;
  /** The import blocks of a plan, and what it does with the role. */
  let imports: string | undefined;
  let actions: string[];
  /** AWS's settings of the channel, if there are any. */
  let channel: object | undefined;
  const asInFile = {
    ...{ TeamId: "T1", ChannelId: "C1", ChannelName: "oncall", NotifyOnCaseSeverity: "none" },
    ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
  };
  const aws = awsInTests((action, { RoleName, Identifier }) => {
    if (action === "GetCallerIdentity") return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/a</Arn>`;
    if (action === "GetRole")
      return `<Role><RoleName>${RoleName}</RoleName><Arn>arn:aws:iam::${ACCOUNT}:role/${RoleName}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(policyText())}</AssumeRolePolicyDocument></Role>`;
    if (action === "GetResource" && channel !== undefined)
      return JSON.stringify({ ResourceDescription: { Identifier, Properties: JSON.stringify(channel) } });
    return { status: 400, code: "ResourceNotFoundException" };
  });
  beforeEach(() => {
    [applies, imports, channel, actions] = [0, undefined, undefined, ["no-op"]];
    ends.show = () => {
      imports = existsSync(IMPORTS()) ? readFileSync(IMPORTS(), "utf8") : undefined;
      const role = { address: ROLE, type: "aws_iam_role", change: { actions, before: {}, after: {} } };
      return { stdout: JSON.stringify({ resource_changes: [role] }) };
    };
  });
  afterEach(() => expect(existsSync(IMPORTS())).toBe(false));

  test("what is tainted is kept, if the constructs write it, before anything is planned", async () => {
    const attachment = "aws_iam_role_policy_attachment.full";
    const own = "aws_iam_role.own"; // of somebody's own code
    channel = asInFile;
    interrupted([ROLE, attachment, own, CHANNEL, WORKSPACE, ALIAS], {
      ...{ [ROLE]: { attributes: {} }, [attachment]: TAINTED, [own]: TAINTED },
      ...{ [CHANNEL]: TAINTED, [WORKSPACE]: TAINTED, [ALIAS]: TAINTED },
      "aws_iam_policy.full": TAINTED, // which the stack doesn't have any more
      "aws_iam_role.read_only": { ...TAINTED, deposed: "1234abcd" },
    });
    expect(await change("deploy", { onlyChanged: true })).toBe("deployed");
    const untainted = [attachment, CHANNEL, WORKSPACE].map((address) => `untaint ${address}`);
    expect(commands()).toEqual([...PULL, ...untainted, ...PLANNED]);
    expect(printed[0]).toBe(`An interrupted or failed deploy left ${attachment} tainted. Keeping what AWS has of it.`);
  });

  test("a tainted channel that isn't as in the file may be somebody else's, and nothing is planned", async () => {
    channel = { ...asInFile, ChannelName: "theirs" };
    interrupted([CHANNEL], { [CHANNEL]: TAINTED });
    await expect(change("deploy")).rejects.toThrow(OTHER);
    expect(commands()).toEqual(PULL);
  });

  test("a role that the state doesn't have is imported, if it is as in the file", async () => {
    interrupted([ROLE], {});
    expect(await change("deploy")).toBe("deployed");
    expect(commands()).toEqual([...PULL, ...PLANNED]);
    expect(JSON.parse(imports ?? "")).toEqual({ import: [{ to: ROLE, id: "AWSSupportAppFullRole" }] });
    expect(printed).toEqual(["Importing aws_iam_role.full, which the account already has."]);
  });

  test("one that an import would change is somebody else's, and nothing is changed", async () => {
    interrupted([ROLE], {});
    actions = ["update"];
    await expect(change("deploy")).rejects.toThrow(
      /^Received a plan for one that creates "aws_iam_role\.full", but "AWSSupportAppFullRole" already exists, .* Nothing was changed there\.$/,
    );
    expect(ran.at(-1)?.args[0]).toBe("show");
  });

  test("after a lost state, what a creation finds is kept: workspaces, and then channels, which depend on them", async () => {
    channel = asInFile;
    interrupted([ROLE, WORKSPACE, CHANNEL], {});
    ends.apply = () => {
      if (applies === 0) interrupted([ROLE, WORKSPACE, CHANNEL], { [ROLE]: {}, [WORKSPACE]: TAINTED });
      if (applies === 1) interrupted([ROLE, WORKSPACE, CHANNEL], { [ROLE]: {}, [WORKSPACE]: {}, [CHANNEL]: TAINTED });
      return { status: applies++ < 2 ? 1 : 0 };
    };
    expect(await change("deploy")).toBe("deployed");
    const again = [WORKSPACE, CHANNEL].flatMap((address) => ["state pull", `untaint ${address}`, ...PLANNED]);
    expect(commands()).toEqual([...PULL, ...PLANNED, ...again]);
    expect(imports).toBeUndefined();
  });

  test("a plan is made at most three times", async () => {
    interrupted([WORKSPACE], { [WORKSPACE]: TAINTED });
    ends.apply = () => ({ status: 1 });
    await expect(change("deploy")).rejects.toThrow("terraform apply ended with the exit status 1 for one.");
    expect(commands().filter((command) => command === APPLY)).toHaveLength(3);
  });

  test("a failure for another reason is no reason to plan again; a channel of somebody else's is left as it is", async () => {
    interrupted([CHANNEL], { [CHANNEL]: {} });
    ends.apply = () => ({ status: 1 });
    await expect(change("deploy")).rejects.toThrow("terraform apply ended with the exit status 1 for one.");
    expect({ last: ran.at(-1)?.args[0], asked: aws.asked }).toEqual({ last: "state", asked: [] });

    channel = { ...asInFile, ChannelName: "theirs" };
    ends.apply = () => {
      interrupted([CHANNEL], { [CHANNEL]: TAINTED });
      return { status: 1 };
    };
    await expect(change("deploy")).rejects.toThrow(OTHER);
  });

  test("of HCP Terraform, which has the account's credentials, the first failure stands, and no plan is read", async () => {
    interrupted([ROLE, CHANNEL], {});
    ends.apply = () => ({ status: 1 });
    const remote = { ...ONE, backend: { type: "cloud", organization: "acme" } } as Environment;
    await expect(change("deploy", {}, remote)).rejects.toThrow("terraform apply ended with the exit status 1");
    expect(commands()).toEqual([...PULL, PLAN, APPLY]);
    expect(aws.asked).toEqual([]);
  });

  test("a second plan says that something was changed, if it fails or isn't approved", async () => {
    interrupted([WORKSPACE], { [WORKSPACE]: TAINTED });
    ends.apply = () => ({ status: applies++ === 0 ? 1 : 0 });
    ends.plan = () => ({ status: applies === 0 ? 2 : 1 });
    await expect(change("deploy")).rejects.toThrow(
      "terraform plan ended with the exit status 1 for one. Some of the changes may have been made.",
    );
    applies = 0;
    ends.plan = undefined;
    typed.keys.write("yes\n");
    ends.apply = () => {
      setImmediate(() => typed.keys.write("no\n"));
      return { status: 1 };
    };
    await expect(change("deploy", { autoApprove: false })).rejects.toThrow(
      'Not deployed: you didn\'t answer "yes". Some of the changes may have been made.',
    );
  });

  test("a diff and a destroy keep nothing, and import blocks that a killed deploy has left are removed", async () => {
    interrupted([ROLE, CHANNEL], { [ROLE]: TAINTED });
    for (const kind of ["diff", "destroy"] as const) {
      writeFileSync(IMPORTS(), "{}");
      await change(kind);
    }
    expect(commands().join()).not.toContain("untaint");
    expect({ imports, asked: aws.asked }).toEqual({ imports: undefined, asked: [] });
  });
});

describe("an approval", () => {
  test.each<[Kind, string]>([
    ["deploy", "Deploy this"],
    ["destroy", "Destroy all of this"],
  ])("is asked for after the plan: %s", async (kind, what) => {
    typed.keys.write(" yes \n");
    expect(await change(kind, { autoApprove: false })).toBe("deployed");
    expect(printed).toEqual([`${what} in one (account 111122223333)? Only yes is accepted:`]);
  });

  test.each<[Kind, string, string]>([
    ["deploy", "y\n", "Not deployed"],
    ["deploy", "YES\n", "Not deployed"],
    ["destroy", "", "Not destroyed"],
  ])("of a %s isn't %j", async (kind, keys, not) => {
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
  ])("of terraform %s, which ends with %p, says what may have changed", async (command, status, how, effect) => {
    ends[command] = () => ({ status });
    await expect(change("deploy")).rejects.toThrow(
      new CommandError(
        `terraform ${command} ended with ${how} for one. ${effect} Fix the error above, and run this again.`,
      ),
    );
    expect(ran.at(-1)?.args[0]).toBe(command);
  });

  test("may be a Terraform that can't be run, or an app that doesn't write the environment", async () => {
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
  ])("during %s, which then ends with %d, says what may have changed", async (command, status, message) => {
    ends[command] = aborts(status);
    typed.keys.write("yes\n");
    await interruptedBy(message, command);
  });

  test("before anything runs, or during the question, says that nothing was changed", async () => {
    ends.show = () => {
      setImmediate(() => stop.abort("SIGTERM"));
      return {};
    };
    await interruptedBy(NOTHING, "show");
    ran.length = 0;
    await interruptedBy(NOTHING, undefined);
  });

  test("during an apply that finishes nevertheless is no error", async () => {
    ends.apply = aborts(0);
    expect(await change("deploy")).toBe("deployed");
  });
});
