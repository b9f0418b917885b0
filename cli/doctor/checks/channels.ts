import type { AccessLevel } from "../../../modules/support-app/access-level";
import { roleArnOf } from "../../../modules/support-app/iam-names";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../modules/support-app/notify";
import { SLACK_CHANNEL_TYPE } from "../../../modules/support-app/slack-channel";
import type { Channel, Environment } from "../../../stacks/environment";
import { inAccount, quoted } from "../../aws/commands";
import type { LiveChannel } from "../../aws/live-channel";
import { knownOf } from "../../aws/lookup";
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
import { isGone } from "../live-access";
import { canBeSaid } from "./role";

const topic = GUIDE_TOPICS.invalidRole;

/** What the Support App knows of the channels, which Terraform doesn't see change. */
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
    // What isn't registered can't be configured either: such a channel waits for its workspace.
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
 * Workspaces that are to be registered, or whose channels aren't configured either. AWS configures no channel before its
 * workspace, so the workspace of a channel that is configured is registered, whatever this account sees of it.
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
          "Register the workspace, if the account is of an organization that has authorized it; else authorize it in the AWS Support Center Console, whose users need support-console: permissions. Then deploy, which configures its channels.",
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
      fix: updating(environment, found, Object.fromEntries(wrong)),
    },
  ];
}

/**
 * Whether the channel has another role than environments.yaml says for a reason that is the role's own finding: that one
 * isn't made yet, and its deploy moves the channel; or the channel has it, and environments.yaml can say where it is.
 */
function waitsForRole({ environment, account }: Examined, channel: Channel, found: LiveChannel): boolean {
  const props = environment.accesses.find(({ access }) => access === channel.access);
  const access = props && account.accesses.get(props.access);
  if (!access || roleArnIn(found) === roleArnOf(props)) return false;
  return isGone(access) || (knownOf(access.role)?.arn === roleArnIn(found) && canBeSaid(props, access));
}

/** ARN of the role that a channel has. */
function roleArnIn({ properties }: LiveChannel): string | undefined {
  const arn = knownOf(properties)?.ChannelRoleArn;
  return typeof arn === "string" ? arn : undefined;
}

function roleArnFor({ accesses }: Environment, { access }: Channel): string {
  const props = accesses.find((one) => one.access === access);
  return props ? roleArnOf(props) : "";
}

/** A channel that environments.yaml doesn't have: what it is, or what is wrong with it. */
function other(examined: Examined, found: LiveChannel): Outcome {
  const { environment, whole } = examined;
  const name = knownOf(found.properties)?.ChannelName;
  const subject = `${name === undefined ? "the channel" : `#${name}`} (${found.channel} of ${found.workspace}), which environments.yaml doesn't have`;
  const of: Subject = { subject, about: ["channel", found.workspace, found.channel] };
  const told = (finding: Finding): Outcome => ({ findings: [finding] });
  const noted = (note: string): Outcome => ({ findings: [], notes: [note] });
  if ("unknown" in found.properties)
    return told(unknownFinding(of, "to see its role", found.properties.unknown, topic));
  const role = roleArnIn(found);
  const remove = inAccount(
    environment,
    "cloudcontrol",
    `delete-resource --type-name ${SLACK_CHANNEL_TYPE} --identifier ${quoted(found.identifier)}`,
  );
  const access = levelOf(whole, role);
  if (access !== undefined) {
    // Whoever names no channel chooses the role for channels in the console.
    if (!whole.channels.some((channel) => channel.access === access))
      return noted(`People in ${subject}, have ${access} access, too.`);
    return told({
      answer: "unhealthy",
      ...of,
      expected: `${access} access in none but the channels of environments.yaml`,
      found: `people in it have ${access} access, too`,
      topic: GUIDE_TOPICS.restrictUsers,
      fix: {
        text: `Remove the channel's configuration with this command. To keep the channel, then add it to the channels of ${access}, and deploy.`,
        commands: [remove],
      },
    });
  }
  const isThere = found.roleExists;
  if (isThere && "unknown" in isThere) {
    return told(unknownFinding(of, `to see whether the role ${role} exists`, isThere.unknown, topic));
  }
  if (isThere?.known) return noted(`${subject}, has the role ${role}, which doctor doesn't check.`);
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

/** The access level that has the role of that ARN. */
function levelOf({ accesses }: Environment, roleArn: string | undefined): AccessLevel | undefined {
  return accesses.find((props) => roleArnOf(props) === roleArn)?.access;
}

function roleInWords(found: LiveChannel, { whole }: Examined): string {
  const role = roleArnIn(found);
  if (role === undefined) return "no role";
  const access = levelOf(whole, role);
  if (access !== undefined)
    return `the role ${role}, which is that of ${access}: people in the channel can do all that it may`;
  if (accountOfArn(role) !== whole.account) return `the role ${role}, which is of another account`;
  const { roleExists } = found;
  if (roleExists && "unknown" in roleExists) {
    return `the role ${role} (whether it exists can't be told: ${roleExists.unknown.message})`;
  }
  return `the role ${role}${roleExists?.known === false ? ", which doesn't exist" : ""}`;
}

/** Changes a channel where it is, past Terraform, which has what it was set to in its state. */
function updating(
  environment: Environment,
  { identifier }: LiveChannel,
  properties: Readonly<Record<string, unknown>>,
) {
  const patch = Object.entries(properties).map(([name, value]) => ({ op: "add", path: `/${name}`, value }));
  const operation = `update-resource --type-name ${SLACK_CHANNEL_TYPE} --identifier ${quoted(identifier)} --patch-document ${quoted(JSON.stringify(patch))}`;
  return {
    text: "Set the channel as environments.yaml says: Terraform doesn't see the difference. AWS takes a moment for it:",
    commands: [inAccount(environment, "cloudcontrol", operation)],
  };
}
