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
import type { ChildOptions, Ended } from "../../../../cli/commands/deploy/children";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { Environment } from "../../../../stacks/environments/environment";
import { type AnsweringAws, AWS_VARIABLES, answerAs } from "../../../support/answering-aws";
import { ACCOUNT, environmentOf, policyText } from "../../../support/live-account";
import { printedInTests } from "../../../support/printed";
import { typedInTests } from "../../../support/typed";

const ONE = environmentOf("full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }", "one");
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
  process.env = { ...before };
  rmSync(scratch, { recursive: true });
});

async function run(binary: string, args: readonly string[], options: ChildOptions): Promise<Ended> {
  ran.push({ binary, args, options });
  const [command = ""] = args;
  const planned = command === "plan" && args.includes("-detailed-exitcode") ? 2 : 0;
  return { status: planned, stdout: command === "show" ? "{}" : "", ...ends[command]?.() };
}

const change = (kind: Kind, more: Partial<ChangeOptions> = {}) =>
  changeEnvironment(ONE, {
    ...{ kind, autoApprove: true, output: scratch, children: { run, stop: stop.signal } },
    ...more,
  });

/** The commands that were run, with PLAN for the plan's file. */
const commands = () =>
  ran.splice(0).map(({ args }) => args.map((arg) => arg.replace(/(?<=^|=)\/.*\/plan$/, "PLAN")).join(" "));

const PLAN = "plan -input=false -detailed-exitcode -out=PLAN";
const SHOW = "show -json PLAN";
const DEPLOY = ["init -input=false", PLAN, SHOW, "apply -input=false -auto-approve PLAN"];

