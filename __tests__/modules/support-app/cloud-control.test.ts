import { cloudControlResource } from "../../../modules/support-app/cloud-control";
import { Construct, TerraformStack } from "../../../modules/support-app/framework";
import {
  CLOUD_CONTROL_SCHEMAS,
  ACCOUNT_ALIAS_TYPE as TYPE,
} from "../../../modules/support-app/model/cloud-control-types";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";

test("a resource has its construct's address, its type's schema, and waits for what it depends on", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const first = cloudControlResource(new Construct(stack, "first"), TYPE, { AccountAlias: "a" });
  cloudControlResource(new Construct(stack, "on-call"), TYPE, { AccountAlias: "b" }, { dependsOn: [first] });
  expect(JSON.parse(Testing.synth(stack)).resource.aws_cloudcontrolapi_resource).toMatchObject({
    first: { type_name: "AWS::SupportApp::AccountAlias", desired_state: '${jsonencode({"AccountAlias" = "a"})}' },
    on_call: {
      desired_state: '${jsonencode({"AccountAlias" = "b"})}',
      schema: CLOUD_CONTROL_SCHEMAS[TYPE],
      depends_on: ["aws_cloudcontrolapi_resource.first"],
    },
  });
});

test("a construct that can't have a Terraform name throws; an address that is taken is reported at synthesis", () => {
  const stack = new TerraformStack(newApp(), "stack");
  expect(() => cloudControlResource(new Construct(stack, "1st"), TYPE, {})).toThrow(
    new Error(
      'Construct "stack/1st", id: received "1st", expected a path in the stack that begins with a letter, since it becomes a Terraform name.',
    ),
  );
  const [one, other] = [new Construct(stack, "on-call"), new Construct(stack, "on_call")];
  for (const construct of [one, other]) cloudControlResource(construct, TYPE, {});
  expect(other.node.validate()).toEqual([
    'Construct "stack/on_call", id: received "on_call", expected Terraform addresses that nothing else in the stack has: "stack/on-call/resource" already has aws_cloudcontrolapi_resource.on_call. Choose another id or, where it is the account\'s Service Quotas role, set serviceQuotasRole to existing.',
  ]);
});
