import { endedViolations, readOnlyRoles, violationsOf } from "../../../../cli/commands/review/violations";
import type { Statement } from "../../../../cli/iam/policy";
import type { RoleAccess } from "../../../../cli/terraform/environment-access";
import type { Unreadable } from "../../../../cli/terraform/unreadable";
import { SLACK_CHANNEL_TYPE } from "../../../../modules/support-app/model/cloud-control-types";
import { accessOf, allow, roleOf, until } from "../../terraform/small-access";

const READING = roleOf([allow(["support:DescribeCases", "support:DescribeCommunications"])], { name: "Reading" });
const NONE = accessOf({});
const understood = (roles: Readonly<Record<string, RoleAccess>> = {}, unreadable: readonly Unreadable[] = []) => ({
  ...{ access: accessOf(roles), unreadable },
});

describe("the read-only role", () => {
  const OTHER = { ...READING, name: "Other" };
  const NAMESAKE = { read_only: OTHER, full: { ...READING, name: "READING" } };
  type Roles = Readonly<Record<string, RoleAccess>>;
  test.each<[string, Roles, Roles, readonly string[]]>([
    ["is at its address", {}, { read_only: READING, full: OTHER }, ["read_only"]],
    ["is known by its name, whatever the case", { read_only: READING }, NAMESAKE, ["read_only", "full"]],
    ["isn't another role, once it isn't there any more", { read_only: READING }, { full: OTHER }, []],
  ])("the read-only role %s", (_, before, after, expected) => {
    expect(readOnlyRoles(accessOf(before), accessOf(after)).map(([name]) => name)).toEqual(expected);
  });

  const writing = (...permissions: readonly Statement[]) =>
    violationsOf(understood(), understood({ read_only: { ...READING, permissions } }));
  const WRITES = (not: boolean, ...patterns: readonly string[]) => ({
    ...{ kind: "read-only-writes", role: "Reading", actions: { not, patterns } },
  });

  test("the read-only role may view cases, and be denied anything", () => {
    expect(writing(...READING.permissions)).toEqual([]);
    expect(writing({ ...allow(["support:CreateCase"]), effect: "Deny" })).toEqual([]);
  });

  test("the read-only role may do nothing else: each action is reported, once", () => {
    const create = allow(["support:DescribeCases", "support:CreateCase", "support:*"]);
    const broadStatement = { ...allow(["support:CreateCase", "s3:*"]), actions: { not: true, patterns: ["s3:*"] } };
    expect(writing(create, create, broadStatement)).toEqual([
      WRITES(false, "support:createcase"),
      WRITES(false, "support:*"),
      WRITES(true, "s3:*"),
    ]);
  });
});

describe("something new that can't be read", () => {
  const ROLES = { read_only: READING };
  const unknown = (address: string, source: unknown = "x"): Unreadable => ({
    reason: "unknown-addition",
    address,
    source,
  });
  const CHANNEL = {
    type_name: SLACK_CHANNEL_TYPE,
    desired_state: '${jsonencode({"ChannelRoleArn" = "arn:aws:iam::111122223333:role/shared"})}',
  };
  const FOUND = (unreadable: Unreadable, role = "Reading") => [{ kind: "read-only-unreadable", role, unreadable }];
  const violationsWith = (unreadable: Unreadable, before = ROLES as Record<string, RoleAccess>, after = before) =>
    violationsOf(understood(before), understood(after, [unreadable]));

  test.each<[string, Unreadable]>([
    ["at the address of the role", unknown("aws_iam_role.read_only")],
    ["which names its address", unknown("a.b", "${aws_iam_role.read_only.name}")],
    ["which names it, whatever the case", unknown("a.b", { role: "READING" })],
    ["whose own address names it", unknown("a.reading")],
    ["which may be any request to AWS", unknown("aws_cloudcontrolapi_resource.a")],
    ["which is a role of Cloud Control", unknown("aws_cloudcontrolapi_resource.a", { type_name: "AWS::IAM::Role" })],
    ["which may be any stack", unknown("aws_cloudformation_stack.a")],
    ["which may be any product", unknown("aws_servicecatalog_provisioned_product.a")],
    ["which may be any program", unknown("aws_lambda_invocation.a")],
    ["whose name in IAM is put together", unknown("aws_iam_user_policy.a", { user: "${local.a}" })],
  ])("something new %s is forbidden if it can't be read", (_, unreadable) => {
    expect(violationsWith(unreadable)).toEqual(FOUND(unreadable));
  });

  test.each<[string, Unreadable]>([
    ["that is a channel with a role of elsewhere", unknown("aws_cloudcontrolapi_resource.a", CHANNEL)],
    ["elsewhere in IAM", unknown("aws_iam_user.a")],
    ["elsewhere, and is put together", unknown("aws_sqs_queue.a", "${local.a}")],
    ["elsewhere, with the words within its address", unknown("a.aws_cloudformation_stack", "x")],
    ["within an address", unknown("a.aws_iam_user", "${local.a}")],
  ])("something new %s is only unknown if it can't be read", (_, unreadable) => {
    expect(violationsWith(unreadable)).toEqual([]);
  });

  test("something that can't be read and was there before is only unknown", () => {
    const unreadable = unknown("aws_iam_role.read_only");
    expect(violationsOf(understood(ROLES, [unreadable]), understood(ROLES, [{ ...unreadable }]))).toEqual([]);
  });

  test("something new that can't be read is about the role by the name that it had or has, and not where there is none", () => {
    const open = unknown("aws_cloudformation_stack.a");
    expect(violationsWith(open, ROLES, {})).toEqual(FOUND(open));
    expect(violationsWith(open, {}, ROLES)).toEqual(FOUND(open));
    expect(violationsWith(open, {}, {})).toEqual([]);
    const renamed = { read_only: { ...READING, name: "Renamed" } };
    expect(violationsWith(unknown("a.b", "reading"), ROLES, renamed)).toEqual(
      FOUND(unknown("a.b", "reading"), "Renamed"),
    );
    expect(violationsWith(unknown("a.b", "renamed"), ROLES, renamed)).toEqual(
      FOUND(unknown("a.b", "renamed"), "Renamed"),
    );
    const unreadable = unknown("a.b", "read_only");
    expect(violationsWith(unreadable, {}, {})).toEqual(FOUND(unreadable, "read_only"));
  });

  test("a missing environment is forbidden where there is a read-only role, of which nothing is known then", () => {
    const missing: Unreadable = { reason: "no-environment", address: "environment.json" };
    expect(violationsWith(missing, ROLES, {})).toEqual(FOUND(missing));
    expect(violationsWith(missing, {}, {})).toEqual([]);
  });

  test("something that can't be read is only unknown where another version wrote the stack: an approval allows an upgrade", () => {
    expect(violationsWith({ reason: "other-version", address: "aws_iam_role.read_only" })).toEqual([]);
  });

  test("something that depends on something elsewhere is forbidden whatever it is about, also if it was there before", () => {
    const unreadable: Unreadable = { reason: "reads-elsewhere", address: "a.b", source: "read_only" };
    const violations = [{ kind: "reads-elsewhere", unreadable }];
    const [before, after] = [understood({}, [unreadable]), understood({}, [unreadable, unknown("c.d")])];
    expect(violationsOf(before, after)).toEqual(violations);
    expect(violationsOf(understood(), understood(ROLES, [unreadable]))).toEqual(violations);
  });
});

