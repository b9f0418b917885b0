import { kindOf, type SlackFailure, slackFix } from "../../../cli/slack/lookup";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test.each<[string, SlackFailure["kind"]]>([
  ["invalid_auth", "token"],
  ["token_revoked", "token"],
  ["token_expired", "expired"],
  ["ekm_access_denied", "encryption"],
  ["missing_scope", "scope"],
  ["not_allowed_token_type", "scope"],
  ["channel_not_found", "not-visible"],
  ["ratelimited", "rate-limit"],
  ["user_not_visible", "other"],
  ["internal_error", "other"],
  ["constructor", "other"],
  ["__proto__", "other"],
])("Slack's error %s is about: %s", (error, kind) => {
  expect(kindOf(error)).toBe(kind);
});

const failure = (kind: SlackFailure["kind"], needed?: string): SlackFailure => {
  return { kind, method: "users.info", message: "Slack refuses", needed };
};

test.each<[SlackFailure, string]>([
  [
    failure("token"),
    'Reinstall the Slack app in the workspace, and set SLACK_BOT_TOKEN to its Bot User OAuth Token from the page "OAuth & Permissions".',
  ],
  [
    failure("scope", "users:read"),
    "Add the scope users:read to the Slack app, reinstall it in the workspace, and run this again.",
  ],
  [
    failure("scope"),
    "Add the scope channels:read, groups:read, users:read to the Slack app, reinstall it in the workspace, and run this again.",
  ],
  [
    failure("not-visible"),
    "If the channel exists, invite the token's app to it: /invite @ and the app's name, in the channel. If it was deleted, remove it from environments.yaml, and deploy.",
  ],
  [
    failure("expired"),
    "The Slack app rotates its tokens. Set SLACK_BOT_TOKEN to a current one, refreshed with oauth.v2.access, and run this again.",
  ],
  [
    failure("encryption"),
    "An administrator of the organization has revoked access to its encryption keys (Enterprise Key Management). Ask them; another token doesn't help.",
  ],
  [failure("rate-limit"), "Wait as long as Slack asks, and run this again."],
  [
    failure("other"),
    "Run this again. If Slack answers the same, look the error up at https://docs.slack.dev/reference/methods/users.info.",
  ],
])("the fix fits what failed: %j", (failed, fix) => {
  expect(slackFix(failed)).toBe(fix);
});

test.each<[SlackFailure["kind"], string]>([
  [
    "broken-answer",
    "Check what answers instead of Slack at SLACK_API_URL=https://proxy.example.com, such as a proxy or the network's login page, and run this again.",
  ],
  [
    "unavailable",
    "See https://slack-status.com, and run this again later. If Slack works, check what answers instead of it at SLACK_API_URL=https://proxy.example.com, such as a proxy.",
  ],
  [
    "no-answer",
    "Check that Slack can be reached from here at SLACK_API_URL=https://proxy.example.com, and run this again.",
  ],
  [
    "unreachable",
    "Check that Slack can be reached from here at SLACK_API_URL=https://proxy.example.com, and run this again.",
  ],
])("the fix of a failed connection (%s) names the origin that was asked, if it isn't Slack's own", (kind, fix) => {
  process.env = { ...before, SLACK_API_URL: "https://proxy.example.com/secret/" };
  expect(slackFix(failure(kind))).toBe(fix);
  delete process.env.SLACK_API_URL;
  expect(slackFix(failure(kind))).toBe(fix.replace(" at SLACK_API_URL=https://proxy.example.com", ""));
});
