import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describePath } from "../../../common/problem";
import type { PlanJobs } from "../../forge/forge";
import { CommandError, UsageError } from "../../terminal/command-error";
import type { Stacks } from "../../terraform/synthesized-folder";
import { readPlan } from "./plan";
import type { Plan, PlanFailure } from "./review";

const PREFIX = "plan-";
const PLAN_FILE = "plan.json";

/** The plans of a workflow. */
export interface WorkflowPlans {
  readonly plans: ReadonlyMap<string, Plan>;
  readonly failures: readonly PlanFailure[];
}

/** The plans in a folder, as --plan names them: each is in a folder of its own, as a workflow's artifacts are downloaded. */
export function plansIn(folder: string): string[] {
  return namesIn(folder).map((name) => `${name}=${planFileOf(folder, name)}`);
}

/**
 * The plans of the environments that a workflow was to plan. One that is missing or unreadable leaves the others.
 *
 * @param planned the names of those environments
 */
export async function workflowPlans(
  planJobs: PlanJobs,
  folder: string,
  planned: readonly string[],
  base: Stacks,
  head: Stacks,
): Promise<WorkflowPlans> {
  // An environment without a job was planned by nobody, whatever the folder has.
  const conclusions = await planJobs.conclusions();
  const conclusionOf = (name: string) => conclusions.get(planJobs.nameOf(name));
  const plans = new Map<string, Plan>();
  const failures: PlanFailure[] = [];
  const successes = planned.filter((name) => conclusionOf(name) === "success").length;
  for (const name of planned) {
    const conclusion = conclusionOf(name);
    const after = head.get(name);
    const file = readablePlan(folder, name, successes);
    if (conclusion !== "success") {
      // What has its name may come from the change's own code.
      const reason = `The job ${planJobs.nameOf(name)} ended with ${conclusion ?? "no result"}. See its log, and run it again.`;
      failures.push({ environment: name, reason: [reason] });
    } else if (!after || !existsSync(file)) {
      failures.push({ environment: name, reason: ["No job wrote it. See the log of its plan job, and run it again."] });
    } else {
      try {
        plans.set(name, readPlan(name, file, base.get(name), after));
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        failures.push({ environment: name, reason: error.message.split("\n") });
      }
    }
  }
  const foreign = namesIn(folder).filter((name) => !planned.includes(name));
  const reason = ["Nobody asked for a plan of this environment. It isn't read."];
  return { plans, failures: [...failures, ...foreign.map((environment) => ({ environment, reason }))] };
}

function namesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    throw new UsageError(`Received --plans ${describePath(folder)}, expected a folder that exists. Check the name.`);
  }
  return names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}

/** The file of a plan. The only artifact that a pattern matches is extracted without its folder. */
function readablePlan(folder: string, name: string, successes: number): string {
  const file = planFileOf(folder, name);
  const onlyFile = join(folder, PLAN_FILE);
  return successes === 1 && !existsSync(file) && existsSync(onlyFile) ? onlyFile : file;
}

function planFileOf(folder: string, name: string): string {
  return join(folder, PREFIX + name, PLAN_FILE);
}
