import { matching, nameOfA, wholeNumber } from "../../../cli/arguments/option-values";

test("a value that matches stays as it is, and another one is an error with what was expected", () => {
  const lower = matching({ pattern: /^[a-z]+$/, expected: "lower-case letters" });
  expect(lower("abc")).toBe("abc");
  expect(() => lower("Abc")).toThrow("Expected lower-case letters.");
});

test("the name of a file is anything but nothing", () => {
  expect(nameOfA("file")("\n")).toBe("\n");
  expect(() => nameOfA("folder")("")).toThrow("Expected the name of a folder: a variable may be unset.");
});

test.each(["0", "1000", "1.5", "-1", "a", ""])("%j environments in parallel are an error", (text) => {
  expect(() => wholeNumber(text)).toThrow("Expected a whole number from 1 to 999.");
  expect([wholeNumber("1"), wholeNumber("999")]).toEqual([1, 999]);
});
