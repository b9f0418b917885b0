import { YamlFileError } from "../../../../stacks/environments/yaml/yaml-file-error";

test("one error has a line, and the heading says that nothing was written", () => {
  const error = new YamlFileError("e.yaml", ["e.yaml:1:1: wrong"]);
  expect(error.message).toBe("e.yaml has an error. Nothing was written.\ne.yaml:1:1: wrong");
  expect(error.name).toBe("YamlFileError");
  expect(error.lines).toEqual(["e.yaml:1:1: wrong"]);
});

test("the heading counts several, of which fifty are shown", () => {
  expect(new YamlFileError("e.yaml", ["a", "b"]).message).toBe("e.yaml has 2 errors. Nothing was written.\na\nb");
  const errors = Array.from({ length: 53 }, (_, index) => `error ${index}`);
  const expected = [...errors.slice(0, 50), "e.yaml: and 3 more."];
  const error = new YamlFileError("e.yaml", errors);
  expect(error.message.split("\n")).toEqual(["e.yaml has 53 errors. Nothing was written.", ...expected]);
  expect(error.shown).toEqual(expected);
  expect(error.lines).toEqual(errors);
  expect(new YamlFileError("e.yaml", errors.slice(0, 50)).shown).toEqual(errors.slice(0, 50));
});

test("what a file's name or a value could do to a terminal is escaped", () => {
  expect(new YamlFileError("a\u001b.yaml", ["\u0007"]).message).toBe(
    "a\\u{001b}.yaml has an error. Nothing was written.\n\\u{0007}",
  );
});
