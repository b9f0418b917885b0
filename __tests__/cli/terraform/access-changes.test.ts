import { compare, type Difference, NO_DIFFERENCE } from "../../../cli/iam/compare";
import type { ChannelAccess, RoleAccess } from "../../../cli/terraform/access";
import {
  boundaryVerdict,
  channelChanges,
  compareAccess,
  isKnown,
  isSameName,
  movedRoles,
  NO_ROLE,
  roleChanges,
  verdictOf,
} from "../../../cli/terraform/access-changes";
import type { Verdict } from "../../../cli/terraform/verdict";
import {
  BOUNDED,
  CHANNEL,
  change,
  changed,
  type Draft,
  FULL,
  ONCALL,
  report,
  terraformOf,
} from "../../support/edited-stack";
import { accessOf, allow, ONCALL_CHANNEL, roleOf, SECURE } from "./small-access";

describe("what a change of an environment gives and takes", () => {
  const VIEW = ["support:DescribeCases", "support:DescribeCommunications"];

  test("nothing", () => {
    const access = accessOf({ full: roleOf([allow(VIEW)]) }, [ONCALL_CHANNEL]);
    expect(compareAccess(access, access)).toMatchObject({
      roles: [{ role: "full", verdict: "unchanged" }],
      channels: [{ channel: "C01", verdict: "unchanged" }],
      registrations: [],
      serviceQuotasRole: undefined,
    });
  });

  test("a role that only has a new name in Terraform is the same to its channel", () => {
    const role = roleOf([allow(VIEW)]);
    expect(
      compareAccess(
        accessOf({ full: role }, [ONCALL_CHANNEL]),
        accessOf({ renamed: role }, [{ ...ONCALL_CHANNEL, role: "renamed" }]),
      ),
    ).toMatchObject({ roles: [{ role: "renamed", movedFrom: "full" }], channels: [{ isMoved: false }] });
  });

  describe("to whoever uses a role, such as a channel configured by hand", () => {
    const [VIEWER, FULL_ROLE] = [
      roleOf([allow(VIEW)], { name: "Viewer" }),
      roleOf([allow(["support:InitiateChatForCase"])]),
    ];
    const WATCH = { ...ONCALL_CHANNEL, channel: "C02" };
    const gainsAndLosses = (...args: Parameters<typeof compareAccess>) =>
      compareAccess(...args).roles.map(({ role, capabilities }) => [role, capabilities?.gained, capabilities?.lost]);
    const [CHATS, NONE] = [["live-chat"], []];

    test("a role without a channel", () => {
      const [before, after] = [{ full: roleOf([]) }, { full: FULL_ROLE }];
      expect(gainsAndLosses(accessOf(before), accessOf(after))).toEqual([["full", CHATS, NONE]]);
      expect(gainsAndLosses(accessOf(after), accessOf(before))).toEqual([["full", NONE, CHATS]]);
      expect(gainsAndLosses(accessOf({}), accessOf(after))).toEqual([["full", CHATS, NONE]]);
      expect(gainsAndLosses(accessOf(after), accessOf({}))).toEqual([["full", NONE, CHATS]]);
      expect(gainsAndLosses(accessOf(after), accessOf(after))).toEqual([["full", NONE, NONE]]);
    });

    test("of a role with a new name: whoever uses that name had nothing", () => {
      const renamed = roleOf([allow(["support:InitiateChatForCase"])], { name: "Renamed" });
      expect(gainsAndLosses(accessOf({ full: FULL_ROLE }), accessOf({ full: renamed }))).toEqual([
        ["full", CHATS, NONE],
      ]);
    });

    test("beside a role with one", () => {
      const [before, after] = [
        { full: roleOf([]), viewer: roleOf([], { name: "Viewer" }) },
        { full: FULL_ROLE, viewer: VIEWER },
      ];
      expect(gainsAndLosses(accessOf(before, [ONCALL_CHANNEL]), accessOf(after, [ONCALL_CHANNEL]))).toEqual([
        ["full", undefined, undefined],
        ["viewer", ["view-cases"], NONE],
      ]);
    });

    const TOLD = [["full", undefined, undefined]];
    test("not if a channel is added or removed with its role", () => {
      const [none, all] = [accessOf({}), accessOf({ full: FULL_ROLE }, [ONCALL_CHANNEL])];
      expect(gainsAndLosses(none, all)).toEqual(TOLD);
      expect(gainsAndLosses(all, none)).toEqual(TOLD);
    });

    test("not if a channel keeps its role under another name in Terraform", () => {
      expect(
        gainsAndLosses(
          accessOf({ full: FULL_ROLE }, [ONCALL_CHANNEL]),
          accessOf({ renamed: FULL_ROLE }, [{ ...ONCALL_CHANNEL, role: "renamed" }]),
        ),
      ).toEqual([["renamed", undefined, undefined]]);
    });

    test("a role that no channel has both before and after: none is said to gain the same", () => {
      const roles = { full: roleOf([]), viewer: VIEWER };
      const withChat = { ...roles, full: FULL_ROLE };
      const ofFull = (before: (typeof WATCH)[], after: (typeof WATCH)[]) =>
        gainsAndLosses(accessOf(roles, before), accessOf(withChat, after))[0];
      const [moved, gains] = [{ ...ONCALL_CHANNEL, role: "viewer" }, ["full", CHATS, NONE]];
      expect(ofFull([ONCALL_CHANNEL], [])).toEqual(gains);
      expect(ofFull([], [ONCALL_CHANNEL])).toEqual(gains);
      expect(ofFull([ONCALL_CHANNEL], [moved])).toEqual(gains);
      expect(ofFull([moved], [ONCALL_CHANNEL])).toEqual(gains);
      expect(ofFull([ONCALL_CHANNEL], [WATCH])).toEqual(gains);
      expect(ofFull([ONCALL_CHANNEL], [WATCH, ONCALL_CHANNEL])).toEqual(TOLD[0]);
    });
  });

  test("registered workspaces and the account's alias, if they change", () => {
    const withRegistrations = (values: Readonly<Record<string, string>>) => ({
      ...accessOf({}),
      registrations: new Map(
        Object.entries(values).map(([address, value]) => [address, { kind: "workspace" as const, value }]),
      ),
    });
    expect(
      compareAccess(
        withRegistrations({ a: "T01", b: "T02", c: "T03" }),
        withRegistrations({ b: "T02", c: "T04", d: "T05" }),
      ).registrations,
    ).toEqual([
      { address: "a", before: { kind: "workspace", value: "T01" }, after: undefined },
      { address: "c", before: { kind: "workspace", value: "T03" }, after: { kind: "workspace", value: "T04" } },
      { address: "d", before: undefined, after: { kind: "workspace", value: "T05" } },
    ]);
  });

  describe("by the Service Quotas role", () => {
    const CREATE = ["iam:CreateServiceLinkedRole"];
    const FOR = (service: string) => ({
      operator: "StringEquals",
      key: "iam:awsservicename",
      values: [`${service}.amazonaws.com`],
    });
    const INCREASE = ["servicequotas:RequestServiceQuotaIncrease"];
    const withRole = (
      serviceQuotasRole: "managed" | "handed-back" | "absent",
      ...permissions: ReturnType<typeof allow>[]
    ) => ({
      ...accessOf({ viewer: roleOf([allow(VIEW)], { name: "Viewer" }), full: roleOf(permissions) }),
      serviceQuotasRole,
    });
    const found = (...args: Parameters<typeof compareAccess>) => compareAccess(...args).serviceQuotasRole;

    test.each(["managed", "handed-back", "absent"] as const)("that stays %s", (state) => {
      expect(found(withRole(state), withRole(state))).toBeUndefined();
    });

    test("that was never managed", () => {
      expect(found(withRole("absent"), withRole("handed-back"))).toBeUndefined();
    });

    test("that leaves the stack", () => {
      expect(found(withRole("managed", allow(INCREASE)), withRole("handed-back", allow(INCREASE)))).toEqual({
        verdict: "settings",
        becomes: "handed-back",
        isAwaited: false,
      });
      expect(found(withRole("managed", allow(INCREASE)), withRole("absent", allow(INCREASE)))).toEqual({
        verdict: "narrowed",
        becomes: "destroyed",
        isAwaited: false,
      });
    });

    test.each([
      ["nobody may request an increase", [], false],
      ["somebody may request an increase", [allow(INCREASE)], true],
      ["somebody may do so under a condition", [allow(INCREASE, SECURE)], true],
      ["who requests an increase may create it", [allow([...INCREASE, ...CREATE])], false],
      [
        "who requests an increase may create it, and no other",
        [allow(INCREASE), allow(CREATE, FOR("servicequotas"))],
        false,
      ],
      ["who requests an increase may only create another", [allow(INCREASE), allow(CREATE, FOR("support"))], true],
      ["who requests an increase may create it under a condition", [allow(INCREASE), allow(CREATE, SECURE)], true],
    ])("that is added while %s", (_, permissions, isAwaited) => {
      const [absent, managed] = [withRole("absent", ...permissions), withRole("managed")];
      const verdict = isAwaited ? "broadened" : "settings";
      expect(found(absent, managed)).toEqual({ verdict, becomes: "managed", isAwaited });
      // An imported one was there.
      expect(found(absent, managed, true)).toEqual({ verdict: "settings", becomes: "managed", isAwaited: false });
    });
  });
});

