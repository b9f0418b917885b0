import { type Command, Option } from "commander";
import { describe, oneOf } from "../../modules/support-app/problem";
import { CommandError, UsageError } from "../command-error";
import { changedEnvironments, classify, keysOf } from "./classify";
import { type PlannedChange, readPlan } from "./plan";
import { markdown, reviewOf } from "./report";
import { readSynthesized, type Terraform } from "./synthesized";

/** Exit status when somebody must approve first. */
const APPROVAL_NEEDED = 3;

interface ReviewOptions {
  readonly base: string;
  readonly head: string;
  readonly format: "markdown" | "json";
  readonly plan: readonly string[];
  readonly approved?: readonly string[];
  readonly listChanged?: boolean;
}

/**
 * Adds `support-app review`.
 *
 * @param exitWith told the exit status
 */
export function addReviewCommand(program: Command, exitWith: (status: number) => void): void {
  program
    .command("review")
    .summary("what access a change gives and takes, in the words of the channel")
    .description(
      "Compare two folders that `cdktf synth` has written, and print what people in which Slack channel can do after the change that they could not do before. Needs no credentials, no Terraform and no network.",
    )
    .requiredOption("--base <folder>", "what is there before the change")
    .requiredOption("--head <folder>", "what is there after it")
    .addOption(new Option("--format <format>", "what to print").choices(["markdown", "json"]).default("markdown"))
    .option(
      "--plan <environment=file>",
      "what Terraform would do in an environment, from `terraform show -json`; may be given again",
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .option("--approved <digest...>", "the digests that were approved: each passes for its very change, and no other")
    .option("--list-changed", "print only the names of the environments whose Terraform changes, as a JSON list")
    .addHelpText(
      "after",
      "\nExit status: 0 nothing is broadened, or the digest is approved; 1 an error, or access that may never be; 2 wrong usage; 3 approval is needed.",
    )
    .action((options: ReviewOptions) => {
      try {
        exitWith(review(options));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error; // JSON may be nested deeper than anything can go through it
        throw new CommandError(
          "Received JSON that is nested too deeply to be read, expected what `cdktf synth` and `terraform show -json` write. Synthesize and plan again.",
        );
      }
    });
}

function review({ base, head, format, plan, approved, listChanged }: ReviewOptions): number {
  const [before, after] = [readSynthesized(base), readSynthesized(head)];
  if (listChanged) {
    console.log(JSON.stringify(changedEnvironments(before, after)));
    return 0;
  }
  const plans = new Map<string, readonly PlannedChange[]>();
  for (const given of plan) {
    const [environment, changes] = readGivenPlan(given, before, after);
    if (plans.has(environment)) {
      throw new UsageError(`Received two plans of ${environment}, expected one of each environment. Leave one out.`);
    }
    plans.set(environment, changes);
  }
  const found = reviewOf(classify(before, after), plans);
  console.log(format === "json" ? JSON.stringify(found, null, 2) : markdown(found));
  if (found.refused) return 1;
  return found.approvalNeeded && !approved?.includes(found.digest) ? APPROVAL_NEEDED : 0;
}

function readGivenPlan(
  given: string,
  base: ReadonlyMap<string, Terraform>,
  head: ReadonlyMap<string, Terraform>,
): [environment: string, changes: readonly PlannedChange[]] {
  const at = given.indexOf("=");
  const [environment, file] = [given.slice(0, Math.max(at, 0)), given.slice(at + 1)];
  const names = keysOf(base, head);
  if (file === "" || !names.includes(environment)) {
    throw new UsageError(
      `Received --plan ${describe(given)}, expected ENVIRONMENT=FILE with ${oneOf(names)} for ENVIRONMENT.`,
    );
  }
  return [environment, readPlan(environment, file, base.get(environment), head.get(environment))];
}
