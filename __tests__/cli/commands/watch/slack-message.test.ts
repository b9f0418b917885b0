import { sendToSlack, slackMessage, slackWebhook } from "../../../../cli/commands/watch/slack-message";
import type { WatchedFinding, WatchReport } from "../../../../cli/commands/watch/watch-report";
import { CommandError } from "../../../../cli/terminal/command-error";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});

const SECRET = "T000/B000/XsecretX";
const WEBHOOK = `https://hooks.slack.com/services/${SECRET}`;

describe("SLACK_WEBHOOK_URL", () => {
  test.each([WEBHOOK, `https://hooks.slack-gov.com/services/${SECRET}`])("SLACK_WEBHOOK_URL may be %s", (url) => {
    process.env.SLACK_WEBHOOK_URL = url;
    expect(slackWebhook()?.href).toBe(url);
  });

  test("SLACK_WEBHOOK_URL needn't be set", () => {
    process.env.SLACK_WEBHOOK_URL = "";
    expect(slackWebhook()).toBeUndefined();
    delete process.env.SLACK_WEBHOOK_URL;
    expect(slackWebhook()).toBeUndefined();
  });

  test.each([
    `https://hooks.slack.com.evil.example.com/services/${SECRET}`,
    `https://example.com/services/${SECRET}`,
    `http://hooks.slack.com/services/${SECRET}`,
    "https://user@hooks.slack.com/services/T0",
    "https://:secret@hooks.slack.com/services/T0",
    `https://hooks.slack.com:8443/services/${SECRET}`,
    SECRET,
  ])("SLACK_WEBHOOK_URL as %s is refused, and not repeated", (url) => {
    process.env.SLACK_WEBHOOK_URL = url;
    expect(slackWebhook).toThrow(
      new CommandError(
        'Received an invalid value in SLACK_WEBHOOK_URL, expected the URL of a Slack incoming webhook, such as https://hooks.slack.com/services/…. Copy it from the app\'s page "Incoming Webhooks", or unset it.',
      ),
    );
  });
});

const KEY = {
  ...{ id: "a", subject: { environment: "production" }, kind: "trust", about: ["full"] },
  title: "production: trust: full",
};
const ISSUE = { number: 7, url: "https://github.com/acme/access/issues/7" };

function finding(overrides: Partial<WatchedFinding> = {}): WatchedFinding {
  return { ...KEY, state: "found", change: "new", silenced: false, waiting: false, reported: [], ...overrides };
}

const messageOf = (findings: WatchedFinding[], healed: WatchReport["healed"] = []) =>
  slackMessage({ schemaVersion: 2, answer: "unhealthy", environments: [], accounts: [], findings, healed });

describe("the message of a run", () => {
  test("the message of a run names what is new, healed and closed, with links to the issues, and counts the others", () => {
    const healed = (because: WatchReport["healed"][number]["because"]) => ({ ...KEY, because });
    const findings = [
      finding({ issue: ISSUE }),
      finding(),
      finding({ change: "stays" }),
      finding({ silenced: true }),
      finding({ change: undefined }),
    ];
    expect(messageOf(findings, [{ ...healed("healed"), issue: ISSUE }, healed("check-removed")])).toBe(
      `AWS Support App access: 2 new, 2 healed or closed, 3 others
• new: <https://github.com/acme/access/issues/7|production: trust: full>
• new: production: trust: full
• healed: <https://github.com/acme/access/issues/7|production: trust: full>
• closed: production: trust: full`,
    );
  });

  test("the message of a run says of a notice that it is new or closed, since an end that has come isn't healed", () => {
    const [ending, endedNotice] = ["ending", "ended"].map((kind) => ({
      ...KEY,
      kind,
      title: `production: ${kind}: full`,
    }));
    expect(messageOf([finding(endedNotice)], [{ ...KEY, ...ending, because: "healed" }])).toBe(
      `AWS Support App access: 1 new, 1 healed or closed, 0 others
• new: production: ended: full
• closed: production: ending: full`,
    );
  });

  test("no message is sent if nothing is new or healed", () => {
    expect(messageOf([finding({ change: "stays" }), finding({ silenced: true })])).toBeUndefined();
  });

  test.each([
    [20, ["• new: production: trust: full"]],
    [21, ["and 1 more"]],
  ])("the message of a run names twenty of %d findings, and counts the rest", (count, last) => {
    const lines = messageOf(Array.from({ length: count }, () => finding()))?.split("\n") ?? [];
    expect(lines[0]).toBe(`AWS Support App access: ${count} new, 0 healed or closed, 0 others`);
    expect(lines.slice(-1)).toEqual(last);
    expect(lines.filter((line) => line.startsWith("• "))).toHaveLength(20);
  });
});

describe("a message is sent", () => {
  const answering = (answer: () => Promise<Response>) => jest.spyOn(globalThis, "fetch").mockImplementation(answer);
  const send = () => sendToSlack(new URL(WEBHOOK), "text");

  test("a message is sent without previews of links, only to the webhook itself, and for at most 30 seconds", async () => {
    const timeout = jest.spyOn(AbortSignal, "timeout");
    const fetched = answering(async () => new Response("ok"));
    await send();
    const [[url, { body, ...init } = {}] = []] = fetched.mock.calls;
    expect(String(url)).toBe(WEBHOOK);
    expect(timeout.mock.calls).toEqual([[30_000]]);
    expect(init).toMatchObject({
      ...{ method: "POST", redirect: "manual", headers: { "content-type": "application/json" } },
      signal: timeout.mock.results[0]?.value,
    });
    expect(JSON.parse(String(body))).toEqual({ text: "text", unfurl_links: false, unfurl_media: false });
  });

  test.each<[string, () => Promise<Response>]>([
    ["status 201", async () => new Response("", { status: 201 })],
    ["status 404", async () => new Response(`no_service for ${WEBHOOK}`, { status: 404 })],
    ["status 302", async () => new Response(null, { status: 302, headers: { location: WEBHOOK } })],
    ["no answer", () => Promise.reject(new Error(`can't reach ${WEBHOOK}`))],
  ])("an answer of %s from Slack is one sentence, without the URL", async (problem, answer) => {
    answering(answer);
    await expect(send()).rejects.toThrow(
      new CommandError(
        `Can't send the message to SLACK_WEBHOOK_URL: ${problem}. Everything else is done. Check whether the webhook still exists.`,
      ),
    );
  });
});
