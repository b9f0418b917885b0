import { compare, type Difference, NO_DIFFERENCE } from "../../../cli/iam/compare";
import type { RoleAccess } from "../../../cli/terraform/access";
import {
  boundaryVerdict,
  isKnown,
  isSameName,
  movedRoles,
  NO_ROLE,
  roleChanges,
  verdictOf,
} from "../../../cli/terraform/role-changes";
import type { Verdict } from "../../../cli/terraform/verdict";
import { CHANNEL, change, changed, type Draft, FULL, report, terraformOf } from "../../support/edited-stack";
import { accessOf, allow, roleOf } from "./small-access";

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

describe("each change, beside its twin that looks alike", () => {
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

describe("what hides a change is not taken for nothing", () => {
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
