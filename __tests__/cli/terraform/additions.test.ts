import { isHarmless, isKnownType } from "../../../cli/terraform/additions";
import { entriesIn } from "../../../cli/terraform/entries";
import { type Draft, terraformOf } from "../../support/edited-stack";

const ADDRESSES = new Set([...entriesIn(terraformOf("full: {}")).values()].map(({ address }) => address));

/** Whether a stack with a role may have that beside it. */
function isQuiet(terraform: object): boolean {
  const [entry] = entriesIn(terraform as Parameters<typeof entriesIn>[0]).values();
  if (!entry) throw new Error("Received nothing, expected one part of a stack.");
  return isHarmless(entry, ADDRESSES);
}

const topic = (body: object) => isQuiet({ resource: { aws_sns_topic: { a: body } } });
const output = (body: unknown) => isQuiet({ output: { a: body } });

test.each<[terraform: object]>([
  [{ resource: { aws_cloudwatch_log_group: { a: { name: "a", retention_in_days: 7, tags: { a: "b" } } } } }],
  [{ resource: { aws_sns_topic: { a: { name: "${aws_iam_role.full.name}", depends_on: ["aws_iam_role.full"] } } } }],
  [{ data: { aws_caller_identity: { a: {} } } }],
  [{ data: { aws_partition: { a: {} } } }],
  [{ data: { aws_region: { a: {} } } }],
  [{ output: { a: { value: "${aws_iam_role.full.arn}", description: "a", sensitive: true } } }],
  [{ output: { a: { value: ["${aws_iam_role.full.arn}", "a", 1] } } }],
])("%j gives nobody anything", (terraform) => {
  expect(isQuiet(terraform)).toBe(true);
});

test("a resource isn't harmless by an expression, by another stack's reference or with an unknown argument", () => {
  expect(topic({ name: "a" })).toBe(true);
  expect(topic({ name: "${local.a}" })).toBe(false);
  expect(topic({ name: "${aws_iam_role.none.name}" })).toBe(false);
  expect(topic({ name: "a", tags: { a: "${aws_iam_role.full.name}" } })).toBe(false);
  expect(topic({ name: "a", tags: { a: 1 } })).toBe(false);
  expect(topic({ name: "a", depends_on: ["${local.a}"] })).toBe(false);
  for (const name of ["policy", "count", "for_each", "provider", "provisioner", "lifecycle", "constructor"]) {
    expect([name, topic({ name: "a", [name]: "b" })]).toEqual([name, false]);
  }
});

test("an output isn't harmless by an expression, another argument or another form", () => {
  expect(output({ value: "b" })).toBe(true);
  for (const overrides of [
    { value: "${local.a}" },
    { description: "${a.b}" },
    { ephemeral: true },
    { depends_on: [] },
  ]) {
    expect([overrides, output({ value: "b", ...overrides })]).toEqual([overrides, false]);
  }
  expect(output({ value: ["b", "${aws_iam_role.none.arn}"] })).toBe(false);
  expect([output("b"), output([1])]).toEqual([false, false]);
});

test.each<[terraform: object]>([
  [{ resource: { aws_iam_user: { a: {} } } }],
  [{ resource: { aws_iam_role: { more: { name: "a" } } } }],
  [{ resource: { constructor: { a: {} } } }],
  [{ resource: { aws_region: { a: {} } } }], // harmless as a data source
  [{ data: { aws_sns_topic: { a: {} } } }], // harmless as a resource
  [{ resource: { aws_sns_topic: [{ name: "a" }] } }],
  [{ resource: { aws_sns_topic: { a: [{ name: "a" }] } } }],
  [{ ephemeral: { aws_sns_topic: { a: { name: "a" } } } }],
  [{ locals: { a: "b" } }],
  [{ check: { a: {} } }],
  [{ import: [{ to: "aws_sns_topic.a", id: "a" }] }],
  [{ moved: [{ from: "a.b", to: "a.c" }] }],
  [{ removed: [{ from: "a.b" }] }],
  [{ provider: { aws: [{ alias: "a" }] } }],
  [{ terraform: { experiments: ["a"] } }],
])("%j may give somebody something", (terraform) => {
  expect(isQuiet(terraform)).toBe(false);
});

test("a review knows the types of resources that the constructs write, and the harmless ones", () => {
  const types = Object.keys((terraformOf("full: { service-quotas-role: create }, account-alias: a") as Draft).resource);
  for (const type of [...types, "aws_sns_topic"]) expect([type, isKnownType(type)]).toEqual([type, true]);
  for (const type of ["aws_iam_user", "constructor"]) expect([type, isKnownType(type)]).toEqual([type, false]);
});
