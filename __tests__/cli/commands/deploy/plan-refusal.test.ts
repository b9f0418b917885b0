import { refusalOf } from "../../../../cli/commands/deploy/plan-refusal";
import { plannedResources } from "../../../../cli/terraform/plan";
import { policyText } from "../../../support/policy-text";

type Planned = readonly [address: string, actions: readonly string[], before: object | null, after: object | null];

const ATTACHMENT = "aws_iam_role_policy_attachment.full";
const ROLE = "aws_iam_role.full";
const POLICY = "aws_iam_policy.full";
const REPLACED = ["create", "delete"];

/** Why a plan is refused. Of the changes, `deposed` objects have an address with a `!`. */
function refusal(changes: readonly Planned[], imports: Readonly<Record<string, string>> = {}, isDestroy = false) {
  const resource_changes = changes.map(([address, actions, before, after]) => ({
    address: address.replace("!", ""),
    type: address.split(".")[0],
    change: { actions, before, after, importing: address in imports ? { id: imports[address] } : undefined },
    ...(address.endsWith("!") && { deposed: "00000001" }),
  }));
  return refusalOf(plannedResources(resource_changes), new Map(Object.entries(imports)), isDestroy);
}

test.each([[["create", "forget"]], [["delete", "future"]], ["delete"], [undefined]])(
  "a plan with an action that isn't one of Terraform's is refused: %j",
  (actions) => {
    expect(refusal([[ROLE, actions as string[], { name: "a" }, null]])).toBe(
      `does something unknown to "${ROLE}", expected Terraform's actions: create, update, delete, replace, forget or import. Use a version of Terraform that was tested.`,
    );
  },
);

const attached = { role: "a", policy_arn: "arn" };
const twin = (address: string) =>
  `destroys something with the same name in AWS as "${address}", expected other names: names are unique in an account, so it would be missing afterwards.`;

test.each<[string, ...Planned[]]>([
  ["a role whose path changes", [ROLE, REPLACED, { name: "a", path: "/" }, { name: "a", path: "/b/" }]],
  ["a policy whose name changes only its case, which IAM ignores", [POLICY, REPLACED, { name: "a" }, { name: "A" }]],
  ["a tainted attachment", [ATTACHMENT, REPLACED, attached, attached]],
  [
    "a role that stays",
    [ROLE, ["no-op"], { name: "a" }, { name: "a" }],
    ["aws_iam_role.b", ["delete"], { name: "a" }, null],
  ],
  ["a role that moves", [ROLE, ["create"], null, { name: "a" }], ["aws_iam_role.b", ["delete"], { name: "a" }, null]],
  ["a deposed attachment", [`${ATTACHMENT}!`, ["delete"], attached, null], [ATTACHMENT, ["no-op"], attached, attached]],
])("a plan is refused if %s would be missing afterwards", (_, ...changes) => {
  expect(refusal(changes)).toContain(
    twin(changes.at(-1)?.[0] === "aws_iam_role.b" ? ROLE : (changes.at(-1)?.[0] ?? "")),
  );
});

test.each<[string, ...Planned[]]>([
  ["a role with another name", [ROLE, REPLACED, { name: "a" }, { name: "b" }]],
  ["a role that is destroyed first", [ROLE, ["delete", "create"], { name: "a" }, { name: "a" }]],
  ["a role that is updated", [ROLE, ["update"], { name: "a" }, { name: "a" }]],
  ["an attachment of a policy that has no ARN yet", [ATTACHMENT, REPLACED, attached, { role: "a" }]],
  ["what has no name of its own", ["aws_iam_role_policies_exclusive.full", REPLACED, { name: "a" }, { name: "a" }]],
  [
    "what an interrupted replacement left of another name",
    [`${ATTACHMENT}!`, ["delete"], attached, null],
    [ATTACHMENT, ["no-op"], { ...attached, role: "b" }, { ...attached, role: "b" }],
  ],
])("a plan isn't refused for %s, which wouldn't be missing afterwards", (_, ...changes) => {
  expect(refusal(changes)).toBeUndefined();
});

