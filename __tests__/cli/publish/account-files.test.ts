import { ACCOUNT_MODULE, accountFiles } from "../../../cli/publish/account-files";
import { ACCOUNT_VARIABLES } from "../../../stacks/published-account-module";
import { EDITION, inputsIn } from "../../support/edition";

const files = accountFiles(EDITION);
const readme = files.get("README.md") ?? "";

test("the module has Terraform's usual files, a README and the license", () => {
  expect(ACCOUNT_MODULE).toBe("support-app-account");
  expect([...files.keys()]).toEqual(["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "LICENSE"]);
  expect(files.get("LICENSE")).toBe(EDITION.license);
});

test("its README shows how to use it, what it takes and gives, and how to upgrade", () => {
  expect(readme).toMatchSnapshot();
});

test("the usage sets every input of the module, and passes the workspaces on to a module with channels", () => {
  const inputs = ACCOUNT_VARIABLES.map(({ name }) => name);
  expect(inputsIn(readme)).toEqual([...inputs, "channels", "registered_workspaces"].sort());
  expect(files.get("outputs.tf")).toContain('output "slack_workspaces" {');
  expect(readme).toContain("registered_workspaces = module.account.slack_workspaces\n");
});
