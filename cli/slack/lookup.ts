import { endpointInWords } from "../../common/endpoint";
import { SCOPES } from "./token";

export type SlackLookup<T> = { readonly known: T } | { readonly unknown: SlackFailure };

export interface SlackFailure {
  readonly kind: keyof typeof FIXES;
  /** What was asked, such as `conversations.info`. */
  readonly method: string;
  /** What was received, without the token. */
  readonly message: string;
  /** The needed scopes in Slack's answer, separated by commas. */
  readonly scopes?: string;
}

/** The failure of an answer that isn't what Slack documents. */
export function brokenAnswerTo(method: string, reason: string): SlackFailure {
  return { kind: "broken-answer", method, message: `a broken answer to ${method}: ${reason}` };
}

/** The kinds of failures, each with what to do about it. */
const FIXES = {
  token: () =>
    'Set SLACK_BOT_TOKEN to a valid Bot User OAuth Token from the Slack app\'s page "OAuth & Permissions", reinstall the app in the workspace if it was removed, and refresh the token if the app rotates its tokens.',
  scope: (scopes: string) =>
    `Add the scope ${scopes} to the Slack app, reinstall it in the workspace, and run this again.`,
  /** The channel isn't there, or the token's app isn't in it. */
  "not-visible": () =>
    "If the channel exists, invite the token's app to it: /invite @ and the app's name, in the channel. If it was deleted, remove it from environments.yaml, and deploy.",
  /** What answered isn't Slack, is Slack that fails, or left out what Slack promises. */
  "broken-answer": () =>
    `See https://slack-status.com. If Slack works, check what answers instead of it${endpointInWords("SLACK_API_URL")}, such as a proxy or the network's login page. Then run this again.`,
  /** Nothing answered in time, or what answered refuses for longer than anybody waits. */
  unreachable: () =>
    `Check that Slack can be reached from here${endpointInWords("SLACK_API_URL")}, and run this again later.`,
  other: (_: string, method: string) =>
    `Run this again. If Slack answers the same, look the error up at https://docs.slack.dev/reference/methods/${method}.`,
} satisfies Record<string, (scopes: string, method: string) => string>;

export function slackFix({ kind, scopes = SCOPES.join(", "), method }: SlackFailure): string {
  return FIXES[kind](scopes, method);
}

/** Slack's error codes by their meaning. Source: Slack Web API, errors of auth.test, conversations.info and users.info. */
const KINDS: Partial<Record<SlackFailure["kind"], readonly string[]>> = {
  token: ["account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"],
  scope: ["missing_scope", "not_allowed_token_type"],
  "not-visible": ["channel_not_found"],
};

export function kindOf(error: string): SlackFailure["kind"] {
  return (["token", "scope", "not-visible"] as const).find((kind) => KINDS[kind]?.includes(error)) ?? "other";
}
