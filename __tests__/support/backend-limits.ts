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

/** Addresses of the states of a GitLab project. */
export const GITLAB_ADDRESSES = [
  "https://gitlab.com/api/v4/projects/42/terraform/state",
  "https://gitlab.example:8443/api/v4/projects/acme%2Fteam.x%2Fsupport_app-1/terraform/state",
  "https://x.invalid/git/lab/api/v4/projects/1/terraform/state",
  "http://127.0.0.1:8080/api/v4/projects/1/terraform/state",
  "http://localhost/api/v4/projects/1/terraform/state",
];

/** What isn't the address of the states of a GitLab project, or may not be in a file. */
export const REFUSED_ADDRESSES = [
  "gitlab.com",
  "https://gitlab.com",
  "https://gitlab.com/acme/support-app",
  "http://gitlab.com/api/v4/projects/42/terraform/state",
  "http://127.0.0.1.invalid/api/v4/projects/42/terraform/state",
  "http://localhost:1@x.invalid/api/v4/projects/42/terraform/state",
  "ftp://gitlab.com/api/v4/projects/42/terraform/state",
  "https://GitLab.com/api/v4/projects/42/terraform/state", // one project has one address
  "https://gitlab.com/api/v4/projects/42/terraform/state/",
  "https://gitlab.com/api/v4/projects/42/terraform/state/production",
  "https://gitlab.com/api/v4/projects/042/terraform/state",
  "https://gitlab.com/api/v4/projects/acme/terraform/state", // a project is in a group or of a user
  "https://gitlab.com/api/v4/projects/acme/support-app/terraform/state",
  "https://gitlab.com/api/v4/projects/acme%2fsupport-app/terraform/state",
  "https://gitlab.com/api/v4/projects/..%2Fsupport-app/terraform/state",
  "https://gitlab.com/../api/v4/projects/42/terraform/state",
  "https://gitlab.com//api/v4/projects/42/terraform/state",
  "https://gitlab.com/api/v4/projects/42/terraform/state?private_token=a",
  "https://gitlab.com/api/v4/projects/42/terraform/state#a",
  "https://me@gitlab.com/api/v4/projects/42/terraform/state",
  "https://me:secret@gitlab.com/api/v4/projects/42/terraform/state",
  "https://gitlab.com/api/v4/projects/${CI_PROJECT_ID}/terraform/state",
  "https://gitlab.com/api/v4/projects/42/terraform/state\n",
];
