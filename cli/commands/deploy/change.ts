import { appendFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../../modules/support-app/model/printable";
import { describe, describePath } from "../../../modules/support-app/model/problem";
import type { Environment } from "../../../stacks/environments/environment";
import { packageJson } from "../../package-files";
import { CommandError } from "../../terminal/command-error";
import { hasColors, print } from "../../terminal/print";
import { ask } from "../../terminal/question";
import { temporaryFolder } from "../../terminal/temporary-folder";
import { noTerraform, terraformBinary, terraformEnv } from "../../terraform/binary";
import { type Children, type Ended, Interrupted } from "../../terraform/children";
import { findLeftovers, isKept, otherChannel } from "./leftovers";
import { readPlannedResources, refusalOf } from "./plan-refusal";
import type { ProviderCache } from "./provider-cache";
import { isApplied, missingIn, readStackCode, readState, type StackCode, type State, taintedIn } from "./state";

/** What to do with an environment. */
export type Kind = "diff" | "deploy" | "destroy";

/** How to do it. */
export interface ChangeOptions {
  readonly kind: Kind;
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
}

/** The outcome for an environment. `drifted`: a diff found changes although the current code is applied. */
export type Outcome = "unchanged" | "deployed" | "drifted" | "not-deployed";

/** A change of one environment. */
interface Change extends ChangeOptions {
  readonly environment: Environment;
  /** The stack's folder. */
  readonly folder: string;
  /** Whether an apply was started. */
  applyStarted: boolean;
}

/** Exit statuses of Terraform, and of `terraform plan -detailed-exitcode`. */
const [NO_CHANGES, CHANGES] = [0, 2];
const SUCCESS = [0];
const PLANNED = [NO_CHANGES, CHANGES];

/** The file with import blocks, in the stack's folder while Terraform plans with it. */
const IMPORTS = "support-app-imports.tf.json";

/**
 * Plans an environment's changes and, unless it is a diff, applies them after approval. A deploy keeps what an
 * interrupted one has created, whether its state calls it tainted or doesn't have it.
 *
 * @throws CommandError when Terraform fails, which has printed why, or the plan isn't approved
 */
export async function changeEnvironment(environment: Environment, options: ChangeOptions): Promise<Outcome> {
  const { kind, output, onlyChanged = false } = options;
  const { name } = environment;
  const folder = join(output, "stacks", name);
  if (!existsSync(folder)) {
    throw new CommandError(
      `The app in cdktf.json wrote no folder ${describePath(folder)} with the Terraform of ${name}. Nothing was changed. Have the app synthesize all environments.`,
    );
  }
  rmSync(join(folder, IMPORTS), { force: true }); // a killed deploy leaves it
  const change: Change = { ...options, environment, folder, applyStarted: false };
  const init = () => terraform(change, ["init", "-input=false"]);
  await (options.cache?.init(folder, init) ?? init());
  const code = kind === "deploy" || onlyChanged ? readStackCode(folder) : undefined;
  let state = code && (await pulledState(change));
  const isDone = onlyChanged && code !== undefined && isApplied(state, code);
  if (kind === "diff") {
    // Without locking the state: this may run during a deploy, or with read-only credentials.
    const more = onlyChanged ? ["-detailed-exitcode", "-lock=false"] : [];
    const { status } = await terraform(change, ["plan", "-input=false", ...more], onlyChanged ? PLANNED : SUCCESS);
    if (status === CHANGES) return isDone ? "drifted" : "not-deployed";
    return "unchanged";
  }
  if (isDone) return "unchanged";
  if (code !== undefined) await untaintLeftovers(change, state, code);
  let ended = await planAndApply(change, await importsOf(change, state, code));
  for (let again = 0; again < MAX_AGAIN && typeof ended !== "string" && code && !isRemote(environment); again++) {
    state = await pulledState(change);
    if (!(await untaintLeftovers(change, state, code))) break;
    ended = await planAndApply(change, await importsOf(change, state, code));
  }
  // After a failed apply, there may be nothing left to do.
  if (typeof ended === "string") return change.applyStarted ? "deployed" : ended;
  throw ended;
}

/** How often a deploy plans again, since it created what exists: workspaces, and then channels, which depend on them. */
const MAX_AGAIN = 2;

async function pulledState(change: Change): Promise<State> {
  return readState((await terraform(change, ["state", "pull"])).stdout);
}

/**
 * Untaints what an interrupted or failed apply has created. Terraform would replace it, which takes the policy off a role:
 * the new attachment is the old one, and that is destroyed afterwards. The next plan changes what is incomplete.
 *
 * @returns whether anything was untainted
 */
async function untaintLeftovers(change: Change, state: State, code: StackCode): Promise<boolean> {
  const { environment, folder } = change;
  const all = taintedIn(state);
  const other = await otherChannel(environment, all);
  if (other !== undefined) {
    // A failed creation leaves a channel that somebody else has configured in the state, too.
    throw new CommandError(
      `Can't tell who configured ${describe(other)} of ${environment.name}: an interrupted deploy may have created it, but it isn't in environments.yaml, or its settings in AWS differ or couldn't be read. It is unchanged. If it isn't needed, delete it in the Support App. Then run terraform -chdir=${folder} state rm ${other}, and deploy again.`,
    );
  }
  const tainted = all.filter((address) => isKept(environment, address) && code.resources.includes(address));
  for (const address of tainted) {
    printLine(`An interrupted or failed deploy left ${address} tainted. Keeping what AWS has of it.`, change);
    await terraform(change, ["untaint", address]);
  }
  return tainted.length > 0;
}

/** What an interrupted deploy has created although the state doesn't have it: Terraform's IDs, by address. */
async function importsOf(change: Change, state: State, code?: StackCode): Promise<ReadonlyMap<string, string>> {
  const { environment } = change;
  if (code === undefined || isRemote(environment)) return new Map();
  const imports = await findLeftovers(environment, missingIn(state, code));
  const found = [...imports.keys()].join(", ");
  if (found !== "") printLine(`Importing ${found}, which the account already has.`, change);
  return imports;
}

/** Plans, asks and applies. Returns the error of an apply that failed. */
async function planAndApply(change: Change, imports: ReadonlyMap<string, string>): Promise<Outcome | CommandError> {
  const { environment, folder, kind } = change;
  const plans = temporaryFolder("support-app-plan-");
  const blocks = join(folder, IMPORTS);
  try {
    const plan = join(plans, "plan");
    const all = [...imports].map(([to, id]) => ({ to, id }));
    if (all.length > 0) writeFileSync(blocks, JSON.stringify({ import: all }));
    const destroy = kind === "destroy" ? ["-destroy"] : [];
    const how = ["plan", "-input=false", "-detailed-exitcode", `-out=${plan}`, ...destroy];
    if ((await terraform(change, how, PLANNED)).status === NO_CHANGES) {
      printLine(`Nothing to do for ${environment.name}.`, change);
      return "unchanged";
    }
    if (kind === "destroy" || !isRemote(environment)) {
      const { stdout } = await terraform(change, ["show", "-json", plan]);
      const refusal = refusalOf(readPlannedResources(stdout), imports, kind === "destroy");
      if (refusal !== undefined)
        throw new CommandError(`Received a plan for ${environment.name} that ${refusal} ${effectOf(change)}`);
    }
    if (!change.autoApprove) await expectYes(change);
    // HCP Terraform would ask once more.
    const applied = await terraform(change, ["apply", "-input=false", "-auto-approve", plan]);
    return applied.status === 0 ? "deployed" : failed(change, ["apply"], applied);
  } finally {
    for (const left of [plans, blocks]) rmSync(left, { recursive: true, force: true });
  }
}

/** HCP Terraform has AWS's credentials, and lets only few people read a plan as JSON. */
function isRemote({ backend }: Environment): boolean {
  return backend.type === "cloud";
}

function printLine(line: string, { log }: ChangeOptions): void {
  if (log === undefined) print(line);
  else appendFileSync(log, `${line}\n`);
}

const RETIRE =
  " If the error is about lifecycle.prevent_destroy: the Service Quotas role is never destroyed. To remove everything else, set retired: true and deploy.";

/**
 * Runs Terraform.
 *
 * @param expected exit statuses: any other throws an error, except that of an apply
 */
async function terraform(change: Change, args: readonly string[], expected = SUCCESS): Promise<Ended> {
  const { folder, cache, log } = change;
  const { run, stop } = change.children;
  const [command] = args;
  const binary = terraformBinary();
  const env = { TF_IN_AUTOMATION: "1", ...terraformEnv(), ...cache?.env }; // no advice on what to run next
  if (stop.aborted) throw interrupted(change);
  const mustFinish = command === "apply"; // an interrupted AWS provider abandons calls that AWS goes on with
  change.applyStarted ||= mustFinish;
  const stdout = command === "show" || command === "state" ? "pipe" : "inherit"; // whose output is read
  const isPlain = log !== undefined || !hasColors(); // a log is printed with control characters escaped
  const how = { cwd: folder, env, stdout, log, mustFinish } as const;
  const ended = await run(binary, isPlain ? [...args, "-no-color"] : args, how).catch((error) => {
    throw noTerraform(binary, messageOf(error), "changed");
  });
  if (stop.aborted && !(mustFinish && ended.status === 0)) throw interrupted(change);
  if (!mustFinish && (ended.status === null || !expected.includes(ended.status))) throw failed(change, args, ended);
  return ended;
}

function interrupted(change: Change): Interrupted {
  const { environment, applyStarted, kind } = change;
  const next = `Run the same command again to continue from there. If it can't, see node_modules/${packageJson().name}/docs/deploying.md, "After an interrupted deploy".`;
  return new Interrupted(
    `Received ${change.children.stop.reason} during the ${kind} of ${environment.name}. ${effectOf(change)}${applyStarted ? ` ${next}` : ""}`,
  );
}

/** What a change that didn't succeed has changed. */
function effectOf({ applyStarted }: Change): string {
  return applyStarted ? "Some of the changes may have been made." : "Nothing was changed there.";
}

function failed(change: Change, args: readonly string[], { status }: Ended): CommandError {
  const command = args.join(" ").replace(/ -.*/, "");
  const how = status === null ? "no exit status" : `the exit status ${status}`;
  return new CommandError(
    `terraform ${command} ended with ${how} for ${change.environment.name}. ${effectOf(change)} Fix the error above, and run this again.${change.kind === "destroy" ? RETIRE : ""}`,
  );
}

async function expectYes(change: Change): Promise<void> {
  const { environment, kind } = change;
  const { stop } = change.children;
  const [what, not] = kind === "destroy" ? ["Destroy all of this", "Not destroyed"] : ["Deploy this", "Not deployed"];
  const question = `${what} in ${environment.name} (account ${environment.account})? Only yes is accepted:`;
  const answer = await ask(question, stop);
  if (stop.aborted) throw interrupted(change);
  if (answer?.trim() !== "yes") throw new CommandError(`${not}: you didn't answer "yes". ${effectOf(change)}`);
}
