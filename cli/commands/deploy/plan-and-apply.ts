import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseJsonIfAny } from "../../../common/json";
import { printable } from "../../../common/printable";
import { CommandError } from "../../terminal/command-error";
import { isConfirmed } from "../../terminal/question";
import { temporaryFolder } from "../../terminal/temporary-folder";
import { type PlanJson, planJson, plannedResources } from "../../terraform/plan";
import { PLAN_ROLE_FILE, planRoleOverride } from "../../terraform/plan-role";
import { failedChecksIn } from "../../terraform/state";
import { pulledState } from "./corrected-state";
import type { Look } from "./look";
import { PlanRefused, planDifferences, planRecord } from "./plan-digest";
import { refusalOf } from "./plan-refusal";
import { resourceLines } from "./plan-summary";
import {
  type Change,
  effectOf,
  failure,
  interruption,
  isOnlyRead,
  isRemote,
  printLine,
  terraform,
} from "./terraform-run";

/** Exit statuses of Terraform, and of `terraform plan -detailed-exitcode`. */
const [NO_CHANGES, CHANGES] = [0, 2];
const PLANNED = [NO_CHANGES, CHANGES];

/** The file with import blocks, in the stack's folder while Terraform plans with it. */
export const IMPORTS = "support-app-imports.tf.json";

/**
 * The outcome for an environment. `applied`: nothing was planned, since its Terraform is applied already. `drifted`: a diff found
 * changes although the current code is applied.
 */
export type ChangeOutcome = "unchanged" | "applied" | "deployed" | "drifted" | "not-deployed";

/**
 * Plans, asks and applies. A diff only shows the plan, or hands it on to somebody who is to approve it.
 *
 * @param notes what the plan itself doesn't say
 */
export async function planAndApply(change: Change, look?: Look, notes: readonly string[] = []): Promise<ChangeOutcome> {
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

/** Has Terraform assume the plan-role if there is one. */
export async function asReader<T>({ environment, folder }: Change, plan: () => Promise<T>): Promise<T> {
  if (environment.planRole === undefined) return plan();
  const file = join(folder, PLAN_ROLE_FILE);
  try {
    writeFileSync(file, JSON.stringify(planRoleOverride(environment)));
    return await plan();
  } finally {
    rmSync(file, { force: true });
  }
}

function readShownPlan(text: string): PlanJson {
  const result = planJson.safeParse(parseJsonIfAny(text));
  if (result.success) return result.data;
  throw new CommandError(
    "Received something other than a plan of format 1.x from terraform show, expected the plan. Nothing was changed. Use a version of Terraform or OpenTofu that was tested.",
  );
}

export const PLAN_AGAIN = "Run all jobs again, and approve the plan that they show.";

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

/** Whoever ran Terraform, its checks are in the state. */
async function expectPassedChecks(change: Change): Promise<void> {
  const [failing] = failedChecksIn((await pulledState(change)).state);
  if (failing === undefined) return;
  throw new CommandError(
    `AWS differs from environments.yaml in ${change.environment.name}: ${failing} failed, as the warning above says. ${effectOf(change)} With credentials of the account ${change.environment.account}, and the right to change the state, this command corrects it in place.`,
  );
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
