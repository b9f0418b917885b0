import { BOUNDED, change, type Draft, FULL, ONCALL, report, terraformOf } from "../../support/edited-stack";

test("the Service Quotas role that comes gives something to who waited for it", () => {
  const withMode = (mode: string) => terraformOf(`full: { ${ONCALL}, service-quotas-role: ${mode} }`);
  expect(change(withMode("existing"), withMode("create"))).toMatchObject({ verdict: "broadened" });
  expect(report(change(withMode("existing"), withMode("create")))).toContain(
    "Whoever may request quota increases and couldn't create it may have been waiting for it.",
  );
  expect(change(withMode("on-demand"), withMode("create"))).toMatchObject({ verdict: "narrowed" });
  expect(change(withMode("existing"), withMode("adopt"))).toMatchObject({ verdict: "settings" }); // it was there
});

test("the Service Quotas role that comes or goes is told", () => {
  const withRole = terraformOf(`full: { ${BOUNDED}, ${ONCALL}, service-quotas-role: create }, read-only: {}`);
  expect(change(FULL, withRole)).toMatchObject({ verdict: "narrowed" });
  expect(report(change(FULL, withRole))).toContain(
    "- The Service Quotas role `AWSServiceRoleForServiceQuotas` is managed by the stack.",
  );
  expect(change(withRole, FULL)).toMatchObject({ verdict: "broadened" });
  expect(report(change(withRole, FULL))).toContain(
    "- The Service Quotas role `AWSServiceRoleForServiceQuotas` leaves the stack. It stays in the account.",
  );
  const destroyed = structuredClone(FULL) as Draft;
  delete destroyed.removed;
  expect(report(change(withRole, destroyed))).toContain(
    "- The Service Quotas role `AWSServiceRoleForServiceQuotas` is **destroyed**: the stack neither has it nor hands it back to the account.",
  );
});
