import { endpointInWords, expectUsableEndpoint } from "../../../cli/aws/endpoint";
import { CommandError } from "../../../cli/command-error";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

/** A service of which the SDK says that endpoint. */
const serviceAt = (url: string | undefined) => ({ serviceId: "IAM", serviceConfiguredEndpoint: async () => url });

const SECRET = "s3cr%2Fet";
const CORRECT = "Correct it, or unset it.";
const REMOVE = "Remove them: calls to AWS are signed only with AWS credentials.";

test.each([
  [`https://someuser:${SECRET}@proxy.example.com`, "with a user name or a password in it", REMOVE],
  [`http://:${SECRET}@127.0.0.1:4566/x`, "with a user name or a password in it", REMOVE],
  ["https://someuser@proxy.example.com", "with a user name or a password in it", REMOVE],
  [`someuser:${SECRET}@proxy.example.com`, "that begins with neither http:// nor https://", CORRECT],
  [`ftp://someuser:${SECRET}@proxy.example.com`, "that begins with neither http:// nor https://", CORRECT],
  [`https://someuser:${SECRET}@proxy.example.com:99999`, "that is not a URL", CORRECT],
  [`//someuser:${SECRET}@proxy.example.com`, "that is not a URL", CORRECT],
  [`someuser ${SECRET}`, "that is not a URL", CORRECT],
  ["", "that is not a URL", CORRECT],
])("the endpoint %j is refused, and not repeated", async (url, what, toDo) => {
  process.env.AWS_ENDPOINT_URL = url || "x";
  const refused = expectUsableEndpoint(serviceAt(url));
  await expect(refused).rejects.toThrow(CommandError);
  await expect(refused).rejects.toThrow(
    new CommandError(
      `Received AWS_ENDPOINT_URL ${what}, expected a URL such as https://proxy.example.com:8443. ${toDo}`,
    ),
  );
});

test.each(["http://localhost:4566", "https://proxy.example.com:8443/path?query#fragment"])(
  "the endpoint %s can be used",
  async (url) => {
    await expect(expectUsableEndpoint(serviceAt(url))).resolves.toBeUndefined();
  },
);

test("no endpoint, or a configuration that can't be read, is for the first call to say", async () => {
  await expect(expectUsableEndpoint({ serviceId: "IAM" })).resolves.toBeUndefined();
  await expect(expectUsableEndpoint(serviceAt(undefined))).resolves.toBeUndefined();
  const serviceConfiguredEndpoint = () => Promise.reject(new Error("no such profile"));
  await expect(expectUsableEndpoint({ serviceId: "IAM", serviceConfiguredEndpoint })).resolves.toBeUndefined();
});

test.each([
  ["AWS_ENDPOINT_URL_IAM", { AWS_ENDPOINT_URL_IAM: "x", AWS_ENDPOINT_URL: "y" }],
  ["AWS_ENDPOINT_URL", { AWS_ENDPOINT_URL_IAM: "", AWS_ENDPOINT_URL: "x" }],
  ["AWS_ENDPOINT_URL", { AWS_ENDPOINT_URL_STS: "y", AWS_ENDPOINT_URL: "x" }],
  ["an endpoint_url of the AWS profile", { AWS_ENDPOINT_URL: "" }],
])("%s is named as where it comes from, with %j", async (source, env) => {
  process.env = { ...before, ...env };
  await expect(expectUsableEndpoint(serviceAt("x"))).rejects.toThrow(`Received ${source} that is not a URL, `);
});

test.each([
  [undefined, ""],
  ["no URL", ""],
  ["http://localhost:4566/s3cret?token=s3cret#s3cret", " at AWS_ENDPOINT_URL=http://localhost:4566"],
])("AWS_ENDPOINT_URL %j is %j in a sentence, which never repeats more than the origin", (url, words) => {
  process.env = { ...before, AWS_ENDPOINT_URL: url };
  if (url === undefined) delete process.env.AWS_ENDPOINT_URL;
  expect(endpointInWords()).toBe(words);
});
