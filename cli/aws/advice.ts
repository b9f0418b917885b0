import { endpointInWords } from "../../common/endpoint";
import { describe } from "../../common/problem";
import { CommandError } from "../terminal/command-error";
import type { Lookup, LookupFailure } from "./lookup";
import { proxyInWords } from "./proxy";

/** Prints what the credentials need to list an organization and to assume a role in its accounts. */
const ORGANIZATION_POLICY = "npx support-app permissions audit --organization --assume-role NAME";

/** What prints the permissions of each command. */
const POLICIES = {
  doctor: "npx support-app permissions doctor",
  audit: "npx support-app permissions audit",
  deploy: "npx support-app permissions deploy ENVIRONMENT",
  diff: "npx support-app permissions plan ENVIRONMENT",
  bootstrap: undefined,
} as const;

/** What to do about a channel that is configured in several regions. */
export const ONE_REGION_ADVICE =
  "Keep the one in the region that environments.yaml has for the account or, without it, the one whose role gives people what they need and no more. Remove the others in the AWS Support Center Console.";

/** What to do about a failed lookup of a command, with a profile of environments.yaml. */
export function adviceFor(failure: LookupFailure, command: keyof typeof POLICIES, profile?: string) {
  const { kind, action, isDeniedByOrganization } = failure;
  const advice = (text: string, ...commands: string[]) => ({ text, commands });
  if (kind === "denied" && isDeniedByOrganization) {
    return advice(
      `A service control policy of the organization denies ${action}. Ask whoever runs the organization to allow it for these credentials.`,
    );
  }
  if (kind === "no-organization" || (kind === "denied" && action.startsWith("organizations:"))) {
    const text = `Use credentials of the organization's management account or of a delegated administrator, and allow them ${action}. This prints everything that they need:`;
    return advice(text, ORGANIZATION_POLICY);
  }
  if (kind === "clock")
    return advice(`Set this machine's clock: AWS refuses requests of another time. Then run ${command} again.`);
  if (kind === "no-support-app") return advice("Choose a region that has the Support App.");
  if (kind === "closed") return advice("Nothing: no credentials of such an account work.");
  if (kind === "denied" && action === "sts:AssumeRole" && command === "audit") {
    const text =
      "Create the role of --assume-role in that account, and let these credentials assume it. This prints what they need:";
    return advice(text, ORGANIZATION_POLICY);
  }
  if (kind === "no-unit") return advice("Give --unit the ID of a unit of this organization, or leave it out.");
  if (kind === "denied") {
    const text = `Allow these credentials ${action}.`;
    const { [command]: policy } = POLICIES;
    return policy ? advice(`${text} This prints everything that ${command} needs:`, policy) : advice(text);
  }
  if (kind === "contradiction") {
    return advice(
      `Run ${command} again in a minute: something was created, changed or removed in the meantime, or AWS doesn't know of it everywhere yet.`,
    );
  }
  if (kind !== "credentials") {
    return advice(
      `Check that AWS can be reached from here${endpointInWords()}${proxyInWords()}, and that no proxy or login page answers in its place. Then run ${command} again.`,
    );
  }
  const closedAccountAdvice =
    "If AWS has closed or suspended the account, no credentials of it work: AWS Organizations shows its state.";
  const [name, origin, login] =
    profile === undefined
      ? [process.env.AWS_PROFILE, "AWS_PROFILE", "aws sso login"]
      : [profile, "environments.yaml", `aws sso login --profile ${profile}`];
  if (!name) {
    const text = `Set AWS_PROFILE, or log in again if the credentials have expired. ${closedAccountAdvice} This shows whose they are:`;
    return advice(text, "aws sts get-caller-identity");
  }
  const text = `Configure the profile ${describe(name)}, which ${origin} names, or log in again if its session has expired. ${closedAccountAdvice} This logs in:`;
  return advice(text, login);
}

/** The same, as sentences. */
export function adviceText(...args: Parameters<typeof adviceFor>): string {
  const { text, commands } = adviceFor(...args);
  return [text, ...commands.map((command) => `\`${command}\`.`)].join(" ");
}

/**
 * What AWS answered to an audit.
 *
 * @throws CommandError when there was no answer, with what to do
 */
export function expectKnown<T>(lookup: Lookup<T>): T {
  if ("known" in lookup) return lookup.known;
  throw new CommandError(`Can't audit: ${lookup.unknown.message}. ${adviceText(lookup.unknown, "audit")}`);
}
