import { managesServiceQuotasRole, serviceQuotasModeOf } from "../../../modules/support-app/service-quotas-role";
import { type Check, setting } from "../check";

/** The regions of environments.yaml are those that AWS lists; whether AWS has the Support App there, it says itself. */
export const region: Check = {
  name: "region",
  sentence: "The region has the Support App.",
  permissions: [],
  examine: ({ environment, whole, account: { channels } }) => {
    if ("known" in channels) return { findings: [] };
    if (channels.unknown.kind !== "no-support-app") return { findings: [], waitsFor: "channels" };
    const other = environment.region === "us-east-1" ? "us-west-2" : "us-east-1";
    const isProtected = whole.accesses.some((props) => managesServiceQuotasRole(serviceQuotasModeOf(props)));
    const first = isProtected
      ? " First hand the Service Quotas role back to the account: it can't be destroyed (README, The Service Quotas role)."
      : "";
    return {
      findings: [
        {
          answer: "unhealthy",
          subject: environment.region,
          expected: "a region in which AWS has the Support App",
          found: channels.unknown.message,
          fix: {
            text: `Destroy the environment as long as environments.yaml says this region; then set another, such as ${other}, and deploy it there.${first}`,
            change: setting(environment, { region: other }),
            commands: [],
          },
        },
      ],
    };
  },
};
