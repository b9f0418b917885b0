import { type AddressInfo, connect, createServer } from "node:net";

/**
 * Milliseconds that each answer takes longer. The AWS provider's HTTP client gives up a connection whose answer is
 * there before it has noticed that the request is sent (aws/aws-sdk-go-v2#2737), and makes the call again: what was
 * made "already exists" then. AWS is never that fast.
 */
const LATENCY = 20;

/**
 * Starts a relay on a free port of loopback that passes everything on and holds back what is answered.
 *
 * @returns its URL
 */
export async function withLatency(endpoint: string): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    client.pipe(server);
    server.on("data", (chunk) => setTimeout(() => client.write(chunk), LATENCY));
    server.on("end", () => setTimeout(() => client.end(), LATENCY));
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
}
