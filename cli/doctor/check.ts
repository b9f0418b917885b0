import type { Access } from "../../modules/support-app/model/access";
import { iamNamesOf } from "../../modules/support-app/model/iam-names";
import type { Channel, Environment } from "../../stacks/environment";
import { endpointInWords } from "../aws/endpoint";
import { unsupportedWords } from "../aws/live-document";
import { policyInWords } from "../aws/live-role";
import { closedWords, type Lookup, type LookupFailure } from "../aws/lookup";
import type { Answer, CheckName } from "../doctor-report";
import type { SlackPeople } from "../slack/live-people";
import { type SlackFailure, slackFix } from "../slack/lookup";
import type { Account } from "./account";
import type { GuideTopic } from "./guide-topic";
import type { Denied, Undetermined } from "./judge";

/** What a finding is about, such as a role or a channel. */
export interface Subject {
  /** In words. */
  readonly subject: string;
  /** For machines, from general to specific: if one is unknown, so is everything that begins with it. */
  readonly about: readonly string[];
}

/** Something that keeps people in Slack from what environments.yaml gives them, lets them do more, or is unknown. */
export interface Finding extends Subject {
  readonly answer: Exclude<Answer, "healthy">;
  readonly expected: string;
  readonly found: string;
  /** The topic of AWS's guide about it. Undefined: there is none. */
  readonly topic?: GuideTopic;
  readonly fix: Fix;
}

/** What to do. */
export interface Fix {
  /** In words. */
  readonly text: string;
  /** What to set in environments.yaml, by the path of its keys. */
  readonly change?: Readonly<Record<string, unknown>>;
  /** What to run after that, in a POSIX shell. */
  readonly commands: readonly string[];
}

/** What a check found. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** Anything worth knowing that is neither healthy nor unhealthy. */
  readonly notes?: readonly string[];
  /** The check that must be healthy before this one can look at anything, or at everything. */
  readonly waitsFor?: string;
  /** What else it didn't look at, as `about` of a finding: an earlier finding there isn't healed. */
  readonly unseen?: readonly Subject["about"][];
}

/** What a check looks at. */
export interface Examined {
  /** What to look at: all of the environment or, for one channel, what that depends on. */
  readonly environment: Environment;
  /** The environment as environments.yaml has it. */
  readonly whole: Environment;
  readonly account: Account;
  /** What Slack says, if it is asked. */
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
  /** What is true when it is healthy. */
  readonly sentence: string;
  /** What it needs in AWS. Empty: it asks Slack, or another check reads it. */
  readonly permissions: readonly Permissions[];
  readonly examine: (examined: Examined) => Outcome;
}

/**
 * A fix by deploying an environment.
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

/** A fix by deploying an environment, which gives what something in the account denies. */
export function restoringFix(environment: Environment, { cause }: Denied, text: string): Fix {
  const isAdded = cause === "explicit-deny" || cause === "conditional";
  return isAdded ? undoingFix(environment) : deployFix(environment, text);
}

/** A fix by deploying an environment, which undoes a Deny or a condition that may have been added on purpose. */
export function undoingFix(environment: Environment): Fix {
  return deployFix(
    environment,
    "Before you deploy the environment, find out who added that, and why: it may be there to stop somebody. A deploy undoes it.",
  );
}

/** A change of an environment in environments.yaml. */
export function yamlChange({ name }: Environment, change: object): Fix["change"] {
  return { environments: { [name]: change } };
}

/** What to set if AWS's policy isn't enough: a customer-managed policy, which can't be adopted because it doesn't exist yet. */
export function ownPolicyChange({ policy, adopt }: Access): object {
  if (policy !== "aws-managed") return {};
  return { policy: "customer-managed", ...(adopt ? { adopt: false } : {}) };
}

/** What a finding about an access level's role is about, in words. */
export function roleSubject(props: Access): string {
  return `role ${iamNamesOf(props).roleName} (${props.access})`;
}

/** An access level's role. */
export function roleOf(props: Access): Subject {
  return { subject: roleSubject(props), about: [props.access] };
}

/** The finding that something couldn't be read. */
export function unknownFinding(of: Subject, expected: string, unknown: LookupFailure, topic?: GuideTopic): Finding {
  return { answer: "unknown", ...of, expected, found: unknown.message, topic, fix: lookupFix(unknown) };
}

/** The finding that something in Slack couldn't be read. */
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

/** A channel, whatever its name. */
export function channelOf(channel: Channel): Subject {
  return { subject: channelSubject(channel), about: ["channel", channel.workspace, channel.channel] };
}

/** The finding that it is unknown whether a role may do something. */
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
    const { decision, missingKeys } = undetermined;
    return `IAM's simulation says ${decision}, but it lacks ${missingKeys.join(", ")}`;
  }
  const policy = policyInWords(undetermined.by);
  if (undetermined.because === "unsupported") return `in ${policy}, ${unsupportedWords(undetermined.unreadable)}`;
  return `it depends on a condition or a resource in ${policy} that only a real request decides`;
}

/** Why a role may not do something, in words. */
export function deniedInWords({ cause, by: policy, decision }: Denied): string {
  const by = policy && policyInWords(policy);
  switch (cause) {
    case "explicit-deny":
      return `an explicit Deny in ${by}`;
    case "boundary":
      return `the permissions boundary ${by} doesn't allow it`;
    case "not-attached":
      return `the policy ${by} isn't attached to the role`;
    case "policy":
      return `the policy ${by} doesn't allow it`;
    case "conditional":
      return `${by}, which isn't in environments.yaml, allows or denies it under a condition`;
    case "organization":
      return `a service control policy of the organization denies it (IAM's simulation says ${decision})`;
    case "likely-organization":
      return `the role's policies allow it, but IAM's simulation says ${decision}: most likely a service control policy of the organization`;
    case "simulation":
      return `IAM's simulation says ${decision}, and not all of the role's policies can be read`;
  }
}

const ONLY_AWS = "See the message above, and try it in Slack: only AWS knows the rest of the request.";

/** What to do if it is unknown. */
const TRYING = {
  request: ONLY_AWS,
  simulation: ONLY_AWS,
  unsupported: "See the message above, and try it in Slack. A deploy removes anything that isn't in environments.yaml.",
} as const;

/** A finding if a lookup failed. */
export function unlessKnown(of: Subject, expected: string, lookup: Lookup<unknown>, topic?: GuideTopic): Finding[] {
  return "unknown" in lookup ? [unknownFinding(of, expected, lookup.unknown, topic)] : [];
}

/** What to do about a failed lookup. */
export function lookupFix(failure: LookupFailure): Fix {
  const { kind, action, isDeniedByOrganization } = failure;
  if (kind === "denied" && isDeniedByOrganization) {
    return {
      text: `A service control policy of the organization denies ${action}. Ask whoever runs the organization to allow it for these credentials.`,
      commands: [],
    };
  }
  if (kind === "denied") {
    return {
      text: `Allow these credentials ${action}. This prints everything that doctor needs:`,
      commands: ["npx support-app doctor --policy"],
    };
  }
  if (kind === "credentials")
    return { text: `Log in again, and run doctor again.${closedWords(failure)}`, commands: [] };
  const check =
    kind === "broken-answer"
      ? `check what answers in AWS's place${endpointInWords()}, such as a proxy or the network's login page`
      : `check that AWS can be reached from here${endpointInWords()}`;
  return { text: `See the message above, ${check}, and run doctor again.`, commands: [] };
}
