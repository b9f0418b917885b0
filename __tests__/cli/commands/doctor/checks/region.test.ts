import type { LookupFailure } from "../../../../../cli/aws/lookup";
import { region } from "../../../../../cli/commands/doctor/checks/region";
import { environmentOf, healthyAccount } from "../../../../support/live-account";
import { examined } from "./examined";

describe("region", () => {
  const unknown = (kind: LookupFailure["kind"]) => ({
    unknown: { kind, action: "a:B", message: "said" },
  });

  test("a region that answers has the Support App", () => {
    expect(examined(region, "read-only: {}")).toEqual({ findings: [] });
  });

  test("a denied question says nothing about the region", () => {
    const denied = examined(region, "read-only: {}", (account) => ({ ...account, channels: unknown("denied") }));
    expect(denied).toEqual({ findings: [], waitsFor: "channels" });
  });

  test.each([
    ["us-east-1", "us-west-2"],
    ["eu-west-1", "us-east-1"],
  ])("%s without the Support App: an environment moves to another one by way of retirement", (from, to) => {
    for (const yaml of ["read-only: {}", "full: { service-quotas-role: create }"]) {
      const environment = { ...environmentOf(yaml), region: from };
      const account = { ...healthyAccount(environment), channels: unknown("no-support-app") };
      expect(region.examine({ environment, whole: environment, account })).toEqual({
        findings: [
          {
            answer: "unhealthy",
            subject: from,
            about: ["region"],
            expected: "a region in which AWS has the Support App",
            found: "said",
            fix: {
              text: `Before you change the region, set retired: true and deploy. Then remove that line, set another region, such as ${to}, and deploy again.`,
              change: { environments: { test: { region: to } } },
              commands: [],
            },
          },
        ],
      });
    }
  });

  test("the region that is suggested is one that environments.yaml takes", () => {
    examined(region, "read-only: {}", (account) => ({ ...account, channels: unknown("no-support-app") }));
    expect.assertions(1); // that the file with the change is right
  });
});