test("a Service Quotas role that is added gives something to whoever waited for it", () => {
  const withMode = (mode: string) => terraformOf(`full: { ${ONCALL}, service-quotas-role: ${mode} }`);
  expect(change(withMode("existing"), withMode("create"))).toMatchObject({ verdict: "broadened" });
  expect(report(change(withMode("existing"), withMode("create")))).toContain(
    "Whoever may request quota increases, but couldn't create the role, may have been waiting for it.",
  );
  expect(change(withMode("on-demand"), withMode("create"))).toMatchObject({ verdict: "narrowed" });
  expect(change(withMode("existing"), withMode("adopt"))).toMatchObject({ verdict: "settings" }); // it was there
});

test("a Service Quotas role that is added or removed is reported", () => {
  const withRole = terraformOf(`full: { ${BOUNDED}, ${ONCALL}, service-quotas-role: create }, read-only: {}`);
  expect(change(FULL, withRole)).toMatchObject({ verdict: "broadened" });
  expect(report(change(FULL, withRole))).toContain(
    "- The Service Quotas role `AWSServiceRoleForServiceQuotas` is created. Whoever may request quota increases, but couldn't create the role, may have been waiting for it.", // a boundary may have kept them from it
  );
  expect(change(withRole, FULL)).toMatchObject({ verdict: "broadened" });
  expect(report(change(withRole, FULL))).toContain(
    "- The Service Quotas role `AWSServiceRoleForServiceQuotas` leaves the stack. It stays in the account.",
  );
  const destroyed = structuredClone(FULL) as Draft;
  delete destroyed.removed;
  expect(report(change(withRole, destroyed))).toContain(
    "- The Service Quotas role `AWSServiceRoleForServiceQuotas` is **destroyed**: the stack neither has it nor hands it back to the account.",
  );
});

