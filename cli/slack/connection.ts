import { setTimeout as sleep } from "node:timers/promises";
import type { WebClient } from "@slack/web-api";
import pLimit from "p-limit";
import type { z } from "zod";
import { messageOf } from "../../modules/support-app/model/printable";
import { BrokenAnswer } from "../aws/broken-answer";
import { causeOfFetch } from "../fetch-cause";
import { type Fields, fieldsIn, parseJson } from "../terminal/json";
import { printError } from "../terminal/print";
import { errorAnswer, expectSlackAnswer } from "./answer-schemas";
import { kindOf, type SlackFailure, type SlackLookup } from "./lookup";
import { slackApiUrl, slackToken } from "./token";

/** A connection to Slack for one run of a command. Each call is made once, however many environments need it. */
export interface Slack {
  /**
   * Asks Slack. Changes nothing there.
   *
   * @param method of the Web API, such as `conversations.info`
   * @param schema what Slack promises; each of its errors names the expected value
   */
  ask<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>>;
}

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** Maximum number of concurrent calls: more would only reach Slack's rate limits sooner. */
const MAX_CALLS = 4;

/** Longest duration of one attempt of a call, up to the last byte of its answer, in seconds. */
const ATTEMPT = 10;

/** How often a failed call is tried again. */
const RETRIES = 2;

/** How often a call waits for Slack's rate limit. */
const MAX_WAITS = 7;

/** Longest pause that Slack may ask for, in seconds. Its rate limits are per minute. Source: Slack, rate limits. */
const MAX_RETRY_AFTER = 60;

/** Logs nothing: the library's log contains requests and answers. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => "error" };

/**
 * Connects to Slack with the token in SLACK_BOT_TOKEN, at SLACK_API_URL if that is set.
 *
 * @param notify receives lines for a person who is waiting
 * @param second its length in milliseconds
 * @throws UsageError when there is no token
 * @throws CommandError when SLACK_API_URL can't be used
 */
export function connectToSlack(notify: (line: string) => void = printError, second = 1_000): Slack {
  const token = slackToken();
  // Loaded only here: it takes as long to load as Node.js itself.
  const { WebClient: Client }: typeof import("@slack/web-api") = require("@slack/web-api");
  const client = new Client(token, {
    slackApiUrl: slackApiUrl(),
    allowAbsoluteUrls: false,
    logger: SILENT as unknown as WebClient["logger"],
    fetch: (to, init) =>
      fetch(to, init).catch((error) => {
        throw new Error(causeOfFetch(error));
      }),
    timeout: ATTEMPT * second,
    retryConfig: { retries: RETRIES, minTimeout: second / 5 },
    rejectRateLimitedCalls: true, // the library would wait for hours
  });
  const limit = pLimit(MAX_CALLS);
  const asked = new Map<string, Promise<SlackLookup<unknown>>>();
  /** By name, why a method isn't called again in this run: another call would wait just as long. */
  const givenUp = new Map<string, SlackFailure>();
  let isSilent: SlackFailure | undefined;
  let pausedUntil = 0;

  async function call<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>> {
    for (let waits = 0; ; waits++) {
      const before = isSilent ?? givenUp.get(method);
      if (before) return { unknown: before };
      try {
        const answer = without(token, await client.apiCall(method, parameters).catch(refusalIn));
        if (answer.ok) return { known: expectSlackAnswer(schema, answer) };
        return { unknown: refusalOf(method, answer) };
      } catch (error) {
        const { retryAfter } = Object(error);
        if (retryAfter > MAX_RETRY_AFTER || retryAfter === undefined || waits === MAX_WAITS) {
          const failure = failureOf(method, error);
          if (failure.kind === "no-answer") isSilent ??= failure;
          if (!(error instanceof BrokenAnswer)) givenUp.set(method, failure);
          return { unknown: failure };
        }
        if (retryAfter > 0 && pausedUntil < performance.now()) {
          notify(`Slack: waiting ${retryAfter} s before the next ${method}, as its rate limit asks.`);
        }
        pausedUntil = performance.now() + retryAfter * second;
        await sleep(retryAfter * second);
      }
    }
  }

  return {
    ask<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>> {
      const key = `${method} ${JSON.stringify(parameters)}`;
      const answer = asked.get(key) ?? limit(() => call(method, parameters, schema));
      asked.set(key, answer);
      return answer as Promise<SlackLookup<T>>;
    },
  };
}

/** An answer in which the token, sent back, isn't repeated. */
function without(token: string, answer: unknown): Fields {
  return fieldsIn(parseJson(JSON.stringify(answer).replaceAll(token, "…"))); // nothing in a token is escaped in JSON
}

/** The answer in which Slack refuses a call. Other errors are thrown. */
function refusalIn(error: unknown) {
  const { data } = Object(error);
  if (data === undefined) throw error;
  return data;
}

/** @throws BrokenAnswer when it isn't in Slack's form */
function refusalOf(method: string, answer: unknown): SlackFailure {
  const { error, needed } = expectSlackAnswer(errorAnswer, answer);
  const scopes = needed === undefined ? "" : `, which needs ${needed}`;
  return { kind: kindOf(error), method, message: `Slack answers ${error} to ${method}${scopes}`, needed };
}

function failureOf(method: string, error: unknown): SlackFailure {
  const { code, original = error, retryAfter, statusCode } = Object(error);
  const because = (kind: SlackFailure["kind"], message: string): SlackFailure => ({ kind, method, message });
  const broken = (why: string) => because("broken-answer", `a broken answer to ${method}: ${why}`);
  const limited = (why: string) => because("rate-limit", `${method}: Slack's rate limit is reached${why}`);
  if (retryAfter > MAX_RETRY_AFTER) {
    return limited(`: it asks to wait ${retryAfter} s, and support-app waits at most ${MAX_RETRY_AFTER} s`);
  }
  if (retryAfter !== undefined) return limited(` again after ${MAX_WAITS + 1} calls`);
  if (statusCode >= 500) {
    return because("unavailable", `${method}: received status ${statusCode}, which means that Slack fails`);
  }
  if (statusCode !== undefined) return broken(`received status ${statusCode}, expected 200`);
  if (error instanceof BrokenAnswer) return broken(messageOf(error));
  const message = causeOfFetch(original);
  if (message.includes("due to timeout")) {
    return because("no-answer", `no answer to ${method}: waited ${ATTEMPT} s for it, ${RETRIES + 1} times`);
  }
  if (message.startsWith("Retry header")) return limited(", and Slack doesn't say for how long");
  if (code !== undefined) return because("unreachable", `Slack couldn't be asked ${method}: ${message}`);
  return broken("received something else, expected an answer of Slack's Web API");
}
