import type { AccessLevel } from "../../../modules/support-app/model/access-level";
import { SLACK_CHANNEL_TYPE } from "../../../modules/support-app/model/cloud-control-types";
import { roleArnOf } from "../../../modules/support-app/model/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../modules/support-app/model/notify";
import { inSeconds } from "../../../modules/support-app/model/until";
import type { Channel, Environment } from "../../../stacks/environment";
import { abilityWords } from "../../ability-words";
import { inAccount, quoted } from "../../aws/commands";
import type { LiveChannel } from "../../aws/live-channel";
import { knownOf, type Lookup } from "../../aws/lookup";
import { accountOfArn } from "../../iam/arn";
import {
  type Check,
  channelOf,
  deployFix,
  type Examined,
  type Finding,
  type Outcome,
  type Subject,
  unknownFinding,
} from "../check";
import { GUIDE_TOPICS } from "../guide-topic";
import { isGone, readDocuments } from "../live-access";
import { isPathSettable } from "./role";

const topic = GUIDE_TOPICS.invalidRole;

/** The channels as the Support App has them: Terraform doesn't see changes there. */
export const channels: Check = {
  name: "channels",
  sentence: "Each Slack channel is configured, with the role and notifications of environments.yaml.",
  permissions: [
    {
      actions: [
        "cloudformation:GetResource",
        "cloudformation:ListResources",
        "supportapp:ListSlackChannelConfigurations",
        "supportapp:ListSlackWorkspaceConfigurations",
      ],
      resources: ["*"],
    },
  ],
  examine: (examined) => {
    const { environment, account, slack } = examined;
    const names = environment.channels.map(({ name }) => `#${name}`);
    const privacy = `Whether a channel is private, and who is in it, can't be seen from AWS. Keep ${names.join(", ")} private, and invite only those who need the cases.`;
    if ("unknown" in account.channels) {
      if (account.channels.unknown.kind === "no-support-app") return { findings: [], waitsFor: "region" };
      return {
        findings: [
          unknownFinding(
            { subject: "Slack channels", about: ["channel"] },
            "to see them",
            account.channels.unknown,
            topic,
          ),
        ],
      };
    }
    const found = account.channels.known;
    const others = found.filter((one) => !environment.channels.some((channel) => isSame(one, channel)));
    const outcomes = others.map((channel) => other(examined, channel));
    const declared = environment.channels.map(
      (channel) => [channel, found.find((one) => isSame(one, channel))] as const,
    );
    const missing = declared.flatMap(([channel, one]) => (one ? [] : [channel]));
    const unregistered = missingWorkspaces(examined, missing);
    // A channel can't be configured before its workspace is registered, so it waits for that.
    const waiting = missing.filter(({ workspace }) => unregistered.includes(workspace));
    const rest = declared.filter(([channel]) => !waiting.includes(channel));
    return {
      waitsFor: declared.some(([channel, one]) => one && waitsForRole(examined, channel, one)) ? "role" : undefined,
      unseen: waiting.map((channel) => channelOf(channel).about),
      findings: [
        ...workspaceProblems(examined, missing, unregistered),
        ...rest.flatMap(([channel, one]) => problems(examined, channel, one)),
        ...outcomes.flatMap(({ findings }) => findings),
      ],
      notes: [
        ...(environment.channels.length > 0 && !slack ? [privacy] : []),
        ...outcomes.flatMap(({ notes = [] }) => notes),
      ],
    };
  },
};

function isSame(found: LiveChannel, { workspace, channel }: Channel): boolean {
  return found.workspace === workspace && found.channel === channel;
}

/**
 * Unregistered workspaces that the environment registers, or whose channels aren't configured. AWS configures no channel before
 * its workspace is registered, so a configured channel proves that its workspace is, even if this account can't see it.
 */
function missingWorkspaces(
  { environment, account: { workspaces } }: Examined,
  missing: readonly Channel[],
): readonly string[] {
  if ("unknown" in workspaces) return [];
  const needed = new Set([...environment.slackWorkspaces, ...missing.map(({ workspace }) => workspace)]);
  return [...needed].filter((workspace) => !workspaces.known.includes(workspace));
}

