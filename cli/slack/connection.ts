import { setTimeout as sleep } from "node:timers/promises";
import type { WebClient } from "@slack/web-api";
import type { z } from "zod";
import { messageOf } from "../../modules/support-app/printable";
import { BrokenAnswer } from "../aws/broken-answer";
import { listen, NoAnswer, PATIENCE, type Patience, type Silence } from "../aws/silence";
import { isFields, parseJson } from "../json";
import { tell } from "../print";
import { envelope, errorAnswer, expectSlackAnswer, kindInWords } from "./answer-schemas";
import { kindOf, RateLimit, type SlackFailure, type SlackLookup } from "./lookup";
import { slackApiUrl, slackToken } from "./token";

/** How Slack is asked, for one run of a command: each question once, however many environments have it. */
export interface Slack {
  /**
   * Asks Slack, which changes nothing there.
   *
   * @param method of the Web API, such as `conversations.info`
   * @param schema what Slack promises of the answer; each of its errors is what was expected
   */
  ask<T>(method: string, parameters: Parameters, schema: z.ZodType<T>): Promise<SlackLookup<T>>;
  /** Stops whatever is still waited for. */
  end(): void;
}

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** Most calls at once: more would only meet Slack's rate limits sooner. */
const MAX_CALLS = 4;

/** How many times a call is made before it is given up, as AWS's. */
const MAX_ATTEMPTS = 8;

/** Longest time that Slack may ask to wait, in seconds. Its rate limits are for a minute. Source: Slack, rate limits. */
export const MAX_RETRY_AFTER = 60;

/** Largest answer in bytes. A page of 200 members has about 3,000. */
const MAX_ANSWER = 8_000_000;

/** Logs nothing: what the library logs holds requests and answers. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => "error" };

/**
 * Reaches Slack with the token of SLACK_BOT_TOKEN, at SLACK_API_URL where that is set.
 *
 * @param told told what a person should know who waits
 * @throws UsageError where there is no token
 * @throws CommandError where SLACK_API_URL can't be used
 */
export function connectToSlack(told: (line: string) => void = tell, patience: Patience = PATIENCE): Slack {
  const token = slackToken();
  const url = slackApiUrl();
  // Here, since it takes as long to load as all of Node.js.
  const { WebClient: Client }: typeof import("@slack/web-api") = require("@slack/web-api");
  const transport = new Transport(new URL(url).origin, token, told, patience);
  const client = new Client(token, {
    slackApiUrl: url,
    allowAbsoluteUrls: false,
    logger: SILENT as unknown as WebClient["logger"],
    fetch: (to, init) => transport.fetch(String(to), init ?? {}),
    maxRequestConcurrency: MAX_CALLS,
    retryConfig: { retries: 0 }, // which the transport does, within a silence
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
    const { error: said, needed } = errorAnswer.parse(data); // as the transport has let it through
    const scopes = needed === undefined ? "" : `, which needs ${needed}`;
    return { kind: kindOf(said), method, message: `Slack answers ${said} to ${method}${scopes}`, needed };
  }
  const cause = original ?? error;
  const message = messageOf(cause);
  if (cause instanceof NoAnswer) return { kind: "no-answer", method, message: `no answer to ${method}: ${message}` };
  if (cause instanceof BrokenAnswer) {
    return { kind: "broken-answer", method, message: `a broken answer to ${method}: ${message}` };
  }
  if (cause instanceof RateLimit) return { kind: "rate-limit", method, message: `${method}: ${message}` };
  return { kind: "unreachable", method, message: `Slack couldn't be asked ${method}: ${message}` };
}

/** What the library's fetch gets, and how it is sent. */
type Init = NonNullable<globalThis.RequestInit>;

/** An answer, once all of it is there. */
interface WholeAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** Sends calls within the same limits as AWS's, and lets through what has the form of Slack's answers alone, without the token. */
class Transport {
  /** Counted while anything is asked. */
  private silence: Silence | undefined;
  private asking = 0;
  private isTold = false;
  /** Set once Slack was silent for too long. */
  private givenUp: NoAnswer | undefined;
  /** Why a method isn't called any more in this run, by its name: another call would wait as long again. */
  private readonly usedUp = new Map<string, Error>();
  /** When a method may be called again, in milliseconds, by its name. */
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
        const broken = new BrokenAnswer(`received status ${status}, expected 200`);
        throw status < 500 ? broken : this.useUp(method, broken);
      }
      const seconds = Number(retryAfter);
      if (retryAfter === null || !/^\d{1,9}$/.test(retryAfter)) {
        const why = "Slack's rate limit is reached, and Slack doesn't say for how long";
        throw this.useUp(method, new RateLimit(why));
      }
      if (seconds > MAX_RETRY_AFTER) {
        const why = `Slack's rate limit is reached: it asks to wait ${seconds} s, and at most ${MAX_RETRY_AFTER} s are waited`;
        throw this.useUp(method, new RateLimit(why));
      }
      if (attempt === MAX_ATTEMPTS) {
        throw this.useUp(method, new RateLimit(`Slack's rate limit is reached again after ${attempt} calls`));
      }
      this.pauseFrom(method, seconds);
    }
  }

  /** Notes that a method has used up its tries. The first reason holds for all of its calls. */
  private useUp(method: string, why: Error): Error {
    const first = this.usedUp.get(method) ?? why;
    this.usedUp.set(method, first);
    return first;
  }

  private assertNotUsedUp(method: string): void {
    const why = this.usedUp.get(method);
    if (why) throw why;
  }

  /** Notes that Slack asks to wait, and says so where it is noticed. */
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

  /** Does something during which a silence is counted. */
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

  /** The answer to a call, which is made again where it fails on the way. */
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
      if (!attempt.signal.aborted) throw new Error(causeOf(error));
      const seconds = this.patience.attempt / 1000;
      throw new NoAnswer(`waited ${seconds} s for the whole answer to ${method} from ${this.origin}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws BrokenAnswer where it isn't what Slack's Web API answers */
  private slackAnswer(body: string): string {
    let text: string;
    try {
      text = JSON.stringify(parseJson(body)).replaceAll(this.token, "…"); // nothing in a token is escaped in JSON
    } catch {
      throw new BrokenAnswer("received what isn't JSON, expected an answer of Slack's Web API");
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

/** What Node.js says of a connection that failed: its fetch has it as the cause, which may be several, or have no words. */
function causeOf(error: unknown): string {
  const { cause } = Object(error);
  const { errors } = Object(cause);
  const words = Array.isArray(errors) ? errors : cause === undefined ? [] : [cause];
  return words.map(messageOf).filter(Boolean).join("; ") || messageOf(error);
}
