import { merged } from "../../../../cli/commands/doctor/check";

test("outcomes are merged, and the last check that one waits for counts", () => {
  const finding = { answer: "unknown" } as never;
  const all = [{ findings: [finding], waitsFor: "a" }, { notes: ["n"], unseen: [["x"]] }, { waitsFor: "b" }];
  expect(merged(all)).toEqual({ findings: [finding], notes: ["n"], waitsFor: "b", unseen: [["x"]] });
  expect(merged([{}])).toEqual({ findings: [], notes: [] });
});
