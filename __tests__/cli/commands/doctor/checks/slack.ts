import type { Check } from "../../../../../cli/commands/doctor/check";
import type { SlackPeople } from "../../../../../cli/slack/live-people";
import type { SlackFailure } from "../../../../../cli/slack/lookup";
import { environmentOf, healthyAccount } from "../../../../support/live-account";

/** A channel of the workspace T1, with the rules of environments.yaml. */
export const oncallWith = (rules = "") =>
  `full: { channels: [{ name: oncall, workspace: T1, channel: C1${rules && `, ${rules}`} }] }`;

/** What Slack answers to a token that may do too little. */
export const REFUSED: { readonly unknown: SlackFailure } = {
  unknown: { kind: "scope", method: "users.info", message: "Slack refuses", needed: "users:read" },
};

/** A channel as it should be. */
export const STATE = {
  name: "oncall",
  isPrivate: true,
  isArchived: false,
  isShared: false,
  sharedWith: [] as readonly string[],
  isInvited: false,
};

/** What Slack says with a token of T1. */
export function slackWith(channels: Record<string, Partial<{ state: object; members: object }>> = {}): SlackPeople {
  const whole = Object.entries(channels).map(([id, channel]) => [
    id,
    { state: { known: STATE }, members: { known: { people: [], unseen: 0 } }, ...channel },
  ]);
  return { token: { known: { workspace: "T1" } }, channels: new Map(whole as never) };
}

/** What a check of Slack says. */
export function examinedInSlack(check: Check, yaml: string, slack: SlackPeople | undefined) {
  const environment = environmentOf(yaml);
  return check.examine({ environment, whole: environment, account: healthyAccount(environment), slack });
}
