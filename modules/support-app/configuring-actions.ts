/**
 * What decides which channels, workspaces and alias an account has, also by an action that AWS adds under one of these verbs. Source: Service
 * Authorization Reference, AWS Support App in Slack, the actions of access level Write.
 */
export const CONFIGURING_ACTIONS: readonly string[] = ["Create", "Delete", "Put", "Redeem", "Register", "Update"].map(
  (verb) => `supportapp:${verb}*`,
);
