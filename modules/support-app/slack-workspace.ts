import type { CloudcontrolapiResource } from "@cdktf/provider-aws/lib/cloudcontrolapi-resource";
import { Construct } from "constructs";
import { type CloudControlType, cloudControlResource } from "./cloud-control";
import { SLACK_WORKSPACE } from "./limits";
import { throwIfAny } from "./problem";
import { textProblems } from "./validation";

/** Source: CloudFormation User Guide, AWS::SupportApp::SlackWorkspaceConfiguration. */
const TYPE: CloudControlType = {
  typeName: "AWS::SupportApp::SlackWorkspaceConfiguration",
  properties: { TeamId: { type: "string" }, VersionId: { type: "string" } },
  required: ["TeamId"],
  primaryIdentifier: ["/properties/TeamId"],
  createOnlyProperties: ["/properties/TeamId"],
  writeOnlyProperties: ["/properties/VersionId"],
};

/** Most workspaces of an account. Source: AWS Support User Guide, quotas of the AWS Support App. */
export const MAX_WORKSPACES = 5;

/** Which Slack workspace to register. */
export interface SlackWorkspaceProps {
  /** The workspace's ID in Slack: `T` and up to 255 capital letters and digits. An account has at most 5. */
  readonly workspace: string;
}

/**
 * The registration of a Slack workspace for an account of an organization, whose management account has authorized the
 * workspace once by hand. It comes before the workspace's channels, and goes after them.
 *
 * @throws Error when the ID isn't one
 */
export class SlackWorkspace extends Construct {
  /** The workspace's ID in Slack. */
  readonly workspace: string;

  /** The registration. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: SlackWorkspaceProps) {
    super(scope, id);
    throwIfAny(this, textProblems(props ?? {}, { workspace: SLACK_WORKSPACE }));
    this.workspace = props.workspace;
    this.resource = cloudControlResource(this, TYPE, { TeamId: props.workspace });
  }
}
