import { relative, resolve } from "node:path";
import type { Command } from "commander";
import { jsonText } from "../../../common/json";
import { environmentsFile, loadEnvironments } from "../../../stacks/environments/environments";
import { nameOfA } from "../../arguments/option-values";
import { addForgeOptions, chosenForge, FORGE_OPTIONS } from "../../forge/forges";
import { expectWritable } from "../../reports/report-files";
import { print, printError } from "../../terminal/print";
import { replaceFile } from "../../terminal/replace-file";
import { reportsIn } from "./reports";
import { sendToSlack, slackMessage, slackWebhook } from "./slack-message";
import { watchLines, watchMarkdown } from "./summary";
import { IssueSync } from "./sync-issues";
import { readWatchReport, type WatchReport, watchReport } from "./watch-report";
import { watchRun } from "./watch-run";

/** Exit statuses, as doctor has them. */
const EXIT: Readonly<Record<WatchReport["answer"], number>> = { healthy: 0, unhealthy: 4, unknown: 5 };

type WatchOptions = Readonly<{ reports: string } & Partial<Record<"since" | "summary" | "report", string>>>;

/**
 * Adds `support-app watch`.
 *
 * @param exitWith receives the exit status
 */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  const command = program
    .command("watch")
    .summary("what is new and what is healed, with an issue for each finding")
    .description(
      "Print what is new, what stays and what is healed in the environments of environments.yaml, from every JSON file below a folder: reports, as doctor --report and audit --report write them. Any other one is named, and the answer is unknown. What couldn't be looked at never counts as healed. With SLACK_WEBHOOK_URL, a message is sent to Slack if something is new or healed.",
    )
    .requiredOption("--reports <folder>", "where the reports are, at any depth", nameOfA("folder"))
    .option(
      "--since <file>",
      "compare with an earlier file of --report; if it doesn't exist, this is the first run",
      nameOfA("file"),
    )
    .option("--summary <file>", "write everything as Markdown to a file", nameOfA("file"))
    .option("--report <file>", "write everything as JSON to a file", nameOfA("file"))
    .addHelpText(
      "after",
      "\nExit status: 0 healthy; 4 unhealthy; 5 not known, since something couldn't be looked at; 1 an error, such as an issue that couldn't be kept; 2 wrong usage.",
    )
    .action(async (options: WatchOptions) => exitWith(await watch(options)));
  addForgeOptions(
    command,
    ({ ci, name, summary }) =>
      `in a job of ${ci}: keep an issue in ${name} for each finding${summary === undefined ? "" : ", and write the run's summary"}`,
  );
}

async function watch(options: WatchOptions): Promise<number> {
  const { reports: folder, since, summary, report: reportFile } = options;
  // All input is read before anything is written.
  const tracker = chosenForge(options)?.issuesOf(process.env);
  const webhook = slackWebhook();
  if (summary !== undefined) expectWritable("--summary", summary);
  if (reportFile !== undefined) expectWritable("--report", reportFile);
  const file = relative(".", resolve(environmentsFile()));
  const environments = loadEnvironments();
  const before = since === undefined ? undefined : readWatchReport(since);
  const reports = reportsIn(folder, environments, new Date());
  const run = watchRun(file, environments, reports);

  const issueSync = tracker && (await new IssueSync(tracker, file, run).sync());
  const knownFindings = since === undefined ? issueSync?.before : (before?.findings ?? []);
  const report = watchReport(run, knownFindings, issueSync, before);
  const remarks = [...reports.unusable, ...(issueSync?.failures ?? [])];
  const page = watchMarkdown(report, remarks);
  if (reportFile !== undefined) replaceFile({ file: reportFile, text: `${jsonText(report)}\n`, command: "watch" });
  if (summary !== undefined) replaceFile({ file: summary, text: page, command: "watch" });
  tracker?.forge.summary?.append(page);
  print(watchLines(report, remarks));

  const message = knownFindings && slackMessage(report);
  if (webhook && !knownFindings) {
    const reason = tracker
      ? "the existing issues aren't known"
      : `without ${FORGE_OPTIONS}, or --since, nothing is known to be new`;
    printError(`Nothing was sent to SLACK_WEBHOOK_URL: ${reason}.`);
  }
  if (webhook && message !== undefined) await sendToSlack(webhook, message);
  return (issueSync?.failures.length ?? 0) > 0 ? 1 : EXIT[report.answer];
}
