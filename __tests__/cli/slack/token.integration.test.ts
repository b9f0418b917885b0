import { readSlackToken, slackApiUrl } from "../../../cli/slack/token";
import { CommandError, UsageError } from "../../../cli/terminal/command-error";
import { TOKEN } from "../../support/answering-slack";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

/** Sets a variable, or unsets it. */
function setVariable(name: "SLACK_BOT_TOKEN" | "SLACK_API_URL", value: string | undefined): void {
  process.env = { ...before };
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

describe("SLACK_BOT_TOKEN", () => {
  test.each([
    ...[undefined, "", " ", "secret", ` ${TOKEN}`, `${TOKEN}\n`, `${TOKEN}\r\nX: y`, "xoxb-é"],
    ...["xapp-1-secret", "xoxa-1-secret", "xoxr-1-secret", "xoxs-1-secret"],
  ])("SLACK_BOT_TOKEN as %j is refused, and not repeated", (token) => {
    setVariable("SLACK_BOT_TOKEN", token);
    expect(readSlackToken).toThrow(
      new UsageError(
        `Received ${token ? "an invalid value" : "nothing"} in SLACK_BOT_TOKEN, expected the Bot User OAuth Token of a Slack app with the scopes channels:read, groups:read, users:read, such as xoxb-…. Copy it from the app's page "OAuth & Permissions".`,
      ),
    );
  });

  test.each([TOKEN, "xoxe.xoxb-1-AbC", "xoxp-1-2"])("SLACK_BOT_TOKEN as %s is accepted", (token) => {
    setVariable("SLACK_BOT_TOKEN", token);
    expect(readSlackToken()).toBe(token);
  });
});

describe("SLACK_API_URL", () => {
  test.each([
    "secret",
    "http://slack.example.com/api/",
    "file:///etc/passwd",
    "http://127.0.0.1.example.com/",
    "http://127.0.0.1@example.com/",
    "http://localhost.example.com/",
    "http://0.0.0.0/",
    "https://user@slack.example.com/api/",
    "https://:secret@slack.example.com/api/",
    "https://slack.example.com/api/?secret=1",
    "https://slack.example.com/api/#secret",
  ])("SLACK_API_URL as %s is refused, and not repeated", (url) => {
    setVariable("SLACK_API_URL", url);
    expect(slackApiUrl).toThrow(
      new CommandError(
        "Received an invalid value in SLACK_API_URL, expected a URL that begins with https:// and has no user name, password, query or fragment, such as https://proxy.example.com/api/. Correct it, or unset it.",
      ),
    );
  });

  test.each([
    [undefined, "https://slack.com/api/"],
    ["", "https://slack.com/api/"],
    ["https://slack-gov.com/api/", "https://slack-gov.com/api/"],
    ["http://localhost:80/api", "http://localhost/api"],
    ["http://[::1]:9/", "http://[::1]:9/"],
    ["http://127.0.0.1:4566/", "http://127.0.0.1:4566/"],
  ])("SLACK_API_URL as %j is %s", (value, url) => {
    setVariable("SLACK_API_URL", value);
    expect(slackApiUrl()).toBe(url);
  });
});
