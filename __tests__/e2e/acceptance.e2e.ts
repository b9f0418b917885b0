import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { SLACK_WORKSPACE_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { readAnswers } from "../../packaging/acceptance-answers";
import { QUESTIONS } from "../../packaging/acceptance-questions";
import { thoroughTest } from "../support/thorough";
import { createByHand, newAccount, readAccount } from "./support/account";
import { startMiniStack } from "./support/ministack";
import { type Proxy as AwsProxy, changes, startProxy } from "./support/proxy";

const scratch = mkdtempSync(join(process.env.E2E_SCRATCH ?? "", "acceptance-"));
const CHANNEL = { workspace: "T012ABCDEFG", channel: "C01234A5BCD" };
const undo: (() => void)[] = [];

beforeAll(async () => {
  // The printed policy has conditions that the emulator can't judge, and the deployer of a run has it as it is.
  const log = join(scratch, "ministack.log");
  process.env.AWS_ENDPOINT_URL = await startMiniStack(log, (stop) => undo.push(stop), "none");
});
afterAll(() => {
  for (const step of undo) step();
});

/** An account that has registered the workspace, as a person does in the console. */
async function accountWithWorkspace(): Promise<string> {
  const account = newAccount();
  await createByHand(account, SLACK_WORKSPACE_TYPE, { TeamId: CHANNEL.workspace });
  return account;
}

/** Runs `npm run acceptance` with an account's root, and returns its exit status and what it printed. */
function acceptance(account: string, proxy: AwsProxy, args: readonly string[], onStart = (_pid: number) => {}) {
  const script = ["--require", "ts-node/register", "__tests__/acceptance/acceptance.ts"];
  const place = ["--account", account, "--region", "us-east-1"];
  const child = spawn(process.execPath, [...script, ...place, ...args], {
    env: {
      ...process.env,
      TMPDIR: scratch, // what a killed run leaves is removed with it
      AWS_ENDPOINT_URL: proxy.endpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: "test",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  undo.push(() => endGroup(child.pid));
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
  onStart(child.pid ?? 0);
  return new Promise<{ status: number | null; output: string }>((resolve) => {
    child.on("close", (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    if (pid) process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** At how many of its calls that change something a run is killed. */
const MOMENTS = 20;
const LIFE = ["--yes", "--workspace", CHANNEL.workspace, "--channel", CHANNEL.channel, "--answers"];

test("an acceptance run lives the whole life in an account, answers what AWS can answer, and leaves nothing", async () => {
  const account = await accountWithWorkspace();
  const before = await readAccount(account);
  const proxy = await startProxy();
  const answers = join(scratch, "answers");
  const { status, output } = await acceptance(account, proxy, [...LIFE, answers]);
  await proxy.close();
  if (status !== 0) throw new Error(output);
  expect(output).toContain("Nothing is left.");
  expect(await readAccount(account)).toEqual(before);
  expect(output).not.toMatch(/^ +at /m);
  const [file = ""] = output.match(/(?<=Wrote the answers to )\S+\.json/) ?? [];
  const record = JSON.parse(readFileSync(file, "utf8"));
  expect(Object.keys(QUESTIONS)).toEqual(expect.arrayContaining(Object.keys(record.answers)));
  expect(record.answers["failed-update"]).toBeDefined();
  expect(JSON.stringify(record)).not.toContain(account);
  expect(readAnswers(answers)).toEqual([]); // an emulator confirms nothing
});

test("an account that uses the Support App, or has what an earlier run left, is refused before anything is made", async () => {
  const account = await accountWithWorkspace();
  const before = await readAccount(account);
  const proxy = await startProxy();
  const refusal = await acceptance(newAccount(), proxy, ["--yes", "--account", account]);
  expect(refusal).toMatchObject({ status: 1, output: expect.stringContaining(`expected credentials of ${account}`) });
  await proxy.close();
  expect(await readAccount(account)).toEqual(before);
});

thoroughTest("after a run was killed at any of twenty moments, --clean leaves nothing", async () => {
  let count = 0;
  const counting = await startProxy((call) => {
    if (changes(call)) count++;
    return undefined;
  });
  expect((await acceptance(await accountWithWorkspace(), counting, [...LIFE, scratch])).status).toBe(0);
  await counting.close();
  const killAt = async (moment: number) => {
    const account = await accountWithWorkspace();
    const before = await readAccount(account);
    let remaining = 1 + Math.floor((moment * count) / MOMENTS);
    let pid = 0;
    const proxy = await startProxy((call) => {
      if (changes(call) && --remaining === 0) endGroup(pid);
      return undefined;
    });
    const killed = await acceptance(account, proxy, [...LIFE, scratch], (started) => {
      pid = started;
    });
    expect([moment, killed.status]).toEqual([moment, null]);
    await proxy.settled();
    const { output } = await acceptance(account, proxy, ["--clean"]);
    await proxy.close();
    expect([moment, output]).toEqual([moment, expect.stringContaining("Nothing is left.")]);
    expect([moment, await readAccount(account)]).toEqual([moment, before]);
  };
  const limit = pLimit(4); // each waits for AWS most of the time
  await Promise.all(Array.from({ length: MOMENTS }, (_, moment) => limit(() => killAt(moment))));
});

test.each(["SIGINT", "SIGTERM"] as const)("after %s, a run removes what it made", async (signal) => {
  const account = await accountWithWorkspace();
  const before = await readAccount(account);
  let pid = 0;
  const proxy = await startProxy(({ action }) => {
    if (action === "iam:AttachRolePolicy") endGroup(pid, signal);
    return undefined;
  });
  const { status, output } = await acceptance(account, proxy, [...LIFE, scratch], (started) => {
    pid = started;
  });
  await proxy.close();
  expect({ status, output }).toMatchObject({ status: 130, output: expect.stringContaining("Nothing is left.") });
  expect(await readAccount(account)).toEqual(before);
});
