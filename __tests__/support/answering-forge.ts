import type { IncomingHttpHeaders } from "node:http";
import { listening, serverOf } from "./loopback";

/** A failure in place of an answer: what a forge says, or a body of anything else. */
export interface Failure {
  readonly status: number;
  readonly message?: string;
  readonly body?: unknown;
  /** Seconds, or something else. */
  readonly retryAfter?: number | string;
  /** How often it fails. By default, always. */
  times?: number;
}

export interface ForgeAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** What is asked of a forge. */
export interface ForgeCall {
  readonly method: string;
  /** Below the root of the API. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined: there is no body. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
  readonly headers: IncomingHttpHeaders;
}

interface AnsweringForge {
  /** What was asked, without queries. */
  readonly asked: string[];
  /** What fails, by what is asked. */
  readonly failures: Map<string, Failure>;
}

/**
 * A forge's REST API on a free port of loopback, which answers lists page by page.
 *
 * @param refusalOf what is answered in place of everything else, even a failure. Undefined: nothing
 */
export async function answerAsForge(
  forge: AnsweringForge,
  { root, pageSize }: { readonly root: string; readonly pageSize: number },
  answerTo: (call: ForgeCall) => ForgeAnswer,
  refusalOf: (call: ForgeCall) => ForgeAnswer | undefined,
) {
  const server = serverOf((incoming, outgoing, text) => {
    const { method = "", headers } = incoming;
    const { pathname, searchParams: query, origin } = new URL(incoming.url ?? "", `http://${headers.host}`);
    const path = pathname.replace(root, "");
    const name = `${method} ${path}`;
    forge.asked.push(name);
    const call = { method, path, query, payload: text === "" ? undefined : JSON.parse(text), headers };
    const refusal = refusalOf(call);
    let failure = forge.failures.get(name);
    if (failure?.times !== undefined && failure.times-- <= 0) failure = undefined;
    if (failure?.retryAfter !== undefined) outgoing.setHeader("retry-after", failure.retryAfter);
    const { status, body } = refusal ?? (failure ? { body: { message: failure.message }, ...failure } : answerTo(call));
    const [page, size] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? pageSize)];
    const list = method === "GET" ? listIn(body) : undefined;
    if (list && list.length > page * size) {
      const next = new URLSearchParams({ per_page: String(size), page: String(page + 1) });
      outgoing.setHeader("link", `<${origin}${pathname}?${next}>; rel="next", <${origin}${pathname}>; rel="first"`);
    }
    outgoing.setHeader("content-type", typeof body === "string" ? "text/html" : "application/json; charset=utf-8");
    outgoing.writeHead(status);
    const items = list?.slice((page - 1) * size, page * size);
    const part = items === undefined ? body : Array.isArray(body) ? items : { ...Object(body), jobs: items };
    outgoing.end(part === undefined || typeof part === "string" || Buffer.isBuffer(part) ? part : JSON.stringify(part));
  });
  server.keepAliveTimeout = 0; // a review of many environments may take longer, and nothing else runs in this process meanwhile
  return listening(server);
}

/** What is returned page by page: a list, or the jobs of GitHub's runs. */
function listIn(body: unknown): unknown[] | undefined {
  const list = Array.isArray(body) ? body : Object(body).jobs;
  return Array.isArray(list) ? list : undefined;
}
