import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { messageOf } from "../../modules/support-app/printable";
import { describePath } from "../../modules/support-app/problem";
import type { Environment } from "../../stacks/environment";
import { CommandError } from "../command-error";
import { isFields, list, parseJson } from "../json";
import { packageJson } from "../package-files";
import { hasColors, print } from "../print";
import { noTerraform, terraformBinary, terraformEnv } from "../terraform-binary";
import { isApplied, readCoded } from "./applied";
import { type Children, type Ended, Interrupted } from "./children";
import type { ProviderCache } from "./provider-cache";
import { ask } from "./question";

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

/** Runs Terraform in a stack's folder. */
type RunTerraform = (args: readonly string[], stdout?: "pipe") => Promise<Ended>;

/** Exit statuses of `terraform plan -detailed-exitcode`. */
const NO_CHANGES = 0;
const CHANGES = 2;

/**
 * Plans an environment's changes and, unless it is a diff, applies them after approval.
 *
 * @throws CommandError when Terraform fails, which has printed why, or the plan isn't approved
 */
export async function changeEnvironment(environment: Environment, options: ChangeOptions): Promise<Outcome> {
  const { kind, output } = options;
  const { name } = environment;
  const folder = join(output, "stacks", name);
  if (!existsSync(folder)) {
    throw new CommandError(
      `Received no folder ${describePath(folder)} from the app in cdktf.json, expected one with the Terraform of ${name}. Nothing was changed. Have the app synthesize all environments.`,
    );
  }
  const terraform: RunTerraform = (args, stdout) => runTerraform(name, folder, args, options, stdout);
  const init = () => terraform(["init", "-input=false"]);
  expectSuccess(name, "init", await (options.cache?.init(folder, init) ?? init()));
  const isDone = options.onlyChanged === true && (await isAsApplied(name, folder, terraform));
  if (kind === "diff") {
    // Without locking the state: this may run during a deploy, or with read-only credentials.
    const planned = await terraform(["plan", "-input=false", ...(options.onlyChanged ? [...LOOK] : [])]);
    if (planned.status === CHANGES && options.onlyChanged) return isDone ? "drifted" : "not-deployed";
    expectSuccess(name, "plan", planned);
    return "unchanged";
  }
  if (isDone) return "unchanged";
  const plans = privateFolder();
  try {
    const plan = join(plans, "plan");
    const destroy = kind === "destroy" ? ["-destroy"] : [];
    const planned = await terraform(["plan", "-input=false", "-detailed-exitcode", `-out=${plan}`, ...destroy]);
    if (planned.status === NO_CHANGES) {
      say(`Nothing to do for ${name}.`, options);
      return "unchanged";
    }
    if (planned.status !== CHANGES) throw failed(name, "plan", planned, kind === "destroy" ? RETIRE : "");
    if (kind === "destroy") expectQuotasRoleKept(name, await terraform(["show", "-json", plan], "pipe"));
    if (!options.autoApprove) await expectYes(environment, kind, options.children.stop);
    // HCP Terraform would ask once more.
    expectSuccess(name, "apply", await terraform(["apply", "-input=false", "-auto-approve", plan]));
    return "deployed";
  } finally {
    rmSync(plans, { recursive: true, force: true });
  }
}

/** Options of a plan that is only looked at. */
const LOOK = ["-detailed-exitcode", "-lock=false"] as const;

/** Whether the synthesized Terraform is applied already. False if that isn't known. */
async function isAsApplied(name: string, folder: string, terraform: RunTerraform): Promise<boolean> {
  const coded = readCoded(folder);
  if (coded === undefined) return false;
  const state = await terraform(["state", "pull"], "pipe");
  expectSuccess(name, "state pull", state);
  return isApplied(state.stdout, coded);
}

function say(line: string, { log }: ChangeOptions): void {
  if (log === undefined) print(line);
  else appendFileSync(log, `${line}\n`);
}

/** A folder that nobody else can read: a plan may hold secrets. */
export function privateFolder(): string {
  try {
    return resolve(mkdtempSync(join(tmpdir(), "support-app-plan-")));
  } catch (error) {
    throw new CommandError(
      `Can't create a temporary folder in ${describePath(tmpdir())}: ${messageOf(error)}. Nothing was changed. Free some space there, or set TMPDIR to another folder.`,
    );
  }
}

