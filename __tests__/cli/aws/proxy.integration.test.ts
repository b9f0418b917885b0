import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect as connectSocket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { CloudControlClient, GetResourceCommand } from "@aws-sdk/client-cloudcontrol";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { connect } from "../../../cli/aws/connection";
import { lookUp } from "../../../cli/aws/lookup";
import { awsInTests } from "../../support/answering-aws";
import { sharedFolder } from "../../support/folder";
import { listening } from "../../support/loopback";

const IDENTITY = "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/ops</Arn>";
const CREDENTIALS =
  "<Credentials><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>";
const SSO_CREDENTIALS = JSON.stringify({
  roleCredentials: { accessKeyId: "FROMSSO", secretAccessKey: "s", sessionToken: "t", expiration: 4_102_444_800_000 },
});

const aws = awsInTests((action) => {
  if (action === "AssumeRole") return CREDENTIALS;
  if (action === "GetResource") return JSON.stringify({ TypeName: "T", ResourceDescription: { Identifier: "i" } });
  return action === "GetCallerIdentity" ? IDENTITY : (outgoing) => outgoing.end(SSO_CREDENTIALS); // SSO names no action
});

const folder = sharedFolder();
const connectWithTls = tls.connect;
const sockets = new Set<Duplex>();

/** AWS behind TLS, as hosts of AWS that only the proxy can reach. */
let tlsServer: tls.Server;
let ca: string;
beforeAll(async () => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const names = "subjectAltName=DNS:*.us-east-1.amazonaws.com,DNS:portal.sso.us-east-1.amazonaws.com";
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  execFileSync("openssl", [...request, "-subj", "/CN=aws", "-addext", names, "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  ca = readFileSync(cert, "utf8");
  tlsServer = tls.createServer({ key: readFileSync(key), cert: ca }, (socket) => {
    sockets.add(socket.on("error", () => {}));
    const { port } = new URL(aws.endpoint);
    socket.pipe(connectSocket(Number(port), "127.0.0.1").on("error", () => {})).pipe(socket);
  });
  await new Promise<void>((resolve) => tlsServer.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => tlsServer.close(resolve)));

/** What the proxy was asked to connect to, and with which credentials. */
let connected: string[];
/** How the proxy answers. */
let proxyAnswer: (socket: Duplex) => void;
let proxy: Awaited<ReturnType<typeof listening>>;

beforeEach(async () => {
  connected = [];
  proxyAnswer = (socket) => {
    const { port } = tlsServer.address() as AddressInfo;
    const upstream = connectSocket(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    sockets.add(upstream.on("error", () => {}));
  };
  const server = createServer().on("connect", ({ url, headers }: IncomingMessage, socket: Duplex) => {
    const [, credentials = ""] = headers["proxy-authorization"]?.split(" ") ?? [];
    connected.push([url, Buffer.from(credentials, "base64")].join(" ").trim());
    sockets.add(socket.on("error", () => {}));
    proxyAnswer(socket);
  });
  proxy = await listening(server);
  for (const name of ["AWS_ENDPOINT_URL", "AWS_PROFILE", "CI", "https_proxy", "NO_PROXY", "no_proxy"]) {
    delete process.env[name];
  }
  process.env.HTTPS_PROXY = proxy.url.replace("//", "//someuser:s3cret@");
  jest.spyOn(Math, "random").mockReturnValue(0); // the SDK's pauses
  jest.spyOn(tls, "connect").mockImplementation(((options: object) => connectWithTls({ ...options, ca })) as never);
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const socket of sockets) socket.destroy();
  await proxy.close();
});

/** What a call learns. */
async function callAws(profile?: string, timeout = 5_000) {
  const connection = connect(timeout);
  const sts = new STSClient(connection.configFor({ region: "us-east-1", profile }));
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
  expect(connected).toEqual(hosts.map((host) => `${host} someuser:s3cret`));
});

describe("credentials are asked for through the proxy, too", () => {
  const SOURCE = "[profile source]\naws_access_key_id = A\naws_secret_access_key = s\n";
  const ASSUMING = `${SOURCE}[profile ops]\nrole_arn = arn:aws:iam::111122223333:role/ops\nsource_profile = source\nregion = us-east-1\n`;
  const SESSION = "[sso-session acme]\nsso_region = us-east-1\nsso_start_url = https://acme.awsapps.com/start\n";
  const SSO = `[profile ops]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = ops\n${SESSION}`;

  test.each([
    ["a role", "environments.yaml", ASSUMING, "sts.us-east-1.amazonaws.com:443", "ASSUMED"],
    ["a role", "AWS_PROFILE", ASSUMING, "sts.us-east-1.amazonaws.com:443", "ASSUMED"],
    ["IAM Identity Center", "environments.yaml", SSO, "portal.sso.us-east-1.amazonaws.com:443", "FROMSSO"],
    ["IAM Identity Center", "AWS_PROFILE", SSO, "portal.sso.us-east-1.amazonaws.com:443", "FROMSSO"],
  ])("the proxy is asked for the credentials of %s, with the profile of %s", async (_, place, config, host, key) => {
    const home = mkdtempSync(join(folder, "home-"));
    mkdirSync(join(home, ".aws/sso/cache"), { recursive: true });
    const token = { accessToken: "t", expiresAt: "2100-01-01T00:00:00Z" };
    const name = createHash("sha1").update("acme").digest("hex");
    writeFileSync(join(home, `.aws/sso/cache/${name}.json`), JSON.stringify(token));
    writeFileSync(join(home, "config"), config);
    Object.assign(process.env, { HOME: home, AWS_CONFIG_FILE: join(home, "config") });
    for (const variable of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) delete process.env[variable];
    if (place === "AWS_PROFILE") process.env.AWS_PROFILE = "ops";
    expect(await callAws(place === "AWS_PROFILE" ? undefined : "ops")).toMatchObject({ known: {} });
    expect(connected).toContain(`${host} someuser:s3cret`);
    expect(aws.signed.at(-1)).toBe(`${key} in us-east-1`);
  });
});

test("a host of NO_PROXY, and one on loopback, is asked directly", async () => {
  process.env.AWS_ENDPOINT_URL = aws.endpoint;
  expect(await callAws()).toMatchObject({ known: { Account: "111122223333" } });
  const { port } = tlsServer.address() as AddressInfo;
  Object.assign(process.env, { AWS_ENDPOINT_URL: `https://aws.invalid:${port}`, NO_PROXY: "invalid" });
  expect(await callAws()).toMatchObject({ unknown: { message: expect.stringContaining("getaddrinfo") } });
  expect(connected).toEqual([]);
});

const words = () => `through the proxy ${proxy.url} of HTTPS_PROXY`;

test.each([
  ["refuses", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "Bad response: 407"],
  ["breaks off", undefined, "socket hang up"],
])("a proxy that %s is named, without its user name and password", async (_, answer, reason) => {
  proxyAnswer = (socket) => (answer === undefined ? socket.destroy() : socket.end(answer));
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
  jest.mocked(tls.connect).mockImplementation(connectWithTls);
  const message = `AWS couldn't be asked: the call ${words()} failed: self-signed certificate`;
  expect(await callAws()).toMatchObject({ unknown: { kind: "other", message } });
});

test("a proxy that never answers ends the call, which leaves no connection to the proxy", async () => {
  let isClosed = new Promise<unknown>(() => {});
  proxyAnswer = (socket) => {
    isClosed = new Promise((resolve) => socket.on("end", resolve).resume());
  };
  expect(await callAws(undefined, 300)).toMatchObject({
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
