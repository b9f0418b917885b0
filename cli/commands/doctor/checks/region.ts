import { ANOTHER_PLACE } from "../../../../stacks/self-checks";
import { unhealthy } from "../../../findings/finding";
import type { DoctorCheck } from "../check";

/** environments.yaml takes the regions that AWS lists; AWS's answer decides whether it has the Support App there. */
export const region: DoctorCheck = {
  examine: ({ environment: { name, region: ownRegion }, account: { channels } }) => {
    if ("known" in channels) return {};
    const { kind, message } = channels.unknown;
    if (kind !== "no-support-app") return { waitsFor: "channels" };
    const otherRegion = ownRegion === "us-east-1" ? "us-west-2" : "us-east-1";
    const fix = {
      text: ANOTHER_PLACE,
      change: { environments: { [name]: { region: otherRegion } } },
      commands: [], // the first deploy is before the change
    };
    const location = { resource: ownRegion, about: ["region"] };
    return { findings: [unhealthy(location, "a region in which AWS has the Support App", message, fix)] };
  },
};
