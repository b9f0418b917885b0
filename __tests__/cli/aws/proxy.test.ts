import { httpsProxy, proxyInWords } from "../../../cli/aws/proxy";
import { CommandError } from "../../../cli/terminal/command-error";

const NAMES = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"] as const;
const before = process.env;
beforeEach(() => {
  process.env = { ...before };
  for (const name of NAMES) delete process.env[name];
});
afterEach(() => {
  process.env = before;
});

const PROXY = "http://proxy.example.com:3128";

/** Whether a call of that host is sent through the proxy. */
function isSentThroughProxy(host: string, noProxy?: string, protocol = "https:"): boolean | undefined {
  Object.assign(process.env, { HTTPS_PROXY: PROXY, ...(noProxy === undefined ? {} : { NO_PROXY: noProxy }) });
  const [, hostname = "", port] = host.match(/^(.*?)(?::(\d+))?$/) ?? [];
  return httpsProxy()?.isFor({ protocol, hostname, port: port === undefined ? undefined : Number(port) });
}

test("without HTTPS_PROXY, there is no proxy", () => {
  expect([httpsProxy(), proxyInWords()]).toEqual([undefined, ""]);
  process.env.HTTPS_PROXY = "";
  expect(httpsProxy()).toBeUndefined();
});

test("the name in capital letters takes precedence, as in Go", () => {
  process.env.https_proxy = "http://small.example.com";
  expect(httpsProxy()?.url.host).toBe("small.example.com");
  Object.assign(process.env, { HTTPS_PROXY: PROXY, no_proxy: "amazonaws.com" });
  expect([httpsProxy()?.url.origin, proxyInWords()]).toEqual([PROXY, ` through HTTPS_PROXY=${PROXY}`]);
  expect(httpsProxy()?.isFor({ protocol: "https:", hostname: "sts.amazonaws.com" })).toBe(false);
  process.env.NO_PROXY = "example.com";
  expect(httpsProxy()?.isFor({ protocol: "https:", hostname: "sts.amazonaws.com" })).toBe(true);
});

test.each([
  ["proxy.example.com:3128", "http://proxy.example.com:3128/"],
  ["proxy", "http://proxy/"],
  ["https://proxy.example.com", "https://proxy.example.com/"],
  ["http://someuser:s3cret@proxy.example.com:3128", "http://someuser:s3cret@proxy.example.com:3128/"],
  ["someuser:s3cret@proxy.example.com:3128", "http://someuser:s3cret@proxy.example.com:3128/"],
])("HTTPS_PROXY can be %j, and is printed without a user name and a password", (value, url) => {
  process.env.HTTPS_PROXY = value;
  expect(httpsProxy()?.url.href).toBe(url);
  expect(proxyInWords()).not.toMatch(/someuser|s3cret/);
});

test.each(["socks5://someuser:s3cret@proxy.example.com", "http://someuser:s3cret@proxy.example.com:99999", "http://"])(
  "HTTPS_PROXY as %j is refused, and not repeated",
  (value) => {
    process.env.HTTPS_PROXY = value;
    expect(httpsProxy).toThrow(
      new CommandError(
        "Received HTTPS_PROXY with another value, expected the http or https URL of a proxy, such as http://proxy.example.com:3128. Correct it, or unset it.",
      ),
    );
    expect(proxyInWords()).toBe("");
  },
);

// Each as golang.org/x/net/http/httpproxy decides it.
test.each([
  ["sts.amazonaws.com", undefined, true],
  ["localhost", undefined, false],
  ["127.0.0.1:4566", undefined, false],
  ["127.1.2.3", undefined, false],
  ["[::1]", undefined, false],
  ["localhost.example.com", undefined, true],
  ["sts.amazonaws.com", "", true],
  ["sts.amazonaws.com", "*", false],
  ["sts.amazonaws.com", "example.com, AmazonAWS.com", false],
  ["STS.amazonaws.com", "sts.amazonaws.com", false],
  ["sts.amazonaws.com", ".amazonaws.com", false],
  ["sts.amazonaws.com", "*.amazonaws.com", false],
  ["amazonaws.com", "amazonaws.com", false],
  ["amazonaws.com", ".amazonaws.com", true],
  ["amazonaws.com", "*.amazonaws.com", true],
  ["notamazonaws.com", "amazonaws.com", true],
  ["sts.amazonaws.com", "sts.*.com", true],
  ["sts.amazonaws.com", "sts.amazonaws.com example.com", true],
  ["sts.amazonaws.com", "amazonaws.com:443", false],
  ["sts.amazonaws.com", "amazonaws.com:8443", true],
  ["sts.amazonaws.com:8443", "amazonaws.com:8443", false],
  ["sts.amazonaws.com", ":443", true],
  ["10.1.2.3", "10.0.0.0/8", false],
  ["10.1.2.3", "11.0.0.0/8", true],
  ["10.1.2.3", "10.1.2.3", false],
  ["10.1.2.3:8443", "10.1.2.3:8443", false],
  ["10.1.2.3", "10.1.2.3:8443", true],
  ["10.1.2.3", "2.3", true],
  ["10.1.2.3", "10.0.0.0/99", true],
  ["10.1.2.3", "fd00::/8", true],
  ["[fd00::2]", "fd00::/8", false],
  ["[fd00::2]", "fd00:0::2", false],
  ["[fd00::2]", "[fd00::2]:443", false],
  ["[fd00::2]", "[fd00::2]:8443", true],
])("of the host %s with NO_PROXY %j, it is %s that a call is sent through the proxy", (host, noProxy, is) => {
  expect(isSentThroughProxy(host, noProxy)).toBe(is);
});

test("a call without TLS isn't sent through the proxy", () => {
  expect(isSentThroughProxy("aws.example.com", undefined, "http:")).toBe(false);
});
