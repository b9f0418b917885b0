import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { TerraformStack } from "../../../modules/support-app/framework";
import { CLOUD_CONTROL_SCHEMAS, SLACK_WORKSPACE_TYPE } from "../../../modules/support-app/model/cloud-control-types";
import { SlackWorkspace } from "../../../modules/support-app/slack-workspace";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { providersOf } from "../../support/providers-of";

test("a registration has only its workspace", () => {
  const stack = new TerraformStack(newApp(), "stack");
  new SlackWorkspace(stack, "acme", { workspace: "T012ABCDEFG" });
  expect(JSON.parse(Testing.synth(stack)).resource.aws_cloudcontrolapi_resource.acme).toMatchObject({
    type_name: "AWS::SupportApp::SlackWorkspaceConfiguration",
    desired_state: '${jsonencode({"TeamId" = "T012ABCDEFG"})}',
    schema: CLOUD_CONTROL_SCHEMAS[SLACK_WORKSPACE_TYPE],
  });
});

test("a workspace can be registered for another provider's account", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const provider = new AwsProvider(stack, "payments", { alias: "payments" });
  new SlackWorkspace(stack, "acme", { workspace: "T012ABCDEFG", provider });
  expect(providersOf(stack)).toEqual({ "aws_cloudcontrolapi_resource.acme": "aws.payments" });
});
