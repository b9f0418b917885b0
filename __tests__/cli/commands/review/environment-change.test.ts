import fc from "fast-check";
import { digestOf, normalizeAccess } from "../../../../cli/commands/review/approval-digest";
import {
  dropUncertainLosses,
  type EnvironmentChange,
  environmentChanges,
} from "../../../../cli/commands/review/environment-change";
import { authorize } from "../../../../cli/iam/authorize";
import { readTerraformPolicy } from "../../../../cli/iam/policy";
import { readAccess } from "../../../../cli/terraform/access";
import { readStack } from "../../../../cli/terraform/stack";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import { needsApproval, type Verdict } from "../../../../cli/terraform/verdict";
import { DIGEST_OUTPUT, digestOutput } from "../../../../stacks/output/stack-digest";
import { NOW } from "../../../support/now";
import { isThorough, propertyRuns } from "../../../support/thorough";
import {
  ACCOUNT,
  allowing,
  CODE,
  channelIn,
  type Draft,
  document,
  documentOf,
  EMPTY,
  edited,
  POLICY,
  registration,
  roleIn,
  serviceQuotasRoleIn,
  set,
  setPolicy,
  TRUST,
} from "./small-stack";

type Environments = Readonly<Record<string, Terraform>>;
const changes = (base: Environments, head: Environments, now = NOW) =>
  environmentChanges(new Map(Object.entries(base)), new Map(Object.entries(head)), now);

/** What changes in the environment `paid`. */
function changeOf(base: Terraform | undefined, head: Terraform | undefined, now = NOW): EnvironmentChange {
  const only = (one: Terraform | undefined): Environments => (one ? { paid: one } : {});
  const [found] = changes(only(base), only(head), now);
  if (!found) throw new Error("Received no environment, expected one.");
  return found;
}

const NOTHING = { roles: [], channels: [], registrations: [] };
const UNCHANGED = {
  ...{ environment: "paid", verdict: "unchanged", isNew: false, isRemoved: false, access: NOTHING, state: [] },
  ...{ unreadable: [], violations: [], approved: null, plannable: "never" },
};

describe("an environment in which nothing changes", () => {
  test("isn't planned, and needs nothing, also with a digest, which earlier versions didn't write", () => {
    expect(changeOf(CODE, CODE)).toEqual(UNCHANGED);
    const withDigest = edited((code) => (code.output = { [DIGEST_OUTPUT]: digestOutput(CODE) }));
    expect(changeOf(CODE, withDigest)).toEqual(UNCHANGED);
    expect(changeOf(withDigest, CODE)).toEqual(UNCHANGED);
    const { terraform, ...rest } = CODE;
    expect(changeOf(CODE, { ...rest, terraform })).toEqual(UNCHANGED);
  });

  test("is forbidden if it reads something elsewhere, which may have changed", () => {
    const source = '${file("a")}';
    const code = edited(({ resource }) => (resource.aws_iam_role.full.description = source));
    const unreadable = { reason: "reads-elsewhere", address: "resource.aws_iam_role.full.description", source };
    expect(changeOf(code, structuredClone(code))).toEqual({
      ...{ ...UNCHANGED, verdict: "unknown", unreadable: [unreadable] },
      violations: [{ kind: "reads-elsewhere", unreadable }],
    });
  });
});

test("environments are in the order of their names", () => {
  const found = changes({ b: CODE, d: CODE }, { c: CODE, a: CODE, b: CODE });
  expect(found.map(({ environment }) => environment)).toEqual(["a", "b", "c", "d"]);
});

