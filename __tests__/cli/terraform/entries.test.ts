import { blocksIn, entriesIn, withoutDigest } from "../../../cli/terraform/entries";
import type { TerraformJson } from "../../../cli/terraform/synthesized-folder";
import { digestOutput } from "../../../stacks/output/stack-digest";

const REMARKS = { metadata: { path: "paid/a", uniqueId: "a" } };
const ROLE = { name: "Full" };

// The address of each part is in stack.test.ts.
test.each<[what: string, terraform: TerraformJson, address: string, value: unknown]>([
  ["a type of resources", { resource: { aws_iam_role: [ROLE] } }, "aws_iam_role", [ROLE]],
  ["a type of data sources", { data: { aws_region: 1 } }, "data.aws_region", 1],
  ["a resource", { resource: { aws_iam_role: { a: [ROLE, ROLE] } } }, "aws_iam_role.a", [ROLE, ROLE]],
])("%s in another form than the usual one is still a part, and no block", (_, terraform, address, value) => {
  const entries = entriesIn(terraform);
  expect([...entries.values()]).toMatchObject([{ address, value }]);
  expect(blocksIn(entries).size).toBe(0);
});

test("parts of two sections stay apart, even if a hostile stack gives them one address", () => {
  const entries = entriesIn({ resource: { aws_iam_role: { full: ROLE } }, aws_iam_role: { full: {} } });
  expect([...entries.values()]).toMatchObject([
    { address: "aws_iam_role.full", section: "resource", value: ROLE },
    { address: "aws_iam_role.full", section: "aws_iam_role", value: {} },
  ]);
  expect([...blocksIn(entries).values()]).toMatchObject([{ body: ROLE }]);
});

test("the digest of a stack is left out if it is right, and only then", () => {
  const bare = { locals: { a: 1 } };
  const output = { a: { value: "b" } };
  const digestOf = (terraform: TerraformJson) => ({ support_app_digest: digestOutput(terraform) });
  const remarked = { support_app_digest: { ...digestOutput(bare), "//": REMARKS } };
  for (const right of [digestOf(bare), remarked]) expect(withoutDigest({ ...bare, output: right })).toEqual(bare);
  const stackWithOutput = { ...bare, output };
  expect(withoutDigest({ ...bare, output: { ...output, ...digestOf(stackWithOutput) } })).toEqual(stackWithOutput);
  for (const wrong of [digestOf({}), { support_app_digest: "a" }, { support_app_digest: undefined }]) {
    expect(withoutDigest({ ...bare, output: wrong })).toEqual({ ...bare, output: wrong });
  }
  expect(withoutDigest({ ...bare, output: [1] })).toEqual({ ...bare, output: [1] });
});
