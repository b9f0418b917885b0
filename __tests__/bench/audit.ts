import { spawn } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { measured, type Run } from "./measured";

/** What auditing an organization takes, with 50 ms for each call. */
export async function auditCost(size: number): Promise<Run & { readonly seconds: number; readonly calls: number }> {
  const args = ["--require", "ts-node/register", "__tests__/bench/organization.ts", String(size)];
  const server = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const AWS_ENDPOINT_URL = await next();
  const environment = { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
  const begin = performance.now();
  const run = measured(["cli/support-app.ts", "audit", "--organization", "--assume-role", "audit"], environment);
  const seconds = (performance.now() - begin) / 1000;
  server.stdin.end();
  return { ...run, seconds, calls: Number(await next()) };
}
