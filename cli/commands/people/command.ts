import { type Command, Option } from "commander";
import { formatCount } from "../../../common/format-count";
import { jsonText } from "../../../common/json";
import type { Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { environmentsNamed, expectNameOrAll } from "../../arguments/environment";
import { peopleReportSchema, type ReportedChannel } from "../../reports/people-report";
import { connectToSlack } from "../../slack/connection";
import { peopleIn, readSlackPeople } from "../../slack/live-people";
import { CommandError } from "../../terminal/command-error";
import { print, printError } from "../../terminal/print";
import { peopleLines } from "./report";

/** The exit status when something isn't known, the same as doctor's. */
const UNKNOWN = 5;

type PeopleOptions = Readonly<{ all?: boolean; members?: boolean; format: "text" | "json" }>;

/** Adds `support-app people`. */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  program
    .command("people")
    .summary("who is in the Slack channels, in numbers")
    .description(
      "Look in Slack at the channels of an environment: whether each is private, archived or shared with another organization, and how many people, guests and bots are in it. It needs no AWS account and changes nothing. It reads the token of a Slack app from SLACK_BOT_TOKEN (scopes channels:read, groups:read, users:read).",
    )
    .argument("[environments...]", "names of environments in environments.yaml")
    .option("--all", "the channels of every environment of environments.yaml")
    .option("--members", "print everyone's name and ID")
    .addOption(new Option("--format <format>", "what to print").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExit status: 0 everything is known; 5 something is unknown; 1 an error; 2 wrong usage.")
    .action(async (names: string[], options: PeopleOptions) => exitWith(await people(names, options)));
}

async function people(names: readonly string[], { all: isForAll, members, format }: PeopleOptions): Promise<number> {
  const environments = environmentsToRead(names, isForAll);
  const slack = connectToSlack();
  const readAt = new Date().toISOString();
  printError(`Asking Slack about ${formatCount(environments.length, "environment")} …`);
  const reports = await Promise.all(
    environments.map(async (environment) => {
      const { name, account, channels } = environment;
      const slackPeople = await readSlackPeople(slack, channels);
      const reportedChannels = channels.map(({ workspace, channel, name, access, team }): ReportedChannel => {
        const { people, ...channelState } = peopleIn(slackPeople, { workspace, channel });
        return { workspace, channel, name, access, team, ...channelState, people: members ? people : undefined };
      });
      return { name, account, channels: reportedChannels };
    }),
  );
  const report = peopleReportSchema.parse({ schemaVersion: 1, readAt, environments: reports });
  print(format === "json" ? jsonText(report).split("\n") : peopleLines(report.environments));
  return reports.some(({ channels }) => channels.some(({ unknown }) => unknown.length > 0)) ? UNKNOWN : 0;
}

function environmentsToRead(names: readonly string[], isForAll: boolean | undefined): readonly Environment[] {
  expectNameOrAll(names[0], isForAll);
  const environments = loadEnvironments();
  const namedEnvironments = isForAll ? environments : environmentsNamed(names, environments);
  const withChannels = namedEnvironments.filter(({ channels, retired }) => channels.length > 0 && !retired);
  if (withChannels.length > 0) return withChannels;
  throw new CommandError(
    `Received ${isForAll ? "--all" : names.join(", ")}, expected an environment with channels that isn't retired. There is nothing to look at.`,
  );
}
