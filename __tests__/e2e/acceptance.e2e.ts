import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { SLACK_WORKSPACE_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { createByHand, newAccount, readAccount } from "./support/account";
import { changes, startProxy } from "./support/proxy";

const scratch = mkdtempSync(join(process.env.E2E_SCRATCH ?? "", "acceptance-"));
const CHANNEL = ["--workspace", "T012ABCDEFG", "--channel", "C01234A5BCD"];

/** An account that has registered the workspace, as a person does in the console. */
async function accountWithWorkspace(): Promise<string> {
  const account = newAccount();
  await createByHand(account, SLACK_WORKSPACE_TYPE, { TeamId: "T012ABCDEFG" });
  return account;
}

/** Runs `npm run acceptance` with an account's root, answers yes, and returns its exit status and what it printed. */
function acceptance(account: string, endpoint: string, args: readonly string[], onStart = (_: ChildProcess) => {}) {
  const script = ["--require", "ts-node/register", "__tests__/acceptance/acceptance.ts"];
  const place = ["--account", account, "--region", "us-east-1", "--folder", join(scratch, account)];
  const child = spawn(process.execPath, [...script, ...place, ...args], {
    env: { ...process.env, AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: "test" },
    detached: true,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
  child.stdin.end("yes\n");
  onStart(child);
  return new Promise<{ status: number | null; output: string }>((resolve) => {
    child.on("close", (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}

test("an acceptance run lives the whole life in an account, prints what AWS answers, and leaves nothing", async () => {
  const account = await accountWithWorkspace();
  const before = await readAccount(account);
  const proxy = await startProxy();
  const { status, output } = await acceptance(account, proxy.endpoint, CHANNEL);
  await proxy.close();
  if (status !== 0) throw new Error(output);
  for (const fact of ["no-plan", "managed-policies", "regions", "channel-answer", "failed-update"])
    expect(output).toMatch(new RegExp(`^${fact}: "?.`, "m"));
  expect(output).toMatch(/Nothing is left\.\n$/);
  expect(await readAccount(account)).toEqual(before);
  expect(existsSync(join(scratch, account))).toBe(false);
});

test("what a killed run has left, the same command with --clean removes, and no other run starts before", async () => {
  const account = await accountWithWorkspace();
  const before = await readAccount(account);
  let child: ChildProcess | undefined;
  let remaining = 6;
  const proxy = await startProxy((call) => {
    if (changes(call) && --remaining === 0 && child?.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    return undefined;
  });
  const killed = await acceptance(account, proxy.endpoint, CHANNEL, (started) => {
    child = started;
  });
  expect(killed.status).toBeNull();
  await proxy.settled();
  expect(await readAccount(account)).not.toEqual(before);
  const refused = await acceptance(account, proxy.endpoint, CHANNEL);
  expect(refused).toMatchObject({ status: 1, output: expect.stringContaining("with --clean first") });
  const { output } = await acceptance(account, proxy.endpoint, ["--clean"]);
  await proxy.close();
  expect(output).toMatch(/Nothing is left\.\n$/);
  expect(await readAccount(account)).toEqual(before);
});
