import { ACCOUNT_ALIAS_SCHEMA, AccountAlias } from "../../../modules/support-app/account-alias";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { TerraformStack } from "../../../modules/support-app/framework";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { providersOf } from "../../support/providers-of";

test("an alias is all that AWS is told", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const alias = new AccountAlias(stack, "alias", { alias: "Payments EU" });
  expect(alias.node.validate()).toEqual([]);
  expect(JSON.parse(Testing.synth(stack)).resource.aws_cloudcontrolapi_resource.alias).toMatchObject({
    type_name: "AWS::SupportApp::AccountAlias",
    desired_state: '${jsonencode({"AccountAlias" = "Payments EU"})}',
    schema: ACCOUNT_ALIAS_SCHEMA,
  });
});

test("an alias can be of another provider's account", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const provider = new AwsProvider(stack, "payments", { alias: "payments" });
  new AccountAlias(stack, "alias", { alias: "Payments EU", provider });
  expect(providersOf(stack)).toEqual({ "aws_cloudcontrolapi_resource.alias": "aws.payments" });
});

test("Terraform plans with the part of AWS's schema that it needs", () => {
  expect(JSON.parse(ACCOUNT_ALIAS_SCHEMA)).toEqual({
    typeName: "AWS::SupportApp::AccountAlias",
    description: "AWS::SupportApp::AccountAlias",
    additionalProperties: false,
    properties: { AccountAlias: { type: "string" }, AccountAliasResourceId: { type: "string" } },
    required: ["AccountAlias"],
    primaryIdentifier: ["/properties/AccountAliasResourceId"],
    readOnlyProperties: ["/properties/AccountAliasResourceId"],
  });
});

test("an account has one alias: every further one says which is the first", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const [first, second, third] = ["first", "second", "third"].map(
    (id) => new AccountAlias(stack, id, { alias: `${id} alias` }),
  );
  expect(first?.node.validate()).toEqual([]);
  expect(second?.node.validate()).toEqual([
    'AccountAlias "stack/second", alias: received "second alias", expected one alias per account: "stack/first" already sets it.',
  ]);
  expect(third?.node.validate()).toEqual([
    'AccountAlias "stack/third", alias: received "third alias", expected one alias per account: "stack/first" already sets it.',
  ]);
});
