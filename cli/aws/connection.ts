import { setTimeout as sleep } from "node:timers/promises";
import { CloudControlClient } from "@aws-sdk/client-cloudcontrol";
import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { SupportClient } from "@aws-sdk/client-support";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import type { Environment } from "../../stacks/environment";
import { profileOf } from "../../stacks/profile";
import { tell } from "../print";
import { expectUsableEndpoint } from "./endpoint";
import { listen, PATIENCE, type Patience, type Silence } from "./silence";
import { type Transport, wholeAnswers } from "./transport";

/** Where somebody asks, and with whose credentials. */
type Place = Pick<Environment, "region" | "profile">;

/** How AWS is reached. Credentials are looked up once for each profile, and connections are shared, however many environments there are. */
export interface Connection {
  /**
   * Begins to ask for one environment.
   *
   * @param onSilence told when it goes so long without an answer that it is said
   */
  open(environment: Place & Pick<Environment, "name">, onSilence?: () => void): Session;
  /** Closes everything. */
  destroy(): void;
}

/** What the clients of an environment are made of. */
export type ClientConfig = Pick<
  STSClientConfig,
  "region" | "profile" | "credentials" | "requestHandler" | "retryStrategy" | "maxAttempts"
>;

/** What is asked for one environment. */
export interface Session {
  readonly config: ClientConfig;
  /** To be called when nothing more is asked. */
  end(): void;
}

/** How many times a call is made before it is given up: AWS throttles, and so does a flaky network. */
const MAX_ATTEMPTS = 8;

/** Longest pause between two tries, in milliseconds. */
const MAX_PAUSE = 20_000;

/** Most calls at once to one host. The SDK's own 50 would let a few environments that hang keep all others waiting. */
const MAX_SOCKETS = 1000;

/** How much longer than others a call waits that AWS throttles. */
const THROTTLED = 20;

/**
 * Reaches AWS as the SDK does: AWS_ENDPOINT_URL, AWS_PROFILE and all else that it reads. An environment's profile counts where nothing
 * else says whose credentials to use.
 *
 * @param places where it will be asked
 * @param told told what a person should know who waits
 * @throws CommandError where an endpoint URL can't be used
 */
export async function connect(
  places: readonly Place[],
  told: (line: string) => void = tell,
  patience: Patience = PATIENCE,
): Promise<Connection> {
  // It warns of versions of the SDK that are yet to come; this package pins one that runs on every Node.js it supports.
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
    // The SDK's own chain would go on to other credentials where the profile has none.
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

/** The credentials, unless a silence lasts too long before they are there: whoever hands them out may hang. */
function unlessSilent<T>({ signal }: Silence, limit: number, credentials: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const error = new Error(`waited ${limit / 1000} s for the credentials`);
    const giveUp = () => reject(Object.assign(error, { name: "CredentialsProviderError" })); // as the SDK calls it
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    credentials.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}

/** Tries again after pauses that a silence which lasts too long cuts short. The SDK's own would outlast it. */
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
