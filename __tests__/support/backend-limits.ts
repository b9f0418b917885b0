const label = (length: number) => "a".repeat(length);

/** A host name of that length, more than 200. */
const host = (length: number) => [label(63), label(63), label(63), label(length - 200), "invalid"].join(".");

/** Host names that Terraform takes, the longest among them. They are nobody's. */
export const GOOD_HOSTS = [
  "a-b.invalid",
  "a--b.invalid", // only the third and fourth place are for punycode
  "x.invalid:1",
  "x.invalid:65535",
  `${label(63)}.invalid`,
  host(253),
  `${host(253)}:65535`,
];

/** Host names that Terraform refuses. */
export const REFUSED_HOSTS = [
  "x:65536",
  "x:99999",
  "xn--zz.com",
  "a.xn--p1ai",
  "xn--4ca.com:443",
  "ab--cd.com",
  "-a.com",
  "a-.com",
  "a_b.com",
];

/** Host names that Terraform takes, and that nobody can have: no name in DNS is as long, no server has that port. */
export const IMPOSSIBLE_HOSTS = [`${label(64)}.invalid`, host(254), "x.invalid:0", "a..b"];
