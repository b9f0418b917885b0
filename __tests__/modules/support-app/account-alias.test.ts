import { AccountAlias } from "../../../modules/support-app/account-alias";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { TerraformStack } from "../../../modules/support-app/framework";
import { ACCOUNT_ALIAS_TYPE, CLOUD_CONTROL_SCHEMAS } from "../../../modules/support-app/model/cloud-control-types";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";

test("an alias is all that AWS gets", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const provider = new AwsProvider(stack, "payments", { alias: "payments" });
  const alias = new AccountAlias(stack, "alias", { alias: "Payments EU", provider });
  expect(alias.resource.provider).toBe(provider);
  expect(alias.node.validate()).toEqual([]);
  expect(JSON.parse(Testing.synth(stack)).resource.aws_cloudcontrolapi_resource.alias).toMatchObject({
    type_name: "AWS::SupportApp::AccountAlias",
    desired_state: '${jsonencode({"AccountAlias" = "Payments EU"})}',
    schema: CLOUD_CONTROL_SCHEMAS[ACCOUNT_ALIAS_TYPE],
  });
});

test("an account has one alias: every further one names the first", () => {
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
