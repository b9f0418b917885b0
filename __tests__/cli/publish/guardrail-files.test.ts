import { GUARDRAIL_MODULE, guardrailFiles } from "../../../cli/publish/guardrail-files";
import { GUARDRAIL_VARIABLES } from "../../../stacks/published-guardrail-module";
import { EDITION, inputsIn } from "../../support/edition";

const files = guardrailFiles(EDITION);
const readme = files.get("README.md") ?? "";

test("the module has Terraform's usual files, a README and the license", () => {
  expect(GUARDRAIL_MODULE).toBe("support-app-guardrail");
  expect([...files.keys()]).toEqual(["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "LICENSE"]);
  expect(files.get("LICENSE")).toBe(EDITION.license);
});

test("its README says whom it stops, when to apply it, and whom it can't stop", () => {
  expect(readme).toMatchSnapshot();
});

test("the usage sets every input that has no usable default", () => {
  expect(inputsIn(readme)).toEqual(["deployer_arns", "role_arns", "target_ids"]);
  expect(GUARDRAIL_VARIABLES.map(({ name }) => name)).toEqual(expect.arrayContaining(inputsIn(readme)));
});
