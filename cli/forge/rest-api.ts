import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { BrokenAnswer } from "../../common/broken-answer";
import { everyPage } from "../../common/every-page";
import { parseJsonIfAny } from "../../common/json";
import { causeOfFetch } from "../../common/printable";
import { describe } from "../../common/problem";
import { CommandError } from "../terminal/command-error";
import { wrongPart } from "../terminal/json-file";
import { printError } from "../terminal/print";

/** A forge's REST API, and how to reach it from a CI job. */
export interface RestApi {
  /** What people call the forge. */
  readonly name: string;
  readonly url: string;
  /** Below which every path is, such as /projects/5. */
  readonly root: string;
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What to do if the forge refuses the token, or hides something from it, as a sentence. */
  readonly refusalAdvice: string;
}

const REFUSALS = [401, 403, 404];

const AGAIN = "Run the job again.";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type Parameters = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly link?: string | undefined;
}

const TIMEOUT_MS = 60_000;

/** How often, and for how many seconds at most, a request waits if the forge asks for it. */
const MAX_WAITS = 3;
const MAX_WAIT_S = 180;

/** What a forge says of an error: GitHub in `message`, GitLab there or in `error`, as a text or by field. */
const errorAnswer = z.object({ message: z.unknown().optional(), error: z.unknown().optional() });

/**
 * Asks a REST API.
 *
 * @param path below its root
 * @param parameters of the query or, in a request that writes, of the body
 * @param toleratedStatus an error status to return instead of throwing
 */
export async function askRest(
  api: RestApi,
  method: Method,
  path: string,
  parameters: Parameters = {},
  toleratedStatus?: number,
): Promise<Answer> {
  const request = `${method} ${api.root}${path}`;
  const withoutToken = (text: string) => describe(text.replaceAll(api.token, "***"));
  for (let waits = 0; ; waits++) {
    const { response, text } = await send(api, method, path, parameters).catch((error) => {
      const reason = withoutToken(causeOfFetch(error));
      throw new CommandError(`${api.name} didn't answer ${request} (${reason}). ${AGAIN}`);
    });
    const { ok, status, headers } = response;
    const data = parseJsonIfAny(text) ?? text; // such as a proxy's page
    if (ok) return { status, data, link: headers.get("link") ?? undefined };
    if (status === toleratedStatus) return { status };
    const wait = headers.get("retry-after");
    const isWaitedFor = [403, 429].includes(status) && /^\d+$/.test(wait ?? "") && Number(wait) <= MAX_WAIT_S;
    if (!isWaitedFor || waits === MAX_WAITS) {
      const { message, error } = errorAnswer.safeParse(data).data ?? {};
      const reason = message ?? error ?? text;
      const advice = REFUSALS.includes(status) ? `${api.refusalAdvice} ${AGAIN}` : AGAIN;
      throw new CommandError(
        `${api.name} answered ${request} with status ${status} (${withoutToken(typeof reason === "string" ? reason : text)}). ${advice}`,
      );
    }
    printError(`${api.name} asks to wait ${wait} seconds …`);
    await sleep(Number(wait) * 1000);
  }
}

async function send({ url: apiUrl, root, headers }: RestApi, method: Method, path: string, parameters: Parameters) {
  const url = new URL(`${apiUrl}${root}${path}`);
  const hasBody = ["POST", "PUT", "PATCH"].includes(method);
  if (!hasBody) url.search = new URLSearchParams(parameters as Record<string, string>).toString();
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(hasBody ? { "content-type": "application/json" } : {}) },
    body: hasBody ? JSON.stringify(parameters) : undefined,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { response, text: await response.text() };
}

/** What a forge answers to a GET, if it has the documented form. */
export async function readRest<T>(
  api: RestApi,
  path: string,
  form: z.ZodType<T>,
  parameters: Parameters = {},
): Promise<T> {
  const { data } = await askRest(api, "GET", path, parameters);
  return parseRest(api, path, data, form);
}

/** The same, if there is an answer. Undefined: it isn't there for this token. */
export async function readRestIfAny<T>(
  api: RestApi,
  path: string,
  form: z.ZodType<T>,
  parameters: Parameters = {},
): Promise<T | undefined> {
  const { status, data } = await askRest(api, "GET", path, parameters, 404);
  return status === 404 ? undefined : parseRest(api, path, data, form);
}

/** A whole list, which a forge returns page by page. @param form of a page, which has its items */
export async function listRest<T>(
  api: RestApi,
  path: string,
  form: z.ZodType<T[]>,
  parameters: Parameters = {},
): Promise<T[]> {
  try {
    return await everyPage(async (next = "") => {
      // The next page's query, which has a page in it, or a position.
      const query = { ...parameters, per_page: 100, ...Object.fromEntries(new URLSearchParams(next)) };
      const { data, link } = await askRest(api, "GET", path, query);
      return { items: parseRest(api, path, data, form), next: link?.match(/<[^<>]*\?([^<>]*)>; rel="next"/)?.[1] };
    });
  } catch (error) {
    if (!(error instanceof BrokenAnswer)) throw error;
    throw new CommandError(`A broken answer of ${api.name} to GET ${api.root}${path}: ${error.message}. ${AGAIN}`);
  }
}

/** What a forge answered to a GET, if it has the documented form. */
function parseRest<T>(api: RestApi, path: string, data: unknown, form: z.ZodType<T>): T {
  const result = form.safeParse(data);
  if (result.success) return result.data;
  throw new CommandError(
    `Received ${wrongPart(data, result.error)} from ${api.name} to GET ${api.root}${path}, expected what its REST API documents. ${AGAIN}`,
  );
}
