import { outsideChanges } from "../../../../cli/commands/review/outside-changes";
import { readPlannedResource } from "../../../../cli/terraform/planned-resource";

/** What a plan with that entry in its resource_drift has found. */
function outsideChangesOf(type: string, actions: unknown, before: unknown, after: unknown) {
  const entry = { address: `${type}.full`, mode: "managed", type, change: { actions, before, after } };
  return outsideChanges([readPlannedResource(entry)]);
}
const CHANNEL = "aws_cloudcontrolapi_resource";
const properties = (role: string) => ({ properties: JSON.stringify({ ChannelRoleArn: role, TeamId: "T01" }) });

test("a channel, a role or a policy was changed by hand, in the attributes that differ", () => {
  expect(outsideChangesOf(CHANNEL, ["update"], properties("a"), properties("b"))).toEqual([
    { address: `${CHANNEL}.full`, action: "update", attributes: ["properties"] },
  ]);
  const [before, after] = [
    { name: "a", policy: "{}", tags: { a: "b" }, tags_all: { a: "b" } },
    { name: "a", policy: '{"Statement":[]}', tags: {}, tags_all: {}, path: "/x/" },
  ];
  expect(outsideChangesOf("aws_iam_policy", ["update"], before, after)).toEqual([
    { address: "aws_iam_policy.full", action: "update", attributes: ["path", "policy", "tags"] },
  ]);
});

test("a resource was deleted by hand", () => {
  expect(outsideChangesOf(CHANNEL, ["delete"], properties("a"), null)).toEqual([
    { address: `${CHANNEL}.full`, action: "delete", attributes: [] },
  ]);
});

test("what Terraform finds after each of its own deploys is no drift", () => {
  // As planned by Terraform 1.11.4 and hashicorp/aws 5.100.0 right after a deploy.
  const arn = "arn:aws:iam::111122223333:policy/FullPolicy";
  expect(
    outsideChangesOf(
      "aws_iam_policy",
      ["update"],
      { attachment_count: 0, tags: null },
      { attachment_count: 1, tags: {} },
    ),
  ).toEqual([]);
  expect(
    outsideChangesOf("aws_iam_role", ["update"], { managed_policy_arns: [] }, { managed_policy_arns: [arn] }),
  ).toEqual([]);
  expect(
    outsideChangesOf("aws_iam_role", ["update"], { inline_policy: [] }, { inline_policy: [{ name: "a" }] }),
  ).toEqual([]);
  expect(
    outsideChangesOf(CHANNEL, ["update"], { properties: '{"a":1,"b":2}' }, { properties: '{"b": 2, "a": 1}' }),
  ).toEqual([]);
  expect(outsideChangesOf("aws_iam_role", ["no-op"], { name: "a" }, { name: "a" })).toEqual([]); // moved
  // The attributes of other types say it themselves.
  const [before, after] = [
    { policy_arns: [], inline_policy: [] },
    { policy_arns: [arn], inline_policy: ["a"] },
  ];
  expect(outsideChangesOf("aws_iam_role_policy_attachments_exclusive", ["update"], before, after)).toMatchObject([
    { attributes: ["inline_policy", "policy_arns"] },
  ]);
});

test.each<[string, Parameters<typeof outsideChangesOf>, readonly string[]]>([
  ["of an unknown type", ["aws_iam_user", ["update"], { name: "a" }, { name: "b" }], ["name"]],
  ["of an unknown type, deleted", ["aws_iam_user", ["delete"], { name: "a" }, null], ["name"]],
  ["of a type that every object in JavaScript has", ["constructor", ["update"], { a: 1 }, { a: 2 }], ["a"]],
  ["by an unknown action", ["aws_iam_role", ["create"], null, { name: "b" }], ["name"]],
  ["by no action", ["aws_iam_role", undefined, { name: "a" }, { name: "b" }], ["name"]],
  ["by an action that says nothing", ["aws_iam_role", ["no-op"], { name: "a" }, { name: "b" }], ["name"]],
  ["into something unknown", ["aws_iam_role", ["update"], { name: "a" }, "x"], ["name"]],
  ["from something unknown", ["aws_iam_role", ["update"], undefined, { name: "a" }], ["name"]],
])("drift is unsupported %s", (_, args, attributes) => {
  expect(outsideChangesOf(...args)).toEqual([{ address: `${args[0]}.full`, action: "unsupported", attributes }]);
});
