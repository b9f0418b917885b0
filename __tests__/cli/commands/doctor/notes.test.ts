import { endingNotes, givenNotes } from "../../../../cli/commands/doctor/notes";
import { environmentOf } from "../../../support/live-account";

describe("what a channel is given", () => {
  const NOW = "2026-06-01T00:00:00Z";
  const ALL =
    "view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases";

  const channel = (name: string, id: string) => `channels: [{ name: ${name}, workspace: T1, channel: ${id} }]`;

  function given(access: string, settings: string, time: string): string[] {
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
    expect(given(access, settings, NOW)).toEqual([`environments.yaml gives #oncall ${note}.`]);
  });

  test.each([
    [
      "2026-12-31T23:59:59Z",
      "until the end of 2026-12-31 (UTC): view-cases, but not create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases",
    ],
    ["2027-01-01T00:00:00Z", "nothing any more: all read-only access ended at the end of 2026-12-31 (UTC)"],
  ])("at %s, the first second without access is the end", (time, note) => {
    expect(given("read-only", "until: 2026-12-31, ", time)).toEqual([`environments.yaml gives #oncall ${note}.`]);
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
});

describe("an end", () => {
  function notesAt(yaml: string, time: string): string[] {
    const environment = environmentOf(yaml);
    return environment.accesses.flatMap((props) => endingNotes(props, environment, new Date(time)));
  }
  const LEVEL = "full: { until: 2026-12-31 }";
  const chat = (more: string) =>
    `full: { without: [live-chat, create-cases, resolve-cases], temporarily: [{ capability: live-chat, until: 2026-12-31 }], ${more} }`;

  test.each<[string, string, string[]]>([
    ["full: {}", "2030-01-01T00:00:00Z", []],
    [LEVEL, "2026-12-17T23:59:59Z", []],
    [
      LEVEL,
      "2026-12-18T00:00:00Z",
      ["All full access of test ends at the end of 2026-12-31 (UTC). To keep it, set a later until."],
    ],
    [
      LEVEL,
      "2026-12-31T23:59:59Z",
      ["All full access of test ends at the end of 2026-12-31 (UTC). To keep it, set a later until."],
    ],
    [
      LEVEL,
      "2027-01-01T00:00:00Z",
      [
        "All full access of test ended at the end of 2026-12-31 (UTC). Retire the environment, or set a later until. Don't just remove until: everything would be given again, without an end.",
      ],
    ],
    [
      `read-only: {}, ${LEVEL}`,
      "2027-01-01T00:00:00Z",
      [
        "All full access of test ended at the end of 2026-12-31 (UTC). Remove full from environments.yaml, or set a later until. Don't just remove until: everything would be given again, without an end.",
      ],
    ],
    [
      `read-only: { until: 2026-12-30 }, ${LEVEL}`,
      "2027-01-01T00:00:00Z",
      [
        "All read-only access of test ended at the end of 2026-12-30 (UTC). Retire the environment, or set a later until. Don't just remove until: everything would be given again, without an end.",
        "All full access of test ended at the end of 2026-12-31 (UTC). Retire the environment, or set a later until. Don't just remove until: everything would be given again, without an end.",
      ],
    ],
    [
      `read-only: { until: 2027-12-30 }, ${LEVEL}`,
      "2027-01-01T00:00:00Z",
      [
        "All full access of test ended at the end of 2026-12-31 (UTC). Remove full from environments.yaml, or set a later until. Don't just remove until: everything would be given again, without an end.",
      ],
    ],
    [
      chat("until: 2027-12-31"),
      "2026-12-20T00:00:00Z",
      [
        "live-chat of the full access of test ends at the end of 2026-12-31 (UTC). To keep it, set a later until in temporarily.",
      ],
    ],
    [
      chat("service-quotas-role: create"),
      "2027-01-01T00:00:00Z",
      [
        "live-chat of the full access of test ended at the end of 2026-12-31 (UTC). Remove it from temporarily: nobody loses anything.",
      ],
    ],
    [chat("service-quotas-role: create"), "2026-12-01T00:00:00Z", []],
  ])("%s at %s: the notes are %j", (yaml, time, notes) => {
    expect(notesAt(yaml, time)).toEqual(notes);
  });

  test("capabilities that end together share a note, and what ends first comes first", () => {
    const yaml =
      "full: { without: [live-chat, create-cases, resolve-cases], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: create-cases, until: 2026-12-30 }, { capability: resolve-cases, until: 2026-12-31 }] }";
    expect(notesAt(yaml, "2026-12-31T00:00:00Z")).toEqual([
      "create-cases of the full access of test ended at the end of 2026-12-30 (UTC). Remove it from temporarily: nobody loses anything.",
      "live-chat, resolve-cases of the full access of test ends at the end of 2026-12-31 (UTC). To keep it, set a later until in temporarily.",
    ]);
  });

  test("once all access has ended, nothing is said of its capabilities; before that, both are", () => {
    const both = chat("until: 2027-01-05");
    expect(notesAt(both, "2027-01-02T00:00:00Z")).toEqual([
      "All full access of test ends at the end of 2027-01-05 (UTC). To keep it, set a later until.",
      "live-chat of the full access of test ended at the end of 2026-12-31 (UTC). Remove it from temporarily: nobody loses anything.",
    ]);
    expect(notesAt(both, "2027-01-06T00:00:00Z")).toHaveLength(1);
  });
});
