import { digestOf, normalizeAccess } from "../../../../cli/commands/review/approval-digest";
import {
  dropUncertainLosses,
  type EnvironmentChange,
  environmentChanges,
} from "../../../../cli/commands/review/environment-change";
import { environmentAccess } from "../../../../cli/terraform/environment-access";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import type { Verdict } from "../../../../cli/terraform/verdict";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { DIGEST_OUTPUT, digestOutput } from "../../../../stacks/output/stack-digest";
import { ACCOUNT, change, edited, ONCALL, set, stackOf, stacksOf } from "../../../support/edited-stack";
import { NOW } from "../../../support/now";

type Environments = Readonly<Record<string, SynthesizedStack>>;
const changes = (base: Environments, head: Environments, now = NOW) =>
  environmentChanges(new Map(Object.entries(base)), new Map(Object.entries(head)), now);

const OTHER_ACCOUNT = "999999999999";
const OTHER_REGION = "eu-west-1";
/** The stack of an environment anywhere. */
const stackIn = (account: string, region: string, keys: string) =>
  stacksOf(`environments: { paid: { account: "${account}", region: ${region}, ${keys} } }`).get(
    "paid",
  ) as SynthesizedStack;

const FULL = stackOf("full: {}");
const CHANNEL = stackOf(`full: { ${ONCALL} }`);
const RETIRED = stackOf("full: {}, retired: true");
const FULL_ROLE = "AWSSupportAppFullRole";
const READ_ONLY_ROLE = "AWSSupportAppReadOnlyRole";
const ROLE = "resource aws_iam_role full";
const withEdit = (stack: SynthesizedStack, path: string, value: unknown) =>
  edited(stack, (draft) => set(draft, path, value));
/** A stack with something that the constructs don't write. */
const withUser = (stack: SynthesizedStack, name = "a") => withEdit(stack, "resource aws_iam_user", { more: { name } });
/** A stack whose local state is at that path. */
const withState = (path: string) => withEdit(RETIRED, "terraform backend local path", path);

const NOTHING = { roles: [], channels: [], registrations: [] };
const UNCHANGED = {
  ...{ environment: "paid", verdict: "unchanged", isNew: false, isRemoved: false, access: NOTHING, state: [] },
  ...{ unreadable: [], violations: [], approved: null, plannable: "never" },
};

describe("an environment in which nothing changes", () => {
  test("an environment in which nothing changes isn't planned, and needs nothing, also with a digest, which earlier versions didn't write", () => {
    expect(change(CHANNEL, CHANNEL)).toEqual(UNCHANGED);
    const withDigest = withEdit(CHANNEL, `output ${DIGEST_OUTPUT}`, digestOutput(CHANNEL.terraform));
    expect(change(CHANNEL, withDigest)).toEqual(UNCHANGED);
    expect(change(withDigest, CHANNEL)).toEqual(UNCHANGED);
    const { terraform, ...rest } = CHANNEL.terraform;
    expect(change(CHANNEL, { ...CHANNEL, terraform: { ...rest, terraform } })).toEqual(UNCHANGED);
  });

  test("an environment in which nothing changes is forbidden if it reads something elsewhere, which may have changed", () => {
    const source = '${file("a")}';
    const stack = withEdit(FULL, `${ROLE} description`, source);
    const unreadable = { reason: "reads-elsewhere", address: "aws_iam_role.full.description", source };
    expect(change(stack, structuredClone(stack))).toEqual({
      ...{ ...UNCHANGED, verdict: "unknown", unreadable: [unreadable] },
      violations: [{ kind: "reads-elsewhere", unreadable }],
    });
  });
});

test("environments are in the order of their names", () => {
  const results = changes({ b: FULL, d: FULL }, { c: FULL, a: FULL, b: FULL });
  expect(results.map(({ environment }) => environment)).toEqual(["a", "b", "c", "d"]);
});

