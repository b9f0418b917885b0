import type { Access } from "../../../modules/support-app/model/access";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import type { Channel, Environment } from "../../../stacks/environments/environment";
import { adviceFor } from "../../aws/advice";
import { onlyInAccount, removeChannelCommand } from "../../aws/commands";
import type { LiveChannel } from "../../aws/live-channel";
import { knownOf, type LookupFailure } from "../../aws/lookup";
import type { PolicyStatement } from "../../iam/policy";
import type { CheckName, Finding } from "../../reports/doctor-report";
import type { SlackPeople } from "../../slack/live-people";
import { type SlackFailure, slackFix } from "../../slack/lookup";
import type { Account, LiveAccess } from "./account";

export type { Finding };

/** What a finding is about, such as a role or a channel: in words and, for machines, from general to specific. */
export type Subject = Pick<Finding, "subject" | "about">;

export type Fix = Finding["fix"];

export interface Outcome {
  readonly findings?: Finding[];
  /** Anything worth knowing that is neither healthy nor unhealthy. */
  readonly notes?: readonly string[];
  /** The check that must be healthy before this one can look at anything, or at everything. */
  readonly waitsFor?: string;
  /** What else it didn't look at, as `about` of a finding: an earlier finding there isn't healed. */
  readonly unseen?: Subject["about"][];
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

/** One question to an account or, with other things to look at, to Slack. */
export interface Check<Of = Examined> {
  readonly name: CheckName;
  /** What is true when it is healthy. */
  readonly sentence: string;
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

export function manualFix(text: string): Fix {
  return { text, commands: [] };
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

export function roleOf(props: Access): Subject {
  return { subject: `role ${iamNamesOf(props).roleName} (${props.access})`, about: [props.access] };
}

/** A channel, whatever its name. */
export function channelOf(
  of: Pick<Channel, "channel" | "workspace"> & { readonly name?: string | undefined },
): Subject {
  const { name, channel, workspace } = of;
  const called = name === undefined ? "the channel" : `#${name}`;
  return { subject: `${called} (${channel} of ${workspace})`, about: ["channel", workspace, channel] };
}

/** A channel of the account, in the environment's region or in another. */
export interface PlacedChannel extends LiveChannel {
  readonly region: string;
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
export function liveChannelOf(environment: Environment, { properties, region, ...channel }: PlacedChannel): Subject {
  const of = channelOf({ ...channel, name: knownOf(properties)?.ChannelName });
  if (region === environment.region) return of;
  return { subject: `${of.subject} in ${region}`, about: [region, channel.workspace, channel.channel] };
}

export function removeCommand({ account }: Environment, { region, identifier }: PlacedChannel): string {
  return onlyInAccount({ account, region }, removeChannelCommand({ account, region }, identifier));
}

export function unhealthy(of: Subject, expected: string, found: string, fix: Fix, topic?: GuideTopic): Finding {
  return { answer: "unhealthy", ...of, expected, found, topic, fix };
}

/** The finding that something couldn't be read in AWS or Slack. */
export function unknownFinding(
  of: Subject,
  expected: string,
  unknown: LookupFailure | SlackFailure,
  topic?: GuideTopic,
): Finding {
  const fix = "method" in unknown ? manualFix(slackFix(unknown)) : adviceFor(unknown, "doctor");
  return { answer: "unknown", ...of, expected, found: unknown.message, topic, fix };
}

type GuideTopic = NonNullable<Finding["topic"]>;

/** The topics of AWS's guide, under "Troubleshooting". Source: AWS Support User Guide, Managing access to the AWS Support App. */
export const GUIDE_TOPICS = {
  restrictUsers: topicOf(
    "restrict-channel-users",
    "I want to restrict specific users in my Slack channel from specific actions",
  ),
  missingRole: topicOf("missing-iam-role", "When I configure a Slack channel, I don't see the IAM role that I created"),
  missingPermission: topicOf("missing-permissions-slack", "My IAM role is missing a permission"),
  invalidRole: topicOf("find-the-configured-iam-role", "A Slack error says that my IAM role isn't valid"),
  missingServiceQuotasRole: topicOf(
    "missing-service-quota-role",
    "The AWS Support App says that I'm missing an IAM role for Service Quotas",
  ),
};

function topicOf(anchor: string, title: string): GuideTopic {
  return { title, url: `https://docs.aws.amazon.com/awssupport/latest/user/support-app-permissions.html#${anchor}` };
}
