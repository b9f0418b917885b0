import { iamNamesOf } from "../../modules/support-app/iam-names";
import type { SupportAppAccessProps } from "../../modules/support-app/support-app-access-props";
import type { Environment } from "../../stacks/environment";
import type { Account } from "./account";
import type { Obstacle, Reading } from "./reading";
import type { Topic } from "./topic";

/** How an environment is, or what a check says of it. What isn't known is neither healthy nor unhealthy. */
export type Answer = "healthy" | "unhealthy" | "unknown";

/** Something that keeps people in Slack from what environments.yaml says, lets them do more, or can't be known. */
export interface Finding {
  readonly answer: Exclude<Answer, "healthy">;
  /** What it is about, such as a role or a channel. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** Where AWS's guide speaks of it. Undefined: nowhere. */
  readonly topic?: Topic;
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
}

/** What a check looks at. */
export interface Examined {
  /** What of the environment is looked at: all of it or, of one channel, what that depends on. */
  readonly environment: Environment;
  /** The environment as environments.yaml has it. */
  readonly whole: Environment;
  readonly account: Account;
}

/** IAM permissions that a check needs. */
export interface Permissions {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** One question to an account. */
export interface Check {
  /** Stable, for machines. */
  readonly name: string;
  /** What is so when it is healthy. */
  readonly sentence: string;
  /** What it asks of AWS. */
  readonly permissions: readonly Permissions[];
  readonly examine: (examined: Examined) => Outcome;
}

/**
 * What a deploy of an environment puts right.
 *
 * @param change what to set in the environment first
 */
export function deploying(environment: Environment, text: string, change?: object): Fix {
  return {
    text,
    change: change && setting(environment, change),
    commands: [`npx cdktf deploy ${environment.name}`],
  };
}

/** What to set in environments.yaml, for something of an environment. */
export function setting({ name }: Environment, change: object): Fix["change"] {
  return { environments: { [name]: change } };
}

/** What to set where AWS's policy is used and doesn't do: one of its own, which isn't there to be adopted. */
export function ownPolicySetting({ policy, adopt }: SupportAppAccessProps): object {
  if (policy !== "aws-managed") return {};
  return { policy: "customer-managed", ...(adopt ? { adopt: false } : {}) };
}

/** A command of AWS's, which runs with the environment's account or not at all, and says so. */
export function inAccount(environment: Environment, service: string, operation: string): string {
  return onlyInAccount(environment, awsCommand(environment, service, operation));
}

/** A command of AWS's, in the environment's region. */
export function awsCommand({ region }: Environment, service: string, operation: string): string {
  return `aws ${service} --region ${region} ${operation}`;
}

/** Any command, which runs with the environment's account or not at all, and says so. */
export function onlyInAccount(environment: Environment, command: string): string {
  const { account } = environment;
  const identity = awsCommand(environment, "sts", "get-caller-identity --query Account --output text");
  return `if [ "$(${identity})" = ${account} ]; then ${command}; else echo "Not run: it takes credentials of ${account}." >&2; false; fi`;
}

/** A text as one word of a POSIX shell: paths in IAM and names in Slack may hold anything. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What a finding about an access level's role is about. */
export function roleSubject(props: SupportAppAccessProps): string {
  return `role ${iamNamesOf(props).roleName} (${props.access})`;
}

/** The finding that something couldn't be looked at. */
export function notKnown(subject: string, expected: string, unknown: Obstacle, topic?: Topic): Finding {
  return { answer: "unknown", subject, expected, found: unknown.message, topic, fix: knowing(unknown) };
}

/** A finding for a reading that isn't known, and none for one that is. */
export function unlessKnown(subject: string, expected: string, reading: Reading<unknown>, topic?: Topic): Finding[] {
  return "unknown" in reading ? [notKnown(subject, expected, reading.unknown, topic)] : [];
}

/** What to do for something to be known. */
export function knowing({ kind, action, message }: Obstacle): Fix {
  if (kind === "denied" && /service control policy/i.test(message)) {
    return {
      text: `A service control policy of the organization denies ${action}. Ask whoever runs the organization to allow it for these credentials.`,
      commands: [],
    };
  }
  if (kind === "denied") {
    return {
      text: `Allow these credentials ${action}. This prints all that doctor needs:`,
      commands: ["npm run -s support-app -- doctor --policy"],
    };
  }
  if (kind === "conditional") {
    return {
      text: "Look at what it says there, and try it in Slack: AWS alone knows the rest of the request.",
      commands: [],
    };
  }
  if (kind === "credentials") return { text: "Log in again, and run doctor again.", commands: [] };
  return unreachable();
}

/** What to do where AWS gave no answer. */
export function unreachable(): Fix {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const at = endpoint ? ` at AWS_ENDPOINT_URL=${endpoint}` : "";
  return {
    text: `Look at what it says there, check that AWS can be reached from here${at}, and run doctor again.`,
    commands: [],
  };
}
