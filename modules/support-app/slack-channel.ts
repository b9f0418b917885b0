import type { Problem } from "../../common/problem";
import type { CloudcontrolapiResource } from "./aws-bindings";
import { checkOf, inStackOf, optional, type PropertyCheck, propProblems, providerOf, textCheck } from "./check-props";
import { cloudControlResource } from "./cloud-control";
import { problemOf } from "./conflict-words";
import { assertNoProblems, describeProp, validateInStack } from "./format-problem";
import { Construct, type TerraformProvider } from "./framework";
import { channelSetConflicts, type SlackChannelId } from "./model/channel-set";
import { SLACK_CHANNEL_TYPE } from "./model/cloud-control-types";
import { conflictsInside } from "./model/conflict";
import { ROLE_ARN } from "./model/limits";
import { NOTIFY_OF_NOTHING, type Notify, notifyConflicts, notifyProperties } from "./model/notify";
import { CHANNEL_PROPERTIES, channelState } from "./model/properties";
import { neighbours } from "./neighbours";
import { SlackWorkspace } from "./slack-workspace";
import { SupportAppAccess } from "./support-app-access";

/** A Slack channel, what people in it may do and what it is notified of. */
export interface SlackChannelProps extends SlackChannelId {
  /**
   * What everyone in the channel may do: an access of the same stack or the ARN of a role that is managed elsewhere, which may be a token.
   */
  readonly access: SupportAppAccess | string;

  /** The channel's name in Slack: 1 to 80 letters, digits, `_` and `-`, without the #. */
  readonly name: string;

  /**
   * What the channel is notified of.
   *
   * @default - no notifications
   */
  readonly notify?: Notify;

  /**
   * The registration of the channel's workspace. Required if it is in the same stack.
   *
   * @default - the workspace is registered already
   */
  readonly registration?: SlackWorkspace;

  /**
   * The provider of the channel's account, in the same stack.
   *
   * @default - the provider of `access`; with an ARN, the stack's default AWS provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * A Slack channel in which people use the AWS Support App, which must have been invited to it.
 * Changing the workspace or the channel replaces the configuration; everything else changes in place.
 *
 * @hideconstructor
 */
export class SlackChannel extends Construct implements SlackChannelId {
  /** The workspace's ID in Slack. */
  readonly workspace: string;

  /** The channel's ID in Slack. */
  readonly channel: string;

  /** The channel's configuration. */
  readonly resource: CloudcontrolapiResource;

  private readonly registration?: SlackWorkspace;

  private readonly access: SupportAppAccess | string;

  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id);
    const checks: Record<keyof SlackChannelProps, PropertyCheck> = {
      access: accessOrArn(this),
      name: checkOf(CHANNEL_PROPERTIES.name),
      workspace: checkOf(CHANNEL_PROPERTIES.workspace),
      channel: checkOf(CHANNEL_PROPERTIES.channel),
      notify: checkOf(CHANNEL_PROPERTIES.notify),
      registration: optional(inStackOf(this, "a SlackWorkspace", (value) => value instanceof SlackWorkspace)),
      provider: providerOf(this),
    };
    assertNoProblems(this, propProblems(props ?? {}, checks));
    const { workspace, channel, name, notify = NOTIFY_OF_NOTHING, registration } = props;
    const { roleArn, attachments, ...role } = roleOf(props.access);
    const { provider = role.provider } = props;
    const conflicts = conflictsInside(["notify"], notifyConflicts({ ...notify, events: notify.events ?? [] }));
    assertNoProblems(
      this,
      conflicts.map((conflict) => problemOf(conflict)),
    );
    this.workspace = workspace;
    this.channel = channel;
    this.registration = registration;
    this.access = props.access;
    validateInStack(this, () => this.problemsInStack());

    const dependsOn = [...attachments, ...(registration ? [registration.resource] : [])];
    this.resource = cloudControlResource(
      this,
      SLACK_CHANNEL_TYPE,
      channelState({ workspace, channel, name }, roleArn, notifyProperties(notify)),
      { dependsOn: dependsOn.length > 0 ? dependsOn : undefined, provider },
    );
  }

  private problemsInStack(): Problem[] {
    const channels = neighbours(this.resource, SlackChannel, ({ resource }) => resource);
    const registrations = neighbours(this.resource, SlackWorkspace, ({ resource }) => resource);
    const problems = channelSetConflicts(
      channels,
      registrations.map(({ workspace }) => workspace),
    )
      .filter(({ path: [index] }) => index === channels.indexOf(this))
      .map((conflict) => {
        const { path, message } = problemOf(conflict, { labelOf: (index) => describeProp(channels[index]) });
        return { path: path.slice(1), message };
      });
    const expected = registrations.find(({ workspace }) => workspace === this.workspace);
    if (this.registration !== expected) {
      const noRegistration = "none: nothing in the stack registers the channel's workspace with the channel's provider";
      const message = `received ${describeProp(this.registration)}, expected ${expected ? `${describeProp(expected)}, which registers the channel's workspace` : noRegistration}.`;
      problems.push({ path: ["registration"], message });
    }
    const arnOwner = neighbours(this.resource, SupportAppAccess, ({ role }) => role).find(
      ({ roleArn }) => roleArn === this.access,
    );
    if (arnOwner !== undefined) {
      const message = `received the role ARN of ${describeProp(arnOwner)}, expected the SupportAppAccess itself, so that the channel gets the role only once its policy is attached.`;
      problems.push({ path: ["access"], message });
    }
    return problems;
  }
}

/** The role behind a channel, what must be there before the channel has it, and the provider of its account, where that is known. */
function roleOf(access: SupportAppAccess | string) {
  if (typeof access === "string") return { roleArn: access, attachments: [], provider: undefined };
  const { roleArn, attachments, role } = access;
  return { roleArn, attachments, provider: role.provider };
}

/** An access of the channel's stack, or the ARN of a role. */
function accessOrArn(channel: Construct): PropertyCheck {
  const isAccess = (value: unknown) => value instanceof SupportAppAccess;
  const accessCheck = inStackOf(channel, "a SupportAppAccess", isAccess);
  const arnCheck = textCheck({ ...ROLE_ARN, expected: `a SupportAppAccess, or ${ROLE_ARN.expected}` });
  return (value) => (isAccess(value) ? accessCheck(value) : arnCheck(value));
}
