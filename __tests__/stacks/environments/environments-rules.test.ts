import { type EnvironmentsDraft, environmentsProblems } from "../../../stacks/environments/environments-rules";

const ACCOUNTS = { a: "111122223333", b: "444455556666", c: "777788889999" };

/** The problems of environments in us-east-1, each with an account of its own. */
function problemsOf(environments: Readonly<Record<string, object | undefined>>, defaults: object = {}) {
  const whole = Object.entries(environments).map(([name, entry]) => [
    name,
    entry && { account: ACCOUNTS[name as keyof typeof ACCOUNTS], region: "us-east-1", ...entry },
  ]);
  return linesOf({ defaults, environments: Object.fromEntries(whole) } as EnvironmentsDraft);
}

const linesOf = (draft: EnvironmentsDraft) =>
  environmentsProblems(draft).map((problem) =>
    Object.fromEntries(Object.entries(problem).filter(([, value]) => value !== undefined)),
  );

test("environments that fit together have no problem", () => {
  expect(problemsOf({ a: { full: {} }, b: { "read-only": {} } })).toEqual([]);
  expect(environmentsProblems({})).toEqual([]);
});

describe("the region", () => {
  const account = ACCOUNTS.a;

  test("is required in each environment, or in the defaults", () => {
    expect(
      linesOf({
        environments: {
          a: { account, full: {} },
          b: { account: ACCOUNTS.b, region: undefined, full: {} },
          c: { full: {} },
        },
      }),
    ).toEqual(
      ["a", "c"].map((name) => ({
        path: ["environments", name],
        message: "received no region, expected one. Set region in defaults, or in the environment.",
      })),
    );
  });

  test("of the defaults applies, even if it is invalid: that is one error, not one for each environment", () => {
    expect(linesOf({ defaults: { region: undefined }, environments: { a: { account, full: {} } } })).toEqual([]);
  });
});

describe("an account", () => {
  const account = ACCOUNTS.a;

  test.each([
    { a: { full: {} }, b: { account, "read-only": {} } },
    { a: { retired: true }, b: { account, full: {} } },
    { a: { full: {} }, b: { account, retired: true } },
  ])("is one environment, and of a retired one it is free once that is removed: %j", (environments) => {
    expect(problemsOf(environments)).toEqual([
      {
        path: ["environments", "b", "account"],
        message:
          'received "111122223333", expected a unique account: a already has this one. An account is one environment, which can have both access levels. Deploy a retired one and remove it from the file first.',
      },
    ]);
  });

  test("that is invalid is no problem here", () => {
    expect(problemsOf({ a: { account: undefined, full: {} }, b: { account: undefined, full: {} } })).toEqual([]);
  });
});

describe("a workspace in HCP Terraform keeps one state", () => {
  const cloud = (prefix: string, more: object = {}) => ({
    full: {},
    backend: { type: "cloud", organization: "acme", "workspace-prefix": prefix, ...more },
  });

  test("so an environment with the same one is refused, also by the defaults' backend", () => {
    const problem = {
      path: ["environments", "a", "backend", "workspace-prefix"],
      message:
        "received the workspace x-aa, expected a unique one: aa already has this one. Set another workspace-prefix.",
    };
    const aa = { account: "1" };
    expect(problemsOf({ aa: { ...aa, ...cloud("x-") }, a: cloud("x-a") })).toEqual([problem]);
    expect(problemsOf({ aa: { ...aa, full: {} }, a: cloud("x-a") }, cloud("x-"))).toEqual([problem]);
  });

  test.each([
    cloud("x-a", { organization: "other" }),
    cloud("x-a", { hostname: "tfe.example.com" }),
    cloud("y-a"),
    { full: {}, backend: { type: "s3", bucket: "b", region: "us-east-1" } },
    { full: {}, backend: { type: "local" } },
    { full: {}, backend: undefined },
  ])("and is another one with %j", (a) => {
    expect(problemsOf({ aa: { account: "1", ...cloud("x-") }, a })).toEqual([]);
  });
});

test("an environment without an access level gives nobody anything, unless it is retired or one is invalid", () => {
  const message =
    "received no access level, expected read-only, full or both. Add `read-only: {}`, or `retired: true` to remove what was deployed.";
  expect(problemsOf({ a: {}, b: { retired: true }, c: { retired: undefined } })).toEqual([
    { path: ["environments", "a"], message },
  ]);
  expect(problemsOf({ a: { retired: false } }, { full: {} })).toEqual([{ path: ["environments", "a"], message }]);
  expect(problemsOf({ a: undefined, b: { full: undefined } })).toEqual([]);
});

