import { type EnvironmentsDraft, environmentsProblems } from "../../../stacks/environments/environments-consistency";

const ACCOUNTS = { a: "111122223333", b: "444455556666", c: "777788889999" };

/** The problems of environments in us-east-1, each with an account of its own. */
function problemsOf(environments: Readonly<Record<string, object | undefined>>, defaults: object = {}) {
  const whole = Object.entries(environments).map(([name, entry]) => [
    name,
    entry && { account: ACCOUNTS[name as keyof typeof ACCOUNTS], region: "us-east-1", ...entry },
  ]);
  const draft = { defaults, environments: Object.fromEntries(whole) } as EnvironmentsDraft;
  return environmentsProblems(draft).map((problem) =>
    Object.fromEntries(Object.entries(problem).filter(([, value]) => value !== undefined)),
  );
}

const pathsOf = (...args: Parameters<typeof problemsOf>) =>
  problemsOf(...args).map(({ path }) => (path as (string | number)[]).join("."));

// What breaks a rule in a file, and the sentences, are in bad-inputs/environments.yaml.

test("environments that fit together have no problem", () => {
  expect(problemsOf({ a: { full: {} }, b: { "read-only": {} } })).toEqual([]);
  expect(environmentsProblems({})).toEqual([]);
});

test("an account is one environment, whichever of two is retired", () => {
  const { a: account } = ACCOUNTS;
  expect(pathsOf({ a: { full: {} }, b: { account, retired: true } })).toEqual(["environments.b.account"]);
  expect(pathsOf({ a: { retired: true }, b: { account, full: {} } })).toEqual(["environments.b.account"]);
});

test("what is invalid is reported elsewhere, and isn't compared", () => {
  const account = undefined;
  const deployed = { account, "deploy-role": `arn:aws:iam::${ACCOUNTS.b}:role/terraform`, full: {} };
  expect(problemsOf({ a: deployed, b: { account, full: { adopt: true } }, c: undefined })).toEqual([]);
  const temporarily = [{ capability: "live-chat", until: "2026-12-31" }];
  expect(problemsOf({ a: { full: { without: undefined, temporarily } } })).toEqual([]);
  expect(pathsOf({ a: { full: { without: undefined, policy: "aws-managed", "policy-name": "p" } } })).toEqual([
    "environments.a.full.policy-name",
  ]);
  for (const full of [{ temporarily }, { without: ["attach-files"], temporarily }])
    expect(pathsOf({ a: { full } })).toEqual(["environments.a.full.temporarily.0.capability"]);
});

describe("a workspace in HCP Terraform keeps one state", () => {
  const cloud = (prefix: string, overrides: object = {}) => ({
    full: {},
    backend: { type: "cloud", organization: "acme", "workspace-prefix": prefix, ...overrides },
  });

  test("an environment with another one's HCP Terraform workspace is refused, also by the defaults' backend", () => {
    const aa = { account: "1", full: {} };
    const a = cloud("x-a", { hostname: "app.terraform.io" }); // the default
    expect(pathsOf({ aa, a: cloud("x-a") }, cloud("x-"))).toEqual(["environments.a.backend.workspace-prefix"]);
    expect(pathsOf({ aa, a }, cloud("x-"))).toEqual(["environments.a.backend.workspace-prefix"]);
  });

  test.each([
    cloud("x-a", { organization: "other" }),
    cloud("x-a", { hostname: "tfe.example.com" }),
    cloud("y-a"),
    { full: {}, backend: { type: "s3", bucket: "b", region: "us-east-1" } },
    { full: {}, backend: { type: "local" } },
    { full: {}, backend: undefined },
  ])("an environment isn't in another one's HCP Terraform workspace with %j", (a) => {
    expect(problemsOf({ aa: { account: "1", ...cloud("x-") }, a })).toEqual([]);
  });
});

describe("a bucket is in one region of one account", () => {
  const s3 = (region: string | undefined, keys: object = {}) => ({
    full: {},
    backend: { type: "s3", bucket: "states", region, ...keys },
  });
  const [ONE, TWO] = Object.values(ACCOUNTS).map((account) => ({ "bucket-account": account }));

  test("an environment that has another's bucket in another region or account is refused, also with the defaults' backend", () => {
    const inRegion = "environments.b.backend.region";
    expect(pathsOf({ a: s3("us-east-1"), b: s3("us-west-2") })).toEqual([inRegion]);
    expect(pathsOf({ a: s3("us-east-1", ONE), b: s3("us-west-2", TWO) })).toEqual([
      inRegion,
      "environments.b.backend.bucket-account",
    ]);
    expect(pathsOf({ a: s3("us-east-1", ONE), b: s3("us-east-1"), c: s3("us-east-1", ONE) })).toEqual([
      "environments.b.backend.bucket-account",
    ]);
    expect(pathsOf({ a: s3("us-east-1"), b: { full: {} } }, s3("us-west-2"))).toEqual(["defaults.backend.region"]);
  });

  test("environments with the same bucket, with other buckets, or with an invalid value fit together", () => {
    expect(problemsOf({ a: s3("us-east-1", ONE), b: { full: {} } }, s3("us-east-1", ONE))).toEqual([]);
    expect(problemsOf({ a: s3("us-east-1"), b: s3("us-west-2", { bucket: "others" }) })).toEqual([]);
    expect(problemsOf({ a: s3("us-east-1"), b: s3(undefined, { "bucket-account": undefined }) })).toEqual([]);
  });
});

