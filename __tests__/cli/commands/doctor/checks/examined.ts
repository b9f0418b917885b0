import { parse, stringify } from "yaml";
import { type LiveDocument, readLiveDocument } from "../../../../../cli/aws/live-document";
import type { LivePolicy, LiveRole } from "../../../../../cli/aws/live-role";
import type { Account, LiveLevel } from "../../../../../cli/commands/doctor/account";
import type { DoctorCheck } from "../../../../../cli/commands/doctor/check";
import { DOCTOR_CHECKS } from "../../../../../cli/commands/doctor/checks";
import type { Draft } from "../../../../../cli/findings/finding";
import type { AccessLevel } from "../../../../../modules/support-app/model/access-level";
import { parseEnvironments } from "../../../../../stacks/environments/environments";
import {
  ACCOUNT,
  accessIn,
  environmentOf,
  healthyAccount,
  ownPolicy,
  withAccess,
} from "../../../../support/live-account";
import { merged } from "../../../../support/merged";

export const WATCH = "channels: [{ name: watch, workspace: T1, channel: C1 }]";

/** AWS's command as it is printed, which runs only in the account. */
export function inAccount(operation: string): string {
  return `if [ "$(aws sts --region us-east-1 get-caller-identity --query Account --output text)" = ${ACCOUNT} ]; then aws ${operation}; else echo "Not run: it takes credentials of ${ACCOUNT}." >&2; false; fi`;
}
/** The commands of a fix by deploying. */
export const DEPLOY = ["npx support-app deploy test"];
/** A fix by deploying, after a change of environments.yaml, if there is one. */
export const deploying = (text: string, change?: object) => ({
  text,
  commands: DEPLOY,
  change: change && { environments: { test: change } },
});
/** A fix by deploying, which restores something. */
export const restoring = (subject: string) =>
  deploying(
    `Deploy the environment, which restores ${subject}. First find out who changed it, and why: it may have been to stop somebody.`,
  );
/** The fix after DENIED. */
export const ALLOW = {
  text: "Allow these credentials iam:GetRole. This prints everything that doctor needs:",
  commands: ["npx support-app permissions doctor"],
};

/** What the check of a kind finds in an environment after something has changed in its account. */
export function examine(
  kind: keyof typeof DOCTOR_CHECKS,
  yaml: string,
  change: (account: Account) => Account = (account) => account,
) {
  const environment = environmentOf(yaml);
  const { channels } = environment;
  const check: DoctorCheck = DOCTOR_CHECKS[kind];
  const account = change(healthyAccount(environment));
  const outcome = { findings: [], ...check.examine({ environment, channels, isWhole: true, account }) };
  for (const { fix } of outcome.findings) if (fix.change) expectAccepted(yaml, fix.change);
  return outcome;
}

/** Whatever a fix changes in environments.yaml, the file must still be right. */
function expectAccepted(yaml: string, change: object): void {
  const text = `environments: { test: { account: "${ACCOUNT}", region: us-east-1, ${yaml} } }`;
  expect(() => parseEnvironments(stringify(merged(parse(text), change)), "changed.yaml")).not.toThrow();
}

/** The only finding. */
export function only(findings: readonly Draft[]): Draft {
  expect(findings).toHaveLength(1);
  return findings[0] as Draft;
}

/** An account that has something else of an access level. */
export function changing(access: AccessLevel, changed: (liveLevel: LiveLevel) => Partial<LiveLevel>) {
  return (account: Account) => withAccess(account, access, changed(accessIn(account, access)));
}

/** One policy more than the access level has. */
export function addingPolicy(access: AccessLevel, policy: LivePolicy) {
  return changing(access, ({ policies }) => ({
    policies: { known: [...(policies as { known: LivePolicy[] }).known, policy] },
  }));
}

/** The policies of their own that an environment's access levels have, each with more statements. */
export function ownPolicies(yaml: string, ...extraStatements: object[]): LivePolicy[] {
  return environmentOf(yaml).accesses.map((props) => ownPolicy(props, ...extraStatements));
}

/** The same policies with something else in their text. */
export function editedPolicies(yaml: string, from: string, to: string): LivePolicy[] {
  return ownPolicies(yaml).map((policy) => ({
    ...policy,
    document: { known: readLiveDocument((policy.document as { known: LiveDocument }).known.text.replace(from, to)) },
  }));
}

/** A role that has something else. */
export function withRole(access: AccessLevel, changed: Partial<LiveRole>) {
  return changing(access, ({ role }) => ({ role: { known: { ...(role as { known: LiveRole }).known, ...changed } } }));
}
