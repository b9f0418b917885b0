import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnvironmentsError, loadEnvironments, parseEnvironments } from "../../stacks/environments";
import { errorsOf } from "../support/errors";

const ENVIRONMENT_KEYS =
  "one of account, region, backend, profile, tags, deploy-role, read-only, full, slack-workspaces, account-alias, tier, canary, retired";
const ACCESS_KEYS =
  "one of without, until, temporarily, policy, service-quotas-role, role-name, policy-name, description, policy-description, path, permissions-boundary, max-session-duration, tags, adopt, source-account-condition, channels";
const REGIONS =
  "one of ap-northeast-1, ap-southeast-1, ca-central-1, eu-central-1, eu-west-1, eu-west-2, us-east-1, us-east-2, us-west-2; the Support App exists nowhere else, and not in China or GovCloud";
const CAN_BE_LEFT_OUT =
  "one of create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; view-cases can't be left out, since every other capability starts from viewing a case";
const ENVIRONMENT_NAME =
  "an environment name of 1 to 63 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen and other than `constructor`";
const ROLE_NAME = "a role name of 1 to 64 letters, digits and _ + = , . @ -";
const TAG_KEY =
  "a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @, other than for, __proto__ and _children, and not beginning with - or aws:";
const TAG_VALUE = "a tag value of at most 256 letters, digits, spaces and _ . : / = + - @";
const BUCKET =
  "the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and single dots, no IP address, and no prefix or suffix that S3 reserves";
const BUCKET_REGION = "the bucket's AWS region, such as us-east-1, which Terraform's S3 backend must know";
const KEY_PREFIX =
  "a key prefix of at most 945 letters, digits and _ . - /, not beginning or ending with /, and without . or .. between slashes";
const ORGANIZATION = "the name of an HCP Terraform organization: at most 255 letters, digits, _ and -";
const HOST =
  "a host name such as app.terraform.io, of at most 253 characters and 63 between dots, not in punycode (xn--), with a port up to 65535 if it needs one";
const MAPPING = "a mapping; if it is empty, write {}";

/** A valid environment, to which a case adds one thing. It begins in line 3. */
function environment(...lines: string[]): string {
  return [
    "environments:",
    "  test:",
    '    account: "111122223333"',
    "    region: us-east-1",
    ...lines.map((line) => `    ${line}`),
  ].join("\n");
}

