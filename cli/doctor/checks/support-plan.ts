import { type Check, unlessKnown } from "../check";

/** Without a Support plan that has the API, the Support App can do nothing. */
export const supportPlan: Check = {
  name: "support-plan",
  sentence: "The account's Support plan has the API that the Support App needs.",
  permissions: [{ actions: ["support:DescribeSeverityLevels"], resources: ["*"] }],
  examine: ({ environment, account: { supportApi } }) => {
    const of = { subject: `account ${environment.account}`, about: ["account"] };
    const expected = "a Support plan with the Support App";
    if ("known" in supportApi || supportApi.unknown.kind !== "no-support-plan") {
      return { findings: unlessKnown(of, expected, supportApi) };
    }
    return {
      findings: [
        {
          answer: "unhealthy",
          ...of,
          expected,
          found: supportApi.unknown.message,
          fix: {
            text: "Change the Support plan to Business Support+, Enterprise or Unified Operations, which AWS lists for the Support App: https://console.aws.amazon.com/support/plans. AWS ends Developer, Business and Enterprise On-Ramp on 2027-01-01.",
            commands: [],
          },
        },
      ],
    };
  },
};
