import { type Command, Option } from "commander";
import type { Fields } from "../../../common/fields";
import { jsonText } from "../../../common/json";
import { describePath, oneOf } from "../../../common/problem";
import { readEnvironmentFile } from "../../../stacks/output/environment-file";
import type { ChangedFiles, ChangeRequest } from "../../forge/forge";
import { addForgeOptions, chosenForge, FORGE_OPTIONS, inJobs } from "../../forge/forges";
import { CommandError, UsageError } from "../../terminal/command-error";
import { listParser, nameOfA } from "../../terminal/option-values";
import { print, printError } from "../../terminal/print";
import { planRoleOverride } from "../../terraform/plan-role";
import { readSynthesized, type Stacks, type SynthesizedFolder } from "../../terraform/synthesized-folder";
import { assertSynthesized, reviewedWords, updateChangeRequest, withErrorReport } from "./comment";
import { environmentChanges, namesIn, sharedStates, unchangedEnvironment } from "./environment-change";
import { readPlan } from "./plan";
import { plansIn, workflowPlans } from "./plans-folder";
import { reportOf } from "./report/report";
import { markdownOf } from "./report/sections";
import { type EnvironmentChange, type Plan, type PlanFailure, type Review, reviewOf } from "./review";

interface ReviewOptions {
  readonly base: string;
  readonly head: string;
  readonly format: "markdown" | "json";
  readonly plan?: readonly string[];
  readonly plans?: string;
  readonly synthLog?: string;
}

/**
 * Adds `support-app review`.
 *
 * @param exitWith called with the exit status
 */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  const command = program
    .command("review")
    .summary("what access a change gives and takes, in the words of the channel")
    .description(
      `Compare two folders that \`npm run synth\` has written, and print what people in each Slack channel gain and lose, and what else changes. Needs no credentials, no Terraform and, without ${FORGE_OPTIONS}, no network.`,
    )
    .requiredOption("--base <folder>", "the synthesized folder before the change")
    .requiredOption("--head <folder>", "the synthesized folder after the change")
    .addOption(new Option("--format <format>", "what to print").choices(["markdown", "json"]).default("markdown"))
    .option(
      "--plan <environment=file...>",
      "what Terraform would do in environments, from `terraform show -json`",
      listParser((plan) => plan, /,\s*(?=[\w-]+=)/), // a file's name may have a comma
    )
    .option("--plans <folder>", "the same for each plan-<environment>/plan.json in a folder")
    .option(
      "--synth-log <file>",
      `with ${FORGE_OPTIONS}: what synth printed, whose end is reported if it failed`,
      nameOfA("file"),
    )
    .action(async (options: ReviewOptions) => {
      const forge = chosenForge(options);
      exitWith(forge ? await reviewChange(await forge.changeRequestOf(process.env), options) : printReview(options));
    });
  addForgeOptions(command, inJobs("write the report into the change's comment"));
}

/** Two folders, and what changes between them. */
interface Folders {
  readonly base: SynthesizedFolder;
  readonly head: SynthesizedFolder;
  readonly changes: readonly EnvironmentChange[];
}

function readFolders(options: ReviewOptions): Folders {
  const [base, head] = [readSynthesized(options.base), readSynthesized(options.head)];
  return { base, head, changes: environmentChanges(base, head, new Date()) };
}

function printReview(options: ReviewOptions): number {
  const folders = readFolders(options);
  const planFiles = [...(options.plan ?? []), ...(options.plans === undefined ? [] : plansIn(options.plans))];
  const review = reviewWith(folders, readGivenPlans(planFiles, folders));
  print(options.format === "json" ? jsonText(review).split("\n") : markdownOf(reportOf(review)).split("\n"));
  return 0;
}

