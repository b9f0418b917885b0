import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { loadEnvironments } from "../../stacks/environments";
import { type FleetReport, readReport, reportLines, reportMarkdown } from "../fleet-report";
import { appendSummary } from "../github-summary";
import { print } from "../print";

/** What jobs call the report in their folder. */
const REPORT = "report.json";

const TITLES = { deploy: "Deploys", drift: "Drift" } as const;

interface SummaryOptions {
  readonly for: keyof typeof TITLES;
  readonly reports: string;
  readonly github?: boolean;
}

/** Adds `support-app summary`. */
export function addSummaryCommand(program: Command): void {
  program
    .command("summary")
    .summary("which environment is where, from the reports of many jobs")
    .description(
      `Print what became of each environment of environments.yaml, from every ${REPORT} below a folder, as deploy --changed and diff --drift write it. A folder that isn't there has none: no job got so far.`,
    )
    .addOption(new Option("--for <purpose>", "what the jobs did").choices(Object.keys(TITLES)).makeOptionMandatory())
    .requiredOption("--reports <folder>", "where the reports are, at any depth")
    .option("--github", "write it into the summary of the run in GitHub Actions, too, with every environment")
    .action((options: SummaryOptions) => summarize(options));
}

function summarize({ for: purpose, reports, github }: SummaryOptions): void {
  const results = new Map(reportsIn(reports).flatMap((report) => report.map((one) => [one.name, one])));
  const all: FleetReport = loadEnvironments().map(
    ({ name, account }) => results.get(name) ?? { name, account, result: "no-report" },
  );
  if (github) appendSummary(reportMarkdown(TITLES[purpose], all));
  print(reportLines(all));
}

function reportsIn(folder: string): FleetReport[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name === REPORT);
  return files.map(({ parentPath }) => readReport(join(parentPath, REPORT)));
}
