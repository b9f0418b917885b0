import type { ChildProcess } from "node:child_process";
import { newAccount, readAccount, readChannels, removeChannel } from "./account";
import {
  createProject,
  deploy,
  deployed,
  diff,
  type Ended,
  familyGone,
  type Project,
  taintedIn,
  terraform,
} from "./project";
import { type Answer, type Call, changes, startProxy } from "./proxy";

/** An environment with channels and everything that they need. */
export const yaml = (account: string) => `environments:
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

/** A deploy that nothing comes in between of: what is in its account then. */
export async function uninterrupted(): Promise<unknown> {
  const account = newAccount();
  await deployed(createProject("interruption-none", yaml(account)), "cut", { as: account });
  return contentsOf(account);
}

/** How and when a deploy is interrupted, and what takes the place of `cdktf deploy`. */
export interface Interruption {
  readonly interrupt: (child: ChildProcess) => void;
  /** The number of the change, as AWS counts them. */
  readonly moment: number;
  readonly when: "before" | "after";
  readonly deploy: typeof deploy;
  /** Terraform writes local state in place: killed in that very moment, it leaves an empty file. docs/deploying.md says so. */
  readonly stateMayBeEmpty: boolean;
}

/** A deploy that was interrupted, and its end. */
interface Interrupted extends Ended {
  readonly account: string;
  readonly project: Project;
}

/** Interrupts a deploy, and waits for all that is under way. */
async function interruptedDeploy({ interrupt, moment, when, deploy }: Interruption): Promise<Interrupted> {
  const account = newAccount();
  const project = createProject("interruption", yaml(account));
  let child: ChildProcess | undefined;
  let gone: Promise<void> | undefined;
  let seen = 0;
  const proxy = await startProxy((call) => {
    if (!changes(call) || ++seen !== moment || !child) return undefined;
    gone = familyGone(child);
    interrupt(child);
    return when === "before" ? { status: 500, body: "" } : undefined;
  });
  const ended = await deploy(project, "cut", {
    as: account,
    endpoint: proxy.endpoint,
    onStart: (started) => {
      child = started;
    },
  });
  await gone;
  await proxy.settled();
  await proxy.close();
  expect(ended.status).not.toBe(0);
  expect(seen).toBeGreaterThanOrEqual(moment);
  return { ...ended, account, project };
}

/** Interrupts a deploy, which must lead to `expected` all the same, and leave nothing to do. */
export async function expectNothingLost(interruption: Interruption, expected: unknown): Promise<Interrupted> {
  const interrupted = await interruptedDeploy(interruption);
  expect(await contentsOf(interrupted.account)).toEqual(expected);
  expect((await diff(interrupted.project, "cut", { as: interrupted.account })).output).toContain("No changes.");
  return interrupted;
}

/** Interrupts a deploy, and deploys as documented, which must lead to `expected`. */
export async function expectRecovery(interruption: Interruption, expected: unknown): Promise<void> {
  const { account, project, output } = await interruptedDeploy(interruption);
  const { stateMayBeEmpty } = interruption;
  const inState = (await terraform(project, "cut", ["state", "list"], { as: account })).output;
  const complete = [...output.matchAll(/^ *(\S+): Creation complete/gm)].map(([, address]) => address);
  if (!stateMayBeEmpty || !inState.includes("No state file was found")) {
    expect(inState.split(/\s+/)).toEqual(expect.arrayContaining(complete));
  }

  await deployAsDocumented(project, account);
  expect(await contentsOf(account)).toEqual(expected);
  expect((await diff(project, "cut", { as: account })).output).toContain("No changes.");
}

/** docs/deploying.md, "After an interrupted deploy". */
export async function deployAsDocumented(project: Project, account: string): Promise<void> {
  let last: Ended | undefined;
  for (let attempt = 1; attempt <= 4 && last?.status !== 0; attempt++) {
    for (const address of last ? alreadyThere(last.output) : []) {
      const [, channel] = address.match(/^aws_cloudcontrolapi_resource\.channel_\w+_(\w+)$/) ?? [];
      if (channel) await removeChannel(account, channel);
      else await tell(project, account, "import", address, importIds(account)[address] ?? "");
    }
    await keepWhatIsTainted(project, account);
    const proxy = await startProxy(likeAws(account));
    last = await deploy(project, "cut", { as: account, endpoint: proxy.endpoint });
    await proxy.close();
  }
  if (last?.status !== 0) throw new Error(last?.output);
}

/** Untaints what the plan says it would replace for that alone. Without such in the state, there is nothing to look for. */
async function keepWhatIsTainted(project: Project, account: string): Promise<void> {
  const tainted = await taintedIn(project, "cut", { as: account });
  if (tainted.length === 0) return;
  const { output } = await diff(project, "cut", { as: account });
  const found = output.matchAll(
    /# (\S+).* is tainted, so must be replaced|Resource (\S+) has lifecycle\.prevent_destroy/g,
  );
  const addresses = new Set([...found].map(([, tainted, kept]) => tainted ?? kept ?? ""));
  expect(addresses.size).toBeGreaterThan(0);
  expect(tainted).toEqual(expect.arrayContaining([...addresses]));
  for (const address of addresses) await tell(project, account, "untaint", address);
}

/** Runs Terraform, which is expected to work. */
export async function tell(project: Project, account: string, ...args: string[]): Promise<void> {
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
