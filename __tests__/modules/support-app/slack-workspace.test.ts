import { TerraformStack } from "../../../modules/support-app/framework";
import { CLOUD_CONTROL_SCHEMAS, SLACK_WORKSPACE_TYPE } from "../../../modules/support-app/model/cloud-control-types";
import { SlackWorkspace } from "../../../modules/support-app/slack-workspace";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";

test("a registration has only its workspace", () => {
  const stack = new TerraformStack(newApp(), "stack");
  new SlackWorkspace(stack, "acme", { workspace: "T012ABCDEFG" });
  expect(JSON.parse(Testing.synth(stack)).resource.aws_cloudcontrolapi_resource.acme).toMatchObject({
    type_name: "AWS::SupportApp::SlackWorkspaceConfiguration",
    desired_state: '${jsonencode({"TeamId" = "T012ABCDEFG"})}',
    schema: CLOUD_CONTROL_SCHEMAS[SLACK_WORKSPACE_TYPE],
  });
});

test("at most 5 workspaces are allowed, each once", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const ids = [1, 2, 3, 4, 5, 6, 1].map((number, index) => [`w${index + 1}`, `T${number}`] as const);
  const all = ids.map(([id, workspace]) => new SlackWorkspace(stack, id, { workspace }));
  expect(all.flatMap(({ node }) => node.validate())).toEqual([
    'SlackWorkspace "stack/w6", workspace: received 7 workspaces, expected at most 5, the AWS limit for an account.',
    'SlackWorkspace "stack/w7", workspace: received "T1" a second time, expected each workspace once: "stack/w1" has it already.',
  ]);
});
