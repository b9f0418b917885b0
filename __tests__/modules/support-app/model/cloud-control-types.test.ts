import {
  ACCOUNT_ALIAS_TYPE,
  CLOUD_CONTROL_SCHEMAS,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../../../modules/support-app/model/cloud-control-types";

describe("Terraform plans with the part of AWS's schema that it needs", () => {
  test("the channel's has the type of each property", () => {
    expect(JSON.parse(CLOUD_CONTROL_SCHEMAS[SLACK_CHANNEL_TYPE])).toEqual({
      typeName: "AWS::SupportApp::SlackChannelConfiguration",
      description: "AWS::SupportApp::SlackChannelConfiguration",
      additionalProperties: false,
      properties: {
        TeamId: { type: "string" },
        ChannelId: { type: "string" },
        ChannelName: { type: "string" },
        NotifyOnCreateOrReopenCase: { type: "boolean" },
        NotifyOnAddCorrespondenceToCase: { type: "boolean" },
        NotifyOnResolveCase: { type: "boolean" },
        NotifyOnCaseSeverity: { type: "string" },
        ChannelRoleArn: { type: "string" },
      },
      required: ["TeamId", "ChannelId", "NotifyOnCaseSeverity", "ChannelRoleArn"],
      primaryIdentifier: ["/properties/TeamId", "/properties/ChannelId"],
      createOnlyProperties: ["/properties/TeamId", "/properties/ChannelId"],
    });
  });

  test("the workspace's", () => {
    expect(JSON.parse(CLOUD_CONTROL_SCHEMAS[SLACK_WORKSPACE_TYPE])).toEqual({
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

  test("Terraform plans with the part of AWS's schema that it needs", () => {
    expect(JSON.parse(CLOUD_CONTROL_SCHEMAS[ACCOUNT_ALIAS_TYPE])).toEqual({
      typeName: "AWS::SupportApp::AccountAlias",
      description: "AWS::SupportApp::AccountAlias",
      additionalProperties: false,
      properties: { AccountAlias: { type: "string" }, AccountAliasResourceId: { type: "string" } },
      required: ["AccountAlias"],
      primaryIdentifier: ["/properties/AccountAliasResourceId"],
      readOnlyProperties: ["/properties/AccountAliasResourceId"],
    });
  });
});
