import type { Check } from "../check";

/** environments.yaml takes the regions that AWS lists; AWS's answer decides whether it has the Support App there. */
export const region: Check = {
  name: "region",
  sentence: "The region has the Support App.",
  examine: ({ environment, account: { channels } }) => {
    if ("known" in channels) return { findings: [] };
    if (channels.unknown.kind !== "no-support-app") return { findings: [], waitsFor: "channels" };
    const other = environment.region === "us-east-1" ? "us-west-2" : "us-east-1";
    return {
      findings: [
        {
          answer: "unhealthy",
          subject: environment.region,
          about: ["region"],
          expected: "a region in which AWS has the Support App",
          found: channels.unknown.message,
          fix: {
            text: `Before you change the region, set retired: true and deploy. Then remove that line, set another region, such as ${other}, and deploy again.`,
            change: { environments: { [environment.name]: { region: other } } },
            commands: [], // the first deploy is before the change
          },
        },
      ],
    };
  },
};
