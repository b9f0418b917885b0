import type { CloudcontrolapiResource } from "./aws-bindings";
import { cloudControlResource } from "./cloud-control";
import { assertNoProblems, describeProp, formatProblem, unexpectedProp } from "./construct-problems";
import { Construct, type TerraformMetaArguments, type TerraformProvider, TerraformStack } from "./framework";
import { channelSetProblems, type SlackChannelId } from "./model/channel-set";
import { SLACK_CHANNEL_TYPE } from "./model/cloud-control-types";
import { SLACK_CHANNEL, SLACK_CHANNEL_NAME, SLACK_WORKSPACE } from "./model/limits";
import { NOTIFY_OF_NOTHING, type Notify, notifyProblems, notifyProperties } from "./model/notify";
import type { Problem } from "./model/problem";
import { neighbours } from "./neighbours";
import { notifyValueProblems, textProblems, unknownProblems } from "./prop-problems";
import { providerProblems } from "./provider";
import { SlackWorkspace } from "./slack-workspace";
import { SupportAppAccess } from "./support-app-access";

// Stryker disable BooleanLiteral: only the keys are read
/** Every property, for callers without type checks. */
const PROPERTIES = Object.keys({
  access: true,
  name: true,
  workspace: true,
  channel: true,
  notify: true,
  registration: true,
  provider: true,
} satisfies Record<keyof SlackChannelProps, true>);
// Stryker restore BooleanLiteral

/** A Slack channel, what people in it may do and what it is notified of. */
export interface SlackChannelProps extends SlackChannelId {
  /** What everyone in the channel may do. Must be in the same stack. */
  readonly access: SupportAppAccess;

  /** The channel's name in Slack: 1 to 80 letters, digits, `_` and `-`, without the #. */
  readonly name: string;

  /**
   * What the channel is notified of.
   *
   * @default - no notifications
   */
  readonly notify?: Notify;

  /**
   * The registration of the channel's workspace. Required if it is in the same stack, so that it is created first.
   *
   * @default - the workspace is registered already
   */
  readonly registration?: SlackWorkspace;

  /**
   * The provider of the channel's account, for a stack with aliased providers. Must be in the same stack.
   *
   * @default - the provider of `access`
   */
  readonly provider?: TerraformProvider;
}

/**
 * A Slack channel in which people use the AWS Support App. Everyone in it has the access, with or without an AWS
 * account. The app must have been invited to the channel.
 *
 * Changing the workspace or the channel replaces the configuration; everything else changes in place.
 *
 * @throws Error when AWS would reject a value or the notifications. Problems between the channels of a stack, such as a
 * channel configured twice, more than 20 channels or a missing registration, are reported at synthesis.
 */
export class SlackChannel extends Construct implements SlackChannelId {
  /** The workspace's ID in Slack. */
  readonly workspace: string;

  /** The channel's ID in Slack. */
  readonly channel: string;

  /** The channel's configuration. */
  readonly resource: CloudcontrolapiResource;

  private readonly registration?: SlackWorkspace;

  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id);
    const notify = props?.notify === undefined ? NOTIFY_OF_NOTHING : props.notify;
    assertNoProblems(this, [
      ...unknownProblems(props ?? {}, PROPERTIES),
      ...this.partnerProblems("access", props?.access, SupportAppAccess),
      ...(props?.registration === undefined
        ? []
        : this.partnerProblems("registration", props.registration, SlackWorkspace)),
      ...textProblems(props ?? {}, {
        name: SLACK_CHANNEL_NAME,
        workspace: SLACK_WORKSPACE,
        channel: SLACK_CHANNEL,
      }),
      ...inNotify(notifyValueProblems(notify)),
      ...providerProblems(this, props?.provider),
    ]);
    const on = notify.on ?? [];
    assertNoProblems(this, inNotify(notifyProblems({ ...notify, on })));
    const { access, registration, provider = access.role.provider } = props;
    this.workspace = props.workspace;
    this.channel = props.channel;
    this.registration = registration;
    this.node.addValidation({ validate: () => this.problemsInStack().map((problem) => formatProblem(this, problem)) });

    const { workspace, channel, name } = props;
    this.resource = channelResource(
      this,
      { workspace, channel, name, roleArn: access.roleArn, notify: notifyProperties(notify) },
      { dependsOn: [...access.attachments, ...(registration ? [registration.resource] : [])], provider },
    );
  }

  /** Problems with a construct that this one refers to. Terraform can't order resources across stacks. */
  private partnerProblems(
    property: keyof SlackChannelProps,
    partner: unknown,
    kind: typeof SupportAppAccess | typeof SlackWorkspace,
  ): Problem[] {
    if (!(partner instanceof kind)) return [unexpectedProp([property], partner, `a ${kind.name}`)];
    if (TerraformStack.of(partner) === TerraformStack.of(this)) return [];
    return [
      {
        path: [property],
        message: `received ${describeProp(partner.node.path)}, expected a ${kind.name} of the channel's own stack, ${describeProp(TerraformStack.of(this).node.path)}.`,
      },
    ];
  }

  private problemsInStack(): Problem[] {
    const channels = neighbours(this.resource, SlackChannel, ({ resource }) => resource);
    const registrations = neighbours(this.resource, SlackWorkspace, ({ resource }) => resource);
    const inSet = channels.map(({ workspace, channel, node }) => ({
      workspace,
      channel,
      label: describeProp(node.path),
    }));
    const problems = channelSetProblems(
      inSet,
      registrations.map(({ workspace }) => workspace),
    ).flatMap(({ path: [index, ...inside], message }) =>
      index === channels.indexOf(this) ? [{ path: inside, message }] : [],
    );
    const expected = registrations.find(({ workspace }) => workspace === this.workspace);
    const isElsewhere = this.registration !== undefined && !registrations.includes(this.registration);
    if (isElsewhere || this.registration?.workspace !== expected?.workspace) {
      problems.push({
        path: ["registration"],
        message: `received ${this.registration ? `the registration of ${this.registration.workspace}${isElsewhere ? " with another provider" : ""}` : "nothing"}, expected ${expected ? `${describeProp(expected.node.path)}, which registers` : "none, or the registration of"} the channel's workspace ${this.workspace}.`,
      });
    }
    return problems;
  }
}

/** A channel's configuration. Any value may be a token. */
export interface ChannelConfiguration extends SlackChannelId {
  readonly name: string;
  readonly roleArn: string;
  /** In the form of {@link notifyProperties}. */
  readonly notify: Readonly<Record<string, unknown>>;
}

/** Adds the configuration of a channel, unchecked. */
export function channelResource(
  scope: Construct,
  { workspace, channel, name, roleArn, notify }: ChannelConfiguration,
  meta: TerraformMetaArguments,
): CloudcontrolapiResource {
  const properties = { TeamId: workspace, ChannelId: channel, ChannelName: name, ChannelRoleArn: roleArn, ...notify };
  return cloudControlResource(scope, SLACK_CHANNEL_TYPE, properties, meta);
}

function inNotify(problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: ["notify", ...problem.path] }));
}
