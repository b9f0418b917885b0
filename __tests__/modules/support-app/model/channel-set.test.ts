import { channelSetProblems, workspaceSetProblems } from "../../../../modules/support-app/model/channel-set";

type Id = string | undefined;
const channels = (...ids: readonly (readonly [workspace: Id, channel: Id])[]) =>
  ids.map(([workspace, channel], index) => ({ workspace, channel, label: `line ${index + 1}` }));
const makeChannels = (count: number) => Array.from({ length: count }, (_, index) => ["T1", `C${index}`] as const);
const FIVE = [1, 2, 3, 4, 5].map((number) => [`T${number}`, "C1"] as const);
const MORE = [["T6", "C1"] as const, ["T6", "C2"] as const, ["T7", "C1"] as const, [undefined, "C2"] as const];
const INVALID = Array.from({ length: 22 }, () => [undefined, undefined] as const);

const TWICE =
  'received "C1" of T2 a second time, expected each channel once, since it has one role: line 2 has it already. Remove one of the two.';
const workspaces = (count: number) => `received ${count} workspaces, expected at most 5, the AWS limit for an account.`;
const CHANNELS = "received 22 channels, expected at most 20, the AWS limit for an account.";

test.each<[string, ...Parameters<typeof channelSetProblems>, (readonly [(string | number)[], string])[]]>([
  ["differ by both IDs", channels(["T1", "C1"], ["T2", "C1"], ["T1", "C2"]), ["T1"], []],
  ["each once", channels(["T1", "C1"], ["T2", "C1"], ["T2", "C1"]), [], [[[2, "channel"], TWICE]]],
  [
    "an ID that isn't valid isn't compared",
    channels(["T1", undefined], ["T1", undefined], ...INVALID.slice(3)),
    [],
    [[[20, "channel"], "received 21 channels, expected at most 20, the AWS limit for an account."]],
  ],
  ["in 5 workspaces", channels(...FIVE, [undefined, "C1"]), [undefined, "T1", "T2"], []],
  ["not in 7", channels(...FIVE, ...MORE), [undefined], [[[5, "workspace"], workspaces(7)]]],
  ["registered workspaces count", channels(...FIVE.slice(2)), ["T6", "T7", "T8"], [[[2, "workspace"], workspaces(6)]]],
  ["more registered ones are reported there", channels(["T6", "C1"]), ["T1", "T2", "T3", "T4", "T5", "T6"], []],
  ["20", channels(...makeChannels(20)), [], []],
  ["not 22", channels(...makeChannels(22)), [], [[[20, "channel"], CHANNELS]]],
  ["not 22 that aren't valid", channels(...INVALID), [], [[[20, "channel"], CHANNELS]]],
])("the channels of an account are counted and compared by their IDs: %s", (_, channels, registered, expected) => {
  expect(channelSetProblems(channels, registered)).toEqual(expected.map(([path, message]) => ({ path, message })));
});

const REPEATED = 'received "T1" a second time, expected each workspace once: line 1 has it already.';

test.each<[workspaces: Id[], expected: [number, string][]]>([
  [["T1", "T2", undefined, undefined, "T5"], []],
  [
    ["T1", "T2", "T1", "T1"],
    [
      [2, REPEATED],
      [3, REPEATED],
    ],
  ],
  [["T1", "T2", "T3", "T4", "T5", "T6", "T7"], [[5, workspaces(7)]]],
])("an account has at most five workspaces, each once: %j", (ids, expected) => {
  const workspaces = ids.map((workspace, index) => ({ workspace, label: `line ${index + 1}` }));
  expect(workspaceSetProblems(workspaces)).toEqual(expected.map(([index, message]) => ({ path: [index], message })));
});
