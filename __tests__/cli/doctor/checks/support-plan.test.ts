import type { LookupFailure } from "../../../../cli/aws/lookup";
import { supportPlan } from "../../../../cli/doctor/checks/support-plan";
import { ACCOUNT } from "../../../support/live-account";
import { examined, only } from "./examined";

describe("support-plan", () => {
  const unknown = (kind: LookupFailure["kind"], isDeniedByOrganization?: boolean) => ({
    unknown: { kind, action: "a:B", message: "said", isDeniedByOrganization },
  });

  test("a plan without the API is unhealthy; an unreadable one is unknown", () => {
    const without = examined(supportPlan, "full: {}", (account) => ({
      ...account,
      supportApi: unknown("no-support-plan"),
    }));
    expect(only(without.findings)).toMatchObject({ answer: "unhealthy", subject: `account ${ACCOUNT}` });
    // No plan that AWS ends is one to change to.
    expect(only(without.findings).fix?.text).toMatch(
      /^Change the Support plan to Business Support\+, Enterprise or Unified Operations, [^.]*: https:\S+\. AWS ends Developer, Business and Enterprise On-Ramp on 2027-01-01\.$/,
    );
    const denied = examined(supportPlan, "full: {}", (account) => ({ ...account, supportApi: unknown("denied") }));
    expect(only(denied.findings)).toMatchObject({
      answer: "unknown",
      fix: { commands: [expect.stringContaining("--policy")] },
    });
    const scp = examined(supportPlan, "full: {}", (account) => ({
      ...account,
      supportApi: unknown("denied", true),
    }));
    expect(only(scp.findings).fix).toEqual({
      text: expect.stringContaining("whoever runs the organization"),
      commands: [],
    });
  });
});
