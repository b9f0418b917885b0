import { setTimeout as sleep } from "node:timers/promises";
import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { SupportClient } from "@aws-sdk/client-support";
import { fromIni } from "@aws-sdk/credential-providers";
import type { Environment } from "../../stacks/environment";
import { profileOf } from "../../stacks/profile";
import { tell } from "../print";
import { expectUsableEndpoint } from "./endpoint";
import { listen, PATIENCE, type Patience, type Silence } from "./silence";
import { type Transport, wholeAnswers } from "./transport";

/** The region to call, and the profile with the credentials. */
type Place = Pick<Environment, "region" | "profile">;

/** A connection to AWS. All environments share its sockets, and credentials are looked up once per profile. */
export interface Connection {
  /**
   * Opens a session for one environment.
   *
   * @param onSilence called when AWS hasn't answered for {@link Patience.notice}
   */
  open(environment: Place & Pick<Environment, "name">, onSilence?: () => void): Session;
  /** Closes everything. */
  destroy(): void;
}

/** The configuration of an environment's clients. */
export type ClientConfig = Pick<
  STSClientConfig,
  "region" | "profile" | "credentials" | "requestHandler" | "retryStrategy" | "maxAttempts"
>;

/** The calls for one environment. */
export interface Session {
  readonly config: ClientConfig;
  /** Must be called when the session isn't needed any more. */
  end(): void;
}

/** Maximum number of attempts of a call: AWS throttles, and networks are flaky. */
const MAX_ATTEMPTS = 8;

/** Longest pause between two attempts, in milliseconds. */
const MAX_PAUSE = 20_000;

/**
 * Maximum number of concurrent calls to one host. With the SDK's 50, a few hanging environments could block all others.
 */
const MAX_SOCKETS = 1000;

/** Factor by which a throttled call waits longer than others. */
const THROTTLED = 20;

/**
 * Connects to AWS as the SDK does, with AWS_ENDPOINT_URL, AWS_PROFILE and everything else that it reads. An
 * environment's profile is used unless something else chooses the credentials.
 *
 * @param places the regions and profiles that sessions will be opened for
 * @param told receives lines for a person who is waiting
 * @throws CommandError when an endpoint URL can't be used
 */
export async function connect(
  places: readonly Place[],
  told: (line: string) => void = tell,
  patience: Patience = PATIENCE,
): Promise<Connection> {
  // The SDK warns about its future versions; this package pins one that runs on every supported Node.js.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const region = places[0]?.region ?? "us-east-1";
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const { requestHandler: transport }: { requestHandler: Transport } = new STSClient({
    region,
    requestHandler: { httpAgent: agent, httpsAgent: agent },
  }).config;
  for (const Client of [STSClient, IAMClient, CloudControlClient, SupportClient]) {
    await expectUsableEndpoint(new Client({ region }).config); // which the SDK doesn't read in an environment's profile
  }
  const requestHandler = wholeAnswers(transport, patience.attempt);
  const shared = new Map<string | undefined, STSClient>();
  for (const place of places) {
    const config = { region: place.region, profile: profileOf(place) };
    if (shared.has(config.profile)) continue;
    // The SDK's own chain would use other credentials if the profile has none.
    const credentials = config.profile === undefined ? undefined : fromIni({ profile: config.profile });
    shared.set(config.profile, new STSClient({ ...config, credentials, requestHandler }));
  }
  const { notice, silence: limit } = patience;
  return {
    destroy: () => transport.destroy?.(),
    open({ name, ...place }, onSilence) {
      const profile = profileOf(place);
      const silence = listen(patience, (waitingFor) => {
        told(
          `${name}: no answer for ${notice / 1000} s, waiting for ${waitingFor}. support-app gives up in ${(limit - notice) / 1000} s.`,
        );
        onSilence?.();
      });
      return {
        config: {
          region: place.region,
          profile,
          credentials: () => unlessSilent(silence, limit, (shared.get(profile) as STSClient).config.credentials()),
          requestHandler: wholeAnswers(transport, patience.attempt, silence),
          retryStrategy: retrying(silence, patience.pause),
          maxAttempts: MAX_ATTEMPTS,
        },
        end: silence.end,
      };
    },
  };
}

/** The credentials, unless they take too long: the credential provider may hang. */
function unlessSilent<T>({ signal }: Silence, limit: number, credentials: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const error = new Error(`waited ${limit / 1000} s for the credentials`);
    const giveUp = () => reject(Object.assign(error, { name: "CredentialsProviderError" })); // as the SDK calls it
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    credentials.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}

/** Retries after pauses that end with the silence. The SDK's own pauses would outlast it. */
function retrying(silence: Silence, longest: number): NonNullable<STSClientConfig["retryStrategy"]> {
  const tokenOf = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => tokenOf(0),
    recordSuccess: () => {},
    async refreshRetryTokenForRetry(token, { errorType }) {
      const count = token.getRetryCount() + 1;
      const isThrottled = errorType === "THROTTLING";
      if (count >= MAX_ATTEMPTS || !(isThrottled || errorType === "TRANSIENT"))
        throw new Error("It isn't tried again.");
      const pause = Math.random() * Math.min(MAX_PAUSE, longest * 2 ** (count - 1) * (isThrottled ? THROTTLED : 1));
      if (isThrottled) silence.heard(pause);
      await sleep(pause, undefined, { signal: silence.signal });
      return tokenOf(count);
    },
  };
}
