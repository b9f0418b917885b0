import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageJson } from "../../../common/package-files";
import { describePath } from "../../../common/problem";
import { type Environment, readerRoleOf, withoutRetired } from "../../../stacks/environments/environment";
import { ANOTHER_PLACE, LEFT_BEHIND, PLACE_ADDRESS } from "../../../stacks/self-checks";
import { adviceText } from "../../aws/advice";
import { endedSentences } from "../../findings/end-notices";
import { CommandError } from "../../terminal/command-error";
import { PLAN_ROLE_FILE } from "../../terraform/plan-role";
import { deployedPlace, isGuardAlone, type State } from "../../terraform/state";
import {
  correctState,
  type PulledState,
  pulledState,
  STATE_COPY,
  withCorrectionUndone,
  withStateCopy,
} from "./corrected-state";
import { type Look, lookAtAws } from "./look";
import { foreignMessage, lookLines, lostMessage, orphansMessage } from "./look-words";
import { asReader, type ChangeOutcome, IMPORTS, PLAN_AGAIN, planAndApply } from "./plan-and-apply";
import { NOTHING_PLANNED, PlanRefused } from "./plan-digest";
import { isApplied, readStackCode } from "./stack-code";
import { type Change, type ChangeOptions, effectOf, isOnlyRead, isRemote, printLine, terraform } from "./terraform-run";

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
  const pulled = await pulledState(change);
  const { state } = pulled;
  if (!isSamePlace(change, state) && kind !== "destroy")
    change = { ...change, planFlags: [`-replace=${PLACE_ADDRESS}`] };
  const isRemoved = kind === "destroy" || environment.retired;
  const isDone = onlyChanged && kind !== "destroy" && code !== undefined && isApplied(state, code);
  const look = await lookAt(change, state, kind === "destroy" ? [] : (code?.resources ?? []), isRemoved);
  const { edits = [], differences = [], orphans = [], lost = [] } = look ?? {};
  const isSkipped = isDone && look !== undefined && edits.length + differences.length === 0;
  const endLines = kind === "destroy" ? [] : endedSentences(withoutRetired(environment).accesses, environment);
  const notes = [...(look ? lookLines(environment, look) : []), ...endLines];
  if (!isSkipped) for (const line of endLines) printLine(line, change);
  if (kind === "diff") {
    if (isSkipped && onPlan !== undefined) {
      onPlan({ environment, record: NOTHING_PLANNED, resources: [], notes, text: [] });
      return "applied";
    }
    const outcome = await planDeploy(change, pulled, look, notes);
    const isDifferent = outcome !== "unchanged" || differences.length + orphans.length + lost.length > 0;
    return isDifferent ? (isDone ? "drifted" : "not-deployed") : "unchanged";
  }
  const outcome = isSkipped ? "applied" : await deployCorrected(change, pulled, look);
  if (orphans.length > 0) throw new CommandError(orphansMessage(environment, orphans));
  return outcome;
}

/** Deploys or destroys from a state that is as AWS is. */
async function deployCorrected(change: Change, pulled: PulledState, look?: Look): Promise<ChangeOutcome> {
  const { environment, approvedPlans } = change;
  const { name } = environment;
  if (approvedPlans?.has(name) === false)
    throw new PlanRefused(`Not deployed: nobody was shown a plan of ${name}. ${effectOf(change)} ${PLAN_AGAIN}`);
  // What may be somebody else's gets into the state only after a plan from a copy: a killed deploy would leave it there as its own.
  if (look !== undefined && look.takenOver.size > 0) {
    await planDeploy(rehearsalOf(change), pulled, look);
  }
  const correction = await correctState(change, pulled, look?.edits ?? []);
  const outcome = await planAndApply(change, look).catch(async (error: Error) => {
    throw correction === undefined ? error : await withCorrectionUndone(change, pulled.state, correction, error);
  });
  if (correction !== undefined) rmSync(correction, { recursive: true });
  return outcome;
}

/** A deploy's plan, made by the role that deploys, and shown to nobody. */
function rehearsalOf(change: Change): Change {
  return { ...change, kind: "diff", onPlan: () => {}, environment: { ...change.environment, planRole: undefined } };
}

/** Plans exactly what a deploy would, which corrects the state before it plans. */
function planDeploy(
  change: Change,
  pulled: PulledState,
  look?: Look,
  notes: readonly string[] = [],
): Promise<ChangeOutcome> {
  const { edits = [] } = look ?? {};
  const plan = (planning: Change) => asReader(planning, () => planAndApply(planning, look, notes));
  return edits.length === 0 || isRemote(change.environment) ? plan(change) : withStateCopy(change, pulled, edits, plan);
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
  isRemoved: boolean,
): Promise<Look | undefined> {
  const { environment, kind } = change;
  const { name } = environment;
  const lookup = await lookAtAws(environment, state, resources, isRemoved);
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
  const lines = lookLines(environment, kind === "destroy" ? { ...look, differences: [] } : look);
  for (const line of lines) printLine(line, change);
  const refusals = [
    ...look.foreign.map((channel) => foreignMessage(environment, channel)),
    ...(look.lost.length > 0 ? [lostMessage(environment, kind, look.lost)] : []),
  ];
  if (isOnlyRead(change)) for (const refusal of refusals) printLine(`A deploy will stop. ${refusal}`, change);
  else if (refusals[0] !== undefined)
    throw new CommandError(
      `${kind === "destroy" ? "Not destroyed" : "Not deployed"}. ${refusals[0]} ${effectOf(change)}`,
    );
  return look;
}

function renamedLine(name: string): string {
  return `The state of ${name} has no resources, but AWS has some already. If you renamed the environment, don't deploy it, but move its state: see node_modules/${packageJson().name}/docs/changing-environments.md, "Rename an environment".`;
}
