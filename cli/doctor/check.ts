import { iamNamesOf } from "../../modules/support-app/iam-names";
import type { SupportAppAccessProps } from "../../modules/support-app/support-app-access-props";
import type { Channel, Environment } from "../../stacks/environment";
import { endpointInWords } from "../aws/endpoint";
import { unsupportedWords } from "../aws/live-document";
import { policyInWords } from "../aws/live-role";
import type { Lookup, LookupFailure } from "../aws/lookup";
import type { CheckName } from "../doctor-report";
import type { SlackPeople } from "../slack/live-people";
import { type SlackFailure, slackFix } from "../slack/lookup";
import type { Account } from "./account";
import type { GuideTopic } from "./guide-topic";
import type { Undetermined } from "./judge";

/** How an environment is, or what a check says of it. What isn't known is neither healthy nor unhealthy. */
export type Answer = "healthy" | "unhealthy" | "unknown";

/** What a finding is about, such as a role or a channel. */
export interface Subject {
  /** In words. */
  readonly subject: string;
  /** For machines, from the general to the particular: what isn't known of one isn't known of all that begins with it. */
  readonly about: readonly string[];
}

/** Something that keeps people in Slack from what environments.yaml says, lets them do more, or can't be known. */
export interface Finding extends Subject {
  readonly answer: Exclude<Answer, "healthy">;
  readonly expected: string;
  readonly found: string;
  /** Where AWS's guide speaks of it. Undefined: nowhere. */
  readonly topic?: GuideTopic;
  readonly fix: Fix;
}

/** What to do. */
export interface Fix {
  /** In words. */
  readonly text: string;
  /** What to set in environments.yaml, by the path of its keys. */
  readonly change?: Readonly<Record<string, unknown>>;
  /** What to run then, in a POSIX shell. */
  readonly commands: readonly string[];
}

/** What a check found. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** What a reader should know that is neither healthy nor unhealthy. */
  readonly notes?: readonly string[];
  /** The check without whose answer this one could look at nothing, or not at everything. */
  readonly waitsFor?: string;
  /** What it didn't look at beyond that, as `about` of a finding: nothing that was found there before is healed. */
  readonly unseen?: readonly Subject["about"][];
}

/** What a check looks at. */
export interface Examined {
  /** What of the environment is looked at: all of it or, of one channel, what that depends on. */
  readonly environment: Environment;
  /** The environment as environments.yaml has it. */
  readonly whole: Environment;
  readonly account: Account;
  /** What Slack says, where it is asked. */
  readonly slack?: SlackPeople;
}

/** IAM permissions that a check needs. */
export interface Permissions {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** One question to an account. */
export interface Check {
  readonly name: CheckName;
  /** What is so when it is healthy. */
  readonly sentence: string;
  /** What it asks of AWS: nothing, where it asks Slack. */
  readonly permissions: readonly Permissions[];
  readonly examine: (examined: Examined) => Outcome;
}

/**
 * What a deploy of an environment puts right.
 *
 * @param change what to set in the environment first
 */
export function deployFix(environment: Environment, text: string, change?: object): Fix {
  return {
    text,
    change: change && yamlChange(environment, change),
    commands: [`npx support-app deploy ${environment.name}`],
  };
}

/** What to set in environments.yaml, for something of an environment. */
export function yamlChange({ name }: Environment, change: object): Fix["change"] {
  return { environments: { [name]: change } };
}

/** What to set where AWS's policy is used and doesn't do: one of its own, which isn't there to be adopted. */
export function ownPolicyChange({ policy, adopt }: SupportAppAccessProps): object {
  if (policy !== "aws-managed") return {};
  return { policy: "customer-managed", ...(adopt ? { adopt: false } : {}) };
}

/** What a finding about an access level's role is about, in words. */
export function roleSubject(props: SupportAppAccessProps): string {
  return `role ${iamNamesOf(props).roleName} (${props.access})`;
}

/** An access level's role. */
export function roleOf(props: SupportAppAccessProps): Subject {
  return { subject: roleSubject(props), about: [props.access] };
}

/** The finding that something couldn't be looked at. */
export function unknownFinding(of: Subject, expected: string, unknown: LookupFailure, topic?: GuideTopic): Finding {
  return { answer: "unknown", ...of, expected, found: unknown.message, topic, fix: lookupFix(unknown) };
}

/** The finding that Slack couldn't be looked at. */
export function unknownInSlack(of: Subject, expected: string, unknown: SlackFailure): Finding {
  return {
    answer: "unknown",
    ...of,
    expected,
    found: unknown.message,
    fix: { text: slackFix(unknown), commands: [] },
  };
}

/** What a finding about a channel is about, in words. */
export function channelSubject({ name, channel, workspace }: Channel): string {
  return `#${name} (${channel} of ${workspace})`;
}

/** A channel. It stays the same one by any name. */
export function channelOf(channel: Channel): Subject {
  return { subject: channelSubject(channel), about: ["channel", channel.workspace, channel.channel] };
}

/** The finding that it couldn't be told whether a role may do something. */
export function undeterminedFinding(
  of: Subject,
  expected: string,
  undetermined: Undetermined,
  topic?: GuideTopic,
): Finding {
  if (undetermined.because === "unread") return unknownFinding(of, expected, undetermined.why, topic);
  const fix = { text: TRYING[undetermined.because], commands: [] };
  return { answer: "unknown", ...of, expected, found: undeterminedWords(undetermined), topic, fix };
}

function undeterminedWords(undetermined: Exclude<Undetermined, { readonly because: "unread" }>): string {
  if (undetermined.because === "simulation") {
    const { decision, notTold } = undetermined;
    return `IAM's simulation says ${decision}, without having been told ${notTold.join(", ")}`;
  }
  const policy = policyInWords(undetermined.by);
  if (undetermined.because === "unsupported") return `in ${policy}, ${unsupportedWords(undetermined.unreadable)}`;
  return `it depends on a condition or a resource in ${policy}, which only a real request has`;
}

const ONLY_AWS = "See the message above, and try it in Slack: only AWS knows the rest of the request.";

/** What to do where it can't be told. */
const TRYING = {
  request: ONLY_AWS,
  simulation: ONLY_AWS,
  unsupported: "See the message above, and try it in Slack. A deploy removes anything that isn't in environments.yaml.",
} as const;

/** A finding for a lookup that isn't known, and none for one that is. */
export function unlessKnown(of: Subject, expected: string, lookup: Lookup<unknown>, topic?: GuideTopic): Finding[] {
  return "unknown" in lookup ? [unknownFinding(of, expected, lookup.unknown, topic)] : [];
}

/** What to do for something to be known. */
export function lookupFix({ kind, action, isDeniedByOrganization }: LookupFailure): Fix {
  if (kind === "denied" && isDeniedByOrganization) {
    return {
      text: `A service control policy of the organization denies ${action}. Ask whoever runs the organization to allow it for these credentials.`,
      commands: [],
    };
  }
  if (kind === "denied") {
    return {
      text: `Allow these credentials ${action}. This prints all that doctor needs:`,
      commands: ["npx support-app doctor --policy"],
    };
  }
  if (kind === "credentials") return { text: "Log in again, and run doctor again.", commands: [] };
  const check =
    kind === "broken-answer"
      ? `check what answers in AWS's place${endpointInWords()}, such as a proxy or the network's login page`
      : `check that AWS can be reached from here${endpointInWords()}`;
  return { text: `See the message above, ${check}, and run doctor again.`, commands: [] };
}
