import type { Channel, Environment } from "../../../stacks/environments/environment";
import type { Connection } from "../../aws/connection";
import { mapped } from "../../aws/lookup";
import {
  type Answer,
  type CheckResult,
  type Finding,
  type ReportedEnvironment,
  worstOf,
} from "../../reports/doctor-report";
import type { Slack } from "../../slack/connection";
import { readSlackPeople } from "../../slack/live-people";
import { type Account, readAccount } from "./account";
import type { Examined, Outcome } from "./check";
import { CHECKS, SLACK_CHECKS } from "./checks";
import { isSameChannel } from "./checks/channels";
import { credentials } from "./checks/credentials";
import { otherRoles } from "./checks/other-roles";
import { givenNotes } from "./notes";

/** How to diagnose. */
export interface DiagnoseOptions {
  /** The current time. */
  readonly now: Date;
  /** ARN of the role to assume first. */
  readonly deployRole?: string;
  /** Name or ID of the only channel to look at, with what it depends on. */
  readonly channel?: string;
  /** Also asked, if it is given. */
  readonly slack?: Slack;
}

/** Diagnoses an environment. Nothing is changed. */
export async function diagnose(
  connection: Connection,
  whole: Environment,
  { now, deployRole, channel, slack }: DiagnoseOptions,
): Promise<ReportedEnvironment> {
  const environment = channel === undefined ? whole : aboutChannel(whole, channel);
  const [live, people] = await Promise.all([
    readAccount(connection, environment, now, deployRole),
    slack && readSlackPeople(slack, environment.channels),
  ]);
  const account = channel === undefined ? live : withOwnChannels(live, environment);
  const examined: Examined = { environment, whole, account, slack: people };
  const isAllowedIn = credentials.examine(examined).findings.length === 0;
  const ofAws = CHECKS.filter((check) => channel === undefined || check !== otherRoles);
  const notes = channel === undefined ? [] : givenNotes(environment, now);
  const checks = [...ofAws, ...(people ? SLACK_CHECKS : [])].map((check): CheckResult => {
    const isPossible = isAllowedIn || check === credentials || SLACK_CHECKS.includes(check);
    const outcome: Outcome = isPossible ? check.examine(examined) : { findings: [], waitsFor: credentials.name };
    const { findings, waitsFor, unseen } = outcome;
    notes.push(...(outcome.notes ?? []));
    const isSkipped = findings.length === 0 && waitsFor !== undefined;
    const answer = isSkipped ? "skipped" : answerOf(findings);
    const { name, sentence } = check;
    return { name, sentence, answer, waitsFor, unseen, findings };
  });
  return {
    name: whole.name,
    account: whole.account,
    region: whole.region,
    answer: answerOf(checks.flatMap(({ findings }) => findings)),
    checks,
    notes: [...new Set(notes)],
  };
}

function answerOf(findings: readonly Finding[]): Answer {
  return worstOf(findings.map(({ answer }) => answer));
}

/** Whether a channel has that name or ID. */
export function isCalled({ name, channel }: Channel, called: string): boolean {
  return called === name || called === channel;
}

/** An environment with one of its channels, and what that depends on. */
function aboutChannel(environment: Environment, called: string): Environment {
  const channels = environment.channels.filter((channel) => isCalled(channel, called));
  const accesses = environment.accesses.filter(({ access }) => channels.some((channel) => channel.access === access));
  const slackWorkspaces = environment.slackWorkspaces.filter((id) =>
    channels.some(({ workspace }) => workspace === id),
  );
  return { ...environment, channels, accesses, slackWorkspaces };
}

/** An account without the channels that an environment doesn't have. */
function withOwnChannels(account: Account, { channels }: Environment): Account {
  const own = mapped(account.channels, (all) =>
    all.filter((one) => channels.some((channel) => isSameChannel(one, channel))),
  );
  return { ...account, channels: own };
}
