import { compare, type Difference, NO_DIFFERENCE } from "../../../cli/iam/compare";
import { ANYTHING } from "../../../cli/iam/policy";
import {
  compareAccess,
  isKnown,
  isSameName,
  movedRoles,
  NO_ROLE,
  verdictOf,
} from "../../../cli/terraform/access-changes";
import type { ChannelAccess, RoleAccess } from "../../../cli/terraform/environment-access";
import type { Verdict } from "../../../cli/terraform/verdict";
import { accessOf, allow, ONCALL_CHANNEL, roleOf } from "./small-access";

const VIEW = allow(["support:DescribeCases"]);
const CHAT = allow(["support:InitiateChatForCase"]);

describe("what a change of an environment gives and takes", () => {
  test("a change of an environment gives and takes nothing if its access is the same", () => {
    const access = accessOf({ full: roleOf([VIEW]) }, [ONCALL_CHANNEL]);
    expect(compareAccess(access, access)).toMatchObject({
      roles: [{ role: "full", verdict: "unchanged" }],
      channels: [{ channel: "C01", verdict: "unchanged" }],
      registrations: [],
      serviceQuotasRole: undefined,
    });
  });

  describe("to whoever uses a role, such as a channel configured by hand", () => {
    const NONE_ROLE = roleOf([]);
    const ROLE = roleOf([CHAT]);
    const [GAINS, LOSES] = [
      [["live-chat"], []],
      [[], ["live-chat"]],
    ];
    const ON: ChannelAccess[] = [ONCALL_CHANNEL];
    const renamed: ChannelAccess[] = [{ ...ONCALL_CHANNEL, role: "renamed" }];
    const viewer: ChannelAccess[] = [{ ...ONCALL_CHANNEL, role: "viewer" }];
    const otherChannels: ChannelAccess[] = [{ ...ONCALL_CHANNEL, channel: "C02" }];

    test.each<[string, RoleAccess | undefined, RoleAccess | undefined, ChannelAccess[], ChannelAccess[], unknown]>([
      ["a role without a channel gains", NONE_ROLE, ROLE, [], [], GAINS],
      ["a new role", undefined, ROLE, [], [], GAINS],
      ["a removed role", ROLE, undefined, [], [], LOSES],
      ["a role with a new name in IAM: its users had nothing", ROLE, { ...ROLE, name: "New" }, [], [], GAINS],
      [
        "a role with a new name in IAM, also beside a channel that had it before",
        ROLE,
        { ...ROLE, name: "New" },
        ON,
        ON,
        GAINS,
      ],
      [
        "a role whose name is in another case: its users have the same",
        ROLE,
        { ...ROLE, name: "FULL" },
        [],
        [],
        [[], []],
      ],
      ["not if a channel gains the same", NONE_ROLE, ROLE, ON, ON, undefined],
      ["not if a channel is added with its role", undefined, ROLE, [], ON, undefined],
      ["not if a channel is removed with its role", ROLE, undefined, ON, [], undefined],
      ["of a role that a channel has no longer", NONE_ROLE, ROLE, ON, [], GAINS],
      ["of a role that a channel leaves", NONE_ROLE, ROLE, ON, viewer, GAINS],
      ["of a role whose channel is another", NONE_ROLE, ROLE, ON, otherChannels, GAINS],
    ])("whoever uses a role gains or loses: %s", (_, before, after, channelsBefore, channelsAfter, expected) => {
      const viewing = { viewer: roleOf([VIEW], { name: "Viewer" }) };
      const { roles } = compareAccess(
        accessOf({ ...(before && { full: before }), ...viewing }, channelsBefore),
        accessOf({ ...(after && { full: after }), ...viewing }, channelsAfter),
      );
      const capabilities = roles.find(({ role }) => role === "full")?.capabilities;
      expect(capabilities && [capabilities.gained, capabilities.lost]).toEqual(expected);
    });

    test("whoever uses a role gains nothing if a channel keeps its role under another name in Terraform", () => {
      const { roles, channels } = compareAccess(accessOf({ full: ROLE }, ON), accessOf({ renamed: ROLE }, renamed));
      expect(roles.map(({ role, movedFrom, capabilities }) => [role, movedFrom, capabilities])).toEqual([
        ["renamed", "full", undefined],
      ]);
      expect(channels).toMatchObject([{ isMoved: false }]);
    });
  });

  test("registered workspaces, by their ID, and the account's alias are listed if they change", () => {
    const registering = (workspaces: readonly string[], alias?: string) => ({ ...accessOf({}), workspaces, alias });
    const changes = (...sides: Parameters<typeof compareAccess>) => compareAccess(...sides).registrations;
    expect(changes(registering(["T02", "T01"]), registering(["T03", "T02"], "Payments"))).toEqual([
      { kind: "workspace", before: "T01", after: undefined },
      { kind: "workspace", before: undefined, after: "T03" },
      { kind: "account-alias", before: undefined, after: "Payments" },
    ]);
    expect(changes(registering([], "Payments"), registering([], "Cards"))).toEqual([
      { kind: "account-alias", before: "Payments", after: "Cards" },
    ]);
    expect(changes(registering(["T01"], "Payments"), registering(["T01"], "Payments"))).toEqual([]);
    expect(changes(registering(["Payments"]), registering([], "Payments"))).toHaveLength(2);
  });

  describe("by the Service Quotas role", () => {
    const CREATE = ["iam:CreateServiceLinkedRole"];
    const FOR = (service: string) => ({
      operator: "StringEquals",
      key: "iam:awsservicename",
      values: [`${service}.amazonaws.com`],
    });
    const INCREASE = ["servicequotas:RequestServiceQuotaIncrease"];
    const withRole = (hasServiceQuotasRole: boolean, ...permissions: ReturnType<typeof allow>[]) => ({
      ...accessOf({ viewer: roleOf([VIEW], { name: "Viewer" }), full: roleOf(permissions) }),
      hasServiceQuotasRole,
    });
    const serviceQuotasRoleChange = (...args: Parameters<typeof compareAccess>) =>
      compareAccess(...args).serviceQuotasRole;

    test.each([true, false])("a Service Quotas role that the stack has before and after, %s, gives nothing", (has) => {
      expect(serviceQuotasRoleChange(withRole(has), withRole(has))).toBeUndefined();
    });

    test("a Service Quotas role that leaves the stack stays in the account", () => {
      const leaving = serviceQuotasRoleChange(withRole(true, allow(INCREASE)), withRole(false, allow(INCREASE)));
      expect(leaving).toEqual({ verdict: "settings", becomes: "handed-back", isAwaited: false });
    });

    test("a Service Quotas role that is added while a boundary may forbid creating it is broadened", () => {
      const full = roleOf([allow([...INCREASE, ...CREATE])], { boundary: "b" });
      expect(serviceQuotasRoleChange(accessOf({ full }), withRole(true))).toMatchObject({
        verdict: "broadened",
        isAwaited: true,
      });
    });

    test.each([
      ["nobody may request an increase", [], false],
      ["somebody may request an increase", [allow(INCREASE)], true],
      ["who requests an increase may create it", [allow([...INCREASE, ...CREATE])], false],
      ["who requests an increase may only create it", [allow(INCREASE), allow(CREATE, FOR("servicequotas"))], false],
      ["who requests an increase may only create another", [allow(INCREASE), allow(CREATE, FOR("support"))], true],
    ])("an added Service Quotas role is awaited by whoever can't create it: %s", (_, permissions, isAwaited) => {
      const [without, having] = [withRole(false, ...permissions), withRole(true)];
      const verdict = isAwaited ? "broadened" : "settings";
      expect(serviceQuotasRoleChange(without, having)).toEqual({ verdict, becomes: "created", isAwaited });
      // An imported one was there.
      expect(serviceQuotasRoleChange(without, having, true)).toEqual({
        verdict: "settings",
        becomes: "adopted",
        isAwaited: false,
      });
    });
  });
});

