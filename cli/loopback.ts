/** Hosts that no other machine can listen in on. */
const HOSTS = ["127.0.0.1", "[::1]", "localhost"];

/** Whether a URL without encryption stays on this machine. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && HOSTS.includes(hostname);
}
