import { problemOf } from "../../../modules/support-app/conflict-words";
import type { Access } from "../../../modules/support-app/model/access";
import { accessConflicts } from "../../../modules/support-app/model/access-consistency";
import type { Conflict } from "../../../modules/support-app/model/conflict";

const NO_REASON = { path: ["until"], kind: "no-effect", property: "until", value: "2026-12-31" } as const;

// The others are in bad-inputs/constructs.yaml and bad-inputs/environments.yaml.
test.each<[Conflict, string]>([
  [
    { ...NO_REASON, reason: "read-only" },
    'received "2026-12-31", expected nothing: read-only has only view-cases. Remove until.',
  ],
  [
    { path: [], kind: "account-needed", by: ["adopt", "sourceAccountCondition"] },
    "received nothing, expected an AWS account ID of 12 digits, which is required for adopt and sourceAccountCondition.",
  ],
  [
    { path: [], kind: "granted-anyway", capability: "live-chat" },
    'received "live-chat", expected a capability that is also in without: any other is already granted without an end. Add it to without, or remove it here.',
  ],
  [
    { path: [], kind: "events-without-severity", events: ["case-created", "reply-added"] },
    "received case-created, reply-added, expected no event with the severity none. Remove it, or set severity to high or all.",
  ],
  [
    { path: [], kind: "ends-too-late", until: "2027-01-01", all: "2026-12-31" },
    'received "2027-01-01", expected an earlier end than until (2026-12-31), when everything ends. Set an earlier one, or remove the capability from without and from here.',
  ],
  [
    { path: [], kind: "same-channel", workspace: "T2", channel: "C1", first: 1 },
    'received "C1" of T2 a second time, expected each channel once, since it has one role: line 2 has it already. Remove one of the two.',
  ],
  [
    { path: [], kind: "same-workspace", workspace: "T1", first: 0 },
    'received "T1" a second time, expected each workspace once: line 1 has it already.',
  ],
])("the conflict %j has its sentence", (conflict, message) => {
  const labelOf = (index: number) => `line ${index + 1}`;
  expect(problemOf(conflict, { labelOf })).toEqual({ path: conflict.path, message });
});

test("a message names the properties as its reader knows them", () => {
  const messageWithNames = (props: object) =>
    accessConflicts({ access: "full", ...props } as Access)
      .map((conflict) => problemOf(conflict, { nameOf: (property) => `<${property}>` }).message)
      .map((message) => message.match(/(Remove|Set|Add|expected an earlier|for) .*/)?.[0])
      .join(" ");
  const chat = [{ capability: "live-chat", until: "2026-12-31" }];
  const managed = { policy: "aws-managed", without: ["live-chat"], until: "2026-12-31", temporarily: chat };
  expect(messageWithNames({ ...managed, serviceQuotasRole: "adopt", policyName: "p", adopt: true })).toBe(
    [
      ...["without", "until", "temporarily", "serviceQuotasRole", "policyName"].map(
        (property) => `Set <policy> to customer-managed, or remove <${property}>.`,
      ),
      "for <serviceQuotasRole>.",
    ].join(" "),
  );
  expect(messageWithNames({ until: "2026-12-31", temporarily: chat, adopt: true, sourceAccountCondition: true })).toBe(
    "Add it to <without>, or remove it here. expected an earlier end than <until> (2026-12-31), when everything ends. Set an earlier one, or remove the capability from <without> and from here. for <adopt> and <sourceAccountCondition>.",
  );
  expect(
    messageWithNames({ access: "read-only", without: ["live-chat"], temporarily: chat, serviceQuotasRole: "create" }),
  ).toBe("Remove <without>. Remove <temporarily>. Remove <serviceQuotasRole>.");
});