describe("bad input", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
    // The file
    ["an empty file", "", "1:1: the file: received nothing, expected a mapping with environments."],
    ["a list", "- a", "1:1: the file: received a list, expected a mapping with environments."],
    [
      "no environments",
      "defaults: { region: us-east-1 }",
      "1:1: environments: received nothing, expected a mapping of environment names to environments.",
    ],
    [
      "empty environments",
      "environments: {}",
      "1:1: environments: received a mapping, expected at least one environment.",
    ],
    [
      "environments as a list",
      "environments: []",
      "1:1: environments: received an empty list, expected a mapping of environment names to environments.",
    ],
    // Keys
    [
      "an unknown key of the file",
      `${environment("read-only: {}")}\ndefault: {}`,
      '6:1: default: received the unknown key "default", expected one of defaults, environments. Did you mean defaults?',
    ],
    [
      "an unknown key of an environment, nothing like a known one",
      environment("read-only: {}", "owner: me"),
      `6:5: test.owner: received the unknown key "owner", expected ${ENVIRONMENT_KEYS}.`,
    ],
    [
      "a key with a typing error",
      environment("read_only: {}", "full: { witout: [live-chat] }"),
      `5:5: test.read_only: received the unknown key "read_only", expected ${ENVIRONMENT_KEYS}. Did you mean read-only?`,
      `6:13: test.full.witout: received the unknown key "witout", expected ${ACCESS_KEYS}. Did you mean without?`,
    ],
    [
      "a required key with a typing error, which is not missing as well",
      "environments:\n  test: { acount: '111122223333', regoin: us-east-1, readonly: {} }",
      `2:11: test.acount: received the unknown key "acount", expected ${ENVIRONMENT_KEYS}. Did you mean account?`,
      `2:35: test.regoin: received the unknown key "regoin", expected ${ENVIRONMENT_KEYS}. Did you mean region?`,
      `2:54: test.readonly: received the unknown key "readonly", expected ${ENVIRONMENT_KEYS}. Did you mean read-only?`,
    ],
    [
      "a typing error beside the right key, which is wrong as well",
      environment("full: { adopt: 5, adopts: true }"),
      "5:20: test.full.adopt: received the number 5, expected true or false.",
      `5:23: test.full.adopts: received the unknown key "adopts", expected ${ACCESS_KEYS}.`,
    ],
    [
      "a name with a comma, which hides nothing",
      'environments:\n  a: { acount: "111122223333", region: us-east-1, full: {} }\n  "a,account": {account: "222222222222", region: us-east-1, full: {} }',
      `2:8: environments.a.acount: received the unknown key "acount", expected ${ENVIRONMENT_KEYS}. Did you mean account?`,
      `3:3: environments."a,account": received "a,account", expected ${ENVIRONMENT_NAME}.`,
    ],
    [
      "a duplicate key, wrong the second time",
      environment("full: { adopt: true, adopt: 5 }"),
      '5:26: test.full.adopt: received the key "adopt" a second time, expected it once: line 5 already has it.',
      "5:33: test.full.adopt: received the number 5, expected true or false.",
    ],
    [
      "a wrong capability beside one that read-only doesn't have",
      environment("read-only: { without: [chat, live-chat] }"),
      "5:18: test.read-only.without: received live-chat, expected nothing to leave out: read-only has only view-cases. Remove without.",
      `5:28: test.read-only.without[0]: received "chat", expected ${CAN_BE_LEFT_OUT}.`,
    ],
    [
      "a duplicate key",
      environment("read-only: {}", "full: {}", "read-only: { policy: aws-managed }"),
      '7:5: test.read-only: received the key "read-only" a second time, expected it once: line 5 already has it.',
    ],
    [
      "a duplicate environment",
      `${environment("read-only: {}")}\n  test: { account: "111122223333", region: us-east-1, full: {} }`,
      '6:3: test: received the key "test" a second time, expected it once: line 2 already has it.',
    ],
    [
      "a key three times, also inside a list and inside a value that is lost",
      environment("full:", "  channels: [{ a: 1, a: 2 }]", "full: {}", "full: {}"),
      '6:26: test.full.channels[0].a: received the key "a" a second time, expected it once: line 6 already has it.',
      '7:5: test.full: received the key "full" a second time, expected it once: line 5 already has it.',
      '8:5: test.full: received the key "full" a second time, expected it once: line 5 already has it.',
    ],
    // Environments
    [
      "a name with capitals",
      "environments:\n  Test: { account: 5, region: us-east-1, read-only: {} }",
      `2:3: Test: received "Test", expected ${ENVIRONMENT_NAME}.`,
      "2:20: Test.account: received the number 5, expected an AWS account ID of 12 digits, in quotes.",
    ],
    [
      "a name too long",
      `environments:\n  ${"a".repeat(64)}: { account: "111122223333", region: us-east-1, read-only: {} }`,
      `2:3: "${"a".repeat(60)}…" (64 characters): received "${"a".repeat(60)}…" (64 characters), expected ${ENVIRONMENT_NAME}.`,
    ],
    [
      "a name that every JavaScript object has",
      'environments:\n  constructor: { account: "111122223333", region: us-east-1, full: {} }',
      `2:3: environments.constructor: received "constructor", expected ${ENVIRONMENT_NAME}.`,
    ],
    [
      "a name that JavaScript reserves",
      'environments:\n  __proto__: { account: "111122223333" }\n  a: { account: "111122223333", region: us-east-1, full: {} }',
      '2:3: received the key "__proto__", expected another: JavaScript reserves this one.',
    ],
    [
      "an environment of nothing",
      "environments:\n  test:",
      "2:3: test: received nothing, expected a mapping with account.",
    ],
    [
      "an empty environment",
      environment(),
      "2:3: test: received no access level, expected read-only, full or both. Add `read-only: {}`, or `retired: true` to remove what was deployed.",
    ],
    [
      "an empty environment that isn't retired",
      environment("retired: false"),
      "2:3: test: received no access level, expected read-only, full or both. Add `read-only: {}`, or `retired: true` to remove what was deployed.",
    ],
    [
      "an empty environment that is retired in another word",
      environment('retired: "yes"'),
      '5:14: test.retired: received "yes", expected true or false.',
    ],
    [
      "an empty environment that is retired with a typing error",
      environment("retire: true"),
      `5:5: test.retire: received the unknown key "retire", expected ${ENVIRONMENT_KEYS}. Did you mean retired?`,
    ],
    [
      "a retired environment whose account has another one already",
      `${environment("retired: true")}\n  prod: { account: "111122223333", region: us-east-1, full: {} }`,
      '6:20: prod.account: received "111122223333", expected a unique account: test already has this one. test is retired: deploy it and remove it from the file first.',
    ],
    [
      "a retired environment below another one with its account",
      `${environment("full: {}")}\n  prod: { account: "111122223333", region: us-east-1, retired: true }`,
      '6:20: prod.account: received "111122223333", expected a unique account: test already has this one. prod is retired: deploy it and remove it from the file first.',
    ],
    [
      "a retired environment whose entries have something wrong",
      environment("retired: true", "full: { without: [chat] }", "slack-workspaces: [T1, T1]"),
      `6:23: test.full.without[0]: received "chat", expected ${CAN_BE_LEFT_OUT}.`,
      '7:28: test.slack-workspaces[1]: received "T1" a second time, expected each workspace once: slack-workspaces[0] has it already.',
    ],
    [
      "no account",
      "environments:\n  test: { region: us-east-1, read-only: {} }",
      "2:3: test.account: received nothing, expected an AWS account ID of 12 digits.",
    ],
    [
      "an account without quotes, as a number that loses its zero",
      "environments:\n  test: { account: 012345678901, region: us-east-1, read-only: {} }",
      "2:20: test.account: received the number 012345678901, expected an AWS account ID of 12 digits, in quotes.",
    ],
    [
      "an account of 11 digits",
      'environments:\n  test: { account: "11112222333", region: us-east-1, read-only: {} }',
      '2:20: test.account: received "11112222333", expected an AWS account ID of 12 digits.',
    ],
    [
      "one account in two environments",
      `${environment("read-only: {}")}\n  prod: { account: "111122223333", region: eu-west-1, full: {} }`,
      '6:20: prod.account: received "111122223333", expected a unique account: test already has this one. An account is one environment, which can have both access levels.',
    ],
    [
      "no region",
      'environments:\n  a: { account: "111122223333", full: {} }\n  b: { account: "222233334444", full: {} }',
      "1:1: environments: received no region for a, b, expected one. Set region in defaults, or in the environment.",
    ],
    [
      "no region anywhere",
      `environments:\n${[1, 2, 3, 4, 5, 6].map((n) => `  test${n}: { account: "${n}11122223333", full: {} }`).join("\n")}`,
      "1:1: environments: received no region for test1, test2, test3, test4, test5 and 1 more, expected one. Set region in defaults, or in the environment.",
    ],
    [
      "a region of China",
      'environments:\n  test: { account: "111122223333", region: cn-north-1, full: {} }',
      `2:44: test.region: received "cn-north-1", expected ${REGIONS}.`,
    ],
    [
      "a region with a typing error",
      'defaults: { region: us-esat-1 }\nenvironments:\n  test: { account: "111122223333", full: {} }',
      `1:21: defaults.region: received "us-esat-1", expected ${REGIONS}. Did you mean us-east-1?`,
    ],
    [
      "a deploy-role of GovCloud",
      environment("read-only: {}", "deploy-role: arn:aws-us-gov:iam::111122223333:role/terraform"),
      '6:18: test.deploy-role: received "arn:aws-us-gov:iam::111122223333:role/terraform", expected the ARN of an IAM role, without * or ?, such as arn:aws:iam::111122223333:role/terraform.',
    ],
    [
      "a deploy-role that would match others in a policy",
      environment("read-only: {}", "deploy-role: arn:aws:iam::111122223333:role/*/terraform"),
      '6:18: test.deploy-role: received "arn:aws:iam::111122223333:role/*/terraform", expected the ARN of an IAM role, without * or ?, such as arn:aws:iam::111122223333:role/terraform.',
    ],
    [
      "a boundary that the environment creates itself",
      environment("full: { permissions-boundary: 'arn:aws:iam::111122223333:policy/AWSSupportAppfullRolePolicy' }"),
      `5:35: test.full.permissions-boundary: received "arn:aws:iam::111122223333:policy/AWSSupportAppfullRolePolicy", which this environment creates, expected a policy that somebody else manages: whoever deploys can rewrite this one.`,
    ],
    [
      "a deploy-role beside a wrong account",
      'environments: { test: { account: "1", region: us-east-1, read-only: {}, deploy-role: arn:aws:iam::111122223333:role/terraform } }',
      '1:34: test.account: received "1", expected an AWS account ID of 12 digits.',
    ],
    [
      "a profile with too long a name",
      environment("read-only: {}", `profile: ${"a".repeat(129)}`),
      `6:14: test.profile: received "${"a".repeat(60)}…" (129 characters), expected the name of an AWS profile: 1 to 128 letters, digits and _ . @ + % : / -.`,
    ],
    [
      "a profile with a character that would end its section of AWS's configuration",
      environment("read-only: {}", 'profile: "a] \\n[b"'),
      String.raw`6:14: test.profile: received "a] \n[b", expected the name of an AWS profile: 1 to 128 letters, digits and _ . @ + % : / -.`,
    ],
    ...["", " ops", "ops ", "my ops", "ops\t", "ops]"].map((profile): [string, string, string] => [
      `the profile ${JSON.stringify(profile)}`,
      `defaults: { profile: ${JSON.stringify(profile)} }\n${environment("read-only: {}")}`,
      `1:22: defaults.profile: received ${JSON.stringify(profile)}, expected the name of an AWS profile: 1 to 128 letters, digits and _ . @ + % : / -.`,
    ]),
    [
      "a deploy-role of another account",
      environment("read-only: {}", "deploy-role: arn:aws:iam::444455556666:role/terraform"),
      "6:18: test.deploy-role: received a role of the account 444455556666, expected one of 111122223333, which this environment deploys to.",
    ],
    [
      "a wrong account, which hides no wrong use of it",
      'environments:\n  test: { account: "1", region: us-east-1, full: { adopt: true, source-account-condition: true } }',
      '2:20: test.account: received "1", expected an AWS account ID of 12 digits.',
    ],
    // Access levels
    ["an access level of nothing", environment("full:"), `5:5: test.full: received nothing, expected ${MAPPING}.`],
    ["an access level as a text", environment("full: yes"), `5:11: test.full: received "yes", expected ${MAPPING}.`],
    [
      "view-cases left out",
      environment("full: { without: [view-cases] }"),
      `5:23: test.full.without[0]: received "view-cases", expected ${CAN_BE_LEFT_OUT}.`,
    ],
    [
      "a capability with a typing error",
      environment("full: { without: [resolve-case] }"),
      `5:23: test.full.without[0]: received "resolve-case", expected ${CAN_BE_LEFT_OUT}. Did you mean resolve-cases?`,
    ],
    [
      "a capability that isn't in a list",
      environment("full: { without: live-chat }"),
      '5:22: test.full.without: received "live-chat", expected a list of capabilities, such as [resolve-cases].',
    ],
    [
      "a capability twice",
      environment("full: { without: [live-chat, attach-files, live-chat] }"),
      '5:48: test.full.without[2]: received "live-chat" a second time, expected each capability once.',
    ],
    [
      "a capability left out of read-only",
      environment("read-only: { without: [live-chat] }"),
      "5:18: test.read-only.without: received live-chat, expected nothing to leave out: read-only has only view-cases. Remove without.",
    ],
    [
      "a Service Quotas role mode on read-only",
      environment("read-only: { service-quotas-role: create }"),
      '5:39: test.read-only.service-quotas-role: received "create", expected no mode: this access has no request-quota-increases, so it needs no Service Quotas role. Remove service-quotas-role.',
    ],
    [
      "a Service Quotas role mode on full without quota requests",
      environment("full: { without: [request-quota-increases], service-quotas-role: existing }"),
      '5:70: test.full.service-quotas-role: received "existing", expected no mode: this access has no request-quota-increases, so it needs no Service Quotas role. Remove service-quotas-role.',
    ],
    [
      "an unknown Service Quotas role mode",
      environment("full: { service-quotas-role: ondemand }"),
      '5:34: test.full.service-quotas-role: received "ondemand", expected one of on-demand, create, adopt, existing. Did you mean on-demand?',
    ],
    [
      "AWS's policy, narrowed",
      environment("full: { policy: aws-managed, without: [live-chat] }"),
      "5:34: test.full.without: received live-chat, expected nothing to leave out: AWS's managed policy can't be narrowed. Remove without, or set policy to customer-managed.",
    ],
    [
      "AWS's policy, with the Service Quotas role made here",
      environment("full: { policy: aws-managed, service-quotas-role: create }"),
      '5:55: test.full.service-quotas-role: received "create", expected on-demand: AWS\'s managed policy always lets the channel create the Service Quotas role. Remove service-quotas-role, or set policy to customer-managed.',
    ],
    [
      "AWS's policy, with a name",
      environment("full: { policy: aws-managed, policy-name: mine }"),
      '5:47: test.full.policy-name: received "mine", expected nothing: AWS\'s managed policy has a name and a description of its own. Remove policy-name, or set policy to customer-managed.',
    ],
    [
      "an unknown policy source",
      environment("full: { policy: aws_managed }"),
      '5:21: test.full.policy: received "aws_managed", expected one of customer-managed, aws-managed. Did you mean aws-managed?',
    ],
    [
      "a role name too long",
      environment(`full: { role-name: ${"r".repeat(65)} }`),
      `5:24: test.full.role-name: received "${"r".repeat(60)}…" (65 characters), expected ${ROLE_NAME}.`,
    ],
    [
      "a role name with a space",
      environment("full: { role-name: support role }"),
      `5:24: test.full.role-name: received "support role", expected ${ROLE_NAME}.`,
    ],
    [
      "one role name for both levels, in another case",
      environment("read-only: { role-name: Support, policy-name: a }", "full: { role-name: support, policy-name: b }"),
      '6:24: test.full.role-name: received "support", expected a unique name: read-only already has this one, and IAM ignores case. Set another role-name.',
    ],
    [
      "one policy name for both levels",
      environment("read-only: { policy-name: support }", "full: { policy-name: support }"),
      '6:26: test.full.policy-name: received "support", expected a unique name: read-only already has this one, and IAM ignores case. Set another policy-name.',
    ],
    [
      "a policy name with a slash",
      environment("full: { policy-name: a/b }"),
      '5:26: test.full.policy-name: received "a/b", expected a policy name of 1 to 128 letters, digits and _ + = , . @ -.',
    ],
    [
      "a description that Terraform would evaluate",
      environment("full: { description: 'for ${var.team}' }"),
      '5:26: test.full.description: received "for ${var.team}", expected one line of 1 to 1000 Latin characters, without a backslash, ${, %{, #{ or &{.',
    ],
    [
      "a description that CDKTF would evaluate",
      environment('full: { description: "#{TfToken[TOKEN.0]}" }'),
      '5:26: test.full.description: received "#{TfToken[TOKEN.0]}", expected one line of 1 to 1000 Latin characters, without a backslash, ${, %{, #{ or &{.',
    ],
    [
      "invisible characters",
      environment("full: { role-name: a\u200bb\u202e }"),
      `5:24: test.full.role-name: received "a\\u{200b}b\\u{202e}", expected ${ROLE_NAME}.`,
    ],
    [
      "a path without slashes",
      environment("full: { path: support }"),
      '5:19: test.full.path: received "support", expected a path of at most 512 characters that begins and ends with /, with letters, digits and . , + @ = _ - between slashes.',
    ],
    [
      "a boundary that isn't an ARN",
      environment("full: { permissions-boundary: boundary }"),
      '5:35: test.full.permissions-boundary: received "boundary", expected the ARN of an IAM policy, such as arn:aws:iam::111122223333:policy/boundary.',
    ],
    [
      "a boundary of another account",
      environment("full: { permissions-boundary: 'arn:aws:iam::444455556666:policy/b' }"),
      "5:35: test.full.permissions-boundary: received a policy of the account 444455556666, expected one of 111122223333 or an AWS managed policy, since IAM accepts no other boundary.",
    ],
    ...["3599", "43201", "1h", "3600.5"].map((duration): [string, string, string] => [
      `a session of ${duration}`,
      environment(`full: { max-session-duration: ${duration} }`),
      `5:35: test.full.max-session-duration: received ${duration === "1h" ? '"1h"' : `the number ${duration}`}, expected a whole number of seconds from 3600 (1 hour) to 43200 (12 hours)${/^\d+$/.test(duration) ? "" : ", without quotes"}.`,
    ]),
    [
      "adopt as a text",
      environment("full: { adopt: 'true' }"),
      '5:20: test.full.adopt: received "true", expected true or false.',
    ],
    // Channels
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
    // Tags
    [
      "a tag key of AWS's",
      environment("full: { tags: { 'AWS:owner': x } }"),
      `5:21: test.full.tags."AWS:owner": received "AWS:owner", expected ${TAG_KEY}.`,
    ],
    [
      "a tag with both a bad key and a bad value",
      environment("full: { tags: { 'aws:x': 5 } }"),
      `5:21: test.full.tags."aws:x": received "aws:x", expected ${TAG_KEY}.`,
      `5:30: test.full.tags."aws:x": received the number 5, expected ${TAG_VALUE}, in quotes.`,
    ],
    [
      "a tag value that isn't a string",
      environment("full: { tags: { Cost: 5 } }"),
      `5:27: test.full.tags.Cost: received the number 5, expected ${TAG_VALUE}, in quotes.`,
    ],
    [
      "a tag value too long",
      environment(`full: { tags: { Cost: ${"5a".repeat(129)} } }`),
      `5:27: test.full.tags.Cost: received "${"5a".repeat(30)}…" (258 characters), expected ${TAG_VALUE}.`,
    ],
    [
      "tags as a list",
      environment("full: { tags: [Owner] }"),
      "5:13: test.full.tags: received a list, expected a mapping of tag keys to tag values.",
    ],
    [
      "two tag keys that differ in case, from two layers",
      environment("tags: { Owner: a }", "full: { tags: { owner: b } }"),
      '6:28: test.full.tags.owner: received the tag keys "Owner" and "owner", expected keys that differ in more than case, which IAM ignores.',
    ],
    [
      "51 tags of one layer, one of them wrong as well",
      environment(
        `tags: { ${Array.from({ length: 50 }, (_, index) => `t${index}: ""`).join(", ")}, last: 5 }`,
        "read-only: {}",
        "full: {}",
      ),
      "5:5: test.tags: received a mapping of 51, expected at most 50 tags, the IAM limit for a role or a policy.",
      `5:459: test.tags.last: received the number 5, expected ${TAG_VALUE}, in quotes.`,
    ],
    [
      "51 tags from two layers, said once for both levels",
      `defaults: { tags: { first: "" } }\n${environment(
        `tags: { ${Array.from({ length: 50 }, (_, index) => `t${index}: ""`).join(", ")} }`,
        "read-only: {}",
        "full: {}",
      )}`,
      "6:5: test.tags: received 51 tags, expected at most 50, the IAM limit for a role or a policy.",
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
    // Backends
    [
      "an unknown backend",
      environment("full: {}", "backend: { type: S3 }"),
      '6:22: test.backend.type: received "S3", expected one of local, s3, cloud. Did you mean s3?',
    ],
    [
      "a backend as a text",
      environment("full: {}", "backend: s3"),
      '6:14: test.backend: received "s3", expected a mapping whose type is one of local, s3, cloud.',
    ],
    [
      "a backend without a type",
      environment("full: {}", "backend: { bucket: tf-state }"),
      "6:5: test.backend.type: received nothing, expected one of local, s3, cloud.",
    ],
    [
      "an S3 backend without region, with a bad bucket and an unknown key",
      environment("full: {}", "backend: { type: s3, bucket: A, dynamodb_table: lock }"),
      `6:5: test.backend.region: received nothing, expected ${BUCKET_REGION}.`,
      `6:34: test.backend.bucket: received "A", expected ${BUCKET}.`,
      '6:37: test.backend.dynamodb_table: received the unknown key "dynamodb_table", expected one of type, bucket, region, prefix, kms-key.',
    ],
    ...["a..b", "192.168.1.1", "-a-", "xn--a", "state--x-s3"].map((bucket): [string, string, string] => [
      `an S3 bucket called ${bucket}`,
      environment("full: {}", `backend: { type: s3, region: us-east-1, bucket: ${bucket} }`),
      `6:53: test.backend.bucket: received "${bucket}", expected ${BUCKET}.`,
    ]),
    [
      "a KMS key that Terraform's S3 backend refuses",
      environment(
        "full: {}",
        "backend: { type: s3, bucket: abc, region: us-east-1, kms-key: 'arn:aws:kms:us-east-1:111122223333:key/foo' }",
      ),
      '6:67: test.backend.kms-key: received "arn:aws:kms:us-east-1:111122223333:key/foo", expected the ARN of a KMS key, such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-96ef-1234567890ab.',
    ],
    [
      "a host name with an empty label",
      environment("full: {}", "backend: { type: cloud, organization: acme, hostname: a..b }"),
      `6:59: test.backend.hostname: received "a..b", expected ${HOST}.`,
    ],
    ...["x:99999", "x:0", "x:65536", "x:080", "xn--zz.com", "a.xn--p1ai", "ab--cd.com", "a_b.com"].map(
      (host): [string, string, string] => [
        `a host that Terraform refuses: ${host}`,
        environment("full: {}", `backend: { type: cloud, organization: acme, hostname: "${host}" }`),
        `6:59: test.backend.hostname: received "${host}", expected ${HOST}.`,
      ],
    ),
    [
      "a bucket's region with a typing error, and one of another partition",
      `defaults: { backend: { type: s3, bucket: abc, region: us-east-9 } }\n${environment("full: {}", "backend: { type: s3, bucket: abc, region: us-gov-west-1 }")}`,
      `1:55: defaults.backend.region: received "us-east-9", expected ${BUCKET_REGION}. Did you mean us-east-1?`,
      `7:47: test.backend.region: received "us-gov-west-1", expected ${BUCKET_REGION}.`,
    ],
    ...["state/", "a//b", "../state", "a/./b", ".."].map((prefix): [string, string, string] => [
      `a key prefix that S3 takes for something else: ${prefix}`,
      environment("full: {}", `backend: { type: s3, bucket: abc, region: us-east-1, prefix: ${prefix} }`),
      `6:66: test.backend.prefix: received "${prefix}", expected ${KEY_PREFIX}.`,
    ]),
    [
      "one workspace for two environments",
      `${environment("full: {}", "backend: { type: cloud, organization: acme, workspace-prefix: a-b- }")}
  b-test: { account: "222222222222", region: us-east-1, full: {}, backend: { type: cloud, organization: acme, workspace-prefix: a- } }`,
      "7:129: environments.b-test.backend.workspace-prefix: received the workspace a-b-test, expected a unique one: test already has this one. Set another workspace-prefix.",
    ],
    [
      "a cloud backend without an organization",
      environment("full: {}", "backend: { type: cloud }"),
      `6:5: test.backend.organization: received nothing, expected ${ORGANIZATION}.`,
    ],
  ])("%s", (_, yaml, ...errors) => {
    const full = errors.map((error) =>
      error.replace(/^(\d+:\d+: )((?:test|prod|Test|"a+…" \(64 characters\))(?=[.:]))/, "$1environments.$2"),
    );
    expect(errorsOf(yaml)).toEqual(full.map((error) => `environments.yaml:${error}`));
  });

  test("all errors of a file are shown at once, in the order of the file", () => {
    const yaml = `
defaults: { regoin: us-east-1 }
environments:
  Bad:
    account: 1
    read-only: { policy: aws-managed, policy-name: x }
  good:
    account: "1"
    full: { adopt: 1, without: [chat], max-session-duration: 1 }`;
    const places = errorsOf(yaml).map((error) => error.split(": ").slice(0, 2).join(" "));
    expect(places).toEqual([
      "environments.yaml:2:13 defaults.regoin",
      "environments.yaml:4:3 environments.Bad",
      "environments.yaml:5:14 environments.Bad.account",
      "environments.yaml:6:52 environments.Bad.read-only.policy-name",
      "environments.yaml:8:14 environments.good.account",
      "environments.yaml:9:20 environments.good.full.adopt",
      "environments.yaml:9:33 environments.good.full.without[0]",
      "environments.yaml:9:62 environments.good.full.max-session-duration",
    ]);
  });

  test("the heading counts them and says that nothing was written", () => {
    expect(() => parseEnvironments("", "e.yaml")).toThrow(
      /^e\.yaml has an error\. Nothing was written\.\ne\.yaml:1:1: /,
    );
    expect(() => parseEnvironments("a: 1\nb: 2", "e.yaml")).toThrow(/^e\.yaml has 3 errors\. Nothing was written\.\n/);
  });
});