describe("the verdict and whether Terraform may plan", () => {
  const MORE = allowing("support:*");
  const ROLE = "resource aws_iam_role full";
  const WORKSPACE = "resource aws_cloudcontrolapi_resource workspace";
  const ASSUMED = [{ role_arn: `arn:aws:iam::${ACCOUNT}:role/a` }];
  test.each<[string, Verdict, EnvironmentChange["plannable"], string, unknown]>([
    ["tags", "cosmetic", "always", `${ROLE} tags`, { a: "b" }],
    ["a description", "cosmetic", "always", `${ROLE} description`, "a"],
    ["CDKTF's remarks", "cosmetic", "always", "//", { metadata: {} }],
    ["a name", "unknown", "always", `${ROLE} name`, "Other"],
    ["a name in another case", "settings", "always", `${ROLE} name`, "FULL"],
    ["a path", "unknown", "always", `${ROLE} path`, "/team/"],
    ["more actions", "broadened", "always", "data aws_iam_policy_document full", documentOf(MORE)],
    ["fewer", "narrowed", "always", "data aws_iam_policy_document full", documentOf(allowing("support:CreateCase"))],
    ["a workspace", "settings", "always", WORKSPACE, registration("TeamId", "T01")],
    ["another backend", "unknown", "approved", "terraform backend local path", "other"],
    ["another account", "unknown", "approved", "provider aws 0 allowed_account_ids", ["999999999999"]],
    ["another region", "unknown", "approved", "provider aws 0 region", "eu-west-1"],
    ["another role to act as", "unknown", "approved", "provider aws 0 assume_role", ASSUMED],
    ["another profile", "settings", "always", "provider aws 0 profile", "ops"],
    ["another provider", "unknown", "approved", "terraform required_providers aws version", ">= 7.0.0"],
    ["another version of Terraform", "settings", "always", "terraform required_version", ">= 1.10"],
    ["something unsupported", "unknown", "approved", "resource aws_iam_user more", { name: "a" }],
    ["something forbidden", "unknown", "never", `${ROLE} description`, '${file("a")}'],
  ])("%s: %s, %s", (_, verdict, plannable, path, value) => {
    const found = changeOf(
      CODE,
      edited((code) => set(code, path, value), CODE),
    );
    const stays = { environment: "paid", isNew: false, isRemoved: false, leftBehind: undefined };
    expect(found).toMatchObject({ ...stays, verdict, plannable });
  });

  test("no role, a channel, its name, another profile for any account, and an import of something else", () => {
    const verdictOf = (base: Draft, edit: (code: Draft) => void) => changeOf(base, edited(edit, base)).verdict;
    expect(changeOf(CODE, EMPTY)).toMatchObject({ verdict: "narrowed", plannable: "always" });
    expect(verdictOf(CODE, channelIn)).toBe("broadened");
    expect(verdictOf(edited(channelIn), (code) => channelIn(code, "ops"))).toBe("settings");
    const anywhere = edited(({ provider }) => delete provider.aws[0].allowed_account_ids);
    expect(verdictOf(anywhere, ({ provider }) => (provider.aws[0].profile = "ops"))).toBe("unknown");
    const taking = edited((code) => {
      code.import = [{ to: "aws_iam_role.full", id: "Other" }];
      code.resource.aws_iam_role.full.name = "Other";
    });
    expect(changeOf(CODE, taking)).toMatchObject({ verdict: "unknown", plannable: "always" });
  });

  test("the Service Quotas role is broadened if somebody may have been waiting for it, and not if it is imported", () => {
    const base = edited((code) => setPolicy(code, allowing("servicequotas:*")));
    const created = (...imports: object[]) =>
      edited((code) => {
        serviceQuotasRoleIn(code);
        code.import = imports;
      }, base);
    const arn = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`;
    const adopted = created({ to: "aws_iam_service_linked_role.service_quotas", id: arn });
    const [awaited, not] = [true, false].map((isAwaited) => ({ serviceQuotasRole: { isAwaited } }));
    expect(changeOf(base, created())).toMatchObject({ verdict: "broadened", access: awaited });
    expect(changeOf(base, created({ to: "aws_iam_role.full", id: "Full" }))).toMatchObject({ access: awaited });
    expect(changeOf(base, adopted)).toMatchObject({ verdict: "settings", access: not });
  });

  test("the Service Quotas role may be awaited in another environment of the account, of which only main.ts can make several", () => {
    const waiting = edited((code) => setPolicy(code, allowing("servicequotas:*")));
    const without = edited((code) => setPolicy(code, allowing("support:*")));
    const creating = edited((code) => {
      code.resource = {};
      serviceQuotasRoleIn(code);
    }, EMPTY);
    const inAccount = (account: string, code: Draft) =>
      edited(({ provider }) => (provider.aws[0].allowed_account_ids = account === "" ? undefined : [account]), code);
    const created = (other: Draft, account = ACCOUNT, more: object = {}) => {
      const [before, after] = [EMPTY, { ...creating, ...more }].map((code) => inAccount(account, code));
      const [change] = changes({ a: before, b: other }, { a: after, b: other });
      return [change?.verdict, change?.access.serviceQuotasRole?.isAwaited];
    };
    expect(created(waiting)).toEqual(["broadened", true]);
    expect(created(inAccount("", waiting))).toEqual(["broadened", true]);
    expect(created(waiting, "")).toEqual(["broadened", true]);
    expect(created(without)).toEqual(["settings", false]);
    expect(created(inAccount("999999999999", waiting))).toEqual(["settings", false]);
    expect(created(inAccount("999999999999", waiting), "")).toEqual(["broadened", true]);
    const id = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`;
    const imported = { import: [{ to: "aws_iam_service_linked_role.service_quotas", id }] };
    expect(created(waiting, ACCOUNT, imported)).toEqual(["settings", false]);
    const ended = edited((code) => {
      const before = { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } };
      setPolicy(code, document({ Action: "servicequotas:*", Resource: "*", Condition: before }));
    });
    expect(created(ended)).toEqual(["settings", false]);
  });

  test("a new environment, which has a state that Terraform acts on", () => {
    expect(changeOf(undefined, EMPTY)).toMatchObject({
      ...{ verdict: "broadened", isNew: true, isRemoved: false, account: ACCOUNT, plannable: "approved" },
      ...{ access: NOTHING, leftBehind: undefined },
    });
  });

  test("an environment whose state is where another one has its own, which no approval allows", () => {
    const at = (path: string) => ({ ...EMPTY, terraform: { ...EMPTY.terraform, backend: { local: { path } } } });
    const violations = (...args: Parameters<typeof changes>) => changes(...args).map((change) => change.violations);
    const shared = (environment: string) => [{ kind: "shared-state", environment }];
    expect(violations({ a: at("../a") }, { a: at("../a"), b: at("../a") })).toEqual([[], shared("a")]);
    expect(violations({ a: at("../a"), b: at("b") }, { a: at("../a"), b: at("../a") })).toEqual([[], shared("a")]);
    expect(violations({}, { a: at("../a"), b: at("../a") })).toEqual([shared("b"), shared("a")]);
    expect(violations({ a: at("a") }, { a: at("a"), b: at("a") })).toEqual([[], []]); // each in its own folder
    expect(violations({ a: at("a") }, { a: at("a"), b: at("../a/a") })).toEqual([[], shared("a")]);
    expect(violations({ a: at("../a") }, { a: at("c"), b: at("../a") })).toEqual([[], shared("a")]); // a's is still there
    expect(violations({ a: at("/a") }, { a: at("/a"), b: at("/b/../a") })).toEqual([[], shared("a")]);
    expect(changes({ a: at("../a") }, { a: at("../a"), b: at("../a") })[1]?.plannable).toBe("never");
  });

  test("a removed environment, which leaves everything behind", () => {
    const code = edited(channelIn);
    expect(changeOf(code, undefined)).toMatchObject({
      ...{ verdict: "left-behind", isNew: false, isRemoved: true, account: ACCOUNT, plannable: "never" },
      ...{ state: [], access: NOTHING, leftBehind: { roles: ["Full"], channels: [{ name: "oncall" }] } },
    });
    const onlyPolicy = { ...EMPTY, resource: { aws_iam_policy: { a: { name: "a", policy: MORE } } } };
    expect(changeOf(onlyPolicy, undefined).leftBehind).toEqual({ roles: [], channels: [] });
    const unsupported = { ...EMPTY, ephemeral: { a: { b: {} } } };
    expect(changeOf(unsupported, undefined).leftBehind).toEqual({ roles: [], channels: [] });
  });

  test("a removed environment that was retired before: whether that was deployed, only its state knows", () => {
    expect(changeOf(EMPTY, undefined)).toMatchObject({
      ...{ verdict: "left-behind", isRemoved: true, plannable: "never", leftBehind: undefined },
    });
  });
});

