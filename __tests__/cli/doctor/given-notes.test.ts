import { givenNotes } from "../../../cli/doctor/given-notes";
import { environmentOf } from "../../support/live-account";

const NOW = "2026-06-01T00:00:00Z";
const ALL = "view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases";

const channel = (name: string, id: string) => `channels: [{ name: ${name}, workspace: T1, channel: ${id} }]`;

function notes(access: string, settings: string, time: string): string[] {
  return givenNotes(environmentOf(`${access}: { ${settings}${channel("oncall", "C1")} }`), new Date(time));
}

test.each<[what: string, access: string, settings: string, note: string]>([
  [
    "read-only access",
    "read-only",
    "",
    "view-cases, but not create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases",
  ],
  ["full access", "full", "", ALL],
  [
    "full access without creating and resolving cases",
    "full",
    "without: [create-cases, resolve-cases], ",
    "view-cases, reply-to-cases, attach-files, live-chat, request-quota-increases, but not create-cases, resolve-cases",
  ],
  [
    "a capability until later, one that has ended, and one that isn't given",
    "full",
    "without: [reply-to-cases, resolve-cases, live-chat], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: resolve-cases, until: 2026-01-31 }], ",
    "view-cases, create-cases, attach-files, live-chat (until the end of 2026-12-31 (UTC)), request-quota-increases, but not reply-to-cases, resolve-cases (ended at the end of 2026-01-31 (UTC))",
  ],
  ["access that ends", "full", "until: 2026-06-05, ", `until the end of 2026-06-05 (UTC): ${ALL}`],
  [
    "access that ends, and a capability that ends before it",
    "full",
    "until: 2026-06-05, without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-06-02T18:00:00+01:00 }], ",
    "until the end of 2026-06-05 (UTC): view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat (until 2026-06-02T17:00:00Z), request-quota-increases",
  ],
  [
    "access that has ended",
    "full",
    "until: 2026-01-31, ",
    "nothing any more: all full access ended at the end of 2026-01-31 (UTC)",
  ],
  [
    "access that has ended, after one of its capabilities",
    "full",
    "until: 2026-01-31, without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-01-30 }], ",
    "nothing any more: all full access ended at the end of 2026-01-31 (UTC)",
  ],
])("a channel's note has what it may do, until when, and what it may not: %s", (_, access, settings, note) => {
  expect(notes(access, settings, NOW)).toEqual([`environments.yaml gives #oncall ${note}.`]);
});

test.each([
  [
    "2026-12-31T23:59:59Z",
    "until the end of 2026-12-31 (UTC): view-cases, but not create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases",
  ],
  ["2027-01-01T00:00:00Z", "nothing any more: all read-only access ended at the end of 2026-12-31 (UTC)"],
])("at %s, the first second without access is the end", (time, note) => {
  expect(notes("read-only", "until: 2026-12-31, ", time)).toEqual([`environments.yaml gives #oncall ${note}.`]);
});

test("channels of one name have their IDs, and each has what its access level gives", () => {
  const full = `full: { channels: [{ name: oncall, workspace: T1, channel: C2 }, { name: other, workspace: T1, channel: C3 }] }`;
  const environment = environmentOf(`read-only: { until: 2026-01-31, ${channel("oncall", "C1")} }, ${full}`);
  expect(givenNotes(environment, new Date(NOW))).toEqual([
    "environments.yaml gives #oncall (C1 of T1) nothing any more: all read-only access ended at the end of 2026-01-31 (UTC).",
    `environments.yaml gives #oncall (C2 of T1) ${ALL}.`,
    `environments.yaml gives #other ${ALL}.`,
  ]);
});
