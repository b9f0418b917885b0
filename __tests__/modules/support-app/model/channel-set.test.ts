import {
  channelSetConflicts,
  channelWords,
  workspaceSetConflicts,
} from "../../../../modules/support-app/model/channel-set";
import type { Conflict } from "../../../../modules/support-app/model/conflict";

type Id = string | undefined;
const channels = (...ids: readonly (readonly [workspace: Id, channel: Id])[]) =>
  ids.map(([workspace, channel]) => ({ workspace, channel }));
const makeChannels = (count: number) => Array.from({ length: count }, (_, index) => ["T1", `C${index}`] as const);
const FIVE = [1, 2, 3, 4, 5].map((number) => [`T${number}`, "C1"] as const);
const MORE = [["T6", "C1"] as const, ["T6", "C2"] as const, ["T7", "C1"] as const, [undefined, "C2"] as const];
const INVALID = Array.from({ length: 22 }, () => [undefined, undefined] as const);

const tooMany = (noun: "channels" | "workspaces", count: number, ...path: Conflict["path"]): Conflict => ({
  kind: "too-many",
  path,
  of: noun,
  count,
});

test.each<[string, ...Parameters<typeof channelSetConflicts>, Conflict[]]>([
  ["differ by both IDs", channels(["T1", "C1"], ["T2", "C1"], ["T1", "C2"]), ["T1"], []],
  [
    "each once",
    channels(["T1", "C1"], ["T2", "C1"], ["T2", "C1"]),
    [],
    [{ kind: "same-channel", path: [2, "channel"], workspace: "T2", channel: "C1", first: 1 }],
  ],
  [
    "an ID that isn't valid isn't compared",
    channels(["T1", undefined], ["T1", undefined], ...INVALID.slice(3)),
    [],
    [tooMany("channels", 21, 20, "channel")],
  ],
  ["in 5 workspaces", channels(...FIVE, [undefined, "C1"]), [undefined, "T1", "T2"], []],
  ["not in 7", channels(...FIVE, ...MORE), [undefined], [tooMany("workspaces", 7, 5, "workspace")]],
  [
    "registered workspaces count",
    channels(...FIVE.slice(2)),
    ["T6", "T7", "T8"],
    [tooMany("workspaces", 6, 2, "workspace")],
  ],
  ["more registered ones are reported there", channels(["T6", "C1"]), ["T1", "T2", "T3", "T4", "T5", "T6"], []],
  ["20", channels(...makeChannels(20)), [], []],
  ["not 22", channels(...makeChannels(22)), [], [tooMany("channels", 22, 20, "channel")]],
  ["not 22 that aren't valid", channels(...INVALID), [], [tooMany("channels", 22, 20, "channel")]],
])("the channels of an account are counted and compared by their IDs: %s", (_, configured, registered, expected) => {
  expect(channelSetConflicts(configured, registered)).toEqual(expected);
});

const sameWorkspace = (index: number): Conflict => ({
  kind: "same-workspace",
  path: [index],
  workspace: "T1",
  first: 0,
});

test.each<[workspaces: Id[], expected: Conflict[]]>([
  [["T1", "T2", undefined, undefined, "T5"], []],
  [
    ["T1", "T2", "T1", "T1"],
    [sameWorkspace(2), sameWorkspace(3)],
  ],
  [["T1", "T2", "T3", "T4", "T5", "T6", "T7"], [tooMany("workspaces", 7, 5)]],
])("an account has at most five workspaces, each once: %j", (ids, expected) => {
  expect(workspaceSetConflicts(ids)).toEqual(expected);
});

test("a channel is called by its name and its IDs, or by these alone", () => {
  const ids = { workspace: "T1", channel: "C1" };
  expect([channelWords(ids, "oncall"), channelWords(ids)]).toEqual([...["#oncall (C1 of T1)", "a channel (C1 of T1)"]]);
});
