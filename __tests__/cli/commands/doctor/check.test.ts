import { mergeOutcomes } from "../../../../cli/commands/doctor/check";

test("outcomes are merged, and the last check that one waits for counts", () => {
  const finding = { answer: "unknown" } as never;
  const outcomes = [
    { findings: [finding], waitsFor: "role" as const },
    { notes: ["n"] },
    { waitsFor: "trust" as const },
  ];
  expect(mergeOutcomes(outcomes)).toEqual({ findings: [finding], notes: ["n"], waitsFor: "trust" });
  expect(mergeOutcomes([{}])).toEqual({ findings: [], notes: [] });
});
