import { EXAMPLE_VERSIONS, reference, terraformFiles } from "../../../cli/publish/edition";

const TERRAFORM = {
  terraform: { required_version: ">= 1.5" },
  variable: { name: { type: "string" } },
  locals: { a: 1 },
  data: { aws_iam_policy_document: { full: { version: "2012-10-17" } } },
  module: { account: { source: "./a" } },
  resource: { aws_iam_role: { full: { name: "a" } } },
  output: { role_arn: { description: "ARN of the role.", value: "a" }, policy_arn: { description: "Of it | none." } },
};

test("each part of a module is in the file in which people look for it", () => {
  expect([...terraformFiles(TERRAFORM)].map(([path, text]) => [path, text.match(/^\w.*(?= \{$)/gm)])).toEqual([
    [
      "main.tf",
      ["locals", 'data "aws_iam_policy_document" "full"', 'module "account"', 'resource "aws_iam_role" "full"'],
    ],
    ["variables.tf", ['variable "name"']],
    ["outputs.tf", ['output "role_arn"', 'output "policy_arn"']],
    ["versions.tf", ["terraform"]],
  ]);
});

test("a README lists what a module requires, takes and gives", () => {
  const variable = {
    name: "role_name",
    type: "string",
    description: "Name of the role.",
    default: "a",
    rules: [],
  } as const;
  const tags = { name: "tags", type: "map(string)", description: "Tags.", default: { a: "b" }, rules: [] } as const;
  const alias = { ...variable, name: "alias", description: "Either | or.", default: null };
  expect(reference(TERRAFORM, [variable, tags, alias])).toBe(`## Requirements

| name | version |
| --- | --- |
| Terraform or OpenTofu | \`>= 1.5\` |
| hashicorp/aws | \`>= 5.100.0\` |

## Inputs

| name | description | type | default |
| --- | --- | --- | --- |
| \`role_name\` | Name of the role. | \`string\` | \`"a"\` |
| \`tags\` | Tags. | \`map(string)\` | \`{"a":"b"}\` |
| \`alias\` | Either \\| or. | \`string\` | \`null\` |

## Outputs

| name | description |
| --- | --- |
| \`role_arn\` | ARN of the role. |
| \`policy_arn\` | Of it \\| none. |
`);
});

test("an example needs the oldest Terraform and AWS provider that the modules need", () => {
  expect(EXAMPLE_VERSIONS).toContain('\n  required_version = ">= 1.5"\n');
  expect(EXAMPLE_VERSIONS).toContain('\n      version = ">= 5.100.0"\n');
});
