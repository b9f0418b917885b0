import type { Channel, Environment } from "../../../stacks/environments/environment";
import { REGIONS } from "../../../stacks/environments/environments-schema";
import type { Connection } from "../../aws/connection";
import { signIn } from "../../aws/identity";
import { type CheckResult, type Finding, type ReportedEnvironment, worstOf } from "../../reports/doctor-report";
import type { Slack } from "../../slack/connection";
import { readSlackPeople } from "../../slack/live-people";
import { readAccount } from "./account";
import type { Check, Outcome } from "./check";
import { CHECKS, SLACK_CHECKS } from "./checks";
import { accountAlias } from "./checks/account-alias";
import { credentials, credentialsProblems } from "./checks/credentials";
import { otherRegions } from "./checks/other-regions";
import { otherRoles } from "./checks/other-roles";
import { givenNotes } from "./notes";
import { endingNotices, policyNotices } from "./notices";

export interface DiagnoseOptions {
  readonly now: Date;
  /** ARN of the role to assume first. */
  readonly deployRole?: string;
  /** The only channels to look at, with what they depend on. */
  readonly channels?: readonly Channel[];
  readonly slack?: Slack;
}

/** The checks that look at what one channel doesn't depend on. */
const OF_ALL_CHANNELS: readonly Check[] = [accountAlias, otherRegions, otherRoles];

/** Diagnoses an environment. Nothing is changed. */
export async function diagnose(
  connection: Connection,
  environment: Environment,
  { now, deployRole, channels: only, slack }: DiagnoseOptions,
): Promise<ReportedEnvironment> {
  const { name, account: id, region } = environment;
  const channels = only ?? environment.channels;
  const levels = environment.accesses.filter(({ access }) => !only || only.some((one) => one.access === access));
  const readPeople = slack && readSlackPeople(slack, channels);
  const signedIn = await signIn(connection.configFor(environment), deployRole, "support-app-doctor");
  const problems = credentialsProblems(environment, signedIn);
  const others = only ? [] : REGIONS.filter((other) => other !== region);
  const config = "known" in signedIn && problems.length === 0 ? signedIn.known.config : undefined;
  const account = config && (await readAccount(config, environment, levels, now, others));
  const people = await readPeople;
  const ofAws = CHECKS.filter((check) => !only || !OF_ALL_CHANNELS.includes(check));
  const examined = { environment, channels, isWhole: !only, slack: people };
  const examine = (check: Check) =>
    account ? check.examine({ ...examined, account }) : { waitsFor: credentials.name };
  const outcomes: readonly (Pick<Check, "name" | "sentence"> & Outcome)[] = [
    { ...credentials, findings: problems },
    ...ofAws.map((check) => ({ ...check, ...examine(check) })),
    ...(people ? SLACK_CHECKS.map((check) => ({ ...check, ...check.examine({ ...examined, slack: people }) })) : []),
  ];
  const notices = [
    ...levels.flatMap((props) => endingNotices(props, environment, now)),
    ...(account?.accesses ?? []).flatMap(policyNotices),
  ];
  const notes = [
    ...notices.map(({ text }) => text),
    ...(only ? givenNotes({ ...environment, channels: only }, now) : []),
    ...outcomes.flatMap((one) => one.notes ?? []),
  ];
  const answerOf = (findings: readonly Finding[]) => worstOf(findings.map(({ answer }) => answer));
  const checks = outcomes.map(({ name, sentence, findings = [], waitsFor, unseen }): CheckResult => {
    const answer = findings.length === 0 && waitsFor !== undefined ? "skipped" : answerOf(findings);
    return { name, sentence, answer, waitsFor, unseen, findings };
  });
  return {
    name,
    account: id,
    region,
    answer: answerOf(checks.flatMap(({ findings }) => findings)),
    checks,
    notes: [...new Set(notes)],
    notices,
  };
}
