import { permissionStatements } from "../../../../modules/support-app/model/policy-statements";

const END = "2027-01-01T00:00:00Z";
const UNTIL_THEN = { test: "DateLessThan", variable: "aws:CurrentTime", values: [END] };
const FOR_QUOTAS = { test: "StringEquals", variable: "iam:AWSServiceName", values: ["servicequotas.amazonaws.com"] };
const QUOTAS = [
  "servicequotas:GetRequestedServiceQuotaChange",
  "servicequotas:GetServiceQuota",
  "servicequotas:RequestServiceQuotaIncrease",
];

describe("permissions", () => {
  test("permissions with an end hold before it", () => {
    expect(permissionStatements(["resolve-cases"], "on-demand", END)).toEqual([
      { effect: "Allow", actions: ["support:ResolveCase"], resources: ["*"], condition: [UNTIL_THEN] },
    ]);
  });

  test("permissions to create the Service Quotas role end with the quota requests", () => {
    expect(permissionStatements(["request-quota-increases"], "on-demand", END)).toEqual([
      { effect: "Allow", actions: QUOTAS, resources: ["*"], condition: [UNTIL_THEN] },
      {
        effect: "Allow",
        actions: ["iam:CreateServiceLinkedRole"],
        resources: ["*"],
        condition: [FOR_QUOTAS, UNTIL_THEN],
      },
    ]);
  });
});
