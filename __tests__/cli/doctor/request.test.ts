import { requestOf } from "../../../cli/doctor/request";
import { ACCOUNT, environmentOf } from "../../support/live-account";
import { NOW } from "../../support/now";

const [props] = environmentOf("full: { path: /support/ }").accesses as [
  ReturnType<typeof environmentOf>["accesses"][number],
];
const keys = {
  "aws:principalaccount": ACCOUNT,
  "aws:principalarn": `arn:aws:iam::${ACCOUNT}:role/support/AWSSupportAppFullRole`,
  "aws:currenttime": "2026-06-01T00:00:00Z",
  "iam:awsservicename": undefined,
};

test("a request to AWS Support has no resource, and is known to lack a linked service", () => {
  expect(requestOf(props, "support:CreateCase", NOW)).toEqual({
    action: "support:CreateCase",
    keys,
    resource: undefined,
  });
});

test("a request to Service Quotas has some resource", () => {
  expect(requestOf(props, "servicequotas:GetServiceQuota", NOW)).toEqual({
    action: "servicequotas:GetServiceQuota",
    keys,
    resource: "some",
  });
});

test("a request to create the Service Quotas role names the service and that role", () => {
  expect(requestOf(props, "iam:CreateServiceLinkedRole", NOW)).toEqual({
    action: "iam:CreateServiceLinkedRole",
    keys: { ...keys, "iam:awsservicename": "servicequotas.amazonaws.com" },
    resource: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas`,
  });
});
