import { zipByKey } from "../../common/zip-by-key";

test("values before and after are paired by key, in the order of the keys, also where one of them is missing", () => {
  const before = new Map([
    ["kept", 1],
    ["removed", 2],
  ]);
  const after = new Map([
    ["kept", 3],
    ["added", 4],
  ]);
  expect(zipByKey(before, after)).toEqual([
    ["added", undefined, 4],
    ["kept", 1, 3],
    ["removed", 2, undefined],
  ]);
  expect(zipByKey(new Map(), new Map())).toEqual([]);
});
