import { expectUsableEndpoints } from "../../../cli/aws/endpoint";
import { CommandError } from "../../../cli/terminal/command-error";

const before = { ...process.env };
beforeEach(() => {
  delete process.env.AWS_ENDPOINT_URL;
});
afterEach(() => {
  process.env = { ...before };
});

const SECRET = "s3cr%2Fet";

test.each([
  ["AWS_ENDPOINT_URL", `https://someuser:${SECRET}@proxy.example.com`],
  ["AWS_ENDPOINT_URL_STS", `http://:${SECRET}@127.0.0.1:4566/x`],
  ["AWS_ENDPOINT_URL_IAM", `https://someuser@proxy.example.com/${SECRET}`],
  ["AWS_ENDPOINT_URL", `xhttp://proxy.example.com/${SECRET}`],
  ["AWS_ENDPOINT_URL_CLOUDCONTROL", `someuser:${SECRET}@proxy.example.com`],
  ["AWS_ENDPOINT_URL_SUPPORT", `ftp://proxy.example.com/${SECRET}`],
  ["AWS_ENDPOINT_URL_ORGANIZATIONS", `https://someuser:${SECRET}@proxy.example.com:99999`],
])("%s as %j is refused, and not repeated", (name, url) => {
  process.env[name] = url;
  expect(expectUsableEndpoints).toThrow(
    new CommandError(
      `Received ${name} with another value, expected an http or https URL without a user name and a password, such as https://proxy.example.com:8443. Correct it, or unset it.`,
    ),
  );
});

test.each([undefined, "", "http://localhost:4566", "https://proxy.example.com:8443/path?query#fragment"])(
  "the endpoint %j can be used",
  (url) => {
    if (url !== undefined) process.env.AWS_ENDPOINT_URL = url;
    expect(expectUsableEndpoints).not.toThrow();
  },
);
