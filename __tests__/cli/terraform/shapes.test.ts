import { misfits, shapeOf } from "../../../cli/terraform/shapes";
import { type Block, readStack, type Stack } from "../../../cli/terraform/stack";
import { type Draft, terraformOf } from "../../support/edited-stack";

/** An environment in which the constructs write all that they ever write. */
const WHOLE = terraformOf(
  `full: { adopt: true, service-quotas-role: adopt, path: /a/, description: a, policy-description: a, max-session-duration: 7200,
    permissions-boundary: "arn:aws:iam::111122223333:policy/b", tags: { Owner: a }, channels: [{ name: oncall, workspace: T01, channel: C01 }] },
    read-only: { policy: aws-managed }, slack-workspaces: [T01], account-alias: Payments`,
);
const OPTIONAL = ["path", "description", "tags", "permissions_boundary", "max_session_duration"];
const { blocks } = readStack(WHOLE);
/** Without what is compared whole: stack.test.ts has that. */
const ADDRESSES = [...blocks.keys()].filter((address) => !/read_only|^terraform_data\./.test(address));

/** What is wrong with the blocks of an edited stack, by address. */
function misfitsOf(edit: (draft: Draft) => void): string[] {
  const draft = structuredClone(WHOLE) as Draft;
  edit(draft);
  const stack: Stack = readStack(draft);
  return [...stack.blocks.values()].flatMap((block) =>
    misfits(block, shapeOf(block) ?? {}, stack.blocks).map((name) => `${block.address} ${name}`),
  );
}

test("what the constructs write fits, all of it", () => {
  expect(misfitsOf(() => {})).toEqual([]);
});

describe.each(ADDRESSES)("%s", (address) => {
  const block = blocks.get(address) as Block;
  const shape = shapeOf(block) ?? {};

  const edited = (more: object) => misfits({ ...block, body: { ...block.body, ...more } }, shape, blocks);

  test.each(["id", ...Object.keys(shape)].filter((name) => name !== "statement"))(
    "an expression, an odd value or, if it is required, nothing for %s never passes",
    (name) => {
      const expressions = ["${local.a}", "x${local.a}", "%{ if true }a%{ endif }", "${aws_iam_role.read_only.name}"];
      for (const odd of [...expressions, null, ...(name === "tags" ? [] : [{}]), [[]], [{ a: 1 }], true]) {
        expect(edited({ [name]: odd })).toContain(name);
      }
      const { [name]: _, ...body } = block.body;
      expect(misfits({ ...block, body }, shape, blocks).includes(name)).toBe(
        name in block.body && !OPTIONAL.includes(name),
      );
    },
  );

  test("other arguments, Terraform's own, and another lifecycle, are unknown, and depends_on only decides the order", () => {
    const ofEveryObject = Object.getOwnPropertyNames(Object.prototype);
    for (const name of ["id", "count", "for_each", "provider", "provisioner", "dynamic", ...ofEveryObject]) {
      expect(edited({ [name]: [{ a: 1 }] })).toEqual([name]);
    }
    for (const lifecycle of [
      ...["x", null, [{ create_before_destroy: true }], { create_before_destroy: "true" }, {}],
      ...[{ ignore_changes: ["tags"] }, { create_before_destroy: true, prevent_destroy: true }],
    ]) {
      expect(edited({ lifecycle })).toEqual(["lifecycle"]);
    }
    expect(edited({ depends_on: ["aws_iam_policy.full"] })).toEqual([]);
    for (const depends_on of [["${local.a}"], "a", ["aws_iam_policy.full", 7], null])
      expect(edited({ depends_on })).toEqual(["depends_on"]);
  });
});

test.each<[string, string, (draft: Draft) => Draft]>([
  ["a trust by another document", "assume_role_policy", ({ resource }) => resource.aws_iam_role.full],
  ["a policy by another document", "policy", ({ resource }) => resource.aws_iam_policy.full],
  ["an attachment's other role", "role", ({ resource }) => resource.aws_iam_role_policy_attachment.full],
  ["an attachment's other policy", "policy_arn", ({ resource }) => resource.aws_iam_role_policy_attachment.full],
  ["a list's other role", "role_name", ({ resource }) => resource.aws_iam_role_policy_attachments_exclusive.full],
  ["another list's other role", "role_name", ({ resource }) => resource.aws_iam_role_policies_exclusive.full],
])("%s, which is the constructs' own reference elsewhere, is unknown", (_, name, body) => {
  const found = misfitsOf((draft) => {
    body(draft)[name] = body(draft)[name].replace("full", "read_only");
  });
  expect(found.filter((one) => one.endsWith(` ${name}`))).toHaveLength(1);
});

test("a schema of another Cloud Control type, or of none", () => {
  const { channel_T01_C01, account_alias } = (WHOLE as Draft).resource.aws_cloudcontrolapi_resource;
  const address = "aws_cloudcontrolapi_resource.channel_T01_C01";
  const withEdit = (edit: object) =>
    misfitsOf(({ resource }) => Object.assign(resource.aws_cloudcontrolapi_resource.channel_T01_C01, edit));
  expect(withEdit({ schema: account_alias.schema })).toEqual([`${address} schema`]);
  expect(withEdit({ type_name: "AWS::IAM::Role" })).toEqual([`${address} type_name`, `${address} schema`]);
  const plain = '{"TeamId":"T01"}'; // Terraform would read a template in it
  expect(withEdit({ desired_state: plain })).toEqual([`${address} desired_state`]);
  expect(channel_T01_C01.schema).not.toBe(account_alias.schema);
});

describe("a user's own resources", () => {
  const own = (type: string, body: object, isData = false): Block => {
    return { address: `${isData ? "data." : ""}${type}.a`, isData, type, name: "a", body: body as Block["body"] };
  };

  test.each([
    [own("aws_cloudwatch_log_group", { name: "a", retention_in_days: 7, tags: { a: "b" } })],
    [own("aws_sns_topic", { name: "${aws_iam_role.full.name}", display_name: "a" })],
    [own("aws_caller_identity", {}, true)],
    [own("aws_partition", {}, true)],
    [own("aws_region", {}, true)],
  ])("$address gives nobody anything", (block) => {
    expect(misfits(block, shapeOf(block) ?? {}, blocks)).toEqual([]);
  });

  test("but not by an expression, or with an unknown argument", () => {
    const topic = (body: object) =>
      misfits(own("aws_sns_topic", body), shapeOf(own("aws_sns_topic", {})) ?? {}, blocks);
    expect(topic({ name: "${local.a}" })).toEqual(["name"]);
    expect(topic({ policy: "{}" })).toEqual(["policy"]);
    expect(topic({ name: "${aws_iam_role.none.name}" })).toEqual(["name"]);
    expect(topic({ name: "a", lifecycle: { prevent_destroy: true } })).toEqual(["lifecycle"]);
  });

  test("a second Service Quotas role is unknown", () => {
    const second = own("aws_iam_service_linked_role", { aws_service_name: "servicequotas.amazonaws.com" });
    expect(misfits(second, shapeOf(second) ?? {}, blocks)).toEqual(["lifecycle", "aws_service_name"]);
  });

  test.each(["aws_iam_user", "aws_iam_role_policy", "constructor"])("%s is unsupported", (type) => {
    expect(shapeOf(own(type, {}))).toBeUndefined();
    expect(shapeOf(own("aws_iam_role", {}, true))).toBeUndefined();
  });
});
