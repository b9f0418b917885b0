import type { ServerResponse } from "node:http";
import * as z from "zod";
import { connectToSlack, type Slack } from "../../../cli/slack/connection";
import {
  type AnsweringSlack,
  answerAsSlack,
  type InSlack,
  rateLimited,
  type SlackAnswer,
  TOKEN,
  workspace,
} from "../../support/answering-slack";
import { printedInTests } from "../../support/printed";

const printed = printedInTests();
const before = { ...process.env };
let slack: AnsweringSlack | undefined;
const { setTimeout: wait } = globalThis;
beforeEach(() => {
  const waitBriefly = (callback: () => void, ms = 0) => wait(callback, Math.min(ms, 5));
  jest.spyOn(globalThis, "setTimeout").mockImplementation(waitBriefly as typeof setTimeout);
});
afterEach(async () => {
  await slack?.close();
  slack = undefined;
  process.env = { ...before };
  jest.restoreAllMocks();
});

/** Asks a Slack with the given answers. */
async function asking(override: InSlack): Promise<Slack> {
  slack = await answerAsSlack(workspace(), override);
  process.env = { ...before, SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url };
  return connectToSlack();
}

const anything = z.object({});
const failed = (kind: string, method: string, message: unknown) => ({ unknown: { kind, method, message } });

test("a failed call is retried, and a pause that Slack asks for is printed", async () => {
  const answers: (SlackAnswer | undefined)[] = [
    (outgoing) => outgoing.destroy(),
    (outgoing) => outgoing.writeHead(503).end(),
    rateLimited("0"),
  ];
  const { ask } = await asking(() => answers.shift());
  expect(await ask("auth.test", {}, anything)).toEqual({ known: {} });
  expect(slack?.asked).toHaveLength(4);
  expect(printed).toEqual(["Slack: waiting 0 s, as its rate limit asks."]);
});

const BROKEN = "a broken answer to auth.test: received";
const as = (body: string) => (outgoing: ServerResponse) => outgoing.end(body);

test.each<[string, SlackAnswer, string, number]>([
  ["a Slack that is down", (o) => o.writeHead(503).end(), `${BROKEN} status 503, expected 200`, 4],
  ["a login page", as("<html>"), `${BROKEN} something else as error, expected what Slack documents`, 1],
  ["nothing", as("null"), `${BROKEN} something else, expected an answer of Slack's Web API`, 1],
  [
    "a rate limit that doesn't say for how long",
    rateLimited(undefined),
    `${BROKEN} something else, expected an answer of Slack's Web API`,
    1,
  ],
  ["a wrong error", { ok: false, error: TOKEN }, `${BROKEN} something else as error, expected what Slack documents`, 1],
])("%s is a broken answer, after this many attempts, and other calls are made", async (_, answer, message, times) => {
  const { ask } = await asking((method) => (method === "auth.test" ? answer : undefined));
  expect(await ask("auth.test", {}, anything)).toEqual(failed("broken-answer", "auth.test", message));
  expect(slack?.asked).toHaveLength(times);
  expect(await ask("users.info", { user: "U1" }, anything)).toEqual({ known: {} });
});

test.each<[string, SlackAnswer, string, number]>([
  ["breaks off", (o) => o.destroy(), ".+", 4],
  ["leads elsewhere", (o) => o.writeHead(302, { location: "https://example.com/" }).end(), ".*redirect.*", 4],
  ["limits without an end", rateLimited("0"), "its rate limit is still reached", 4],
  ["limits for too long", rateLimited("61"), "its rate limit asks to wait 61 s, and support-app waits at most 60 s", 4],
])("a Slack that %s is given up, for all calls", async (_, answer, reason, times) => {
  const { ask } = await asking(() => answer);
  const message = expect.stringMatching(`^Slack couldn't be asked auth\\.test: ${reason}$`);
  const unknown = failed("unreachable", "auth.test", message);
  expect(await ask("auth.test", {}, anything)).toEqual(unknown);
  expect(slack?.asked).toHaveLength(times);
  expect(await ask("users.info", { user: "U2" }, anything)).toEqual(unknown);
  expect(slack?.asked).toHaveLength(times);
});

test("a Slack that doesn't answer in 10 seconds, or doesn't end its answer, is given up", async () => {
  const timeout = jest.spyOn(AbortSignal, "timeout");
  for (const answer of [() => {}, (outgoing: ServerResponse) => void outgoing.write("{")]) {
    timeout.mockClear().mockImplementation(() => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new DOMException("due to timeout", "TimeoutError")), 5);
      return controller.signal;
    });
    const { ask } = await asking(() => answer);
    const message = "Slack couldn't be asked auth.test: due to timeout";
    expect(await ask("auth.test", {}, anything)).toEqual(failed("unreachable", "auth.test", message));
    expect(timeout.mock.calls[0]).toEqual([10_000]);
    await slack?.close();
  }
});

test("each call is made once, whoever needs it", async () => {
  const { ask } = await asking(() => undefined);
  await Promise.all([ask("auth.test", {}, anything), ask("auth.test", {}, anything)]);
  await ask("auth.test", {}, anything);
  await ask("users.info", { user: "U1" }, anything);
  await ask("users.info", { user: "U2" }, anything);
  expect(slack?.asked).toEqual(["auth.test", "users.info U1", "users.info U2"]);
});

test.each([
  ["scope", "missing_scope", "users:read", ", which needs users:read"],
  ["other", "internal_error", undefined, ""],
])("Slack's error is unknown, as %s (%s), with the scope that it asks for: %s", async (kind, error, scope, words) => {
  const { ask } = await asking(() => ({ ok: false, error, needed: scope }));
  const message = `Slack answers ${error} to users.info${words}`;
  expect(await ask("users.info", {}, anything)).toEqual({
    unknown: { kind, method: "users.info", scopes: scope, message },
  });
});

test("the token isn't repeated, even if Slack sends it back, and nothing is logged, whatever warnings Slack sends", async () => {
  const logs = (["debug", "info", "log", "warn", "error"] as const).map((name) => jest.spyOn(console, name));
  const response_metadata = { warnings: [`warning ${TOKEN}`], messages: ["[ERROR] a", "[WARN] b"] };
  const { ask } = await asking(() => ({ name: `a ${TOKEN}`, response_metadata }));
  expect(await ask("users.info", {}, z.object({ name: z.string() }))).toEqual({ known: { name: "a …" } });
  expect(logs.flatMap(({ mock }) => mock.calls)).toEqual([]);
});
