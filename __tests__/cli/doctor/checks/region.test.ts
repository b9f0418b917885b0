import type { LookupFailure } from "../../../../cli/aws/lookup";
import { region } from "../../../../cli/doctor/checks/region";
import { examined, only } from "./examined";

describe("region", () => {
  const unknown = (kind: LookupFailure["kind"], isDeniedByOrganization?: boolean) => ({
    unknown: { kind, action: "a:B", message: "said", isDeniedByOrganization },
  });

  test("a region without the Support App is no region for it; that one may not ask says nothing of it", () => {
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

  test("an environment goes to another region by way of nothing, whatever it manages: what it has had is deployed away", () => {
    const fixIn = (yaml: string) =>
      only(examined(region, yaml, (account) => ({ ...account, channels: unknown("no-support-app") })).findings).fix;
    const { text } = fixIn("full: { service-quotas-role: create }");
    expect(text).toBe(
      "Set retired: true and deploy, while environments.yaml still says this region. Then remove that line, set another region, such as us-west-2, and deploy again.",
    );
    expect(fixIn("full: { service-quotas-role: existing }").text).toBe(text);
  });
});
