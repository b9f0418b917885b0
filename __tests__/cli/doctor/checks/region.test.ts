import type { LookupFailure } from "../../../../cli/aws/lookup";
import { region } from "../../../../cli/doctor/checks/region";
import { examined, only } from "./examined";

describe("region", () => {
  const unknown = (kind: LookupFailure["kind"], isDeniedByOrganization?: boolean) => ({
    unknown: { kind, action: "a:B", message: "said", isDeniedByOrganization },
  });

  test("a region without the Support App is unhealthy; a denied question says nothing about the region", () => {
    const without = examined(region, "read-only: {}", (account) => ({
      ...account,
      channels: unknown("no-support-app"),
    }));
    expect(only(without.findings)).toMatchObject({
      answer: "unhealthy",
      subject: "us-east-1",
      found: "said",
      fix: { change: { environments: { test: { region: "us-west-2" } } } },
    });
    const denied = examined(region, "read-only: {}", (account) => ({ ...account, channels: unknown("denied") }));
    expect(denied).toEqual({ findings: [], waitsFor: "channels" });
  });

  test("an environment changes its region by way of retirement, whatever it manages", () => {
    const fixIn = (yaml: string) =>
      only(examined(region, yaml, (account) => ({ ...account, channels: unknown("no-support-app") })).findings).fix;
    const { text } = fixIn("full: { service-quotas-role: create }");
    expect(text).toBe(
      "Before you change the region, set retired: true and deploy. Then remove that line, set another region, such as us-west-2, and deploy again.",
    );
    expect(fixIn("full: { service-quotas-role: existing }").text).toBe(text);
  });
});
