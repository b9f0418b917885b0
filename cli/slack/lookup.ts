import { SCOPES, slackApiInWords } from "./token";

/** Slack's answer, or why there is none. */
export type SlackLookup<T> = { readonly known: T } | { readonly unknown: SlackFailure };

/** Why something about Slack isn't known. */
export interface SlackFailure {
  /**
   * - `token`: Slack rejects the token
   * - `expired`: the token is rotated, and this one has expired
   * - `encryption`: an administrator has revoked Slack's access to the workspace's encryption keys
   * - `scope`: the token's app lacks a scope
   * - `not-visible`: the channel isn't there, or the token's app isn't in it
   * - `rate-limit`: Slack asks for a longer pause than allowed
   * - `unavailable`: Slack, or what answers instead, fails
   * - `broken-answer`: what answered isn't Slack, or left out what Slack promises
   * - `no-answer`: nothing answered in time
   * - `unreachable`: Slack couldn't be reached
   * - `other`: Slack answered with another error
   */
  readonly kind:
    | "token"
    | "expired"
    | "encryption"
    | "scope"
    | "not-visible"
    | "rate-limit"
    | "unavailable"
    | "broken-answer"
    | "no-answer"
    | "unreachable"
    | "other";
  /** What was asked, such as `conversations.info`. */
  readonly method: string;
  /** What was received, without the token. */
  readonly message: string;
  /** The scopes that Slack says are needed, separated by commas. */
  readonly needed?: string;
}

/**
 * Slack's error codes and their meaning. Source: Slack Web API, errors of auth.test, conversations.info and users.info.
 */
const KINDS: Readonly<Record<string, SlackFailure["kind"]>> = {
  account_inactive: "token",
  access_denied: "token",
  accesslimited: "token",
  ekm_access_denied: "encryption",
  enterprise_is_restricted: "token",
  invalid_auth: "token",
  not_authed: "token",
  org_login_required: "token",
  team_access_not_granted: "token",
  token_expired: "expired",
  token_revoked: "token",
  two_factor_setup_required: "token",
  missing_scope: "scope",
  no_permission: "scope",
  not_allowed_token_type: "scope",
  channel_not_found: "not-visible",
  ratelimited: "rate-limit",
};

/** The meaning of a Slack error code. */
export function kindOf(error: string): SlackFailure["kind"] {
  return Object.hasOwn(KINDS, error) ? (KINDS[error] as SlackFailure["kind"]) : "other";
}

/** What to do about a failure. */
export function slackFix({ kind, method, needed }: SlackFailure): string {
  switch (kind) {
    case "token":
      return 'Reinstall the Slack app in the workspace, and set SLACK_BOT_TOKEN to its Bot User OAuth Token from the page "OAuth & Permissions".';
    case "expired":
      return "The Slack app rotates its tokens. Set SLACK_BOT_TOKEN to a current one, refreshed with oauth.v2.access, and run this again.";
    case "encryption":
      return "An administrator of the organization has revoked access to its encryption keys (Enterprise Key Management). Ask them; another token doesn't help.";
    case "unavailable":
      return `See https://slack-status.com, and run this again later. If Slack works, check what answers instead of it${slackApiInWords()}, such as a proxy.`;
    case "scope":
      return `Add the scope ${needed ?? SCOPES.join(", ")} to the Slack app, reinstall it in the workspace, and run this again.`;
    case "not-visible":
      return "If the channel exists, invite the token's app to it: /invite @ and the app's name, in the channel. If it was deleted, remove it from environments.yaml, and deploy.";
    case "rate-limit":
      return "Wait as long as Slack asks, and run this again.";
    case "broken-answer":
      return `Check what answers instead of Slack${slackApiInWords()}, such as a proxy or the network's login page, and run this again.`;
    case "other":
      return `Run this again. If Slack answers the same, look the error up at https://docs.slack.dev/reference/methods/${method}.`;
    default:
      return `Check that Slack can be reached from here${slackApiInWords()}, and run this again.`;
  }
}
