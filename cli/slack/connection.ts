import { setTimeout as sleep } from "node:timers/promises";
import type { WebClient } from "@slack/web-api";
import type { z } from "zod";
import { messageOf } from "../../modules/support-app/model/printable";
import { BrokenAnswer } from "../aws/broken-answer";
import { listen, NoAnswer, PATIENCE, type Patience, type Silence } from "../aws/silence";
import { causeOfFetch } from "../fetch-cause";
import { isFields, parseJson } from "../json";
import { tell } from "../print";
import { envelope, errorAnswer, expectSlackAnswer, kindInWords } from "./answer-schemas";
import { kindOf, RateLimit, type SlackFailure, type SlackLookup, Unavailable } from "./lookup";
import { slackApiUrl, slackToken } from "./token";

/** A connection to Slack for one run of a command. Each call is made once, however many environments need it. */
export interface Slack {
  /**
   * Asks Slack. Changes nothing there.
   *
   * @param method of the Web API, such as `conversations.info`
   * @param schema what Slack promises; each of its errors says what was expected
   */
  ask<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>>;
  /** Cancels everything pending. */
  end(): void;
}

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** Maximum number of concurrent calls: more would only reach Slack's rate limits sooner. */
const MAX_CALLS = 4;

/** Maximum number of attempts of a call, as for AWS. */
const MAX_ATTEMPTS = 8;

/** Longest pause that Slack may ask for, in seconds. Its rate limits are per minute. Source: Slack, rate limits. */
export const MAX_RETRY_AFTER = 60;

/** Largest answer in bytes. A page of 200 members has about 3,000. */
const MAX_ANSWER = 8_000_000;

/** Logs nothing: the library's log contains requests and answers. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => "error" };

/**
 * Connects to Slack with the token in SLACK_BOT_TOKEN, at SLACK_API_URL if that is set.
 *
 * @param told receives lines for a person who is waiting
 * @throws UsageError when there is no token
 * @throws CommandError when SLACK_API_URL can't be used
 */
export function connectToSlack(told: (line: string) => void = tell, patience: Patience = PATIENCE): Slack {
  const token = slackToken();
  const url = slackApiUrl();
  // Loaded only here: it takes as long to load as Node.js itself.
  const { WebClient: Client }: typeof import("@slack/web-api") = require("@slack/web-api");
  const transport = new Transport(new URL(url).origin, token, told, patience);
  const client = new Client(token, {
    slackApiUrl: url,
    allowAbsoluteUrls: false,
    logger: SILENT as unknown as WebClient["logger"],
    fetch: (to, init) => transport.fetch(String(to), init ?? {}),
    maxRequestConcurrency: MAX_CALLS,
    retryConfig: { retries: 0 }, // the transport retries, within the limit of a silence
    rejectRateLimitedCalls: true,
  });
  const asked = new Map<string, Promise<SlackLookup<unknown>>>();
  return {
    ask<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>> {
      const key = `${method} ${JSON.stringify(parameters)}`;
      const before = asked.get(key);
      if (before) return before as Promise<SlackLookup<T>>;
      const answer = askWith(client, method, parameters, schema);
      asked.set(key, answer);
      return answer;
    },
    end: () => transport.end(),
  };
}

async function askWith<T>(
  client: WebClient,
  method: string,
  parameters: Parameters,
  schema: z.ZodType<T>,
): Promise<SlackLookup<T>> {
  try {
    return { known: expectSlackAnswer(schema, await client.apiCall(method, parameters)) };
  } catch (error) {
    return { unknown: failureOf(method, error) };
  }
}

function failureOf(method: string, error: unknown): SlackFailure {
  const { data, original } = Object(error);
  if (data !== undefined) {
    const { error: said, needed } = errorAnswer.parse(data); // the transport has checked it
    const scopes = needed === undefined ? "" : `, which needs ${needed}`;
    return { kind: kindOf(said), method, message: `Slack answers ${said} to ${method}${scopes}`, needed };
  }
  const cause = original ?? error;
  const message = messageOf(cause);
  if (cause instanceof NoAnswer) return { kind: "no-answer", method, message: `no answer to ${method}: ${message}` };
  if (cause instanceof BrokenAnswer) {
    return { kind: "broken-answer", method, message: `a broken answer to ${method}: ${message}` };
  }
  if (cause instanceof Unavailable) return { kind: "unavailable", method, message: `${method}: ${message}` };
  if (cause instanceof RateLimit) return { kind: "rate-limit", method, message: `${method}: ${message}` };
  return { kind: "unreachable", method, message: `Slack couldn't be asked ${method}: ${message}` };
}

/** Options of the library's fetch. */
type Init = NonNullable<globalThis.RequestInit>;

/** A complete answer. */
interface WholeAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** Sends calls within the same limits as for AWS. Returns only answers in Slack's form, with the token removed. */
class Transport {
  /** Measured while a call is pending. */
  private silence: Silence | undefined;
  private asking = 0;
  private isTold = false;
  /** Set once Slack was silent for too long. */
  private givenUp: NoAnswer | undefined;
  /** By name, why a method isn't called again in this run: another call would wait just as long. */
  private readonly usedUp = new Map<string, Error>();
  /** By name, when a method may be called again, in milliseconds. */
  private readonly paused = new Map<string, number>();
  private readonly stopped = new AbortController();

  constructor(
    private readonly origin: string,
    private readonly token: string,
    private readonly told: (line: string) => void,
    private readonly patience: Patience,
  ) {}

  end(): void {
    this.stopped.abort(new NoAnswer("nothing is asked any more"));
    this.silence?.end();
  }

