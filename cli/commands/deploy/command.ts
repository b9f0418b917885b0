import type { Command } from "commander";
import type { Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { fleetReportLines, type Result, writeReport } from "../../findings/fleet-report";
import { readPlannedReport, writePlannedReport } from "../../findings/planned-report";
import { expectWritable } from "../../findings/report-files";
import type { BranchCommit, Forge } from "../../forge/forge";
import { addForgeOptions, chosenForge, FORGE_OPTIONS, inJobs, withoutCommands } from "../../forge/forges";
import { CommandError, UsageError } from "../../terminal/command-error";
import { environmentsNamed } from "../../terminal/environment-arguments";
import { nameOfA, wholeNumber } from "../../terminal/option-values";
import { print } from "../../terminal/print";
import { type Children, Interrupted, isTerminal, withChildren } from "../../terraform/children";
import { runApp } from "./app";
import { changeEnvironment } from "./change";
import { changeFleet, type FleetOptions } from "./fleet";
import { plansMarkdown, type ShownPlan } from "./plan-summary";
import { providerCache } from "./provider-cache";
import { type ChangeKind, isRemote } from "./terraform-run";

type DeployOptions = Readonly<
  Partial<Record<"planned" | "report", string> & Record<"autoApprove" | "changed" | "drift", boolean>> & {
    parallel?: number;
  }
>;

const HOW = "Several environments run one after another, until one fails.";

const PARALLEL = "how many environments in parallel (default: 1). The output of each is printed when it is done";

/** Results of diff --drift when an environment has drifted, or its code isn't deployed, and the exit status. */
const DRIFTED: readonly Result[] = ["drifted", "not-deployed"];
const DRIFT = 6;

/** Results with which the whole command fails. */
const FAILURES: readonly Result[] = ["failed", "refused", "interrupted", "not-begun", "canary-failed"];

/**
 * Adds `support-app diff`, `deploy` and `destroy`.
 *
 * @param exitWith receives the exit status
 */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  const add = (kind: ChangeKind, summary: string, description: string) =>
    program
      .command(kind)
      .summary(summary)
      .description(`${description} ${HOW}`)
      .argument(
        kind === "destroy" ? "<environments...>" : "[environments...]",
        "names of environments in environments.yaml",
      )
      .action(async (names: string[], options: DeployOptions) => exitWith(await act(kind, names, options)));
  const diff = add("diff", "what a deploy would change", "Show what a deploy would change, and change nothing.")
    .option("--drift", "check all environments, or the named ones, for what was changed by hand or isn't deployed")
    .option(
      "--planned <file>",
      "plan exactly what a deploy would do, and write the digest of each plan, for deploy --planned",
    )
    .option("--changed", "with --planned: plan only what deploy --changed would deploy")
    .option("--parallel <number>", `with --drift or --planned: ${PARALLEL}`, wholeNumber)
    .option("--report <file>", "with --drift: write the results as JSON", nameOfA("file"))
    .addHelpText(
      "after",
      `\nExit status: 0 planned, or with --drift no drift; ${DRIFT} with --drift, there is drift or something isn't deployed; 1 an error; 2 wrong usage; 130 interrupted.`,
    );
  const deploy = add(
    "deploy",
    "deploy environments",
    "Deploy environments: show the plan, ask for approval, and apply exactly that plan.",
  )
    .option(
      "--changed",
      "deploy all environments, or the named ones, whose Terraform differs from what was last applied; canaries first, and nothing else if one of them fails",
    )
    .option("--parallel <number>", `with --changed and --auto-approve: ${PARALLEL}`, wholeNumber)
    .option("--report <file>", "with --changed: write the results as JSON", nameOfA("file"))
    .option("--auto-approve", "don't ask, such as in a script")
    .option(
      "--planned <file>",
      "apply nothing in an environment whose plan isn't the one that diff --planned wrote. An empty name: compare nothing",
    )
    .addHelpText("after", "\nExit status: 0 all are deployed; 1 an error; 2 wrong usage; 130 interrupted.");
  addForgeOptions(diff, inJobs("with --planned, show the plans where people approve, too"));
  addForgeOptions(
    deploy,
    inJobs(
      "deploy only if this commit is the newest of its branch. Otherwise, set the output overtaken and end with 0",
    ),
  );
  add(
    "destroy",
    "destroy what was deployed",
    "Destroy what was deployed: show the plan, ask for approval, and apply exactly that plan. It never destroys the Service Quotas role; to remove everything else, set retired: true and deploy.",
  )
    .option("--auto-approve", "don't ask, such as in a script")
    .addHelpText("after", "\nExit status: 0 all are destroyed; 1 an error; 2 wrong usage; 130 interrupted.");
}

