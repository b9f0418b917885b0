import type { ChildProcess } from "node:child_process";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { newAccount, readAccount } from "./account";
import { startLikeAws } from "./like-aws";
import { createProject, type deploy, type Ended, familyGone, type Project, supportAppProcess } from "./project";
import { changes } from "./proxy";

/** An environment with channels and everything that they need. */
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

/** The number of changes that deploying it makes. */
export const CHANGES = 10;

/** What is in the account, but for its number and in one order. */
async function contentsOf(account: string): Promise<unknown> {
  const { supportApp, ...iam } = await readAccount(account);
  const sorted = Object.entries(supportApp).map(([type, all]) => [type, all.map((one) => JSON.stringify(one)).sort()]);
  return JSON.parse(JSON.stringify({ ...iam, sorted }).replaceAll(account, "ACCOUNT"));
}

/** Runs `support-app` on an account of an AWS that names things as AWS does. */
export async function supportAppIn({ account, project }: Where, ...args: string[]): Promise<Ended> {
  const proxy = await startLikeAws(account);
  const ended = await supportAppProcess(project, args, { as: account, endpoint: proxy.endpoint });
  await proxy.close();
  return ended;
}

/** A project, and the account that it deploys to. */
interface Where {
  readonly account: string;
  readonly project: Project;
}

/** A project with channels that nobody has deployed. */
export function newProject(name: string): Where {
  const account = newAccount();
  return { account, project: createProject(name, yaml(account)) };
}

/** The arguments of a deploy. */
export const DEPLOY = ["deploy", "--changed", "--auto-approve"];

/** A deploy that nothing comes in between of: what is in its account then. */
export async function uninterrupted(): Promise<unknown> {
  const where = newProject("interruption-none");
  expect(await supportAppIn(where, ...DEPLOY)).toMatchObject({ status: 0 });
  return contentsOf(where.account);
}

/** How and when a deploy is interrupted. */
export interface Interruption {
  readonly interrupt: (child: ChildProcess) => void;
  /** The number of the change, as AWS counts them. */
  readonly moment: number;
  /** Whether AWS has made it then. */
  readonly when: "before" | "after";
  readonly deploy: typeof deploy;
}

/** A deploy that was interrupted, and its end. */
interface Interrupted extends Ended, Where {}

/** Interrupts a deploy, and waits for all that is under way. */
async function interruptedDeploy({ interrupt, moment, when, deploy }: Interruption): Promise<Interrupted> {
  const { account, project } = newProject("interruption");
  let child: ChildProcess | undefined;
  let gone: Promise<void> | undefined;
  let seen = 0;
  const proxy = await startLikeAws(account, (call) => {
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
  await expectDeployed(interrupted, expected);
  return interrupted;
}

/** Interrupts a deploy. The next one must lead to `expected` by itself. */
export async function expectRecovery(interruption: Interruption, expected: unknown): Promise<void> {
  const interrupted = await interruptedDeploy(interruption);
  const next = await supportAppIn(interrupted, ...DEPLOY);
  if (next.status !== 0) throw new Error(`${interrupted.output}\n\nThe next deploy:\n${next.output}`);
  await expectDeployed(interrupted, expected);
}

/** That the account has what the file says, and nothing is left to do. */
async function expectDeployed(where: Where, expected: unknown): Promise<void> {
  expect(await contentsOf(where.account)).toEqual(expected);
  const { status, output } = await supportAppIn(where, "diff", "--drift");
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining("1 environment: 1 unchanged.") });
}

/** Deploys and loses the state, as a kill while it is written does. The next deploy must lead to `expected` by itself. */
export async function expectStateReplaceable(expected: unknown): Promise<void> {
  const where = newProject("interruption-state");
  expect(await supportAppIn(where, ...DEPLOY)).toMatchObject({ status: 0 });
  truncateSync(join(where.project.folder, "state/cut.tfstate"));
  expect(await supportAppIn(where, ...DEPLOY)).toMatchObject({ status: 0 });
  await expectDeployed(where, expected);
}