const CHANNEL = "aws_cloudcontrolapi_resource.channel_T1_C1";
const OLD_ROLE = "arn:aws:iam::111122223333:role/old";
const withRole = (ChannelRoleArn: string) => ({ desired_state: JSON.stringify({ ChannelRoleArn }) });
const leaving = (role = OLD_ROLE): Planned => [CHANNEL, ["update"], withRole(role), withRole("arn:aws:iam::1:role/b")];
const allowing = (...Action: string[]) => policyText({ Effect: "Allow", Action, Resource: "*" });
const rewritten = (before: string, after: unknown): Planned => [
  POLICY,
  ["update"],
  { policy: before },
  { policy: after },
];
const FEW = allowing("support:DescribeCases");
const MANY = allowing("support:DescribeCases", "support:ResolveCase");

test.each<[string, boolean, Planned, Planned]>([
  ["a channel that leaves a role and a wider policy of that role", true, leaving(), rewritten(FEW, MANY)],
  ["a channel that leaves a role and a policy that isn't known yet", true, leaving(), rewritten(FEW, undefined)],
  ["a channel that leaves a role and a narrower policy", false, leaving(), rewritten(MANY, FEW)],
  ["a channel that leaves another role", false, leaving("arn:aws:iam::1:role/c"), rewritten(FEW, MANY)],
  ["a channel that leaves a role and a new policy", false, leaving(), [POLICY, ["create"], null, { policy: MANY }]],
  ["a channel that leaves a role with other tags", false, leaving(), [ROLE, ["update"], { arn: OLD_ROLE }, {}]],
  ["a channel that stays", false, [CHANNEL, ["update"], withRole(OLD_ROLE), withRole(OLD_ROLE)], rewritten(FEW, MANY)],
  ["a channel that is removed", false, [CHANNEL, ["delete"], withRole(OLD_ROLE), null], rewritten(FEW, MANY)],
])("a plan with %s is refused: %s", (_, isRefused, channel, policy) => {
  const role: Planned = [ROLE, ["no-op"], { arn: OLD_ROLE }, { arn: OLD_ROLE }];
  expect(refusal([role, policy, channel])).toBe(
    isRefused
      ? `moves a channel away from the role of "${POLICY}", and changes that policy so that it may allow more, expected one of the two: if the channel couldn't be moved, people in it would have the new policy. Deploy the channel's move first.`
      : undefined,
  );
});

const roleWithin = (permissions_boundary: string) => ({ name: "a", permissions_boundary });
const bounded = (before: string, after: string): Planned => [ROLE, ["update"], roleWithin(before), roleWithin(after)];
const changed = (policy: unknown, after: unknown): Planned => [POLICY, ["update"], { policy }, { policy: after }];

test.each<[string, boolean, Planned, Planned]>([
  ["a new boundary and a changed policy", true, bounded("", "arn"), changed("{}", "{ }")],
  ["another boundary and a changed policy", true, bounded("old", "arn"), changed("{}", "{ }")],
  ["a new boundary and a policy that isn't known yet", true, bounded("", "arn"), changed("{}", undefined)],
  ["a new boundary and the same policy", false, bounded("", "arn"), changed("{}", "{}")],
  ["the same boundary", false, bounded("arn", "arn"), changed("{}", "{ }")],
  ["a boundary that is removed", false, bounded("arn", ""), changed("{}", "{ }")],
  ["a new policy, attached after it", false, bounded("", "arn"), [POLICY, ["create"], null, { policy: "{}" }]],
  ["a new role", false, [ROLE, ["create"], null, { permissions_boundary: "arn" }], changed("{}", "{ }")],
])("a plan with %s for a role is refused: %s", (_, isRefused, role, policy) => {
  expect(refusal([role, policy])).toBe(
    isRefused
      ? `changes the permissions boundary of "${ROLE}" and its policy, expected one of the two: if the boundary couldn't be set, people would have the new policy without it. Deploy the boundary first.`
      : undefined,
  );
});