describe("a file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "support-app-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("that doesn't exist", () => {
    expect(() => loadEnvironments("no/such.yaml")).toThrow(
      new EnvironmentsError("no/such.yaml", [
        "no/such.yaml: expected a readable YAML file in UTF-8, but: ENOENT: no such file or directory, open 'no/such.yaml'. Check the name, or give another in SUPPORT_APP_ENVIRONMENTS.",
      ]),
    );
  });

  test("that is not UTF-8", () => {
    const file = join(folder, "latin.yaml");
    writeFileSync(file, Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    expect(() => loadEnvironments(file)).toThrow(
      /expected a readable YAML file in UTF-8, but: The encoded data was not valid/,
    );
  });

  test("with a byte order mark and Windows line endings", () => {
    const file = join(folder, "windows.yaml");
    writeFileSync(file, `\ufeff${environment("read-only: {}").replaceAll("\n", "\r\n")}\r\n`);
    expect(loadEnvironments(file)).toMatchObject([{ name: "test", account: "111122223333" }]);
  });
});

test("what an environment doesn't set comes from the defaults", () => {
  const yaml = `
defaults: { region: eu-west-1, backend: { type: cloud, organization: acme } }
environments:
  a: { account: "111122223333", read-only: {} }
  b: { account: "444455556666", read-only: {}, region: us-east-1, backend: { type: local } }`;
  expect(parseEnvironments(yaml, "e.yaml")).toMatchObject([
    { name: "a", region: "eu-west-1", backend: { type: "cloud", organization: "acme" } },
    { name: "b", region: "us-east-1", backend: { type: "local" } },
  ]);
});

