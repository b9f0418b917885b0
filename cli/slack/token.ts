import { CommandError, UsageError } from "../terminal/command-error";

/** A token for Slack's Web API. Source: Slack, token types; rotated tokens begin with `xoxe.`. */
const TOKEN = /^(?:xoxe\.)?xox[bp]-[A-Za-z0-9-]+$/;

export const SCOPES = ["channels:read", "groups:read", "users:read"] as const;

/** Hosts that no other machine can listen in on. */
const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/**
 * The token in SLACK_BOT_TOKEN. It is never repeated.
 *
 * @throws UsageError when there is none, or an invalid one
 */
export function readSlackToken(): string {
  const { SLACK_BOT_TOKEN: token } = process.env;
  if (token !== undefined && TOKEN.test(token)) return token;
  throw new UsageError(
    `Received ${token ? "an invalid value" : "nothing"} in SLACK_BOT_TOKEN, expected the Bot User OAuth Token of a Slack app with the scopes ${SCOPES.join(", ")}, such as xoxb-…. Copy it from the app's page "OAuth & Permissions".`,
  );
}

/**
 * The URL of Slack's Web API, or SLACK_API_URL. That variable is never repeated: it may hold a secret.
 *
 * @throws CommandError when it can't be used
 */
export function slackApiUrl(): string {
  const { SLACK_API_URL: apiUrl } = process.env;
  if (!apiUrl) return "https://slack.com/api/";
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  const isLoopback = url?.protocol === "http:" && LOOPBACK.includes(url.hostname);
  const isPrivate = url !== undefined && (url.protocol === "https:" || isLoopback);
  if (isPrivate && [url.username, url.password, url.search, url.hash].every((part) => part === "")) return url.href;
  throw new CommandError(
    "Received an invalid value in SLACK_API_URL, expected a URL that begins with https:// and has no user name, password, query or fragment, such as https://proxy.example.com/api/. Correct it, or unset it.",
  );
}