function workspaceProblems(
  { environment, whole, account: { workspaces } }: Examined,
  missing: readonly Channel[],
  unregistered: readonly string[],
): Finding[] {
  if ("unknown" in workspaces) {
    const areNeeded = environment.slackWorkspaces.length > 0 || missing.length > 0;
    const of = { subject: "Slack workspaces", about: ["workspace"] };
    return areNeeded ? [unknownFinding(of, "to see them", workspaces.unknown, topic)] : [];
  }
  const all = [...new Set([...whole.slackWorkspaces, ...unregistered])];
  return unregistered.map((workspace) => ({
    answer: "unhealthy",
    subject: `Slack workspace ${workspace}`,
    about: ["workspace", workspace],
    expected: "registered for the account",
    found: "not registered",
    topic,
    fix: whole.slackWorkspaces.includes(workspace)
      ? deployFix(environment, "Deploy the environment, which registers the workspace and configures its channels.")
      : deployFix(
          environment,
          "If the account's organization has authorized the workspace, register it. Otherwise, authorize it in the AWS Support Center Console, whose users need support-console: permissions. Then deploy, which configures its channels.",
          { "slack-workspaces": all },
        ),
  }));
}

function problems(examined: Examined, channel: Channel, found: LiveChannel | undefined): Finding[] {
  const { environment } = examined;
  const of = channelOf(channel);
  const role = roleArnFor(environment, channel);
  if (!found) {
    return [
      {
        answer: "unhealthy",
        ...of,
        expected: `configured with the role ${role}`,
        found: "not configured in this region of the account",
        topic,
        fix: deployFix(
          environment,
          "Deploy the environment, which configures the channel. The Support App must have been invited to it.",
        ),
      },
    ];
  }
  if ("unknown" in found.properties) {
    return [unknownFinding(of, `the role ${role}`, found.properties.unknown, topic)];
  }
  const properties = found.properties.known;
  const expected: Record<string, unknown> = {
    ChannelRoleArn: role,
    ...notifyProperties(channel.notify ?? NOTIFY_OF_NOTHING),
  };
  const isLeft = waitsForRole(examined, channel, found) ? "ChannelRoleArn" : undefined;
  const wrong = Object.entries(expected).filter(
    ([name, value]) => (properties[name] ?? false) !== value && name !== isLeft,
  );
  if (wrong.length === 0) return [];
  const inWords = (name: string, value: unknown) => `${name} ${value ?? "not set"}`;
  return [
    {
      answer: "unhealthy",
      ...of,
      expected: wrong.map(([name, value]) => (value === role ? `the role ${role}` : inWords(name, value))).join(", "),
      found: wrong
        .map(([name, value]) => (value === role ? roleInWords(found, examined) : inWords(name, properties[name])))
        .join(", "),
      topic: wrong.some(([, value]) => value === role) ? topic : undefined,
      fix: updateFix(environment, found, Object.fromEntries(wrong)),
    },
  ];
}

/**
 * Whether the finding about the role explains the channel's wrong role. Either the role doesn't exist yet, and the deploy that
 * creates it moves the channel; or the channel has the role, and environments.yaml can set its path.
 */
function waitsForRole({ environment, account }: Examined, channel: Channel, found: LiveChannel): boolean {
  const props = environment.accesses.find(({ access }) => access === channel.access);
  const access = props && account.accesses.get(props.access);
  if (!access || roleArnIn(found) === roleArnOf(props)) return false;
  return isGone(access) || (knownOf(access.role)?.arn === roleArnIn(found) && isPathSettable(props, access));
}

/** ARN of the role that a channel has. */
function roleArnIn({ properties }: LiveChannel): string | undefined {
  const arn = knownOf(properties)?.ChannelRoleArn;
  return typeof arn === "string" ? arn : undefined;
}

function roleArnFor({ accesses }: Environment, { access }: Channel): string {
  const props = accesses.find((one) => one.access === access);
  // Stryker disable next-line StringLiteral: each channel belongs to an access level of its environment
  return props ? roleArnOf(props) : "";
}

