import { AwsProvider, IamRole } from "../../../modules/support-app/aws-bindings";
import { Construct, TerraformStack } from "../../../modules/support-app/framework";
import { neighbours } from "../../../modules/support-app/neighbours";
import { newApp } from "../../support/new-app";

class WithRole extends Construct {
  readonly role = new IamRole(this, "role", { assumeRolePolicy: "{}" });
}

class Other extends Construct {
  readonly role = new IamRole(this, "role", { assumeRolePolicy: "{}" });
}

test("neighbours have the same stack and the same provider, and are of the kind", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const nested = new TerraformStack(stack, "nested");
  const a = new WithRole(stack, "a");
  new WithRole(new Construct(stack, "team"), "b");
  new Other(stack, "other");
  const elsewhere = new WithRole(stack, "elsewhere");
  elsewhere.role.provider = new AwsProvider(stack, "aws", { alias: "elsewhere" });
  const inNested = new WithRole(nested, "c");
  const of = (one: WithRole) => neighbours(one.role, WithRole, ({ role }) => role).map(({ node }) => node.path);
  expect(of(a)).toEqual(["stack/a", "stack/team/b"]);
  expect(of(elsewhere)).toEqual(["stack/elsewhere"]);
  expect(of(inNested)).toEqual(["stack/nested/c"]);
});

test("a provider without an alias is the default one, whether it is named or not", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const [named, unnamed] = [new WithRole(stack, "named"), new WithRole(stack, "unnamed")];
  named.role.provider = new AwsProvider(stack, "aws");
  expect(neighbours(unnamed.role, WithRole, ({ role }) => role)).toEqual([named, unnamed]);
});
