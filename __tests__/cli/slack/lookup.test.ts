import { kindOf, type SlackFailure, slackFix } from "../../../cli/slack/lookup";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test.each<[kind: SlackFailure["kind"], errors: readonly string[]]>([
  ["token", ["account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"]],
  ["scope", ["missing_scope", "not_allowed_token_type"]],
  ["not-visible", ["channel_not_found"]],
  ["other", ["ekm_access_denied", "user_not_visible", "internal_error", "constructor", "__proto__"]],
])("errors of Slack about the kind %s are recognized", (kind, errors) => {
  for (const error of errors) expect([error, kindOf(error)]).toEqual([error, kind]);
});

const failure = (kind: SlackFailure["kind"], scope?: string): SlackFailure => {
  return { kind, method: "users.info", message: "Slack refuses", scopes: scope };
};

test.each<[SlackFailure, string]>([
  [failure("token"), "Set SLACK_BOT_TOKEN to a valid Bot User OAuth Token"],
  [failure("scope", "users:read"), "Add the scope users:read to the Slack app"],
  [failure("scope"), "Add the scope channels:read, groups:read, users:read to the Slack app"],
  [failure("not-visible"), "If the channel exists, invite the token's app to it: /invite @ and the app's name"],
  [failure("other"), "look the error up at https://docs.slack.dev/reference/methods/users.info."],
])("the fix fits what failed: %j", (failed, fix) => {
  expect(slackFix(failed)).toContain(fix);
});

test.each<[SlackFailure["kind"], string]>([
  ["broken-answer", "check what answers instead of it at SLACK_API_URL=https://proxy.example.com, such as a proxy"],
  ["unreachable", "Check that Slack can be reached from here at SLACK_API_URL=https://proxy.example.com, and run"],
])("the fix of a failed connection (%s) names the origin that was asked, if it isn't Slack's own", (kind, fix) => {
  process.env = { ...before, SLACK_API_URL: "https://proxy.example.com/secret/" };
  expect(slackFix(failure(kind))).toContain(fix);
  delete process.env.SLACK_API_URL;
  expect(slackFix(failure(kind))).toContain(fix.replace(" at SLACK_API_URL=https://proxy.example.com", ""));
});
