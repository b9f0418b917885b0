import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { fromIni, fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { HttpsProxyAgent } from "hpagent";
import { BrokenAnswer } from "../../common/broken-answer";
import { describePath } from "../../common/problem";
import type { Environment } from "../../stacks/environments/environment";
import { profileOf } from "../../stacks/environments/profile";
import { explainFailure } from "../terminal/command-error";
import { expectUsableEndpoints } from "./endpoint";
import { NoAnswer } from "./lookup";
import { type Destination, httpsProxy } from "./proxy";

/** A connection to AWS. All environments share its sockets, and credentials are looked up once per profile. */
export interface Connection {
  configFor(environment: Pick<Environment, "region" | "profile">): ClientConfig;
  destroy(): void;
}

export type ClientConfig = Pick<
  STSClientConfig,
  "region" | "profile" | "credentials" | "requestHandler" | "maxAttempts" | "cacheMiddleware"
>;

export type Credentials = NonNullable<ClientConfig["credentials"]>;

/** Maximum number of attempts of a call: AWS throttles, and networks are flaky. */
const MAX_ATTEMPTS = 8;

/** Longest time until an answer begins, and between two parts of it, in milliseconds. A silent call isn't repeated. */
const TIMEOUT = 30_000;

/**
 * Maximum number of concurrent calls to one host. With the SDK's 50, a few hanging environments could block all others.
 */
const MAX_SOCKETS = 1000;

/** A text in place of a list that an answer of IAM may have. The SDK would read it as an empty list. */
const TEXT_AS_LIST =
  /^\s*<.*?<(Roles|AttachedPolicies|PolicyNames|EvaluationResults|ResourceSpecificResults|MissingContextValues|Tags)>\s*[^<\s]/s;

/**
 * Connects to AWS as the SDK does, with AWS_ENDPOINT_URL, AWS_PROFILE and everything else that it reads. An
 * environment's profile is used unless something else chooses the credentials. The SDK itself knows no proxy and no AWS_CA_BUNDLE.
 *
 * @throws CommandError when an endpoint URL, the proxy or AWS_CA_BUNDLE can't be used
 */
export function connect(timeout = TIMEOUT): Connection {
  // The SDK warns about its future versions; this package pins one that runs on every supported Node.js.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  expectUsableEndpoints();
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS, ...certificateAuthorities() };
  const limits = { requestTimeout: timeout, socketTimeout: timeout, throwOnRequestTimeout: true };
  const handlerOf = (httpsAgent: object) => {
    const requestHandler = { httpAgent: agent, httpsAgent, ...limits };
    return new STSClient({ region: "us-east-1", requestHandler }).config.requestHandler;
  };
  const proxy = httpsProxy();
  const direct = handlerOf(agent);
  // Its own timeout closes a connection to a proxy that never answers. The call has ended by then.
  const proxyHandler = proxy
    ? handlerOf(new HttpsProxyAgent({ ...agent, timeout: 2 * timeout, proxy: proxy.url }))
    : direct;
  const requestHandler = {
    metadata: direct.metadata,
    handle: async (request: Destination, options: object) => {
      const isProxied = proxy?.isFor(request) === true;
      const way = isProxied ? ` through ${proxy.words}` : "";
      const silence = () =>
        new NoAnswer(`waited ${timeout / 1000} s for ${request.protocol}//${request.hostname}${way}`);
      const handler = isProxied ? proxyHandler : direct;
      const { response } = await handler.handle(request as never, options).catch((error: NodeJS.ErrnoException) => {
        const isSilence = error.name === "TimeoutError" && [undefined, "ETIMEDOUT"].includes(error.code);
        if (isSilence) throw silence();
        if (isProxied) error.message = `the call${way} failed: ${error.message || error.code}`;
        throw error; // such as ECONNRESET, which the SDK also calls a TimeoutError
      });
      // A body that stops is asked for again. One that comes byte by byte would never end.
      const deadline = setTimeout(() => response.body.destroy(silence()), 2 * timeout);
      const body = await text(response.body).finally(() => clearTimeout(deadline));
      const [, list] = TEXT_AS_LIST.exec(body) ?? [];
      if (list !== undefined) throw new BrokenAnswer(`received a text as ${list}, expected a list`);
      return { response: Object.assign(response, { body: Readable.from([body]) }) };
    },
  };
  const clients = new Map<string | undefined, STSClient>();
  return {
    destroy() {
      for (const handler of [direct, proxyHandler]) handler.destroy?.();
    },
    configFor({ region, ...options }) {
      const profile = profileOf(options);
      // The SDK's own chain would use other credentials if the profile has none.
      const clientConfig = { requestHandler }; // IAM Identity Center has no other way to learn of it
      const provider =
        profile === undefined ? fromNodeProviderChain({ clientConfig }) : fromIni({ profile, clientConfig });
      const client = clients.get(profile) ?? new STSClient({ region, profile, credentials: provider, requestHandler });
      clients.set(profile, client);
      // Not every one of the SDK's ways to find credentials has an end.
      const rejectLate = async () => {
        await sleep(timeout, undefined, { ref: false });
        const error = new Error(`waited ${timeout / 1000} s for the credentials`);
        throw Object.assign(error, { name: "CredentialsProviderError" }); // as the SDK calls it
      };
      const credentials = () => Promise.race([client.config.credentials(), rejectLate()]);
      return { region, profile, credentials, requestHandler, maxAttempts: MAX_ATTEMPTS, cacheMiddleware: true };
    },
  };
}

/** The certificate authorities that Terraform trusts for AWS, instead of the usual ones. */
function certificateAuthorities(): { readonly ca?: Buffer } {
  const { AWS_CA_BUNDLE: file } = process.env;
  if (!file) return {};
  const inWords = (reason: string) =>
    `Can't read ${describePath(file)}, the file of AWS_CA_BUNDLE: ${reason}. Correct AWS_CA_BUNDLE, or unset it.`;
  return {
    ca: explainFailure(inWords, () => {
      const certificates = readFileSync(file);
      if (!certificates.includes("-----BEGIN CERTIFICATE-----")) throw new Error("it has no certificate in PEM");
      return certificates;
    }),
  };
}
