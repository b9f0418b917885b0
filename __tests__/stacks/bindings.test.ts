import { AwsProvider, IamRole } from "../../modules/support-app/aws-bindings";
import { TerraformElement, TerraformStack } from "../../modules/support-app/framework";
import { newApp } from "../../stacks/app";
import { bindingsOf } from "../../stacks/bindings";

test("the bindings of a stack's elements are merged like its JSON: mappings by key, lists one after the other", () => {
  const stack = new TerraformStack(newApp(), "own");
  new AwsProvider(stack, "one", { region: "us-east-1" });
  new AwsProvider(stack, "two", { region: "eu-west-1", alias: "two" });
  const [first, second] = ["first", "second"].map(
    (name) => new IamRole(stack, name, { name, assumeRolePolicy: "{}", inlinePolicy: [{ name }] }),
  );
  const { provider, resource } = bindingsOf(stack) as {
    provider: { aws: { region: { value: string } }[] };
    resource: { aws_iam_role: Record<string, Record<string, { value: unknown; isBlock: boolean }>> };
  };
  expect(provider.aws.map(({ region }) => region.value)).toEqual(["us-east-1", "eu-west-1"]);
  expect(Object.keys(resource.aws_iam_role)).toEqual(["first", "second"]);
  expect(resource.aws_iam_role.first?.name).toMatchObject({ value: "first", isBlock: false });
  expect(resource.aws_iam_role.second?.inline_policy).toMatchObject({ isBlock: true });
  expect([first, second].map((role) => role?.friendlyUniqueId)).toEqual(["first", "second"]);
});

test("an empty stack has none", () => {
  expect(bindingsOf(new TerraformStack(newApp(), "own"))).toEqual({});
});

test("of two that don't fit together, the last counts", () => {
  class Own extends TerraformElement {
    constructor(
      scope: TerraformStack,
      id: string,
      private readonly bindings: object,
    ) {
      super(scope, id);
    }

    override toHclTerraform(): object {
      return this.bindings;
    }
  }
  const stack = new TerraformStack(newApp(), "own");
  new Own(stack, "one", { a: [1], b: { c: 1 }, d: "text", e: { f: 1 } });
  new Own(stack, "two", { a: { g: 1 }, b: "text", d: { h: 1 }, e: [1] });
  expect(bindingsOf(stack)).toEqual({ a: { g: 1 }, b: "text", d: { h: 1 }, e: [1] });
});