const VIEW = allow(["support:DescribeCases"]);
const CHAT = allow(["support:InitiateChatForCase"]);

test("a role that nobody has allows nothing", () => {
  expect(NO_ROLE).toEqual({ name: "", path: "/", trust: [], permissions: [] });
});

describe("roles that only have a new name in Terraform", () => {
  test("each stands for one that is gone", () => {
    const [same, other] = [roleOf([VIEW]), roleOf([CHAT])];
    const moved = movedRoles(
      accessOf({ a: same, b: same, c: other, kept: same }),
      accessOf({ d: same, e: same, f: same, g: other, kept: same }),
    );
    expect([...moved]).toEqual([
      ["d", "a"],
      ["e", "b"],
      ["g", "c"],
    ]);
  });

  test("not one that keeps its name, and not one that differs", () => {
    expect(movedRoles(accessOf({ a: roleOf([VIEW]), b: roleOf([VIEW]) }), accessOf({ a: roleOf([VIEW]) })).size).toBe(
      0,
    );
    expect(movedRoles(accessOf({ a: roleOf([VIEW]) }), accessOf({ b: roleOf([VIEW], { name: "B" }) })).size).toBe(0);
  });
});

describe("what changes in each role", () => {
  const changes = (
    base: Readonly<Record<string, RoleAccess>>,
    head: Readonly<Record<string, RoleAccess>>,
    moved: Readonly<Record<string, string>> = {},
  ) => roleChanges(accessOf(base), accessOf(head), new Map(Object.entries(moved)));

  test("by name, each once, and an old name not at all", () => {
    const [a, b] = [roleOf([VIEW], { name: "A" }), roleOf([VIEW], { name: "B" })];
    expect(changes({ b, z: a }, { n: a, b }, { n: "z" })).toMatchObject([
      { role: "b", verdict: "unchanged", before: b, after: b, movedFrom: undefined, namesake: undefined },
      { role: "n", verdict: "settings", before: a, after: a, movedFrom: "z", namesake: undefined },
    ]);
  });

  test("in alphabetical order", () => {
    const [a, b] = [roleOf([], { name: "A" }), roleOf([], { name: "B" })];
    expect(changes({ b, a }, { b, a }).map(({ role }) => role)).toEqual(["a", "b"]);
  });

  test("a new role, and a removed one", () => {
    const role = roleOf([VIEW], { trust: [CHAT] });
    expect(changes({}, { role })).toMatchObject([
      {
        ...{ role: "role", verdict: "broadened", before: undefined, after: role },
        permissions: { gained: [{ action: { patterns: ["support:describecases"] } }], lost: [] },
        trust: { gained: [{ action: { patterns: ["support:initiatechatforcase"] } }], lost: [] },
      },
    ]);
    expect(changes({ role }, {})).toMatchObject([
      {
        ...{ role: "role", verdict: "narrowed", before: role, after: undefined, namesake: undefined },
        permissions: { gained: [], lost: [{ action: { patterns: ["support:describecases"] } }] },
        trust: { gained: [], lost: [{ action: { patterns: ["support:initiatechatforcase"] } }] },
      },
    ]);
    expect(changes({}, { role: roleOf([]) })).toMatchObject([{ verdict: "broadened" }]);
    expect(changes({ role: roleOf([]) }, {})).toMatchObject([{ verdict: "narrowed" }]);
  });

  test.each<[string, Partial<RoleAccess>, Partial<RoleAccess>, Verdict]>([
    ["nothing", {}, {}, "unchanged"],
    ["permissions more", {}, { permissions: [VIEW, CHAT] }, "broadened"],
    ["permissions less", { permissions: [VIEW, CHAT] }, {}, "narrowed"],
    ["the trust", {}, { trust: [CHAT] }, "broadened"],
    ["a boundary", {}, { boundary: "b" }, "narrowed"],
    ["the name", {}, { name: "Other" }, "settings"],
    ["the name's case", {}, { name: "FULL" }, "settings"],
    ["the path", {}, { path: "/team/" }, "settings"],
    ["the maximum session duration", { maxSessionDuration: 3600 }, { maxSessionDuration: 7200 }, "settings"],
    ["the names of its policies", { policies: ["/a"] }, { policies: ["/b"] }, "settings"],
    ["no names of policies, in another way", {}, { policies: [] }, "unchanged"],
  ])("%s", (_, before, after, verdict) => {
    expect(changes({ full: roleOf([VIEW], before) }, { full: roleOf([VIEW], after) })).toMatchObject([{ verdict }]);
  });

  test("a name in IAM that another role had, in any case", () => {
    const [first, second] = [roleOf([VIEW], { name: "First" }), roleOf([VIEW], { name: "Second" })];
    expect(changes({ first, second }, { first: { ...first, name: "SECOND" } })).toMatchObject([
      { role: "first", verdict: "unknown", namesake: "second" },
      { role: "second", verdict: "narrowed", namesake: undefined },
    ]);
  });
});

