import { type Command, Option } from "commander";
import type { Fields } from "../../../common/fields";
import { jsonText } from "../../../common/json";
import { describePath, oneOf } from "../../../common/problem";
import { readEnvironmentFile } from "../../../stacks/output/environment-file";
import { listOf, nameOfA } from "../../arguments/option-values";
import type { ChangeRequest } from "../../forge/forge";
import { addForgeOptions, chosenForge, FORGE_OPTIONS } from "../../forge/forges";
import { UsageError } from "../../terminal/command-error";
import { code } from "../../terminal/markdown";
import { markdownPage } from "../../terminal/markdown-page";
import { print, printError } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { planRoleOverride } from "../../terraform/plan-role";
import { readSynthesized, type Stacks } from "../../terraform/synthesized-folder";
import { approvalLines, approvalsOf, deleteOldApprovals, digestIn, digestsOf } from "./approvals";
import { assertSynthesized, updateChangeRequest, withErrorReport } from "./comment";
import { type EnvironmentChange, environmentChanges } from "./environment-change";
import { type LockChange, lockChange } from "./lock-change";
import { type Plan, readPlan } from "./plan";
import { plansIn, workflowPlans } from "./plans-folder";
import { markdown, reportOf } from "./report";
import { planFailureSections, waitingSections } from "./report/plan-state-lines";
import { markdownOf } from "./report/sections";
import { plannableEnvironments, type Review, type ReviewReport, reviewOf } from "./review";
import { type RulesChange, rulesChange, withTiers } from "./rules-change";

/** Exit status when somebody must approve first. */
const APPROVAL_NEEDED = 3;

/** The sentence after the digest of an approved change. */
const APPROVED = "This change **is approved**.";

interface ReviewOptions {
  readonly base: string;
  readonly head: string;
  readonly format: "markdown" | "json";
  readonly plan?: readonly string[];
  readonly plans?: string;
  readonly page?: string;
  readonly synthLog?: string;
  readonly approved?: readonly string[];
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
      `Compare two folders that \`npm run synth\` has written, and print what people in each Slack channel can do after the change that they could not do before. Needs no credentials, no Terraform and, without ${FORGE_OPTIONS}, no network.`,
    )
    .requiredOption("--base <folder>", "the synthesized folder before the change")
    .requiredOption("--head <folder>", "the synthesized folder after the change")
    .addOption(new Option("--format <format>", "what to print").choices(["markdown", "json"]).default("markdown"))
    .option(
      "--plan <environment=file...>",
      "what Terraform would do in environments, from `terraform show -json`",
      listOf((plan) => plan, /,\s*(?=[\w-]+=)/), // a file's name may have a comma
    )
    .option("--plans <folder>", "the same for each plan-<environment>/plan.json in a folder")
    .option(
      "--approved <digest...>",
      "the approved digests: each lets exactly its own change pass",
      listOf((digest) => digest),
    )
    .option("--page <file>", "also write the whole report as one self-contained page", nameOfA("file"))
    .option(
      "--synth-log <file>",
      `with ${FORGE_OPTIONS}: what synth printed, whose end is reported if it failed`,
      nameOfA("file"),
    )
    .addHelpText(
      "after",
      "\nExit status: 0 nothing is broadened, or the digest is approved; 1 an error, or forbidden access; 2 wrong usage; 3 approval is needed.",
    )
    .action(async (options: ReviewOptions) => {
      const forge = chosenForge(options);
      exitWith(forge ? await reviewChange(await forge.changeRequestOf(process.env), options) : printReview(options));
    });
  addForgeOptions(
    command,
    ({ ci, changeRequest, approval }) =>
      `in a job of ${ci}: take approvals from the ${changeRequest}'s ${approval.noun}s, and write the report into its comment`,
  );
}

function printReview(options: ReviewOptions): number {
  const folders = readFolders(options);
  const planFiles = [...(options.plan ?? []), ...(options.plans === undefined ? [] : plansIn(options.plans))];
  const review = reviewWith(folders, readGivenPlans(planFiles, folders.before, folders.after));
  const approvals = approvedBy(options);
  const isApproved = approvals.includes(review.digest);
  const approval = isApproved ? APPROVED : `Approve exactly this change with ${code(`--approved ${review.digest}`)}.`;
  const report: ReviewReport = { ...review, isApproved, plannable: plannableEnvironments(review, isApproved) };
  const text = markdown(review, { approval: [approval] });
  print((options.format === "json" ? jsonText(report) : text).split("\n"));
  writePage(text, options);
  if (review.approvalNeeded && approvals.length > 0 && !isApproved) {
    printError(
      `Received --approved ${approvals.join(" ")}, expected the digest of this change, ${review.digest}: it isn't approved.`,
    );
  }
  return statusOf(review, isApproved);
}

/** The digests that --approved names, also by their labels. */
function approvedBy({ approved = [] }: ReviewOptions): string[] {
  return approved.map((text) => digestIn(text) ?? text);
}

