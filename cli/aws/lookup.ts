import { BrokenAnswer } from "./broken-answer";
import { NoAnswer } from "./silence";

/** What AWS answered to a question, or why it didn't. */
export type Lookup<T> = { readonly known: T } | { readonly unknown: LookupFailure };

/** Why something can't be known. */
export interface LookupFailure {
  /**
   * - `credentials`: there are none, or AWS doesn't take them
   * - `denied`: whoever has them may not ask
   * - `no-support-plan`: the account's Support plan has no API
   * - `no-support-app`: the region doesn't have the Support App
   * - `no-organization`: the account is in no organization
   * - `no-unit`: the organization has no unit of that ID
   * - `broken-answer`: what answered isn't AWS, or left out what AWS promises
   * - `no-answer`: nothing answered in time
   * - `other`: AWS couldn't be reached, or answered with another error
   */
  readonly kind:
    | "credentials"
    | "denied"
    | "no-support-plan"
    | "no-support-app"
    | "no-organization"
    | "no-unit"
    | "broken-answer"
    | "no-answer"
    | "other";
  /** What was asked, as IAM names it. */
  readonly action: string;
  /** What AWS or its SDK said. */
  readonly message: string;
  /** ARN of what it was to be done to, where AWS says so. */
  readonly resource?: string;
  /** Whether a policy of the organization denies it, as AWS says. */
  readonly isDeniedByOrganization?: boolean;
}

/** Names of errors by what they mean. Source: the services' API references, common errors; the SDK's credential providers. */
const KINDS: readonly (readonly [RegExp, LookupFailure["kind"]])[] = [
  [
    /^(CredentialsProviderError|InvalidCredentials|TokenProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|InvalidToken|IncompleteSignature|MissingAuthenticationToken|RequestExpired|InvalidAccessKeyId|AuthFailure)/,
    "credentials",
  ],
  [/^(AccessDenied|NotAuthorized|UnauthorizedOperation)/, "denied"],
  [/^SubscriptionRequired/, "no-support-plan"],
  [/^TypeNotFound/, "no-support-app"],
  [/^AWSOrganizationsNotInUse/, "no-organization"],
  [/^ParentNotFound/, "no-unit"],
];

/** What AWS says where there is nothing of that name. */
const NOTHING = ["NoSuchEntityException", "NoSuchEntity", "ResourceNotFoundException"];

/** Asks AWS. */
export async function lookUp<T>(action: string, ask: () => Promise<T>): Promise<Lookup<T>> {
  try {
    return { known: await ask() };
  } catch (error) {
    return { unknown: failureOf(action, error) };
  }
}

/** Asks AWS for something that may not be there. */
export function lookUpIfAny<T>(action: string, ask: () => Promise<T>): Promise<Lookup<T | undefined>> {
  return lookUp(action, () =>
    ask().catch((error: Error) => {
      if (NOTHING.includes(error.name)) return undefined;
      throw error;
    }),
  );
}

/** What is known. Undefined: nothing is, or there is nothing. */
export function knownOf<T>(lookup: Lookup<T>): T | undefined {
  return "known" in lookup ? lookup.known : undefined;
}

/** What a lookup says once it is gone through. What was unknown stays so. */
export function mapped<T, R>(from: Lookup<T>, to: (known: T) => R): Lookup<R> {
  return "known" in from ? { known: to(from.known) } : from;
}

function failureOf(asked: string, error: unknown): LookupFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const failed = (kind: LookupFailure["kind"], words: string) => ({
    kind,
    action: asked,
    message: withoutSecrets(words),
  });
  if (error instanceof NoAnswer) return failed("no-answer", `no answer to ${asked}: ${message}`);
  if (error instanceof BrokenAnswer) return failed("broken-answer", `a broken answer to ${asked}: ${message}`);
  const status = unreadStatusOf(error);
  if (status !== undefined) {
    const lacks = status < 300 ? " and what can't be read, expected a whole answer" : ", expected an error code of AWS";
    return failed("broken-answer", `a broken answer to ${asked}: received status ${status}${lacks}`);
  }
  // Only AWS's message has these. Cloud Control asks others in turn, and passes on what they refuse.
  const refused = message.match(/not authorized to perform: ([\w-]+:\w+)/i)?.[1];
  const resource = message.match(/on resource: (arn:\S+)/)?.[1];
  const isDeniedByOrganization = /service control policy/i.test(message) || undefined;
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? (refused === undefined ? "other" : "denied");
  // An error of several connections has no words of its own.
  const said = message || (error instanceof AggregateError ? error.errors.map((one) => one.message).join("; ") : "");
  const isUnasked = kind === "other" && UNNAMED.includes(name);
  const words = isUnasked
    ? `AWS couldn't be asked: ${said.replace(WRAPPED, "") || "nothing says why"}`
    : `${name}: ${said}`;
  return { ...failed(kind, words), action: refused ?? asked, resource, isDeniedByOrganization };
}

/** The HTTP status of an answer of which the SDK could make nothing, or no error with a code. Undefined: it is another error. */
function unreadStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("$response" in error)) return undefined;
  const isRead = "$fault" in error && !UNCODED.includes(error.name);
  return isRead ? undefined : (error as unknown as { $response: { statusCode: number } }).$response.statusCode;
}

/** What Node.js calls an error of a connection. */
const UNNAMED = ["Error", "AggregateError"];

/** How the SDK begins what it says of an error that isn't its own. */
const WRAPPED = /^AWS SDK error wrapper for (?:\w*Error: )?/;

/** What the SDK calls an error of AWS that has no code. */
const UNCODED = ["Unknown", "UnknownError", "NotFound"];

/** What AWS, the SDK and Node.js may repeat in their messages, each with what stands in its place. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^/\s]*@/g, "//"], // user and password in a URL
  [/(x-amz-security-token:)\s*\S+/gi, "$1…"], // in what AWS says of a wrong signature
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, "$1…"],
  [/[\w+/=%-]{250,}/g, "…"], // a session's token
];

function withoutSecrets(message: string): string {
  const inOneLine = message.replace(/\s+/g, " ").trim();
  return SECRETS.reduce((text, [pattern, instead]) => text.replace(pattern, instead), inOneLine);
}
