import { CAN_BE_LEFT_OUT, ENVIRONMENT_KEYS, ENVIRONMENT_NAME, environment, expectErrors } from "./expected";

const REGIONS =
  "one of ap-northeast-1, ap-southeast-1, ca-central-1, eu-central-1, eu-west-1, eu-west-2, us-east-1, us-east-2, us-west-2; the Support App exists nowhere else, and not in China or GovCloud";

describe("bad input", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
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
  ])("%s", (_, yaml, ...errors) => expectErrors(yaml, errors));
});
