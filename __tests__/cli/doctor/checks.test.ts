import { CHECKS } from "../../../cli/doctor/diagnose";
import { environmentOf, roleNameOf } from "../../support/live-account";
import { everyKind, examined } from "./checks/examined";

test.each(CHECKS.flatMap((check) => everyKind.map((yaml) => [check.name, yaml, check] as const)))(
  "%s finds nothing in %s as it is deployed, and waits for nothing",
  (_, yaml, check) => {
    expect(examined(check, yaml)).toMatchObject({ findings: [] });
    expect(examined(check, yaml).waitsFor).toBeUndefined();
  },
);

test("every check has a stable name, and a sentence of its own", () => {
  expect(CHECKS.map(({ name }) => name)).toEqual([
    "credentials",
    "region",
    "support-plan",
    "role",
    "trust",
    "permissions-boundary",
    "unexpected-access",
    "capabilities",
    "channels",
    "service-quotas-role",
  ]);
  for (const { sentence } of CHECKS) expect(sentence).toMatch(/^[A-Z].*\.$/);
});

test("roles have the names of environments.yaml", () => {
  expect(roleNameOf(environmentOf("full: { role-name: oncall }"), "full")).toBe("oncall");
});
