import { formatCount } from "../../common/format-count";

test.each([
  [0, "0 roles"],
  [1, "1 role"],
  [2, "2 roles"],
])("%d of something has its noun in the right number", (count, words) => {
  expect(formatCount(count, "role")).toBe(words);
});
