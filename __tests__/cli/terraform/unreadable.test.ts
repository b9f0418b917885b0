import { UNREADABLE } from "../../../cli/terraform/unreadable";

test("each reason has words of its own, to follow Unsupported:", () => {
  const words = Object.values(UNREADABLE);
  expect(new Set(words).size).toBe(words.length);
  expect(words.filter((word) => !/^(an? |no |something )\S/.test(word))).toEqual([]);
});
