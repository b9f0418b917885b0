import { AwsProvider, IamRole } from "../../modules/support-app/aws-bindings";
import { TerraformStack } from "../../modules/support-app/framework";
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
