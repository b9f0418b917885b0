import { counted } from "../../stacks/counted";

test.each([
  [0, "0 environments"],
  [1, "1 environment"],
  [2, "2 environments"],
])("%d is %j", (count, words) => {
  expect(counted(count, "environment")).toBe(words);
});
