import { toHcl } from "../../../stacks/output/hcl";
import { publishedAccountModule } from "../../../stacks/portable/published-account-module";

test("the account's module has its workspaces and its alias; who passes the workspaces on waits for them", () => {
  const text = toHcl(publishedAccountModule());
  expect(text).toMatchSnapshot();
  expect(text).toMatch(/depends_on += \[aws_cloudcontrolapi_resource\.workspace\]/);
});
