import { guardrailOf } from "../../../../cli/commands/guardrail/command";
import { authorize, type Request } from "../../../../cli/iam/authorize";
import { type PolicyDocument, readPolicy } from "../../../../cli/iam/policy";
import { deployerPolicy } from "../../../../cli/permissions/deployer-policy";
import { doctorPolicy } from "../../../../cli/permissions/doctor-policy";
import { environmentOf } from "../../../support/live-account";

/** Source: Service Authorization Reference, AWS Support App in Slack. */
const WRITES = [
  ...["CreateSlackChannelConfiguration", "DeleteAccountAlias", "DeleteSlackChannelConfiguration"],
  ...["DeleteSlackWorkspaceConfiguration", "PutAccountAlias", "RedeemSlackOauthCode"],
  ...["RegisterSlackWorkspaceForOrganization", "UpdateSlackChannelConfiguration"],
];
const READS = [
  ...["DescribeSlackChannels", "GetAccountAlias", "GetSlackOauthParameters"],
  ...["ListSlackChannelConfigurations", "ListSlackWorkspaceConfigurations"],
];

const IAM = "arn:aws:iam::111122223333";
const DEPLOYER = `${IAM}:role/ci/terraform`;
const [FULL, READ_ONLY] = [`${IAM}:role/AWSSupportAppFullRole`, `${IAM}:role/support/AWSSupportAppReadOnlyRole`];
const OTHERS = [
  `${IAM}:role/admin`,
  `${IAM}:user/alice`,
  `${IAM}:root`,
  `${IAM}:role/ci/terraform2`,
  `${IAM}:role/terraform`,
  "arn:aws:iam::444455556666:role/ci/terraform",
];

const environmentWith = (keys: string) => environmentOf(`deploy-role: "${DEPLOYER}", ${keys}`, "payments");

const PAYMENTS = environmentWith(
  "read-only: { path: /support/ }, full: { service-quotas-role: create, channels: [{ name: a, workspace: T1, channel: C1 }] }, slack-workspaces: [T1], account-alias: pay",
);

const policyOf = (document: object) => readPolicy(JSON.stringify(document));
const EVERYTHING = policyOf({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });

/** What an administrator of the account, or somebody with another policy, may still do. */
function decided(request: Request, environment = PAYMENTS, identityPolicy = EVERYTHING) {
  return authorize(
    [
      { name: "own", policy: identityPolicy },
      { name: "guardrail", policy: policyOf(guardrailOf([environment], [DEPLOYER], false)) },
    ],
    request,
  ).is;
}

const requestBy = (principal: string, action: string) => ({
  action,
  resource: "*",
  keys: { "aws:principalarn": principal },
});
const passing = (role: string, service: string, principal = `${IAM}:role/admin`): Request => ({
  action: "iam:PassRole",
  resource: role,
  keys: { "aws:principalarn": principal, "iam:passedtoservice": service },
});

test("only the deployer may write, even among administrators, and anyone may read and use other services", () => {
  for (const action of WRITES)
    for (const principal of [DEPLOYER, ...OTHERS])
      expect([action, principal, decided(requestBy(principal, `supportapp:${action}`))]).toEqual([
        ...[action, principal],
        principal === DEPLOYER ? "allowed" : "explicit-deny",
      ]);
  for (const action of [...READS.map((name) => `supportapp:${name}`), "support:CreateCase", "supportapps:Put"])
    for (const principal of [DEPLOYER, ...OTHERS])
      expect([action, principal, decided(requestBy(principal, action))]).toEqual([action, principal, "allowed"]);
});

test.each([DEPLOYER, ...OTHERS])(
  "only the environment's roles can be passed to the Support App, even by the deployer; other services aren't affected: %j",
  (principal) => {
    for (const role of [FULL, READ_ONLY]) {
      expect(decided(passing(role, "supportapp.amazonaws.com", principal))).toBe("allowed");
    }
    for (const role of [`${IAM}:role/admin`, `${FULL}2`, `${IAM}:role/AWSSupportAppReadOnlyRole`]) {
      expect(decided(passing(role, "supportapp.amazonaws.com", principal))).toBe("explicit-deny");
      expect(decided(passing(role, "ec2.amazonaws.com", principal))).toBe("allowed");
    }
  },
);

test("a retired environment has no role to pass", () => {
  const retired = environmentWith("full: {}, retired: true");
  expect(decided(passing(FULL, "supportapp.amazonaws.com"), retired)).toBe("explicit-deny");
  expect(decided(passing(FULL, "ec2.amazonaws.com"), retired)).toBe("allowed");
});

test("the deployer's and doctor's own policies still allow all that they did", () => {
  const allowedBy = (document: PolicyDocument, principal: string) => {
    const identityPolicy = policyOf(document);
    for (const { Action, Resource = [], Condition = {} } of document.Statement) {
      const conditionKeys = Object.values(Condition).flatMap((byKey) => Object.entries(byKey));
      const keys = Object.fromEntries(conditionKeys.map(([key, [value]]) => [key.toLowerCase(), value]));
      for (const [action, resource] of Action.flatMap((name) => Resource.map((arn) => [name, arn] as const))) {
        const request = { action, resource, keys: { ...keys, "aws:principalarn": principal } };
        const decision = authorize([{ name: "own", policy: identityPolicy }], request).is;
        expect([action, decision, decided(request, PAYMENTS, identityPolicy)]).toEqual([action, "allowed", "allowed"]);
      }
    }
  };
  allowedBy(deployerPolicy(PAYMENTS), DEPLOYER);
  allowedBy(doctorPolicy(), `${IAM}:role/doctor`);
});

test("as a permissions boundary, it allows everything else and denies the same", () => {
  const boundary = policyOf(guardrailOf([PAYMENTS], [DEPLOYER], true));
  const decide = (request: Request) => authorize([{ name: "boundary", policy: boundary }], request).is;
  expect(decide(requestBy(`${IAM}:user/alice`, "ec2:RunInstances"))).toBe("allowed");
  expect(decide(requestBy(`${IAM}:user/alice`, "supportapp:PutAccountAlias"))).toBe("explicit-deny");
  expect(decide(passing(`${IAM}:role/admin`, "supportapp.amazonaws.com"))).toBe("explicit-deny");
  expect(decide(passing(FULL, "supportapp.amazonaws.com"))).toBe("allowed");
});
