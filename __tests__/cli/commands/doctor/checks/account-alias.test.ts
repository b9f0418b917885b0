import type { Account } from "../../../../../cli/commands/doctor/account";
import { DENIED } from "../../../../support/live-account";
import { ALLOW, deploying, examine } from "./examined";

const WITH = "account-alias: Payments, read-only: {}";
const WITHOUT = "read-only: {}";
const aliased = (yaml: string, alias: Account["alias"]) =>
  examine("account-alias", yaml, (account) => ({ ...account, alias }));
const draft = { resource: "account alias", about: ["account-alias"], expected: '"Payments"', topic: undefined };

test.each([
  ["no alias", undefined, "none"],
  ["another alias", "payments", '"payments"'],
])("%s in AWS in place of the alias of environments.yaml is unhealthy, and a deploy sets it", (_, liveAlias, found) => {
  const fix = deploying("Deploy the environment, which sets the alias.");
  expect(aliased(WITH, { known: liveAlias }).findings).toEqual([{ ...draft, answer: "unhealthy", found, fix }]);
});

test("an alias that can't be read is unknown if environments.yaml has one, and waits for the region without the Support App", () => {
  const unread = { ...draft, answer: "unknown", found: DENIED.unknown.message, fix: ALLOW };
  expect(aliased(WITH, DENIED).findings).toEqual([unread]);
  expect(aliased(WITHOUT, DENIED)).toEqual({ findings: [] });
  const unknown = { kind: "no-support-app", action: "", message: "" } as const;
  expect(aliased(WITH, { unknown })).toEqual({ findings: [], waitsFor: "region" });
});

test("an alias that isn't in environments.yaml is a note, and the right one, or none, is nothing", () => {
  expect(aliased(WITHOUT, { known: "Pay" })).toEqual({
    findings: [],
    notes: [
      'People in Slack see the account as "Pay", an alias that isn\'t in environments.yaml. To manage it, set account-alias.',
    ],
  });
  expect(aliased(WITHOUT, { known: undefined })).toEqual({ findings: [] });
  expect(aliased(WITH, { known: "Payments" })).toEqual({ findings: [] });
});
