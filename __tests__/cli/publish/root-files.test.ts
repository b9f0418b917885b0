import { rootFiles } from "../../../cli/publish/root-files";
import { levelKeys, publishedRoot, rootVariables } from "../../../stacks/published-root";
import { EDITION, inputsIn } from "../../support/edition";

const files = rootFiles(EDITION);
const EXAMPLES = ["examples/read-only/main.tf", "examples/full/main.tf", "examples/several-accounts/main.tf"];

test("the root module has Terraform's usual files, a README, the license, examples and tests", () => {
  expect([...files.keys()]).toEqual([
    ...["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "LICENSE", ...EXAMPLES],
    ...["access", "channels", "guardrail", "refusals"].map((name) => `tests/${name}.tftest.hcl`),
  ]);
  expect(files.get("LICENSE")).toBe(EDITION.license);
});

test("its README shows what is in the folder, and how to use, import and remove it", () => {
  expect(files.get("README.md")).toMatchSnapshot();
});

test("the usage and the examples set only inputs of the module and of its access levels, and read only its outputs", () => {
  const inputs = rootVariables().map(({ name }) => name);
  const outputs = Object.keys(publishedRoot().output as object);
  for (const path of ["README.md", ...EXAMPLES]) {
    const text = files.get(path) ?? "";
    expect(inputs).toEqual(expect.arrayContaining(inputsIn(text)));
    const full = [...text.matchAll(/^ {2}full = \{\n(.*?)^ {2}\}/gms)].flatMap(([, body = ""]) =>
      [...body.matchAll(/^ {4}(\w+) +=/gm)].map(([, key]) => key),
    );
    expect(levelKeys("full")).toEqual(expect.arrayContaining(full));
    const read = [...text.matchAll(/ = module\.support_app\.(\w+)$/gm)].map(([, name]) => name);
    expect(outputs).toEqual(expect.arrayContaining(read));
  }
  expect(inputsIn(files.get("README.md") ?? "")).toEqual(["full", "read_only"]);
});

test("each account of an example has a provider that only accepts its credentials", () => {
  const text = files.get("examples/several-accounts/main.tf") ?? "";
  const providers = [...text.matchAll(/^provider "aws" \{\n(.*?)^\}/gms)].map(([, body = ""]) => ({
    alias: body.match(/alias += "(\w+)"/)?.[1],
    allowed: body.match(/allowed_account_ids = \["(\d+)"\]/)?.[1],
    assumed: body.match(/role_arn = "arn:aws:iam::(\d+):role\/terraform"/)?.[1],
  }));
  expect(providers).toEqual([
    { alias: "staging", allowed: "111122223333", assumed: "111122223333" },
    { alias: "production", allowed: "444455556666", assumed: "444455556666" },
  ]);
  expect(text.match(/providers = \{ aws = aws\.\w+ \}/g)).toEqual([
    "providers = { aws = aws.staging }",
    "providers = { aws = aws.production }",
  ]);
});
