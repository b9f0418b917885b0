import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where a server is, and how to stop it. */
interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server on a free port. */
export async function listening(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** A server that answers what is asked, with its body. */
export function serverOf(answer: (incoming: IncomingMessage, outgoing: ServerResponse, body: string) => unknown) {
  return createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", () => answer(incoming, outgoing, Buffer.concat(chunks).toString()));
  });
}
