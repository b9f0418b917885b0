import { endpointInWords, expectUsableEndpoints } from "../../../cli/aws/endpoint";
import { CommandError } from "../../../cli/terminal/command-error";

const before = { ...process.env };
beforeEach(() => {
  delete process.env.AWS_ENDPOINT_URL;
  delete process.env.SLACK_API_URL;
});
afterEach(() => {
  process.env = { ...before };
});

const SECRET = "s3cr%2Fet";

test.each([
  ["AWS_ENDPOINT_URL", `https://someuser:${SECRET}@proxy.example.com`],
  ["AWS_ENDPOINT_URL_STS", `http://:${SECRET}@127.0.0.1:4566/x`],
  ["AWS_ENDPOINT_URL_CLOUDCONTROL", `someuser:${SECRET}@proxy.example.com`],
  ["AWS_ENDPOINT_URL_SUPPORT", `ftp://proxy.example.com/${SECRET}`],
  ["AWS_ENDPOINT_URL_ORGANIZATIONS", `https://someuser:${SECRET}@proxy.example.com:99999`],
  ["AWS_ENDPOINT_URL", `someuser ${SECRET}`],
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

test.each([
  [undefined, ""],
  ["no URL", ""],
  ["http://localhost:4566/s3cret?token=s3cret#s3cret", " at AWS_ENDPOINT_URL=http://localhost:4566"],
])("AWS_ENDPOINT_URL %j is %j in a sentence, which never repeats more than the origin", (url, words) => {
  if (url !== undefined) process.env.AWS_ENDPOINT_URL = url;
  expect(endpointInWords()).toBe(words);
});

test.each([
  [undefined, ""],
  ["slack", ""],
  ["https://proxy.example.com/secret/?secret=1", " at SLACK_API_URL=https://proxy.example.com"],
])("SLACK_API_URL %j is %j in a sentence, too", (url, words) => {
  if (url !== undefined) process.env.SLACK_API_URL = url;
  expect(endpointInWords("SLACK_API_URL")).toBe(words);
});
