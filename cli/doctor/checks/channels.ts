import { roleArnOf } from "../../../modules/support-app/iam-names";
import { NOTIFY_EVENTS, NOTIFY_FLAGS, NOTIFY_OF_NOTHING, type Notify } from "../../../modules/support-app/notify";
import type { Channel, Environment } from "../../../stacks/environment";
import { CHANNEL_TYPE, type ChannelFound } from "../channel-found";
import { type Check, deploying, type Examined, type Finding, notKnown } from "../check";
import type { Reading } from "../reading";
import { TOPICS } from "../topic";

const topic = TOPICS.invalidRole;

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
    const { environment, account } = examined;
    const names = environment.channels.map(({ name }) => `#${name}`);
    const privacy = `Whether a channel is private, and who is in it, can't be seen from AWS. Keep ${names.join(", ")} private, and invite only those who need the cases.`;
    if ("unknown" in account.channels) {
      if (account.channels.unknown.kind === "no-support-app") return { findings: [], waitsFor: "region" };
      return { findings: [notKnown("Slack channels", "to see them", account.channels.unknown, topic)] };
    }
    const found = account.channels.known;
    const others = found.filter((one) => !environment.channels.some((channel) => isSame(one, channel)));
    const outcomes = others.map((channel) => other(examined, channel));
    return {
      findings: [
        ...unregistered(examined),
        ...environment.channels.flatMap((channel) => {
          return problems(
            examined,
            channel,
            found.find((one) => isSame(one, channel)),
          );
        }),
        ...outcomes.flatMap((outcome) => (typeof outcome === "string" ? [] : outcome)),
      ],
      notes: [
        ...(environment.channels.length > 0 ? [privacy] : []),
        ...outcomes.flatMap((outcome) => (typeof outcome === "string" ? [outcome] : [])),
      ],
    };
  },
};

function isSame(found: ChannelFound, { workspace, channel }: Channel): boolean {
  return found.workspace === workspace && found.channel === channel;
}

/** Workspaces that are to be registered, or whose channels aren't configured either. */
function missingWorkspaces({ environment, account: { workspaces, channels } }: Examined): string[] {
  if ("unknown" in workspaces || "unknown" in channels) return [];
  const missing = environment.channels.filter((channel) => !channels.known.some((one) => isSame(one, channel)));
  const needed = new Set([...environment.slackWorkspaces, ...missing.map(({ workspace }) => workspace)]);
  return [...needed].filter((workspace) => !workspaces.known.includes(workspace));
}

function unregistered(examined: Examined): Finding[] {
  const { environment, account } = examined;
  const expected = "registered for the account";
  if ("unknown" in account.workspaces) {
    return [notKnown("Slack workspaces", "to see them", account.workspaces.unknown, topic)];
  }
  return missingWorkspaces(examined).map((workspace) => {
    const isDeclared = environment.slackWorkspaces.includes(workspace);
    const change = {
      environments: { [environment.name]: { "slack-workspaces": [...environment.slackWorkspaces, workspace] } },
    };
    return {
      answer: "unhealthy",
      subject: `Slack workspace ${workspace}`,
      expected,
      found: "not registered",
      topic,
      fix: isDeclared
        ? deploying(environment, "Deploy the environment, which registers the workspace and configures its channels.")
        : deploying(
            environment,
            "Register the workspace, if the account is of an organization that has authorized it; else authorize it in the AWS Support Center Console. Then deploy, which configures its channels.",
            change,
          ),
    };
  });
}

