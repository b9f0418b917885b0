import { groupByKey } from "../../common/group-by-key";

test("items are grouped by their keys, in the order in which the keys come first", () => {
  expect([...groupByKey(["b1", "a1", "b2", "c1", "a2"], ([letter = ""]) => letter)]).toEqual([
    ["b", ["b1", "b2"]],
    ["a", ["a1", "a2"]],
    ["c", ["c1"]],
  ]);
});
