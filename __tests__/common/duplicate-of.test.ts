import { duplicateOf } from "../../common/duplicate-of";

test("the first owner of a key gets it, and everyone later learns who that is", () => {
  const owners = new Map<string, string>();
  expect(["one", "two", "three"].map((owner) => duplicateOf(owners, "key", owner))).toEqual([undefined, "one", "one"]);
  expect(duplicateOf(owners, "another", "two")).toBeUndefined();
});
