import type { Access } from "../../../modules/support-app/model/access";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import type { Channel, Environment } from "../../../stacks/environments/environment";
import { adviceFor } from "../../aws/advice";
import { knownOf, type LookupFailure } from "../../aws/lookup";
import type { PlacedChannel } from "../../findings/channel-findings";
import { type Draft, type Fix, manualFix } from "../../findings/finding";
import type { EnvironmentKind } from "../../findings/kinds";
import type { PolicyStatement } from "../../iam/policy";
import type { SlackPeople } from "../../slack/live-people";
import { type SlackFailure, slackFix } from "../../slack/lookup";
import type { Account, LiveAccess } from "./account";

/** What a finding is about, such as a role or a channel. */
export type About = Pick<Draft, "resource" | "about" | "impact">;

export interface Outcome {
  readonly findings?: readonly Draft[];
  /** Anything worth knowing that is neither healthy nor unhealthy. */
  readonly notes?: readonly string[];
  /** The check that must be healthy before this one can look at anything, or at everything. */
  readonly waitsFor?: EnvironmentKind;
  /** What else it didn't look at, as `about` of a finding: an earlier finding there isn't healed. */
  readonly unseen?: About["about"][];
}

export interface Examined {
  readonly environment: Environment;
  /** The channels to look at: all of the environment, or some. */
  readonly channels: readonly Channel[];
  /** Whether all of the environment is looked at. */
  readonly isWhole: boolean;
  readonly account: Account;
  readonly slack?: SlackPeople;
}

export type ExaminedSlack = Pick<Examined, "environment" | "channels"> & { readonly slack: SlackPeople };

/** One question to an account or, with other things to look at, to Slack. Its kind says what is true when it is healthy. */
export interface Check<Of = Examined> {
  /** What it needs in AWS. Undefined: it asks Slack, or another check reads it. */
  readonly permissions?: readonly Pick<PolicyStatement, "Action" | "Resource">[];
  readonly examine: (examined: Of) => Outcome;
}

export function eachAccess(examine: (access: LiveAccess, examined: Examined) => Outcome): Check["examine"] {
  return (examined) => merged(examined.account.accesses.map((access) => examine(access, examined)));
}

/** The outcome of a check that looks at several things. */
export function merged(outcomes: readonly Outcome[]): Outcome {
  const unseen = outcomes.flatMap((one) => one.unseen ?? []);
  return {
    findings: outcomes.flatMap(({ findings = [] }) => findings),
    notes: outcomes.flatMap(({ notes = [] }) => notes),
    waitsFor: outcomes.findLast(({ waitsFor }) => waitsFor !== undefined)?.waitsFor,
    unseen: unseen.length > 0 ? unseen : undefined,
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
export function restoringFix(environment: Environment, what: string): Fix {
  const text = `Deploy the environment, which restores ${what}. First find out who changed it, and why: it may have been to stop somebody.`;
  return deployFix(environment, text);
}

/** What to set if AWS's policy isn't enough: a customer-managed policy, which can't be adopted because it doesn't exist yet. */
export function ownPolicyChange({ policy, adopt }: Access): object {
  if (policy !== "aws-managed") return {};
  return { policy: "customer-managed", ...(adopt ? { adopt: false } : {}) };
}

export function roleOf(props: Access): About {
  return { resource: `role ${iamNamesOf(props).roleName} (${props.access})`, about: [props.access] };
}

/** A channel, whatever its name. */
export function channelOf(of: Pick<Channel, "channel" | "workspace"> & { readonly name?: string | undefined }): About {
  const { name, channel, workspace } = of;
  const called = name === undefined ? "the channel" : `#${name}`;
  return { resource: `${called} (${channel} of ${workspace})`, about: ["channel", workspace, channel] };
}

export function isSameChannel(
  channel: Pick<Channel, "workspace" | "channel">,
  other: Pick<Channel, "workspace" | "channel">,
): boolean {
  return channel.workspace === other.workspace && channel.channel === other.channel;
}

/** Every channel of the account that could be read. */
export function liveChannelsOf({ environment, account }: Examined): PlacedChannel[] {
  return [{ region: environment.region, channels: account.channels }, ...account.elsewhere].flatMap(
    ({ region, channels }) => (knownOf(channels) ?? []).map((channel) => ({ ...channel, region })),
  );
}

/** A channel of the account, by its name there, and by its region if the environment is in another. */
export function liveChannelOf(environment: Environment, { properties, region, ...channel }: PlacedChannel): About {
  const of = channelOf({ ...channel, name: knownOf(properties)?.ChannelName });
  if (region === environment.region) return of;
  return { resource: `${of.resource} in ${region}`, about: [region, channel.workspace, channel.channel] };
}

/** The finding that something couldn't be read in AWS or Slack. */
export function unknownFinding(of: About, expected: string, unknown: LookupFailure | SlackFailure): Draft {
  const fix = "method" in unknown ? manualFix(slackFix(unknown)) : adviceFor(unknown, "doctor");
  return { answer: "unknown", ...of, expected, found: unknown.message, fix };
}
