import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import type { Environment } from "../../../stacks/environments/environment";
import { type FleetReport, type Result, shortResult } from "../../findings/fleet-report";
import { CommandError } from "../../terminal/command-error";
import { print, printError } from "../../terminal/print";
import { startProgress } from "../../terminal/progress";
import { temporaryFolder } from "../../terminal/temporary-folder";
import { Interrupted } from "../../terraform/children";
import { changeEnvironment } from "./change";
import { PlanRefused } from "./plan-digest";
import type { ChangeOptions } from "./terraform-run";

/** How to go through a fleet, and how many environments at once. */
export type FleetOptions = ChangeOptions & { readonly parallel: number };

/**
 * Plans or deploys many environments. In a deploy, canaries are first, and if one fails, nothing else is deployed. Any
 * other failure stops nothing. After a signal, nothing more is started. An environment's error is printed, not thrown.
 */
export async function changeFleet(environments: readonly Environment[], options: FleetOptions): Promise<FleetReport> {
  const results = new Map<Environment, Result>();
  const limit = pLimit(options.parallel);
  // With one at a time, Terraform writes to the terminal itself.
  const progress = startProgress(options.parallel > 1 ? environments.length : 0, "environments");
  const canaries = options.kind === "deploy" ? environments.filter(({ canary }) => canary) : []; // a diff needs none
  for (const group of [canaries, environments.filter((environment) => !canaries.includes(environment))]) {
    const isCanaryLost = [...results.values()].some((result) => result === "failed" || result === "refused");
    const run = async (environment: Environment) => {
      results.set(environment, isCanaryLost ? "canary-failed" : await changeOneOfFleet(environment, options));
      progress.step();
    };
    await Promise.all(group.map((environment) => limit(run, environment))).finally(progress.end);
  }
  return environments.map((environment) => ({
    name: environment.name,
    account: environment.account,
    result: results.get(environment) ?? "not-begun",
  }));
}

/** Plans or deploys one. When several run at once, Terraform's output is printed in one piece at the end. */
async function changeOneOfFleet(environment: Environment, options: FleetOptions): Promise<Result> {
  const { name, account } = environment;
  if (options.children.stop.aborted) return "not-begun";
  printError(`${name} (${account}): started.`);
  const result = await (options.parallel > 1 ? runWithLog : changeEnvironment)(environment, options).catch(failure);
  printError(`${name} (${account}): ${shortResult(result)}.`);
  return result;
}

async function runWithLog(environment: Environment, options: FleetOptions): Promise<Result> {
  const folder = temporaryFolder("support-app-log-");
  const file = join(folder, "log");
  const log = openSync(file, "w");
  try {
    return await changeEnvironment(environment, { ...options, log });
  } finally {
    print(readFileSync(file, "utf8").trimEnd().split("\n"));
    closeSync(log);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Anything but a CommandError is a bug. */
function failure(error: unknown): Result {
  if (!(error instanceof CommandError)) throw error;
  printError(error.message.split("\n"));
  if (error instanceof PlanRefused) return "refused";
  return error instanceof Interrupted ? "interrupted" : "failed";
}
