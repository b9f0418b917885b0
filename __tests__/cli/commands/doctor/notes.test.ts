import { endingNotes, givenNotes } from "../../../../cli/commands/doctor/notes";
import { environmentOf } from "../../../support/live-account";

describe("what a channel is given", () => {
  const ALL =
    "view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases";
  const VIEW =
    "view-cases, but not create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases";
  const channel = "channels: [{ name: oncall, workspace: T1, channel: C1 }]";
  const given = (access: string, settings: string, time: string) =>
    givenNotes(environmentOf(`${access}: { ${settings}${channel} }`), new Date(time));

  test.each<[access: string, settings: string, time: string, note: string]>([
    ["read-only", "", "2026-06-01T00:00:00Z", VIEW],
    ["read-only", "until: 2026-12-31, ", "2026-12-31T23:59:59Z", `until the end of 2026-12-31 (UTC): ${VIEW}`],
    ["read-only", "until: 2026-12-31, ", "2027-01-01T00:00:00Z", "nothing any more: all read-only access has ended"],
    ["full", "", "2026-06-01T00:00:00Z", ALL],
    [
      "full",
      "without: [reply-to-cases, resolve-cases, live-chat], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: resolve-cases, until: 2026-01-31 }], ",
      "2026-06-01T00:00:00Z",
      "view-cases, create-cases, attach-files, live-chat (until the end of 2026-12-31 (UTC)), request-quota-increases, but not reply-to-cases, resolve-cases",
    ],
  ])("%s access with %j at %s", (access, settings, time, note) => {
    expect(given(access, settings, time)).toEqual([`environments.yaml gives #oncall (C1 of T1) ${note}.`]);
  });

  test("depends on its access level", () => {
    const full = "full: { channels: [{ name: other, workspace: T1, channel: C2 }] }";
    const environment = environmentOf(`read-only: { ${channel} }, ${full}`);
    expect(givenNotes(environment, new Date("2026-06-01T00:00:00Z"))).toEqual([
      `environments.yaml gives #oncall (C1 of T1) ${VIEW}.`,
      `environments.yaml gives #other (C2 of T1) ${ALL}.`,
    ]);
  });
});

describe("an end of access is a note from 14 days before", () => {
  const LEVEL = "full: { until: 2026-12-31 }";
  const TEMPORARY =
    "full: { service-quotas-role: create, without: [live-chat, create-cases, resolve-cases], temporarily: [{ capability: live-chat, until: 2026-12-31T18:00:00+01:00 }, { capability: create-cases, until: 2026-12-30 }, { capability: resolve-cases, until: 2026-12-31T17:00:00Z }] }";
  const ENDS = "All full access of test ends at the end of 2026-12-31 (UTC). To keep it, set a later until.";
  const REMOVE = "Remove what has ended from environments.yaml, not only its until, or set a later until.";
  const CREATE = `create-cases of the full access of test ended at the end of 2026-12-30 (UTC). ${REMOVE}`;
  const both = "live-chat, resolve-cases of the full access of test";

  test.each<[string, string, string[]]>([
    ["full: {}", "2030-01-01T00:00:00Z", []],
    [LEVEL, "2026-12-17T23:59:59Z", []],
    [LEVEL, "2026-12-18T00:00:00Z", [ENDS]],
    [LEVEL, "2026-12-31T23:59:59Z", [ENDS]],
    [LEVEL, "2027-01-01T00:00:00Z", [`All full access of test ended at the end of 2026-12-31 (UTC). ${REMOVE}`]],
    [TEMPORARY, "2026-12-01T00:00:00Z", []],
    [
      TEMPORARY,
      "2026-12-31T16:59:59Z",
      [CREATE, `${both} ends at 2026-12-31T17:00:00Z. To keep it, set a later until.`],
    ],
    [TEMPORARY, "2026-12-31T17:00:00Z", [CREATE, `${both} ended at 2026-12-31T17:00:00Z. ${REMOVE}`]],
  ])("%s at %s", (yaml, time, notes) => {
    const environment = environmentOf(yaml);
    expect(environment.accesses.flatMap((props) => endingNotes(props, environment, new Date(time)))).toEqual(notes);
  });
});