/** A note on a channel that isn't in environments.yaml, or a finding. */
function other(examined: Examined, found: LiveChannel): Outcome {
  const { environment, whole } = examined;
  const name = knownOf(found.properties)?.ChannelName;
  const subject = `${name === undefined ? "the channel" : `#${name}`} (${found.channel} of ${found.workspace}), which isn't in environments.yaml`;
  const of: Subject = { subject, about: ["channel", found.workspace, found.channel] };
  const told = (finding: Finding): Outcome => ({ findings: [finding] });
  if ("unknown" in found.properties)
    return told(unknownFinding(of, "to see its role", found.properties.unknown, topic));
  const role = roleArnIn(found);
  const remove = inAccount(
    environment,
    "cloudcontrol",
    `delete-resource --type-name ${SLACK_CHANNEL_TYPE} --identifier ${quoted(found.identifier)}`,
  );
  const access = levelOf(whole, role);
  const isThere: Lookup<boolean> = access === undefined ? (found.roleExists ?? { known: false }) : { known: true };
  if ("unknown" in isThere) {
    return told(unknownFinding(of, `to see whether the role ${role} exists`, isThere.unknown, topic));
  }
  if (!isThere.known) {
    return told({
      answer: "unhealthy",
      ...of,
      expected: "a role of the account",
      found: roleInWords(found, examined),
      topic,
      fix: {
        text: "Choose another role for the channel in the AWS Support Center Console or, if nobody needs the channel, remove its configuration:",
        commands: [remove],
      },
    });
  }
  const can = access === undefined ? othersAbility(examined, role) : `have ${access} access, too`;
  // Without channels in environments.yaml, the roles of channels are chosen in the console.
  if (whole.channels.length === 0 || whole.otherChannels === "expected") {
    return { findings: [], notes: [`People in ${subject}, ${can}.`] };
  }
  return told({
    answer: "unhealthy",
    ...of,
    expected: "only the channels of environments.yaml",
    found: `people in it ${can}`,
    topic: GUIDE_TOPICS.restrictUsers,
    fix: {
      text: `Remove the channel's configuration with this command. To keep the channel, ${access === undefined ? "then add it to environments.yaml" : `then add it to the channels of ${access}`}, and deploy. If somebody else configures channels in this account, set other-channels: expected.`,
      commands: [remove],
    },
  });
}

/** What people in a channel with a role that isn't in environments.yaml can do. */
function othersAbility({ account }: Examined, roleArn: string | undefined): string {
  const others = knownOf(account.otherRoles);
  const role = others?.find(({ arn }) => arn === roleArn);
  if (others && !role) return `can do nothing: its role ${roleArn} doesn't trust the Support App`;
  const policies = role?.rights && knownOf(role.rights.policies);
  const boundary = role?.rights?.boundary;
  const { documents, unread } = readDocuments(policies ?? []);
  if (!policies || !boundary || "unknown" in boundary || unread) {
    return `have its role ${roleArn}, and what that may do isn't known`;
  }
  const statements = documents.flatMap(({ policy }) => policy.statements);
  return `can ${abilityWords(statements, boundary.known?.policy.statements, inSeconds(account.time))} with its role ${roleArn}`;
}

/** The access level that has the role of that ARN. */
function levelOf({ accesses }: Environment, roleArn: string | undefined): AccessLevel | undefined {
  return accesses.find((props) => roleArnOf(props) === roleArn)?.access;
}

function roleInWords(found: LiveChannel, { whole }: Examined): string {
  const role = roleArnIn(found);
  if (role === undefined) return "no role";
  const access = levelOf(whole, role);
  if (access !== undefined)
    return `the role ${role} of ${access} access: people in the channel can do everything that it may`;
  if (accountOfArn(role) !== whole.account) return `the role ${role}, which is of another account`;
  const { roleExists } = found;
  if (roleExists && "unknown" in roleExists) {
    return `the role ${role} (whether it exists is unknown: ${roleExists.unknown.message})`;
  }
  return `the role ${role}${roleExists?.known === false ? ", which doesn't exist" : ""}`;
}

/** Changes a channel directly: Terraform's state has the right settings, so a deploy changes nothing. */
function updateFix(
  environment: Environment,
  { identifier }: LiveChannel,
  properties: Readonly<Record<string, unknown>>,
) {
  const patch = Object.entries(properties).map(([name, value]) => ({ op: "add", path: `/${name}`, value }));
  const operation = `update-resource --type-name ${SLACK_CHANNEL_TYPE} --identifier ${quoted(identifier)} --patch-document ${quoted(JSON.stringify(patch))}`;
  return {
    text: "Configure the channel as in environments.yaml with this command, since Terraform doesn't see the difference. AWS takes a moment to apply it:",
    commands: [inAccount(environment, "cloudcontrol", operation)],
  };
}
