import { manualFix } from "../../../findings/finding";
import { type DoctorCheck, unknownFinding } from "../check";

/** Without a Support plan that has the API, the Support App can do nothing. */
export const supportPlan: DoctorCheck = {
  examine: ({ environment, account: { supportApi } }) => {
    if ("known" in supportApi) return {};
    const { unknown } = supportApi;
    const location = { resource: `account ${environment.account}`, about: ["account"] };
    const finding = unknownFinding(location, "a Support plan with the Support App", unknown);
    if (unknown.kind !== "no-support-plan") return { findings: [finding] };
    const fix = manualFix(
      "Change the Support plan to Business Support+, Enterprise or Unified Operations, which AWS lists for the Support App: https://console.aws.amazon.com/support/plans. AWS ends Developer, Business and Enterprise On-Ramp on 2027-01-01.",
    );
    return { findings: [{ ...finding, answer: "unhealthy", fix }] };
  },
};