test.each<[string, isRefused: boolean, attachedTo: number, ...others: Planned[]]>([
  ["attached to nothing", false, 0],
  [
    "attached to its role alone",
    false,
    1,
    ["aws_iam_role_policy_attachments_exclusive.full", ["no-op"], { policy_arns: ["p"] }, {}],
  ],
  ["attached to somebody else", true, 1],
  [
    "attached to its role and somebody else",
    true,
    2,
    ["aws_iam_role_policy_attachments_exclusive.full", ["no-op"], { policy_arns: ["p"] }, {}],
  ],
])("a policy that a deploy takes over and that is %s is refused: %s", (_, isRefused, attachment_count, ...lists) => {
  const policy: Planned = [POLICY, ["no-op"], { arn: "p", attachment_count }, {}];
  expect(refusal([policy, ...lists], { [POLICY]: "p" }) !== undefined).toBe(isRefused);
});

test("what a rename destroys isn't mistaken for what has the new name", () => {
  expect(
    refusal(
      [
        [ROLE, ["no-op"], {}, {}],
        [`${ROLE}!`, ["delete"], { name: "before" }, null],
      ],
      { [ROLE]: "a" },
    ),
  ).toBeUndefined();
});

const ATTACHED = "aws_iam_role_policy_attachments_exclusive.full";
const INLINE = "aws_iam_role_policies_exclusive.full";
const LINKED = "aws_iam_service_linked_role.service_quotas";

test.each<[string, isRefused: boolean, Planned]>([
  ["is as planned", false, [ROLE, ["no-op"], {}, {}]],
  ["has no policy yet", false, [ATTACHED, ["update"], { policy_arns: [] }, { policy_arns: ["own"] }]],
  ["has no policy yet, which isn't created either", false, [ATTACHED, ["update"], { policy_arns: [] }, {}]],
  ["is the Service Quotas role untagged", false, [LINKED, ["update"], { a: 1, tags: {} }, { a: 1, tags: { b: "c" } }]],
  ["is the Service Quotas role with another description", true, [LINKED, ["update"], { a: 1 }, { a: 2 }]],
  ["has another description", true, [ROLE, ["update"], {}, {}]],
  ["has another path", true, [ROLE, ["create", "delete"], {}, {}]],
  ["has a second policy", true, [ATTACHED, ["update"], { policy_arns: ["own", "more"] }, { policy_arns: ["own"] }]],
  ["has a policy of a name that is to be created", true, [ATTACHED, ["update"], { policy_arns: ["more"] }, {}]],
  ["has an inline policy", true, [INLINE, ["update"], { policy_names: ["by-hand"] }, { policy_names: [] }]],
])("an imported resource that %s counts as somebody else's: %s", (_, isRefused, change) => {
  const expected = `creates "${change[0]}", but "a" already exists, and differs from environments.yaml, has other policies or is attached elsewhere, so somebody else may have created it. To take it over, set adopt: true for its access level or team, or service-quotas-role: adopt for the Service Quotas role. Otherwise, choose another name.`;
  expect(refusal([change], { [change[0]]: "a" })).toBe(isRefused ? expected : undefined);
  expect(refusal([change])).toBeUndefined();
});

const QUOTAS = { aws_service_name: "servicequotas.amazonaws.com" };
test.each<[string, isRefused: boolean, isDestroy: boolean, Planned]>([
  ["destroys the Service Quotas role", true, true, [LINKED, ["delete"], QUOTAS, null]],
  ["replaces the Service Quotas role", true, true, [LINKED, REPLACED, QUOTAS, QUOTAS]],
  ["keeps the Service Quotas role", false, true, [LINKED, ["no-op"], QUOTAS, QUOTAS]],
  ["destroys another service's role", false, true, [LINKED, ["delete"], { aws_service_name: "a" }, null]],
  ["destroys something else of its name", false, true, [ROLE, ["delete"], QUOTAS, null]],
  ["hands it back, as a deploy does", false, false, [LINKED, ["delete"], QUOTAS, null]],
])("a plan that %s is refused: %s", (_, isRefused, isDestroy, change) => {
  expect(refusal([change], {}, isDestroy)).toBe(
    isRefused
      ? `destroys the Service Quotas role ("${LINKED}"), expected a plan that keeps it: others in the account may depend on it. Deploy first, which hands it back to the account.`
      : undefined,
  );
});
