import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-providers";
import { messageOf } from "../../modules/support-app/model/printable";
import type { Environment } from "../../stacks/environments/environment";
import { profileOf } from "../../stacks/environments/profile";
import { printError } from "../terminal/print";
import { expectUsableEndpoints } from "./endpoint";
import { LIMIT, listen, NOTICE, NoAnswer } from "./silence";

/** A connection to AWS. All environments share its sockets, and credentials are looked up once per profile. */
export interface Connection {
  /** Opens a session for one environment. */
  open(environment: Pick<Environment, "name" | "region" | "profile">): Session;
  /** Closes everything. */
  destroy(): void;
}

/** The configuration of an environment's clients. */
export type ClientConfig = Pick<
  STSClientConfig,
  "region" | "profile" | "credentials" | "requestHandler" | "maxAttempts"
>;

/** The calls for one environment. */
export interface Session {
  readonly config: ClientConfig;
  /** Must be called when the session isn't needed any more. */
  end(): void;
}

/** Maximum number of attempts of a call: AWS throttles, and networks are flaky. */
const MAX_ATTEMPTS = 8;

/** Longest time until an attempt's answer begins, and between two parts of it, in seconds. Three take longer than a silence may, so the silence ends the call. */
const ATTEMPT = 14;

/**
 * Maximum number of concurrent calls to one host. With the SDK's 50, a few hanging environments could block all others.
 */
const MAX_SOCKETS = 1000;

/** The target of one of the SDK's requests. */
interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

/**
 * Connects to AWS as the SDK does, with AWS_ENDPOINT_URL, AWS_PROFILE and everything else that it reads. An
 * environment's profile is used unless something else chooses the credentials.
 *
 * @param notify receives lines for a person who is waiting
 * @param second how long a second lasts, in milliseconds: tests shorten it
 * @throws CommandError when an endpoint URL can't be used
 */
export function connect(notify: (line: string) => void = printError, second = 1_000): Connection {
  // The SDK warns about its future versions; this package pins one that runs on every supported Node.js.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  expectUsableEndpoints();
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const { requestHandler } = new STSClient({
    region: "us-east-1",
    requestHandler: {
      httpAgent: agent,
      httpsAgent: agent,
      throwOnRequestTimeout: true,
      socketTimeout: ATTEMPT * second,
    },
  }).config;
  const shared = new Map<string | undefined, STSClient>();
  const clientOf = (region: string, profile: string | undefined): STSClient => {
    // The SDK's own chain would use other credentials if the profile has none.
    const credentials = profile === undefined ? undefined : fromIni({ profile });
    const client = shared.get(profile) ?? new STSClient({ region, profile, credentials, requestHandler });
    shared.set(profile, client);
    return client;
  };
  return {
    destroy: () => requestHandler.destroy?.(),
    open({ name, ...place }) {
      const profile = profileOf(place);
      const client = clientOf(place.region, profile);
      const { signal, waitFor, end } = listen(second, (waitingFor) => {
        notify(
          `${name}: no answer for ${NOTICE} s, waiting for ${waitingFor}. support-app gives up in ${LIMIT - NOTICE} s.`,
        );
      });
      const config: ClientConfig = {
        region: place.region,
        profile,
        credentials: () =>
          waitFor("the credentials", client.config.credentials()).catch((error) => {
            if (!(error instanceof NoAnswer)) throw error;
            throw Object.assign(new Error(messageOf(error)), { name: "CredentialsProviderError" }); // as the SDK calls it
          }),
        requestHandler: {
          metadata: requestHandler.metadata,
          handle: (request: Target, options: object) => {
            const limits = { abortSignal: signal, requestTimeout: ATTEMPT * second };
            return waitFor(originOf(request), requestHandler.handle(request as never, { ...options, ...limits }));
          },
        },
        maxAttempts: MAX_ATTEMPTS,
      };
      return { config, end };
    },
  };
}

/** The origin of a request, without the rest of its URL. */
function originOf({ protocol, hostname, port }: Target): string {
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
}
