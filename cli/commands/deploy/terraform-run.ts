import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { failureReason } from "../../../common/disk-error";
import { packageJson } from "../../../common/package-files";
import { shellQuote } from "../../../common/shell-quote";
import { BACKENDS } from "../../../modules/support-app/model/properties";
import type { Environment } from "../../../stacks/environments/environment";
import { LOCKS_PAGE } from "../../../stacks/environments/state-location";
import type { PlanRecord } from "../../findings/planned-report";
import { CommandError } from "../../terminal/command-error";
import { hasColors, print } from "../../terminal/print";
import { noTerraform, terraformBinary, terraformEnv } from "../../terraform/binary";
import { type ChildResult, type Children, Interrupted } from "../../terraform/children";
import type { ShownPlan } from "./plan-summary";
import type { ProviderCache } from "./provider-cache";

/** What to do with an environment. */
export type ChangeKind = "diff" | "deploy" | "destroy";

/** How to do it. */
export interface ChangeOptions {
  readonly kind: ChangeKind;
  readonly autoApprove: boolean;
  /** The app's output folder. */
  readonly output: string;
  readonly children: Children;
  /** Whether to skip an environment whose Terraform is applied already. */
  readonly onlyChanged?: boolean;
  /** The providers that several environments share. */
  readonly cache?: ProviderCache;
  /** File descriptor for Terraform's output. Undefined: this process's own output. */
  readonly log?: number;
  /** With diff: receives the plan of a deploy, for somebody to approve. */
  readonly onPlan?: (plan: ShownPlan) => void;
  /** With deploy: the approved plans, by environment. Undefined: nobody saw plans before. */
  readonly approvedPlans?: ReadonlyMap<string, PlanRecord>;
}

/** A change of one environment. */
export interface Change extends ChangeOptions {
  readonly environment: Environment;
  /** The stack's folder. */
  readonly folder: string;
  /** What else a plan is told. */
  readonly planFlags: readonly string[];
  /** Variables of Terraform, beside this process's own. */
  readonly variables?: NodeJS.ProcessEnv;
  /** Whether an apply was started. */
  applyStarted: boolean;
}

const SUCCESS = [0];

const RETIRE =
  " If the error is about lifecycle.prevent_destroy: the Service Quotas role is never destroyed. To remove everything else, set retired: true and deploy.";

/**
 * Runs Terraform.
 *
 * @param expected exit statuses: any other throws an error, except that of an apply
 */
export async function terraform(change: Change, args: readonly string[], expected = SUCCESS): Promise<ChildResult> {
  const { stop } = change.children;
  if (stop.aborted) throw interruption(change);
  const mustFinish = args[0] === "apply"; // an interrupted AWS provider abandons calls that AWS goes on with
  change.applyStarted ||= mustFinish;
  const result = await run(change, args, mustFinish);
  if (stop.aborted && !(mustFinish && result.status === 0)) throw interruption(change);
  if (!mustFinish && (result.status === null || !expected.includes(result.status))) throw failure(change, args, result);
  return result;
}

/** Runs Terraform, however it ends. */
export function run(
  { folder, cache, log, children, variables }: Change,
  args: readonly string[],
  mustFinish: boolean,
): Promise<ChildResult> {
  const binary = terraformBinary();
  const isRead = args[0] === "show" || args[0] === "state";
  const stdout = isRead ? "pipe" : "inherit";
  const isPlain = log !== undefined || !hasColors(); // a log is printed with control characters escaped
  const runOptions = {
    cwd: folder,
    env: { ...terraformEnv(), ...cache?.env, ...variables },
    stdout,
    log,
    mustFinish,
  } as const;
  return children.run(binary, isPlain ? [...args, "-no-color"] : args, runOptions).catch((error) => {
    throw noTerraform(binary, failureReason(error));
  });
}

export function interruption(change: Change): Interrupted {
  const { environment, applyStarted, kind } = change;
  const next = `Run the same command again to continue from there. If it can't, see node_modules/${packageJson().name}/docs/deploying.md, "After an interrupted deploy".`;
  return new Interrupted(
    `Received ${change.children.stop.reason} during the ${kind} of ${environment.name}. ${effectOf(change)}${applyStarted ? ` ${next}` : ""}`,
  );
}

/** What a change that didn't succeed has changed. */
export function effectOf({ applyStarted }: Change): string {
  return applyStarted ? "Some of the changes may have been made." : "Nothing was changed there.";
}

/** Commands that lock the state, and are the first to do so: an apply follows a plan. */
const LOCKED = ["plan", "state push"];

export function failure(change: Change, args: readonly string[], { status }: ChildResult): CommandError {
  const command = args.join(" ").replace(/ -.*/, "");
  const isLocking = LOCKED.includes(command) && !args.includes("-lock=false");
  const lockWords = isLocking && !isRemote(change.environment) ? ` ${lockAdvice(change)}` : "";
  const statusWords = status === null ? "no exit status" : `the exit status ${status}`;
  return new CommandError(
    `terraform ${command} ended with ${statusWords} for ${change.environment.name}. ${effectOf(change)} Fix the error above, and ${unwrittenStateWords(change)}run this again.${lockWords}${change.kind === "destroy" ? RETIRE : ""}`,
  );
}

/** What Terraform couldn't write into the backend, such as with expired credentials: without it, what was made is in no state. */
function unwrittenStateWords({ folder }: Change): string {
  if (!existsSync(join(folder, "errored.tfstate"))) return "";
  return `with new credentials write the state that Terraform couldn't: terraform ${shellQuote(`-chdir=${folder}`)} state push errored.tfstate. Then delete that file, and `;
}

/** How to release a lock that is in the way. Over HTTP, `force-unlock` passes no ID on, and would release any lock. */
function lockAdvice({ environment, folder }: Change): string {
  const release =
    environment.backend.type === "http"
      ? `in ${LOCKS_PAGE}, which shows whose it is`
      : `with the ID under "Lock Info": terraform ${shellQuote(`-chdir=${folder}`)} force-unlock ID`;
  return `If the state is locked, wait until that run has ended. If it was cancelled or killed, release its lock ${release}`;
}

export function printLine(line: string, { log }: ChangeOptions): void {
  if (log === undefined) print(line);
  else appendFileSync(log, `${line}\n`);
}

/** HCP Terraform has AWS's credentials, and lets only few people read a plan as JSON. */
export function isRemote({ backend }: Environment): boolean {
  return BACKENDS[backend.type].isRemote;
}

/** Whether nobody approves the plan that is shown. */
export function isOnlyRead({ kind, onPlan }: ChangeOptions): boolean {
  return kind === "diff" && onPlan === undefined;
}
