import { compareAccess } from "../../../cli/terraform/access-changes";
import { BOUNDED, change, type Draft, FULL, ONCALL, report, terraformOf } from "../../support/edited-stack";
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
