import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { newAccount, readAccount, readChannels, readRole, removeChannel } from "./account";
import { endGroup } from "./ministack";
import {
  createProject,
  deploy,
  deployed,
  diff,
  type Ended,
  killAll,
  type Project,
  removeProjects,
  terraform,
} from "./project";
import { type Answer, type Call, changes, startProxy } from "./proxy";

afterAll(removeProjects);

const yaml = (account: string) => `environments:
  cut:
    account: "${account}"
    region: us-east-1
    read-only: { channels: [{ name: watch, workspace: T012ABCDEFG, channel: C01 }] }
    full:
      service-quotas-role: create
      channels:
        - { name: oncall, workspace: T012ABCDEFG, channel: C02 }
        - { name: leads, workspace: T012ABCDEFG, channel: C03 }
`;

/** What is in the account, but for its number and in one order. */
async function contentsOf(account: string): Promise<unknown> {
  const { supportApp, ...iam } = await readAccount(account);
  const sorted = Object.entries(supportApp).map(([type, all]) => [type, all.map((one) => JSON.stringify(one)).sort()]);
  return JSON.parse(JSON.stringify({ ...iam, sorted }).replaceAll(account, "ACCOUNT"));
}

let uninterrupted: unknown;

beforeAll(async () => {
  const account = newAccount();
  await deployed(createProject("interruption-none", yaml(account)), "cut", { as: account });
  uninterrupted = await contentsOf(account);
});

test.each([
  ["killed", 1, "after"],
  ["killed", 2, "before"],
  ["killed", 4, "after"],
  ["killed", 5, "before"],
  ["killed", 7, "after"],
  ["killed", 8, "before"],
  ["killed", 10, "after"],
  ["interrupted by Ctrl-C", 2, "after"],
  ["interrupted by Ctrl-C", 5, "after"],
  ["interrupted by Ctrl-C", 9, "after"],
])(
  "%s at change %d, %s AWS has made it: the next deploys go on to the end, by README's words where Terraform needs them",
  async (how, moment, when) => {
    const account = newAccount();
    const project = createProject("interruption", yaml(account));
    let child: ChildProcess | undefined;
    let seen = 0;
    const { status, output } = await deployThrough(
      project,
      account,
      (call) => {
        if (!changes(call) || ++seen !== moment || !child) return undefined;
        if (how === "killed") killAll(child);
        else endGroup(child, "SIGINT");
        return when === "before" ? { status: 500, body: "" } : undefined;
      },
      (started) => {
        child = started;
      },
    );
    expect(status).not.toBe(0);

    const inState = (await terraform(project, "cut", ["state", "list"], { as: account })).output;
    const complete = [...output.matchAll(/^ *(\S+): Creation complete/gm)].map(([, address]) => address);
    // Terraform writes local state in place: killed in that very moment, it leaves an empty file. README says so.
    if (how !== "killed" || !inState.includes("No state file was found")) {
      expect(inState.split(/\s+/)).toEqual(expect.arrayContaining(complete));
    }

    await deployAsReadmeSays(project, account);
    expect(await contentsOf(account)).toEqual(uninterrupted);
    expect((await diff(project, "cut", { as: account })).output).toContain("No changes.");
  },
);

test("a tainted attachment is kept by README's words, and without them loses the policy until the deploy after", async () => {
  const account = newAccount();
  const project = createProject("interruption-taint", yaml(account));
  const attached = async () => (await readRole(account, "AWSSupportAppFullRole"))?.attached;
  await deployed(project, "cut", { as: account });
  await tell(project, account, "taint", "aws_iam_role_policy_attachment.full");
  await deployAsReadmeSays(project, account);
  expect(await attached()).toEqual(["AWSSupportAppFullRolePolicy"]);

  await tell(project, account, "taint", "aws_iam_role_policy_attachment.full");
  await deployed(project, "cut", { as: account });
  expect(await attached()).toEqual([]);
  await deployed(project, "cut", { as: account });
  expect(await attached()).toEqual(["AWSSupportAppFullRolePolicy"]);
});

/** README, "When a deploy was interrupted". */
async function deployAsReadmeSays(project: Project, account: string): Promise<void> {
  let last: Ended | undefined;
  for (let attempt = 1; attempt <= 4 && last?.status !== 0; attempt++) {
    for (const address of last ? alreadyThere(last.output) : []) {
      const [, channel] = address.match(/^aws_cloudcontrolapi_resource\.channel_\w+_(\w+)$/) ?? [];
      if (channel) await removeChannel(account, channel);
      else await tell(project, account, "import", address, importIds(account)[address] ?? "");
    }
    await keepWhatIsTainted(project, account);
    last = await deployThrough(project, account, likeAws(account));
  }
  if (last?.status !== 0) throw new Error(last?.output);
}

/** Untaints what the plan would replace for that alone. */
async function keepWhatIsTainted(project: Project, account: string): Promise<void> {
  const { output } = await diff(project, "cut", { as: account });
  const found = output.matchAll(
    /# (\S+).* is tainted, so must be replaced|Resource (\S+) has lifecycle\.prevent_destroy/g,
  );
  const addresses = new Set([...found].map(([, tainted, kept]) => tainted ?? kept ?? ""));
  for (const address of addresses) await tell(project, account, "untaint", address);
}

/** Runs Terraform, which is expected to work. */
async function tell(project: Project, account: string, ...args: string[]): Promise<void> {
  const { status, output } = await terraform(project, "cut", args, { as: account });
  if (status !== 0) throw new Error(output);
}

/** The addresses of what AWS says is there already. */
function alreadyThere(output: string): string[] {
  return output
    .split("Error: ")
    .filter((error) => /already exists|AlreadyExists/.test(error))
    .map((error) => error.match(/with (\w+\.\w+)/)?.[1] ?? "");
}

function importIds(account: string): Readonly<Record<string, string>> {
  return {
    "aws_iam_role.read_only": "AWSSupportAppReadOnlyRole",
    "aws_iam_role.full": "AWSSupportAppFullRole",
    "aws_iam_policy.read_only": `arn:aws:iam::${account}:policy/AWSSupportAppReadOnlyRolePolicy`,
    "aws_iam_policy.full": `arn:aws:iam::${account}:policy/AWSSupportAppFullRolePolicy`,
    // The emulator writes the role's name with a small q.
    "aws_iam_service_linked_role.service_quotas": `arn:aws:iam::${account}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServicequotas`,
  };
}

async function deployThrough(
  project: Project,
  account: string,
  fault: (call: Call) => Answer | undefined | Promise<Answer | undefined>,
  onStart?: (child: ChildProcess) => void,
): Promise<Ended> {
  const proxy = await startProxy(fault);
  const ended = await deploy(project, "cut", { as: account, endpoint: proxy.endpoint, onStart });
  await sleep(1000); // what was under way when it ended
  await proxy.close();
  return ended;
}

/** AWS takes one configuration of a channel. The emulator would take a second one. */
function likeAws(account: string) {
  return async ({ action, parameters }: Call): Promise<Answer | undefined> => {
    if (action !== "cloudformation:CreateResource") return undefined;
    const { ChannelId } = JSON.parse(String(parameters.DesiredState));
    if (!(ChannelId in (await readChannels(account)))) return undefined;
    const message = `Resource of type '${parameters.TypeName}' with identifier '${ChannelId}' already exists.`;
    return { status: 400, body: JSON.stringify({ __type: "AlreadyExistsException", message }) };
  };
}