  async fetch(url: string, init: Init): Promise<Response> {
    const method = url.slice(url.lastIndexOf("/") + 1);
    for (let attempt = 1; ; attempt++) {
      await this.pause(method);
      this.assertNotUsedUp(method);
      const { status, retryAfter, body } = await this.listening((silence) => this.answered(method, url, init, silence));
      if (status !== 429) {
        if (status === 200) return new Response(this.slackAnswer(body), { status });
        if (status >= 500)
          throw this.useUp(method, new Unavailable(`received status ${status}, which means that Slack fails`));
        throw new BrokenAnswer(`received status ${status}, expected 200`);
      }
      const seconds = Number(retryAfter);
      if (retryAfter === null || !/^\d{1,9}$/.test(retryAfter)) {
        const why = "Slack's rate limit is reached, and Slack doesn't say for how long";
        throw this.useUp(method, new RateLimit(why));
      }
      if (seconds > MAX_RETRY_AFTER) {
        const why = `Slack's rate limit is reached: it asks to wait ${seconds} s, and support-app waits at most ${MAX_RETRY_AFTER} s`;
        throw this.useUp(method, new RateLimit(why));
      }
      if (attempt === MAX_ATTEMPTS) {
        throw this.useUp(method, new RateLimit(`Slack's rate limit is reached again after ${attempt} calls`));
      }
      this.pauseFrom(method, seconds);
    }
  }

  /** Records that a method has used up its attempts. The first reason applies to all of its calls. */
  private useUp(method: string, why: Error): Error {
    const first = this.usedUp.get(method) ?? why;
    this.usedUp.set(method, first);
    return first;
  }

  private assertNotUsedUp(method: string): void {
    const why = this.usedUp.get(method);
    if (why) throw why;
  }

  /** Records a pause that Slack asks for, and tells the person who is waiting. */
  private pauseFrom(method: string, seconds: number): void {
    const until = performance.now() + seconds * 1000;
    if (seconds > 0 && (this.paused.get(method) ?? 0) < performance.now()) {
      this.told(`Slack: waiting ${seconds} s before the next ${method}, as its rate limit asks.`);
    }
    this.paused.set(method, Math.max(until, this.paused.get(method) ?? 0));
  }

  private async pause(method: string): Promise<void> {
    const left = (this.paused.get(method) ?? 0) - performance.now();
    if (left > 0) await sleep(left, undefined, { signal: this.stopped.signal });
  }

  /** Runs an action while a silence is measured. */
  private async listening<T>(action: (silence: Silence) => Promise<T>): Promise<T> {
    if (this.givenUp) throw this.givenUp;
    const { notice, silence: limit } = this.patience;
    this.silence ??= listen(this.patience, (waitingFor) => {
      if (!this.isTold) {
        this.told(
          `Slack: no answer for ${notice / 1000} s, waiting for ${waitingFor}. support-app gives up in ${(limit - notice) / 1000} s.`,
        );
      }
      this.isTold = true;
    });
    this.asking++;
    const { silence } = this;
    try {
      return await action(silence);
    } catch (error) {
      if (!silence.signal.aborted) throw error;
      this.givenUp = silence.signal.reason;
      throw silence.signal.reason;
    } finally {
      if (--this.asking === 0) {
        this.silence?.end();
        this.silence = undefined;
      }
    }
  }

  /** The answer to a call, which is retried when the connection fails. */
  private async answered(method: string, url: string, init: Init, silence: Silence): Promise<WholeAnswer> {
    for (let attempt = 1; ; attempt++) {
      this.assertNotUsedUp(method);
      const isDone = silence.waitFor(`${method} from ${this.origin}`);
      try {
        const answer = await this.whole(method, url, init, silence);
        silence.heard();
        if (answer.status < 500 || attempt === MAX_ATTEMPTS) return answer;
      } catch (error) {
        if (error instanceof BrokenAnswer || silence.signal.aborted) throw error;
        if (attempt === MAX_ATTEMPTS) throw this.useUp(method, error as Error);
      } finally {
        isDone();
      }
      const longest = this.patience.pause * 2 ** (attempt - 1);
      await sleep(Math.random() * longest, undefined, { signal: silence.signal });
    }
  }

  private async whole(method: string, url: string, init: Init, silence: Silence): Promise<WholeAnswer> {
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(), this.patience.attempt);
    try {
      const signal = AbortSignal.any([attempt.signal, silence.signal]);
      const response = await fetch(url, { ...init, signal });
      const { status, headers } = response;
      return { status, retryAfter: headers.get("retry-after"), body: await bodyOf(response) };
    } catch (error) {
      if (error instanceof BrokenAnswer || silence.signal.aborted) throw error;
      if (!attempt.signal.aborted) throw new Error(causeOfFetch(error));
      const seconds = this.patience.attempt / 1000;
      throw new NoAnswer(`waited ${seconds} s for the whole answer to ${method} from ${this.origin}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws BrokenAnswer when it isn't in the form of Slack's Web API */
  private slackAnswer(body: string): string {
    let text: string;
    try {
      text = JSON.stringify(parseJson(body)).replaceAll(this.token, "…"); // nothing in a token is escaped in JSON
    } catch {
      throw new BrokenAnswer("received something other than JSON, expected an answer of Slack's Web API");
    }
    const answer = parseJson(text);
    if (!isFields(answer)) throw new BrokenAnswer(`received ${kindInWords(answer)}, expected a mapping`);
    if (answer.ok === false) expectSlackAnswer(errorAnswer, answer);
    else expectSlackAnswer(envelope, answer);
    return text;
  }
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new BrokenAnswer(`received more than ${MAX_ANSWER} bytes, expected fewer`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