const RETIRE =
  " If the error is about lifecycle.prevent_destroy: the Service Quotas role is never destroyed. To remove everything else, set retired: true and deploy.";

async function runTerraform(
  name: string,
  folder: string,
  args: readonly string[],
  { children: { run, stop }, cache, log }: ChangeOptions,
  stdout?: "pipe",
): Promise<Ended> {
  const binary = terraformBinary();
  const env = { TF_IN_AUTOMATION: "1", ...terraformEnv(), ...cache?.env }; // no advice on what to run next
  const [command = ""] = args;
  const before = `before ${name} was changed. Nothing was changed there.`;
  if (stop.aborted) throw new Interrupted(`Received ${stop.reason} ${before}`);
  const completes = command === "apply"; // an interrupted AWS provider abandons calls that AWS goes on with
  const isPlain = log !== undefined || !hasColors(); // a log is printed with control characters escaped
  let ended: Ended;
  try {
    ended = await run(binary, isPlain ? [...args, "-no-color"] : args, { cwd: folder, env, stdout, log, completes });
  } catch (error) {
    throw noTerraform(binary, messageOf(error), "changed");
  }
  if (!stop.aborted || (completes && ended.status === 0)) return ended;
  const during = `while ${name} was being changed. Some of the changes were made. Run the same command again to continue from there. If it can't, see node_modules/${packageJson().name}/docs/deploying.md, "After an interrupted deploy".`;
  throw new Interrupted(`Received ${stop.reason} ${completes ? during : before}`);
}

function expectSuccess(name: string, command: string, ended: Ended): void {
  if (ended.status !== 0) throw failed(name, command, ended);
}

function failed(name: string, command: string, { status }: Ended, more = ""): CommandError {
  const effect = command === "apply" ? "Some of the changes may have been made." : "Nothing was changed there.";
  return new CommandError(
    `terraform ${command} ended with ${status === null ? "no exit status" : `the exit status ${status}`} for ${name}. ${effect} Fix the error above, and run this again.${more}`,
  );
}

/** A destroy ignores the `removed` block with which a deploy hands the role back. */
function expectQuotasRoleKept(name: string, shown: Ended): void {
  expectSuccess(name, "show", shown);
  const role = destroyedIn(shown.stdout).find(
    ({ type, before }) =>
      type === "aws_iam_service_linked_role" && before.aws_service_name === "servicequotas.amazonaws.com",
  );
  if (role === undefined) return;
  throw new CommandError(
    `Received a plan for ${name} that destroys the Service Quotas role (${describePath(role.address)}), expected one that keeps it: others in the account may depend on it. Nothing was changed there. Run support-app deploy ${name} first, which hands it back to the account.`,
  );
}

function destroyedIn(plan: string) {
  let content: unknown;
  try {
    content = parseJson(plan);
  } catch (error) {
    throw new CommandError(
      `Received output other than JSON from terraform show (${messageOf(error)}), expected the plan. Nothing was changed. Run it again.`,
    );
  }
  const changes = isFields(content) ? list(content.resource_changes ?? []) : [];
  return changes.flatMap((one) => {
    if (!isFields(one) || !isFields(one.change) || !list(one.change.actions).includes("delete")) return [];
    const { before } = one.change;
    return [{ address: one.address, type: one.type, before: isFields(before) ? before : {} }];
  });
}

async function expectYes({ name, account }: Environment, kind: Kind, stop: AbortSignal): Promise<void> {
  const what = kind === "destroy" ? "Destroy all of this" : "Deploy this";
  const answer = await ask(`${what} in ${name} (account ${account})? Only yes is accepted:`, stop);
  if (stop.aborted)
    throw new Interrupted(`Received ${stop.reason}, expected an answer. Nothing was changed in ${name}.`);
  if (answer?.trim() === "yes") return;
  const not = kind === "destroy" ? "Not destroyed" : "Not deployed";
  throw new CommandError(`${not}: you didn't answer "yes". Nothing was changed in ${name}.`);
}
