import { type Command, Option } from "commander";
import { counted } from "../../../stacks/counted";
import type { Channel, Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { MAX_MEMBERS } from "../../../stacks/environments/environments-schema";
import { environmentsNamed, expectNameOrAll } from "../../environment";
import { peopleReportSchema, type ReportedChannel } from "../../reports/people-report";
import { connectToSlack } from "../../slack/connection";
import { countsOf, readSlackPeople, type SlackPeople } from "../../slack/live-people";
import { type SlackFailure, slackFix } from "../../slack/lookup";
import { CommandError } from "../../terminal/command-error";
import { jsonText } from "../../terminal/json";
import { print, printError } from "../../terminal/print";
import { peopleLines } from "./report";

/** The exit status when something isn't known, the same as doctor's. */
const UNKNOWN = 5;

type PeopleOptions = Readonly<{ all?: boolean; members?: boolean; format: "text" | "json" }>;

/** Adds `support-app people`. */
export function addCommand(program: Command, exitWith: (status: number) => void): void {
  program
    .command("people")
    .summary("who is in the Slack channels")
    .description(
      "Look in Slack at the channels of an environment: whether each is private, archived or shared with another organization, and how many people, guests and bots are in it. It needs no AWS account and changes nothing. It reads the token of a Slack app from SLACK_BOT_TOKEN (scopes channels:read, groups:read, users:read).",
    )
    .argument("[environment]", "name of the environment in environments.yaml, or several, separated by commas")
    .option("--all", "the channels of every environment of environments.yaml")
    .option("--members", "print everyone's name and ID")
    .addOption(new Option("--format <format>", "what to print").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExit status: 0 everything is known; 5 something is unknown; 1 an error; 2 wrong usage.")
    .action(async (name: string | undefined, options: PeopleOptions) => exitWith(await people(name, options)));
}

async function people(name: string | undefined, { all, members, format }: PeopleOptions): Promise<number> {
  const environments = chosen(name, all);
  const slack = connectToSlack();
  const readAt = new Date().toISOString();
  printError(`Asking Slack about ${counted(environments.length, "environment")} …`);
  const looked = await Promise.all(
    environments.map(async (environment) => {
      const { name, account, channels } = environment;
      const seen = await readSlackPeople(slack, channels);
      return { name, account, channels: channels.map((channel) => reported(seen, channel, members === true)) };
    }),
  );
  const report = peopleReportSchema.parse({ schemaVersion: 1, readAt, environments: looked });
  print(format === "json" ? jsonText(report).split("\n") : peopleLines(report.environments));
  return looked.some(({ channels }) => channels.some(({ unknown }) => unknown.length > 0)) ? UNKNOWN : 0;
}

function chosen(name: string | undefined, all: boolean | undefined): readonly Environment[] {
  expectNameOrAll(name, all);
  const environments = loadEnvironments();
  const named = name === undefined ? environments : environmentsNamed([name], environments);
  const withChannels = named.filter(({ channels, retired }) => channels.length > 0 && !retired);
  if (withChannels.length > 0) return withChannels;
  throw new CommandError(
    `Received ${name ?? "--all"}, expected an environment with channels that isn't retired. There is nothing to look at.`,
  );
}

export function reported({ token, channels }: SlackPeople, channel: Channel, isNaming: boolean): ReportedChannel {
  const about = { workspace: channel.workspace, channel: channel.channel, name: channel.name, access: channel.access };
  const because = (unknown: SlackFailure) => `${unknown.message}. ${slackFix(unknown)}`;
  if ("unknown" in token) return { ...about, unknown: [because(token.unknown)] };
  const { workspace } = token.known;
  const found = workspace === channel.workspace ? channels.get(channel.channel) : undefined;
  if (found === undefined) {
    const other = `SLACK_BOT_TOKEN is a token of ${workspace}, which can't read channels of ${channel.workspace}. Run this again with a token of ${channel.workspace}.`;
    return { ...about, unknown: [other] };
  }
  const { state, members } = found;
  if ("unknown" in state) return { ...about, unknown: [because(state.unknown)] };
  const known = { ...about, state: state.known };
  if ("unknown" in members) return { ...known, unknown: [because(members.unknown)] };
  const { unseen, why, people } = members.known;
  const unseenWords = `${unseen} more members were not looked up, since they are beyond the limit of ${MAX_MEMBERS}. Remove people who don't need the cases from the channel.`;
  const unknown = why ? [because(why)] : unseen > 0 ? [unseenWords] : [];
  return { ...known, counts: countsOf(members.known), people: isNaming ? [...people] : undefined, unknown };
}