async function act(kind: ChangeKind, names: readonly string[], options: DeployOptions): Promise<number> {
  const planFile = options.planned || undefined;
  const plansTo = kind === "diff" ? planFile : undefined;
  const isFleet = options.changed === true || options.drift === true || plansTo !== undefined;
  const forge = chosenForge(options);
  expectFitting(kind, names, options, isFleet, forge);
  const allEnvironments = loadEnvironments();
  const environments = names.length > 0 ? environmentsNamed(names, allEnvironments) : allEnvironments;
  const { autoApprove = false, parallel = 1, report } = options;
  if (planFile !== undefined) expectReadablePlans(environments);
  if (kind !== "diff" && !autoApprove && !isTerminal()) {
    throw new UsageError(
      "Can't ask for an approval without a terminal. Nothing was changed. Review what support-app diff prints, and add --auto-approve.",
    );
  }
  if (report !== undefined) expectWritable("--report", report);
  if (plansTo !== undefined) expectWritable("--planned", plansTo);
  if (forge !== undefined && kind === "deploy") {
    const overtaking = await forge.overtakingCommit(process.env);
    if (overtaking !== undefined) return endOvertaken(forge, environments, overtaking, report);
  }
  const requestedNames = names.length > 0 ? environments.map(({ name }) => name) : [];
  const approvedPlans = planFile === undefined || plansTo !== undefined ? undefined : readPlannedReport(planFile);
  const change = async (children: Children) => {
    const output = await runApp(children, requestedNames);
    const onlyChanged = options.changed === true || options.drift === true;
    const fleetOptions = { kind, autoApprove, output, children, parallel, onlyChanged, approvedPlans };
    if (plansTo !== undefined) return planFleet(environments, fleetOptions, plansTo, forge);
    if (isFleet) return actOnFleet(environments, fleetOptions, report);
    for (const environment of environments) {
      await changeEnvironment(environment, fleetOptions);
      const { aborted, reason } = children.stop;
      if (aborted)
        throw new Interrupted(`Received ${reason}. ${environment.name} is done; nothing after it was started.`);
    }
    return 0;
  };
  return withoutCommands(() => withChildren(change));
}

/** Plans what a deploy would do, shows that, and writes the plans' digests for the deploy. */
async function planFleet(
  environments: readonly Environment[],
  fleetOptions: FleetOptions,
  file: string,
  forge: Forge | undefined,
): Promise<number> {
  const plans = new Map<string, ShownPlan>();
  const onPlan = (plan: ShownPlan) => plans.set(plan.environment.name, plan);
  try {
    const status = await actOnFleet(environments, { ...fleetOptions, onPlan });
    return status === DRIFT ? 0 : status;
  } finally {
    const sortedPlans = environments.flatMap(({ name }) => plans.get(name) ?? []);
    writePlannedReport(file, new Map(sortedPlans.map(({ environment, record }) => [environment.name, record])));
    if (forge?.summary) forge.summary.append(plansMarkdown(sortedPlans, forge.summary.max));
    else if (forge) print(plansMarkdown(sortedPlans, 0).split("\n")); // the log has Terraform's own text
  }
}

/** Only HCP Terraform can read its plans. */
function expectReadablePlans(environments: readonly Environment[]): void {
  const remote = environments.filter(isRemote).map(({ name }) => name);
  if (remote.length === 0) return;
  throw new CommandError(
    `Received --planned for ${remote.join(", ")} with state in HCP Terraform, expected state elsewhere: HCP Terraform plans there, and asks for approvals itself. Leave --planned out.`,
  );
}

/** Ends without a failure: the run of the later commit deploys what this one would have. */
function endOvertaken(
  forge: Forge,
  environments: readonly Environment[],
  { commit, branch }: BranchCommit,
  file?: string,
): number {
  const results = environments.map(({ name, account }) => ({ name, account, result: "overtaken" as const }));
  if (file !== undefined) writeReport(file, results);
  forge.setOutputs({ overtaken: true });
  print(
    `Not deployed: ${commit} is the newest commit on ${branch}, and its own ${forge.run} deploys it. Nothing was changed. Start a ${forge.run} by hand if there is none.`,
  );
  return 0;
}

function expectFitting(
  kind: ChangeKind,
  names: readonly string[],
  options: DeployOptions,
  isFleet: boolean,
  forge: Forge | undefined,
): void {
  const whole = kind === "diff" ? "--drift" : "--changed";
  const { parallel = 1, report, autoApprove, planned: planFile = "" } = options;
  if (kind === "diff" && planFile === "" && (options.changed || forge)) {
    throw new UsageError(`Received --changed, ${FORGE_OPTIONS} without --planned, expected --planned with it.`);
  }
  if (planFile !== "" && options.drift) {
    throw new UsageError("Received --planned and --drift, expected one of them.");
  }
  if (!isFleet && names.length === 0) {
    throw new UsageError(`Received no environment, expected names of environments, or ${whole} for all of them.`);
  }
  if (!isFleet && (options.parallel !== undefined || report !== undefined)) {
    throw new UsageError(`Received --parallel or --report without ${whole}, expected both or neither.`);
  }
  if (kind === "deploy" && parallel > 1 && !autoApprove) {
    throw new UsageError(
      `Received --parallel ${parallel} without --auto-approve, expected both: nobody can approve several plans at once. Review support-app diff --drift and add --auto-approve, or leave --parallel out.`,
    );
  }
}

async function actOnFleet(
  environments: readonly Environment[],
  fleetOptions: FleetOptions,
  file?: string,
): Promise<number> {
  const { stop } = fleetOptions.children;
  const report = await changeFleet(environments, {
    ...fleetOptions,
    cache: providerCache(fleetOptions.output),
  });
  if (file !== undefined) writeReport(file, report);
  print(fleetReportLines(report));
  if (stop.aborted) {
    throw new Interrupted(`Received ${stop.reason}. Run the same command again to continue from there.`);
  }
  const failedNames = report.filter(({ result }) => FAILURES.includes(result)).map(({ name }) => name);
  if (failedNames.length === 0) return report.some(({ result }) => DRIFTED.includes(result)) ? DRIFT : 0;
  throw new CommandError(
    `${failedNames.length} of ${report.length} environments failed or were not started: ${failedNames.join(", ")}. Fix the errors above, and run the same command again. A deploy skips what is deployed.`,
  );
}
