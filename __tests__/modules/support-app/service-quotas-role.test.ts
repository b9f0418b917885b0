import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { TerraformStack } from "../../../modules/support-app/framework";
import { serviceQuotasRoleRemoved } from "../../../modules/support-app/model/service-quotas-role";
import { createServiceQuotasRole, handBackServiceQuotasRole } from "../../../modules/support-app/service-quotas-role";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { providersOf } from "../../support/providers-of";

const ARN =
  "arn:aws:iam::111122223333:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas";

/** The sections of a stack's Terraform, without the framework's metadata. */
function synthesized(fill: (stack: TerraformStack) => void): Record<string, unknown> {
  const stack = new TerraformStack(newApp(), "stack");
  fill(stack);
  const { "//": _, ...sections } = JSON.parse(Testing.synth(stack));
  return sections;
}

test("a stack that creates the role can't destroy it, and leaves AWS's description alone", () => {
  const { resource, import: imported } = synthesized((stack) => createServiceQuotasRole(stack, { Owner: "platform" }));
  expect(resource).toMatchObject({
    aws_iam_service_linked_role: {
      service_quotas: {
        aws_service_name: "servicequotas.amazonaws.com",
        tags: { Owner: "platform" },
        lifecycle: { prevent_destroy: true, ignore_changes: ["description"] },
      },
    },
  });
  expect(imported).toBeUndefined();
});

test("a stack that adopts the role imports the role of the account", () => {
  const { import: imported } = synthesized((stack) => createServiceQuotasRole(stack, undefined, "111122223333"));
  expect(imported).toMatchObject([{ to: "aws_iam_service_linked_role.service_quotas", id: ARN }]);
});

test("with an aliased provider, the role has an address of its own: a stack may have several accounts", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const provider = new AwsProvider(stack, "payments", { alias: "payments-eu" });
  createServiceQuotasRole(stack, undefined, "111122223333", provider);
  expect(providersOf(stack)).toEqual({
    "aws_iam_service_linked_role.service_quotas_payments-eu": "aws.payments-eu",
    "import aws_iam_service_linked_role.service_quotas_payments-eu": "aws.payments-eu",
  });
});

test("a stack without the role hands it back to the account instead of destroying it", () => {
  expect(synthesized(handBackServiceQuotasRole)).toEqual({
    removed: [{ from: "aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } }],
  });
  expect(serviceQuotasRoleRemoved("module.support_app.aws_iam_service_linked_role.service_quotas")).toEqual([
    { from: "module.support_app.aws_iam_service_linked_role.service_quotas", lifecycle: { destroy: false } },
  ]);
});
