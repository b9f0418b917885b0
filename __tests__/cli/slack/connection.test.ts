import type { ServerResponse } from "node:http";
import { z } from "zod";
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

const before = { ...process.env };
let slack: AnsweringSlack | undefined;
const notices: string[] = [];
afterEach(async () => {
  await slack?.close();
  slack = undefined;
  notices.length = 0;
  process.env = { ...before };
  jest.restoreAllMocks();
});

/** Asks a Slack with the given answers. */
async function asking(instead: InSlack, second = 5): Promise<Slack> {
  slack = await answerAsSlack(workspace(), instead);
  process.env = { ...before, SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: slack.url };
  return connectToSlack((line) => notices.push(line), second);
}

const anything = z.object({});
const failed = (kind: string, method: string, message: unknown) => ({ unknown: { kind, method, message } });

test("a failed call is retried", async () => {
  let count = 0;
  const { ask } = await asking(() => {
    count++;
    if (count === 1) return (outgoing) => outgoing.destroy();
    return count === 2 ? (outgoing) => outgoing.writeHead(503).end() : undefined;
  }, 500); // on a busy machine, the first call takes a while
  expect(await ask("auth.test", {}, anything)).toEqual({ known: {} });
  expect(slack?.asked).toHaveLength(3);
});

const NOT_SLACK = "a broken answer to auth.test: received something else, expected an answer of Slack's Web API";
const NO_CODE = "a broken answer to auth.test: received a text as error, expected a Slack error code";
const as = (body: string) => (outgoing: ServerResponse) => outgoing.end(body);