test("a retired environment keeps its other keys, so that only one line changes", () => {
  const entries = ["full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }", "account-alias: a"];
  const [before] = parseEnvironments(environment(...entries), "e.yaml");
  const [after] = parseEnvironments(environment(...entries, "retired: true"), "e.yaml");
  expect(before?.retired).toBe(false);
  expect(after).toEqual({ ...before, retired: true });
});

test("every key of an access level reaches the construct", () => {
  const yaml = environment(
    "full:",
    "  without: [live-chat]",
    "  policy: customer-managed",
    "  service-quotas-role: existing",
    "  role-name: r",
    "  policy-name: p",
    "  description: d",
    "  policy-description: pd",
    "  path: /x/",
    "  permissions-boundary: arn:aws:iam::aws:policy/PowerUserAccess",
    "  max-session-duration: 7200",
    "  tags: { A: b }",
    "  adopt: true",
    "  source-account-condition: true",
  );
  expect(parseEnvironments(yaml, "e.yaml")[0]?.accesses).toEqual([
    {
      access: "full",
      account: "111122223333",
      without: ["live-chat"],
      policy: "customer-managed",
      serviceQuotasRole: "existing",
      roleName: "r",
      policyName: "p",
      description: "d",
      policyDescription: "pd",
      path: "/x/",
      permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess",
      maxSessionDuration: 7200,
      tags: { A: "b" },
      adopt: true,
      sourceAccountCondition: true,
    },
  ]);
});
