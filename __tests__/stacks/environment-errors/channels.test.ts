import { environment, expectErrors } from "./expected";

describe("bad input", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
    [
      "a channel without workspace and channel",
      environment("full: { channels: [{ name: a }] }"),
      "5:24: test.full.channels[0].workspace: received nothing, expected a Slack workspace's ID, such as T012ABCDEFG.",
      "5:24: test.full.channels[0].channel: received nothing, expected a Slack channel's ID, such as C01234A5BCD.",
    ],
    [
      "workspace and channel the wrong way round, and a #",
      environment('full: { channels: [{ name: "#a", workspace: C1, channel: T1 }] }'),
      '5:32: test.full.channels[0].name: received "#a", expected a Slack channel\'s name of 1 to 80 letters, digits, _ and -, without the #.',
      '5:49: test.full.channels[0].workspace: received "C1", expected a Slack workspace\'s ID, such as T012ABCDEFG.',
      '5:62: test.full.channels[0].channel: received "T1", expected a Slack channel\'s ID, such as C01234A5BCD.',
    ],
    [
      "channels that aren't a list",
      environment("full: { channels: support }"),
      '5:23: test.full.channels: received "support", expected a list of channels.',
    ],
    [
      "one channel in both access levels",
      environment(
        "read-only: { channels: [{ name: a, workspace: T1, channel: C1 }] }",
        "full: { channels: [{ name: a, workspace: T1, channel: C1 }] }",
      ),
      '6:59: test.full.channels[0].channel: received "C1" of T1 a second time, expected each channel once, since it has one role: read-only.channels[0] has it already. Remove one of the two.',
    ],
    [
      "21 channels",
      environment(
        "full:",
        "  channels:",
        ...Array.from({ length: 21 }, (_, index) => `    - { name: a, workspace: T1, channel: C${index} }`),
      ),
      "6:7: test.full.channels: received a list of 21, expected at most 20 channels, the AWS limit for an account.",
    ],
    [
      "21 channels of two access levels",
      environment(
        "read-only:",
        "  channels:",
        ...Array.from({ length: 20 }, (_, index) => `    - { name: a, workspace: T1, channel: C${index} }`),
        "full: { channels: [{ name: a, workspace: T1, channel: C20 }] }",
      ),
      "27:59: test.full.channels[0].channel: received 21 channels, expected at most 20, the AWS limit for an account.",
    ],
    ...["high", "all"].map((severity): [string, string, string] => [
      `severity ${severity} without an event`,
      environment(`full: { channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: ${severity} } }] }`),
      `5:83: test.full.channels[0].notify.severity: received "${severity}" without an event, expected at least one of case-created, reply-added, case-resolved in on. Add one, or set severity to none.`,
    ]),
    [
      "severity none with an event",
      environment(
        "full: { channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: none, on: [reply-added] } }] }",
      ),
      "5:89: test.full.channels[0].notify.on: received reply-added, expected no event with the severity none. Remove it, or set severity to high or all.",
    ],
    [
      "an unknown severity and an unknown event",
      environment(
        "full: { channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: hihg, on: [case-create] } }] }",
      ),
      '5:83: test.full.channels[0].notify.severity: received "hihg", expected one of none, high, all.',
      '5:94: test.full.channels[0].notify.on[0]: received "case-create", expected one of case-created, reply-added, case-resolved. Did you mean case-created?',
    ],
    [
      "a duplicate workspace, and an invalid one",
      environment("read-only: {}", "slack-workspaces: [T1, T1, acme]"),
      '6:28: test.slack-workspaces[1]: received "T1" a second time, expected each workspace once: slack-workspaces[0] has it already.',
      '6:32: test.slack-workspaces[2]: received "acme", expected a Slack workspace\'s ID, such as T012ABCDEFG.',
    ],
    [
      "six workspaces, one of them only in a channel",
      environment(
        "full: { channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T6, channel: C2 }] }",
        "slack-workspaces: [T1, T2, T3, T4, T5]",
      ),
      "5:87: test.full.channels[1].workspace: received 6 workspaces, expected at most 5, the AWS limit for an account.",
    ],
    [
      "21 channels, one of them without a right ID",
      environment(
        "full:",
        "  channels:",
        ...Array.from({ length: 20 }, (_, index) => `    - { name: a, workspace: T1, channel: C${index} }`),
        "    - { name: a, workspace: t1, channel: c1 }",
      ),
      "6:7: test.full.channels: received a list of 21, expected at most 20 channels, the AWS limit for an account.",
      '27:33: test.full.channels[20].workspace: received "t1", expected a Slack workspace\'s ID, such as T012ABCDEFG.',
      '27:46: test.full.channels[20].channel: received "c1", expected a Slack channel\'s ID, such as C01234A5BCD.',
    ],
    [
      "no channel where one should be, and names that YAML takes for numbers",
      environment("full: { channels: [support, { name: 2024, workspace: T1, channel: C1 }] }", "account-alias: 12"),
      '5:24: test.full.channels[0]: received "support", expected a mapping with name, workspace and channel.',
      "5:41: test.full.channels[1].name: received the number 2024, expected a Slack channel's name of 1 to 80 letters, digits, _ and -, without the #, in quotes.",
      "6:20: test.account-alias: received the number 12, expected an account alias of 1 to 30 letters, digits, spaces, _ and -, in quotes.",
    ],
    [
      "channels whose workspaces are both wrong, which are not one channel",
      environment(
        "full: { channels: [{ name: a, workspace: t1, channel: C1 }, { name: b, workspace: t2, channel: C1 }] }",
        "slack-workspaces: [t1, t1]",
      ),
      '5:46: test.full.channels[0].workspace: received "t1", expected a Slack workspace\'s ID, such as T012ABCDEFG.',
      '5:87: test.full.channels[1].workspace: received "t2", expected a Slack workspace\'s ID, such as T012ABCDEFG.',
      '6:24: test.slack-workspaces[0]: received "t1", expected a Slack workspace\'s ID, such as T012ABCDEFG.',
      '6:28: test.slack-workspaces[1]: received "t1", expected a Slack workspace\'s ID, such as T012ABCDEFG.',
    ],
    [
      "events that are wrong or under a wrong key, which isn't an error of the severity",
      environment(
        "full: { channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: high, on: case-created } }] }",
        "read-only: { channels: [{ name: a, workspace: T1, channel: C2, notify: { severity: high, onn: [case-created] } }] }",
      ),
      '5:93: test.full.channels[0].notify.on: received "case-created", expected a list of events, such as [case-created].',
      '6:94: test.read-only.channels[0].notify.onn: received the unknown key "onn", expected one of severity, on. Did you mean on?',
    ],
    [
      "an event twice",
      environment(
        "full: { channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: high, on: [case-created, case-created] } }] }",
      ),
      '5:108: test.full.channels[0].notify.on[1]: received "case-created" a second time, expected each event once.',
    ],
    [
      "six workspaces",
      environment("read-only: {}", "slack-workspaces: [T1, T2, T3, T4, T5, T6]"),
      "6:5: test.slack-workspaces: received a list of 6, expected at most 5 workspaces, the AWS limit for an account.",
    ],
    [
      "an alias that AWS refuses",
      environment("read-only: {}", "account-alias: prod/eu"),
      '6:20: test.account-alias: received "prod/eu", expected an account alias of 1 to 30 letters, digits, spaces, _ and -.',
    ],
    [
      "too many events and capabilities, so that some must be duplicates",
      environment(
        `full: { without: [${Array(7).fill("live-chat").join(", ")}] }`,
        `read-only: { channels: [{ name: a, workspace: T1, channel: C1, notify: { severity: all, on: [${Array(4).fill("reply-added").join(", ")}] } }] }`,
      ),
      "5:13: test.full.without: received a list of 7, expected at most 6 capabilities, each once.",
      "6:93: test.read-only.channels[0].notify.on: received a list of 4, expected at most 3 events, each once.",
    ],
  ])("%s", (_, yaml, ...errors) => expectErrors(yaml, errors));
});