test("two roles have the same ARN only with the same name and path", () => {
  const role = roleOf([]);
  expect(isSameName(role, roleOf([VIEW]))).toBe(true);
  expect(isSameName(role, { ...role, name: "Other" })).toBe(false);
  expect(isSameName(role, { ...role, path: "/team/" })).toBe(false);
});

describe("the verdict on", () => {
  const right = (...depends: object[]) => ({ depends }) as unknown as Difference["gained"][number];

  test.each<[string, Partial<Difference>, Verdict]>([
    ["no difference", {}, "unchanged"],
    ["something lost", { lost: [right()] }, "narrowed"],
    ["something gained", { gained: [right()], lost: [right()] }, "broadened"],
    ["something that is gained at most", { gained: [right({})], lost: [right()] }, "unknown"],
    ["something that is gained for sure, beside such", { gained: [right({}), right()] }, "broadened"],
    ["what can't be compared", { gained: [right()], undecided: [{ reason: "too-many-patterns" }] }, "unknown"],
  ])("%s", (_, difference, verdict) => {
    expect(verdictOf({ ...NO_DIFFERENCE, ...difference })).toBe(verdict);
  });

  const [NONE, A, B] = [roleOf([]), roleOf([], { boundary: "a" }), roleOf([], { boundary: "b" })];

  test.each<[string, RoleAccess | undefined, RoleAccess | undefined, Verdict]>([
    ["no boundary", NONE, NONE, "unchanged"],
    ["the same boundary", A, roleOf([VIEW], { boundary: "a" }), "unchanged"],
    ["a boundary removed", A, NONE, "broadened"],
    ["a boundary added", NONE, A, "narrowed"],
    ["another boundary", A, B, "unknown"],
    ["the boundary of a new role", undefined, A, "unchanged"],
    ["the boundary of a removed role", A, undefined, "unchanged"],
    ["no role", undefined, undefined, "unchanged"],
  ])("%s", (_, before, after, verdict) => {
    expect(boundaryVerdict(before, after)).toBe(verdict);
  });
});

