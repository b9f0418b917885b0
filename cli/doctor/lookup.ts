/** What AWS answered to a question, or why it didn't. */
export type Lookup<T> = { readonly known: T } | { readonly unknown: LookupFailure };

/** Why something can't be known. */
export interface LookupFailure {
  /**
   * - `credentials`: there are none, or AWS doesn't take them
   * - `denied`: whoever has them may not ask
   * - `no-support-plan`: the account's Support plan has no API
   * - `no-support-app`: the region doesn't have the Support App
   * - `other`: AWS couldn't be reached, or answered something unexpected
   */
  readonly kind: "credentials" | "denied" | "no-support-plan" | "no-support-app" | "other";
  /** What was asked, as IAM names it. */
  readonly action: string;
  /** What AWS or its SDK said. */
  readonly message: string;
  /** ARN of what it was to be done to, where AWS says so. */
  readonly resource?: string;
  /** Whether a policy of the organization denies it, as AWS says. */
  readonly isDeniedByOrganization?: boolean;
}

/** How many times a call is made before it is given up: AWS throttles, and so does a flaky network. */
export const MAX_ATTEMPTS = 8;

/** Names of errors by what they mean. Source: the services' API references, common errors; the SDK's credential providers. */
const KINDS: readonly (readonly [RegExp, LookupFailure["kind"]])[] = [
  [
    /^(CredentialsProviderError|InvalidCredentials|TokenProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|InvalidToken|IncompleteSignature|MissingAuthenticationToken|RequestExpired|InvalidAccessKeyId|AuthFailure)/,
    "credentials",
  ],
  [/^(AccessDenied|NotAuthorized|UnauthorizedOperation)/, "denied"],
  [/^SubscriptionRequired/, "no-support-plan"],
  [/^TypeNotFound/, "no-support-app"],
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

/** Everything that pages hold. */
export async function all<Page, T>(
  pages: AsyncIterable<Page>,
  of: (page: Page) => readonly T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(of(page) ?? []));
  return found;
}

function failureOf(asked: string, error: unknown): LookupFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // Only AWS's message has these. Cloud Control asks others in turn, and passes on what they refuse.
  const refused = message.match(/not authorized to perform: ([\w-]+:\w+)/i)?.[1];
  const resource = message.match(/on resource: (arn:\S+)/)?.[1];
  const isDeniedByOrganization = /service control policy/i.test(message) || undefined;
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? (refused === undefined ? "other" : "denied");
  // An error of several connections has no words of its own.
  const said = message || (error instanceof AggregateError ? error.errors.map((one) => one.message).join("; ") : "");
  return {
    kind,
    action: refused ?? asked,
    message: `${name}: ${said.replace(/\s+/g, " ").trim()}`,
    resource,
    isDeniedByOrganization,
  };
}