test("a deploy applies the plan that was shown, in the stack's folder, and nobody else can read the plan", async () => {
  ends.plan = () => {
    const file =
      ran
        .at(-1)
        ?.args.find((arg) => arg.startsWith("-out="))
        ?.slice("-out=".length) ?? "";
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
  expect(ran.map(({ binary, options: { cwd, mustFinish } }) => [binary, cwd, mustFinish])).toEqual([
    ["tofu", join(scratch, "stacks/one"), false],
    ["tofu", join(scratch, "stacks/one"), false],
    ["tofu", join(scratch, "stacks/one"), false],
    ["tofu", join(scratch, "stacks/one"), true],
  ]);
  expect(ran[0]?.options.env).toMatchObject({ TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" });
  expect(commands()).toEqual(DEPLOY);
  expect(readdirSync(temporary)).toEqual([]);
});

test("a cache of providers decides when a stack is initialized, and where Terraform finds them", async () => {
  const init = jest.fn((_: string, begin: () => Promise<Ended>) => begin());
  await change("deploy", { cache: { env: { TF_PLUGIN_CACHE_DIR: "cache" }, init } });
  expect(init.mock.calls).toEqual([[join(scratch, "stacks/one"), expect.any(Function)]]);
  expect(ran.map(({ options }) => options.env?.TF_PLUGIN_CACHE_DIR)).toEqual(Array(4).fill("cache"));
});

test("without changes, nothing is applied, and that is said where Terraform's output is", async () => {
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
  const [init, plan, show, apply] = DEPLOY;
  const plain = isColored ? "" : " -no-color";
  expect(commands()).toEqual([init, `${plan} -destroy`, show, apply].map((one) => `${one}${plain}`));
});

describe("where only changed environments are looked at", () => {
  const digest = "d".repeat(64);
  beforeEach(() => {
    const output = { support_app_digest: { value: digest } };
    writeFileSync(join(scratch, "stacks/one/cdk.tf.json"), JSON.stringify({ output, resource: {} }));
  });
  const state = (value: string) => () => ({
    stdout: JSON.stringify({
      version: 4,
      outputs: { support_app_digest: { value } },
      resources: [],
      check_results: [{ config_addr: "output.support_app_digest", status: "pass" }],
    }),
  });
  const LOOK = ["init -input=false", "state pull", "plan -input=false -detailed-exitcode -lock=false"];

  test("what is applied already isn't even planned", async () => {
    ends.state = state(digest);
    expect(await change("deploy", { onlyChanged: true })).toBe("unchanged");
    expect(ran.at(-1)?.options.stdout).toBe("pipe");
    expect(commands()).toEqual(["init -input=false", "state pull"]);
  });

  test("without --changed, it is planned nevertheless, which finds drift", async () => {
    ends.state = state(digest);
    expect(await change("deploy")).toBe("deployed");
    expect(commands()).toEqual([DEPLOY[0], "state pull", ...DEPLOY.slice(1)]);
  });

  test("a stack whose state has another digest is deployed", async () => {
    ends.state = state("e".repeat(64));
    expect(await change("deploy", { onlyChanged: true })).toBe("deployed");
    expect(commands()).toEqual([DEPLOY[0], "state pull", ...DEPLOY.slice(1)]);
  });

  test("a stack of an earlier version, without a digest, is planned without a look at its state", async () => {
    writeFileSync(join(scratch, "stacks/one/cdk.tf.json"), "{}");
    expect(await change("deploy", { onlyChanged: true })).toBe("deployed");
    expect(commands()).toEqual(DEPLOY);
  });

  test.each([
    ["drifted", digest, 2],
    ["not-deployed", "e".repeat(64), 2],
    ["unchanged", digest, 0],
    ["unchanged", "e".repeat(64), 0],
  ])("a diff says %s, without locking the state", async (outcome, value, status) => {
    ends.state = state(value);
    ends.plan = () => ({ status });
    expect(await change("diff", { onlyChanged: true })).toBe(outcome);
    expect(commands()).toEqual(LOOK);
  });

  test("a state that can't be read is an error", async () => {
    ends.state = () => ({ status: 1 });
    await expect(change("deploy", { onlyChanged: true })).rejects.toThrow(
      new CommandError(
        "terraform state pull ended with the exit status 1 for one. Nothing was changed there. Fix the error above, and run this again.",
      ),
    );
  });
});

test("a diff shows a plan, and keeps none", async () => {
  expect(await change("diff")).toBe("unchanged");
  expect(commands()).toEqual(["init -input=false", "plan -input=false"]);
});

describe("a destroy", () => {
  const LINKED = "aws_iam_service_linked_role";
  const planned = (before: unknown, actions: readonly string[], type: string) => {
    const role = { address: "aws_iam_role.full", type: "aws_iam_role", change: { actions: ["delete"], before: null } };
    ends.show = () => ({
      stdout: JSON.stringify({
        resource_changes: [role, { address: "aws_x.role", type, change: { actions, before } }],
      }),
    });
  };
  const LOOKS = ["init -input=false", `${PLAN} -destroy`, "show -json PLAN"];
  const QUOTAS = { aws_service_name: "servicequotas.amazonaws.com" };

  test.each<[string, unknown, string[], string]>([
    [
      "another service's service-linked role is destroyed",
      { aws_service_name: "autoscaling.amazonaws.com" },
      ["delete"],
      LINKED,
    ],
    ["the Service Quotas role stays", QUOTAS, ["no-op"], LINKED],
    ["something else has its name", QUOTAS, ["delete"], "aws_iam_role"],
  ])("applies the plan that was shown if %s", async (_, role, actions, type) => {
    planned(role, actions, type);
    expect(await change("destroy")).toBe("deployed");
    expect(commands()).toEqual([...LOOKS, "apply -input=false -auto-approve PLAN"]);
  });

  test.each([["delete"], ["create", "delete"]])(
    "never applies a plan that destroys the Service Quotas role: %s",
    async (...actions) => {
      planned(QUOTAS, actions, LINKED);
      await expect(change("destroy")).rejects.toThrow(
        new CommandError(
          'Received a plan for one that destroys the Service Quotas role ("aws_x.role"), expected a plan that keeps it: others in the account may depend on it. Nothing was changed there. Run support-app deploy one first, which hands it back to the account.',
        ),
      );
      expect(commands()).toEqual(LOOKS);
      expect(readdirSync(temporary)).toEqual([]);
    },
  );

  test.each<[string, Partial<Ended>, RegExp]>([
    [
      "isn't JSON",
      { stdout: "no JSON" },
      /^Received something other than a plan from terraform show \(.+\), expected the plan\. Nothing was changed\. Run it again\.$/,
    ],
    [
      "can't be shown",
      { status: 1 },
      /^terraform show ended with the exit status 1 for one\. Nothing was changed there\. Fix the error above, and run this again\.$/,
    ],
  ])("applies nothing if the plan %s", async (_, ended, sentence) => {
    ends.show = () => ended;
    await expect(change("destroy")).rejects.toThrow(sentence);
    expect(commands()).toEqual(LOOKS);
  });

  test("that Terraform refuses recommends retiring", async () => {
    ends.plan = () => ({ status: 1 });
    await expect(change("destroy")).rejects.toThrow(
      new CommandError(
        "terraform plan ended with the exit status 1 for one. Nothing was changed there. Fix the error above, and run this again. If the error is about lifecycle.prevent_destroy: the Service Quotas role is never destroyed. To remove everything else, set retired: true and deploy.",
      ),
    );
  });
});

describe("after an interrupted deploy", () => {
  const ROLE = "aws_iam_role.full";
  const CHANNEL = "aws_cloudcontrolapi_resource.channel_T1_C1";
  const DIGEST = "d".repeat(64);
  const PLANNED = [PLAN, SHOW, "apply -input=false -auto-approve PLAN"];

  /** A stack with these resources, whose state has some of them. */
  function interrupted(resources: readonly string[], instances: Readonly<Record<string, object>>): void {
    const resource: Record<string, object> = {};
    for (const address of resources) {
      const [type = "", name = ""] = address.split(".");
      resource[type] = { ...resource[type], [name]: {} };
    }
    const output = { support_app_digest: { value: DIGEST } };
    writeFileSync(join(scratch, "stacks/one/cdk.tf.json"), JSON.stringify({ output, resource }));
    const inState = Object.entries(instances).map(([address, instance]) => {
      const [type, name] = address.split(".");
      return { mode: "managed", type, name, instances: [instance] };
    });
    ends.state = () => ({ stdout: JSON.stringify({ version: 4, resources: inState }) });
  }

  test("what is tainted is kept, if the constructs write it, and planned again", async () => {
    const attachment = "aws_iam_role_policy_attachment.full";
    const own = "aws_iam_role.own"; // of somebody's own code
    const tainted = { status: "tainted", attributes: {} };
    interrupted([ROLE, attachment, own], {
      [ROLE]: { attributes: {} },
      [attachment]: tainted,
      [own]: tainted,
      "aws_iam_policy.full": tainted, // which the stack doesn't have any more
      "aws_iam_role.read_only": { ...tainted, deposed: "1234abcd" },
    });
    expect(await change("deploy", { onlyChanged: true })).toBe("deployed");
    expect(commands()).toEqual([...["init -input=false", "state pull", `untaint ${attachment}`], ...PLANNED]);
    expect(printed[0]).toBe(`An interrupted or failed deploy left ${attachment} tainted. Keeping what AWS has of it.`);
  });

  test("a tainted channel that isn't as in the file, or can't be read, may be somebody else's", async () => {
    interrupted([CHANNEL], { [CHANNEL]: { status: "tainted" } });
    await expect(change("deploy")).rejects.toThrow(
      `Can't tell who configured "${CHANNEL}" of one: an interrupted deploy may have created it, but it isn't in environments.yaml, or its settings in AWS differ or couldn't be read. It is unchanged.`,
    );
    expect(commands()).toEqual(["init -input=false", "state pull"]);
  });

  test("a diff and a destroy keep nothing", async () => {
    interrupted([ROLE], { [ROLE]: { status: "tainted" } });
    for (const kind of ["diff", "destroy"] as const) await change(kind);
    expect(commands().join()).not.toContain("untaint");
  });

  test("a plan that would still replace something under its own name is refused", async () => {
    interrupted([ROLE], {});
    const role = { address: ROLE, type: "aws_iam_role" };
    const replaced = { actions: ["create", "delete"], before: { name: "a" }, after: { name: "a" } };
    ends.show = () => ({ stdout: JSON.stringify({ resource_changes: [{ ...role, change: replaced }] }) });
    await expect(change("deploy")).rejects.toThrow(
      new CommandError(
        'Received a plan for one that creates "aws_iam_role.full" and then destroys one of the same name, expected other names: names are unique in an account, so one of the two would be missing afterwards. Nothing was changed there. Change role-name or policy-name together with the path or the description.',
      ),
    );
    expect(ran.at(-1)?.args[0]).toBe("show");
  });

  test("a plan that sets a boundary and lets the policy allow more is refused", async () => {
    const policy = (Action: string) => policyText({ Effect: "Allow", Action, Resource: "*" });
    const changes = [
      {
        address: ROLE,
        type: "aws_iam_role",
        change: { actions: ["update"], before: { name: "a" }, after: { permissions_boundary: "arn" } },
      },
      {
        ...{ address: "aws_iam_policy.full", type: "aws_iam_policy" },
        change: {
          actions: ["update"],
          before: { policy: policy("support:Describe*") },
          after: { policy: policy("support:*") },
        },
      },
    ];
    ends.show = () => ({ stdout: JSON.stringify({ resource_changes: changes }) });
    await expect(change("deploy")).rejects.toThrow(
      new CommandError(
        'Received a plan for one that sets the permissions boundary of "aws_iam_role.full" and lets its policy allow more, expected one of the two: if the boundary couldn\'t be set, people could do what neither allows. Nothing was changed there. Deploy the boundary first.',
      ),
    );
  });

  describe("that the state knows nothing of", () => {
    const IMPORTS = () => join(scratch, "stacks/one/support-app-imports.tf.json");
    let aws: AnsweringAws;
    let applies: number;
    /** The JSON of the second plan, and what it was made with. */
    let second: object;
    let imports: string;
    /** What AWS has of the channel. */
    let channel: string | undefined;
    afterEach(() => aws.close());
    beforeEach(async () => {
      interrupted([ROLE, CHANNEL], {});
      aws = await answerAs((action, { RoleName }) => {
        if (action === "GetCallerIdentity")
          return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/a</Arn>`;
        if (action === "GetRole")
          return `<Role><RoleName>${RoleName}</RoleName><Arn>arn:aws:iam::${ACCOUNT}:role/${RoleName}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(policyText())}</AssumeRolePolicyDocument></Role>`;
        if (action === "GetResource" && channel !== undefined) return channel;
        return { status: 400, code: "ResourceNotFoundException" };
      });
      Object.assign(process.env, AWS_VARIABLES, { AWS_ENDPOINT_URL: aws.endpoint });
      applies = 0;
      imports = "";
      channel = undefined;
      second = { actions: ["no-op"] };
      ends.apply = () => ({ status: applies++ === 0 ? 1 : 0 });
      ends.show = () => {
        if (applies === 0) return {};
        imports = readFileSync(IMPORTS(), "utf8");
        const role = { address: ROLE, type: "aws_iam_role", change: second };
        return { stdout: JSON.stringify({ resource_changes: [role] }) };
      };
    });
    const AGAIN = ["state pull", ...PLANNED];

    test("a tainted channel that was corrected in the file may be somebody else's, and nothing is planned", async () => {
      const wrong = "aws_cloudcontrolapi_resource.channel_T1_WRONG";
      interrupted([CHANNEL, wrong], { [wrong]: { status: "tainted" } });
      await expect(change("deploy")).rejects.toThrow(
        `Can't tell who configured "${wrong}" of one: an interrupted deploy may have created it, but it isn't in environments.yaml, or its settings in AWS differ or couldn't be read. It is unchanged.`,
      );
      expect(commands()).toEqual(["init -input=false", "state pull"]);
    });

    test("a tainted channel that AWS doesn't have is nobody else's", async () => {
      interrupted([CHANNEL], { [CHANNEL]: { status: "tainted" } });
      applies = 1;
      ends.show = () => ({});
      expect(await change("deploy")).toBe("deployed");
      expect(commands()).toEqual(["init -input=false", "state pull", `untaint ${CHANNEL}`, ...PLANNED]);
    });

    test("a channel that a creation finds as in the file is kept, and planned again", async () => {
      const [NAME, Identifier] = [`arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`, "T1|C1"];
      const none = { NotifyOnCaseSeverity: "none", NotifyOnCreateOrReopenCase: false };
      const settings = { TeamId: "T1", ChannelId: "C1", ChannelName: "oncall", ChannelRoleArn: NAME, ...none };
      channel = JSON.stringify({ ResourceDescription: { Identifier, Properties: JSON.stringify(settings) } });
      interrupted([CHANNEL], {});
      ends.apply = () => {
        interrupted([CHANNEL], { [CHANNEL]: { status: "tainted" } });
        return { status: applies++ === 0 ? 1 : 0 };
      };
      ends.show = () => ({});
      expect(await change("deploy")).toBe("deployed");
      expect(commands()).toEqual([
        "init -input=false",
        "state pull",
        ...PLANNED,
        "state pull",
        `untaint ${CHANNEL}`,
        ...PLANNED,
      ]);
      expect(existsSync(IMPORTS())).toBe(false);
    });

    test("after a lost state, roles are imported first, and then the channels, which depend on them, are kept", async () => {
      const settings = { TeamId: "T1", ChannelId: "C1", ChannelName: "oncall", NotifyOnCaseSeverity: "none" };
      const properties = { ...settings, ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole` };
      channel = JSON.stringify({
        ResourceDescription: { Identifier: "T1|C1", Properties: JSON.stringify(properties) },
      });
      ends.apply = () => {
        if (applies === 1)
          interrupted([ROLE, CHANNEL], { [ROLE]: { attributes: {} }, [CHANNEL]: { status: "tainted" } });
        return { status: applies++ < 2 ? 1 : 0 };
      };
      ends.show = () => ({});
      expect(await change("deploy")).toBe("deployed");
      expect(commands()).toEqual([
        "init -input=false",
        "state pull",
        ...PLANNED,
        ...AGAIN,
        "state pull",
        `untaint ${CHANNEL}`,
        ...PLANNED,
      ]);
    });

    test("a workspace has nothing that could differ, and is kept; the alias is left to Terraform", async () => {
      const own = environmentOf("slack-workspaces: [T1], account-alias: mine, read-only: {}", "one");
      const [workspace, alias] = ["workspace_T1", "account_alias"].map((one) => `aws_cloudcontrolapi_resource.${one}`);
      const tainted = { status: "tainted" };
      interrupted([workspace ?? "", alias ?? ""], { [workspace ?? ""]: tainted, [alias ?? ""]: tainted });
      ends.show = () => ({});
      ends.apply = undefined;
      const children = { run, stop: stop.signal };
      await changeEnvironment(own, { kind: "deploy", autoApprove: true, output: scratch, children });
      expect(commands()).toEqual(["init -input=false", "state pull", `untaint ${workspace}`, ...PLANNED]);
    });

    test("a role exactly as the file describes it is imported", async () => {
      expect(await change("deploy")).toBe("deployed");
      expect(commands()).toEqual(["init -input=false", "state pull", ...PLANNED, ...AGAIN]);
      expect(JSON.parse(imports)).toEqual({ import: [{ to: ROLE, id: "AWSSupportAppFullRole" }] });
      expect(existsSync(IMPORTS())).toBe(false);
      expect(printed).toEqual(["Planning again. Importing aws_iam_role.full, which the account already has."]);
    });

    test.each([[["update"]], [["create", "delete"]], [["create"]]])(
      "one that an import would %s is somebody else's",
      async (actions) => {
        second = { actions };
        await expect(change("deploy")).rejects.toThrow(
          new CommandError(
            'Can\'t create "aws_iam_role.full" in one: "AWSSupportAppFullRole" already exists, and differs from environments.yaml or has other policies, so somebody else may have created it. Some of the changes were made. To take it over, set adopt: true for its access level, or service-quotas-role: adopt for the Service Quotas role. Otherwise, choose another name.',
          ),
        );
        expect(applies).toBe(1);
        expect(existsSync(IMPORTS())).toBe(false);
      },
    );

    test("an apply that fails for another reason is no reason to plan again", async () => {
      interrupted([ROLE], { [ROLE]: { attributes: {} } });
      await expect(change("deploy")).rejects.toThrow("terraform apply ended with the exit status 1 for one.");
      expect({ applies, asked: aws.asked }).toEqual({ applies: 1, asked: [] });
    });

    test("of HCP Terraform, which has the account's credentials, the first failure stands", async () => {
      const remote = { ...ONE, backend: { type: "cloud", organization: "acme" } } as Environment;
      const options = {
        kind: "deploy",
        autoApprove: true,
        output: scratch,
        children: { run, stop: stop.signal },
      } as const;
      await expect(changeEnvironment(remote, options)).rejects.toThrow("terraform apply ended with the exit status 1");
      expect(commands()).toEqual(["init -input=false", "state pull", PLAN, PLANNED.at(-1)]);
      expect(aws.asked).toEqual([]);
    });

    test("a second failure says that something was changed, and so does an answer of no", async () => {
      ends.plan = () => ({ status: applies === 0 ? 2 : 1 });
      const failure = change("deploy");
      await expect(failure).rejects.toThrow(
        "terraform plan ended with the exit status 1 for one. Some of the changes may have been made.",
      );
      applies = 0;
      ends.plan = undefined;
      typed.keys.write("yes\n");
      ends.apply = () => {
        setImmediate(() => typed.keys.write("no\n"));
        return { status: applies++ === 0 ? 1 : 0 };
      };
      await expect(change("deploy", { autoApprove: false })).rejects.toThrow(
        'Not deployed: you didn\'t answer "yes". Some of the changes were made in one.',
      );
    });

    test("import blocks that a killed deploy has left are removed before anything is planned", async () => {
      writeFileSync(IMPORTS(), "{}");
      ends.init = () => {
        expect(existsSync(IMPORTS())).toBe(false);
        return {};
      };
      await change("diff");
    });
  });
});

describe("an approval", () => {
  const QUESTION = "in one (account 111122223333)? Only yes is accepted:";

  test.each<[Kind, string]>([
    ["deploy", `Deploy this ${QUESTION}`],
    ["destroy", `Destroy all of this ${QUESTION}`],
  ])("is asked for after the plan: %s", async (kind, question) => {
    typed.keys.write(" yes \n");
    expect(await change(kind, { autoApprove: false })).toBe("deployed");
    expect(printed).toEqual([question]);
  });

  test.each(["y\n", "YES\n", ""])("isn't %j", async (keys) => {
    typed.keys.end(keys);
    await expect(change("deploy", { autoApprove: false })).rejects.toThrow(
      new CommandError('Not deployed: you didn\'t answer "yes". Nothing was changed in the account.'),
    );
    expect(commands()).toEqual(DEPLOY.slice(0, 3));
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("isn't waited for after a signal", async () => {
    ends.plan = () => {
      setImmediate(() => stop.abort("SIGINT"));
      return {};
    };
    await expect(change("deploy", { autoApprove: false })).rejects.toMatchObject({
      message: "Received SIGINT, expected an answer. Nothing was changed in the account.",
      status: 130,
    });
  });
});

describe("a failure", () => {
  const FIX = "Fix the error above, and run this again.";

  test.each<[string, number | null, string]>([
    ["init", 1, `terraform init ended with the exit status 1 for one. Nothing was changed there. ${FIX}`],
    ["plan", 1, `terraform plan ended with the exit status 1 for one. Nothing was changed there. ${FIX}`],
    [
      "apply",
      1,
      `terraform apply ended with the exit status 1 for one. Some of the changes may have been made. ${FIX}`,
    ],
    [
      "apply",
      null,
      `terraform apply ended with no exit status for one. Some of the changes may have been made. ${FIX}`,
    ],
  ])("of terraform %s, which ends with %p, says what may have changed", async (command, status, sentence) => {
    ends[command] = () => ({ status });
    await expect(change("deploy")).rejects.toThrow(new CommandError(sentence));
    expect(ran.at(-1)?.args[0]).toBe(command);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("may be an app that doesn't write the environment", async () => {
    rmSync(join(scratch, "stacks/one"), { recursive: true });
    await expect(change("deploy")).rejects.toThrow(
      new CommandError(
        `The app in cdktf.json wrote no folder "${scratch}/stacks/one" with the Terraform of one. Nothing was changed. Have the app synthesize all environments.`,
      ),
    );
    expect(ran).toEqual([]);
  });

  test("may be a Terraform that can't be run", async () => {
    ends.init = () => {
      throw new Error("spawn terraform ENOENT");
    };
    await expect(change("deploy")).rejects.toThrow(
      /^Can't run Terraform as "terraform" \(spawn terraform ENOENT\)\. Nothing was changed\./,
    );
  });
});

describe("a signal", () => {
  const aborts = (status: number) => () => {
    stop.abort("SIGTERM");
    return { status };
  };
  const interrupted = (message: unknown) => ({ status: 130, message });

  test.each(["init", "plan"])("during terraform %s changes nothing, however it ends", async (command) => {
    ends[command] = aborts(0);
    await expect(change("deploy")).rejects.toMatchObject(
      interrupted("Received SIGTERM before one was changed. Nothing was changed there."),
    );
    expect(ran.at(-1)?.args[0]).toBe(command);
  });

  test("before anything runs, nothing is run", async () => {
    stop.abort("SIGINT");
    await expect(change("deploy")).rejects.toMatchObject(
      interrupted("Received SIGINT before one was changed. Nothing was changed there."),
    );
    expect(ran).toEqual([]);
  });

  test("during an apply that mustFinish nevertheless is no error", async () => {
    ends.apply = aborts(0);
    expect(await change("deploy")).toBe("deployed");
  });

  test("that interrupts an apply says how to continue", async () => {
    ends.apply = aborts(1);
    await expect(change("deploy")).rejects.toMatchObject(
      interrupted(
        'Received SIGTERM while one was being changed. Some of the changes were made. Run the same command again to continue from there. If it can\'t, see node_modules/cdktf-support-app-access/docs/deploying.md, "After an interrupted deploy".',
      ),
    );
  });
});
