import { givenNotes } from "../../../../cli/commands/doctor/notes";
import { environmentOf } from "../../../support/live-account";
import { withWordLists } from "../../../support/word-lists";

describe("what a channel is given", () => {
  const ALL = withWordLists("<capabilities>");
  const VIEW = withWordLists("view-cases, but not <optional capabilities>");
  const channel = "channels: [{ name: oncall, workspace: T1, channel: C1 }]";
  const notesAt = (access: string, settings: string, time: string) =>
    givenNotes(environmentOf(`${access}: { ${settings}${channel} }`), new Date(time));

  test.each<[access: string, settings: string, time: string, note: string]>([
    ["read-only", "until: 2026-12-31, ", "2026-12-31T23:59:59Z", `until the end of 2026-12-31 (UTC): ${VIEW}`],
    ["read-only", "until: 2026-12-31, ", "2027-01-01T00:00:00Z", "nothing any more: all read-only access has ended"],
    [
      "full",
      withWordLists(
        "without: [<optional capabilities but create-cases, attach-files>], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: resolve-cases, until: 2026-01-31 }], ",
      ),
      "2026-06-01T00:00:00Z",
      withWordLists(
        "view-cases, create-cases, attach-files, live-chat (until the end of 2026-12-31 (UTC)), but not <optional capabilities but create-cases, attach-files, live-chat>",
      ),
    ],
  ])("a channel is given %s access with %j at %s", (access, settings, time, note) => {
    expect(notesAt(access, settings, time)).toEqual([`environments.yaml gives #oncall (C1 of T1) ${note}.`]);
  });

  test("what a channel is given depends on its access level", () => {
    const full = "full: { channels: [{ name: other, workspace: T1, channel: C2 }] }";
    const environment = environmentOf(`read-only: { ${channel} }, ${full}`);
    expect(givenNotes(environment, new Date("2026-06-01T00:00:00Z"))).toEqual([
      `environments.yaml gives #oncall (C1 of T1) ${VIEW}.`,
      `environments.yaml gives #other (C2 of T1) ${ALL}.`,
    ]);
  });
});