test("a removed and a new environment may be the same with another name, if account, region and access are the same", () => {
  const code = edited(channelIn);
  const renames = (base: Environments, head: Environments) =>
    changes(base, head).map(({ environment, possibleRename, verdict }) => [environment, possibleRename, verdict]);
  const unrelated = [
    ["new", undefined, "broadened"],
    ["old", undefined, "left-behind"],
  ];
  const rename = { from: "old", to: "new", isRemote: false };
  expect(renames({ old: code }, { new: code })).toEqual([
    ["new", rename, "broadened"],
    ["old", rename, "left-behind"],
  ]);
  const inCloud = edited(({ terraform }) => {
    terraform.backend = undefined;
    terraform.cloud = { organization: "acme", workspaces: { name: "old" } };
  }, code);
  expect(changes({ old: inCloud }, { new: inCloud })[0]?.possibleRename).toEqual({ ...rename, isRemote: true });
  const acting = (argument: string, value: unknown) =>
    edited((draft) => set(draft, `provider aws 0 ${argument}`, value), code);
  for (const other of [
    ...[acting("allowed_account_ids", ["999999999999"]), acting("region", "eu-west-1")],
    ...[CODE, edited((draft) => setPolicy(draft, allowing("support:ResolveCase")), code)],
  ])
    expect(renames({ old: code }, { new: other })).toEqual(unrelated);
  // Nothing is certain in any account, of what can't be read, or of what is retired or has two of the same.
  const anywhere = acting("allowed_account_ids", undefined);
  expect(renames({ old: anywhere }, { new: anywhere })).toEqual(unrelated);
  const unsupported = edited(({ resource }) => (resource.aws_iam_user = { more: { name: "x" } }), code);
  expect(renames({ old: unsupported }, { new: unsupported }).map(([, found]) => found)).toEqual([undefined, undefined]);
  expect(renames({ old: EMPTY }, { new: EMPTY })).toEqual(unrelated);
  for (const [base, head] of [
    [{ old: code, older: code }, { new: code }],
    [{ old: code }, { new: code, newer: code }],
  ] as const)
    expect(renames(base, head).map(([, found]) => found)).toEqual([undefined, undefined, undefined]);
});

