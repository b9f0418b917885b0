import { parse, stringify } from "yaml";
import { type LiveDocument, readLiveDocument } from "../../../../../cli/aws/live-document";
import type { LivePolicy, LiveRole } from "../../../../../cli/aws/live-role";
import type { Account } from "../../../../../cli/commands/doctor/account";
import type { Check, Finding } from "../../../../../cli/commands/doctor/check";
import type { LiveAccess } from "../../../../../cli/commands/doctor/live-access";
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
/** A command of AWS's as it is printed, which runs in the account alone. */
export function inAccount(operation: string): string {
  return onlyInAccount(`aws ${operation}`);
}
export function onlyInAccount(command: string): string {
  return `if [ "$(aws sts --region us-east-1 get-caller-identity --query Account --output text)" = ${ACCOUNT} ]; then ${command}; else echo "Not run: it takes credentials of ${ACCOUNT}." >&2; false; fi`;
}
export const CREATE_ROLE = inAccount(
  "iam --region us-east-1 create-service-linked-role --aws-service-name servicequotas.amazonaws.com",
);
export const everyKind = [
  "read-only: {}",
  "full: {}",
  `read-only: { policy: aws-managed, ${WATCH} }, full: { without: [live-chat], service-quotas-role: create }`,
  "full: { without: [request-quota-increases], source-account-condition: true }",
  `full: { path: /support/, role-name: oncall, permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/b" }`,
];

/** What a check says of an environment after something has changed in its account. */
export function examined(check: Check, yaml: string, change: (account: Account) => Account = (account) => account) {
  const environment = environmentOf(yaml);
  const outcome = check.examine({ environment, whole: environment, account: change(healthyAccount(environment)) });
  for (const { fix } of outcome.findings) if (fix.change) expectAccepted(yaml, fix.change);
  return outcome;
}

/** Whatever a fix changes in environments.yaml, the file must still be right. */
export function expectAccepted(yaml: string, change: object): void {
  const text = `environments: { test: { account: "${ACCOUNT}", region: us-east-1, ${yaml} } }`;
  expect(() => parseEnvironments(stringify(merged(parse(text), change)), "changed.yaml")).not.toThrow();
}

/** The only finding. */
export function only(findings: readonly Finding[]): Finding {
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

export function changing(access: AccessLevel, changed: (found: LiveAccess) => Partial<LiveAccess>) {
  return (account: Account) => withAccess(account, access, changed(accessIn(account, access)));
}

/** One policy more than the access level has. */
export function addingPolicy(access: AccessLevel, policy: LivePolicy) {
  return changing(access, ({ policies }) => ({
    policies: { known: [...(policies as { known: LivePolicy[] }).known, policy] },
  }));
}

/** The policies of their own that an environment's access levels have, each with more statements. */
export function ownPolicies(yaml: string, ...more: object[]): LivePolicy[] {
  return environmentOf(yaml).accesses.map((props) => ownPolicy(props, ...more));
}

/** The same with something else in their text. */
export function editedPolicies(yaml: string, from: string, to: string): LivePolicy[] {
  return ownPolicies(yaml).map((own) => ({
    ...own,
    document: { known: readLiveDocument((own.document as { known: LiveDocument }).known.text.replace(from, to)) },
  }));
}

export function withRole(access: AccessLevel, changed: Partial<LiveRole>) {
  return changing(access, ({ role }) => ({
    role: { known: { ...(role as { known: LiveRole }).known, ...changed } },
  }));
}
