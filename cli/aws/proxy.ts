import { BlockList, isIP } from "node:net";
import { CommandError } from "../terminal/command-error";

/** The parts of a request that say where it goes. */
export interface Destination {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
}

/** The proxy of HTTPS_PROXY. */
export interface Proxy {
  readonly url: URL;
  /** Which proxy it is, such as `the proxy http://proxy.example.com:3128 of HTTPS_PROXY`. */
  readonly words: string;
  /** Whether a request is sent through it: one without TLS never is, since AWS itself isn't asked that way. */
  isFor(destination: Destination): boolean;
}

/** A variable that is set, under its usual name or in small letters, as Go reads both. */
function variable(name: string) {
  return [name, name.toLowerCase()].find((spelling) => process.env[spelling]);
}

function urlIn(value: string | undefined): URL | undefined {
  const text = value?.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

/**
 * The proxy that Terraform uses for AWS, by the variables and rules of Go's `http.ProxyFromEnvironment`. Undefined: there is none.
 *
 * @throws CommandError when it can't be used. Its value is never repeated: it may hold a password
 */
export function httpsProxy(): Proxy | undefined {
  const name = variable("HTTPS_PROXY");
  if (name === undefined) return undefined;
  const url = urlIn(process.env[name]);
  if (url === undefined) {
    throw new CommandError(
      `Received ${name} with another value, expected the http or https URL of a proxy, such as http://proxy.example.com:3128. Correct it, or unset it.`,
    );
  }
  const exceptions = (process.env[variable("NO_PROXY") ?? ""] ?? "").split(",").map(exceptionOf);
  return {
    url,
    words: `the proxy ${url.origin} of ${name}`,
    isFor({ protocol, hostname, port = 443 }) {
      const host = withoutBrackets(hostname).toLowerCase();
      if (protocol !== "https:" || host === "localhost" || isIn(LOOPBACK, host)) return false;
      return !exceptions.some((isException) => isException(host, port));
    },
  };
}

/** The proxy in a sentence, such as ` through HTTPS_PROXY=http://proxy.example.com:3128`. */
export function proxyInWords(): string {
  const name = variable("HTTPS_PROXY");
  const url = name === undefined ? undefined : urlIn(process.env[name]);
  return url === undefined ? "" : ` through ${name}=${url.origin}`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8);
LOOPBACK.addAddress("::1", "ipv6");

function isIn(addresses: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && addresses.check(host, version === 6 ? "ipv6" : "ipv4");
}

const withoutBrackets = (host: string) => host.replace(/^\[(.*)\]$/, "$1");

/** An entry of NO_PROXY: everything, addresses, or a domain, the last two perhaps with a port. */
function exceptionOf(text: string): (host: string, port: number) => boolean {
  const entry = text.trim().toLowerCase();
  if (entry === "*") return () => true;
  const [, network = "", bits] = entry.match(/^([^/]+)\/(\d+)$/) ?? [];
  const [, entryHost = entry, namedPort] = entry.match(/^(\[.*\]|[^:]*):(\d+)$/) ?? [];
  const address = bits === undefined ? withoutBrackets(entryHost) : network;
  const version = isIP(address);
  if (version !== 0) {
    const [length, family] = version === 6 ? [128, "ipv6" as const] : [32, "ipv4" as const];
    if (Number(bits ?? length) > length) return () => false;
    const addresses = new BlockList();
    addresses.addSubnet(address, Number(bits ?? length), family);
    return (host, port) => isIn(addresses, host) && isSamePort(namedPort, port);
  }
  const domain = entryHost.replace(/^\*\./, "."); // with a point before it, only what is below it
  if (domain === "") return () => false;
  const subdomain = domain.startsWith(".") ? domain : `.${domain}`;
  return (host, port) =>
    isIP(host) === 0 && (host === domain || host.endsWith(subdomain)) && isSamePort(namedPort, port);
}

function isSamePort(entryPort: string | undefined, port: number): boolean {
  return entryPort === undefined || Number(entryPort) === port;
}
