import type { LookupFailure } from "../../../../../cli/aws/lookup";
import { DOCTOR_CHECKS } from "../../../../../cli/commands/doctor/checks";
import { ANOTHER_PLACE } from "../../../../../stacks/self-checks";
import { environmentOf, healthyAccount } from "../../../../support/live-account";
import { examine } from "./examined";

const unknown = (kind: LookupFailure["kind"]) => ({ unknown: { kind, action: "a:B", message: "said" } });

test("if the channels can't be listed for another reason, nothing is known of the region", () => {
  const denied = examine("region", "read-only: {}", (account) => ({ ...account, channels: unknown("denied") }));
  expect(denied).toEqual({ findings: [], waitsFor: "channels" });
});

test.each([
  ["us-east-1", "us-west-2"],
  ["eu-west-1", "us-east-1"],
])("without the Support App in %s, the environment is retired before it moves to another region", (from, to) => {
  const environment = { ...environmentOf("read-only: {}"), region: from };
  const account = { ...healthyAccount(environment), channels: unknown("no-support-app") };
  expect(DOCTOR_CHECKS.region.examine({ environment, channels: [], isWhole: true, account }).findings).toEqual([
    {
      answer: "unhealthy",
      resource: from,
      about: ["region"],
      found: "said",
      expected: "a region in which AWS has the Support App",
      fix: {
        text: ANOTHER_PLACE,
        change: { environments: { test: { region: to } } },
        commands: [],
      },
    },
  ]);
});