describe("roles that only have a new name in Terraform", () => {
  test("a role that only has a new name in Terraform stands for one that is gone", () => {
    const [viewRole, chatRole] = [roleOf([VIEW]), roleOf([CHAT])];
    const moved = movedRoles(
      accessOf({ a: viewRole, b: viewRole, c: chatRole, kept: viewRole }),
      accessOf({ d: viewRole, e: viewRole, f: viewRole, g: chatRole, kept: viewRole }),
    );
    expect([...moved]).toEqual([
      ["d", "a"],
      ["e", "b"],
      ["g", "c"],
    ]);
  });

  test("a role that keeps its name, or differs, stands for no other one", () => {
    expect(movedRoles(accessOf({ a: roleOf([VIEW]), b: roleOf([VIEW]) }), accessOf({ a: roleOf([VIEW]) })).size).toBe(
      0,
    );
    expect(movedRoles(accessOf({ a: roleOf([VIEW]) }), accessOf({ b: roleOf([VIEW], { name: "B" }) })).size).toBe(0);
  });
});

type Roles = Readonly<Record<string, RoleAccess>>;

describe("what changes in each role", () => {
  const changes = (base: Roles, head: Roles) => compareAccess(accessOf(base), accessOf(head)).roles;

  test("roles are listed by name, each once, and an old name isn't listed at all", () => {
    const [a, b] = [roleOf([VIEW], { name: "A" }), roleOf([VIEW], { name: "B" })];
    expect(changes({ z: a, b }, { n: a, b })).toMatchObject([
      { role: "b", verdict: "unchanged", before: b, after: b, movedFrom: undefined, namesake: undefined },
      { role: "n", verdict: "settings", before: a, after: a, movedFrom: "z", namesake: undefined },
    ]);
  });

  test("a new role gains all that it allows, and a removed one loses it", () => {
    const role = roleOf([VIEW], { trust: [CHAT] });
    const viewing = { action: { patterns: ["support:describecases"] } };
    const chatting = { action: { patterns: ["support:initiatechatforcase"] } };
    expect(changes({}, { role })).toMatchObject([
      {
        ...{ role: "role", verdict: "broadened", before: undefined, after: role },
        ...{ permissions: { gained: [viewing], lost: [] }, trust: { gained: [chatting], lost: [] } },
      },
    ]);
    expect(changes({ role }, {})).toMatchObject([
      {
        ...{ role: "role", verdict: "narrowed", before: role, after: undefined, namesake: undefined },
        ...{ permissions: { gained: [], lost: [viewing] }, trust: { gained: [], lost: [chatting] } },
      },
    ]);
    expect(changes({}, { role: roleOf([], { boundary: "b" }) })).toMatchObject([{ verdict: "broadened" }]);
  });

  test.each<[string, Partial<RoleAccess>, Partial<RoleAccess>, Verdict]>([
    ["nothing", {}, {}, "unchanged"],
    ["permissions more", {}, { permissions: [VIEW, CHAT] }, "broadened"],
    ["permissions less", { permissions: [VIEW, CHAT] }, {}, "narrowed"],
    ["the trust", {}, { trust: [CHAT] }, "broadened"],
    ["a boundary more", {}, { boundary: "b" }, "narrowed"],
    ["a boundary removed", { boundary: "b" }, {}, "broadened"],
    ["another boundary", { boundary: "a" }, { boundary: "b" }, "unknown"],
    ["the name", {}, { name: "Other" }, "unknown"],
    ["the case of the name", {}, { name: "FULL" }, "settings"],
    ["the path", {}, { path: "/team/" }, "unknown"],
    ["the maximum session duration", { maxSessionDuration: 3600 }, { maxSessionDuration: 7200 }, "settings"],
    ["the name of its policy", { policy: "/a" }, { policy: "/b" }, "settings"],
  ])("the verdict on a role follows from what changes in it: %s", (_, before, after, verdict) => {
    expect(changes({ full: roleOf([VIEW], before) }, { full: roleOf([VIEW], after) })).toMatchObject([{ verdict }]);
  });

  test("a role's name is new if the account has no role of that name, and in another account always", () => {
    const role = roleOf([VIEW]);
    const isNew = (before: RoleAccess | undefined, after: RoleAccess | undefined, account = "1") => {
      const roles = (role: RoleAccess | undefined) => ({ ...accessOf(role ? { full: role } : {}), account: "1" });
      return compareAccess(roles(before), { ...roles(after), account }).roles.map((roleChange) => [
        roleChange.isNewName,
        roleChange.verdict,
      ]);
    };
    expect(isNew(role, role)).toEqual([[false, "unchanged"]]);
    expect(isNew(role, role, "2")).toEqual([[true, "unknown"]]);
    expect(isNew(undefined, role)).toEqual([[true, "broadened"]]);
    expect(isNew(role, undefined)).toEqual([[false, "narrowed"]]);
  });

  test("a role takes a name in IAM that another role had, in any case", () => {
    const [first, second] = [roleOf([VIEW], { name: "First" }), roleOf([VIEW], { name: "Second" })];
    expect(changes({ first, second }, { first: { ...first, name: "SECOND" } })).toMatchObject([
      { role: "first", verdict: "unknown", namesake: "second" },
      { role: "second", verdict: "narrowed", namesake: undefined },
    ]);
  });

  test("people with a role's ARN gain what the role that had it before didn't give", () => {
    const viewing = allow(["support:DescribeCases", "support:DescribeCommunications"]);
    const [view, chat] = [roleOf([viewing], { name: "View" }), roleOf([CHAT], { name: "Chat" })];
    const combinedRole = roleOf([viewing, CHAT], { name: "VIEW" });
    const gained = (role: RoleAccess, account = "1") =>
      compareAccess({ ...accessOf({ view, chat }), account: "1" }, { ...accessOf({ view, chat: role }), account })
        .roles.filter((change) => change.role === "chat")
        .map(({ capabilities }) => capabilities?.gained);
    expect(gained(combinedRole)).toEqual([["live-chat"]]);
    expect(gained(combinedRole, "2")).toEqual([["view-cases", "live-chat"]]); // nobody has it in another account
    expect(gained({ ...combinedRole, path: "/team/" })).toEqual([["view-cases", "live-chat"]]);
  });
});

