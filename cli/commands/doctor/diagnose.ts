import { REGIONS } from "../../../modules/support-app/model/limits";
import { isSameOwner } from "../../../modules/support-app/model/team";
import type { AssumedRole, Channel, Environment } from "../../../stacks/environments/environment";
import type { Connection } from "../../aws/connection";
import { signIn } from "../../aws/identity";
import { findOrphans, type Keeping } from "../../aws/orphans";
import type { CheckResult, ReportedEnvironment } from "../../findings/doctor-report";
import { endNotices } from "../../findings/end-notices";
import { environmentFinding, type Finding, worstOf } from "../../findings/finding";
import { ENVIRONMENT_KINDS, type EnvironmentKind, KINDS } from "../../findings/kinds";
import type { Slack } from "../../slack/connection";
import { peopleIn, readSlackPeople, type SlackPeople } from "../../slack/live-people";
import { readDoctorAccount } from "./account";
import type { Outcome } from "./check";
import { DOCTOR_CHECKS, SLACK_CHECKS, type SlackKind } from "./checks";
import { credentialsProblems } from "./checks/credentials";
import { retiredOutcome } from "./checks/retired";
import { givenNotes } from "./notes";
import { policyNotices } from "./notices";

export interface DiagnoseOptions {
  readonly now: Date;
  /** The role to assume first. */
  readonly role?: AssumedRole;
  /** The only channels to look at, with what they depend on. */
  readonly channels?: readonly Channel[];
  readonly slack?: Slack;
  /** Whether everyone in the channels is named. */
  readonly isNamed?: boolean;
}

/** No state is read: what it has of a retired environment is still there, too. */
const NOTHING_KEPT: Keeping = { isRemoved: true, isStated: () => false, statedRoles: [] };

/** The checks that look at what one channel doesn't depend on. */
const OF_ALL_CHANNELS: readonly EnvironmentKind[] = ["account-alias", "other-regions", "other-roles"];

/** Diagnoses an environment. Nothing is changed. @param connection undefined: only Slack is asked */
export async function diagnose(
  connection: Connection | undefined,
  environment: Environment,
  { now, role, channels: chosenChannels, slack, isNamed = false }: DiagnoseOptions,
): Promise<ReportedEnvironment> {
  const { name, account: id, region } = environment;
  const channels = chosenChannels ?? environment.channels;
  const { retired: isRetired } = environment;
  const levels = environment.accesses.filter(
    (props) => !isRetired && (!chosenChannels || chosenChannels.some((channel) => isSameOwner(channel, props))),
  );
  const readPeople = slack && !isRetired ? readSlackPeople(slack, channels) : undefined;
  const signedIn = connection && (await signIn(connection.configFor(environment), role, "support-app-doctor"));
  const problems = signedIn ? credentialsProblems(environment, signedIn) : [];
  const otherRegions = chosenChannels ? [] : REGIONS.filter((otherRegion) => otherRegion !== region);
  const config = signedIn && "known" in signedIn && problems.length === 0 ? signedIn.known.config : undefined;
  const orphans = config && isRetired ? await findOrphans(config, environment, NOTHING_KEPT) : undefined;
  const account =
    config && !isRetired ? await readDoctorAccount(config, environment, levels, now, otherRegions) : undefined;
  const people = await readPeople;
  const examination = { environment, channels, isWhole: !chosenChannels, slack: people };
  const outcomeOf = (kind: EnvironmentKind): Outcome | undefined => {
    if (isOfSlack(kind)) return people && SLACK_CHECKS[kind].examine({ ...examination, slack: people });
    if (!connection) return undefined;
    if (kind === "credentials") return { findings: problems };
    if (isRetired !== (kind === "retired")) return undefined;
    if (kind === "retired") return orphans ? retiredOutcome(environment, orphans) : { waitsFor: "credentials" };
    if (chosenChannels && OF_ALL_CHANNELS.includes(kind)) return undefined;
    return account ? DOCTOR_CHECKS[kind].examine({ ...examination, account }) : { waitsFor: "credentials" };
  };
  const outcomes = ENVIRONMENT_KINDS.flatMap((kind) => {
    const outcome = outcomeOf(kind);
    return outcome ? [{ kind, ...KINDS[kind], ...outcome }] : [];
  });
  const notices = [
    ...levels.flatMap((props) => endNotices(props, environment, now)),
    ...(account?.accesses ?? []).flatMap(policyNotices),
  ];
  const findings = [
    ...outcomes.flatMap(({ kind, findings = [] }) => findings.map((draft) => environmentFinding(name, kind, draft))),
    ...notices.map((notice): Finding => ({ ...notice, subject: { environment: name } })),
  ];
  const notes = [
    ...(chosenChannels ? givenNotes({ ...environment, channels: chosenChannels }, now) : []),
    ...outcomes.flatMap((outcome) => outcome.notes ?? []),
  ];
  const checks = outcomes.map(({ kind, healthy, findings = [], waitsFor }): CheckResult => {
    const isSkipped = findings.length === 0 && waitsFor !== undefined;
    const answer = isSkipped ? "skipped" : worstOf(findings.map((draft) => draft.answer));
    return { name: kind, sentence: healthy, answer, waitsFor };
  });
  const answer = worstOf(findings.map((finding) => finding.answer));
  return {
    name,
    account: id,
    region,
    answer,
    checks,
    findings,
    notes: [...new Set(notes)],
    channels: people && channels.map((channel) => reportedChannel(channel, people, isNamed)),
  };
}

function reportedChannel({ workspace, channel, name }: Channel, inSlack: SlackPeople, isNamed: boolean) {
  const { state, counts, people } = peopleIn(inSlack, { workspace, channel });
  return { workspace, channel, name, state, counts, people: isNamed ? people : undefined };
}

function isOfSlack(kind: EnvironmentKind): kind is SlackKind {
  return kind in SLACK_CHECKS;
}
