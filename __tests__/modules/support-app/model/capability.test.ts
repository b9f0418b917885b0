import {
  actionsOf,
  CAPABILITIES,
  CAPABILITY_WORDS,
  OPTIONAL_CAPABILITIES,
} from "../../../../modules/support-app/model/capability";

test("each capability in words, to follow what people in the channel can do", () => {
  expect(CAPABILITY_WORDS).toEqual({
    "view-cases": "search support cases and read them",
    "create-cases": "open a support case",
    "reply-to-cases": "add to a case's correspondence, which also reopens it",
    "attach-files": "attach files to a new case or a reply",
    "resolve-cases": "resolve a case",
    "live-chat":
      "start a live chat with AWS, in a thread of the channel or in a new private channel that gets the same access",
    "request-quota-increases": "look up a service quota and request an increase",
  });
});

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
