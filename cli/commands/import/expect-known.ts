import { adviceFor } from "../../aws/advice";
import type { Lookup, LookupFailure } from "../../aws/lookup";
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
  throw new CommandError(`Can't import: ${message}. Nothing was written. ${adviceOn(lookup.unknown, profile)}`);
}

function adviceOn(failure: LookupFailure, profile: string | undefined): string {
  const { kind, action } = failure;
  if (kind === "no-organization" || (kind === "denied" && action.startsWith("organizations:")))
    return `Use credentials of the organization's management account or of a delegated administrator, and allow them ${action}. \`npx support-app import --organization --policy\` prints everything that it needs.`;
  if (kind === "no-unit") return "Give --unit the ID of a unit of this organization, or leave it out.";
  if (kind === "no-support-app") return "Choose a region that has the Support App.";
  const { text, commands } = adviceFor(failure, "import", profile);
  return [text, ...commands.map((command) => `\`${command}\`.`)].join(" ");
}
