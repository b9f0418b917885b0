import { z } from "zod";
import { CommandError, UsageError } from "../../../cli/command-error";
import { connectToSlack, type Slack } from "../../../cli/slack/connection";
import { slackFix } from "../../../cli/slack/lookup";
import { slackApiUrl, slackToken } from "../../../cli/slack/token";
import {
  type AnsweringSlack,
  answerAsSlack,
  type InSlack,
  rateLimited,
  type SlackAnswer,
  TOKEN,
  workspace,
} from "../../support/answering-slack";

const before = { ...process.env };
let slack: AnsweringSlack | undefined;
let connection: Slack | undefined;
const told: string[] = [];
afterEach(async () => {
  connection?.end();
  await slack?.close();
  slack = undefined;
  connection = undefined;
  told.length = 0;
  process.env = { ...before };
  jest.restoreAllMocks();
});

const PATIENCE = { attempt: 11_000, silence: 30_000, notice: 5_000, pause: 1 };

/** Asks a Slack with the given answers. */
async function asking(instead: InSlack, patience = PATIENCE): Promise<Slack> {
  slack = await answerAsSlack(workspace(), instead);
  process.env = { ...before, SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url };
  connection = connectToSlack((line) => told.push(line), patience);
  return connection;
}

function errorOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

const anything = z.object({});
const unknown = (kind: string, method: string, message: unknown) => ({
  unknown: { kind, method, message, needed: undefined },
});
const failed = (kind: string, method: string, message: unknown) => ({ unknown: { kind, method, message } });

test("failed connections are retried", async () => {
  let count = 0;
  const { ask } = await asking(() => {
    count++;
    if (count === 1) return (outgoing) => outgoing.destroy();
    return count === 2 ? (outgoing) => outgoing.writeHead(503).end() : undefined;
  });
  expect(await ask("auth.test", {}, anything)).toEqual({ known: {} });
  expect(slack?.asked).toHaveLength(3);
});

test.each<[string, InSlack, string, unknown, number]>([
  [
    "a Slack that is down",
    () => (o) => o.writeHead(503).end(),
    "broken-answer",
    "a broken answer to auth.test: received status 503, expected 200",
    8,
  ],
  [
    "a connection that breaks off",
    () => (o) => o.destroy(),
    "unreachable",
    "Slack couldn't be asked auth.test: other side closed",
    8,
  ],
  [
    "a proxy that leads elsewhere",
    () => (o) => o.writeHead(302, { location: "https://example.com/" }).end(),
    "unreachable",
    expect.stringContaining("redirect"),
    8,
  ],
  [
    "a proxy that wants a login",
    () => (o) => o.writeHead(407).end(),
    "unreachable",
    "Slack couldn't be asked auth.test: fetch failed",
    8,
  ],
  [
    "what never ends",
    () => (o) => o.end(Buffer.alloc(8_000_001)),
    "broken-answer",
    "a broken answer to auth.test: received more than 8000000 bytes, expected fewer",
    1,
  ],
])("%s is unknown, after this many attempts", async (_, instead, kind, message, times) => {
  const { ask } = await asking(instead);
  expect(await ask("auth.test", {}, anything)).toEqual(failed(kind, "auth.test", message));
  expect(slack?.asked).toHaveLength(times);
});

test("each call is made once, whoever needs it", async () => {
  const { ask } = await asking(() => undefined);
  await Promise.all([ask("auth.test", {}, anything), ask("auth.test", {}, anything)]);
  await ask("auth.test", {}, anything);
  await ask("users.info", { user: "U1" }, anything);
  await ask("users.info", { user: "U2" }, anything);
  expect(slack?.asked).toEqual(["auth.test", "users.info U1", "users.info U2"]);
});

test("a silent Slack is reported and given up, once for all calls", async () => {
  const { ask } = await asking(() => () => {}, { attempt: 10_000, silence: 300, notice: 50, pause: 1 });
  const origin = new URL(slack?.url ?? "").origin;
  const first = ask("auth.test", {}, anything);
  const second = ask("users.info", { user: "U1" }, anything);
  const words = `waited 0.3 s for auth.test from ${origin}`;
  expect(await first).toEqual(failed("no-answer", "auth.test", `no answer to auth.test: ${words}`));
  expect(await second).toEqual(failed("no-answer", "users.info", `no answer to users.info: ${words}`));
  const later = await ask("users.info", { user: "U2" }, anything);
  expect(later).toEqual(failed("no-answer", "users.info", `no answer to users.info: ${words}`));
  expect(slack?.asked).toHaveLength(2);
  expect(told).toEqual([
    `Slack: no answer for 0.05 s, waiting for auth.test from ${origin}. support-app gives up in 0.25 s.`,
  ]);
});

