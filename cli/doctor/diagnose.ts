import type { Channel, Environment } from "../../stacks/environment";
import type { Connection } from "../aws/connection";
import { mapped } from "../aws/lookup";
import { type Answer, worstOf } from "../doctor-report";
import type { Slack } from "../slack/connection";
import { readSlackPeople } from "../slack/live-people";
import { type Account, readAccount } from "./account";
import type { Check, Examined, Finding, Outcome, Subject } from "./check";
import { capabilities } from "./checks/capabilities";
import { channels } from "./checks/channels";
import { credentials } from "./checks/credentials";
import { otherRoles } from "./checks/other-roles";
import { permissionsBoundary } from "./checks/permissions-boundary";
import { region } from "./checks/region";
import { role } from "./checks/role";
import { serviceQuotasRole } from "./checks/service-quotas-role";
import { slackChannels } from "./checks/slack-channels";
import { slackPeople } from "./checks/slack-people";
import { slackToken } from "./checks/slack-token";
import { supportPlan } from "./checks/support-plan";
import { trust } from "./checks/trust";
import { unexpectedAccess } from "./checks/unexpected-access";
import { givenNotes } from "./given-notes";

/** Every check, in the order of the report. Without the right credentials, the others can't look at anything. */
export const CHECKS: readonly Check[] = [
  credentials,
  region,
  supportPlan,
  role,
  trust,
  permissionsBoundary,
  unexpectedAccess,
  capabilities,
  channels,
  otherRoles,
  serviceQuotasRole,
];

/** The checks of Slack, for --slack. They don't depend on AWS. */
const SLACK_CHECKS: readonly Check[] = [slackToken, slackChannels, slackPeople];

/** The diagnosis of an environment. */
export interface Diagnosis {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly answer: Answer;
  readonly checks: readonly CheckResult[];
  /** Anything worth knowing that is neither healthy nor unhealthy. */
  readonly notes: readonly string[];
}

/** The result of a check. */
export interface CheckResult {
  readonly name: string;
  readonly sentence: string;
  /** `skipped`: it can't look at anything, or at everything, before another check is healthy. */
  readonly answer: Answer | "skipped";
  /** The check that it waits for. */
  readonly waitsFor?: string;
  /** What else it didn't look at, as `about` of a finding. */
  readonly unseen?: readonly Subject["about"][];
  readonly findings: readonly Finding[];
}

/** How to diagnose. */
export interface DiagnoseOptions {
  /** The current time. */
  readonly now: Date;
  /** ARN of the role to assume first. */
  readonly deployRole?: string;
  /** Name or ID of the only channel to look at, with what it depends on. */
  readonly channel?: string;
  /** Called when AWS stops answering. */
  readonly onSilence?: () => void;
  /** Also asked, if it is given. */
  readonly slack?: Slack;
}

/** Diagnoses an environment. Nothing is changed. */
export async function diagnose(
  connection: Connection,
  environment: Environment,
  { now, deployRole, channel, onSilence, slack }: DiagnoseOptions,
): Promise<Diagnosis> {
  const about = channel === undefined ? environment : aboutChannel(environment, channel);
  const [live, people] = await Promise.all([
    channel === undefined
      ? readAccount(connection, environment, now, deployRole, onSilence)
      : readChannelAccount(connection, about, now, deployRole),
    slack && readSlackPeople(slack, about.channels),
  ]);
  const examined: Examined = { environment: about, whole: environment, account: live, slack: people };
  const isAllowedIn = credentials.examine(examined).findings.length === 0;
  const checks = CHECKS.filter((check) => channel === undefined || check !== otherRoles);
  const outcomes = [...checks, ...(people ? SLACK_CHECKS : [])].map((check): readonly [Check, Outcome] => [
    check,
    isAllowedIn || check === credentials || SLACK_CHECKS.includes(check)
      ? check.examine(examined)
      : { findings: [], waitsFor: credentials.name },
  ]);
  const { name, account, region } = environment;
  return {
    name,
    account,
    region,
    answer: worstOf(outcomes.flatMap(([, { findings }]) => answersOf(findings))),
    checks: outcomes.map(([{ name, sentence }, { findings, waitsFor, unseen = [] }]) => {
      const isSkipped = findings.length === 0 && waitsFor !== undefined;
      const answer = isSkipped ? "skipped" : worstOf(answersOf(findings));
      return { name, sentence, answer, waitsFor, unseen: unseen.length > 0 ? unseen : undefined, findings };
    }),
    notes: [
      ...(channel === undefined ? [] : givenNotes(about, now)),
      ...new Set(outcomes.flatMap(([, { notes }]) => notes ?? [])),
    ],
  };
}

function answersOf(findings: readonly Finding[]): Answer[] {
  return findings.map(({ answer }) => answer);
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

/** The account of an environment, with only the environment's own channels. */
async function readChannelAccount(
  connection: Connection,
  about: Environment,
  now: Date,
  deployRole: string | undefined,
): Promise<Account> {
  const account = await readAccount(connection, about, now, deployRole);
  const found = mapped(account.channels, (all) =>
    all.filter((one) =>
      about.channels.some(({ workspace, channel }) => one.workspace === workspace && one.channel === channel),
    ),
  );
  return { ...account, channels: found };
}
