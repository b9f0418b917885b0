import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { type Answers, awsInTests } from "./answering-aws";
import { sharedFolder } from "./folder";
import { listening } from "./loopback";

/**
 * AWS as hosts that only the proxy of HTTPS_PROXY can reach, with a certificate that only AWS_CA_BUNDLE has. To be called
 * where tests are described.
 */
export function proxiedAwsInTests(answers: Answers) {
  const folder = sharedFolder();
  const aws = awsInTests(answers);
  const proxy = {
    url: "",
    /** What it was asked to connect to, and with which credentials. */
    connected: [] as string[],
    /** How it answers, unless it connects. */
    answer: undefined as ((socket: Duplex) => void) | undefined,
  };
  const sockets = new Set<Duplex>();
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  let server: tls.Server;
  let stopProxy: () => Promise<void>;
  const tlsPort = () => (server.address() as AddressInfo).port;

  beforeAll(async () => {
    const names = "subjectAltName=DNS:*.us-east-1.amazonaws.com,DNS:portal.sso.us-east-1.amazonaws.com";
    const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", [...request, "-subj", "/CN=aws", "-addext", names, "-keyout", key, "-out", certificate], {
      stdio: "ignore",
    });
    server = tls.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
      sockets.add(socket.on("error", () => {}));
      const { port } = new URL(aws.endpoint);
      socket.pipe(connect(Number(port), "127.0.0.1").on("error", () => {})).pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  beforeEach(async () => {
    proxy.connected.length = 0;
    proxy.answer = undefined;
    const proxyServer = createServer().on("connect", ({ url, headers }: IncomingMessage, socket: Duplex) => {
      const [, credentials = ""] = headers["proxy-authorization"]?.split(" ") ?? [];
      proxy.connected.push([url, Buffer.from(credentials, "base64")].join(" ").trim());
      sockets.add(socket.on("error", () => {}));
      if (proxy.answer) {
        proxy.answer(socket);
        return;
      }
      const upstream = connect(tlsPort(), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        socket.pipe(upstream).pipe(socket);
      });
      sockets.add(upstream.on("error", () => {}));
    });
    const { url, close } = await listening(proxyServer);
    proxy.url = url;
    stopProxy = close;
    for (const name of ["AWS_ENDPOINT_URL", "AWS_PROFILE", "CI", "https_proxy", "NO_PROXY", "no_proxy"])
      delete process.env[name];
    process.env.HTTPS_PROXY = url.replace("//", "//someuser:s3cret@");
    process.env.AWS_CA_BUNDLE = certificate;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await stopProxy();
  });
  return { aws, folder, proxy, tlsPort };
}