describe("a deploy role", () => {
  const role = (account: string) => ({ "deploy-role": `arn:aws:iam::${account}:role/terraform`, full: {} });

  test("is in the environment's account", () => {
    expect(problemsOf({ a: role(ACCOUNTS.a), b: role(ACCOUNTS.a) })).toEqual([
      {
        path: ["environments", "b", "deploy-role"],
        message: `received a role of the account ${ACCOUNTS.a}, expected one of ${ACCOUNTS.b}, which this environment deploys to.`,
      },
    ]);
  });

  test("isn't compared with an invalid account", () => {
    expect(problemsOf({ a: { ...role(ACCOUNTS.b), account: undefined } })).toEqual([]);
  });
});

describe("an access level", () => {
  const LEFT_OUT = `received "live-chat", expected nothing: read-only has only view-cases. Remove without.`;

  test("has problems at its own keys, or at the keys of the defaults that it inherits", () => {
    expect(problemsOf({ a: { "read-only": { without: ["live-chat"] } } })).toEqual([
      { path: ["environments", "a", "read-only", "without"], message: LEFT_OUT },
    ]);
    const defaults = { "read-only": { without: ["live-chat"] } };
    expect(problemsOf({ a: { "read-only": {} } }, defaults)).toEqual([
      { path: ["defaults", "read-only", "without"], message: LEFT_OUT, inheritedBy: "a" },
    ]);
    expect(problemsOf({ a: { "read-only": { without: ["live-chat"] } } }, defaults)).toEqual([
      { path: ["environments", "a", "read-only", "without"], message: LEFT_OUT },
    ]);
  });

  test("has a boundary of its own account, which is one rule for environments that share it", () => {
    const full = { "permissions-boundary": `arn:aws:iam::${ACCOUNTS.b}:policy/b` };
    expect(problemsOf({ a: { full } })).toEqual([
      {
        path: ["environments", "a", "full", "permissions-boundary"],
        message: `received a policy of the account ${ACCOUNTS.b}, expected one of ${ACCOUNTS.a} or an AWS managed policy, since IAM accepts no other boundary.`,
      },
    ]);
  });

  test("isn't bounded by a policy that the environment creates", () => {
    const boundary = `arn:aws:iam::${ACCOUNTS.a}:policy/AWSSupportAppREADOnlyRolePolicy`;
    const problem = {
      path: ["environments", "a", "full", "permissions-boundary"],
      message: `received "${boundary.slice(0, 60)}…" (64 characters), which this environment creates, expected a policy that somebody else manages: whoever deploys can rewrite this one.`,
    };
    const full = { "permissions-boundary": boundary };
    expect(problemsOf({ a: { "read-only": {}, full } })).toEqual([problem]);
    expect(problemsOf({ a: { "read-only": { policy: "aws-managed" }, full } })).toEqual([]);
    expect(problemsOf({ a: { full } })).toEqual([]);
    // AWS's own policy isn't one of the environment's.
    const aws = { policy: "aws-managed", "permissions-boundary": "arn:aws:iam::aws:policy/AWSSupportAppFullAccess" };
    expect(problemsOf({ a: { full: aws } })).toEqual([]);
  });

  test("that is adopted in an invalid account has no other problem", () => {
    expect(problemsOf({ a: { account: undefined, full: { adopt: true } } })).toEqual([]);
  });

  test.each<[what: string, readOnly: object, full: object, ...keys: string[]]>([
    ["one role", { "role-name": "Support" }, { "role-name": "support" }, "role-name"],
    ["one policy", { "policy-name": "P" }, { "policy-name": "p" }, "policy-name"],
    [
      "the other's policy as a role",
      { "role-name": "a", "policy-name": "b" },
      { "role-name": "b", "policy-name": "a" },
    ],
  ])("has names of its own, and IAM ignores case: %s", (_, readOnly, full, ...keys) => {
    expect(problemsOf({ a: { "read-only": readOnly, full } }).map(({ path }) => path)).toEqual(
      keys.map((key) => ["environments", "a", "full", key]),
    );
    expect(problemsOf({ a: { "read-only": readOnly }, b: { full } })).toEqual([]); // in another account
  });

  test("whose without is invalid has no problem with what it gives for a time", () => {
    const temporarily = [{ capability: "live-chat", until: "2026-12-31" }];
    expect(problemsOf({ a: { full: { without: undefined, temporarily } } })).toEqual([]);
    const others = { policy: "aws-managed", "policy-name": "p" };
    expect(problemsOf({ a: { full: { without: undefined, ...others } } })).toMatchObject([
      { path: ["environments", "a", "full", "policy-name"] },
    ]);
    expect(problemsOf({ a: { full: { without: ["attach-files"], temporarily } } })).toHaveLength(1);
    expect(problemsOf({ a: { full: { temporarily } } })).toEqual([
      expect.objectContaining({ path: ["environments", "a", "full", "temporarily", 0, "capability"] }),
    ]);
  });
});