function problems(examined: Examined, channel: Channel, found: ChannelFound | undefined): Finding[] {
  const { environment } = examined;
  const subject = `#${channel.name} (${channel.channel} of ${channel.workspace})`;
  const role = roleOf(environment, channel);
  if (!found) {
    if (missingWorkspaces(examined).includes(channel.workspace)) return []; // it waits for its workspace
    return [
      {
        answer: "unhealthy",
        subject,
        expected: `configured with the role ${role}`,
        found: "not configured in this region of the account",
        topic,
        fix: deploying(
          environment,
          "Deploy the environment, which configures the channel. The Support App must have been invited to it.",
        ),
      },
    ];
  }
  if ("unknown" in found.properties) {
    return [notKnown(subject, `the role ${role}`, found.properties.unknown, topic)];
  }
  const properties = found.properties.known;
  const findings: Finding[] = [];
  if (properties.ChannelRoleArn !== role) {
    findings.push({
      answer: "unhealthy",
      subject,
      expected: `the role ${role}`,
      found: roleInWords(String(properties.ChannelRoleArn), found, environment),
      topic,
      fix: updating(environment, found, "Set the channel's role: Terraform doesn't see that it is another.", {
        ChannelRoleArn: role,
      }),
    });
  }
  const expected = notifications(channel);
  const wrong = Object.entries(expected).filter(([name, value]) => (properties[name] ?? false) !== value);
  if (wrong.length > 0) {
    const shown = (values: readonly (readonly [string, unknown])[]) =>
      values.map(([name, value]) => `${name} ${value}`).join(", ");
    findings.push({
      answer: "unhealthy",
      subject,
      expected: shown(wrong),
      found: shown(wrong.map(([name]) => [name, properties[name] ?? "not set"])),
      fix: updating(
        environment,
        found,
        "Set the channel's notifications: Terraform doesn't see that they are others.",
        Object.fromEntries(wrong),
      ),
    });
  }
  return findings;
}

/** What a channel is to be notified of, as AWS has it. */
function notifications(channel: Channel): Record<string, unknown> {
  const notify: Notify = channel.notify ?? NOTIFY_OF_NOTHING;
  return {
    NotifyOnCaseSeverity: notify.severity,
    ...Object.fromEntries(NOTIFY_EVENTS.map((event) => [NOTIFY_FLAGS[event], notify.on?.includes(event) ?? false])),
  };
}

function roleOf({ accesses }: Environment, { access }: Channel): string {
  const props = accesses.find((one) => one.access === access);
  return props ? roleArnOf(props) : "";
}

/** A channel that environments.yaml doesn't have: what it is, or what is wrong with it. */
function other({ environment }: Examined, found: ChannelFound): string | Finding[] {
  const name = "known" in found.properties ? found.properties.known.ChannelName : undefined;
  const subject = `${name === undefined ? "the channel" : `#${name}`} (${found.channel} of ${found.workspace}), which environments.yaml doesn't have`;
  if ("unknown" in found.properties) return [notKnown(subject, "to see its role", found.properties.unknown, topic)];
  const role = String(found.properties.known.ChannelRoleArn);
  const access = environment.accesses.find((props) => roleArnOf(props) === role)?.access;
  if (access !== undefined) return `People in ${subject}, have ${access} access, too.`;
  const isThere = found.roleExists;
  if (isThere && "unknown" in isThere) {
    return [notKnown(subject, `to see whether the role ${role} exists`, isThere.unknown, topic)];
  }
  if (isThere?.known) return `${subject}, has the role ${role}, of which this says nothing.`;
  const command = `aws cloudcontrol delete-resource --region ${environment.region} --type-name ${CHANNEL_TYPE} --identifier ${quoted(found.identifier)}`;
  return [
    {
      answer: "unhealthy",
      subject,
      expected: "a role of the account",
      found: roleInWords(role, found, environment),
      topic,
      fix: {
        text: "Choose another role for the channel in the AWS Support Center Console, or remove its configuration:",
        commands: [command],
      },
    },
  ];
}

function roleInWords(role: string, { roleExists }: ChannelFound, { account, accesses }: Environment): string {
  const access = accesses.find((props) => roleArnOf(props) === role)?.access;
  if (access !== undefined)
    return `the role ${role}, which is that of ${access}: people in the channel can do all that it may`;
  if (role.split(":")[4] !== account) return `the role ${role}, which is of another account`;
  if (roleExists && "known" in roleExists && !roleExists.known) return `the role ${role}, which doesn't exist`;
  return `the role ${role}${existsInWords(roleExists)}`;
}

function existsInWords(roleExists: Reading<boolean> | undefined): string {
  return roleExists && "unknown" in roleExists
    ? ` (whether it exists can't be told: ${roleExists.unknown.message})`
    : "";
}

/** Changes a channel where it is, past Terraform, which has the same in its state. */
function updating(
  { region }: Environment,
  { identifier }: ChannelFound,
  text: string,
  properties: Readonly<Record<string, unknown>>,
) {
  const patch = Object.entries(properties).map(([name, value]) => ({ op: "add", path: `/${name}`, value }));
  const command = `aws cloudcontrol update-resource --region ${region} --type-name ${CHANNEL_TYPE} --identifier ${quoted(identifier)} --patch-document ${quoted(JSON.stringify(patch))}`;
  return { text, commands: [command] };
}

/** A text as one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