test("an answer that drips is abandoned with its attempt", async () => {
  const { ask } = await asking(
    () => (outgoing) => {
      outgoing.write("{");
    },
    { attempt: 20, silence: 60_000, notice: 50_000, pause: 1 },
  );
  const message = expect.stringMatching(
    /^no answer to auth\.test: waited 0\.02 s for the whole answer to auth\.test from http/,
  );
  expect(await ask("auth.test", {}, anything)).toEqual(failed("no-answer", "auth.test", message));
});

test("a pause that Slack asks for isn't a silence, and applies to all calls of the method", async () => {
  let count = 0;
  const instead: InSlack = (method) => (method === "users.info" && count++ === 0 ? rateLimited("1") : undefined);
  const { ask } = await asking(instead, { attempt: 10_000, silence: 500, notice: 400, pause: 1 });
  const first = ask("users.info", { user: "U1" }, anything);
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const start = performance.now();
  const [one, other, third] = await Promise.all([
    first,
    ask("users.info", { user: "U2" }, anything),
    ask("auth.test", {}, anything).then(() => performance.now() - start),
  ]);
  expect([one, other]).toEqual([{ known: {} }, { known: {} }]);
  expect(performance.now() - start).toBeGreaterThan(900);
  expect(third).toBeLessThan(performance.now() - start); // which needn't wait
  expect(told).toEqual(["Slack: waiting 1 s before the next users.info, as its rate limit asks."]);
});

test("an endless rate limit is given up", async () => {
  const { ask } = await asking(() => rateLimited("0"));
  const message = "auth.test: Slack's rate limit is reached again after 8 calls";
  expect(await ask("auth.test", {}, anything)).toEqual(failed("rate-limit", "auth.test", message));
});

test.each<[string, SlackAnswer]>([
  ["whose rate limit doesn't end", rateLimited("0")],
  ["whose rate limit is too long", rateLimited("3600")],
  ["whose rate limit doesn't say for how long", rateLimited(undefined)],
  ["that always fails", (outgoing) => outgoing.writeHead(500).end()],
  ["whose connection always breaks off", (outgoing) => outgoing.destroy()],
])("a method %s is given up for the run, and no other", async (_, answer) => {
  const { ask } = await asking((method, { user }) => (method === "users.info" && user !== "U1" ? answer : undefined));
  expect(await ask("users.info", { user: "U1" }, anything)).toEqual({ known: {} });
  const users = Array.from({ length: 100 }, (_, n) => `U${n + 3}`);
  const answers = await Promise.all(users.map((user) => ask("users.info", { user }, anything)));
  const [first] = answers;
  expect(first).toHaveProperty("unknown.method", "users.info");
  expect(answers.filter((one) => JSON.stringify(one) !== JSON.stringify(first))).toEqual([]);
  expect(slack?.asked.length).toBeLessThanOrEqual(1 + 4 * 8); // four at once, eight times each
  expect(await ask("auth.test", {}, anything)).toEqual({ known: {} });
  expect(told).toEqual([]);
});

test("Slack's error code for a rate limit counts as one", async () => {
  const { ask } = await asking(() => ({ ok: false, error: "ratelimited" }));
  const message = "Slack answers ratelimited to auth.test";
  expect(await ask("auth.test", {}, anything)).toEqual(unknown("rate-limit", "auth.test", message));
});

test.each(["user_not_found", "user_not_visible", "internal_error", "fatal_error"])(
  "what to do about %s isn't about the network",
  async (error) => {
    const { ask } = await asking(() => ({ ok: false, error }));
    const answer = await ask("users.info", { user: "U1" }, anything);
    expect(answer).toEqual(unknown("other", "users.info", `Slack answers ${error} to users.info`));
    expect("unknown" in answer && slackFix(answer.unknown)).toBe(
      "Run this again. If Slack answers the same, look the error up at https://docs.slack.dev/reference/methods/users.info.",
    );
  },
);

test("an error code with the name of an object's property is an unknown one", async () => {
  const { ask } = await asking(() => ({ ok: false, error: "constructor" }));
  const message = "Slack answers constructor to auth.test";
  expect(await ask("auth.test", {}, anything)).toEqual(unknown("other", "auth.test", message));
});