describe("the verdict and whether Terraform may plan", () => {
  const LESS = stackOf("full: { without: [resolve-cases] }");
  const S3 = "backend: { type: s3, bucket: states, region: us-east-1 }, full: {}";
  const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/a`;
  const PLANNED = stackOf(`full: {}, plan-role: "${ROLE_ARN}"`);
  test.each<[string, Verdict, EnvironmentChange["plannable"], SynthesizedStack, SynthesizedStack]>([
    ["tags", "cosmetic", "always", FULL, stackOf("full: { tags: { a: b } }")],
    ["a description", "cosmetic", "always", FULL, stackOf("full: { description: a }")],
    ["a name", "unknown", "always", FULL, stackOf("full: { role-name: Other }")],
    ["a name in another case", "settings", "always", FULL, stackOf(`full: { role-name: ${FULL_ROLE.toUpperCase()} }`)],
    ["a path", "unknown", "always", FULL, stackOf("full: { path: /team/ }")],
    ["more actions", "broadened", "always", LESS, FULL],
    ["fewer", "narrowed", "always", FULL, LESS],
    ["no role", "narrowed", "always", FULL, RETIRED],
    ["a channel", "broadened", "always", FULL, CHANNEL],
    ["a channel's name", "settings", "always", CHANNEL, stackOf(`full: { ${ONCALL.replace("oncall", "ops")} }`)],
    ["a workspace", "settings", "always", FULL, stackOf("full: {}, slack-workspaces: [T01]")],
    ["an alias", "settings", "always", FULL, stackOf("full: {}, account-alias: Payments")],
    ["another backend", "unknown", "approved", FULL, stackOf(S3)],
    ["another account", "unknown", "approved", FULL, stackIn(OTHER_ACCOUNT, "us-east-1", "full: {}")],
    ["another region", "unknown", "approved", FULL, stackIn(ACCOUNT, OTHER_REGION, "full: {}")],
    [
      ...(["another role to act as", "unknown", "approved", FULL] as const),
      stackOf(`full: {}, deploy-role: "arn:aws:iam::${ACCOUNT}:role/a"`),
    ],
    ["a role to plan as", "unknown", "approved", FULL, PLANNED],
    ["another role to plan as", "unknown", "approved", PLANNED, stackOf(`full: {}, plan-role: "${ROLE_ARN}b"`)],
    ["no role to plan as", "unknown", "approved", PLANNED, FULL],
    ["another profile", "settings", "always", FULL, stackOf("full: {}, profile: ops")],
    ["the profile that reads a state, too", "settings", "always", stackOf(S3), stackOf(`${S3}, profile: ops`)],
    ["an import of the role that it has", "settings", "always", FULL, stackOf("full: { adopt: true }")],
    [
      ...(["an import of another role", "unknown", "always", FULL] as const),
      stackOf("full: { adopt: true, role-name: Other }"),
    ],
    ["something unsupported", "unknown", "approved", FULL, withUser(FULL)],
    ["something forbidden", "unknown", "never", FULL, withEdit(FULL, `${ROLE} description`, '${file("a")}')],
    ["a new environment, which has a state that Terraform acts on", "broadened", "approved", RETIRED, RETIRED],
  ])("a change to %s has the verdict %s, and Terraform may plan: %s", (name, verdict, plannable, base, head) => {
    const isNew = name.startsWith("a new environment");
    const environmentChange = change(isNew ? undefined : base, head);
    expect(environmentChange).toMatchObject({ environment: "paid", isNew, isRemoved: false, leftBehind: undefined });
    expect(environmentChange).toMatchObject({ verdict, plannable });
  });

  const serviceQuotas = (mode: string) => stackOf(`full: { service-quotas-role: ${mode} }`);

  test("the Service Quotas role is broadened if somebody may have been waiting for it, and not if it is imported", () => {
    const [awaited, not] = [true, false].map((isAwaited) => ({ serviceQuotasRole: { isAwaited } }));
    const base = serviceQuotas("existing");
    expect(change(base, serviceQuotas("create"))).toMatchObject({ verdict: "broadened", access: awaited });
    expect(change(base, stackOf("full: { adopt: true, service-quotas-role: create }"))).toMatchObject({
      access: awaited,
    });
    expect(change(base, serviceQuotas("adopt"))).toMatchObject({ verdict: "settings", access: not });
  });

  test("the Service Quotas role may be awaited in another environment of the account, of which only main.ts can make several", () => {
    const endedKeys = (mode: string) =>
      `full: { without: [request-quota-increases], service-quotas-role: ${mode},
        temporarily: [{ capability: request-quota-increases, until: 2026-01-01 }] }`;
    const waiting = serviceQuotas("existing");
    const created = (otherStack: SynthesizedStack, account = ACCOUNT, mode = "create") => {
      const [base, head] = [endedKeys("existing"), endedKeys(mode)].map((keys) => stackIn(account, "us-east-1", keys));
      const [environmentChange] = changes(
        { a: base as SynthesizedStack, b: otherStack },
        { a: head as SynthesizedStack, b: otherStack },
      );
      return [environmentChange?.verdict, environmentChange?.access.serviceQuotasRole?.isAwaited];
    };
    expect(created(waiting)).toEqual(["broadened", true]);
    expect(created(withUser(stackOf("read-only: {}")))).toEqual(["broadened", true]);
    expect(created({ terraform: waiting.terraform }, OTHER_ACCOUNT)).toEqual(["broadened", true]); // of any account
    expect(created(stackOf("read-only: {}"))).toEqual(["settings", false]);
    expect(created(stackOf(endedKeys("existing")))).toEqual(["settings", false]);
    expect(created(waiting, OTHER_ACCOUNT)).toEqual(["settings", false]);
    expect(created(waiting, ACCOUNT, "adopt")).toEqual(["settings", false]);
  });

  test("an environment whose state is where another one has its own is forbidden, and no approval allows it", () => {
    const violations = (...args: Parameters<typeof changes>) => changes(...args).map((change) => change.violations);
    const shared = (environment: string) => [{ kind: "shared-state", environment }];
    const stackAt = withState;
    expect(violations({ a: stackAt("../a") }, { a: stackAt("../a"), b: stackAt("../a") })).toEqual([[], shared("a")]);
    expect(violations({ a: stackAt("../a"), b: stackAt("b") }, { a: stackAt("../a"), b: stackAt("../a") })).toEqual([
      [],
      shared("a"),
    ]);
    expect(violations({}, { a: stackAt("../a"), b: stackAt("../a") })).toEqual([shared("b"), shared("a")]);
    expect(violations({ a: stackAt("a") }, { a: stackAt("a"), b: stackAt("a") })).toEqual([[], []]); // each in its own folder
    expect(violations({ a: stackAt("a") }, { a: stackAt("a"), b: stackAt("../a/a") })).toEqual([[], shared("a")]);
    expect(violations({ a: stackAt("../a") }, { a: stackAt("c"), b: stackAt("../a") })).toEqual([[], shared("a")]); // a's is still there
    expect(violations({ a: stackAt("/a") }, { a: stackAt("/a"), b: stackAt("/b/../a") })).toEqual([[], shared("a")]);
    expect(changes({ a: stackAt("../a") }, { a: stackAt("../a"), b: stackAt("../a") })[1]?.plannable).toBe("never");
  });

  test("a removed environment leaves everything behind", () => {
    expect(change(CHANNEL, undefined)).toMatchObject({
      ...{ verdict: "left-behind", isNew: false, isRemoved: true, account: ACCOUNT, plannable: "never" },
      ...{ state: [], access: NOTHING, leftBehind: { roles: [FULL_ROLE], channels: [{ name: "oncall" }] } },
    });
    const nothingKnown = { roles: [], channels: [] };
    expect(change({ terraform: CHANNEL.terraform }, undefined).leftBehind).toEqual(nothingKnown);
    expect(change(withUser(RETIRED), undefined).leftBehind).toEqual(nothingKnown);
  });

  test("a removed environment that was retired before may leave something behind: whether that was deployed, only its state knows", () => {
    expect(change(RETIRED, undefined)).toMatchObject({
      ...{ verdict: "left-behind", isRemoved: true, plannable: "never", leftBehind: undefined },
    });
  });
});

test("a removed and a new environment may be the same with another name, if account, region and access are the same", () => {
  const renames = (base: Environments, head: Environments) =>
    changes(base, head).map(({ environment, possibleRename, verdict }) => [environment, possibleRename, verdict]);
  const unrelated = [
    ["new", undefined, "broadened"],
    ["old", undefined, "left-behind"],
  ];
  const rename = { from: "old", to: "new", isRemote: false };
  expect(renames({ old: CHANNEL }, { new: CHANNEL })).toEqual([
    ["new", rename, "broadened"],
    ["old", rename, "left-behind"],
  ]);
  const inCloud = (name: string) => ({
    [name]: stackOf("backend: { type: cloud, organization: acme }, full: {}", name),
  });
  expect(changes(inCloud("old"), inCloud("new"))[0]?.possibleRename).toEqual({ ...rename, isRemote: true });
  for (const stack of [
    stackIn(OTHER_ACCOUNT, "us-east-1", `full: { ${ONCALL} }`),
    stackIn(ACCOUNT, OTHER_REGION, `full: { ${ONCALL} }`),
    ...[FULL, stackOf(`full: { ${ONCALL}, without: [live-chat] }`)],
  ])
    expect(renames({ old: CHANNEL }, { new: stack })).toEqual(unrelated);
  // Nothing is certain of what can't be read, or of what is retired or has two of the same.
  for (const unsupported of [withUser(CHANNEL), { terraform: CHANNEL.terraform }])
    expect(renames({ old: unsupported }, { new: unsupported }).map(([, possibleRename]) => possibleRename)).toEqual([
      undefined,
      undefined,
    ]);
  expect(renames({ old: RETIRED }, { new: RETIRED })).toEqual(unrelated);
  for (const [base, head] of [
    [{ old: CHANNEL, older: CHANNEL }, { new: CHANNEL }],
    [{ old: CHANNEL }, { new: CHANNEL, newer: CHANNEL }],
  ] as const)
    expect(renames(base, head).map(([, possibleRename]) => possibleRename)).toEqual([undefined, undefined, undefined]);
});

describe("what is no longer in the code stays in AWS until a deploy removes it there", () => {
  const KEYS = `full: { ${ONCALL} }, read-only: {}`;
  const twoLevels = stackOf(KEYS);
  const dropped = (head: SynthesizedStack | undefined, base: SynthesizedStack | undefined = twoLevels) =>
    change(base, head).dropped;
  const DROPPED = expect.objectContaining({ name: "oncall", channel: "C01" });
  const PLACE = { account: ACCOUNT, region: "us-east-1", isMoved: false };

  test("a role, a channel, or both that are no longer in the code stay in AWS until a deploy removes them", () => {
    expect(dropped(CHANNEL)).toEqual({ ...PLACE, roles: [READ_ONLY_ROLE], channels: [] });
    expect(dropped(stackOf("full: {}, read-only: {}"))).toEqual({ ...PLACE, roles: [], channels: [DROPPED] });
    expect(dropped(stackOf(`${KEYS}, retired: true`))).toEqual({
      ...{ ...PLACE, roles: [READ_ONLY_ROLE, FULL_ROLE], channels: [DROPPED] },
    });
  });

  test("a role's former name stays until a deploy, but not the same name in another case or of another access level", () => {
    const stackNamed = (name: string) => stackOf(`full: { ${ONCALL} }, read-only: { role-name: ${name} }`);
    expect(dropped(stackNamed("New"))).toEqual({ ...PLACE, roles: [READ_ONLY_ROLE], channels: [] });
    expect(dropped(stackNamed(READ_ONLY_ROLE.toUpperCase()))).toBeUndefined();
    const [base, head] = ["read-only: { role-name: Same }", "full: { role-name: Same }"].map((keys) => stackOf(keys));
    expect(dropped(head, base)).toBeUndefined();
  });

  test("everything stays behind in another account, and channels stay in another region", () => {
    expect(dropped(stackIn(OTHER_ACCOUNT, "us-east-1", KEYS))).toEqual({
      ...{ ...PLACE, isMoved: true, roles: [READ_ONLY_ROLE, FULL_ROLE], channels: [DROPPED] },
    });
    expect(dropped(stackIn(ACCOUNT, OTHER_REGION, KEYS))).toEqual({
      ...{ ...PLACE, isMoved: true, roles: [], channels: [DROPPED] },
    });
  });

  test("nothing stays until a deploy where nothing was, or where the environment is removed, which leaves it behind", () => {
    expect([dropped(twoLevels), dropped(twoLevels, RETIRED), dropped(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(change(undefined, twoLevels).dropped).toBeUndefined();
  });
});

describe("an end", () => {
  const END = "2026-06-01T00:00:00Z";
  const ending = stackOf(
    'full: { without: [resolve-cases], temporarily: [{ capability: resolve-cases, until: "2026-06-01T00:00:00Z" }] }',
  );
  const NONE = stackOf("full: { without: [resolve-cases] }");
  const minutesAfter = (minutes: number) => new Date(Date.parse(END) + minutes * 60_000);

  test("an end that passed a quarter of an hour ago counts as removed: clocks differ", () => {
    const verdictAfter = (minutes: number) => change(ending, NONE, minutesAfter(minutes)).verdict;
    expect(verdictAfter(-60)).toBe("narrowed");
    expect(verdictAfter(14)).toBe("narrowed");
    expect(verdictAfter(15)).toBe("cosmetic");
  });

  test("an end that has passed when it is new is forbidden", () => {
    expect(change(NONE, ending, minutesAfter(-1)).violations).toEqual([]);
    expect(change(NONE, ending, minutesAfter(0))).toMatchObject({
      violations: [{ kind: "ended", role: FULL_ROLE, end: END }],
      plannable: "never",
    });
  });

  test("an end that has passed is only taken over by a role that is imported with its policy", () => {
    const adopted = (keys: string) =>
      stackOf(`full: { adopt: true, without: [resolve-cases], ${keys}
        temporarily: [{ capability: resolve-cases, until: "2026-06-01T00:00:00Z" }] }`);
    const violations = (base: SynthesizedStack, head: SynthesizedStack) =>
      change(base, head, minutesAfter(0)).violations;
    expect(violations(RETIRED, adopted(""))).toEqual([]);
    expect(violations(NONE, adopted(""))).toHaveLength(1);
  });
});

describe("unsupported parts", () => {
  const unknown = (name: string) => ({
    ...{ reason: "unknown-addition", address: "aws_iam_user.more", source: { name } },
  });

  test("unsupported parts are listed as they were before and are after, each once", () => {
    const [a, b, tagged] = [withUser(FULL), withUser(FULL, "b"), withUser(stackOf("full: { tags: { a: b } }"))];
    expect(change(a, tagged).unreadable).toEqual([unknown("a")]);
    expect(change(a, b).unreadable).toEqual([unknown("b"), unknown("a")]);
    expect(change(a, FULL).unreadable).toEqual([unknown("a")]);
  });

  test("unsupported parts make all of the Terraform what is approved", () => {
    const stack = withUser(FULL);
    expect(change(stack, FULL).approved).toBe(digestOf([stack.terraform, FULL.terraform]));
    expect(change(undefined, stack).approved).toBe(digestOf([null, stack.terraform]));
    expect(change(stack, undefined).approved).toBe(digestOf([stack.terraform, null]));
  });

  test("unsupported parts may give back what people lose", () => {
    const narrowStack = withUser(stackOf("full: { without: [resolve-cases] }"));
    expect(change(withUser(FULL), narrowStack).access.roles).toMatchObject([{ permissions: { gained: [], lost: [] } }]);
  });

  const DIFFERENCE = { gained: [{ right: 1 }], lost: [{ right: 2 }], undecided: [] } as never;
  const CAPABILITIES = { gained: ["view-cases"], lost: ["live-chat"], shortened: ["live-chat"] };
  const access = {
    roles: [
      { role: "full", permissions: DIFFERENCE, trust: DIFFERENCE },
      { role: "viewer", permissions: DIFFERENCE, trust: DIFFERENCE, capabilities: CAPABILITIES },
    ],
    channels: [{ permissions: DIFFERENCE, trust: DIFFERENCE, ...CAPABILITIES }],
    registrations: [{ address: "a.b" }],
  } as never;

  test("unsupported parts leave only what is gained for certain", () => {
    const gained = { gained: [{ right: 1 }], lost: [], undecided: [] };
    const capabilities = { gained: ["view-cases"], lost: [], shortened: undefined };
    expect(dropUncertainLosses(access, ["x"])).toEqual({
      roles: [
        { role: "full", permissions: gained, trust: gained },
        { role: "viewer", permissions: gained, trust: gained, capabilities },
      ],
      channels: [{ permissions: gained, trust: gained, ...capabilities }],
      registrations: [{ address: "a.b" }],
    });
    expect(dropUncertainLosses(access, [])).toBe(access);
  });
});

describe("what an approval covers", () => {
  const approved = (head: SynthesizedStack) => change(FULL, head).approved;

  test("an approval covers the access before and after, and what is around it", () => {
    const side = (keys: string, adopted: readonly string[] = []) => {
      const yaml = `environments: { paid: { account: "${ACCOUNT}", region: us-east-1, ${keys} } }`;
      const [environment] = parseEnvironments(yaml, "environments.yaml");
      const backend = { type: "local", settings: { path: "../../../state/paid.tfstate" } };
      const context = { region: "us-east-1", retired: false, adopted };
      return [environment && normalizeAccess(environmentAccess(environment)), backend, context];
    };
    const adopting = "full: { adopt: true, role-name: Other }";
    expect(approved(stackOf(adopting))).toBe(digestOf([side("full: {}"), side(adopting, ["full"])]));
    const managed = (keys: string) => stackOf(`full: { policy: aws-managed, role-name: Other${keys} }`);
    expect(approved(managed(", adopt: true"))).not.toBe(approved(managed("")));
    expect(change(undefined, FULL).approved).toBe(digestOf([null, side("full: {}")]));
    expect(change(FULL, undefined).approved).toBe(digestOf([side("full: {}"), null]));
  });

  test("an approval is the same with other tags, and another with another place of the state, region or role to act as", () => {
    const [tagged, described] = ["tags: { a: b }", "description: a"].map((keys) => stackOf(`full: { ${keys} }`));
    expect(approved(tagged as SynthesizedStack)).toBe(approved(described as SynthesizedStack));
    const otherStacks = [
      stackOf("full: { tags: { a: b } }, backend: { type: s3, bucket: states, region: us-east-1 }"),
      stackIn(ACCOUNT, OTHER_REGION, "full: {}"),
      stackOf(`full: {}, deploy-role: "arn:aws:iam::${ACCOUNT}:role/a"`),
      ...[stackOf("full: {}, profile: ops"), stackOf(`full: {}, plan-role: "arn:aws:iam::${ACCOUNT}:role/a"`), RETIRED],
    ];
    expect(new Set([tagged as SynthesizedStack, ...otherStacks].map(approved)).size).toBe(1 + otherStacks.length);
  });

  test("an approval of something that can't be read is another with another role to plan as, which isn't in the Terraform", () => {
    const planned = (role: string) => withUser(stackOf(`full: {}, plan-role: "arn:aws:iam::${ACCOUNT}:role/${role}"`));
    const stacks = [planned("a"), planned("b"), withUser(FULL)];
    expect(new Set(stacks.map(approved)).size).toBe(stacks.length);
  });
});

test("a read-only role that leaves the address at which writing is forbidden needs an approval, and may not write", () => {
  const reading = stackOf("read-only: { role-name: Reading }");
  const LEAVES = { kind: "read-only-address", verdict: "unknown", role: "Reading" };
  const environmentChange = change(reading, stackOf("full: { role-name: Reading, without: [live-chat] }"));
  expect(environmentChange).toMatchObject({ verdict: "unknown", plannable: "never" });
  expect(environmentChange.state).toContainEqual(LEAVES);
  expect(environmentChange.violations).toContainEqual(
    expect.objectContaining({ kind: "read-only-writes", role: "Reading" }),
  );
  // One that stays, is removed, or wasn't there doesn't leave.
  const twoLevels = stackOf("read-only: { role-name: Reading }, full: {}");
  for (const [base, head] of [
    [reading, twoLevels],
    [reading, FULL],
    [FULL, twoLevels],
  ] as const)
    expect(change(base, head)).toMatchObject({ state: [], violations: [] });
});

describe("a role takes the name of another environment's", () => {
  const stackNamed = (name: string, account = ACCOUNT) =>
    stackIn(account, "us-east-1", `full: { role-name: ${name}, policy-name: Same }`);
  const nameChanges = (...args: Parameters<typeof changes>) =>
    changes(...args).flatMap(({ environment, verdict, state }) =>
      state.flatMap((stateChange) =>
        stateChange.kind === "name-of-other" ? [[environment, verdict, stateChange] as const] : [],
      ),
    );
  const OF_A = { kind: "name-of-other", verdict: "unknown", role: "one", environment: "a" };

  test("a role that takes the name of another environment's is reported, whatever the case", () => {
    const before = { a: stackNamed("One"), b: stackNamed("Two") };
    expect(nameChanges(before, { a: stackNamed("Other"), b: stackNamed("one") })).toEqual([["b", "unknown", OF_A]]);
  });

  test("a role that takes the name of a removed environment's isn't reported: that environment keeps its role in the account", () => {
    expect(nameChanges({ a: stackNamed("One") }, { b: stackNamed("one") })).toEqual([]);
  });

  test.each<[string, Environments, Environments]>([
    ["its own", { a: stackNamed("One") }, { a: stackNamed("one") }],
    [
      "one in another account",
      { a: stackNamed("One", OTHER_ACCOUNT), b: stackNamed("Two") },
      { a: stackNamed("X", OTHER_ACCOUNT), b: stackNamed("one") },
    ],
    ["nobody's", { a: stackNamed("One"), b: stackNamed("Two") }, { a: stackNamed("X"), b: stackNamed("Y") }],
  ])("a role that takes a name isn't reported if the name is %s", (_, before, after) => {
    expect(nameChanges(before, after)).toEqual([]);
  });
});

test("what moves to another access level is deleted at one address and created at another", () => {
  const stackNamed = (level: string, role: string, policy: string) =>
    stackOf(`${level}: { role-name: ${role}, policy-name: ${policy} }`);
  const base = stackNamed("full", "R", "P");
  const readdressed = (head: SynthesizedStack) =>
    change(base, head).state.flatMap((stateChange) =>
      stateChange.kind === "readdressed" ? [[stateChange.from, stateChange.to]] : [],
    );
  const [ROLES, POLICIES] = ["aws_iam_role", "aws_iam_policy"].map((type) => [`${type}.full`, `${type}.read_only`]);
  expect(readdressed(stackNamed("read-only", "r", "X"))).toEqual([ROLES]);
  expect(readdressed(stackNamed("read-only", "X", "p"))).toEqual([POLICIES]);
  expect(readdressed(stackNamed("read-only", "R", "P"))).toEqual([ROLES, POLICIES]);
  expect(readdressed(stackNamed("read-only", "X", "Y"))).toEqual([]);
});
