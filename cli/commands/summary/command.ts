import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import * as z from "zod";
import { attempt } from "../../../common/disk-error";
import { parseJsonIfAny } from "../../../common/json";
import { describe, describePath } from "../../../common/problem";
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
import { readFormOfJson } from "../../terminal/json-file";
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
  const canaries = environments.filter(({ name, canary }) => canary && jobNames?.has(name) !== false);
  const causes = purpose === "deploy" ? holdingCanaries(canaries, reported, doctor) : [];
  const report = reported.map((environment): FleetReport[number] => {
    const isHeld = environment.result === "no-report" && canaries.every(({ name }) => name !== environment.name);
    const [cause] = isHeld ? causes : [];
    if (cause === undefined) return environment;
    return { ...environment, result: cause.result === "overtaken" ? "overtaken" : "canary-failed" };
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
  readonly result: Result;
  readonly words: string;
}

/** The canaries that hold the others back: those that aren't deployed or, if all of them are, those that doctor doesn't call healthy. */
function holdingCanaries(canaries: readonly Environment[], report: FleetReport, doctorFolder?: string): Cause[] {
  const resultOf = ({ name }: Environment) => report.find((environment) => environment.name === name)?.result;
  const failures = canaries.flatMap((canary): Cause[] => {
    const result = resultOf(canary) ?? "no-report";
    return DONE.includes(result) ? [] : [{ name: canary.name, result, words: RESULTS[result] }];
  });
  if (failures.length > 0 || doctorFolder === undefined) return failures;
  const answers = answersIn(doctorFolder);
  return canaries.flatMap(({ name, retired }): Cause[] => {
    const answer = answers.get(name);
    if (retired || answer === "healthy") return [];
    const words =
      answer === undefined ? "deployed, but doctor didn't report" : `deployed, but doctor calls it ${answer}`;
    return [{ name, result: "deployed", words }];
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
  const reports = reportFiles(folder).flatMap((file) => attempt(() => readDoctorReport(file)) ?? []);
  return new Map(reports.map(({ name, answer }) => [name, answer]));
}

function readDoctorReport(file: string) {
  const words = {
    name: `the report ${describePath(file)}`,
    expected: "a report of support-app doctor",
    next: "Run that again, or remove the file.",
  };
  return readFormOfJson(file, doctorReportSchema, words).environments;
}
