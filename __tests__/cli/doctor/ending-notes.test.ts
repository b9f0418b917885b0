import { endingNotes } from "../../../cli/doctor/ending-notes";
import { environmentOf } from "../../support/live-account";

function notesAt(yaml: string, time: string): string[] {
  const environment = environmentOf(yaml);
  return endingNotes(environment, environment, new Date(time));
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
