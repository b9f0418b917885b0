import { isServiceQuotasRight } from "../../../cli/iam/excess";
import { documentOf } from "../../support/live-account";

const GUIDE = {
  Effect: "Allow",
  Action: "iam:CreateServiceLinkedRole",
  Resource: "*",
  Condition: { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } },
};

test.each<[string, object, boolean]>([
  ["the guide's statement", GUIDE, true],
  ["the same in another spelling", { ...GUIDE, Action: ["IAM:createservicelinkedrole"] }, true],
  [
    "the same with an end",
    { ...GUIDE, Condition: { ...GUIDE.Condition, DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } } },
    true,
  ],
  ["a Deny", { ...GUIDE, Effect: "Deny" }, false],
  ["the right for every service", { ...GUIDE, Condition: undefined }, false],
  [
    "the right for another service",
    { ...GUIDE, Condition: { StringEquals: { "iam:AWSServiceName": "lambda.amazonaws.com" } } },
    false,
  ],
  ["a wider pattern", { ...GUIDE, Condition: { StringLike: GUIDE.Condition.StringEquals } }, false],
  ["one more action", { ...GUIDE, Action: ["iam:CreateServiceLinkedRole", "iam:DeleteRole"] }, false],
  ["all other actions", { ...GUIDE, Action: undefined, NotAction: "iam:CreateServiceLinkedRole" }, false],
  [
    "one more condition",
    { ...GUIDE, Condition: { ...GUIDE.Condition, Bool: { "aws:SecureTransport": "true" } } },
    false,
  ],
])("the right to create the Service Quotas role, and nothing else: %s", (_, statement, isRight) => {
  expect(documentOf(statement).known.policy.statements.map(isServiceQuotasRight)).toEqual([isRight]);
});