test("an environment without an access level gives nobody anything, unless it is retired or one is invalid", () => {
  expect(pathsOf({ a: {}, b: { retired: true }, c: { retired: undefined } })).toEqual(["environments.a"]);
  expect(pathsOf({ a: { retired: false } }, { full: {} })).toEqual(["environments.a"]);
  expect(problemsOf({ a: { full: undefined } })).toEqual([]);
});

test("an access level has problems at its own keys, or at the keys of the defaults that it inherits", () => {
  const message = `received "live-chat", expected nothing: read-only has only view-cases. Remove without.`;
  const without = { "read-only": { without: ["live-chat"] } };
  expect(problemsOf({ a: { "read-only": {} } }, without)).toEqual([
    { path: ["defaults", "read-only", "without"], message, inheritedBy: "a" },
  ]);
  expect(problemsOf({ a: without }, without)).toEqual([
    { path: ["environments", "a", "read-only", "without"], message },
  ]);
});

test("an access level isn't bounded by a policy that the environment creates, for either level", () => {
  const full = { "permissions-boundary": `arn:aws:iam::${ACCOUNTS.a}:policy/AWSSupportAppREADOnlyRolePolicy` };
  expect(pathsOf({ a: { "read-only": {}, full } })).toEqual(["environments.a.full.permissions-boundary"]);
  expect(problemsOf({ a: { "read-only": { policy: "aws-managed" }, full } })).toEqual([]);
  expect(problemsOf({ a: { full } })).toEqual([]);
  // AWS's own policy isn't one of the environment's.
  const aws = { policy: "aws-managed", "permissions-boundary": "arn:aws:iam::aws:policy/AWSSupportAppFullAccess" };
  expect(problemsOf({ a: { full: aws } })).toEqual([]);
});

test("a role and a policy may have the same name, and so may roles of two accounts", () => {
  const [first, second] = [
    { "role-name": "a", "policy-name": "b" },
    { "role-name": "b", "policy-name": "a" },
  ];
  expect(problemsOf({ a: { "read-only": first, full: second }, b: { full: first } })).toEqual([]);
});

test("channels that are invalid count towards the limit, too, and have no other problem", () => {
  const valid = Array.from({ length: 19 }, (_, index) => ({ name: "a", workspace: "T1", channel: `C${index}` }));
  const withChannels = (...channels: unknown[]) => pathsOf({ a: { full: { channels: [...channels, ...valid] } } });
  expect(withChannels(undefined)).toEqual([]);
  expect(withChannels(undefined, {})).toEqual(["environments.a.full.channels.20.channel"]);
});

describe("a channel in more accounts than AWS allows", () => {
  const channels = [{ name: "x", workspace: "T1", channel: "C1" }];
  const inAll = (count: number, levelOf: (index: number) => object) =>
    problemsOf(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `e${index}`,
          { account: String(100_000_000_000 + index), ...levelOf(index) },
        ]),
      ),
    );

  test("a channel in more accounts than AWS allows is a problem in the first one", () => {
    expect(inAll(101, () => ({ full: { channels } }))).toEqual([
      {
        path: ["environments", "e0", "full", "channels", 0, "channel"],
        message:
          "received C1 of T1 in 101 accounts (e0, e1, e2, e3, e4 and 96 more), expected it in at most 100, the AWS limit for a channel. Remove it from 1 of them, or use another channel there.",
      },
    ]);
  });

  test.each<[what: string, count: number, levelOf: (index: number) => object]>([
    ["in exactly as many", 100, () => ({ full: { channels } })],
    ["in two workspaces", 101, (index) => ({ full: { channels: [{ ...channels[0], workspace: `T${index && 1}` }] } })],
    ["in retired environments", 101, (index) => ({ full: { channels }, ...(index === 3 && { retired: true }) })],
    ["in an invalid workspace", 101, () => ({ full: { channels: [{ ...channels[0], workspace: undefined }] } })],
    ["if it is invalid", 101, () => ({ full: { channels: [{ ...channels[0], channel: undefined }, undefined] } })],
  ])("a channel isn't in too many accounts: %s", (_, count, levelOf) => expect(inAll(count, levelOf)).toEqual([]));
});

describe("tags add up", () => {
  const tags = (prefix: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, "x"]));
  const message = "received 51 tags, expected at most 50, the IAM limit for a role or a policy.";

  test.each<[layer: string, file: number, level: number, own: number, ownLevel: number, path: string[]]>([
    ["the defaults", 51, 0, 0, 0, ["defaults", "tags"]],
    ["the defaults of the level", 50, 1, 0, 0, ["defaults", "full", "tags"]],
    ["the environment", 49, 1, 1, 0, ["environments", "a", "tags"]],
    ["its level", 48, 1, 1, 1, ["environments", "a", "full", "tags"]],
  ])(
    "too many tags are a problem of the first layer that causes it: %s",
    (_, file, level, ownCount, ownLevel, path) => {
      const defaults = { tags: tags("f", file), full: { tags: tags("l", level) } };
      const problems = problemsOf({ a: { tags: tags("o", ownCount), full: { tags: tags("w", ownLevel) } } }, defaults);
      expect(problems).toContainEqual({ path, message, ...(path[0] === "defaults" && { inheritedBy: "a" }) });
    },
  );

  test("tags of a level that the environment doesn't have don't count, and a tag that is replaced counts once", () => {
    const defaults = { tags: tags("f", 30), full: { tags: tags("l", 30) } };
    expect(problemsOf({ a: { "read-only": {} } }, defaults)).toEqual([]);
    const maximum = { tags: tags("f", 50) };
    expect(problemsOf({ a: { ...maximum, full: maximum } }, maximum)).toEqual([]);
  });
});