describe("what is no longer in the code stays in AWS until a deploy removes it there", () => {
  const both = edited((code) => {
    channelIn(code);
    roleIn(code, "other", "Other");
  });
  const dropped = (head: Draft | undefined, base: Draft | undefined = both) => changeOf(base, head).dropped;
  const CHANNEL = expect.objectContaining({ name: "oncall", channel: "C01" });
  const PLACE = { account: ACCOUNT, region: "us-east-1", isMoved: false };
  const moved = (path: string, value: unknown) => edited((code) => set(code, `provider aws 0 ${path}`, value), both);

  test("a role, a channel, or both", () => {
    expect(dropped(edited(channelIn))).toEqual({ ...PLACE, roles: ["Other"], channels: [] });
    expect(dropped(edited((code) => roleIn(code, "other", "Other")))).toEqual({
      ...{ ...PLACE, roles: [], channels: [CHANNEL] },
    });
    expect(dropped(EMPTY)).toEqual({ ...PLACE, roles: ["Full", "Other"], channels: [CHANNEL] });
  });

  test("a role's former name, but not the same name at another address or in another case", () => {
    const named = (name: string) => edited(({ resource }) => (resource.aws_iam_role.other.name = name), both);
    expect(dropped(named("New"))).toEqual({ ...PLACE, roles: ["Other"], channels: [] });
    expect(dropped(named("OTHER"))).toBeUndefined();
    const readdressed = edited((code) => roleIn(code, "new", "Other"), edited(channelIn));
    expect(dropped(readdressed)).toBeUndefined();
  });

  test("all of it, in another account, and its channels, in another region", () => {
    expect(dropped(moved("allowed_account_ids", ["999999999999"]))).toEqual({
      ...{ ...PLACE, isMoved: true, roles: ["Full", "Other"], channels: [CHANNEL] },
    });
    expect(dropped(moved("region", "eu-west-1"))).toEqual({
      ...{ ...PLACE, isMoved: true, roles: [], channels: [CHANNEL] },
    });
  });

  test("nothing, where nothing was or the environment is removed, which leaves it behind", () => {
    expect([dropped(both), dropped(both, EMPTY), dropped(undefined)]).toEqual([undefined, undefined, undefined]);
    expect(changeOf(undefined, both).dropped).toBeUndefined();
  });
});

