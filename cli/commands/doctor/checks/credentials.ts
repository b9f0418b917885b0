import { describe } from "../../../../modules/support-app/model/problem";
import type { Environment } from "../../../../stacks/environments/environment";
import { profileOf } from "../../../../stacks/environments/profile";
import { loginCommand } from "../../../aws/commands";
import { closedWords, type LookupFailure } from "../../../aws/lookup";
import { type Check, type Fix, lookupFix, manualFix, type Outcome } from "../check";

/** Without these, no other check can look at anything. */
export const credentials: Check = {
  name: "credentials",
  sentence: "AWS accepts the credentials, and they belong to the environment's account.",
  examine: ({ environment, account: { identity } }) => {
    const of = { subject: `account ${environment.account}`, about: ["credentials"] };
    const expected = `credentials of the account ${environment.account}`;
    const unknown = (found: string, fix: Fix): Outcome => ({
      findings: [{ answer: "unknown", ...of, expected, found, fix }],
    });
    if ("unknown" in identity) return unknown(identity.unknown.message, fixOf(identity.unknown, environment));
    const { account, arn } = identity.known;
    if (account === environment.account) return { findings: [] };
    const profile = profileOf(environment);
    const use =
      profile === undefined
        ? `Use credentials of ${environment.account}, such as with AWS_PROFILE.`
        : `Give the profile ${describe(profile)} of environments.yaml credentials of ${environment.account}, or set another profile there.`;
    const orAssume =
      environment.deployRole === undefined ? "" : " With --assume, doctor assumes the deploy-role first.";
    return unknown(`${arn}, which is of the account ${account}`, manualFix(use + orAssume));
  },
};

function fixOf(failure: LookupFailure, environment: Environment): Fix {
  const { deployRole } = environment;
  const { kind, action, resource } = failure;
  if (action === "sts:AssumeRole" && kind === "denied") {
    const role = resource ?? deployRole ?? "the role";
    const or =
      role === deployRole
        ? "or leave --assume out and use credentials of the account"
        : "the profile of the credentials assumes it";
    return manualFix(`Allow whoever assumes it sts:AssumeRole on ${role}, and name them in its trust policy; ${or}.`);
  }
  if (kind !== "credentials" && kind !== "denied") return lookupFix(failure);
  const closed = closedWords(failure);
  const profile = profileOf(environment);
  if (profile !== undefined) {
    return {
      text: `Configure the profile ${describe(profile)}, which environments.yaml names, or log in again if its session has expired${closed === "" ? "" : `.${closed} This logs in`}:`,
      commands: [loginCommand(profile)],
    };
  }
  const named = process.env.AWS_PROFILE;
  const set = !named ? "Set AWS_PROFILE" : `Check that there is a profile ${describe(named)} (AWS_PROFILE)`;
  return {
    text: `${set}, or log in again if the credentials have expired.${closed} This shows whose they are:`,
    commands: ["aws sts get-caller-identity"],
  };
}