describe("access that has ended", () => {
  const [PAST, NOW, FUTURE] = ["2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"] as const;
  const full = (...permissions: readonly Statement[]) => accessOf({ full: roleOf(permissions) });
  const statementUntil = (end: string, ...actions: readonly string[]) => allow(actions, until(end));
  const ALWAYS = allow(["support:DescribeCases"]);
  const ENDED = (end: string, ...patterns: readonly string[]) => ({
    ...{ kind: "ended", role: "Full", actions: { not: false, patterns }, end },
  });
  const violations = (base: Parameters<typeof endedViolations>[0], head: Parameters<typeof endedViolations>[0]) =>
    endedViolations(base, head, NOW);

  test("access that has ended is forbidden where it is new, from the second of its end", () => {
    expect(violations(NONE, full(statementUntil(FUTURE, "support:CreateCase")))).toEqual([]);
    for (const end of [PAST, NOW]) {
      expect(violations(NONE, full(statementUntil(end, "support:CreateCase")))).toStrictEqual([
        ENDED(end, "support:createcase"),
      ]);
    }
  });

  test("access that has ended is only taken over by a role that is imported together with its policy", () => {
    const head = full(statementUntil(PAST, "support:CreateCase"));
    const violationsFor = (base: typeof NONE, ...adopted: readonly string[]) =>
      endedViolations(base, head, NOW, new Set(adopted));
    expect(violationsFor(NONE, "full")).toEqual([]);
    expect(violationsFor(NONE, "read_only")).toHaveLength(1);
    expect(violationsFor(full(ALWAYS), "full")).toHaveLength(1);
  });

  test("access that has ended is reported by its ends, earliest first", () => {
    const actions = ["support:CreateCase", "iam:CreateServiceLinkedRole"];
    const actual = violations(
      NONE,
      full(ALWAYS, statementUntil(NOW, "support:ResolveCase"), statementUntil(PAST, ...actions)),
    );
    expect(actual).toStrictEqual([
      ENDED(PAST, "support:createcase", "iam:createservicelinkedrole"),
      ENDED(NOW, "support:resolvecase"),
    ]);
  });

  test("access that is denied, or everything but something, isn't access that has ended", () => {
    const deny: Statement = { ...statementUntil(PAST, "support:CreateCase"), effect: "Deny" };
    const not: Statement = { ...statementUntil(PAST, "a:b"), actions: { not: true, patterns: ["a:b"] } };
    expect(violations(NONE, full(deny, not))).toEqual([]);
  });

  test("access that has ended and was there before is only waiting to be removed, as the line of the file that gave it", () => {
    const before = full(statementUntil(PAST, "support:CreateCase"));
    expect(violations(before, before)).toEqual([]);
    // The other action of the same capability.
    expect(violations(before, full(statementUntil(PAST, "support:DescribeSeverityLevels")))).toEqual([]);
    expect(violations(before, full(statementUntil(PAST, "support:ResolveCase")))).toHaveLength(1);
    expect(violations(before, full(statementUntil(NOW, "support:CreateCase")))).toHaveLength(1);
    expect(violations(full(statementUntil(PAST, "a:b")), full(statementUntil(PAST, "a:b")))).toEqual([]);
    expect(violations(full(statementUntil(PAST, "a:b")), full(statementUntil(PAST, "a:c")))).toHaveLength(1);
    const ofOther = accessOf({ other: roleOf([statementUntil(PAST, "support:CreateCase")]) });
    expect(violations(ofOther, full(statementUntil(PAST, "support:CreateCase"), ALWAYS))).toHaveLength(1);
  });

  test("access that has ended and was there before may be at another address", () => {
    const role = roleOf([statementUntil(PAST, "support:CreateCase")]);
    expect(violations(accessOf({ old: role }), accessOf({ new: role }))).toEqual([]);
  });
});
