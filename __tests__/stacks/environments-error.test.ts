import { EnvironmentsError } from "../../stacks/environments-error";

test("one error has a line, and the heading says that nothing was written", () => {
  const error = new EnvironmentsError("e.yaml", ["e.yaml:1:1: wrong"]);
  expect(error.message).toBe("e.yaml has an error. Nothing was written.\ne.yaml:1:1: wrong");
  expect(error.name).toBe("EnvironmentsError");
  expect(error.lines).toEqual(["e.yaml:1:1: wrong"]);
});

test("the heading counts several, also those that aren't shown", () => {
  expect(new EnvironmentsError("e.yaml", ["a", "b"]).message).toBe("e.yaml has 2 errors. Nothing was written.\na\nb");
  expect(new EnvironmentsError("e.yaml", ["a", "and 11 more."], 12).message).toBe(
    "e.yaml has 12 errors. Nothing was written.\na\nand 11 more.",
  );
});

test("what a file's name or a value could do to a terminal is escaped", () => {
  expect(new EnvironmentsError("a\u001b.yaml", ["\u0007"]).message).toBe(
    "a\\u{001b}.yaml has an error. Nothing was written.\n\\u{0007}",
  );
});
