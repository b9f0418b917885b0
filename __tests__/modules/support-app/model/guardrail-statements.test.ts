import {
  guardrailStatements,
  isPrincipalArn,
  ROLE_PATTERN,
} from "../../../../modules/support-app/model/guardrail-statements";

const DEPLOYER = "arn:aws:iam::111122223333:role/terraform";
const ROLE = "arn:aws:iam::111122223333:role/AWSSupportAppFullRole";

const ONLY_DEPLOYERS = {
  sid: "OnlyDeployersConfigureTheSupportApp",
  actions: [
    "supportapp:Create*",
    "supportapp:Delete*",
    "supportapp:Put*",
    "supportapp:Redeem*",
    "supportapp:Register*",
    "supportapp:Update*",
  ],
  resources: ["*"],
  condition: { test: "ArnNotEquals", variable: "aws:PrincipalArn", values: [DEPLOYER] },
};

const TO_THE_SUPPORT_APP = {
  test: "StringEquals",
  variable: "iam:PassedToService",
  values: ["supportapp.amazonaws.com"],
};

test.each([
  ["only with its roles", [ROLE], { notResources: [ROLE] }],
  ["and nobody can pass a role to it without one", [], { resources: ["*"] }],
])("only the deployers can configure the Support App, %s", (_, roles, resources) => {
  expect(guardrailStatements([DEPLOYER], roles)).toEqual([
    ONLY_DEPLOYERS,
    { sid: "NoOtherRoleForTheSupportApp", actions: ["iam:PassRole"], ...resources, condition: TO_THE_SUPPORT_APP },
  ]);
});

const USER = "arn:aws:iam::111122223333:user/team/anna";

test.each([
  [ROLE, true, true],
  [USER, true, false],
  ["arn:aws:iam::111122223333:group/admins", false, false],
  ["arn:aws:iam::111122223333:role/*", false, false],
  ["arn:aws:iam::111122223333:role/${aws:username}/x", false, true], // the module refuses a variable itself
])("%s is a principal: %s; a role: %s", (arn, isPrincipal, isRole) => {
  expect([isPrincipalArn(arn), new RegExp(ROLE_PATTERN).test(arn)]).toEqual([isPrincipal, isRole]);
});
