import type { IncomingMessage } from "node:http";
import type { STSClient } from "@aws-sdk/client-sts";
import { describe } from "../../modules/support-app/model/problem";
import { isFields, parseJson } from "../json";
import { BrokenAnswer } from "./broken-answer";
import { NoAnswer, type Silence } from "./silence";

/** Sends the SDK's requests. */
export type Transport = Pick<STSClient["config"]["requestHandler"], "metadata" | "handle" | "destroy">;

interface Request {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: IncomingMessage;
}

/**
 * Largest answer in bytes. A page of 100 roles, each with a trust policy of 4,096 characters, has about one million.
 */
const MAX_ANSWER = 8_000_000;

/**
 * Wraps a transport so that the SDK gets only complete answers: its own timeout covers only the time until an answer
 * begins. The answer of a successful call has the form that AWS promises.
 *
 * @param limit longest duration of one attempt, in milliseconds
 */
export function wholeAnswers(transport: Transport, limit: number, silence?: Silence): Transport {
  return {
    metadata: transport.metadata,
    destroy: () => transport.destroy?.(),
    async handle(request: Request, options) {
      const attempt = new AbortController();
      const timer = setTimeout(() => attempt.abort(), limit);
      const isDone = silence?.waitFor(`${callOf(request)} from ${originOf(request)}`);
      const abortSignal = silence ? AbortSignal.any([attempt.signal, silence.signal]) : attempt.signal;
      try {
        const { response } = await transport.handle(request, { ...options, abortSignal });
        const body = await bodyOf(response);
        silence?.heard();
        if (response.statusCode < 300) expectForm(request, response, body.toString());
        return { response: Object.assign(response, { body: new Uint8Array(body) }) };
      } catch (error) {
        if (silence?.signal.aborted) throw silence.signal.reason;
        if (!attempt.signal.aborted) throw error;
        const message = `waited ${limit / 1000} s for the whole answer to ${callOf(request)} from ${originOf(request)}`;
        throw Object.assign(new NoAnswer(message), { name: "TimeoutError" }); // which makes the SDK retry
      } finally {
        clearTimeout(timer);
        isDone?.();
      }
    },
  };
}

async function bodyOf({ body }: Response): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new BrokenAnswer(`received more than ${MAX_ANSWER} bytes, expected fewer`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Elements that the SDK would misread as an empty list or as false. */
const MISREAD =
  /<(AttachedPolicies|PolicyNames|Roles|Tags|EvaluationResults|MissingContextValues|ResourceSpecificResults)>(?!\s*<(?:member\s*\/?>|\/\1>))|<(IsTruncated|AllowedByOrganizations)(?:\s*\/>|>(?!\s*(?:true|false)\s*<\/\2>))/;

/** @throws BrokenAnswer when an answer doesn't have the form of the service's protocol */
function expectForm(request: Request, { headers, statusCode }: Response, body: string): void {
  const received = `received ${describe(headers["content-type"])} with status ${statusCode}`;
  const query = queryActionOf(request);
  if (query !== undefined) {
    const root = `${query}Response`;
    const [, found] = body.match(/^\s*(?:<\?xml[^>]*\?>\s*)?<(\w+)[\s/>]/) ?? [];
    if (found !== root) throw new BrokenAnswer(`${received}, expected XML that begins with <${root}>`);
    const [, list, flag] = body.match(MISREAD) ?? [];
    if (list ?? flag)
      throw new BrokenAnswer(`received an unreadable <${list ?? flag}>, expected ${list ? "a list" : "true or false"}`);
  } else if (request.headers["x-amz-target"] !== undefined && !isFields(parsed(body))) {
    throw new BrokenAnswer(`${received}, expected JSON`);
  }
}

function parsed(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    return undefined;
  }
}

/** The action of a request in AWS's Query protocol, which IAM and STS use. */
function queryActionOf({ body }: Request): string | undefined {
  return typeof body === "string" ? body.match(/^Action=(\w+)/)?.[1] : undefined;
}

/** The called operation, such as `GetRole`. A call to any other service is for credentials. */
function callOf(request: Request): string {
  return queryActionOf(request) ?? request.headers["x-amz-target"]?.split(".").at(-1) ?? "credentials";
}

/** The origin of a request, without the rest of its URL. */
function originOf({ protocol, hostname, port }: Request): string {
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
}