test.each<[string, SlackAnswer, string, unknown, number]>([
  [
    "a Slack that is down",
    (o) => o.writeHead(503).end(),
    "unavailable",
    "auth.test: received status 503, which means that Slack fails",
    3,
  ],
  [
    "a connection that breaks off",
    (o) => o.destroy(),
    "unreachable",
    expect.stringMatching(/^Slack couldn't be asked auth\.test: ./),
    3,
  ],
  [
    "a proxy that leads elsewhere",
    (o) => o.writeHead(302, { location: "https://example.com/" }).end(),
    "unreachable",
    expect.stringContaining("redirect"),
    3,
  ],
  [
    "a proxy that refuses",
    (o) => o.writeHead(403).end("<html>"),
    "broken-answer",
    "a broken answer to auth.test: received status 403, expected 200",
    3,
  ],
  ["a login page", as("<html>"), "broken-answer", NO_CODE, 1],
  [
    "a list",
    as("[]"),
    "broken-answer",
    "a broken answer to auth.test: received nothing as ok, expected true or false",
    1,
  ],
  ["nothing", as("null"), "broken-answer", NOT_SLACK, 1],
  ["warnings of another form", { response_metadata: { warnings: 1 } }, "broken-answer", NOT_SLACK, 1],
  ["an error of another form", { ok: false, error: TOKEN }, "broken-answer", NO_CODE, 1],
])("%s is unknown, after this many attempts", async (_, answer, kind, message, times) => {
  const { ask } = await asking(() => answer, 50);
  expect(await ask("auth.test", {}, anything)).toEqual(failed(kind, "auth.test", message));
  expect(slack?.asked).toHaveLength(times);
});

test("each call is made once, whoever needs it", async () => {
  const { ask } = await asking(() => undefined, 1_000);
  await Promise.all([ask("auth.test", {}, anything), ask("auth.test", {}, anything)]);
  await ask("auth.test", {}, anything);
  await ask("users.info", { user: "U1" }, anything);
  await ask("users.info", { user: "U2" }, anything);
  expect(slack?.asked).toEqual(["auth.test", "users.info U1", "users.info U2"]);
});

test.each<[string, SlackAnswer]>([
  ["is silent", () => {}],
  ["begins its answer and doesn't end it", (outgoing) => void outgoing.write("{")],
])("a Slack that %s is given up, for all calls", async (_, answer) => {
  const { ask } = await asking(() => answer);
  const unknown = failed("no-answer", "auth.test", "no answer to auth.test: waited 10 s for it, 3 times");
  expect(await ask("auth.test", {}, anything)).toEqual(unknown);
  const asked = slack?.asked.length;
  expect(await ask("users.info", { user: "U2" }, anything)).toEqual(unknown);
  expect(slack?.asked).toHaveLength(asked ?? 0);
});

test("a pause that Slack asks for is waited for, and said once", async () => {
  let count = 0;
  const { ask } = await asking(
    (method) => (method === "users.info" && count++ < 3 ? rateLimited("20") : undefined),
    50,
  );
  const start = performance.now();
  const users = ["U1", "U2", "UBOT"].map((user) => ask("users.info", { user }, anything));
  expect(await Promise.all(users)).toEqual(Array(3).fill({ known: {} }));
  expect(performance.now() - start).toBeGreaterThan(950);
  expect(slack?.asked).toHaveLength(6);
  expect(notices).toEqual(["Slack: waiting 20 s before the next users.info, as its rate limit asks."]);
});

test.each<[string, SlackAnswer, unknown]>([
  ["whose rate limit doesn't end", rateLimited("0"), "users.info: Slack's rate limit is reached again after 8 calls"],
  [
    "whose rate limit is too long",
    rateLimited("61"),
    "users.info: Slack's rate limit is reached: it asks to wait 61 s, and support-app waits at most 60 s",
  ],
  [
    "whose rate limit doesn't say for how long",
    rateLimited(undefined),
    "users.info: Slack's rate limit is reached, and Slack doesn't say for how long",
  ],
  ["that always fails", (outgoing) => outgoing.writeHead(500).end(), expect.any(String)],
  ["whose connection always breaks off", (outgoing) => outgoing.destroy(), expect.any(String)],
])("a method %s is given up for the run, and no other", async (_, answer, message) => {
  const { ask } = await asking(
    (method, { user }) => (method === "users.info" && user !== "U1" ? answer : undefined),
    50,
  );
  expect(await ask("users.info", { user: "U1" }, anything)).toEqual({ known: {} });
  const users = Array.from({ length: 100 }, (_, n) => `U${n + 3}`);
  const answers = await Promise.all(users.map((user) => ask("users.info", { user }, anything)));
  for (const one of answers) expect(one).toMatchObject({ unknown: { method: "users.info", message } });
  expect(slack?.asked.length).toBeLessThanOrEqual(1 + 4 * 8); // four at once, eight times each
  expect(await ask("auth.test", {}, anything)).toEqual({ known: {} });
  expect(notices).toEqual([]);
});

test("Slack's error code for a rate limit counts as one", async () => {
  const { ask } = await asking(() => ({ ok: false, error: "ratelimited" }), 1_000);
  const message = "Slack answers ratelimited to auth.test";
  expect(await ask("auth.test", {}, anything)).toEqual(failed("rate-limit", "auth.test", message));
});

test("the token isn't repeated, even if Slack sends it back", async () => {
  const { ask } = await asking(
    (method) =>
      method === "auth.test" ? { ok: false, error: "missing_scope", needed: TOKEN } : { name: `a ${TOKEN}` },
    1_000,
  );
  expect(await ask("auth.test", {}, anything)).toMatchObject({ unknown: { kind: "broken-answer" } });
  expect(await ask("users.info", {}, z.object({ name: z.string() }))).toEqual({ known: { name: "a …" } });
});

test("nothing is logged, whatever warnings Slack sends", async () => {
  const logs = (["debug", "info", "log", "warn", "error"] as const).map((name) => jest.spyOn(console, name));
  const { ask } = await asking(
    () => ({ response_metadata: { warnings: [`warning ${TOKEN}`], messages: ["[ERROR] a", "[WARN] b"] } }),
    1_000,
  );
  expect(await ask("auth.test", {}, anything)).toEqual({ known: {} });
  expect(logs.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

test("what lacks what Slack documents is broken", async () => {
  const { ask } = await asking(() => ({}), 1_000);
  const message = "a broken answer to auth.test: received nothing as name, expected a text";
  const schema = z.object({ name: z.string({ error: "a text" }) });
  expect(await ask("auth.test", {}, schema)).toEqual(failed("broken-answer", "auth.test", message));
});
