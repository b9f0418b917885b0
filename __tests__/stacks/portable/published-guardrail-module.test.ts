import { isPrincipalArn } from "../../../modules/support-app/model/guardrail-statements";
import { GUARDRAIL_VARIABLES, publishedGuardrailModule } from "../../../stacks/portable/published-guardrail-module";

const ROLE = "arn:aws:iam::111122223333:role/";

describe("a principal that a policy may name", () => {
  test.each([
    `${ROLE}terraform`,
    "arn:aws:iam::111122223333:user/ops",
    `${ROLE}ci/a!b~[c]/Az09_+=,.@-`,
    `${ROLE}${"r".repeat(64)}`,
    `${ROLE}${"p".repeat(510)}/r`,
    `${ROLE}$a/b`,
  ])("may be %s", (arn) => expect(isPrincipalArn(arn)).toBe(true));

  test.each([
    "",
    "*",
    ROLE,
    `${ROLE}*`,
    `${ROLE}a*/r`,
    `${ROLE}a?/r`,
    `${ROLE}a b/r`,
    `${ROLE}a\\b/r`,
    `${ROLE}r `,
    `x${ROLE}r`,
    `${ROLE}${"r".repeat(65)}`,
    `${ROLE}${"p".repeat(511)}/r`,
    ...["$", "%", "#", "&"].map((sign) => `${ROLE}${sign}{aws:username}/r`),
    "arn:aws:iam::111122223333:group/a",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::11112222333:role/r",
    "arn:aws-cn:iam::111122223333:role/r",
    "arn:aws:sts::111122223333:assumed-role/r/session",
  ])("can't be %p", (arn) => expect(isPrincipalArn(arn)).toBe(false));
});

test("the module's variables, none of which is required", () => {
  expect(GUARDRAIL_VARIABLES.map(({ name, default: byDefault }) => [name, byDefault])).toEqual([
    ["role_arns", []],
    ["deployer_arns", []],
    ["target_ids", []],
    ["name", "support-app"],
  ]);
});

test("the policy denies configuring the Support App to all but deployers, and with other roles", () => {
  const { data, resource, output } = publishedGuardrailModule() as Record<
    string,
    Record<string, Record<string, object>>
  >;
  expect(data?.aws_iam_policy_document?.guardrail).toMatchObject({
    statement: [
      { effect: "Deny", condition: [{ variable: "aws:PrincipalArn", values: "${var.deployer_arns}" }] },
      { effect: "Deny", not_resources: "${var.role_arns}" },
    ],
  });
  expect(resource?.aws_organizations_policy?.policy).toMatchObject({
    type: "SERVICE_CONTROL_POLICY",
    lifecycle: {
      precondition: [{ condition: "${length(data.aws_iam_policy_document.guardrail.minified_json) <= 5120}" }],
    },
  });
  expect(Object.keys(output ?? {})).toEqual(["policy_id", "json"]);
});
