import type { CloudcontrolapiResource } from "@cdktf/provider-aws/lib/cloudcontrolapi-resource";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { claim } from "./claim";
import { type CloudControlType, cloudControlResource } from "./cloud-control";
import { SLACK_CHANNEL, SLACK_CHANNEL_NAME, SLACK_WORKSPACE } from "./limits";
import {
  NOTIFY_EVENTS,
  NOTIFY_FLAGS,
  NOTIFY_OF_NOTHING,
  type Notify,
  notifyProblems,
  notifyValueProblems,
} from "./notify";
import { describe, type Problem, sentence, throwIfAny, unexpected } from "./problem";
import type { SlackWorkspace } from "./slack-workspace";
import { SupportAppAccess } from "./support-app-access";
import { textProblems } from "./validation";

/** Source: CloudFormation User Guide, AWS::SupportApp::SlackChannelConfiguration. */
const TYPE: CloudControlType = {
  typeName: "AWS::SupportApp::SlackChannelConfiguration",
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
};

/** Most channels of an account. Source: AWS Support User Guide, quotas of the AWS Support App. */
export const MAX_CHANNELS = 20;

/** Which channel it is. */
export interface SlackChannelId {
  /** The workspace's ID in Slack: `T` and up to 255 capital letters and digits. */
  readonly workspace: string;

  /** The channel's ID in Slack: `C` or `G` and up to 255 capital letters and digits. */
  readonly channel: string;
}

/** A Slack channel, and what people in it may do and hear of. */
export interface SlackChannelProps extends SlackChannelId {
  /** What everyone in the channel may do. */
  readonly access: SupportAppAccess;

  /** The channel's name in Slack: 1 to 80 letters, digits, `_` and `-`, without the #. */
  readonly name: string;

  /**
   * What the channel is notified of.
   *
   * @default - of nothing
   */
  readonly notify?: Notify;

  /**
   * The registration of the channel's workspace, where this stack has it: it comes first.
   *
   * @default - the workspace is registered already
   */
  readonly registration?: SlackWorkspace;
}

/**
 * A Slack channel in which people use the AWS Support App. Everyone in it has the access, with or without an AWS account.
 * The app must have been invited to the channel.
 *
 * A change of the workspace or the channel replaces the configuration; all else changes in place.
 *
 * @throws Error when AWS wouldn't take a value or the notifications. What is wrong between the channels of a stack, such
 * as a channel that stands twice or more than 20 of them, shows when the stack is synthesized.
 */
export class SlackChannel extends Construct implements SlackChannelId {
  /** The workspace's ID in Slack. */
  readonly workspace: string;

  /** The channel's ID in Slack. */
  readonly channel: string;

  /** The channel's configuration. */
  readonly resource: CloudcontrolapiResource;

  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id);
    const notify = props?.notify ?? NOTIFY_OF_NOTHING;
    throwIfAny(this, [
      ...(props?.access instanceof SupportAppAccess
        ? []
        : [unexpected(["access"], props?.access, "a SupportAppAccess")]),
      ...textProblems(props ?? {}, {
        name: SLACK_CHANNEL_NAME,
        workspace: SLACK_WORKSPACE,
        channel: SLACK_CHANNEL,
      }),
      ...inNotify(notifyValueProblems(notify)),
    ]);
    throwIfAny(this, inNotify(notifyProblems(notify)));
    this.workspace = props.workspace;
    this.channel = props.channel;
    this.node.addValidation({ validate: () => this.problemsInStack().map((problem) => sentence(this, problem)) });

    const on: readonly string[] = notify.on ?? [];
    const { access, registration } = props;
    this.resource = cloudControlResource(
      this,
      TYPE,
      {
        TeamId: props.workspace,
        ChannelId: props.channel,
        ChannelName: props.name,
        ChannelRoleArn: access.roleArn,
        NotifyOnCaseSeverity: notify.severity,
        // Always all three: left out, AWS would keep what was set before.
        ...Object.fromEntries(NOTIFY_EVENTS.map((event) => [NOTIFY_FLAGS[event], on.includes(event)])),
      },
      [access.policyAttachment, ...(registration ? [registration.resource] : [])],
    );
  }

  private problemsInStack(): Problem[] {
    const channels = TerraformStack.of(this)
      .node.findAll()
      .filter((construct) => construct instanceof SlackChannel) as SlackChannel[];
    const index = channels.indexOf(this);
    return channelSetProblems(channels)
      .filter(({ path: [at] }) => at === index)
      .map(({ path: [, ...inside], message }) => ({ path: inside, message }));
  }
}

/** What is wrong between the channels of one account. Each problem's path begins with the index of a channel. */
export function channelSetProblems(channels: readonly SlackChannelId[]): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  channels.forEach(({ workspace, channel }, index) => {
    if (claim(first, `${workspace} ${channel}`, index) !== undefined) {
      problems.push({
        path: [index, "channel"],
        message: `received ${describe(channel)} of ${workspace} a second time, expected each channel once, since it has one role. Remove it from one access level.`,
      });
    }
    if (index === MAX_CHANNELS) {
      problems.push({
        path: [index, "channel"],
        message: `received ${channels.length} channels, expected at most ${MAX_CHANNELS}, which is all that AWS takes for an account.`,
      });
    }
  });
  return problems;
}

function inNotify(problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: ["notify", ...problem.path] }));
}
