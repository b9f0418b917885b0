import { type Command, Option } from "commander";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { nameOfA } from "../../arguments/option-values";
import { appendSummary } from "../../forge/job";
import { type FleetReport, fleetReportLines, readFleetReport, reportMarkdown } from "../../reports/fleet-report";
import { REPORT, reportFiles } from "../../reports/report-files";
import { print } from "../../terminal/print";

const TITLES = { deploy: "Deploys", drift: "Drift" } as const;

type SummaryOptions = Readonly<{ for: keyof typeof TITLES; reports: string; github?: boolean }>;

export function addCommand(program: Command): void {
  program
    .command("summary")
    .summary("the result of every environment, for workflows")
    .description(
      `Print the result of each environment of environments.yaml, from every ${REPORT} below a folder, as deploy --changed and diff --drift write it. A folder that doesn't exist has no reports: no job got that far.`,
    )
    .addOption(new Option("--for <purpose>", "what the jobs did").choices(Object.keys(TITLES)).makeOptionMandatory())
    .requiredOption("--reports <folder>", "where the reports are, at any depth", nameOfA("folder"))
    .option("--github", "also write it into the summary of the run in GitHub Actions, with every environment")
    .addHelpText("after", "\nExit status: 0 printed; 1 an error; 2 wrong usage.")
    .action(summarize);
}

function summarize({ for: purpose, reports, github }: SummaryOptions): void {
  const results = new Map(
    reportFiles(reports).flatMap((file) => readFleetReport(file).map((environment) => [environment.name, environment])),
  );
  const environmentReports: FleetReport = loadEnvironments().map(
    ({ name, account }) => results.get(name) ?? { name, account, result: "no-report" },
  );
  if (github) appendSummary(reportMarkdown(TITLES[purpose], environmentReports));
  print(fleetReportLines(environmentReports));
}
