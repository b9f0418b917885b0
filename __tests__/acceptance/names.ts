/** What the names of all roles and policies of a run begin with. */
export const PREFIX = "SupportAppAcceptance";

/** The account's alias in the Support App during a run. */
export const ALIAS = "support-app-acceptance";

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

/** Whether a run gives that name to a role or a policy, in whatever case. */
export function isRunName(name = ""): boolean {
  return Object.values(ROLES).some((role) => role.toLowerCase() === name.toLowerCase());
}

export function roleArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:role/${name}`;
}

export function policyArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:policy/${name}`;
}
