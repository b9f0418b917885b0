import {
  guardrailStatements,
  isPrincipalArn,
  ROLE_PATTERN,
} from "../../../../modules/support-app/model/guardrail-statements";

const DEPLOYER = "arn:aws:iam::111122223333:role/terraform";
const ROLE = "arn:aws:iam::111122223333:role/AWSSupportAppFullRole";

const ONLY_DEPLOYERS = {
  sid: "OnlyDeployersConfigureTheSupportApp",
  actions: ["Create", "Delete", "Put", "Redeem", "Register", "Update"].map((verb) => `supportapp:${verb}*`),
  resources: ["*"],
  condition: { test: "ArnNotEquals", variable: "aws:PrincipalArn", values: [DEPLOYER] },
};

const TO_SUPPORT_APP = { test: "StringEquals", variable: "iam:PassedToService", values: ["supportapp.amazonaws.com"] };

test.each([
  ["only with its roles", [ROLE], { notResources: [ROLE] }],
  ["and nobody can pass a role to it without one", [], { resources: ["*"] }],
])("only the deployers can configure the Support App, %s", (_, roles, resources) => {
  expect(guardrailStatements([DEPLOYER], roles)).toEqual([
    ONLY_DEPLOYERS,
    { sid: "NoOtherRoleForTheSupportApp", actions: ["iam:PassRole"], ...resources, condition: TO_SUPPORT_APP },
  ]);
});

const ROLES = "arn:aws:iam::111122223333:role/";
const atRole = (...ends: readonly string[]) => ends.map((end) => ROLES + end);

test.each([
  "arn:aws:iam::111122223333:user/team/anna",
  ...atRole("ci/a!b~[c]/Az09_+=,.@-", "$a/b", "r".repeat(64), `${"p".repeat(510)}/r`),
])("the policy may name the principal %s", (arn) => expect(isPrincipalArn(arn)).toBe(true));

test.each([
  ...["", "*", `x${ROLES}r`],
  ...atRole("", "*", "a*/r", "a?/r", "a b/r", "a\\b/r", "r ", "r".repeat(65), `${"p".repeat(511)}/r`),
  ...["$", "%", "#", "&"].map((sign) => `${ROLES}${sign}{aws:username}/r`),
  ...["group/a", "root"].map((name) => `arn:aws:iam::111122223333:${name}`),
  ...["arn:aws:iam::11112222333:role/r", "arn:aws-cn:iam::111122223333:role/r"],
  "arn:aws:sts::111122223333:assumed-role/r/session",
])("the policy can't name %p, which is no principal", (arn) => expect(isPrincipalArn(arn)).toBe(false));

test("the ARN of a user isn't the ARN of a role, and the module refuses a variable itself", () => {
  const isRole = (arn: string) => new RegExp(ROLE_PATTERN).test(arn);
  expect([ROLE, ROLE.replace("role", "user"), `${ROLES}\${aws:username}/x`].map(isRole)).toEqual([true, false, true]);
});
