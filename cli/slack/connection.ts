import type { WebClient } from "@slack/web-api";
import pLimit from "p-limit";
import type * as z from "zod";
import { BrokenAnswer } from "../../common/broken-answer";
import type { Fields } from "../../common/fields";
import { fieldsIn, parseJson } from "../../common/json";
import { causeOfFetch, messageOf } from "../../common/printable";
import { printError } from "../terminal/print";
import { errorAnswer, expectSlackAnswer } from "./answer-schemas";
import { brokenAnswerTo, kindOf, type SlackFailure, type SlackLookup } from "./lookup";
import { readSlackToken, slackApiUrl } from "./token";

/** A connection to Slack for one run of a command. Each call is made once, however many environments need it. */
export interface Slack {
  /** Asks a method of the Web API, such as `conversations.info`, that changes nothing, and expects an answer of that schema. */
  ask<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>>;
}

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** Maximum number of concurrent calls: more would only reach Slack's rate limits sooner. */
const MAX_CALLS = 4;

/** Longest duration of one attempt of a call, up to the last byte of its answer. */
const ATTEMPT_MS = 10_000;

/** How often a call without an answer, or beyond Slack's rate limit, is repeated. */
const RETRIES = 3;

/** Longest pause that Slack may ask for, in seconds. Its rate limits are per minute. Source: Slack, rate limits. */
const MAX_RETRY_AFTER = 60;

/** Logs nothing: the library's log contains requests and answers. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {} };

/**
 * Connects to Slack with the token in SLACK_BOT_TOKEN, at SLACK_API_URL if that is set.
 *
 * @throws UsageError when there is no token
 * @throws CommandError when SLACK_API_URL can't be used
 */
export function connectToSlack(): Slack {
  const token = readSlackToken();
  // Loaded only here: it takes as long to load as Node.js itself.
  const { WebClient: Client, WebClientEvent }: typeof import("@slack/web-api") = require("@slack/web-api");
  const client = new Client(token, {
    slackApiUrl: slackApiUrl(),
    allowAbsoluteUrls: false,
    logger: SILENT as unknown as WebClient["logger"],
    fetch: fetchFromSlack,
    timeout: ATTEMPT_MS,
    retryConfig: { retries: RETRIES, minTimeout: 100 }, // and twice as long before each further one
  });
  client.on(WebClientEvent.RATE_LIMITED, (seconds) =>
    printError(`Slack: waiting ${seconds} s, as its rate limit asks.`),
  );
  const limit = pLimit(MAX_CALLS);
  const answersByRequest = new Map<string, Promise<SlackLookup<unknown>>>();
  /** Why no more calls are made in this run: each would wait just as long. */
  let unreachable: SlackFailure | undefined;

  async function call<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>> {
    if (unreachable) return { unknown: unreachable };
    try {
      const errorAnswerOf = (error: unknown) => Object(error).data ?? Promise.reject(error);
      const answer = without(token, await client.apiCall(method, parameters).catch(errorAnswerOf));
      if (answer.ok) return { known: expectSlackAnswer(schema, answer) };
      const { error, needed: scopes } = expectSlackAnswer(errorAnswer, answer);
      const need = scopes === undefined ? "" : `, which needs ${scopes}`;
      const message = `Slack answers ${error} to ${method}${need}`;
      return { unknown: { kind: kindOf(error), method, message, scopes } };
    } catch (error) {
      const failure = failureOf(method, error);
      if (failure.kind === "unreachable") unreachable = failure;
      return { unknown: failure };
    }
  }

  return {
    ask<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>> {
      const key = `${method} ${JSON.stringify(parameters)}`;
      const answer = answersByRequest.get(key) ?? limit(() => call(method, parameters, schema));
      answersByRequest.set(key, answer);
      return answer as Promise<SlackLookup<T>>;
    },
  };
}

/** Fails with words that don't have the URL in them, which may hold a secret. */
async function fetchFromSlack(url: string | URL, init: object | undefined): Promise<Response> {
  const response = await fetch(url, init).catch((error) => {
    throw new Error(causeOfFetch(error));
  });
  const pause = Number(response.headers.get("retry-after"));
  if (response.status !== 429 || pause <= MAX_RETRY_AFTER) return response;
  throw new Error(`its rate limit asks to wait ${pause} s, and support-app waits at most ${MAX_RETRY_AFTER} s`);
}

/** An answer in which the token, sent back, isn't repeated. */
function without(token: string, answer: unknown): Fields {
  return fieldsIn(parseJson(JSON.stringify(answer).replaceAll(token, "…"))); // nothing in a token is escaped in JSON
}

function failureOf(method: string, error: unknown): SlackFailure {
  const { code, original = error, statusCode } = Object(error);
  const brokenAnswer = (reason: string) => brokenAnswerTo(method, reason);
  if (statusCode !== undefined) return brokenAnswer(`received status ${statusCode}, expected 200`);
  if (error instanceof BrokenAnswer) return brokenAnswer(messageOf(error));
  if (code === undefined) return brokenAnswer("received something else, expected an answer of Slack's Web API");
  const message = causeOfFetch(original);
  const failureReason = message.startsWith("A rate limit") ? "its rate limit is still reached" : message;
  return { kind: "unreachable", method, message: `Slack couldn't be asked ${method}: ${failureReason}` };
}
