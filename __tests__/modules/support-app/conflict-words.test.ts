import { problemOf } from "../../../modules/support-app/conflict-words";
import type { Access } from "../../../modules/support-app/model/access";
import { accessConflicts } from "../../../modules/support-app/model/access-consistency";
import type { Conflict } from "../../../modules/support-app/model/conflict";
import { withWordLists } from "../../support/word-lists";

const NO_REASON = { path: ["until"], kind: "no-effect", property: "until", value: "2026-12-31" } as const;

test.each<[Conflict, string]>([
  [
    { path: [], kind: "repeated", item: "live-chat", of: "capability" },
    'received "live-chat" a second time, expected each capability once.',
  ],
  [
    { path: [], kind: "too-many", of: "tags", count: 51 },
    "received 51 tags, expected at most 50, the IAM limit for a role or a policy.",
  ],
  [
    { path: [], kind: "too-many", of: "channels", count: 21 },
    "received 21 channels, expected at most 20, the AWS limit for an account.",
  ],
  [
    { path: [], kind: "too-many", of: "workspaces", count: 6 },
    "received 6 workspaces, expected at most 5, the AWS limit for an account.",
  ],
  [
    { path: [], kind: "same-tag", keys: ["Owner", "owner"] },
    'received the tag keys "Owner" and "owner", expected keys that differ in more than case, which IAM ignores.',
  ],
  [
    { ...NO_REASON, reason: "read-only" },
    'received "2026-12-31", expected nothing: read-only has only view-cases. Remove until.',
  ],
  [
    { ...NO_REASON, reason: "no-quota-increases" },
    'received "2026-12-31", expected nothing: this access has no request-quota-increases, so it needs no Service Quotas role. Remove until.',
  ],
  [
    { ...NO_REASON, reason: "aws-managed" },
    "received \"2026-12-31\", expected nothing: AWS's managed policy can't be changed. Set policy to customer-managed, or remove until.",
  ],
  [
    { path: [], kind: "account-needed", by: ["adopt", "sourceAccountCondition"] },
    "received nothing, expected an AWS account ID of 12 digits, which is required for adopt and sourceAccountCondition.",
  ],
  [
    { path: [], kind: "boundary-elsewhere", account: "111122223333", boundaryAccount: "444455556666" },
    "received a policy of the account 444455556666, expected one of 111122223333 or an AWS managed policy, since IAM accepts no other boundary.",
  ],
  [
    { path: [], kind: "granted-anyway", capability: "live-chat" },
    'received "live-chat", expected a capability that is also in without: any other is already granted without an end. Add it to without, or remove it here.',
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
  [
    { path: [], kind: "events-without-severity", events: ["case-created", "reply-added"] },
    "received case-created, reply-added, expected no event with the severity none. Remove it, or set severity to high or all.",
  ],
  [
    { path: [], kind: "severity-without-event", severity: "high" },
    'received "high" without an event, expected at least one of <events> in events. Add one, or set severity to none.',
  ],
])("the conflict %j has its sentence", (conflict, message) => {
  const labelOf = (index: number) => `line ${index + 1}`;
  expect(problemOf(conflict, { labelOf })).toEqual({ path: conflict.path, message: withWordLists(message) });
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
