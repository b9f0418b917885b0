import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { Construct, TerraformProvider, TerraformStack } from "../../../modules/support-app/framework";
import { providerProblems } from "../../../modules/support-app/provider";
import { newApp } from "../../support/new-app";

class OtherProvider extends TerraformProvider {
  constructor(scope: Construct) {
    super(scope, "google", { terraformResourceType: "google" });
  }
}

const app = newApp();
const stack = new TerraformStack(app, "stack");
const construct = new Construct(new Construct(stack, "team"), "watch");

test("a construct can have any AWS provider of its stack, or none", () => {
  const provider = new AwsProvider(new Construct(stack, "accounts"), "payments", { alias: "payments" });
  expect(providerProblems(construct, provider)).toEqual([]);
  expect(providerProblems(construct, undefined)).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["its address in Terraform", "aws.payments", 'received "aws.payments", expected an AwsProvider.'],
  ["nothing", null, "received nothing, expected an AwsProvider."],
  ["its arguments", { region: "us-east-1" }, "received a mapping, expected an AwsProvider."],
  [
    "another provider",
    new OtherProvider(stack),
    'received "stack/google", expected an AwsProvider of the construct\'s own stack, "stack".',
  ],
  [
    "one of another stack, which Terraform wouldn't find",
    new AwsProvider(new TerraformStack(app, "other"), "aws"),
    'received "other/aws", expected an AwsProvider of the construct\'s own stack, "stack".',
  ],
])("%s instead of an AWS provider is refused", (_, provider, message) => {
  expect(providerProblems(construct, provider)).toEqual([{ path: ["provider"], message }]);
});
