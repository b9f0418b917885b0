import { type PlannedChange, plannedChanges } from "../../../../cli/commands/review/planned-changes";
import { readPlannedResource } from "../../../../cli/terraform/planned-resource";
import { readStack } from "../../../../cli/terraform/stack";
import type { SynthesizedStack } from "../../../../cli/terraform/synthesized-folder";
import { ACCOUNT, type Draft, edited, stackOf, stacksOf } from "../../../support/edited-stack";

const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/FullPolicy`;
const THEIRS = `arn:aws:iam::${ACCOUNT}:policy/theirs`;

const NAMES = "role-name: Full, policy-name: FullPolicy";
const CODE = stackOf(`full: { ${NAMES} }`);
const NOTHING: SynthesizedStack = { terraform: {} };
/** The code after an edit by hand. */
const codeWith = (edit: (draft: Draft) => void, stack = CODE) => edited(stack, edit);

/** What a plan does with one resource. */
function planned(resource: object, base: SynthesizedStack = CODE, head: SynthesizedStack = CODE): PlannedChange[] {
  const whole = { address: "aws_iam_role.full", type: "aws_iam_role", ...resource };
  return plannedChanges([readPlannedResource(whole)], readStack("paid", base), readStack("paid", head));
}

/** An update of the role `full` that changes those of its attributes. */
const updating = (...attributes: readonly string[]) => ({
  change: {
    actions: ["update"],
    before: Object.fromEntries(attributes.map((name) => [name, "old"])),
    after: Object.fromEntries(attributes.map((name) => [name, "new"])),
  },
});

/** The attributes of the role `full` that drift where a plan updates them, and whether all of it does. */
function drifting(
  head: SynthesizedStack,
  attributes: readonly string[],
  base: SynthesizedStack = CODE,
  resource: object = {},
) {
  const [plannedChange] = planned({ ...updating(...attributes), ...resource }, base, head);
  return {
    drift: plannedChange?.drift,
    by: plannedChange?.attributes.filter(({ drift }) => drift).map(({ name }) => name),
  };
}

test("a change by hand is drift, also where nothing is known of the environment", () => {
  const without = { terraform: CODE.terraform };
  for (const head of [CODE, without])
    expect(drifting(head, ["description"])).toEqual({ drift: true, by: ["description"] });
});

describe("what Terraform does", () => {
  test("an action of Terraform is listed, but nothing without an action or with one of another form", () => {
    expect(planned({ change: { actions: ["update"], importing: { id: "Full" } } })).toMatchObject([
      { address: "aws_iam_role.full", type: "aws_iam_role", action: "update", isDeposed: false },
    ]);
    for (const resource of [{ change: { actions: ["no-op"] } }, { change: { actions: "update" } }, {}])
      expect(planned(resource)).toEqual([]);
  });

  test("an action on what an interrupted replacement has left is to delete it, and never a change of the code", () => {
    const change = { actions: ["delete"], before: { name: "Full" }, after: null };
    const withoutRole = codeWith(({ resource }) => delete resource.aws_iam_role);
    expect(planned({ deposed: "00000001", change }, CODE, withoutRole)).toEqual([
      {
        ...{ address: "aws_iam_role.full", type: "aws_iam_role", action: "delete", isDeposed: true },
        ...{ attributes: [], drift: true, removed: [], attached: [] },
      },
    ]);
  });

  test("an action is drift where the code has the resource before and after, unless it is imported", () => {
    const withoutRole = codeWith(({ resource }) => delete resource.aws_iam_role.full);
    const isDrift = (
      actions: readonly string[],
      base: SynthesizedStack,
      head: SynthesizedStack,
      overrides: object = {},
    ) => planned({ change: { actions, ...overrides } }, base, head)[0]?.drift;
    expect(isDrift(["create"], CODE, CODE)).toBe(true);
    expect(isDrift(["create"], withoutRole, CODE)).toBe(false);
    expect(isDrift(["create"], NOTHING, CODE)).toBe(false);
    expect(isDrift(["delete"], CODE, withoutRole)).toBe(false);
    expect(isDrift(["delete"], withoutRole, withoutRole)).toBe(true);
    // A resource that only changes in the code is created because somebody deleted it.
    const changed = codeWith(({ resource }) => (resource.aws_iam_role.full.description = "a"));
    expect(isDrift(["create"], CODE, changed)).toBe(true);
    expect(isDrift(["delete"], CODE, changed)).toBe(true);
    expect(isDrift(["update"], CODE, changed)).toBe(false);
    expect(isDrift(["delete", "create"], CODE, changed)).toBe(false);
    expect(isDrift(["update"], CODE, CODE)).toBe(true);
    expect(isDrift(["update"], CODE, CODE, { importing: { id: "Full" } })).toBe(false);
    expect(isDrift(["create"], CODE, CODE, { importing: null })).toBe(true);
  });

  test("everything in an environment without code before is a change of the code", () => {
    const resource = { address: "aws_iam_role.full", type: "aws_iam_role", ...updating("name") };
    expect(plannedChanges([readPlannedResource(resource)], undefined, readStack("paid", CODE))).toMatchObject([
      { drift: false, attributes: [{ name: "name", drift: false }] },
    ]);
  });
});

describe("the attributes that change", () => {
  const attributes = (change: object) => planned({ change })[0]?.attributes;

  test("the attributes that change are listed by name, for an update or a replacement", () => {
    const change = { before: { b: 1, a: [1], same: { x: 1 } }, after: { b: 2, a: [2], same: { x: 1 }, c: true } };
    const expected = ["a", "b", "c"].map((name) => ({ name, drift: true }));
    expect(attributes({ ...change, actions: ["update"] })).toEqual(expected);
    expect(attributes({ ...change, actions: ["delete", "create"] })).toEqual(expected);
    for (const action of ["create", "delete", "forget"])
      expect(attributes({ ...change, actions: [action] })).toEqual([]);
  });

  test("attributes that are known only after the deploy aren't drift: they follow from something else", () => {
    const change = { actions: ["update"], before: { arn: "x", id: "x" }, after: { id: "x" } };
    expect(attributes({ ...change, after_unknown: { arn: true, id: false, unique_id: true } })).toEqual([
      { name: "arn", drift: false },
      { name: "unique_id", drift: false },
    ]);
  });

  test("the attributes that change don't include all tags, which repeat the tags", () => {
    const values = (value: string) => ({ tags: { a: value }, tags_all: { a: value } });
    expect(attributes({ actions: ["update"], before: values("b"), after: values("c") })).toEqual([
      { name: "tags", drift: true },
    ]);
    expect(attributes({ actions: ["update"], after_unknown: { tags_all: true } })).toEqual([]);
  });
});

describe("an update is a change of the code", () => {
  test("an update is a change of the code in the argument that changes, and drift in any other", () => {
    const head = codeWith(({ resource }) => (resource.aws_iam_role.full.description = "new"));
    expect(drifting(head, ["description", "tags"])).toEqual({ drift: false, by: ["tags"] });
    expect(drifting(CODE, ["description", "tags"])).toEqual({ drift: true, by: ["description", "tags"] });
    const removed = codeWith(() => {});
    expect(drifting(removed, ["description"], head)).toEqual({ drift: false, by: [] });
  });

  test("an update isn't a change of the code in CDKTF's remarks and the order of creation", () => {
    const head = codeWith(({ resource }) =>
      Object.assign(resource.aws_iam_role.full, { "//": { metadata: {} }, depends_on: ["aws_iam_policy.full"] }),
    );
    expect(drifting(head, ["description"])).toEqual({ drift: true, by: ["description"] });
  });

  test("an update is a change of the code at an address with an index, too", () => {
    const head = codeWith(({ resource }) => (resource.aws_iam_role.full.description = "new"));
    for (const address of ["aws_iam_role.full[0]", 'aws_iam_role.full["a.b"]']) {
      expect(drifting(head, ["description"], CODE, { address }).drift).toBe(false);
    }
  });

  test("an update after a move is a change of the code from what it was at the old address", () => {
    const moved = codeWith(({ resource }) => {
      resource.aws_iam_role.moved = resource.aws_iam_role.full;
      delete resource.aws_iam_role.full;
    });
    const resource = { address: "aws_iam_role.moved", previous_address: "aws_iam_role.full" };
    expect(drifting(moved, ["description"], CODE, resource)).toEqual({ drift: true, by: ["description"] });
    const changed = codeWith(({ resource }) => (resource.aws_iam_role.moved.description = "new"), moved);
    expect(drifting(changed, ["description", "tags"], CODE, resource)).toEqual({ drift: false, by: ["tags"] });
    const shorter = codeWith(({ resource }) => (resource.aws_iam_role.full.description = "old"));
    expect(drifting(moved, ["description"], shorter, resource)).toEqual({ drift: false, by: [] });
  });

  const S3 = "backend: { type: s3, bucket: states, region: us-east-1 }";
  const inPlace = (keys: string) => stackOf(`full: { ${NAMES} }, ${keys}`);
  const stackWith = (yaml: string) =>
    stacksOf(`environments: { paid: { ${yaml}, full: { ${NAMES} } } }`).get("paid") ?? NOTHING;
  test.each<[string, boolean, SynthesizedStack, SynthesizedStack]>([
    ["another region", false, CODE, stackWith(`account: "${ACCOUNT}", region: eu-west-1`)],
    ["another account", false, CODE, stackWith('account: "999999999999", region: us-east-1')],
    ["another backend", false, CODE, inPlace(S3)],
    ["another key in S3", false, inPlace(S3), inPlace(S3.replace("}", ", prefix: a }"))],
    ["another profile that reads the state", true, inPlace(S3), inPlace(`${S3}, profile: ops`)],
  ])("an update with %s is drift: %p", (_, isDrift, base, head) => {
    const actual = drifting(head, ["description", "tags"], base);
    expect(actual).toEqual(isDrift ? { drift: true, by: ["description", "tags"] } : { drift: false, by: [] });
  });

  /** The code with that description of the role, and with more. */
  const described = (description: string, edit: (code: Draft) => void = () => {}) =>
    codeWith((code) => {
      code.resource.aws_iam_role.full.description = description;
      edit(code);
    });

  test.each<[string, string, (code: Draft) => void, boolean]>([
    ["another block", "${aws_iam_policy.full.arn}", renamePolicy("Other"), false],
    ["something added", "${aws_iam_user.more.name}", (code) => (code.resource.aws_iam_user = { more: {} }), false],
    ["something two steps away", "${aws_iam_role_policy_attachment.full.policy_arn}", renamePolicy("Other"), false],
    ["something that stays", "${aws_iam_role_policy_attachment.full.policy_arn}", () => {}, true],
    ["an expression", '${join("-", [aws_iam_policy.full.arn])}', renamePolicy("Other"), false],
  ])("an argument that follows from %s drifts only if that stays as it is", (_, description, edit, isDrift) => {
    expect(drifting(described(description, edit), ["description"], described(description)).drift).toBe(isDrift);
  });

  function renamePolicy(name: string): (code: Draft) => void {
    return ({ resource }) => (resource.aws_iam_policy.full.name = name);
  }

  test("an update is a change of the code where a document that it refers to says something else, and not where it is only written differently", () => {
    const trusting = (...actions: readonly string[]) =>
      codeWith((code) => {
        const principals = [{ type: "Service", identifiers: ["supportapp.amazonaws.com"] }];
        code.data = { aws_iam_policy_document: { trust: { statement: [{ actions, principals }] } } };
        code.resource.aws_iam_role.full.assume_role_policy = "${data.aws_iam_policy_document.trust.json}";
      });
    const driftBetween = (base: SynthesizedStack, head: SynthesizedStack) =>
      drifting(head, ["assume_role_policy"], base).drift;
    expect(driftBetween(trusting("sts:AssumeRole", "sts:TagSession"), trusting("sts:AssumeRole"))).toBe(false);
    expect(
      driftBetween(trusting("sts:AssumeRole", "sts:TagSession"), trusting("sts:TagSession", "sts:AssumeRole")),
    ).toBe(true);
    const unreadable = (version: string) =>
      codeWith(({ data }) => (data.aws_iam_policy_document.trust.override_json = version), trusting("sts:AssumeRole"));
    expect(driftBetween(unreadable("a"), unreadable("b"))).toBe(false);
    expect(driftBetween(unreadable("a"), unreadable("a"))).toBe(true);
  });
});

test("a list of attached policies drifts although the code changes the policy that it refers to", () => {
  const type = "aws_iam_role_policy_attachments_exclusive";
  const change = {
    actions: ["update"],
    before: { policy_arns: [POLICY_ARN, THEIRS] },
    after: { policy_arns: [POLICY_ARN] },
  };
  const tagged = codeWith(({ resource }) => (resource.aws_iam_policy.full.tags = { a: "b" }));
  const renamed = codeWith(({ resource }) => (resource.aws_iam_policy.full.name = "Other"));
  const driftOf = (head: SynthesizedStack) => planned({ address: `${type}.full`, type, change }, CODE, head)[0]?.drift;
  expect([driftOf(CODE), driftOf(tagged), driftOf(renamed)]).toEqual([true, true, false]);
});

describe("policies of a role", () => {
  const ATTACHMENTS = "aws_iam_role_policy_attachments_exclusive";
  const INLINE = "aws_iam_role_policies_exclusive";
  const ATTACHMENT = "aws_iam_role_policy_attachment";
  const change = (
    type: string,
    action: string,
    before: unknown,
    after: unknown,
    head: SynthesizedStack = CODE,
    base = CODE,
  ) => planned({ address: `${type}.full`, type, change: { actions: action.split(" "), before, after } }, base, head)[0];

  test("policies that are removed from a role are removed by hand, if the code before didn't have them", () => {
    const THEIRS = `arn:aws:iam::${ACCOUNT}:policy/team/theirs`;
    const removed = (base: SynthesizedStack) =>
      change(ATTACHMENTS, "update", { policy_arns: [POLICY_ARN, THEIRS] }, { policy_arns: [POLICY_ARN] }, CODE, base)
        ?.removed;
    expect(removed(CODE)).toEqual([{ policy: THEIRS, byHand: true }]);
    const attaching = codeWith(({ resource }) => (resource[ATTACHMENT].full.policy_arn = THEIRS));
    expect(removed(attaching)).toEqual([{ policy: THEIRS, byHand: false }]);
    const creating = (name: string, path?: string) =>
      codeWith(({ resource }) => Object.assign(resource.aws_iam_policy.full, { name, path }));
    expect(removed(creating("theirs", "/team/"))).toEqual([{ policy: THEIRS, byHand: false }]);
    expect(removed(creating("theirs"))).toEqual([{ policy: THEIRS, byHand: true }]);
    expect(removed(creating("not-theirs", "/team/"))).toEqual([{ policy: THEIRS, byHand: true }]);
  });

  test("policies that leave the list of a role are removed by hand", () => {
    expect(change(INLINE, "update", { policy_names: ["a", "b"] }, { policy_names: ["b"] })?.removed).toEqual([
      { policy: "a", byHand: true },
    ]);
    expect(change(INLINE, "update", { policy_names: ["a"] }, null)?.removed).toEqual([{ policy: "a", byHand: true }]);
    expect(change(INLINE, "update", null, { policy_names: ["a"] })?.removed).toEqual([]);
    expect(change(INLINE, "delete", { policy_names: ["a"] }, null)?.removed).toEqual([]);
    expect(change("aws_iam_role", "update", { policy_names: ["a"] }, {})?.removed).toEqual([]);
  });

  test.each<[string, string, unknown, unknown, readonly string[]]>([
    [ATTACHMENT, "create", null, { policy_arn: THEIRS }, [THEIRS]],
    [ATTACHMENT, "update", { policy_arn: POLICY_ARN }, { policy_arn: THEIRS }, [THEIRS]],
    [ATTACHMENT, "update", { policy_arn: THEIRS }, { policy_arn: THEIRS }, []],
    [ATTACHMENT, "delete create", { policy_arn: POLICY_ARN }, { policy_arn: THEIRS }, [THEIRS]],
    [ATTACHMENT, "delete", null, { policy_arn: THEIRS }, []],
    [ATTACHMENT, "forget", null, { policy_arn: THEIRS }, []],
    [ATTACHMENT, "create", null, {}, ["aws_iam_policy.full"]], // its ARN is known later
    [ATTACHMENTS, "create", null, { policy_arns: [THEIRS] }, []], // as its attachment says
    ["aws_iam_role", "create", null, { policy_arn: THEIRS }, []],
  ])("policies that a plan attaches are listed: %s, %s from %j to %j", (type, action, before, after, attached) => {
    expect(change(type, action, before, after)?.attached).toEqual(attached);
  });

  test("policies that are attached by an expression are listed as the code has them", () => {
    const byCode = (policy_arn: string) => {
      const code = codeWith(({ resource }) => (resource[ATTACHMENT].full.policy_arn = policy_arn));
      return change(ATTACHMENT, "create", null, {}, code);
    };
    for (const expression of ["x-${aws_iam_policy.full.arn}", "${aws_iam_policy.full.arn}-x"])
      expect(byCode(expression)?.attached).toEqual([expression]);
    const unknown = planned({ address: `${ATTACHMENT}.more`, type: ATTACHMENT, change: { actions: ["create"] } });
    expect(unknown[0]?.attached).toEqual([]);
  });
});
