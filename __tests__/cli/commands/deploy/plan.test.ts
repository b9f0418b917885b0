import {
  createdAndDestroyed,
  isAsLeft,
  plannedChanges,
  widenedBeforeBounded,
} from "../../../../cli/commands/deploy/plan";
import { CommandError } from "../../../../cli/terminal/command-error";
import { policyText } from "../../../support/live-account";

const ROLE = { address: "aws_iam_role.full", type: "aws_iam_role" };
const POLICY = { address: "aws_iam_policy.full", type: "aws_iam_policy" };
const ATTACHMENT = { address: "aws_iam_role_policy_attachment.full", type: "aws_iam_role_policy_attachment" };

/** The address of what a plan with these changes creates and destroys. */
const found = (...resource_changes: unknown[]) =>
  createdAndDestroyed(plannedChanges(JSON.stringify({ resource_changes })))?.address;

const replaced = (before: object, after: object) => ({ actions: ["create", "delete"], before, after });

test.each<[string, object, object]>([
  ["a role whose path changes", ROLE, replaced({ name: "a", path: "/" }, { name: "a", path: "/b/" })],
  ["a policy whose name changes only its case, which IAM ignores", POLICY, replaced({ name: "a" }, { name: "A" })],
  ["a tainted attachment", ATTACHMENT, replaced({ role: "a", policy_arn: "arn" }, { role: "a", policy_arn: "arn" })],
])("%s would be created and then destroyed", (_, resource, change) => {
  expect(found({ ...resource, change })).toBe((resource as typeof ROLE).address);
});

test("so would a role that moves to another address", () => {
  const other = { ...ROLE, address: "aws_iam_role.other" };
  expect(
    found(
      { ...other, change: { actions: ["delete"], before: { name: "a" }, after: null } },
      { ...ROLE, change: { actions: ["create"], before: null, after: { name: "a" } } },
    ),
  ).toBe("aws_iam_role.full");
});

test("so is an attachment that stays, with what an interrupted replacement left of it", () => {
  const [attached, deposed] = [{ role: "a", policy_arn: "arn" }, "00000001"];
  const twin = { ...ATTACHMENT, deposed, change: { actions: ["delete"], before: attached, after: null } };
  expect(found(twin, { ...ATTACHMENT, change: { actions: ["no-op"], before: attached, after: attached } })).toBe(
    ATTACHMENT.address,
  );
  const other = { role: "a", policy_arn: "other" };
  expect(found(twin, { ...ATTACHMENT, change: { actions: ["no-op"], before: other, after: other } })).toBeUndefined();
});

test.each<[string, object, object]>([
  ["a role with another name", ROLE, replaced({ name: "a" }, { name: "b" })],
  [
    "a role that is destroyed first",
    ROLE,
    { ...replaced({ name: "a" }, { name: "a" }), actions: ["delete", "create"] },
  ],
  ["a role that is updated", ROLE, { ...replaced({ name: "a" }, { name: "a" }), actions: ["update"] }],
  [
    "an attachment of a policy that has no ARN yet",
    ATTACHMENT,
    replaced({ role: "a", policy_arn: "arn" }, { role: "a" }),
  ],
  [
    "something that has no name of its own",
    { address: "aws_iam_role_policies_exclusive.full", type: "aws_iam_role_policies_exclusive" },
    replaced({ role_name: "a" }, { role_name: "a" }),
  ],
])("%s isn't", (_, resource, change) => {
  expect(found({ ...resource, change })).toBeUndefined();
});

describe("an imported resource", () => {
  const ATTACHED = "aws_iam_role_policy_attachments_exclusive";
  const INLINE = "aws_iam_role_policies_exclusive";
  const left = (type: string, actions: readonly string[], before: object = {}, after: object = {}) =>
    plannedChanges(
      JSON.stringify({ resource_changes: [{ address: "a", type, change: { actions, before, after } }] }),
    ).every(isAsLeft);

  test.each<[string, string, string[], object, object]>([
    ["is as planned", "aws_iam_role", ["no-op"], {}, {}],
    ["has no policy yet", ATTACHED, ["update"], { policy_arns: [] }, { policy_arns: ["own"] }],
    ["has no policy yet, which isn't created either", ATTACHED, ["update"], { policy_arns: [] }, {}],
  ])("that %s is what an interrupted deploy leaves", (_, type, actions, before, after) => {
    expect(left(type, actions, before, after)).toBe(true);
  });

  test.each<[string, string, string[], object, object]>([
    ["another description", "aws_iam_role", ["update"], {}, {}],
    ["another path", "aws_iam_role", ["create", "delete"], {}, {}],
    ["a second policy", ATTACHED, ["update"], { policy_arns: ["own", "more"] }, { policy_arns: ["own"] }],
    ["a policy of a name that is to be created", ATTACHED, ["update"], { policy_arns: ["more"] }, {}],
    ["an inline policy", INLINE, ["update"], { policy_names: ["by-hand"] }, { policy_names: [] }],
  ])("with %s isn't", (_, type, actions, before, after) => {
    expect(left(type, actions, before, after)).toBe(false);
  });
});

describe("a boundary and a policy that allows more", () => {
  const document = (...Action: string[]) => policyText({ Effect: "Allow", Action, Resource: "*" });
  const bounded = (before: string | undefined, after: string | undefined) => ({
    ...ROLE,
    change: {
      actions: ["update"],
      before: { name: "a", permissions_boundary: before },
      after: { permissions_boundary: after },
    },
  });
  const changed = (before: unknown, after: unknown) => ({
    ...POLICY,
    change: { actions: ["update"], before: { policy: before }, after: { policy: after } },
  });
  const widened = (...resource_changes: unknown[]) =>
    widenedBeforeBounded(plannedChanges(JSON.stringify({ resource_changes })))?.address;
  const [LESS, MORE] = [document("support:DescribeCases"), document("support:*")];

  test.each<[string, object, object]>([
    ["a new boundary", bounded("", "arn"), changed(LESS, MORE)],
    ["another boundary", bounded("old", "arn"), changed(LESS, MORE)],
    ["a policy that isn't known yet", bounded("", "arn"), changed(LESS, undefined)],
    ["a policy that can't be read", bounded("", "arn"), changed("{}", MORE)],
  ])("can't be deployed in one: %s", (_, role, policy) => {
    expect(widened(role, policy)).toBe("aws_iam_role.full");
  });

  test.each<[string, object, object]>([
    ["a policy that allows less", bounded("", "arn"), changed(MORE, LESS)],
    ["the same boundary", bounded("arn", "arn"), changed(LESS, MORE)],
    ["a boundary that is removed", bounded("arn", ""), changed(LESS, MORE)],
    [
      "a new policy, which is attached after the boundary",
      bounded("", "arn"),
      { ...POLICY, change: { actions: ["create"], before: null, after: { policy: MORE } } },
    ],
    [
      "a new role",
      { ...ROLE, change: { actions: ["create"], before: null, after: { permissions_boundary: "arn" } } },
      changed(LESS, MORE),
    ],
  ])("can: %s", (_, role, policy) => {
    expect(widened(role, policy)).toBeUndefined();
  });
});

test("a plan without resources has no changes", () => {
  expect(plannedChanges("{}")).toEqual([]);
});

test.each(["no", "[]", '{"resource_changes":[1]}'])("%s isn't a plan", (text) => {
  expect(() => plannedChanges(text)).toThrow(CommandError);
});
