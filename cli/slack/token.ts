import { CommandError, UsageError } from "../command-error";

/** What Slack's tokens for its Web API look like. Source: Slack, token types; those that are rotated begin with `xoxe.`. */
const TOKEN = /^(?:xoxe\.)?xox[bp]-[A-Za-z0-9-]+$/;

/** The same, wherever it stands. */
const TOKENS = /xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]+/gi;

/** A text without Slack's tokens, such as one that was given as an argument by mistake. */
export function withoutSlackTokens(text: string): string {
  return text.replace(TOKENS, "…");
}

/** The scopes that are asked for. */
export const SCOPES = ["channels:read", "groups:read", "users:read"] as const;

/** Where Slack's Web API is. */
const SLACK_API = "https://slack.com/api/";

/** Hosts that no other machine can listen in on. */
const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/**
 * The token of SLACK_BOT_TOKEN. What it holds is never repeated.
 *
 * @throws UsageError where there is none, or something else
 */
export function slackToken(): string {
  const { SLACK_BOT_TOKEN: token } = process.env;
  if (token !== undefined && TOKEN.test(token)) return token;
  throw new UsageError(
    `Received ${token ? "something else" : "nothing"} in SLACK_BOT_TOKEN, expected the Bot User OAuth Token of a Slack app with the scopes ${SCOPES.join(", ")}, such as xoxb-…. Copy it from the app's page "OAuth & Permissions".`,
  );
}

/**
 * The URL of Slack's Web API, or of what SLACK_API_URL names in its place. What that holds is never repeated: it may be a secret.
 *
 * @throws CommandError where it can't be used
 */
export function slackApiUrl(): string {
  const { SLACK_API_URL: given } = process.env;
  if (!given) return SLACK_API;
  const expected = "expected a URL such as https://proxy.example.com/api/";
  const refused = (what: string) =>
    new CommandError(`Received SLACK_API_URL ${what}, ${expected}. Correct it, or unset it.`);
  if (!URL.canParse(given)) throw refused("that is no URL");
  const url = new URL(given);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && LOOPBACK.includes(url.hostname))) {
    throw refused("that doesn't begin with https://, without which others read the token on its way");
  }
  if (url.username !== "" || url.password !== "") throw refused("with a user name or a password in it");
  if (url.search !== "" || url.hash !== "") throw refused("with a query or a fragment");
  return url.href;
}

/** Where calls are sent instead of to Slack, such as ` at SLACK_API_URL=http://localhost:4566`. */
export function slackApiInWords(): string {
  const url = process.env.SLACK_API_URL ?? "";
  return URL.canParse(url) ? ` at SLACK_API_URL=${new URL(url).origin}` : "";
}
