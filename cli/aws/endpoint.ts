import { CommandError } from "../terminal/command-error";

/** The variables with an endpoint URL. Source: AWS SDKs Reference Guide, service-specific endpoints. */
const VARIABLES = ["", "_STS", "_IAM", "_CLOUDCONTROL", "_SUPPORT", "_ORGANIZATIONS"].map(
  (service) => `AWS_ENDPOINT_URL${service}`,
);

/**
 * Checks the endpoint URLs of the environment. They are never repeated: they may hold secrets.
 *
 * @throws CommandError when one can't be used
 */
export function expectUsableEndpoints(): void {
  for (const name of VARIABLES) {
    const url = process.env[name];
    if (url && !isUsable(url)) {
      throw new CommandError(
        `Received ${name} with another value, expected an http or https URL without a user name and a password, such as https://proxy.example.com:8443. Correct it, or unset it.`,
      );
    }
  }
}

function isUsable(text: string): boolean {
  const { protocol, username, password } = new URL(URL.canParse(text) ? text : "none:");
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
