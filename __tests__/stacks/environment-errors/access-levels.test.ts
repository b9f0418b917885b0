import { CAN_BE_LEFT_OUT, environment, expectErrors } from "./expected";

const ROLE_NAME = "a role name of 1 to 64 letters, digits and _ + = , . @ -";
const MAPPING = "a mapping; if it is empty, write {}";

describe("bad input", () => {
  test.each<[name: string, yaml: string, ...errors: string[]]>([
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
  ])("%s", (_, yaml, ...errors) => expectErrors(yaml, errors));
});
