/** What AWS answered to a question, or why it didn't. */
export type Reading<T> = { readonly known: T } | { readonly unknown: Obstacle };

/** Why something can't be known. */
export interface Obstacle {
  /**
   * - `credentials`: there are none, or AWS doesn't take them
   * - `denied`: whoever has them may not ask
   * - `no-support-plan`: the account's Support plan has no API
   * - `no-support-app`: the region doesn't have the Support App
   * - `conditional`: it depends on what only a real request has
   * - `other`: AWS couldn't be reached, or answered something unexpected
   */
  readonly kind: "credentials" | "denied" | "no-support-plan" | "no-support-app" | "conditional" | "other";
  /** What was asked, as IAM names it. */
  readonly action: string;
  /** What AWS or its SDK said. */
  readonly message: string;
}

/** How many times a call is made before it is given up: AWS throttles, and so does a flaky network. */
export const MAX_ATTEMPTS = 8;

/** Names of errors by what they mean. Source: the services' API references, common errors; the SDK's credential providers. */
const KINDS: readonly (readonly [RegExp, Obstacle["kind"]])[] = [
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
export async function reading<T>(action: string, ask: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { known: await ask() };
  } catch (error) {
    return { unknown: obstacle(action, error) };
  }
}

/** Asks AWS for something that may not be there. */
export function readingOf<T>(action: string, ask: () => Promise<T>): Promise<Reading<T | undefined>> {
  return reading(action, () =>
    ask().catch((error: Error) => {
      if (NOTHING.includes(error.name)) return undefined;
      throw error;
    }),
  );
}

/** What is known. Undefined: nothing is, or there is nothing. */
export function knownOf<T>(reading: Reading<T>): T | undefined {
  return "known" in reading ? reading.known : undefined;
}

/** What a reading says once it is gone through. What was unknown stays so. */
export function mapped<T, R>(from: Reading<T>, to: (known: T) => R): Reading<R> {
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

function obstacle(asked: string, error: unknown): Obstacle {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // Cloud Control asks others in turn, and passes on what they refuse.
  const refused = message.match(/not authorized to perform: ([\w-]+:\w+)/i)?.[1];
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? (refused === undefined ? "other" : "denied");
  // An error of several connections has no words of its own.
  const said = message || (error instanceof AggregateError ? error.errors.map((one) => one.message).join("; ") : "");
  return { kind, action: refused ?? asked, message: `${name}: ${said.replace(/\s+/g, " ").trim()}` };
}
