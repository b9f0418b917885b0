import { type Environment, readerRoleOf } from "../../../../stacks/environments/environment";
import { adviceFor } from "../../../aws/advice";
import { otherAccountWords, type SignedIn } from "../../../aws/identity";
import type { Lookup, LookupFailure } from "../../../aws/lookup";
import { type Draft, type Fix, manualFix } from "../../../findings/finding";

/** Why the credentials can't look at an environment's account. Empty: they can. */
export function credentialsProblems(environment: Environment, signedIn: Lookup<SignedIn>): Draft[] {
  const { account, profile, planRole } = environment;
  const expected = `credentials of the account ${account}`;
  const draft = { answer: "unknown" as const, resource: `account ${account}`, about: ["credentials"], expected };
  if ("unknown" in signedIn) {
    return [{ ...draft, found: signedIn.unknown.message, fix: fixOf(signedIn.unknown, environment) }];
  }
  if (signedIn.known.account === account) return [];
  const { received, use } = otherAccountWords(signedIn.known, account, profile);
  const role = planRole === undefined ? "deploy-role" : "plan-role";
  const orAssume = readerRoleOf(environment) === undefined ? "" : ` With --assume, doctor assumes the ${role} first.`;
  return [{ ...draft, found: received, fix: manualFix(use + orAssume) }];
}

function fixOf(failure: LookupFailure, environment: Environment): Fix {
  const { kind, action, resource = readerRoleOf(environment)?.arn } = failure;
  if (action !== "sts:AssumeRole" || kind !== "denied") return adviceFor(failure, "doctor", environment.profile);
  return manualFix(
    `Allow whoever assumes it sts:AssumeRole on ${resource}, and name them in its trust policy; or use other credentials of the account, without --assume.`,
  );
}
