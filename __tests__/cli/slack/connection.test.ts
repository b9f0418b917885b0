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
    "unavailable",
    "auth.test: received status 503, which means that Slack fails",
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

test("nothing is logged, whatever warnings Slack sends", async () => {
  const logs = (["debug", "info", "log", "warn", "error"] as const).map((name) => jest.spyOn(console, name));
  const { ask } = await asking(() => ({
    response_metadata: { warnings: [`warning ${TOKEN}`], messages: ["[ERROR] a", "[WARN] b"] },
  }));
  expect(await ask("auth.test", {}, anything)).toEqual({ known: {} });
  expect(logs.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

test("an answer that isn't in Slack's form is broken", async () => {
  const { ask } = await asking(() => ({ ok: "true" }));
  const message = "a broken answer to auth.test: received a text as ok, expected true or false";
  expect(await ask("auth.test", {}, anything)).toEqual(failed("broken-answer", "auth.test", message));
});

test("nothing is asked after the end", async () => {
  const { ask, end } = await asking(() => rateLimited("60"));
  const asked = ask("auth.test", {}, anything);
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  end();
  expect(await asked).toMatchObject({ unknown: { method: "auth.test" } });
  expect(slack?.asked).toHaveLength(1);
});
