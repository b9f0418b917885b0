import { existsSync, readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import * as z from "zod";
import { attempt } from "../../../common/disk-error";
import { parseJson, parseJsonIfAny } from "../../../common/json";
import { describe } from "../../../common/problem";
import type { Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { doctorReportSchema } from "../../findings/doctor-report";
import {
  DONE,
  type FleetReport,
  fleetReportLines,
  RESULTS,
  type Result,
  readFleetReport,
  reportMarkdown,
} from "../../findings/fleet-report";
import { readPlannedReport } from "../../findings/planned-report";
import { reportFiles } from "../../findings/report-files";
import { addForgeOptions, chosenForge, FORGE_OPTIONS, inJobs } from "../../forge/forges";
import { UsageError } from "../../terminal/command-error";
import { nameOfA } from "../../terminal/option-values";
import { print } from "../../terminal/print";

const TITLES = { deploy: "Deploys", drift: "Drift" } as const;

type SummaryOptions = Readonly<{
  for: keyof typeof TITLES;
  reports: string;
  only?: string;
  doctor?: string;
  planned?: string;
}>;

export function addCommand(program: Command): void {
  const command = program
    .command("summary")
    .helpGroup("Commands for CI:")
    .summary("the result of every environment, for CI")
    .description(
      "Print the result of each environment of environments.yaml, from the reports of deploy --changed or diff --drift.",
    )
    .addOption(new Option("--for <purpose>", "what the jobs did").choices(Object.keys(TITLES)).makeOptionMandatory())
    .requiredOption(
      "--reports <folder>",
      "where the reports are, as JSON files at any depth. It needn't exist",
      nameOfA("folder"),
    )
    .option(
      "--only <jobs>",
      `the jobs that there were, as environments with ${FORGE_OPTIONS} lists them: all other environments are unchanged`,
    )
    .option("--doctor <folder>", "with --for deploy: where doctor's reports on the canaries are", nameOfA("folder"))
    .option(
      "--planned <folder>",
      "with --for deploy: where the files of diff --planned are. An environment without a plan isn't deployed",
      nameOfA("folder"),
    )
    .action(summarize);
  addForgeOptions(
    command,
    inJobs(
      "set the output complete, which says whether all environments are as the file says, and write the run's summary, if it has one",
    ),
  );
}

function summarize(options: SummaryOptions): void {
  const { for: purpose, reports, only, doctor, planned: plans } = options;
  const forge = chosenForge(options);
  const environments = loadEnvironments();
  const results = new Map(
    reportFiles(reports).flatMap((file) => readFleetReport(file).map((environment) => [environment.name, environment])),
  );
  const jobNames = only === undefined ? undefined : namesIn(only);
  const plannedNames = plans === undefined ? undefined : namesInPlans(plans);
  const reported = environments.map(({ name, account }): FleetReport[number] => {
    const result = jobNames?.has(name) === false ? "unchanged" : "no-report";
    const environment = results.get(name) ?? { name, account, result };
    const isWithoutPlan = plannedNames?.has(name) === false && !DONE.includes(environment.result);
    return isWithoutPlan ? { ...environment, result: "plan-failed" } : environment;
  });
  const withCanaryJob = environments.filter(({ name, canary }) => canary && jobNames?.has(name) !== false);
  const canaries = new Map(withCanaryJob.map((environment) => [environment.name, environment]));
  const causes = purpose === "deploy" ? holdingCanaries(canaries, reported, doctor) : [];
  const report = reported.map((environment): FleetReport[number] => {
    const isHeld = environment.result === "no-report" && !canaries.has(environment.name);
    const [cause] = isHeld ? causes : [];
    return cause === undefined ? environment : { ...environment, result: cause.held };
  });
  const isHeldBack = report.some(({ result }) => result === "canary-failed");
  const held = isHeldBack ? causes.map(({ name, words }) => `Held back by the canary ${name}: ${words}.`) : [];
  if (forge) {
    const markdown = [reportMarkdown(TITLES[purpose], report), ...held.map((line) => `${line}\n`)].join("\n");
    forge.summary?.append(markdown);
    forge.setOutputs({ complete: report.every(({ result }) => DONE.includes(result)) });
  }
  print([...fleetReportLines(report), ...held]);
}

/** Why an environment that isn't a canary didn't start. */
interface Cause {
  /** The canary. */
  readonly name: string;
  readonly words: string;
  /** The result of the environment. */
  readonly held: Result;
}

/** The canaries that hold the others back: those that aren't deployed or, if all of them are, those that doctor doesn't call healthy. */
function holdingCanaries(
  canaries: ReadonlyMap<string, Environment>,
  report: FleetReport,
  doctorFolder?: string,
): Cause[] {
  const reported = report.filter(({ name }) => canaries.has(name));
  const failures = reported.flatMap(({ name, result }): Cause[] => {
    const held = result === "overtaken" ? result : "canary-failed";
    return DONE.includes(result) ? [] : [{ name, words: RESULTS[result], held }];
  });
  if (failures.length > 0 || doctorFolder === undefined) return failures;
  const answers = answersIn(doctorFolder);
  return [...canaries.values()].flatMap(({ name, retired }): Cause[] => {
    const answer = answers.get(name);
    if (retired || answer === "healthy") return [];
    const words =
      answer === undefined ? "deployed, but doctor didn't report" : `deployed, but doctor calls it ${answer}`;
    return [{ name, words, held: "canary-failed" }];
  });
}

/** Environments of which a job wrote a plan. Undefined: nothing was to be planned. */
function namesInPlans(folder: string): ReadonlySet<string> | undefined {
  if (!existsSync(folder)) return undefined;
  return new Set(reportFiles(folder, "--planned").flatMap((file) => [...readPlannedReport(file).keys()]));
}

/** Jobs as `environments` lists them for CI, one or more lists. */
const jobLists = z.array(z.array(z.object({ names: z.string() })));

function namesIn(text: string): ReadonlySet<string> {
  const result = jobLists.safeParse(parseJsonIfAny(text));
  if (result.success) return new Set(result.data.flat().flatMap(({ names }) => names.split(" ")));
  throw new UsageError(
    `Received --only ${describe(text)}, expected lists of jobs in JSON, as \`support-app environments\` sets them for CI, in brackets.`,
  );
}

/** Doctor's answers, by environment. A job that was interrupted may leave half of a report. */
function answersIn(folder: string): ReadonlyMap<string, string> {
  const reports = reportFiles(folder).flatMap(
    (file) => attempt(() => doctorReportSchema.parse(parseJson(readFileSync(file, "utf8"))).environments) ?? [],
  );
  return new Map(reports.map(({ name, answer }) => [name, answer]));
}