test("what is gained or lost is known, what is undecided isn't", () => {
  expect(isKnown(compare([VIEW], [VIEW, CHAT]))).toBe(true);
  expect(isKnown(compare([VIEW, CHAT], [VIEW]))).toBe(true);
  expect(isKnown({ ...NO_DIFFERENCE, undecided: [ANYTHING] })).toBe(false);
});

test("two roles have the same ARN only with the same name and path", () => {
  const role = roleOf([]);
  expect(isSameName(role, roleOf([VIEW], { name: "FULL" }))).toBe(true);
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
    ["what can't be compared", { gained: [right()], undecided: [ANYTHING] }, "unknown"],
  ])("the verdict on %s is given by what is gained, lost and undecided", (_, difference, verdict) => {
    expect(verdictOf({ ...NO_DIFFERENCE, ...difference })).toBe(verdict);
  });
});

describe("what changes for the people in each channel", () => {
  const ROLES = {
    full: roleOf([CHAT]),
    twin: roleOf([CHAT]),
    none: roleOf([]),
    bounded: roleOf([CHAT], { boundary: "b" }),
    trusted: roleOf([CHAT], { trust: [CHAT] }),
  };
  const changes = (base: readonly ChannelAccess[], head: readonly ChannelAccess[], roles: Roles = ROLES) =>
    compareAccess(accessOf(ROLES, base), accessOf(roles, head)).channels;
  const NOTHING = { gained: [], lost: [], undecided: [] };

  test("nothing changes for the people in a channel that stays as it is", () => {
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
    const having = { role: "trusted", access: ROLES.trusted };
    const change = { workspace: "T01", channel: "C01", isMoved: false, trust: NOTHING };
    const gains = { verdict: "broadened", permissions: { gained: [{}], lost: [] }, gained: ["live-chat"], lost: [] };
    const loses = { verdict: "narrowed", permissions: { gained: [], lost: [{}] }, gained: [], lost: ["live-chat"] };
    expect(changes([], [trusted])).toMatchObject([{ ...change, ...gains, before: undefined, after: having }]);
    expect(changes([trusted], [])).toMatchObject([{ ...change, ...loses, before: having, after: undefined }]);
  });

  test("a channel of another workspace is another", () => {
    const otherWorkspace = { ...ONCALL_CHANNEL, workspace: "T02" };
    expect(changes([ONCALL_CHANNEL], [otherWorkspace, ONCALL_CHANNEL]).map(({ verdict }) => verdict)).toEqual([
      ...["unchanged", "broadened"],
    ]);
  });

  test("a channel whose role isn't in the stack can do nothing that is known", () => {
    expect(changes([{ ...ONCALL_CHANNEL, role: "gone" }], [ONCALL_CHANNEL])).toMatchObject([
      { before: { access: NO_ROLE }, after: { access: ROLES.full }, verdict: "broadened", gained: ["live-chat"] },
    ]);
  });

  test.each<[string, Partial<ChannelAccess>, Verdict, boolean]>([
    ["another role that allows the same", { role: "twin" }, "settings", true],
    ["a role with a boundary", { role: "bounded" }, "narrowed", true],
    ["a role that is trusted by others", { role: "trusted" }, "broadened", true],
    ["a new name in Slack", { name: "watch" }, "settings", false],
  ])("people in a channel with %s gain and lose what the roles differ in", (_, edit, verdict, isMoved) => {
    expect(changes([ONCALL_CHANNEL], [{ ...ONCALL_CHANNEL, ...edit }])).toMatchObject([{ verdict, isMoved }]);
  });

  test("a role that only has a new name in Terraform is no other role", () => {
    const renamed = { ...ONCALL_CHANNEL, role: "renamed" };
    const { full, none: noRole, ...otherRoles } = ROLES;
    expect(changes([ONCALL_CHANNEL], [renamed], { ...otherRoles, none: noRole, renamed: full })).toMatchObject([
      { verdict: "unchanged", isMoved: false },
    ]);
    expect(changes([ONCALL_CHANNEL], [renamed], { ...otherRoles, full, renamed: noRole })).toMatchObject([
      { verdict: "narrowed", isMoved: true },
    ]);
  });
});