test("nothing is logged, whatever warnings Slack sends", async () => {
  const logs = (["debug", "info", "log", "warn", "error"] as const).map((name) => jest.spyOn(console, name));
  const { ask } = await asking(() => ({
    response_metadata: { warnings: [`warning ${TOKEN}`], messages: ["[ERROR] a", "[WARN] b"] },
  }));
  expect(await ask("auth.test", {}, anything)).toEqual({ known: {} });
  expect(logs.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["metadata that are none", { response_metadata: null }, "received nothing as response_metadata, expected a mapping"],
  [
    "warnings that are no list",
    { response_metadata: { warnings: 1 } },
    "received a number as response_metadata.warnings, expected a list",
  ],
  ["a text for whether it is one", { ok: "true" }, "received a text as ok, expected true or false"],
  ["no word on whether it is one", { ok: undefined }, "received nothing as ok, expected true or false"],
])("an answer with %s is broken", async (_, answer, message) => {
  const { ask } = await asking(() => answer as object);
  expect(await ask("auth.test", {}, anything)).toEqual(
    failed("broken-answer", "auth.test", `a broken answer to auth.test: ${message}`),
  );
});

test("nothing is asked after the end", async () => {
  const { ask, end } = await asking(() => rateLimited("60"));
  const asked = ask("auth.test", {}, anything);
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  end();
  expect(await asked).toMatchObject({ unknown: { method: "auth.test" } });
  expect(slack?.asked).toHaveLength(1);
});

describe("SLACK_BOT_TOKEN", () => {
  test.each([undefined, "", " ", "secret", `${TOKEN}\n`, `${TOKEN}\r\nX: y`, "xapp-1-secret", "xoxb-é"])(
    "%j is refused, and not repeated",
    (token) => {
      process.env = { ...before, SLACK_BOT_TOKEN: token };
      if (token === undefined) delete process.env.SLACK_BOT_TOKEN;
      const error = errorOf(slackToken);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).status).toBe(2);
      expect((error as UsageError).message).toBe(
        `Received ${token ? "an invalid value" : "nothing"} in SLACK_BOT_TOKEN, expected the Bot User OAuth Token of a Slack app with the scopes channels:read, groups:read, users:read, such as xoxb-…. Copy it from the app's page "OAuth & Permissions".`,
      );
    },
  );

  test.each([TOKEN, "xoxe.xoxb-1-AbC", "xoxp-1-2"])("%s is accepted", (token) => {
    process.env = { ...before, SLACK_BOT_TOKEN: token };
    expect(slackToken()).toBe(token);
  });
});

describe("SLACK_API_URL", () => {
  test.each([
    ["secret", "that is not a URL"],
    [
      "http://slack.example.com/api/",
      "that doesn't begin with https://, without which others can read the token in transit",
    ],
    ["file:///etc/passwd", "that doesn't begin with https://, without which others can read the token in transit"],
    [
      "http://127.0.0.1.example.com/",
      "that doesn't begin with https://, without which others can read the token in transit",
    ],
    ["https://user:secret@slack.example.com/api/", "with a user name or a password in it"],
    ["https://slack.example.com/api/?secret=1", "with a query or a fragment"],
  ])("%s is refused, and not repeated", (url, words) => {
    process.env = { ...before, SLACK_API_URL: url };
    const error = errorOf(slackApiUrl);
    expect(error).toBeInstanceOf(CommandError);
    expect((error as CommandError).message).toBe(
      `Received SLACK_API_URL ${words}, expected a URL such as https://proxy.example.com/api/. Correct it, or unset it.`,
    );
  });

  test.each([
    [undefined, "https://slack.com/api/"],
    ["", "https://slack.com/api/"],
    ["https://slack-gov.com/api/", "https://slack-gov.com/api/"],
    ["http://localhost:80/api", "http://localhost/api"],
    ["http://[::1]:9/", "http://[::1]:9/"],
  ])("%j is %s", (given, url) => {
    process.env = { ...before, SLACK_API_URL: given };
    if (given === undefined) delete process.env.SLACK_API_URL;
    expect(slackApiUrl()).toBe(url);
  });
});

test("the fix names the address of Slack", () => {
  const failure = { method: "auth.test", message: "" };
  process.env = { ...before, SLACK_API_URL: "https://proxy.example.com/secret/" };
  expect(slackFix({ ...failure, kind: "no-answer" })).toContain(" at SLACK_API_URL=https://proxy.example.com, ");
  expect(slackFix({ ...failure, kind: "broken-answer" })).not.toContain("/secret");
  expect(slackFix({ ...failure, kind: "unreachable" })).toMatch(/^Check that Slack can be reached from here at /);
  expect(slackFix({ ...failure, kind: "scope" })).toContain("channels:read, groups:read, users:read");
});
