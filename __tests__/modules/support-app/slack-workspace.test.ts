import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { TerraformStack } from "../../../modules/support-app/framework";
import {
  SLACK_WORKSPACE_SCHEMA,
  SlackWorkspace,
  tooManyWorkspaces,
  type WorkspaceInSet,
  workspaceSetProblems,
} from "../../../modules/support-app/slack-workspace";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { providersOf } from "../../support/providers-of";

test("a registration says only which workspace", () => {
  const stack = new TerraformStack(newApp(), "stack");
  new SlackWorkspace(stack, "acme", { workspace: "T012ABCDEFG" });
  expect(JSON.parse(Testing.synth(stack)).resource.aws_cloudcontrolapi_resource.acme).toMatchObject({
    type_name: "AWS::SupportApp::SlackWorkspaceConfiguration",
    desired_state: '${jsonencode({"TeamId" = "T012ABCDEFG"})}',
    schema: SLACK_WORKSPACE_SCHEMA,
  });
});

test("a workspace can be registered for another provider's account", () => {
  const stack = new TerraformStack(newApp(), "stack");
  const provider = new AwsProvider(stack, "payments", { alias: "payments" });
  new SlackWorkspace(stack, "acme", { workspace: "T012ABCDEFG", provider });
  expect(providersOf(stack)).toEqual({ "aws_cloudcontrolapi_resource.acme": "aws.payments" });
});

test("Terraform plans with the part of AWS's schema that it needs", () => {
  expect(JSON.parse(SLACK_WORKSPACE_SCHEMA)).toEqual({
    typeName: "AWS::SupportApp::SlackWorkspaceConfiguration",
    description: "AWS::SupportApp::SlackWorkspaceConfiguration",
    additionalProperties: false,
    properties: { TeamId: { type: "string" }, VersionId: { type: "string" } },
    required: ["TeamId"],
    primaryIdentifier: ["/properties/TeamId"],
    createOnlyProperties: ["/properties/TeamId"],
    writeOnlyProperties: ["/properties/VersionId"],
  });
});

describe("the workspaces of one account", () => {
  function inSet(...workspaces: (string | undefined)[]): WorkspaceInSet[] {
    return workspaces.map((workspace, index) => ({ workspace, label: `line ${index + 1}` }));
  }

  test("differ; those that aren't valid aren't compared", () => {
    expect(workspaceSetProblems(inSet("T1", "T2", undefined, undefined))).toEqual([]);
    expect(workspaceSetProblems(inSet("T1", "T2", "T1", "T1"))).toEqual([
      {
        path: [2],
        message: 'received "T1" a second time, expected each workspace once: line 1 has it already.',
      },
      {
        path: [3],
        message: 'received "T1" a second time, expected each workspace once: line 1 has it already.',
      },
    ]);
  });

  test("are at most 5, which is said once", () => {
    expect(workspaceSetProblems(inSet("T1", "T2", "T3", "T4", "T5"))).toEqual([]);
    expect(workspaceSetProblems(inSet("T1", "T2", "T3", "T4", "T5", "T6", "T7"))).toEqual([
      { path: [5], message: "received 7 workspaces, expected at most 5, the AWS limit for an account." },
    ]);
    expect(tooManyWorkspaces(6)).toBe("received 6 workspaces, expected at most 5, the AWS limit for an account.");
  });
});
