import { NOTHING_PLANNED, planDifferences, planRecord } from "../../../../cli/commands/deploy/plan-digest";
import { planJson } from "../../../../cli/terraform/plan";

const UPDATE = {
  address: "aws_iam_role.full",
  mode: "managed",
  type: "aws_iam_role",
  name: "full",
  provider_name: "P",
  change: {
    actions: ["update"],
    before: { name: "a" },
    after: { name: "b" },
    after_unknown: { arn: true },
    before_sensitive: {},
    after_sensitive: {},
  },
};
const OUTPUT = { actions: ["create"], before: null, after: "x", after_unknown: false };
const PLAN = { format_version: "1.2", resource_changes: [UPDATE], output_changes: { arn: OUTPUT } };

const recordOf = (plan: object) => planRecord(planJson.parse(plan));
const digestOf = (plan: object) => recordOf(plan).digest;
const withChange = (change: object) => ({
  ...PLAN,
  resource_changes: [{ ...UPDATE, change: { ...UPDATE.change, ...change } }],
});
const withEntry = (entry: object) => ({ ...PLAN, resource_changes: [{ ...UPDATE, ...entry }] });
const withoutEffect = { address: "aws_iam_policy.full", change: { actions: ["no-op"], before: {}, after: {} } };

test.each<[string, object]>([
  ["by another version, at another time", { ...PLAN, terraform_version: "1.12.0", timestamp: "2026-11-30T05:00:00Z" }],
  ["as another role", { ...PLAN, configuration: { provider_config: { aws: { expressions: { assume_role: [] } } } } }],
  [
    "with what was read",
    { ...PLAN, prior_state: {}, planned_values: {}, resource_drift: [{}], relevant_attributes: [] },
  ],
  [
    "with the results of checks",
    { ...PLAN, checks: [{}], variables: {}, applyable: true, complete: true, errored: false },
  ],
  ["with what stays", { ...PLAN, resource_changes: [withoutEffect, UPDATE] }],
  ["with outputs that stay", { ...PLAN, output_changes: { arn: OUTPUT, old: { actions: ["no-op"], after: 1 } } }],
])("a plan of the same changes has the same digest %s", (_, plan) => {
  expect(digestOf(plan)).toBe(digestOf(PLAN));
});

test("a plan has the same digest in whatever order its changes are", () => {
  const resources = [UPDATE, { ...UPDATE, deposed: "1" }, { ...UPDATE, address: "aws_iam_role.other" }];
  const digests = [resources, resources.toReversed()].map((changes) =>
    digestOf({ ...PLAN, resource_changes: changes }),
  );
  expect(digests[1]).toBe(digests[0]);
});

const OTHERS: readonly (readonly [string, object])[] = [
  ["another address", withEntry({ address: "aws_iam_role.other" })],
  ["a deposed object", withEntry({ deposed: "1" })],
  ["a move", withEntry({ previous_address: "aws_iam_role.old" })],
  ["another reason", withEntry({ action_reason: "replace_by_request" })],
  ["a field that isn't known", withEntry({ unheard_of: 1 })],
  ["another action", withChange({ actions: ["delete", "create"] })],
  ["the other order of a replacement", withChange({ actions: ["create", "delete"] })],
  ["another value before, such as by hand", withChange({ before: { name: "c" } })],
  ["another value after", withChange({ after: { name: "c" } })],
  ["another unknown value", withChange({ after_unknown: {} })],
  ["another sensitive value", withChange({ after_sensitive: { name: true } })],
  ["other replaced paths", withChange({ replace_paths: [["name"]] })],
  ["an import", withChange({ importing: { id: "a" } })],
  ["a resource less", { ...PLAN, resource_changes: [] }],
  [
    "a moved resource that stays",
    { ...PLAN, resource_changes: [UPDATE, { ...withoutEffect, previous_address: "a.b" }] },
  ],
  [
    "an imported resource that stays",
    {
      ...PLAN,
      resource_changes: [UPDATE, { ...withoutEffect, change: { ...withoutEffect.change, importing: { id: "a" } } }],
    },
  ],
  ["another output", { ...PLAN, output_changes: { arn: { ...OUTPUT, after: "y" } } }],
  ["an output of another name", { ...PLAN, output_changes: { other: OUTPUT } }],
  ["an output less", { ...PLAN, output_changes: {} }],
  ["a section that isn't known", { ...PLAN, action_invocations: [{ address: "action.aws_lambda_invoke.a" }] }],
];

test("every other plan has another digest", () => {
  const digests = [PLAN, ...OTHERS.map(([, plan]) => plan)].map(digestOf);
  expect(new Set(digests).size).toBe(digests.length);
  expect(digests).not.toContain(NOTHING_PLANNED.digest);
});

test("a plan without changes has the digest of nothing", () => {
  expect(digestOf({ format_version: "1.2", resource_changes: [withoutEffect] })).toBe(NOTHING_PLANNED.digest);
  const differences = planDifferences(NOTHING_PLANNED, recordOf({ ...PLAN, terraform_version: "1.11.4" }));
  expect(differences).toEqual(["aws_iam_role.full differs", "output arn differs"]);
});

test.each<[string, object]>([
  ["a plan that ended with an error", { ...PLAN, errored: true }],
  ["a part of a plan", { ...PLAN, complete: false }],
])("%s has no digest", (_, plan) => {
  expect(() => recordOf(plan)).toThrow("Received a part of a plan from terraform show");
});

test.each<[string, object, readonly string[]]>([
  [
    "a resource",
    { ...withChange({ after: { name: "c" } }), terraform_version: "1.11.4" },
    ["aws_iam_role.full differs"],
  ],
  ["a resource less", { ...PLAN, resource_changes: [] }, ["aws_iam_role.full differs"]],
  [
    "an object that an interrupted replacement left",
    { ...PLAN, resource_changes: [UPDATE, { ...UPDATE, deposed: "1" }] },
    ["aws_iam_role.full differs"],
  ],
  ["an output", { ...PLAN, output_changes: { arn: { ...OUTPUT, after: "y" } } }, ["output arn differs"]],
  ["an output of another name", { ...PLAN, output_changes: { x: OUTPUT } }, ["output arn differs", "output x differs"]],
  ["another section", { ...PLAN, action_invocations: [{}] }, ["section action_invocations differs"]],
  [
    "Terraform's version",
    { ...withEntry({ unheard_of: 1 }), terraform_version: "1.12.2" },
    ["aws_iam_role.full differs", "planned with Terraform 1.11.4, deployed with 1.12.2"],
  ],
])("what differs between two plans is named: %s", (_, plan, words) => {
  expect(planDifferences(recordOf({ ...PLAN, terraform_version: "1.11.4" }), recordOf(plan))).toEqual(words);
});

test("a plan's record has nothing of the values in it", () => {
  const { changes } = recordOf(withChange({ after: { name: "s3cret" } }));
  expect(changes).toEqual([
    { kind: "resource", name: "aws_iam_role.full", digest: expect.stringMatching(/^[\da-f]{64}$/) },
    { kind: "output", name: "arn", digest: expect.stringMatching(/^[\da-f]{64}$/) },
  ]);
});
