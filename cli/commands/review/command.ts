import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { canonical } from "../../../common/canonical";
import { jsonText } from "../../../common/json";
import { describePath, oneOf } from "../../../common/problem";
import { MAX_JOBS, setOutputs } from "../../forge/job";
import { pullRequestOf } from "../../forge/pull-request";
import { CommandError, UsageError } from "../../terminal/command-error";
import { code } from "../../terminal/markdown";
import { print, printError } from "../../terminal/print";
import { readSynthesized, type Stacks } from "../../terraform/synthesized-folder";
import { approvedDigests, digestIn, howToApprove } from "./approvals";
import { assertSynthesized, updatePullRequest, withErrorReport } from "./comment";
import { environmentChanges } from "./environment-change";
import { lockChange } from "./lock-change";
import { type Plan, readPlan } from "./plan";
import { markdown } from "./report";
import { plannableEnvironments, type Review, type ReviewReport, reviewOf } from "./review";
import { rulesChange, withTiers } from "./rules-change";

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
  readonly github?: boolean;
  readonly approved?: readonly string[];
}

/**
 * Adds `support-app review`.
 *
 * @param exitWith called with the exit status
 */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  program
    .command("review")
    .summary("what access a change gives and takes, in the words of the channel")
    .description(
      "Compare two folders that `npm run synth` has written, and print what people in each Slack channel can do after the change that they could not do before. Needs no credentials, no Terraform and, without --github, no network.",
    )
    .requiredOption("--base <folder>", "the synthesized folder before the change")
    .requiredOption("--head <folder>", "the synthesized folder after the change")
    .addOption(new Option("--format <format>", "what to print").choices(["markdown", "json"]).default("markdown"))
    .option(
      "--plan <environment=file>",
      "what Terraform would do in an environment, from `terraform show -json`; can be repeated",
      (value: string, values: readonly string[] = []) => [...values, value],
    )
    .option("--plans <folder>", "the same for each plan-<environment>/plan.json in a folder")
    .option("--approved <digest...>", "the approved digests: each lets exactly its own change pass")
    .option(
      "--github",
      "in a GitHub Actions workflow: take approvals from the pull request's labels, and write the report into its comment",
    )
    .addHelpText(
      "after",
      "\nExit status: 0 nothing is broadened, or the digest is approved; 1 an error, or forbidden access; 2 wrong usage; 3 approval is needed.",
    )
    .action(async (options: ReviewOptions) => {
      exitWith(options.github ? await reviewPullRequest(options) : printReview(options));
    });
}

function printReview(options: ReviewOptions): number {
  const { review } = reviewFolders(options);
  const approvals = approvedBy(options);
  const isApproved = approvals.includes(review.digest);
  const approval = isApproved ? APPROVED : `Approve exactly this change with ${code(`--approved ${review.digest}`)}.`;
  const report: ReviewReport = { ...review, isApproved, plannable: plannableEnvironments(review, isApproved) };
  print((options.format === "json" ? jsonText(report) : markdown(review, approval)).split("\n"));
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

/** Reviews a pull request, and reports there, even if it fails. */
function reviewPullRequest(options: ReviewOptions): Promise<number> {
  const pullRequest = pullRequestOf(process.env);
  return withErrorReport(pullRequest, async () => {
    assertSynthesized(process.env);
    const { review, codeReview } = reviewFolders(options);
    const isApprovalNeeded = review.approvalNeeded || codeReview.approvalNeeded;
    const digests = [...approvedBy(options), ...(isApprovalNeeded ? await approvedDigests(pullRequest) : [])];
    // What a plan finds has a digest of its own, and doesn't decide what is planned.
    const allPlannable = plannableEnvironments(codeReview, digests.includes(codeReview.digest));
    const plannable = allPlannable.slice(0, MAX_JOBS);
    if (options.plans !== undefined) expectPlansOf(plannable, review, options.plans);
    const isApproved = digests.includes(review.digest);
    const approval = isApproved ? APPROVED : howToApprove(pullRequest, review.digest);
    const report = markdown(review, approval, allPlannable.length - plannable.length);
    await updatePullRequest(pullRequest, report, review.approvalNeeded);
    setOutputs({ plannable: pullRequest.isFork ? [] : plannable }); // last: nothing is planned before it is reported
    return statusOf(review, isApproved);
  });
}

/** A failed plan is missing. A plan of an environment that isn't to be planned comes from somebody else. */
function expectPlansOf(plannable: readonly string[], { environments }: Review, folder: string): void {
  const plannedNames = environments.filter(({ plan }) => plan !== undefined).map(({ environment }) => environment);
  if (canonical(plannedNames) === canonical(plannable)) return;
  const received = plannedNames.length > 0 ? `plans of ${plannedNames.join(", ")}` : "no plan";
  const expected = plannable.length > 0 ? `plans of ${plannable.join(", ")} and no others` : "none";
  throw new CommandError(
    `Received ${received} in ${describePath(folder)}, expected ${expected}. See the logs of the plan jobs, and run the workflow again.`,
  );
}

/** The review, and what it would be without plans. */
function reviewFolders({ base, head, plan = [], plans }: ReviewOptions): {
  readonly review: Review;
  readonly codeReview: Review;
} {
  const [before, after] = [readSynthesized(base), readSynthesized(head)];
  const planFiles = [...plan, ...(plans === undefined ? [] : plansIn(plans))];
  const changes = withTiers(environmentChanges(before.stacks, after.stacks, new Date()), after.rules);
  const lock = lockChange(before.lock, after.lock);
  const rules = rulesChange(before.rules, after.rules, changes);
  const codeReview = reviewOf(changes, new Map(), lock, rules);
  if (planFiles.length === 0) return { review: codeReview, codeReview };
  const plansByEnvironment = readGivenPlans(planFiles, before.stacks, after.stacks);
  return { review: reviewOf(changes, plansByEnvironment, lock, rules), codeReview };
}

function statusOf({ refused: isRefused, approvalNeeded }: Review, isApproved: boolean): number {
  if (isRefused) return 1;
  return approvalNeeded && !isApproved ? APPROVAL_NEEDED : 0;
}

/** The plans in a folder, as --plan names them: each is in a folder of its own, as a workflow's artifacts are downloaded. */
function plansIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    throw new UsageError(`Received --plans ${describePath(folder)}, expected a folder that exists. Check the name.`);
  }
  return names
    .filter((name) => name.startsWith("plan-"))
    .map((name) => `${name.replace("plan-", "")}=${join(folder, name, "plan.json")}`);
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
