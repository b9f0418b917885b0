import { describe } from "../../../../modules/support-app/model/problem";
import type { Environment } from "../../../../stacks/environments/environment";
import { profileOf } from "../../../../stacks/environments/profile";
import { loginCommand } from "../../../aws/commands";
import type { SignedIn } from "../../../aws/identity";
import { closedWords, type Lookup, type LookupFailure } from "../../../aws/lookup";
import { type Check, type Finding, type Fix, lookupFix, manualFix } from "../check";

/** Without these, no check can look at anything in AWS. */
export const credentials: Pick<Check, "name" | "sentence"> = {
  name: "credentials",
  sentence: "AWS accepts the credentials, and they belong to the environment's account.",
};

/** Why the credentials can't look at an environment's account. Empty: they can. */
export function credentialsProblems(environment: Environment, signedIn: Lookup<SignedIn>): Finding[] {
  const { account, deployRole } = environment;
  const expected = `credentials of the account ${account}`;
  const of = { answer: "unknown" as const, subject: `account ${account}`, about: ["credentials"], expected };
  if ("unknown" in signedIn) {
    return [{ ...of, found: signedIn.unknown.message, fix: fixOf(signedIn.unknown, environment) }];
  }
  const { identity } = signedIn.known;
  if (identity.account === account) return [];
  const profile = profileOf(environment);
  const use =
    profile === undefined
      ? `Use credentials of ${account}, such as with AWS_PROFILE.`
      : `Give the profile ${describe(profile)} of environments.yaml credentials of ${account}, or set another profile there.`;
  const orAssume = deployRole === undefined ? "" : " With --assume, doctor assumes the deploy-role first.";
  const found = `${identity.arn}, which is of the account ${identity.account}`;
  return [{ ...of, found, fix: manualFix(use + orAssume) }];
}

function fixOf(failure: LookupFailure, environment: Environment): Fix {
  const { kind, action, resource } = failure;
  if (action === "sts:AssumeRole" && kind === "denied") {
    const role = resource ?? environment.deployRole ?? "the role";
    return manualFix(
      `Allow whoever assumes it sts:AssumeRole on ${role}, and name them in its trust policy; or use other credentials of the account, without --assume.`,
    );
  }
  if (kind !== "credentials" && kind !== "denied") return lookupFix(failure);
  const closed = closedWords(failure);
  const profile = profileOf(environment);
  if (profile !== undefined) {
    return {
      text: `Configure the profile ${describe(profile)}, which environments.yaml names, or log in again if its session has expired.${closed} This logs in:`,
      commands: [loginCommand(profile)],
    };
  }
  return {
    text: `Set AWS_PROFILE, or log in again if the credentials have expired.${closed} This shows whose they are:`,
    commands: ["aws sts get-caller-identity"],
  };
}
