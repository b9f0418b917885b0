import { roleArnIn } from "../../cli/iam/arn";

/** What the names of all roles and policies of a run begin with. */
export const PREFIX = "SupportAppAcceptance";

/** The account's alias in the Support App during a run. */
export const ALIAS = "support-app-acceptance";

/** What a run makes of it by hand, to see that as drift. */
export const CHANGED_ALIAS = `${ALIAS}-2`;

/** The environment of a run. */
export const ENVIRONMENT = "acceptance";

/** Names of roles; each role's policy has the same name. They are the same in every run, so that what a killed run left is recognized. */
export const ROLES = {
  deployer: `${PREFIX}Deployer`,
  readOnly: `${PREFIX}ReadOnly`,
  full: `${PREFIX}Full`,
  renamed: `${PREFIX}Renamed`,
  byHand: `${PREFIX}ByHand`,
} as const;

/** A role that doesn't exist, to which a run tries to move a channel. AWS may take it. */
export const MISSING_ROLE = `${PREFIX}Missing`;

/** Whether a run gives that name to a role or a policy, in whatever case. */
export function isRunName(name = ""): boolean {
  return Object.values(ROLES).some((role) => role.toLowerCase() === name.toLowerCase());
}

/** The same name in another case, within the rights for names with the prefix. */
export function inOtherCase(name: string): string {
  return PREFIX + name.slice(PREFIX.length).toUpperCase();
}

export function roleArn(account: string, name: string): string {
  return roleArnIn(account, name);
}

export function policyArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:policy/${name}`;
}