describe("an end", () => {
  const END = "2026-06-01T00:00:00Z";
  const until = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });
  const ending = (end: string, ...actions: readonly string[]) => {
    const statements = [{ Action: "support:CreateCase" }, { Action: actions, ...until(end) }];
    return edited((code) => setPolicy(code, document(...statements.map((one) => ({ ...one, Resource: "*" })))));
  };
  const NONE = edited((code) => setPolicy(code, allowing("support:CreateCase")));
  const minutesAfter = (minutes: number) => new Date(Date.parse(END) + minutes * 60_000);

  test("that passed a quarter of an hour ago counts as removed: clocks differ", () => {
    const given = ending(END, "support:ResolveCase");
    const ended = (minutes: number) => changeOf(given, NONE, minutesAfter(minutes)).verdict;
    expect(ended(-60)).toBe("narrowed");
    expect(ended(14)).toBe("narrowed");
    expect(ended(15)).toBe("cosmetic");
  });

  test("that has passed when it is new is forbidden", () => {
    const given = ending(END, "support:ResolveCase");
    expect(changeOf(NONE, given, minutesAfter(-1)).violations).toEqual([]);
    expect(changeOf(NONE, given, minutesAfter(0))).toMatchObject({
      violations: [{ kind: "ended", role: "Full", end: END }],
      plannable: "never",
    });
  });
});

