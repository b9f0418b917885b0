import type { TerraformStack } from "../../../modules/support-app/framework";

type Framework = typeof import("../../../modules/support-app/framework");

/** What three stacks become, one after the other, in a framework whose way to prepare them is another. */
function preparedBy(prepareStack: (this: TerraformStack) => void) {
  const prepared: string[] = [];
  const terraform: string[] = [];
  jest.isolateModules(() => {
    const { TerraformStack: Stack }: Framework = require("../../../modules/support-app/framework");
    const { newApp } = require("../../../stacks/cdktf/app") as typeof import("../../../stacks/cdktf/app");
    const { prepareAlone } = require("../../../stacks/cdktf/prepare") as typeof import("../../../stacks/cdktf/prepare");
    for (const name of ["a", "b", "c"]) {
      const stack = new Stack(newApp(), name);
      stack.prepareStack = function (this: TerraformStack) {
        prepared.push(name);
        prepareStack.call(this);
      };
      prepareAlone(stack);
      terraform.push(JSON.stringify(stack.toTerraform()));
    }
  });
  return { prepared, terraform };
}

test("where preparing changes nothing, only the first stack is prepared, to know that", () => {
  const { prepared } = preparedBy(() => {});
  expect(prepared).toEqual(["a"]);
});

test("where preparing changes what is written, every stack is prepared", () => {
  const { prepared, terraform } = preparedBy(function () {
    this.addOverride("locals.prepared", true);
  });
  expect(prepared).toEqual(["a", "b", "c"]);
  for (const text of terraform) expect(text).toContain('"locals":{"prepared":true}');
});
