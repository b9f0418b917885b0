import { appendFileSync, existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { failureReason } from "../../../common/disk-error";
import { isRewritable, parseJsonIfAny } from "../../../common/json";
import { packageJson } from "../../../common/package-files";
import { printable } from "../../../common/printable";
import { describePath } from "../../../common/problem";
import { shellQuote } from "../../../common/shell-quote";
import { type Environment, readerRoleOf, withoutRetired } from "../../../stacks/environments/environment";
import { LOCKS_PAGE } from "../../../stacks/environments/state-location";
import { ANOTHER_PLACE, LEFT_BEHIND, PLACE_ADDRESS } from "../../../stacks/self-checks";
import { adviceText } from "../../aws/advice";
import { endedSentences } from "../../findings/end-notices";
import type { PlanRecord } from "../../reports/planned-report";
import { CommandError } from "../../terminal/command-error";
import { hasColors, print } from "../../terminal/print";
import { isConfirmed } from "../../terminal/question";
import { temporaryFolder } from "../../terminal/temporary-folder";
import { noTerraform, terraformBinary, terraformEnv } from "../../terraform/binary";
import { type ChildResult, type Children, Interrupted } from "../../terraform/children";
import { type PlanJson, planJson, plannedResources } from "../../terraform/plan";
import { PLAN_ROLE_FILE, planRoleOverride } from "../../terraform/plan-role";
import { lockedAwsProvider } from "../../terraform/provider-lock";
import {
  deployedPlace,
  editState,
  failedChecksIn,
  isGuardAlone,
  readState,
  restoredState,
  type State,
  type StateEdit,
} from "../../terraform/state";
import { type Look, lookAtAws } from "./look";
import { foreignMessage, lookLines } from "./look-words";
import { NOTHING_PLANNED, PlanRefused, planDifferences, planRecord } from "./plan-digest";
import { refusalOf } from "./plan-refusal";
import { resourceLines, type ShownPlan } from "./plan-summary";
import type { ProviderCache } from "./provider-cache";
import { isApplied, readStackCode } from "./stack-code";

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

/**
 * The outcome for an environment. `applied`: nothing was planned, since its Terraform is applied already. `drifted`: a diff found
 * changes although the current code is applied. `extra-channel`: a deploy has nothing left to do, and AWS has a channel that isn't
 * in the file.
 */
export type ChangeOutcome = "unchanged" | "applied" | "deployed" | "drifted" | "not-deployed" | "extra-channel";

/** A change of one environment. */
interface Change extends ChangeOptions {
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

/** Exit statuses of Terraform, and of `terraform plan -detailed-exitcode`. */
const [NO_CHANGES, CHANGES] = [0, 2];
const SUCCESS = [0];
const PLANNED = [NO_CHANGES, CHANGES];

/** The file with import blocks, in the stack's folder while Terraform plans with it. */
const IMPORTS = "support-app-imports.tf.json";

/** The file that names a copy of the state, in the stack's folder while Terraform plans with it. */
const STATE_COPY = "support-app-state_override.tf.json";

/**
 * Plans an environment's changes and, unless it is a diff, applies them after approval. A deploy keeps what an
 * interrupted one has created, whether its state calls it tainted or doesn't have it.
 *
 * @throws CommandError when Terraform fails, which has printed why, or the plan isn't approved
 */
export async function changeEnvironment(environment: Environment, options: ChangeOptions): Promise<ChangeOutcome> {
  const { kind, output, onlyChanged = false, onPlan } = options;
  const { name } = environment;
  const folder = join(output, "stacks", name);
  if (!existsSync(folder)) {
    throw new CommandError(
      `The app in cdktf.json wrote no folder ${describePath(folder)} with the Terraform of ${name}. Nothing was changed. Have the app synthesize all environments.`,
    );
  }
  for (const file of [IMPORTS, PLAN_ROLE_FILE, STATE_COPY]) rmSync(join(folder, file), { force: true }); // a killed run leaves it
  const actor = kind === "diff" ? { ...environment, deployRole: readerRoleOf(environment) } : environment;
  let change: Change = { ...options, environment: actor, folder, planFlags: [], applyStarted: false };
  const init = () => terraform(change, ["init", "-input=false"]);
  await (options.cache?.init(folder, init) ?? init());
  const code = readStackCode(folder);
  const { state, text } = await pulledState(change);
  if (!isSamePlace(change, state) && kind !== "destroy")
    change = { ...change, planFlags: [`-replace=${PLACE_ADDRESS}`] };
  if (kind === "destroy") return deployCorrected(change, { state, text }, await lookAt(change, state, []));
  const isDone = onlyChanged && code !== undefined && isApplied(state, code);
  const look = await lookAt(change, state, code?.resources ?? []);
  const { edits = [], differences = [], strays = [] } = look ?? {};
  const isSkipped = isDone && look !== undefined && edits.length + differences.length === 0;
  const endLines = endedSentences(withoutRetired(environment).accesses, environment);
  const notes = [...(look ? lookLines(environment, look) : []), ...endLines];
  if (!isSkipped) for (const line of endLines) printLine(line, change);
  if (kind === "diff") {
    if (isSkipped && onPlan !== undefined) {
      onPlan({ environment, record: NOTHING_PLANNED, resources: [], notes, text: [] });
      return "applied";
    }
    const outcome = await planDeploy(change, { state, text }, look, notes);
    const isDifferent = outcome !== "unchanged" || differences.length + strays.length > 0;
    return isDifferent ? (isDone ? "drifted" : "not-deployed") : "unchanged";
  }
  const outcome = isSkipped ? "applied" : await deployCorrected(change, { state, text }, look);
  return strays.length > 0 ? "extra-channel" : outcome;
}

/** Deploys or destroys from a state that is as AWS is. */
async function deployCorrected(change: Change, { state, text }: PulledState, look?: Look): Promise<ChangeOutcome> {
  const { environment, approvedPlans } = change;
  const { name } = environment;
  if (approvedPlans?.has(name) === false)
    throw new PlanRefused(`Not deployed: nobody was shown a plan of ${name}. ${effectOf(change)} ${PLAN_AGAIN}`);
  // What may be somebody else's gets into the state only after a plan from a copy: a killed deploy would leave it there as its own.
  if (look !== undefined && look.takenOver.size > 0) {
    const check: Change = {
      ...change,
      kind: "diff",
      onPlan: () => {},
      environment: { ...environment, planRole: undefined },
    };
    await planDeploy(check, { state, text }, look);
  }
  const correction = await correctState(change, state, text, look?.edits ?? []);
  const outcome = await planAndApply(change, look).catch(async (error: Error) => {
    throw correction === undefined ? error : await withCorrectionUndone(change, state, correction, error);
  });
  if (correction !== undefined) rmSync(correction, { recursive: true });
  return outcome;
}

/** Has Terraform assume the plan-role if there is one. */
async function asReader<T>({ environment, folder }: Change, plan: () => Promise<T>): Promise<T> {
  if (environment.planRole === undefined) return plan();
  const file = join(folder, PLAN_ROLE_FILE);
  try {
    writeFileSync(file, JSON.stringify(planRoleOverride(environment)));
    return await plan();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Plans exactly what a deploy would. A deploy corrects the state before it plans; a reader can't change the state, so this plans
 * from a corrected copy.
 */
async function planDeploy(
  change: Change,
  { state, text }: PulledState,
  look?: Look,
  notes: readonly string[] = [],
): Promise<ChangeOutcome> {
  const { folder, environment } = change;
  const { edits = [] } = look ?? {};
  if (edits.length === 0 || isRemote(environment)) return asReader(change, () => planAndApply(change, look, notes));
  expectRewritable(change, text);
  const copy = temporaryFolder("support-app-state-");
  const override = join(folder, STATE_COPY);
  try {
    const path = join(copy, "copy.tfstate");
    writeFileSync(path, JSON.stringify(editState(state, edits, lockedAwsProvider(folder))));
    writeFileSync(override, JSON.stringify({ terraform: { backend: { local: { path } } } }));
    // What init has installed is used again, and its record of the state's own backend stays.
    symlinkSync(resolve(folder, process.env.TF_DATA_DIR ?? ".terraform", "providers"), join(copy, "providers"));
    const copyChange: Change = { ...change, variables: { TF_DATA_DIR: copy } };
    await terraform(copyChange, ["init", "-input=false"]);
    return await asReader(copyChange, () => planAndApply(copyChange, look, notes));
  } finally {
    for (const path of [override, copy]) rmSync(path, { recursive: true, force: true });
  }
}

/** A state, and its text. */
interface PulledState {
  readonly state: State | undefined;
  readonly text: string;
}

async function pulledState(change: Change): Promise<PulledState> {
  const { stdout: text } = await terraform(change, ["state", "pull"]);
  try {
    return { state: readState(text), text };
  } catch {
    throw new CommandError(
      `Received a state of ${change.environment.name} that isn't in the form in which Terraform writes it, expected version 4. ${effectOf(change)} Use a version of Terraform or OpenTofu that was tested.`,
    );
  }
}

/**
 * Whether a state is of the environment's account and region. Terraform would find nothing of it elsewhere, and forget what it
 * leaves there: another place is an error, unless nothing is left in it.
 */
function isSamePlace(change: Change, state: State | undefined): boolean {
  const { name, account, region } = change.environment;
  const place = deployedPlace(state);
  if (place === undefined || (place.account === account && (place.region ?? region) === region)) return true;
  if (isGuardAlone(state)) return false;
  const before = place.region === undefined ? place.account : `${place.account} in ${place.region}`;
  throw new CommandError(
    `Received the account ${account} in ${region} for ${name}, but its state has what was deployed to the account ${before}. ${LEFT_BEHIND} ${effectOf(change)} ${ANOTHER_PLACE}`,
  );
}

/**
 * Compares the state with AWS, prints what differs, and refuses to take over what may be somebody else's. Undefined: only HCP
 * Terraform's plan can compare it.
 */
async function lookAt(
  change: Change,
  state: State | undefined,
  resources: readonly string[],
): Promise<Look | undefined> {
  const { environment, kind } = change;
  const { name } = environment;
  const lookup = await lookAtAws(environment, state, resources);
  if ("unknown" in lookup) {
    const { message } = lookup.unknown;
    // Its runs have the account's credentials, and their plans check the same.
    if (isRemote(environment)) {
      const checks = "The plan's own checks compare the channels and the alias of environments.yaml, and nothing else.";
      printLine(`Can't compare the state of ${name} with AWS from here: ${message}. ${checks}`, change);
      return undefined;
    }
    const advice = adviceText(lookup.unknown, kind === "diff" ? "diff" : "deploy", environment.profile);
    throw new CommandError(`Can't compare the state of ${name} with AWS: ${message}. ${effectOf(change)} ${advice}`);
  }
  const look = lookup.known;
  const isUnknownToState = (state?.resources ?? []).length === 0 && look.imports.size + look.differences.length > 0;
  if (kind !== "destroy" && isUnknownToState) printLine(renamedLine(name), change);
  if (kind !== "destroy") for (const line of lookLines(environment, look)) printLine(line, change);
  const refusals = look.foreign.map((channel) => foreignMessage(environment, channel));
  if (isOnlyRead(change)) for (const refusal of refusals) printLine(`A deploy will stop. ${refusal}`, change);
  else if (refusals[0] !== undefined)
    throw new CommandError(
      `${kind === "destroy" ? "Not destroyed" : "Not deployed"}. ${refusals[0]} ${effectOf(change)}`,
    );
  return look;
}

/** A state that a deploy can't correct, of which there must be no plan to approve either. */
function expectRewritable(change: Change, text: string): void {
  if (text.trim() === "" || isRewritable(text)) return;
  throw new CommandError(
    `Can't correct the state of ${change.environment.name}: it has a number or a key that would change if it were written again. ${effectOf(change)} Correct what is printed above by hand.`,
  );
}

/**
 * Makes the state as AWS is, so that the plan shows and changes what differs.
 *
 * @returns the folder with the state as it was. Undefined: it is as it was
 */
async function correctState(
  change: Change,
  state: State | undefined,
  before: string,
  edits: readonly StateEdit[],
): Promise<string | undefined> {
  if (edits.length === 0) return undefined;
  const { environment } = change;
  expectRewritable(change, before);
  const folder = temporaryFolder("support-app-state-");
  writeFileSync(join(folder, BEFORE), before);
  const { status } = await pushState(change, folder, editState(state, edits, lockedAwsProvider(change.folder)));
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  if (change.children.stop.aborted) throw interruption(change);
  if (!isRemote(environment)) throw failure(change, ["state push"], { status, stdout: "" });
  printLine(`Can't change the state of ${environment.name}. The plan's own checks show what differs.`, change);
  return undefined;
}

const BEFORE = "before.tfstate";

/** Pushes a state, also after a signal: a state that is half corrected must not stay. */
async function pushState(change: Change, folder: string, state: State): Promise<ChildResult> {
  const file = join(folder, "next.tfstate");
  writeFileSync(file, JSON.stringify(state));
  const result = await run(change, ["state", "push", file], true);
  rmSync(file);
  return result;
}

/** Restores the state if nothing was applied: nobody has approved what it has taken over. */
async function withCorrectionUndone(
  change: Change,
  before: State | undefined,
  folder: string,
  error: Error,
): Promise<Error> {
  if (!change.applyStarted) {
    const pulled = await run(change, ["state", "pull"], true); // also after a signal
    const currentState = pulled.status === 0 ? readState(pulled.stdout) : undefined;
    const pushed = currentState && (await pushState(change, folder, restoredState(before, currentState)));
    if (pushed?.status === 0) {
      rmSync(folder, { recursive: true });
      return error;
    }
  }
  const start = change.applyStarted ? "" : " The state couldn't be restored: it has what AWS has, as printed above.";
  if (error instanceof CommandError)
    error.message += `${start} The state as it was before this deploy is in ${describePath(join(folder, BEFORE))}.`;
  return error;
}

/**
 * Plans, asks and applies. A diff only shows the plan, or hands it on to somebody who is to approve it.
 *
 * @param notes what the plan itself doesn't say
 */
async function planAndApply(change: Change, look?: Look, notes: readonly string[] = []): Promise<ChangeOutcome> {
  const { environment, folder, kind, onPlan } = change;
  const isReadable = kind === "destroy" || !isRemote(environment); // HCP Terraform lets few people read a plan as JSON
  const { imports, takenOver } = isReadable && look !== undefined ? look : NOTHING_TAKEN_OVER;
  const existing = new Map([...imports, ...takenOver]);
  const plans = temporaryFolder("support-app-plan-");
  const blocks = join(folder, IMPORTS);
  try {
    const plan = join(plans, "plan");
    if (existing.size > 0) printLine(`Taking over ${[...existing.keys()].join(", ")}: AWS has it already.`, change);
    if (imports.size > 0)
      writeFileSync(blocks, JSON.stringify({ import: [...imports].map(([to, id]) => ({ to, id })) }));
    const flags = { deploy: [], destroy: ["-destroy"], diff: ["-lock=false"] }[kind]; // a diff may run during a deploy
    const out = isReadable || kind !== "diff" ? [`-out=${plan}`] : [];
    const planArgs = ["plan", "-input=false", "-detailed-exitcode", ...out, ...flags, ...change.planFlags];
    const { status } = await terraform(change, planArgs, PLANNED);
    if (status === NO_CHANGES && onPlan === undefined) {
      if (isRemote(environment)) await expectPassedChecks(change);
      if (kind !== "diff") printLine(`Nothing to do for ${environment.name}.`, change);
      return "unchanged";
    }
    if (isReadable) {
      const { stdout } = await terraform(change, ["show", "-json", plan]);
      const planned = readShownPlan(stdout);
      const resources = plannedResources(planned.resource_changes);
      for (const line of resourceLines(environment, resources)) printLine(line, change);
      const refusal = refusalOf(resources, existing, kind === "destroy");
      const refusalWords = `Received a plan for ${environment.name} that ${refusal}`;
      if (refusal !== undefined && isOnlyRead(change)) printLine(`A deploy will stop. ${refusalWords}`, change);
      else if (refusal !== undefined) throw new CommandError(`${refusalWords} ${effectOf(change)}`);
      if (onPlan !== undefined) {
        const text = (await terraform(change, ["show", "-no-color", plan])).stdout.trim().split("\n");
        onPlan({ environment, record: planRecord(planned), resources, notes, text });
      } else if (kind === "deploy") expectApproved(change, planned);
    }
    if (kind === "diff") return status === NO_CHANGES ? "unchanged" : "not-deployed";
    if (!change.autoApprove) await expectYes(change);
    // HCP Terraform would ask once more.
    const result = await terraform(change, ["apply", "-input=false", "-auto-approve", plan]);
    if (result.status !== 0) throw failure(change, ["apply"], result);
    if (kind === "deploy" && !change.children.stop.aborted) await expectPassedChecks(change);
    return "deployed";
  } finally {
    for (const file of [plans, blocks]) rmSync(file, { recursive: true, force: true });
  }
}

const NOTHING_TAKEN_OVER: Pick<Look, "imports" | "takenOver"> = { imports: new Map(), takenOver: new Map() };

function renamedLine(name: string): string {
  return `The state of ${name} has no resources, but AWS has some already. If you renamed the environment, don't deploy it, but move its state: see node_modules/${packageJson().name}/docs/changing-environments.md, "Rename an environment".`;
}

/** Whether nobody approves the plan that is shown. */
function isOnlyRead({ kind, onPlan }: ChangeOptions): boolean {
  return kind === "diff" && onPlan === undefined;
}

function readShownPlan(text: string): PlanJson {
  const result = planJson.safeParse(parseJsonIfAny(text));
  if (result.success) return result.data;
  throw new CommandError(
    "Received something other than a plan of format 1.x from terraform show, expected the plan. Nothing was changed. Use a version of Terraform or OpenTofu that was tested.",
  );
}

const PLAN_AGAIN = "Run all jobs again, and approve the plan that they show.";

/** Whoever approved a plan hasn't approved another one. */
function expectApproved(change: Change, plan: PlanJson): void {
  const { environment, approvedPlans } = change;
  const approvedPlan = approvedPlans?.get(environment.name);
  if (approvedPlan === undefined) return;
  const record = planRecord(plan);
  if (record.digest === approvedPlan.digest) return;
  const differences = planDifferences(approvedPlan, record).map(printable);
  throw new PlanRefused(
    `Not deployed: the plan of ${environment.name} isn't the approved plan any more: ${differences.join("; ")}. Somebody may have changed something by hand, or another deploy has. The approved plan has the digest ${approvedPlan.digest}, and this plan ${record.digest}. ${effectOf(change)} ${PLAN_AGAIN}`,
  );
}

/** HCP Terraform has AWS's credentials, and lets only few people read a plan as JSON. */
function isRemote({ backend }: Environment): boolean {
  return backend.type === "cloud";
}

/** Whoever ran Terraform, its checks are in the state. */
async function expectPassedChecks(change: Change): Promise<void> {
  const [failing] = failedChecksIn((await pulledState(change)).state);
  if (failing === undefined) return;
  throw new CommandError(
    `AWS differs from environments.yaml in ${change.environment.name}: ${failing} failed, as the warning above says. ${effectOf(change)} With credentials of the account ${change.environment.account}, and the right to change the state, this command corrects it in place.`,
  );
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
async function terraform(change: Change, args: readonly string[], expected = SUCCESS): Promise<ChildResult> {
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
function run(
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
    throw noTerraform(binary, failureReason(error), "changed");
  });
}

function interruption(change: Change): Interrupted {
  const { environment, applyStarted, kind } = change;
  const next = `Run the same command again to continue from there. If it can't, see node_modules/${packageJson().name}/docs/failed-deploys.md, "After an interrupted deploy".`;
  return new Interrupted(
    `Received ${change.children.stop.reason} during the ${kind} of ${environment.name}. ${effectOf(change)}${applyStarted ? ` ${next}` : ""}`,
  );
}

/** What a change that didn't succeed has changed. */
function effectOf({ applyStarted }: Change): string {
  return applyStarted ? "Some of the changes may have been made." : "Nothing was changed there.";
}

/** Commands that lock the state, and are the first to do so: an apply follows a plan. */
const LOCKED = ["plan", "state push"];

function failure(change: Change, args: readonly string[], { status }: ChildResult): CommandError {
  const command = args.join(" ").replace(/ -.*/, "");
  const isLocking = LOCKED.includes(command) && !args.includes("-lock=false");
  const lockWords = isLocking && !isRemote(change.environment) ? ` ${lockAdvice(change)}` : "";
  const statusWords = status === null ? "no exit status" : `the exit status ${status}`;
  return new CommandError(
    `terraform ${command} ended with ${statusWords} for ${change.environment.name}. ${effectOf(change)} Fix the error above, and run this again.${lockWords}${change.kind === "destroy" ? RETIRE : ""}`,
  );
}

/** How to release a lock that is in the way. Over HTTP, `force-unlock` passes no ID on, and would release any lock. */
function lockAdvice({ environment, folder }: Change): string {
  const release =
    environment.backend.type === "http"
      ? `in ${LOCKS_PAGE}, which shows whose it is`
      : `with the ID under "Lock Info": terraform ${shellQuote(`-chdir=${folder}`)} force-unlock ID`;
  return `If the state is locked, wait until that run has ended. If it was cancelled or killed, release its lock ${release}`;
}

async function expectYes(change: Change): Promise<void> {
  const { environment, kind } = change;
  const { stop } = change.children;
  const [question, refusal] =
    kind === "destroy" ? ["Destroy all of this", "Not destroyed"] : ["Deploy this", "Not deployed"];
  const isYes = await isConfirmed(`${question} in ${environment.name} (account ${environment.account})?`, stop);
  if (stop.aborted) throw interruption(change);
  if (!isYes) throw new CommandError(`${refusal}: you didn't answer "yes". ${effectOf(change)}`);
}
