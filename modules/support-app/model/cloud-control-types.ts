import { canonical } from "../../../common/canonical";
import type { Fields } from "../../../common/fields";
import { NOTIFY_FLAGS } from "./notify";

/** The Cloud Control type of a channel configuration. */
export const SLACK_CHANNEL_TYPE = "AWS::SupportApp::SlackChannelConfiguration";

/** The Cloud Control type of a workspace registration. */
export const SLACK_WORKSPACE_TYPE = "AWS::SupportApp::SlackWorkspaceConfiguration";

/** The Cloud Control type of an account alias. */
export const ACCOUNT_ALIAS_TYPE = "AWS::SupportApp::AccountAlias";

/** The types of Cloud Control that the constructs use. */
export type CloudControlType = typeof SLACK_CHANNEL_TYPE | typeof SLACK_WORKSPACE_TYPE | typeof ACCOUNT_ALIAS_TYPE;

/**
 * Each type's schema, as JSON in the form of Terraform's jsonencode: the parts that Terraform needs to plan a resource. Source: CloudFormation
 * User Guide, the pages of these types.
 */
export const CLOUD_CONTROL_SCHEMAS: Readonly<Record<CloudControlType, string>> = {
  [SLACK_CHANNEL_TYPE]: schema(SLACK_CHANNEL_TYPE, {
    properties: {
      TeamId: { type: "string" },
      ChannelId: { type: "string" },
      ChannelName: { type: "string" },
      ...Object.fromEntries(Object.values(NOTIFY_FLAGS).map((flag) => [flag, { type: "boolean" }])),
      NotifyOnCaseSeverity: { type: "string" },
      ChannelRoleArn: { type: "string" },
    },
    required: ["TeamId", "ChannelId", "NotifyOnCaseSeverity", "ChannelRoleArn"],
    primaryIdentifier: ["/properties/TeamId", "/properties/ChannelId"],
    createOnlyProperties: ["/properties/TeamId", "/properties/ChannelId"],
  }),
  [SLACK_WORKSPACE_TYPE]: schema(SLACK_WORKSPACE_TYPE, {
    properties: { TeamId: { type: "string" }, VersionId: { type: "string" } },
    required: ["TeamId"],
    primaryIdentifier: ["/properties/TeamId"],
    createOnlyProperties: ["/properties/TeamId"],
    writeOnlyProperties: ["/properties/VersionId"],
  }),
  [ACCOUNT_ALIAS_TYPE]: schema(ACCOUNT_ALIAS_TYPE, {
    properties: { AccountAlias: { type: "string" }, AccountAliasResourceId: { type: "string" } },
    required: ["AccountAlias"],
    primaryIdentifier: ["/properties/AccountAliasResourceId"],
    readOnlyProperties: ["/properties/AccountAliasResourceId"],
  }),
};

/** A property of a resource in AWS that isn't as expected. */
export interface DifferingProperty {
  readonly name: string;
  readonly live: unknown;
  readonly expected: unknown;
}

/** The properties of a resource in AWS that aren't as expected. AWS may leave out a flag that is off. */
export function differingProperties(expected: Fields, live: Fields): DifferingProperty[] {
  return Object.keys(expected)
    .map((name) => ({ name, live: live[name], expected: expected[name] }))
    .filter((property) => canonical(property.live ?? false) !== canonical(property.expected));
}

function schema(typeName: CloudControlType, parts: object): string {
  return canonical({ description: typeName, additionalProperties: false, typeName, ...parts });
}
