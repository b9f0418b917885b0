import { CommandError } from "../../cli/terminal/command-error";
import { MissingPrerequisite } from "../e2e/support/prerequisites";
import { LeftoverError } from "./clean";

/** What a run can't go on with, in a sentence. */
export class AcceptanceError extends Error {}

/** What to do about errors of AWS and its SDK, by their names. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(CredentialsProviderError|TokenProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|RequestExpired)/,
    "Set AWS_PROFILE, or log in again if the credentials have expired. This shows whose they are: `aws sts get-caller-identity`.",
  ],
  [
    /^(AccessDenied|NotAuthorized|Unauthorized)/,
    "Give the credentials the printed rights. If they have them, a permissions boundary or a service control policy denies it.",
  ],
  [/^TypeNotFound/, "Choose a region that has the Support App."],
  [/^(ENOTFOUND|ECONN|EAI_AGAIN|ETIMEDOUT|TimeoutError)/, "Check that AWS can be reached from here, and run it again."],
  [/^Throttling|^TooManyRequests/, "Wait a minute, and run it again."],
];

/** What went wrong and what to do, without a stack trace unless the cause is a defect of this program. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack } = error;
  const isSentence = [AcceptanceError, CommandError, MissingPrerequisite, LeftoverError].some(
    (kind) => error instanceof kind,
  );
  if (isSentence) return message;
  if (["TypeError", "RangeError", "ReferenceError"].includes(name)) return `Report this as a defect: ${stack}`;
  const code = String((error as NodeJS.ErrnoException).code ?? name);
  const advice = ADVICE.find(([pattern]) => pattern.test(name) || pattern.test(code))?.[1];
  const isNamed = name !== "Error" && ("$metadata" in error || advice !== undefined);
  const sentence = message.replace(/\.?$/, ".");
  return [isNamed ? `${name}: ${sentence}` : advice ? sentence : message, advice].filter(Boolean).join(" ");
}
