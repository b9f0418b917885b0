import { CommandError } from "../command-error";

/** The part of the SDK's resolved configuration with a service's endpoint. */
interface ServiceConfig {
  readonly serviceId: string;
  readonly serviceConfiguredEndpoint?: () => Promise<string | undefined>;
}

const EXPECTED = "expected a URL such as https://proxy.example.com:8443";

/**
 * Checks an endpoint URL that is configured. The URL is never repeated: it may hold a secret.
 *
 * @throws CommandError when it can't be used
 */
export async function expectUsableEndpoint(config: ServiceConfig): Promise<void> {
  // If the AWS configuration can't be read, the first call says so.
  const url = await config.serviceConfiguredEndpoint?.().catch(() => undefined);
  if (url === undefined) return;
  const received = `Received ${sourceFor(config.serviceId)}`;
  if (!URL.canParse(url))
    throw new CommandError(`${received} that is not a URL, ${EXPECTED}. Correct it, or unset it.`);
  const { protocol, username, password } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new CommandError(
      `${received} that begins with neither http:// nor https://, ${EXPECTED}. Correct it, or unset it.`,
    );
  }
  if (username !== "" || password !== "") {
    throw new CommandError(
      `${received} with a user name or a password in it, ${EXPECTED}. Remove them: calls to AWS are signed only with AWS credentials.`,
    );
  }
}

/**
 * The setting that a service's endpoint URL comes from. Source: AWS SDKs Reference Guide, service-specific endpoints.
 */
function sourceFor(serviceId: string): string {
  const own = `AWS_ENDPOINT_URL_${serviceId.toUpperCase()}`;
  if (process.env[own]) return own;
  return process.env.AWS_ENDPOINT_URL ? "AWS_ENDPOINT_URL" : "an endpoint_url of the AWS profile";
}

/** The address that calls go to instead of AWS, such as ` at AWS_ENDPOINT_URL=http://localhost:4566`. */
export function endpointInWords(): string {
  const url = process.env.AWS_ENDPOINT_URL ?? "";
  return URL.canParse(url) ? ` at AWS_ENDPOINT_URL=${new URL(url).origin}` : "";
}
