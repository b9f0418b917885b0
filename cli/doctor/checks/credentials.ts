import { describe } from "../../../modules/support-app/problem";
import type { Environment } from "../../../stacks/environment";
import { profileOf } from "../../../stacks/profile";
import { loginCommand } from "../../aws/commands";
import type { LookupFailure } from "../../aws/lookup";
import { type Check, type Finding, type Fix, lookupFix } from "../check";

/** Without these, nothing else can be looked at. */
export const credentials: Check = {
  name: "credentials",
  sentence: "AWS accepts the credentials, and they are of the environment's account.",
  permissions: [], // AWS answers GetCallerIdentity to whoever asks
  examine: ({ environment, account: { identity } }) => {
    const expected = `credentials of the account ${environment.account}`;
    const finding = (found: string, fix: Fix): Finding => ({
      answer: "unknown",
      subject: "credentials",
      about: ["credentials"],
      expected,
      found,
      fix,
    });
    if ("unknown" in identity) {
      return { findings: [finding(identity.unknown.message, fixOf(identity.unknown, environment))] };
    }
    const { account, arn } = identity.known;
    if (account === environment.account) return { findings: [] };
    const profile = profileOf(environment);
    const use =
      profile === undefined
        ? `Use credentials of ${environment.account}, such as with AWS_PROFILE.`
        : `Let the profile ${describe(profile)} of environments.yaml have credentials of ${environment.account}, or name another there.`;
    const orAssume =
      environment.deployRole === undefined ? "" : " With --assume, doctor assumes the deploy-role first.";
    return {
      findings: [
        finding(`${arn}, which is of the account ${account}`, {
          text: use + orAssume,
          commands: [],
        }),
      ],
    };
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
        : "it is the credentials' own profile that assumes it";
    return {
      text: `Allow whoever assumes it sts:AssumeRole on ${role}, and let its trust name them; ${or}.`,
      commands: [],
    };
  }
  if (kind === "credentials" || kind === "denied") {
    const profile = profileOf(environment);
    if (profile !== undefined) {
      return {
        text: `Configure the profile ${describe(profile)}, which environments.yaml names, or log in again where its session has expired:`,
        commands: [loginCommand(profile)],
      };
    }
    const named = process.env.AWS_PROFILE;
    const set = !named ? "Set AWS_PROFILE" : `Check that there is a profile ${describe(named)} (AWS_PROFILE)`;
    return {
      text: `${set}, or log in again where the credentials have expired. This says whose they are:`,
      commands: ["aws sts get-caller-identity"],
    };
  }
  return lookupFix(failure);
}
