import { BRANCH, listParser, matching, nameOfA, oneOfChoices, wholeNumber } from "../../../cli/terminal/option-values";

test("a value that matches stays as it is, and another one is an error with what was expected", () => {
  const lower = matching({ pattern: /^[a-z]+$/, expected: "lower-case letters" });
  expect(lower("abc")).toBe("abc");
  expect(() => lower("Abc")).toThrow("Expected lower-case letters.");
});

test("one of some choices stays as it is, and another value is an error with all of them", () => {
  const color = oneOfChoices(["red", "green"]);
  expect(color("green")).toBe("green");
  expect(() => color("re")).toThrow("Allowed choices are red, green.");
});

test("each value of a list is parsed and added, and several in one are an error that separates them", () => {
  const list = listParser((text) => text.toUpperCase());
  expect(list("b", list("a"))).toEqual(["A", "B"]);
  expect([list(""), list("a,")]).toEqual([[""], ["A,"]]);
  expect(() => list("a, b,c")).toThrow("Expected values separated by spaces: a b c.");
});

test("a value may have a comma, where what is between two values can be told from it", () => {
  const list = listParser((text) => text, /,\s*(?=arn:)/);
  expect(list("arn:aws:iam::1:role/a,b")).toEqual(["arn:aws:iam::1:role/a,b"]);
  expect(() => list("arn:aws:iam::1:role/a,b, arn:aws:iam::1:role/c")).toThrow(
    "Expected values separated by spaces: arn:aws:iam::1:role/a,b arn:aws:iam::1:role/c.",
  );
});

test("a branch is one whose name means itself in Git, a shell, YAML and CI", () => {
  const branch = matching(BRANCH);
  const refused = "refs/heads/main release/* a;id a..b a//b a/.b a.lock a. a/ -a .a".split(" ");
  for (const name of ["main", "release/1.x_y-z", "_a", "a.locks", "b".repeat(200)]) expect(branch(name)).toBe(name);
  for (const name of [...refused, "a b", "main\n", "b".repeat(201), ""])
    expect(() => branch(name)).toThrow("Expected the name of a branch, without refs/heads/: ");
});

test("the name of a file is anything but nothing", () => {
  expect(nameOfA("file")("\n")).toBe("\n");
  expect(() => nameOfA("folder")("")).toThrow("Expected the name of a folder: a variable may be unset.");
});

test.each(["0", "1000", "1.5", "-1", "a", ""])("%j environments in parallel are an error", (text) => {
  expect(() => wholeNumber(text)).toThrow("Expected a whole number from 1 to 999.");
  expect([wholeNumber("1"), wholeNumber("999")]).toEqual([1, 999]);
});