describe("channels", () => {
  const channel = (id: string, more: object = {}) => ({ name: "oncall", workspace: "T1", channel: id, ...more });

  test.each<[what: string, entry: object, ...path: (string | number)[]]>([
    [
      "in one access level",
      { "read-only": { channels: [channel("C1")] }, full: { channels: [channel("C1")] } },
      "full",
      "channels",
      0,
      "channel",
    ],
    [
      "with notifications that AWS accepts",
      { full: { channels: [channel("C1"), channel("C2", { notify: { severity: "high" } })] } },
      "full",
      "channels",
      1,
      "notify",
      "severity",
    ],
    [
      "in a few workspaces",
      { "slack-workspaces": ["T2", "T3", "T4", "T5", "T6"], full: { channels: [channel("C1")] } },
      "full",
      "channels",
      0,
      "workspace",
    ],
    [
      "in a workspace that is registered once",
      { "slack-workspaces": ["T1", "T2", "T1"], full: {} },
      "slack-workspaces",
      2,
    ],
  ])("are %s", (_, entry, ...path) => {
    expect(problemsOf({ a: entry }).map(({ path }) => path)).toEqual([["environments", "a", ...path]]);
  });

  test("that are invalid count, too, and have no other problem", () => {
    const channels = [undefined, {}, ...Array.from({ length: 19 }, (_, index) => channel(`C${index}`))];
    expect(problemsOf({ a: { full: { channels } } })).toEqual([
      {
        path: ["environments", "a", "full", "channels", 20, "channel"],
        message: expect.stringContaining("at most 20"),
      },
    ]);
  });

  test("may be as many as AWS allows", () => {
    const channels = Array.from({ length: 20 }, (_, index) => channel(`C${index}`));
    expect(problemsOf({ a: { full: { channels } } })).toEqual([]);
  });
});

describe("a channel in more accounts than AWS allows", () => {
  const inAll = (count: number, levelOf: (index: number) => object) =>
    linesOf({
      defaults: { region: "us-east-1" },
      environments: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `e${index}`,
          { account: String(100_000_000_000 + index), ...levelOf(index) },
        ]),
      ),
    });
  const channels = [{ name: "x", workspace: "T1", channel: "C1" }];

  test("is a problem in the first one", () => {
    expect(inAll(101, () => ({ full: { channels } }))).toEqual([
      {
        path: ["environments", "e0", "full", "channels", 0, "channel"],
        message:
          "received C1 of T1 in 101 accounts (e0, e1, e2, e3, e4 and 96 more), expected it in at most 100, the AWS limit for a channel. Remove it from 1 of them, or use another channel there.",
      },
    ]);
  });

  test("isn't one in exactly as many, in two workspaces, in retired environments or if it is invalid", () => {
    expect(inAll(100, () => ({ full: { channels } }))).toEqual([]);
    expect(
      inAll(101, (index) => ({ full: { channels: [{ ...channels[0], workspace: index ? "T1" : "T2" }] } })),
    ).toEqual([]);
    expect(inAll(101, (index) => ({ full: { channels }, ...(index === 3 && { retired: true }) }))).toEqual([]);
    expect(inAll(101, () => ({ full: { channels: [{ ...channels[0], workspace: undefined }] } }))).toEqual([]);
    expect(inAll(101, () => ({ full: { channels: [{ ...channels[0], channel: undefined }, undefined] } }))).toEqual([]);
  });
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
  ])("and too many are a problem of the first layer that causes it: %s", (_, file, level, own, ownLevel, path) => {
    const defaults = { tags: tags("f", file), full: { tags: tags("l", level) } };
    const problems = problemsOf({ a: { tags: tags("o", own), full: { tags: tags("w", ownLevel) } } }, defaults);
    expect(problems).toContainEqual({ path, message, ...(path[0] === "defaults" && { inheritedBy: "a" }) });
  });

  test("but not the tags of a level that the environment doesn't have", () => {
    const defaults = { tags: tags("f", 30), full: { tags: tags("l", 30) } };
    expect(problemsOf({ a: { "read-only": {} } }, defaults)).toEqual([]);
  });

  test("and a tag that is replaced counts once", () => {
    const all = { tags: tags("f", 50) };
    expect(problemsOf({ a: { ...all, full: all } }, all)).toEqual([]);
  });
});
