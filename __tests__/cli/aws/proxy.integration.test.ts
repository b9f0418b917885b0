import { CloudControlClient, GetResourceCommand } from "@aws-sdk/client-cloudcontrol";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { connect } from "../../../cli/aws/connection";
import { lookUp } from "../../../cli/aws/lookup";
import { proxiedAwsInTests } from "../../support/proxied-aws";

const IDENTITY = "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/ops</Arn>";

const { aws, proxy, tlsPort } = proxiedAwsInTests((action) =>
  action === "GetResource" ? JSON.stringify({ TypeName: "T", ResourceDescription: { Identifier: "i" } }) : IDENTITY,
);
beforeEach(() => jest.spyOn(Math, "random").mockReturnValue(0)); // the SDK's pauses
afterEach(() => jest.restoreAllMocks());

/** What a call learns. */
async function callAws(timeout = 5_000) {
  const connection = connect(timeout);
  const sts = new STSClient(connection.configFor({ region: "us-east-1" }));
  const lookup = await lookUp("sts:GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand({})));
  connection.destroy();
  return lookup;
}

test("each service is asked through the proxy, with its user name and password, and calls share a connection", async () => {
  const connection = connect();
  const config = connection.configFor({ region: "us-east-1" });
  const answer = await new STSClient(config).send(new GetCallerIdentityCommand({}));
  await new STSClient(config).send(new GetCallerIdentityCommand({}));
  await new CloudControlClient(config).send(new GetResourceCommand({ TypeName: "T", Identifier: "i" }));
  connection.destroy();
  expect(answer.Account).toBe("111122223333");
  expect(aws.asked).toEqual(["GetCallerIdentity", "GetCallerIdentity", "GetResource"]);
  const hosts = ["sts.us-east-1.amazonaws.com:443", "cloudcontrolapi.us-east-1.amazonaws.com:443"];
  expect(proxy.connected).toEqual(hosts.map((host) => `${host} someuser:s3cret`));
});

test("a host of NO_PROXY, and one on loopback, is asked directly", async () => {
  process.env.AWS_ENDPOINT_URL = aws.endpoint;
  expect(await callAws()).toMatchObject({ known: { Account: "111122223333" } });
  Object.assign(process.env, { AWS_ENDPOINT_URL: `https://aws.invalid:${tlsPort()}`, NO_PROXY: "invalid" });
  expect(await callAws()).toMatchObject({ unknown: { message: expect.stringContaining("getaddrinfo") } });
  expect(proxy.connected).toEqual([]);
});

const words = () => `through the proxy ${proxy.url} of HTTPS_PROXY`;

test.each([
  ["refuses", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "Bad response: 407"],
  ["breaks off", undefined, "socket hang up"],
])("a proxy that %s is named, without its user name and password", async (_, answer, reason) => {
  proxy.answer = (socket) => (answer === undefined ? socket.destroy() : socket.end(answer));
  const message = `AWS couldn't be asked: the call ${words()} failed: ${reason}`;
  expect(await callAws()).toEqual({ unknown: expect.objectContaining({ kind: "other", message }) });
});

test("a proxy that can't be reached is named", async () => {
  process.env.HTTPS_PROXY = "http://someuser:s3cret@127.0.0.1:1";
  const message =
    "AWS couldn't be asked: the call through the proxy http://127.0.0.1:1 of HTTPS_PROXY failed: connect ECONNREFUSED 127.0.0.1:1";
  expect(await callAws()).toMatchObject({ unknown: { kind: "other", message } });
});

test("a proxy that presents another certificate is named", async () => {
  process.env.AWS_CA_BUNDLE = "";
  const message = `AWS couldn't be asked: the call ${words()} failed: self-signed certificate`;
  expect(await callAws()).toMatchObject({ unknown: { kind: "other", message } });
});

test("a proxy that never answers ends the call, which leaves no connection to the proxy", async () => {
  let isClosed = new Promise<unknown>(() => {});
  proxy.answer = (socket) => {
    isClosed = new Promise((resolve) => socket.on("end", resolve).resume());
  };
  expect(await callAws(300)).toMatchObject({
    unknown: {
      kind: "no-answer",
      message: `no answer to sts:GetCallerIdentity: waited 0.3 s for https://sts.us-east-1.amazonaws.com ${words()}`,
    },
  });
  await isClosed;
});

test("an HTTPS_PROXY that can't be used is reported before anything is asked", () => {
  process.env.HTTPS_PROXY = "socks5://127.0.0.1:1";
  expect(connect).toThrow(/^Received HTTPS_PROXY with another value/);
});