/** Reviews a change that is to be merged, and reports there, even if it fails. */
async function reviewChange(changeRequest: ChangeRequest, options: ReviewOptions): Promise<number> {
  const { forge, isReadOnly, planJobs } = changeRequest;
  if (planJobs === undefined && options.plans !== undefined) {
    throw new UsageError(`Received --plans with --${forge.option}, expected --plan: no job there plans a change.`);
  }
  return withErrorReport(changeRequest, async () => {
    assertSynthesized(process.env, options.synthLog);
    const folders = readFolders(options);
    const codeReview = reviewWith(folders, new Map());
    const isGivenPlan = (options.plan ?? []).length > 0 || options.plans !== undefined;
    const approvals = codeReview.approvalNeeded || isGivenPlan ? await approvalsOf(changeRequest) : [];
    const digests = [...approvedBy(options), ...digestsOf(approvals)];
    // What a plan finds has a digest of its own, and doesn't decide what is planned.
    const allPlannable = plannableEnvironments(codeReview, digests.includes(codeReview.digest));
    const plannable = isReadOnly || planJobs === undefined ? [] : allPlannable.slice(0, forge.maxJobs);
    const { plans, failures } =
      options.plans === undefined || planJobs === undefined
        ? { plans: new Map<string, Plan>(), failures: [] }
        : await workflowPlans(planJobs, options.plans, plannable, folders.before, folders.after);
    const givenPlans = readGivenPlans(options.plan ?? [], folders.before, folders.after);
    const review = isGivenPlan ? reviewWith(folders, new Map([...givenPlans, ...plans])) : codeReview;
    const isApproved = digests.includes(review.digest);
    const isAwaitingPlans =
      options.plans === undefined && process.env.SUPPORT_APP_PLAN?.toLowerCase() === "true" && plannable.length > 0;
    const report = reportOf(review, {
      approval: isApproved ? [APPROVED] : approvalLines(changeRequest, review.digest, approvals, [codeReview.digest]),
      ...(planJobs && {
        unplanned: { count: Math.max(0, allPlannable.length - forge.maxJobs), planned: forge.maxJobs },
      }),
      plans: isAwaitingPlans ? waitingSections(plannable) : planFailureSections(plans.size, failures),
    });
    const text = markdownOf(report);
    print(text.split("\n"));
    writePage(text, options);
    // Until every plan is read, one of them may still need an approval: a label that is set then stays.
    const isUnknown = !review.approvalNeeded && (isAwaitingPlans || failures.length > 0);
    await updateChangeRequest(
      changeRequest,
      report,
      isUnknown ? undefined : review.approvalNeeded,
      options.page !== undefined,
    );
    if (planJobs) forge.setOutputs({ plannable, overrides: planRoleOverrides(plannable, folders.after) }); // nothing is planned before it is reported
    if (options.plans === undefined) await deleteOldApprovals(changeRequest);
    return failures.length > 0 ? 1 : statusOf(review, isApproved);
  });
}

/** Writes a whole report as a page, if that is wanted. */
function writePage(text: string, { page }: ReviewOptions): void {
  if (page !== undefined) replaceFile({ file: page, text: markdownPage("Review", text), command: "review" });
}

interface Folders {
  readonly before: Stacks;
  readonly after: Stacks;
  readonly changes: readonly EnvironmentChange[];
  readonly lock: LockChange | undefined;
  readonly rules: RulesChange | undefined;
}

function readFolders({ base, head }: ReviewOptions): Folders {
  const [before, after] = [readSynthesized(base), readSynthesized(head)];
  const changes = withTiers(environmentChanges(before.stacks, after.stacks, new Date()), after.rules);
  return {
    ...{ before: before.stacks, after: after.stacks, changes, lock: lockChange(before.lock, after.lock) },
    rules: rulesChange(before.rules, after.rules, changes),
  };
}

function reviewWith({ changes, lock, rules }: Folders, plans: ReadonlyMap<string, Plan>): Review {
  return reviewOf(changes, plans, lock, rules);
}

/** What each plan's Terraform merges into the stack, by environment. */
function planRoleOverrides(names: readonly string[], head: Stacks): Record<string, Fields> {
  const overrides = names.map((name) => {
    const { source } = readEnvironmentFile(name, head.get(name)?.environmentFile);
    return [name, planRoleOverride(source?.environment ?? {})] as const;
  });
  return Object.fromEntries(overrides);
}

function statusOf({ refused: isRefused, approvalNeeded }: Review, isApproved: boolean): number {
  if (isRefused) return 1;
  return approvalNeeded && !isApproved ? APPROVAL_NEEDED : 0;
}

function readGivenPlans(planFiles: readonly string[], base: Stacks, head: Stacks): Map<string, Plan> {
  const plans = new Map<string, Plan>();
  for (const planFile of planFiles) {
    const [, environment = "", file = ""] = /^(.*?)=(.*)$/s.exec(planFile) ?? [];
    const after = head.get(environment); // Terraform does nothing to a removed environment
    if (file === "" || !after) {
      throw new UsageError(
        `Received the plan ${describePath(planFile)}, expected ENVIRONMENT=FILE, or plan-ENVIRONMENT/plan.json in a folder, with ${oneOf([...head.keys()].sort())} for ENVIRONMENT.`,
      );
    }
    if (plans.has(environment)) {
      throw new UsageError(`Received two plans of ${environment}, expected only one. Leave one out.`);
    }
    plans.set(environment, readPlan(environment, file, base.get(environment), after));
  }
  return plans;
}
