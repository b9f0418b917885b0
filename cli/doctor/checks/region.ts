import type { Check } from "../check";

/** The regions of environments.yaml are those that AWS lists; whether AWS has the Support App there, it says itself. */
export const region: Check = {
  name: "region",
  sentence: "The region has the Support App.",
  permissions: [],
  examine: ({ environment, account: { channels } }) => {
    if ("known" in channels || channels.unknown.kind !== "no-support-app") return { findings: [] };
    return {
      findings: [
        {
          answer: "unhealthy",
          subject: environment.region,
          expected: "a region in which AWS has the Support App",
          found: channels.unknown.message,
          fix: {
            text: "Destroy the environment as long as environments.yaml says this region; then set another, such as us-east-1, and deploy it there.",
            change: { environments: { [environment.name]: { region: "us-east-1" } } },
            commands: [],
          },
        },
      ],
    };
  },
};
