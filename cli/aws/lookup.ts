import { BrokenAnswer } from "../../common/broken-answer";

/** AWS didn't answer in time. */
export class NoAnswer extends Error {}

export type Lookup<T> = { readonly known: T } | { readonly unknown: LookupFailure };

export interface LookupFailure {
  readonly kind:
    | "credentials" // there are none, or AWS rejects them
    | "clock" // AWS's time isn't this machine's
    | "denied" // the principal isn't allowed to ask
    | "closed" // AWS Organizations says that the account can't be used
    | "no-support-plan" // the account's Support plan has no API
    | "no-support-app" // the region doesn't have the Support App
    | "no-organization" // the account is in no organization
    | "no-unit" // the organization has no unit of that ID
    | "broken-answer" // what answered isn't AWS, or left out what AWS promises
    | "no-answer" // nothing answered in time
    | "contradiction" // two answers of AWS can't both be right
    | "other"; // AWS couldn't be reached, or answered with another error
  /** What was asked, as IAM names it. */
  readonly action: string;
  /** The message of AWS or its SDK. */
  readonly message: string;
  /** ARN of the resource that was asked for, if AWS names it. */
  readonly resource?: string;
  readonly isDeniedByOrganization?: boolean;
}

/** Names of errors and their meaning. Source: the services' API references; the SDK's credential providers. */
const KINDS: readonly (readonly [RegExp, LookupFailure["kind"]])[] = [
  [
    /^(CredentialsProviderError|InvalidCredentials|TokenProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|InvalidToken|IncompleteSignature|MissingAuthenticationToken|RequestExpired|InvalidAccessKeyId|AuthFailure)/,
    "credentials",
  ],
  [/^(RequestTimeTooSkewed|RequestInTheFuture)/, "clock"],
  [/^(AccessDenied|NotAuthorized|UnauthorizedOperation)/, "denied"],
  [/^SubscriptionRequired/, "no-support-plan"],
  [/^TypeNotFound/, "no-support-app"],
  [/^AWSOrganizationsNotInUse/, "no-organization"],
  [/^ParentNotFound/, "no-unit"],
];

/** AWS's errors for something that doesn't exist. */
const NOTHING = ["NoSuchEntityException", "NoSuchEntity", "ResourceNotFoundException"];

export async function lookUp<T>(action: string, ask: () => Promise<T>): Promise<Lookup<T>> {
  try {
    return { known: await ask() };
  } catch (error) {
    return { unknown: failureOf(action, error) };
  }
}

/** Asks AWS for something that may not exist. */
export function lookUpIfAny<T>(action: string, ask: () => Promise<T>): Promise<Lookup<T | undefined>> {
  return lookUp(action, () =>
    ask().catch((error: Error) => {
      if (NOTHING.includes(error.name)) return undefined;
      throw error;
    }),
  );
}

/** A value about which two answers of AWS contradict each other, such as a list and the answer about something in it. */
export function contradiction(action: string, message: string): { readonly unknown: LookupFailure } {
  return { unknown: { kind: "contradiction", action, message: `contradicting answers of AWS: ${message}` } };
}

/** The known value. Undefined: it isn't known, or there is none. */
export function valueIfKnown<T>(lookup: Lookup<T>): T | undefined {
  return "known" in lookup ? lookup.known : undefined;
}

/** Maps a known value. An unknown one stays unknown. */
export function mapLookup<T, R>(lookup: Lookup<T>, transform: (value: T) => R): Lookup<R> {
  return "known" in lookup ? { known: transform(lookup.known) } : lookup;
}

function failureOf(action: string, error: unknown): LookupFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const failure = (kind: LookupFailure["kind"], words: string) => ({
    kind,
    action,
    message: withoutSecrets(words),
  });
  if (error instanceof NoAnswer) return failure("no-answer", `no answer to ${action}: ${message}`);
  if (error instanceof BrokenAnswer) return failure("broken-answer", `a broken answer to ${action}: ${message}`);
  const { $response, $fault } = Object(error);
  // The SDK couldn't parse the answer, or found an error without a code in it.
  if ($response && (!$fault || UNCODED.includes(name))) {
    const status: number = $response.statusCode;
    const problem =
      status < 300 ? " and an unreadable body, expected a whole answer" : ", expected an error code of AWS";
    return failure("broken-answer", `a broken answer to ${action}: received status ${status}${problem}`);
  }
  // Only AWS's message has these. Cloud Control calls other services, and repeats which of their actions was denied.
  const deniedAction = message.match(/not authorized to perform: ([\w-]+:\w+)/i)?.[1];
  const isEarlyOrLate = /^Signature (?:expired|not yet current)/.test(message);
  const kindByName = isEarlyOrLate ? "clock" : KINDS.find(([pattern]) => pattern.test(name))?.[1];
  const kind = kindByName ?? (deniedAction === undefined ? "other" : "denied");
  // An error of several connections has no message of its own.
  const whole = message.replace(WRAPPED, "") || (error as NodeJS.ErrnoException).code || "nothing says why";
  const isConnectionError = ["Error", "AggregateError"].includes(name); // a failed connection
  const subject = kind === "other" && isConnectionError ? "AWS couldn't be asked" : name;
  return {
    ...failure(kind, `${subject}: ${whole}`),
    action: deniedAction ?? action,
    resource: message.match(/on resource: (arn:\S+)/)?.[1],
    isDeniedByOrganization: /service control policy/i.test(message) || undefined,
  };
}

/** The beginning of the SDK's message for an error that isn't its own. */
const WRAPPED = /^AWS SDK error wrapper for (?:\w*Error: )?/;

/** The SDK's names for an AWS error without a code. */
const UNCODED = ["Unknown", "UnknownError", "NotFound"];

/** Secrets that AWS, the SDK and Node.js may repeat in their messages, each with its replacement. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^/\s]*@/g, "//"], // user and password in a URL
  [/(x-amz-security-token:)\s*\S+/gi, "$1…"], // in AWS's message about a wrong signature
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, "$1…"],
  [/[\w+/=%-]{250,}/g, "…"], // a session's token
];

function withoutSecrets(message: string): string {
  const inOneLine = message.replace(/\s+/g, " ").trim();
  return SECRETS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), inOneLine);
}
