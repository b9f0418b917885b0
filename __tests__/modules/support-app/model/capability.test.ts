import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../../../../modules/support-app/model/capability";

test("everything but viewing cases can be left out", () => {
  expect(CAPABILITIES).toEqual(["view-cases", ...OPTIONAL_CAPABILITIES]);
  expect(OPTIONAL_CAPABILITIES).not.toContain("view-cases");
});

test("the actions of several capabilities are sorted together, as in AWS's own policy", () => {
  expect(actionsOf([])).toEqual([]);
  expect(actionsOf(["view-cases", "create-cases", "request-quota-increases"])).toEqual([
    "servicequotas:GetRequestedServiceQuotaChange",
    "servicequotas:GetServiceQuota",
    "servicequotas:RequestServiceQuotaIncrease",
    "support:CreateCase",
    "support:DescribeCases",
    "support:DescribeCommunications",
    "support:DescribeSeverityLevels",
  ]);
});

test("the lists of capabilities can't be changed", () => {
  expect(() => (OPTIONAL_CAPABILITIES as unknown as string[]).push("view-cases")).toThrow(TypeError);
  expect(() => (CAPABILITIES as unknown as string[]).push("all")).toThrow(TypeError);
});
