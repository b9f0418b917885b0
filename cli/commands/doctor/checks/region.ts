import { unhealthy } from "../../../findings/finding";
import type { Check } from "../check";

/** environments.yaml takes the regions that AWS lists; AWS's answer decides whether it has the Support App there. */
export const region: Check = {
  examine: ({ environment: { name, region: own }, account: { channels } }) => {
    if ("known" in channels) return {};
    const { kind, message } = channels.unknown;
    if (kind !== "no-support-app") return { waitsFor: "channels" };
    const other = own === "us-east-1" ? "us-west-2" : "us-east-1";
    const fix = {
      text: `Before you change the region, set retired: true and deploy. Then remove that line, set another region, such as ${other}, and deploy again.`,
      change: { environments: { [name]: { region: other } } },
      commands: [], // the first deploy is before the change
    };
    const of = { resource: own, about: ["region"] };
    return { findings: [unhealthy(of, "a region in which AWS has the Support App", message, fix)] };
  },
};