describe("each change of a role, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["the boundary removed", "broadened", (draft) => delete draft.resource.aws_iam_role.full.permissions_boundary],
    [
      "a boundary added",
      "narrowed",
      (draft) => (draft.resource.aws_iam_role.read_only.permissions_boundary = "arn:aws:iam::111122223333:policy/b"),
    ],
    [
      "another boundary",
      "unknown",
      (draft) =>
        (draft.resource.aws_iam_role.full.permissions_boundary = "arn:aws:iam::aws:policy/AdministratorAccess"),
    ],
    ["another role name", "settings", (draft) => (draft.resource.aws_iam_role.full.name = "a")],
    ["another path", "settings", (draft) => (draft.resource.aws_iam_role.full.path = "/a/")],
    ["the root path said", "cosmetic", (draft) => (draft.resource.aws_iam_role.full.path = "/")],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change of a role is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a boundary of this stack by its ARN",
      "unknown",
      (draft) => {
        const boundary = "arn:aws:iam::111122223333:policy/AWSSupportAppFullRolePolicy";
        draft.resource.aws_iam_role.read_only.permissions_boundary = boundary;
      },
    ],
    [
      "a boundary of this stack that can't be read",
      "unknown",
      (draft) => {
        draft.resource.aws_iam_policy.b = { name: "b", policy: "${var.b}" };
        draft.resource.aws_iam_role.full.permissions_boundary = "${aws_iam_policy.b.arn}";
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });

  test("a name that another role gets", () => {
    const base = structuredClone(FULL) as Draft;
    const head = structuredClone(base);
    head.resource.aws_iam_role.full.name = base.resource.aws_iam_role.read_only.name;
    head.resource.aws_iam_role.read_only.name = base.resource.aws_iam_role.full.name;
    const swapped = change(base, head);
    expect(swapped.verdict).toBe("unknown");
    expect(report(swapped)).toContain(
      "The name `AWSSupportAppReadOnlyRole` belonged to `aws_iam_role.read_only` and now belongs to `aws_iam_role.full`. A channel that was configured by hand with it gets the access of this role.",
    );
    // People who could read would be able to write.
    expect(swapped.violations).toContainEqual(
      expect.objectContaining({ kind: "read-only-writes", role: "AWSSupportAppReadOnlyRole" }),
    );
    expect(
      report(changed((draft) => Object.assign(draft.resource.aws_iam_role.full, { name: "A", path: "/a/" }))),
    ).toContain("The role `AWSSupportAppFullRole` is replaced by `/a/A`.");
  });

  test("a role of another address and the same name, which may more", () => {
    const renamed = structuredClone(FULL) as Draft;
    for (const all of Object.values<Draft>(renamed.resource)) {
      if (!all.read_only) continue;
      all.watch = JSON.parse(JSON.stringify(all.read_only).replaceAll(/\.read_only(?=[."])/g, ".watch"));
      delete all.read_only;
    }
    renamed.data.aws_iam_policy_document.watch = { statement: [{ actions: ["s3:GetObject"], resources: ["*"] }] };
    renamed.data.aws_iam_policy_document.watch_trust = renamed.data.aws_iam_policy_document.read_only_trust;
    renamed.resource.aws_iam_role.watch.assume_role_policy = "${data.aws_iam_policy_document.watch_trust.json}";
    expect(change(FULL, renamed)).toMatchObject({ verdict: "unknown" });
  });

  test("what a boundary of this stack says", () => {
    const base = structuredClone(FULL) as Draft;
    base.resource.aws_iam_policy.b = { name: "b", policy: '{"Statement":[]}' };
    base.resource.aws_iam_role.full.permissions_boundary = "${aws_iam_policy.b.arn}";
    const head = structuredClone(base);
    head.resource.aws_iam_policy.b.policy = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';
    expect(change(base, head).verdict).toBe("unknown");
  });
});

test("what is gained or lost is known, what is undecided isn't", () => {
  expect(isKnown(NO_DIFFERENCE)).toBe(false);
  expect(isKnown(compare([VIEW], [VIEW, CHAT]))).toBe(true);
  expect(isKnown(compare([VIEW, CHAT], [VIEW]))).toBe(true);
  expect(isKnown(compare([VIEW], [CHAT]))).toBe(true);
  expect(isKnown({ ...NO_DIFFERENCE, undecided: [{ reason: "too-many-patterns" }] })).toBe(false);
});

test("a role of another address with the same name and access is a move, not a new role and a removed one", () => {
  const head = structuredClone(FULL) as Draft;
  for (const [type, all] of Object.entries<Draft>(head.resource)) {
    if (type === "aws_cloudcontrolapi_resource" || !all.full) continue;
    all.renamed = JSON.parse(JSON.stringify(all.full).replaceAll(/\.full(?=[."])/g, ".renamed"));
    delete all.full;
  }
  Object.assign(head.data.aws_iam_policy_document, {
    renamed: head.data.aws_iam_policy_document.full,
    renamed_trust: head.data.aws_iam_policy_document.full_trust,
  });
  for (const name of ["full", "full_trust"]) delete head.data.aws_iam_policy_document[name];
  head.resource.aws_iam_role.renamed.assume_role_policy = "${data.aws_iam_policy_document.renamed_trust.json}";
  head.output.full_role_arn.value = "${aws_iam_role.renamed.arn}";
  const channel = head.resource.aws_cloudcontrolapi_resource[CHANNEL];
  channel.desired_state = channel.desired_state.replace("aws_iam_role.full", "aws_iam_role.renamed");
  channel.depends_on = channel.depends_on.map((one: string) => one.replace(".full", ".renamed"));
  expect(change(FULL, head)).toMatchObject({
    verdict: "narrowed", // without moved blocks
    access: {
      roles: [
        { role: "read_only", verdict: "unchanged" },
        { role: "renamed", verdict: "settings", movedFrom: "full" },
      ],
      channels: [{ channel: "C01", verdict: "unchanged", gained: [], lost: [] }],
    },
  });
  expect(report(change(FULL, head))).toContain("had the address `aws_iam_role.full` before");
});

test("a name that somebody may have configured by hand", () => {
  const renamed = change(terraformOf("full: {}"), terraformOf("full: { role-name: AWSSupportAppReadOnlyRole }"));
  expect(report(renamed)).toContain(
    "The role `AWSSupportAppFullRole` is replaced by `AWSSupportAppReadOnlyRole`. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.",
  );
});

describe("what changes for the people in each channel", () => {
  const CHAT = allow(["support:InitiateChatForCase"]);
  const ROLES = {
    full: roleOf([CHAT]),
    twin: roleOf([CHAT]),
    none: roleOf([]),
    bounded: roleOf([CHAT], { boundary: "b" }),
    trusted: roleOf([CHAT], { trust: [CHAT] }),
  };
  const changes = (
    base: readonly ChannelAccess[],
    head: readonly ChannelAccess[],
    moved: Readonly<Record<string, string>> = {},
  ) => channelChanges(accessOf(ROLES, base), accessOf(ROLES, head), new Map(Object.entries(moved)));
  const NOTHING = { gained: [], lost: [], undecided: [] };

  test("nothing", () => {
    expect(changes([ONCALL_CHANNEL], [ONCALL_CHANNEL])).toStrictEqual([
      {
        ...{ workspace: "T01", channel: "C01", verdict: "unchanged", isMoved: false },
        before: { ...ONCALL_CHANNEL, access: ROLES.full },
        after: { ...ONCALL_CHANNEL, access: ROLES.full },
        ...{ permissions: NOTHING, trust: NOTHING, gained: [], lost: [], limited: [] },
      },
    ]);
  });

  test("a channel is added, or removed, with all that its role allows", () => {
    const trusted = { ...ONCALL_CHANNEL, role: "trusted" };
    expect(changes([], [trusted])).toMatchObject([
      {
        ...{ workspace: "T01", channel: "C01", verdict: "broadened", isMoved: false, before: undefined },
        after: { role: "trusted", access: ROLES.trusted },
        ...{ permissions: { gained: [{}], lost: [] }, trust: NOTHING, gained: ["live-chat"], lost: [] },
      },
    ]);
    expect(changes([trusted], [])).toMatchObject([
      {
        ...{ workspace: "T01", channel: "C01", verdict: "narrowed", isMoved: false, after: undefined },
        before: { role: "trusted", access: ROLES.trusted },
        ...{ permissions: { gained: [], lost: [{}] }, trust: NOTHING, gained: [], lost: ["live-chat"] },
      },
    ]);
  });

  test("a channel of a role that allows nothing is still one more, or less", () => {
    const none = { ...ONCALL_CHANNEL, role: "none" };
    expect(changes([], [none])).toMatchObject([{ verdict: "broadened", permissions: NOTHING }]);
    expect(changes([none], [])).toMatchObject([{ verdict: "narrowed", permissions: NOTHING }]);
  });

  test("a channel is known by its workspace and its ID", () => {
    const elsewhere = { ...ONCALL_CHANNEL, workspace: "T02" };
    expect(changes([ONCALL_CHANNEL], [elsewhere, ONCALL_CHANNEL])).toMatchObject([
      { workspace: "T01", channel: "C01", verdict: "unchanged" },
      { workspace: "T02", channel: "C01", verdict: "broadened" },
    ]);
  });

  test("a channel whose role isn't in the stack can do nothing that is known", () => {
    expect(changes([{ ...ONCALL_CHANNEL, role: "gone" }], [ONCALL_CHANNEL])).toMatchObject([
      { before: { access: NO_ROLE }, after: { access: ROLES.full }, verdict: "broadened", gained: ["live-chat"] },
    ]);
  });

  test.each<[string, Partial<ChannelAccess>, Verdict, boolean]>([
    ["another role that allows the same", { role: "twin" }, "settings", true],
    ["a role that allows less", { role: "none" }, "narrowed", true],
    ["a role with a boundary", { role: "bounded" }, "narrowed", true],
    ["a role that is trusted by others", { role: "trusted" }, "broadened", true],
    ["a new name in Slack", { name: "watch" }, "settings", false],
    ["other notifications", { notify: { severity: "all", on: ["case-created"] } }, "settings", false],
  ])("%s", (_, edit, verdict, isMoved) => {
    expect(changes([ONCALL_CHANNEL], [{ ...ONCALL_CHANNEL, ...edit }])).toMatchObject([{ verdict, isMoved }]);
  });

  test("a role that only has a new name in Terraform is no other role", () => {
    const renamed = { ...ONCALL_CHANNEL, role: "twin" };
    expect(changes([ONCALL_CHANNEL], [renamed], { twin: "full" })).toMatchObject([
      { verdict: "unchanged", isMoved: false },
    ]);
    expect(changes([ONCALL_CHANNEL], [renamed], { twin: "none" })).toMatchObject([
      { verdict: "settings", isMoved: true },
    ]);
  });
});

describe("each change of a channel, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a channel's role by its ARN instead of a reference",
      "unknown",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace(
            "aws_iam_role.full.arn",
            '"arn:aws:iam::111122223333:role/AWSSupportAppFullRole"',
          )),
    ],
    [
      "a channel more",
      "broadened",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource.more = {
          ...draft.resource.aws_cloudcontrolapi_resource[CHANNEL],
          desired_state: draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace("C01", "C02"),
        }),
    ],
    ["a channel less", "narrowed", (draft) => delete draft.resource.aws_cloudcontrolapi_resource[CHANNEL]],
    [
      "a channel's resource by another name",
      "narrowed",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.renamed = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        delete draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      },
    ],
    [
      "a channel with the role of others, which may less but has no boundary",
      "broadened",
      (draft) => {
        const channel = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        channel.desired_state = channel.desired_state.replace("aws_iam_role.full", "aws_iam_role.read_only");
        channel.depends_on = channel.depends_on.map((one: string) => one.replace(".full", ".read_only"));
      },
    ],
    [
      "a channel with a role from elsewhere",
      "unknown",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace(
            "aws_iam_role.full.arn",
            '"arn:aws:iam::111122223333:role/admin"',
          )),
    ],
    [
      "the notifications of a channel",
      "settings",
      (draft) =>
        (draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state =
          draft.resource.aws_cloudcontrolapi_resource[CHANNEL].desired_state.replace("none", "all")),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change of a channel is not taken for nothing", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    [
      "a new channel of a role that gives nothing",
      "broadened",
      (draft) => {
        const all = draft.resource.aws_cloudcontrolapi_resource;
        for (const name of ["full", "read_only"]) draft.data.aws_iam_policy_document[name] = { statement: [] };
        all.more = { ...all[CHANNEL], desired_state: all[CHANNEL].desired_state.replace("C01", "C02") };
      },
    ],
    [
      "a channel that stands twice",
      "unknown",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.again = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
      },
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("by environments.yaml alone", () => {
  const LEAST =
    "without: [create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases]";

  test("a channel that moves to a role that is trusted in more cases", () => {
    const conditioned = terraformOf(`full: { source-account-condition: true, ${LEAST}, ${ONCALL} }, read-only: {}`);
    const moved = terraformOf(`full: { source-account-condition: true, ${LEAST} }, read-only: { ${ONCALL} }`);
    expect(change(conditioned, moved)).toMatchObject({
      verdict: "broadened",
      access: { channels: [{ verdict: "broadened" }] },
    });
    expect(change(moved, conditioned)).toMatchObject({ verdict: "narrowed" });
  });
});

describe("what it reports about people", () => {
  test("a channel that moves to the other role, and is renamed", () => {
    const found = change(
      FULL,
      terraformOf(`full: { ${BOUNDED} }, read-only: { channels: [{ name: watch, workspace: T01, channel: C01 }] }`),
    );
    expect(found.access.channels).toMatchObject([
      {
        before: { name: "oncall" },
        after: { name: "watch" },
        isMoved: true,
        verdict: "broadened",
        lost: [
          "create-cases",
          "reply-to-cases",
          "attach-files",
          "resolve-cases",
          "live-chat",
          "request-quota-increases",
        ],
      },
    ]);
    const text = report(found);
    expect(text).toContain(
      "with its new role: its permissions boundary changes: `arn:aws:iam::111122223333:policy/b` → none.",
    );
    expect(text).toContain("- `#watch` (`C01`) was called `#oncall`.");
    expect(text).toContain(
      "- `#watch` (`C01`) moves from the role `AWSSupportAppFullRole` to `AWSSupportAppReadOnlyRole`.",
    );
  });

  test("what a reader can do with notifications is said before and after", () => {
    const on = (notify: string) => terraformOf(`full: { ${ONCALL.replace("}", `, notify: ${notify} }`)} }`);
    const found = change(
      on("{ severity: high, on: [case-created, reply-added] }"),
      on("{ severity: all, on: [case-created] }"),
    );
    expect(found.verdict).toBe("settings");
    expect(report(found)).toContain("## ✅ Nobody's access changes, but settings change in 1 environment");
    expect(report(found)).toContain(
      "- `#oncall` (`C01`): its notification settings change: high severity (case-created, reply-added) → all severities (case-created).",
    );
  });
});
