import {
  type ChannelInSet,
  channelSetProblems,
  type WorkspaceInSet,
  workspaceSetProblems,
} from "../../../../modules/support-app/model/channel-set";

describe("the channels of one account", () => {
  function inSet(...ids: [workspace: string | undefined, channel: string | undefined][]): ChannelInSet[] {
    return ids.map(([workspace, channel], index) => ({ workspace, channel, label: `line ${index + 1}` }));
  }

  test("differ by workspace and channel; an ID that isn't valid isn't compared", () => {
    const channels = inSet(
      ["T1", "C1"],
      ["T1", "C2"],
      ["T2", "C1"],
      ["T1", undefined],
      ["T1", undefined],
      [undefined, "C1"],
      [undefined, "C1"],
      [undefined, undefined],
      [undefined, undefined],
    );
    expect(channelSetProblems(channels, ["T1", undefined])).toEqual([]);
    expect(channelSetProblems([...channels, { workspace: "T2", channel: "C1", label: "line 10" }], [])).toEqual([
      {
        path: [9, "channel"],
        message:
          'received "C1" of T2 a second time, expected each channel once, since it has one role: line 3 has it already. Remove one of the two.',
      },
    ]);
  });

  test("are in at most 5 workspaces, which is reported at the first channel in the sixth", () => {
    const five = inSet(["T1", "C1"], ["T2", "C1"], ["T3", "C1"], ["T4", "C1"], ["T5", "C1"], [undefined, "C1"]);
    expect(channelSetProblems(five, [undefined, "T1", "T2"])).toEqual([]);
    const seven = [...five, ...inSet(["T6", "C1"], ["T6", "C2"], ["T7", "C1"], [undefined, "C2"])];
    expect(channelSetProblems(seven, [undefined])).toEqual([
      {
        path: [6, "workspace"],
        message: "received 7 workspaces, expected at most 5, the AWS limit for an account.",
      },
    ]);
    expect(channelSetProblems(five.slice(2), ["T6", "T7", "T8"])).toEqual([
      {
        path: [2, "workspace"],
        message: "received 6 workspaces, expected at most 5, the AWS limit for an account.",
      },
    ]);
  });

  test("are at most 20, whatever else is wrong with them", () => {
    const channels = Array.from({ length: 22 }, (_, index) => ["T1", `C${index}`] as [string, string]);
    expect(channelSetProblems(inSet(...channels.slice(0, 20)), [])).toEqual([]);
    const problem = {
      path: [20, "channel"],
      message: "received 22 channels, expected at most 20, the AWS limit for an account.",
    };
    expect(channelSetProblems(inSet(...channels), [])).toEqual([problem]);
    expect(
      channelSetProblems(inSet(...channels.map((): [undefined, undefined] => [undefined, undefined])), []),
    ).toEqual([problem]);
  });
});

describe("the workspaces of one account", () => {
  function inSet(...workspaces: (string | undefined)[]): WorkspaceInSet[] {
    return workspaces.map((workspace, index) => ({ workspace, label: `line ${index + 1}` }));
  }

  test("differ; invalid ones aren't compared", () => {
    expect(workspaceSetProblems(inSet("T1", "T2", undefined, undefined))).toEqual([]);
    expect(workspaceSetProblems(inSet("T1", "T2", "T1", "T1"))).toEqual([
      {
        path: [2],
        message: 'received "T1" a second time, expected each workspace once: line 1 has it already.',
      },
      {
        path: [3],
        message: 'received "T1" a second time, expected each workspace once: line 1 has it already.',
      },
    ]);
  });

  test("are at most 5, which is reported once", () => {
    expect(workspaceSetProblems(inSet("T1", "T2", "T3", "T4", "T5"))).toEqual([]);
    expect(workspaceSetProblems(inSet("T1", "T2", "T3", "T4", "T5", "T6", "T7"))).toEqual([
      { path: [5], message: "received 7 workspaces, expected at most 5, the AWS limit for an account." },
    ]);
  });
});
