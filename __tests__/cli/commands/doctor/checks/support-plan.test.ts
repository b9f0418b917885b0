import type { LookupFailure } from "../../../../../cli/aws/lookup";
import { supportPlan } from "../../../../../cli/commands/doctor/checks/support-plan";
import { ACCOUNT } from "../../../../support/live-account";
import { examined, only } from "./examined";

describe("support-plan", () => {
  const unknown = (kind: LookupFailure["kind"], isDeniedByOrganization?: boolean) => ({
    unknown: { kind, action: "a:B", message: "said", isDeniedByOrganization },
  });

  const asked = (kind: LookupFailure["kind"], isDeniedByOrganization?: boolean) =>
    examined(supportPlan, "full: {}", (account) => ({
      ...account,
      supportApi: unknown(kind, isDeniedByOrganization),
    }));
  const of = { subject: `account ${ACCOUNT}`, about: ["account"], expected: "a Support plan with the Support App" };

  test("a plan whose API answers is healthy", () => {
    expect(examined(supportPlan, "full: {}")).toEqual({ findings: [] });
  });

  test("a plan without the API is unhealthy, and no plan that AWS ends is one to change to", () => {
    expect(asked("no-support-plan")).toEqual({
      findings: [
        {
          answer: "unhealthy",
          ...of,
          found: "said",
          fix: {
            text: "Change the Support plan to Business Support+, Enterprise or Unified Operations, which AWS lists for the Support App: https://console.aws.amazon.com/support/plans. AWS ends Developer, Business and Enterprise On-Ramp on 2027-01-01.",
            commands: [],
          },
        },
      ],
    });
  });

  test("an API that may not be asked is unknown", () => {
    expect(asked("denied")).toEqual({
      findings: [
        {
          answer: "unknown",
          ...of,
          found: "said",
          topic: undefined,
          fix: {
            text: "Allow these credentials a:B. This prints everything that doctor needs:",
            commands: ["npx support-app doctor --policy"],
          },
        },
      ],
    });
    expect(only(asked("denied", true).findings).fix).toEqual({
      text: expect.stringContaining("whoever runs the organization"),
      commands: [],
    });
  });
});
