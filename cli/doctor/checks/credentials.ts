import type { Check, Finding, Fix } from "../check";
import type { Obstacle } from "../reading";

/** Without these, nothing else can be looked at. */
export const credentials: Check = {
  name: "credentials",
  sentence: "AWS takes the credentials, and they are of the environment's account.",
  permissions: [], // AWS answers GetCallerIdentity to whoever asks
  examine: ({ environment, account: { identity } }) => {
    const expected = `credentials of the account ${environment.account}`;
    const finding = (found: string, fix: Fix): Finding => ({
      answer: "unknown",
      subject: "credentials",
      expected,
      found,
      fix,
    });
    if ("unknown" in identity) {
      return { findings: [finding(identity.unknown.message, fixOf(identity.unknown, environment.deployRole))] };
    }
    const { account, arn } = identity.known;
    if (account === environment.account) return { findings: [] };
    const orAssume =
      environment.deployRole === undefined ? "" : " With --assume, doctor assumes the deploy-role first.";
    return {
      findings: [
        finding(`${arn}, which is of the account ${account}`, {
          text: `Use credentials of ${environment.account}, such as with AWS_PROFILE.${orAssume}`,
          commands: [],
        }),
      ],
    };
  },
};

function fixOf({ kind, action }: Obstacle, deployRole: string | undefined): Fix {
  if (action === "sts:AssumeRole" && kind === "denied") {
    return {
      text: `Allow these credentials sts:AssumeRole on ${deployRole}, and let its trust name them; or leave --assume out and use credentials of the account.`,
      commands: [],
    };
  }
  if (kind === "credentials") {
    return {
      text: "Set AWS_PROFILE, or log in again where they have expired. This says whose credentials AWS sees:",
      commands: ["aws sts get-caller-identity"],
    };
  }
  return { text: "Check that AWS can be reached from here, and run doctor again.", commands: [] };
}
