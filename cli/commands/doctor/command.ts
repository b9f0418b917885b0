import { appendFileSync, openSync } from "node:fs";
import { type Command, Option } from "commander";
import pLimit from "p-limit";
import { formatCount } from "../../../common/format-count";
import { describe, describePath, oneOf } from "../../../common/problem";
import { type Channel, type Environment, readerRoleOf } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { connect } from "../../aws/connection";
import { type Answer, worstOf } from "../../findings/finding";
import { connectToSlack } from "../../slack/connection";
import { CommandError, explainFailure, UsageError } from "../../terminal/command-error";
import { environmentsNamed, expectNameOrAll } from "../../terminal/environment-arguments";
import { nameOfA, wholeNumber } from "../../terminal/option-values";
import { print, printError } from "../../terminal/print";
import { startProgress } from "../../terminal/progress";
import { diagnose } from "./diagnose";
import { doctorReportLines, jsonReport, markdownReport, shortLines, summaryLines } from "./report";

const EXIT: Readonly<Record<Answer, number>> = { healthy: 0, unhealthy: 4, unknown: 5 };

/** How many environments are checked in parallel by default. */
const PARALLEL = 16;

interface DoctorOptions {
  readonly all?: boolean;
  readonly slack?: boolean;
  readonly slackOnly?: boolean;
  readonly members?: boolean;
  readonly channel?: string;
  readonly assume?: boolean;
  readonly parallel?: number;
  readonly format: "text" | "json";
  readonly report?: string;
  readonly markdown?: string;
}

/** Adds `support-app doctor`. */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  program
    .command("doctor")
    .summary("why it does not work in Slack, and what to do")
    .description(
      "Report what keeps people in Slack from what environments.yaml gives them, what lets them do more, and how to fix it. It only reads.",
    )
    .argument("[environments...]", "names of environments in environments.yaml")
    .option("--all", "check every environment of environments.yaml")
    .option("--slack", "also check in Slack who is in the channels, with the token in SLACK_BOT_TOKEN")
    .addOption(
      new Option("--slack-only", "check only Slack, as --slack does, without an AWS account")
        .implies({ slack: true })
        .conflicts("assume"),
    )
    .addOption(
      new Option("--members", "also print who is in the channels in Slack, by name and ID. Implies --slack").implies({
        slack: true,
      }),
    )
    .option("--channel <name>", "check one Slack channel, by its name or its ID, and what it depends on")
    .option("--assume", "first assume each environment's plan-role or, without one, its deploy-role")
    .option("--parallel <number>", `how many environments in parallel (default: ${PARALLEL})`, wholeNumber)
    .addOption(new Option("--format <format>", "what to print").choices(["text", "json"]).default("text"))
    .addOption(
      // A part isn't the environment's answer.
      new Option("--report <file>", "also write the report as JSON")
        .argParser(nameOfA("file"))
        .conflicts(["channel", "slackOnly", "members"]),
    )
    .option("--markdown <file>", "also write the report as Markdown", nameOfA("file"))
    .addHelpText(
      "after",
      "\nExit status: 0 healthy; 4 unhealthy; 5 unknown, because something couldn't be checked; 1 an error; 2 wrong usage.",
    )
    .action(async (names: string[], options: DoctorOptions) => exitWith(await doctor(names, options)));
}

async function doctor(names: readonly string[], options: DoctorOptions): Promise<number> {
  const environments = environmentsToDiagnose(names, options);
  const { assume, format, parallel = PARALLEL } = options;
  const channels = options.channel === undefined ? undefined : channelsByName(options.channel, environments);
  const readAt = new Date();
  // First, so that a failed run leaves no report of an earlier one.
  const writeReport = openReport("--report", options.report);
  const writeMarkdown = openReport("--markdown", options.markdown);
  const slack = options.slack ? connectToSlack() : undefined;
  const connection = options.slackOnly ? undefined : connect();
  const isMany = options.all === true || environments.length > 1;
  const count = environments.length;
  const limit = pLimit(parallel);
  printError(`Looking at ${isMany ? formatCount(count, "environment") : environments[0]?.name} …`);
  const progress = startProgress(count, "environments");
  try {
    const diagnoseOne = async (environment: Environment) => {
      const role = assume ? readerRoleOf(environment) : undefined;
      const now = new Date();
      const result = await diagnose(connection, environment, { now, role, channels, slack, isNamed: options.members });
      progress.step(format === "json" && isMany ? `${result.name} is ${result.answer}.` : undefined);
      if (format === "text") print(isMany ? shortLines(result) : doctorReportLines(result));
      return result;
    };
    const diagnoses = environments.map((environment) => limit(() => diagnoseOne(environment)));
    const results = await Promise.all(diagnoses).finally(progress.end);
    const json = jsonReport(results, readAt);
    if (format === "json") print(json.split("\n"));
    else if (isMany) print(summaryLines(results));
    writeReport?.(`${json}\n`);
    writeMarkdown?.(markdownReport(results));
    return EXIT[worstOf(results.map(({ answer }) => answer))];
  } finally {
    connection?.destroy();
  }
}

/** Empties a file, so that an interrupted run leaves no report of an earlier one. Opened once, since it may be a pipe. */
function openReport(option: string, file: string | undefined): ((text: string) => void) | undefined {
  if (file === undefined) return undefined;
  const inWords = (reason: string) => `Can't write ${option} ${describePath(file)}: ${reason}. Choose another file.`;
  const descriptor = explainFailure(inWords, () => openSync(file, "w"));
  return (text) => explainFailure(inWords, () => appendFileSync(descriptor, text));
}

function environmentsToDiagnose(
  names: readonly string[],
  { all: isForAll, channel, slackOnly: isSlackOnly }: DoctorOptions,
): readonly Environment[] {
  expectNameOrAll(names[0], isForAll);
  const environments = loadEnvironments();
  const namedEnvironments = isForAll ? environments : environmentsNamed(names, environments);
  if (channel !== undefined && (isForAll || namedEnvironments.length > 1)) {
    throw new UsageError(
      `Received --channel with ${isForAll ? "--all" : `${namedEnvironments.length} environments`}, expected it with one environment. Name the environment that has the channel.`,
    );
  }
  const current = namedEnvironments.filter(({ retired }) => !retired);
  if (channel !== undefined && current.length === 0) {
    throw new CommandError(
      `Received --channel with the retired ${names.join(", ")}, expected an environment that isn't retired: no channel is meant to be left. Leave --channel out.`,
    );
  }
  if (!isSlackOnly) return namedEnvironments;
  if (current.every(({ channels }) => channels.length === 0)) {
    throw new CommandError(
      `Received --slack-only with ${isForAll ? "--all" : names.join(", ")}, expected an environment with channels. There is nothing to look at in Slack.`,
    );
  }
  return current;
}

function channelsByName(nameOrId: string, environments: readonly Environment[]): readonly Channel[] {
  const channels = environments.flatMap((environment) => environment.channels);
  const matchingChannels = channels.filter(({ name, channel }) => nameOrId === name || nameOrId === channel);
  if (matchingChannels.length > 0) return matchingChannels;
  const channelNames = channels.map(({ name, channel }) => `${name} (${channel})`);
  throw new CommandError(
    `Received --channel ${describe(nameOrId)}, expected the name or the ID of ${channelNames.length === 0 ? "a channel, and environments.yaml has none here" : oneOf(channelNames)}.`,
  );
}