describe("unsupported parts", () => {
  const user = (name: string) => edited((code) => (code.resource.aws_iam_user = { more: { name } }));
  const unknown = (name: string) => ({ reason: "unknown-type", address: "aws_iam_user.more", source: { name } });

  test("are those before and after, each once", () => {
    const tagged = edited(({ resource }) => (resource.aws_iam_role.full.tags = { a: "b" }), user("a"));
    expect(changeOf(user("a"), tagged).unreadable).toEqual([unknown("a")]);
    expect(changeOf(user("a"), user("b")).unreadable).toEqual([unknown("b"), unknown("a")]);
    expect(changeOf(user("a"), CODE).unreadable).toEqual([unknown("a")]);
  });

  test("are moves of something else, too", () => {
    const head = edited((code) => (code.moved = [{ from: "aws_iam_role.a", to: "aws_iam_role.b" }]));
    const foreign = { reason: "foreign-move", address: "moved.aws_iam_role.b" };
    expect(changeOf(CODE, head).unreadable).toMatchObject([foreign]);
    expect(changeOf(undefined, head).unreadable).toMatchObject([foreign]);
  });

  test("make all of the Terraform what is approved", () => {
    expect(changeOf(user("a"), CODE).approved).toBe(digestOf([user("a"), CODE]));
    expect(changeOf(undefined, user("a")).approved).toBe(digestOf([null, user("a")]));
    expect(changeOf(user("a"), undefined).approved).toBe(digestOf([user("a"), null]));
  });

  test("may give back what people lose", () => {
    const less = edited((code) => setPolicy(code, allowing("a:b")), user("a"));
    expect(changeOf(user("a"), less).access.roles).toMatchObject([{ permissions: { gained: [{}], lost: [] } }]);
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

  test("leave only what is gained for certain", () => {
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
  const approved = (head: Draft) => changeOf(CODE, head).approved;

  test("is the access before and after, and what is around it", () => {
    const around = {
      ...{ backend: { type: "local", settings: { path: "paid.tfstate" } }, imports: [], moves: [], removals: [] },
      ...{ provider: { account: ACCOUNT, region: "us-east-1" }, providerVersion: ">= 5.100.0, < 7.0.0" },
    };
    const side = (code: Draft) => [normalizeAccess(readAccess(readStack(code))), around];
    const other = edited(({ resource }) => (resource.aws_iam_role.full.name = "Other"));
    expect(approved(other)).toBe(digestOf([side(CODE), side(other)]));
    expect(changeOf(undefined, CODE).approved).toBe(digestOf([null, side(CODE)]));
    expect(changeOf(CODE, undefined).approved).toBe(digestOf([side(CODE), null]));
  });

  test("is the same with other tags, and another with another place of the state", () => {
    const tagged = edited(({ resource }) => (resource.aws_iam_role.full.tags = { a: "b" }));
    const described = edited(({ resource }) => (resource.aws_iam_role.full.description = "a"));
    expect(approved(tagged)).toBe(approved(described));
    const elsewhere = edited(({ terraform }) => (terraform.backend.local.path = "other"), tagged);
    expect(approved(elsewhere)).not.toEqual(approved(tagged));
  });
});

describe("a read-only role that leaves the address at which writing is forbidden", () => {
  const reading = (address: string, name = "Reading") =>
    edited((code) => roleIn(code, address, name, allowing("support:DescribeCases")));
  const LEAVES = { kind: "read-only-address", verdict: "unknown", role: "Reading" };

  test("needs an approval", () => {
    const found = changeOf(reading("read_only"), reading("watch"));
    expect(found).toMatchObject({ verdict: "unknown", plannable: "always" });
    expect(found.state).toContainEqual(LEAVES);
  });

  test("may not write at the address that it is moved to", () => {
    const at = (address: string, policy: string) => edited((code) => roleIn(code, address, address, policy), EMPTY);
    const move = { from: "aws_iam_role.read_only", to: "aws_iam_role.full" };
    const moved = edited((code) => (code.moved = [move]), at("full", allowing("support:CreateCase")));
    expect(changeOf(at("read_only", allowing("support:DescribeCases")), moved)).toMatchObject({
      violations: [{ kind: "read-only-writes", role: "full" }],
      plannable: "never",
    });
  });

  test("isn't one that stays, is removed, or wasn't there", () => {
    const watch = (code: Draft) => roleIn(code, "watch", "Watch", allowing("support:DescribeCases"));
    const added = edited(watch, reading("read_only"));
    expect(changeOf(reading("read_only"), added).state).toEqual([]);
    expect(changeOf(reading("read_only"), CODE).state).toEqual([]);
    expect(changeOf(CODE, reading("watch")).state).toEqual([]);
  });
});

describe("a role takes the name of another environment's", () => {
  const named = (name: string, account: string | undefined = ACCOUNT) =>
    edited((code) => {
      code.resource.aws_iam_role.full.name = name;
      code.provider.aws[0].allowed_account_ids = account && [account];
    });
  const taken = (...given: Parameters<typeof changes>) =>
    changes(...given).flatMap(({ environment, verdict, state }) =>
      state.flatMap((one) => (one.kind === "name-of-other" ? [[environment, verdict, one] as const] : [])),
    );
  const OF_A = { kind: "name-of-other", verdict: "unknown", role: "one", environment: "a" };

  test("which is reported, whatever the case", () => {
    const before = { a: named("One"), b: named("Two") };
    expect(taken(before, { a: named("Other"), b: named("one") })).toEqual([["b", "unknown", OF_A]]);
  });

  test("and not if its environment is removed, which keeps its role in the account", () => {
    const left = taken({ a: named("One") }, { b: named("one") });
    expect(left).toEqual([]);
  });

  test.each<[string, Environments, Environments]>([
    ["its own", { a: named("One") }, { a: named("one") }],
    [
      "one in another account",
      { a: named("One", "999999999999"), b: named("Two") },
      { a: named("X", "999999999999"), b: named("one") },
    ],
    ["one in any account", { a: named("One", ""), b: named("Two", "") }, { a: named("X", ""), b: named("one", "") }],
    ["nobody's", { a: named("One"), b: named("Two") }, { a: named("X"), b: named("Y") }],
  ])("and not if it is %s", (_, before, after) => {
    expect(taken(before, after)).toEqual([]);
  });
});

/** What each role name may do and who may assume it, and what the people of each channel may do, as far as requests ask for it. */
function rightsIn(code: Draft): Set<string> {
  const documentIn = (text: string) => code.data.aws_iam_policy_document[/document\.(\w+)\.json/.exec(text)?.[1] ?? ""];
  const resources = (type: string): [string, Draft][] => Object.entries(code.resource[type] ?? {});
  const rights = new Set<string>();
  for (const [address, { name, assume_role_policy, permissions_boundary }] of resources("aws_iam_role")) {
    const allowing = (document: Draft) => [{ name: "x", policy: readTerraformPolicy(document) }];
    const permissions = allowing(documentIn(code.resource.aws_iam_policy[address].policy));
    const channels = resources("aws_cloudcontrolapi_resource").filter(([, { desired_state }]) =>
      desired_state.includes(`aws_iam_role.${address}.arn`),
    );
    const who = [`role ${name.toLowerCase()}`, ...channels.map(([id]) => id)];
    const give = (what: readonly unknown[]) => who.map((one) => rights.add(JSON.stringify([one, ...what])));
    for (const keys of [{}, { "aws:requestedregion": "us-east-1" }, { "aws:requestedregion": "eu-west-1" }]) {
      for (const action of ["support:createcase", "support:resolvecase", "support:x", "s3:getobject"])
        for (const resource of ["arn:aws:s3:::a", "arn:aws:s3:::b"])
          if (authorize(permissions, { action, resource, keys }).is === "allowed" && !permissions_boundary)
            give([action, resource, keys]);
      for (const service of ["supportapp.amazonaws.com", "ec2.amazonaws.com"])
        if (
          authorize(allowing(documentIn(assume_role_policy)), { action: "sts:assumerole", service, keys }).is ===
          "allowed"
        )
          give([service, keys]);
    }
  }
  return rights;
}

test("no edits together pass without an approval that give somebody more, as IAM authorizes requests", () => {
  const statement = (effect: string, actions: readonly string[], resources = ["*"], region?: string) => ({
    ...{ effect, actions, resources },
    ...(region && { condition: [{ test: "StringEquals", variable: "aws:RequestedRegion", values: [region] }] }),
  });
  const statementsOf = (code: Draft) => code.data.aws_iam_policy_document.full.statement;
  const adding =
    (...given: Parameters<typeof statement>) =>
    (code: Draft) =>
      statementsOf(code).push(statement(...given));
  const swapped = (code: Draft) => {
    const roles = code.resource.aws_iam_role;
    [roles.full.name, roles.other.name] = [roles.other.name, roles.full.name];
  };
  const channel = (code: Draft, from: string, to: string) => {
    const one = code.resource.aws_cloudcontrolapi_resource.channel;
    if (one) one.desired_state = one.desired_state.replace(from, to);
  };
  const EDITS: readonly ((code: Draft) => unknown)[] = [
    ...[undefined, "us-east-1", "eu-west-1"].flatMap((region) => [
      adding("Allow", ["support:*"], ["*"], region),
      adding("Deny", ["support:ResolveCase"], ["*"], region),
      adding("Deny", ["support:CreateCase", "s3:*"], ["arn:aws:s3:::a"], region),
      adding("Allow", ["s3:Get*"], ["arn:aws:s3:::b"], region),
    ]),
    (code) => statementsOf(code).shift(),
    (code) => statementsOf(code).reverse(),
    (code) => statementsOf(code)[0]?.actions.pop(),
    (code) => (code.data.aws_iam_policy_document.full_trust = documentOf(TRUST.replace("supportapp", "ec2"))),
    (code) => (code.data.aws_iam_policy_document.full_trust.statement = []),
    (code) => (code.resource.aws_iam_role.full.name = "Renamed"),
    (code) => (code.resource.aws_iam_role.full.tags = { a: "b" }),
    (code) => (code.resource.aws_iam_role.full.permissions_boundary = `arn:aws:iam::${ACCOUNT}:policy/b`),
    (code) => delete code.resource.aws_iam_role.full.permissions_boundary,
    swapped,
    (code) => delete code.resource.aws_cloudcontrolapi_resource.channel,
    (code) => channel(code, "aws_iam_role.full", "aws_iam_role.other"),
    (code) => channel(code, "aws_iam_role.other", "aws_iam_role.full"),
    (code) => channel(code, "oncall", "ops"),
  ];
  const START = edited((code) => {
    roleIn(code, "other", "Other", document(...JSON.parse(POLICY).Statement, { Action: "s3:*", Resource: "*" }));
    channelIn(code);
  });
  const counts = { passed: 0, gaining: 0 };
  const some = fc.array(fc.constantFrom(...EDITS), { maxLength: 3 });
  const code = (start: Draft, edits: readonly ((code: Draft) => unknown)[]) =>
    edited((code) => edits.map((edit) => edit(code)), start);
  const runs = propertyRuns(isThorough ? 4_000 : 1_600);
  fc.assert(
    fc.property(some, some, (first, then) => {
      const base = code(START, first);
      const head = code(base, then);
      const [before, after] = [rightsIn(base), rightsIn(head)];
      const isGaining = [...after].some((one) => !before.has(one));
      const { verdict, violations } = changeOf(base, head);
      const isPassing = !needsApproval(verdict) && violations.length === 0;
      if (isGaining) counts.gaining++;
      if (isPassing) counts.passed++;
      expect(isPassing && isGaining).toBe(false);
    }),
    { numRuns: runs },
  );
  // Otherwise, this would prove nothing.
  expect(counts.passed / runs).toBeGreaterThan(0.1);
  expect(counts.gaining / runs).toBeGreaterThan(0.1);
});

describe("what Terraform deletes at one address and creates at another", () => {
  const ATTACHMENT = "aws_iam_role_policy_attachment";
  const at = (name: string, policy: string) => edited((code) => roleIn(code, name, "Full", policy), EMPTY);
  /** All of a role is moved to another name in Terraform, but for one type. */
  const movedBut = (type: string, policy: string) =>
    edited(
      (code) => {
        const types = Object.keys(code.resource).filter((one) => one !== type);
        code.moved = types.map((one) => ({ from: `${one}.full`, to: `${one}.other` }));
      },
      at("other", policy),
    );
  const found = (before: Draft, after: Draft) => {
    const { verdict, state, unreadable } = changeOf(before, after);
    const readdressed = state.flatMap((one) => (one.kind === "readdressed" ? [[one.from, one.to]] : []));
    return { verdict, readdressed, unreadable };
  };

  test.each(["aws_iam_role", "aws_iam_policy", ATTACHMENT])("%s that isn't moved", (type) => {
    const readdressed = [[`${type}.full`, `${type}.other`]];
    expect(found(at("full", POLICY), movedBut(type, POLICY))).toEqual({
      verdict: "narrowed",
      readdressed,
      unreadable: [],
    });
  });

  test("nothing, if all of it is moved; lists may be recreated", () => {
    for (const type of ["none", "aws_iam_role_policies_exclusive", "aws_iam_role_policy_attachments_exclusive"]) {
      expect(found(at("full", POLICY), movedBut(type, POLICY))).toMatchObject({ verdict: "settings", readdressed: [] });
    }
  });

  test("a channel that is called another way in Terraform is off, or can't be configured", () => {
    const renamed = edited(({ resource: { aws_cloudcontrolapi_resource: all } }) => {
      all.other = all.channel;
      delete all.channel;
    }, edited(channelIn));
    const [from, to] = ["channel", "other"].map((name) => `aws_cloudcontrolapi_resource.${name}`);
    expect(found(edited(channelIn), renamed)).toMatchObject({ verdict: "narrowed", readdressed: [[from, to]] });
    const moved = edited((code) => (code.moved = [{ from, to }]), renamed);
    expect(found(edited(channelIn), moved)).toMatchObject({ verdict: "settings", readdressed: [] });
  });

  test("what goes with its role is nothing of its own", () => {
    const both = edited((code) => roleIn(code, "other", "Other"));
    expect(changeOf(both, CODE).state).toEqual([]);
  });

  test("a second attachment, before or after, is unsupported", () => {
    const twice = edited(({ resource }) => (resource[ATTACHMENT].again = resource[ATTACHMENT].full));
    expect(changeOf(twice, CODE).verdict).toBe("unknown");
    expect(changeOf(CODE, twice).verdict).toBe("unknown");
  });
});
