import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listening } from "../../support/loopback";
import { endpoint } from "./account";
import { checkRequest } from "./models";

/** One call to AWS. */
export interface Call {
  /** As IAM names it, such as `iam:CreateRole`. */
  readonly action: string;
  /** What was sent, by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The HTTP status of the answer. Undefined: not answered. */
  status?: number;
}

/** An answer that the emulator doesn't give. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Whether it stops in the middle: it is never ended. */
  readonly stops?: boolean;
  /** Whether the connection breaks after it. */
  readonly breaks?: boolean;
  /** Whether the emulator does first what was asked, so that only its answer is lost. */
  readonly afterwards?: boolean;
}

/** What to answer instead of the emulator. Undefined: let it answer. */
export type Fault = (call: Call) => Answer | undefined | Promise<Answer | undefined>;

/** A proxy before the emulator that writes down every call, and answers some of them itself. */
export interface Proxy {
  readonly endpoint: string;
  readonly calls: Call[];
  /** Waits until every caller has hung up and the emulator has answered all that was passed on to it. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What to make of the emulator's answer. */
export type Rewrite = (call: Call, body: string) => string;

/** Starts a proxy on a free port of loopback. */
export async function startProxy(fault: Fault = () => undefined, rewrite?: Rewrite): Promise<Proxy> {
  const calls: Call[] = [];
  const passedOn = new Set<Call>();
  const target = new URL(endpoint());
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming).catch(() => undefined);
    if (body === undefined) return; // a caller that was killed before it had sent all
    const call = readCall(incoming, body);
    calls.push(call);
    const answer = await fault(call);
    if (answer && !answer.afterwards) {
      await checkRequest(endpoint(), incoming, body);
      give(outgoing, call, answer);
      return;
    }
    passedOn.add(call);
    const upstream = forward(target, incoming, body, outgoing, call, answer, rewrite);
    for (const end of ["response", "error"]) upstream.once(end, () => passedOn.delete(call));
  });
  const callers = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  const { url, close } = await listening(server);
  return {
    endpoint: url,
    calls,
    close,
    settled: async () => {
      while (passedOn.size > 0 || (await callers()) > 0) await sleep(20);
    },
  };
}

/** Whether a call changes something. */
export function changes({ action }: Call): boolean {
  return !/:(Get|List|Head|Assume|Describe|Simulate)/.test(action);
}

/** Gives an answer of the proxy's own. */
function give(outgoing: ServerResponse, call: Call, { status, body, stops, breaks }: Answer): void {
  call.status = status;
  outgoing.writeHead(status, { "content-type": "text/plain" }).write(body, () => {
    if (breaks) outgoing.destroy();
    else if (!stops) outgoing.end();
  });
}

function forward(
  target: URL,
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
  call: Call,
  override?: Answer,
  rewrite?: Rewrite,
): ClientRequest {
  const { method, url, headers } = incoming; // with the host that was signed
  const { hostname, port } = target;
  const upstream = request({ hostname, port, method, path: url, headers }, async (answer) => {
    call.status = answer.statusCode;
    if (override) {
      await bodyOf(answer);
      give(outgoing, call, override);
      return;
    }
    if (!rewrite) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    const { "content-length": _, ...headers } = answer.headers;
    const text = rewrite(call, (await bodyOf(answer)).toString());
    outgoing.writeHead(answer.statusCode ?? 502, headers).end(text);
  });
  upstream.on("error", () => outgoing.destroy());
  upstream.end(body);
  return upstream;
}

/** Which call it is, by the service that it is signed for and that service's protocol. */
function readCall({ method, url, headers }: IncomingMessage, body: Buffer): Call {
  const service = headers.authorization?.match(/Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//)?.[1] ?? "unsigned";
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    // Cloud Control's permissions are those of CloudFormation.
    const prefix = target.startsWith("CloudApiService.") ? "cloudformation" : service;
    return { action: `${prefix}:${target.split(".")[1]}`, parameters: JSON.parse(body.toString() || "{}") };
  }
  const form = new URLSearchParams(body.toString());
  const action = form.get("Action");
  if (action !== null) return { action: `${service}:${action}`, parameters: Object.fromEntries(form) };
  return { action: s3Action(method, url), parameters: { path: url } };
}

/** S3 is asked by method and path, with the bucket as the first part of the path. */
function s3Action(method = "", url = ""): string {
  const isObject = /^\/[^/?]+\/[^?]/.test(url);
  if (method === "GET" || method === "HEAD") return isObject ? "s3:GetObject" : "s3:ListBucket";
  return `s3:${{ PUT: "Put", DELETE: "Delete" }[method] ?? method}${isObject ? "Object" : "Bucket"}`;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
