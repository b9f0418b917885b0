import type { Access } from "../../../modules/support-app/model/access";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { labelOfOwner, type OwnedAccess, type RoleOwner } from "../../../modules/support-app/model/team";
import type { Channel, Environment } from "../../../stacks/environments/environment";
import { adviceFor } from "../../aws/advice";
import { type LookupFailure, valueIfKnown } from "../../aws/lookup";
import type { PlacedChannel } from "../../findings/channel-findings";
import { type Draft, type Fix, manualFix } from "../../findings/finding";
import type { EnvironmentKind } from "../../findings/kinds";
import type { SlackPeople } from "../../slack/live-people";
import { type SlackFailure, slackFix } from "../../slack/lookup";
import type { Account, LiveLevel } from "./account";

/** What a finding is about, such as a role or a channel. */
export type FindingContext = Pick<Draft, "resource" | "about" | "impact">;

export interface Outcome {
  readonly findings?: readonly Draft[];
  /** Anything worth knowing that is neither healthy nor unhealthy. */
  readonly notes?: readonly string[];
  /** The check that must be healthy before this one can look at anything, or at everything. */
  readonly waitsFor?: EnvironmentKind;
}

export interface Examination {
  readonly environment: Environment;
  /** The channels to look at: all of the environment, or some. */
  readonly channels: readonly Channel[];
  /** Whether all of the environment is looked at. */
  readonly isWhole: boolean;
  readonly account: Account;
  readonly slack?: SlackPeople;
}

export type SlackExamination = Pick<Examination, "environment" | "channels"> & { readonly slack: SlackPeople };

/** One question to an account or, with other things to look at, to Slack. Its kind says what is true when it is healthy. */
export interface DoctorCheck<Of = Examination> {
  readonly examine: (examination: Of) => Outcome;
}

export function eachAccess(examine: (access: LiveLevel, eachAccess: Examination) => Outcome): DoctorCheck["examine"] {
  return (examination) => mergeOutcomes(examination.account.accesses.map((access) => examine(access, examination)));
}

/** The outcome of a check that looks at several things. */
export function mergeOutcomes(outcomes: readonly Outcome[]): Outcome {
  return {
    findings: outcomes.flatMap(({ findings = [] }) => findings),
    notes: outcomes.flatMap(({ notes = [] }) => notes),
    waitsFor: outcomes.findLast(({ waitsFor }) => waitsFor !== undefined)?.waitsFor,
  };
}

/** A fix by deploying an environment, with what to change in it first. */
export function deployFix({ name }: Environment, text: string, change?: object): Fix {
  return {
    text,
    change: change && { environments: { [name]: change } },
    commands: [`npx support-app deploy ${name}`],
  };
}

/** A fix by deploying an environment, which restores something that was changed by hand. */
export function restoringFix(environment: Environment, label: string): Fix {
  const text = `Deploy the environment, which restores ${label}. First find out who changed it, and why: it may have been to stop somebody.`;
  return deployFix(environment, text);
}

/** What to set if AWS's policy isn't enough: a customer-managed policy, which can't be adopted because it doesn't exist yet. */
export function ownPolicyChange({ policy, adopt }: Access): object {
  if (policy !== "aws-managed") return {};
  return { policy: "customer-managed", ...(adopt ? { adopt: false } : {}) };
}

/** A change of an access level or a team, as a change of its environment. */
export function changeOf({ access, team }: RoleOwner, change: object): object {
  return team === undefined ? { [access]: change } : { teams: { [team]: change } };
}

export function roleLocation(props: OwnedAccess): FindingContext {
  const label = labelOfOwner(props);
  return { resource: `role ${iamNamesOf(props).roleName} (${label})`, about: [label] };
}

/** A channel, whatever its name. */
export function channelLocation(
  slackChannel: Pick<Channel, "channel" | "workspace"> & { readonly name?: string | undefined },
): FindingContext {
  const { name, channel, workspace } = slackChannel;
  const label = name === undefined ? "the channel" : `#${name}`;
  return { resource: `${label} (${channel} of ${workspace})`, about: ["channel", workspace, channel] };
}

/** Every channel of the account that could be read. */
export function liveChannelsOf({ environment, account }: Examination): PlacedChannel[] {
  return [{ region: environment.region, channels: account.channels }, ...account.elsewhere].flatMap(
    ({ region, channels }) => (valueIfKnown(channels) ?? []).map((channel) => ({ ...channel, region })),
  );
}

/** A channel of the account, by its name there, and by its region if the environment is in another. */
export function liveChannelOf(
  environment: Environment,
  { properties, region, ...channel }: PlacedChannel,
): FindingContext {
  const location = channelLocation({ ...channel, name: valueIfKnown(properties)?.ChannelName });
  if (region === environment.region) return location;
  return { resource: `${location.resource} in ${region}`, about: [region, channel.workspace, channel.channel] };
}

/** The finding that something couldn't be read in AWS or Slack. */
export function unknownFinding(
  location: FindingContext,
  expected: string,
  unknown: LookupFailure | SlackFailure,
): Draft {
  const fix = "method" in unknown ? manualFix(slackFix(unknown)) : adviceFor(unknown, "doctor");
  return { answer: "unknown", ...location, expected, found: unknown.message, fix };
}
