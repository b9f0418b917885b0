import { peopleLines } from "../../../../cli/commands/people/report";
import type { ReportedChannel } from "../../../../cli/reports/people-report";

const STATE = { name: "oncall", isPrivate: true, isArchived: false, isShared: false, sharedWith: [], isInvited: false };
const COUNTS = { members: 12, guests: 2, strangers: 1, bots: 3, unseen: 0 };

function channel(overrides: Partial<ReportedChannel> = {}): ReportedChannel {
  const about = { workspace: "T1", channel: "C1", name: "oncall", access: "full" } as const;
  return { ...about, unknown: [], state: STATE, counts: COUNTS, ...overrides };
}

const linesOf = (...channels: ReportedChannel[]) =>
  peopleLines([{ name: "production", account: "444455556666", channels }]);

/** What the table says of a channel, by its columns. */
function row(overrides: Partial<ReportedChannel>): string[] {
  return (linesOf(channel(overrides))[2] ?? "").trim().split(/ {2,}/);
}

test("each environment has a table of its own, after an empty line", () => {
  const environment = (name: string) => ({ name, account: "111122223333", channels: [channel()] });
  const table = [
    "  channel  access  private  archived  shared with  people  guests  external  bots",
    "  #oncall  full    yes      no        nobody       12      2       1         3",
  ];
  expect(peopleLines([environment("a"), environment("b")])).toEqual([
    ...["a (111122223333)", ...table],
    ...["", "b (111122223333)", ...table],
  ]);
});

test("a channel of a team is named by the team", () => {
  expect(row({ team: "on-call" }).slice(0, 2)).toEqual(["#oncall", "team on-call"]);
});

test.each<[string, Partial<ReportedChannel["state"]>, number, string]>([
  ["is renamed in Slack", { name: "new" }, 0, "#oncall (in Slack #new)"],
  ["is public", { isPrivate: false }, 2, "no"],
  ["is archived", { isArchived: true }, 3, "yes"],
  ["is shared with organizations", { isShared: true, sharedWith: ["T8", "T9"] }, 4, "T8, T9"],
  ["is shared, but Slack doesn't say with whom", { isShared: true }, 4, "another organization"],
  ["is shared, and another organization is invited", { isShared: true, isInvited: true }, 4, "another organization"],
  ["has invited an organization", { isInvited: true }, 4, "nobody, but one is invited"],
])("a channel that %s is marked as such", (_, state, column, value) => {
  expect(row({ state: { ...STATE, ...state } })[column]).toBe(value);
});

test("where not everyone could be looked up, each count is a minimum", () => {
  expect(row({ counts: { ...COUNTS, unseen: 1 } }).slice(5)).toEqual([
    ...["12 or more", "2 or more", "1 or more", "3 or more"],
  ]);
});

test("what is the same for every channel, such as a rejected token, is said once", () => {
  const reason = "Slack answers invalid_auth to auth.test.";
  const unknown = channel({ state: undefined, counts: undefined, unknown: [reason] });
  const report = (...channels: ReportedChannel[]) =>
    peopleLines(
      channels.map((reportedChannel, index) => ({
        name: `e${index}`,
        account: "111122223333",
        channels: [reportedChannel],
      })),
    );
  const table = (index: number) => [`e${index} (111122223333)`, expect.any(String), expect.stringContaining("#oncall")];
  expect(report(unknown, unknown)).toEqual([...table(0), "", ...table(1), "", `Every channel: ${reason}`]);
  expect(report(unknown, channel({}))).toEqual([...table(0), `  #oncall: ${reason}`, "", ...table(1)]);
  const otherChannel = channel({ unknown: ["a", "b"] });
  expect(report(otherChannel, channel({ unknown: ["ab"] })).join()).not.toContain("Every channel");
  expect(report(channel({}), channel({})).join("\n")).not.toContain("Every channel");
});

test("people are listed by kind, ID and name, and people of another organization with theirs", () => {
  const people = [
    { id: "U1", name: "Jane Roe", is: "person" },
    { id: "UBOT22", name: "Bot", is: "bot" },
    { id: "U3", name: "Li", is: "guest", from: "T9" },
  ] as const;
  expect(linesOf(channel({ people: [...people] })).slice(3)).toEqual([
    "  In #oncall:",
    "    person  U1      Jane Roe",
    "    bot     UBOT22  Bot",
    "    guest   U3      Li        of T9",
  ]);
  expect(linesOf(channel({ people: [] }))).toHaveLength(3);
});
