import { endpointInWords } from "../aws/endpoint";
import { SCOPES } from "./token";

/** Slack's answer, or why there is none. */
export type SlackLookup<T> = { readonly known: T } | { readonly unknown: SlackFailure };

/** A failed call. */
interface FailedCall {
  /** What was asked, such as `conversations.info`. */
  readonly method: string;
  /** What was received, without the token. */
  readonly message: string;
  /** The needed scopes in Slack's answer, separated by commas. */
  readonly needed?: string;
}

/** Why something about Slack isn't known. */
export interface SlackFailure extends FailedCall {
  readonly kind: keyof typeof FIXES;
}

const checkConnection = () =>
  `Check that Slack can be reached from here${endpointInWords("SLACK_API_URL")}, and run this again.`;

/** The kinds of failures, each with what to do about it. */
const FIXES = {
  /** Slack rejects the token. */
  token: () =>
    'Reinstall the Slack app in the workspace, and set SLACK_BOT_TOKEN to its Bot User OAuth Token from the page "OAuth & Permissions".',
  /** The token is rotated, and this one has expired. */
  expired: () =>
    "The Slack app rotates its tokens. Set SLACK_BOT_TOKEN to a current one, refreshed with oauth.v2.access, and run this again.",
  /** An administrator has revoked Slack's access to the workspace's encryption keys. */
  encryption: () =>
    "An administrator of the organization has revoked access to its encryption keys (Enterprise Key Management). Ask them; another token doesn't help.",
  /** The token's app lacks a scope. */
  scope: ({ needed }) =>
    `Add the scope ${needed ?? SCOPES.join(", ")} to the Slack app, reinstall it in the workspace, and run this again.`,
  /** The channel isn't there, or the token's app isn't in it. */
  "not-visible": () =>
    "If the channel exists, invite the token's app to it: /invite @ and the app's name, in the channel. If it was deleted, remove it from environments.yaml, and deploy.",
  /** Slack asks for a longer pause than allowed. */
  "rate-limit": () => "Wait as long as Slack asks, and run this again.",
  /** Slack, or what answers instead, fails. */
  unavailable: () =>
    `See https://slack-status.com, and run this again later. If Slack works, check what answers instead of it${endpointInWords("SLACK_API_URL")}, such as a proxy.`,
  /** What answered isn't Slack, or left out what Slack promises. */
  "broken-answer": () =>
    `Check what answers instead of Slack${endpointInWords("SLACK_API_URL")}, such as a proxy or the network's login page, and run this again.`,
  /** Nothing answered in time. */
  "no-answer": checkConnection,
  /** Slack couldn't be reached. */
  unreachable: checkConnection,
  /** Slack answered with another error. */
  other: ({ method }) =>
    `Run this again. If Slack answers the same, look the error up at https://docs.slack.dev/reference/methods/${method}.`,
} satisfies Record<string, (failed: FailedCall) => string>;

/** What to do about a failure. */
export function slackFix(failure: SlackFailure): string {
  return FIXES[failure.kind](failure);
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
