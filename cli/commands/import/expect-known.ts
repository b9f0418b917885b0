import { describe } from "../../../modules/support-app/model/problem";
import { loginCommand } from "../../aws/commands";
import { endpointInWords } from "../../aws/endpoint";
import { closedWords, type Lookup, type LookupFailure } from "../../aws/lookup";
import { CommandError } from "../../terminal/command-error";

/**
 * What AWS answered.
 *
 * @param profile the AWS profile of the credentials
 * @throws CommandError when there was no answer: nothing is imported from an account that isn't completely known
 */
export function expectKnown<T>(lookup: Lookup<T>, profile?: string): T {
  if ("known" in lookup) return lookup.known;
  const { message } = lookup.unknown;
  throw new CommandError(`Can't import: ${message}. Nothing was written. ${adviceFor(lookup.unknown, profile)}`);
}

function adviceFor(failure: LookupFailure, profile: string | undefined): string {
  const { kind, action } = failure;
  if (kind === "no-organization" || (kind === "denied" && action.startsWith("organizations:")))
    return `Use credentials of the organization's management account or of a delegated administrator, and allow them ${action}. \`npx support-app import --organization --policy\` prints everything that it needs.`;
  if (kind === "denied")
    return `Allow these credentials ${action}. \`npx support-app import --policy\` prints everything that import needs.`;
  if (kind === "credentials") {
    const configure =
      profile === undefined
        ? "Set AWS_PROFILE, or log in again if the credentials have expired."
        : `Configure the profile ${describe(profile)}, which environments.yaml names, or log in again if its session has expired: \`${loginCommand(profile)}\`.`;
    return `${configure}${closedWords(failure)}`;
  }
  if (kind === "no-unit") return "Give --unit the ID of a unit of this organization, or leave it out.";
  if (kind === "no-support-app") return "Choose a region that has the Support App.";
  return `Check that AWS can be reached from here${endpointInWords()}, and that no proxy or login page answers in its place. Then run import again.`;
}
