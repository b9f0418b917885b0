import { ACCOUNT, DENIED } from "../../../../support/live-account";
import { ALLOW, examine } from "./examined";

const finding = { resource: `account ${ACCOUNT}`, about: ["account"], expected: "a Support plan with the Support App" };

test("a Support plan without the API is unhealthy, and the fix names no plan that AWS ends", () => {
  const unknown = { kind: "no-support-plan", action: "a:B", message: "said" } as const;
  const without = examine("support-plan", "full: {}", (account) => ({ ...account, supportApi: { unknown } }));
  const fix = {
    text: "Change the Support plan to Business Support+, Enterprise or Unified Operations, which AWS lists for the Support App: https://console.aws.amazon.com/support/plans. AWS ends Developer, Business and Enterprise On-Ramp on 2027-01-01.",
    commands: [],
  };
  expect(without.findings).toEqual([{ ...finding, answer: "unhealthy", found: "said", fix }]);
});

test("an API that can't be asked is unknown", () => {
  const denied = examine("support-plan", "full: {}", (account) => ({ ...account, supportApi: DENIED }));
  expect(denied.findings).toEqual([{ ...finding, answer: "unknown", found: DENIED.unknown.message, fix: ALLOW }]);
});
