import { CAN_BE_LEFT_OUT, ENVIRONMENT_KEYS, ENVIRONMENT_NAME, environment, expectErrors } from "./expected";

const ACCESS_KEYS =
  "one of without, until, temporarily, policy, service-quotas-role, role-name, policy-name, description, policy-description, path, permissions-boundary, max-session-duration, tags, adopt, source-account-condition, channels";

describe("bad input", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
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
      "an access level beside the environments",
      `${environment("read-only: {}")}\nfull: {}`,
      '6:1: full: received the unknown key "full", expected one of defaults, environments. Did you mean defaults.full or environments.NAME.full?',
    ],
    [
      "a channel of an environment, without its access level, and the notifications of an access level",
      environment("channels: []", "full: { notify: {} }"),
      `5:5: test.channels: received the unknown key "channels", expected ${ENVIRONMENT_KEYS}. Did you mean environments.test.read-only.channels or environments.test.full.channels?`,
      `6:13: test.full.notify: received the unknown key "notify", expected ${ACCESS_KEYS}. Did you mean environments.test.full.channels[].notify?`,
    ],
    [
      "the environments below the defaults",
      `${environment("read-only: {}")}\ndefaults: { environments: {} }`,
      '6:13: defaults.environments: received the unknown key "environments", expected one of region, backend, profile, tags, read-only, full. It belongs at the top level of the file.',
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
      "a wrong capability beside a capability that read-only doesn't have",
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
      "a key three times",
      environment("full:", "  adopt: true", "full: {}", "full: {}"),
      '7:5: test.full: received the key "full" a second time, expected it once: line 5 already has it.',
      '8:5: test.full: received the key "full" a second time, expected it once: line 5 already has it.',
    ],
  ])("%s", (_, yaml, ...errors) => expectErrors(yaml, errors));
});