/** Reviews a change that is to be merged, and reports there, even if it fails. */
async function reviewChange(changeRequest: ChangeRequest, options: ReviewOptions): Promise<number> {
  const { forge, isReadOnly, planJobs, headCommit } = changeRequest;
  if (planJobs === undefined && options.plans !== undefined) {
    throw new UsageError(`Received --plans with --${forge.option}, expected --plan: no job there plans a change.`);
  }
  return withErrorReport(changeRequest, async () => {
    assertSynthesized(process.env, options.synthLog);
    const folders = readFolders(options);
    const allPlannable = folders.changes.filter(({ isPlannable }) => isPlannable).map(({ environment }) => environment);
    const plannable = isReadOnly || planJobs === undefined ? [] : allPlannable.slice(0, forge.maxJobs);
    const { plans, failures } =
      options.plans === undefined || planJobs === undefined
        ? { plans: new Map<string, Plan>(), failures: [] }
        : await workflowPlans(planJobs, options.plans, plannable, folders.base.stacks, folders.head.stacks);
    const review = reviewWith(folders, new Map([...readGivenPlans(options.plan ?? [], folders), ...plans]), failures);
    const isAwaitingPlans = options.plans === undefined && process.env.SUPPORT_APP_PLAN?.toLowerCase() === "true";
    const report = reportOf(review, {
      reviewed: reviewedWords(headCommit),
      changedFiles: await changedFilesOf(changeRequest),
      awaited: isAwaitingPlans ? plannable : [],
      unplanned: planJobs && !isReadOnly ? allPlannable.length - plannable.length : 0,
    });
    print((options.format === "json" ? jsonText(review) : markdownOf(report)).split("\n"));
    await updateChangeRequest(changeRequest, report);
    if (planJobs) forge.setOutputs({ plannable, overrides: planRoleOverrides(plannable, folders.head.stacks) }); // nothing is planned before it is reported
    return 0;
  });
}

/** The files of a change. If they can't be listed, the report says so, and the log why. */
async function changedFilesOf(changeRequest: ChangeRequest): Promise<ChangedFiles> {
  try {
    return await changeRequest.changedFiles();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    printError(error.message);
    return { paths: [], areAll: false };
  }
}

/** The review of all environments, including those that only a plan is about. */
function reviewWith(
  { base, head, changes }: Folders,
  plans: ReadonlyMap<string, Plan>,
  planFailures: readonly PlanFailure[] = [],
): Review {
  const changed = new Map(changes.map((change) => [change.environment, change]));
  const names = namesIn(base.stacks, head.stacks);
  const environments = names.flatMap((name) => {
    const plan = plans.get(name);
    const stack = plan && head.stacks.get(name);
    const change = changed.get(name) ?? (stack && unchangedEnvironment(name, stack));
    return change ? [{ ...change, ...(plan && { plan }) }] : [];
  });
  return reviewOf({
    total: names.length,
    environments,
    sharedStates: sharedStates(base.stacks, head.stacks),
    planFailures: [...planFailures],
  });
}

/** What each plan's Terraform merges into the stack, by environment. */
function planRoleOverrides(names: readonly string[], head: Stacks): Record<string, Fields> {
  const overrides = names.map((name) => {
    const { source } = readEnvironmentFile(name, head.get(name)?.environmentFile);
    return [name, planRoleOverride(source?.environment ?? {})] as const;
  });
  return Object.fromEntries(overrides);
}

function readGivenPlans(planFiles: readonly string[], { base, head }: Folders): Map<string, Plan> {
  const plans = new Map<string, Plan>();
  for (const planFile of planFiles) {
    const [, environment = "", file = ""] = /^(.*?)=(.*)$/s.exec(planFile) ?? [];
    const after = head.stacks.get(environment); // Terraform does nothing to a removed environment
    if (file === "" || !after) {
      throw new UsageError(
        `Received the plan ${describePath(planFile)}, expected ENVIRONMENT=FILE, or plan-ENVIRONMENT/plan.json in a folder, with ${oneOf([...head.stacks.keys()].sort())} for ENVIRONMENT.`,
      );
    }
    if (plans.has(environment)) {
      throw new UsageError(`Received two plans of ${environment}, expected only one. Leave one out.`);
    }
    plans.set(environment, readPlan(environment, file, base.stacks.get(environment), after));
  }
  return plans;
}
