import { received, YamlSource } from "../../../../stacks/environments/yaml/yaml-source";
import { valueAt } from "../../../../stacks/environments/yaml/yaml-value";

type Path = readonly (string | number)[];

const located = (text: string, path: Path, part?: "value" | "key") => {
  const { line, column } = new YamlSource(text).locate(path, part);
  return `${line}:${column}`;
};

const PLAIN = 'a:\n  b: [1, { c: "x" }]\n  d:\n  e: 2\n';

describe("the place of a path", () => {
  test.each<[what: string, path: Path, at: string]>([
    ["a scalar is its own", ["a", "e"], "4:6"],
    ["a mapping or a list is the place of its key", ["a", "b"], "2:3"],
    ["a mapping in a list", ["a", "b", 1], "2:10"],
    ["nothing is the place of its key", ["a", "d"], "3:3"],
    ["everything is the beginning", [], "1:1"],
  ])("the place of %s", (_, path, position) => {
    expect(located(PLAIN, path)).toBe(position);
  });

  test.each<[what: string, path: Path, at: string]>([
    ["a missing key", ["a", "z"], "1:1"],
    ["a missing item", ["a", "b", 7], "2:3"],
    ["a key of a scalar", ["a", "e", "z"], "4:6"],
    ["anything at all", ["z", "y"], "1:1"],
  ])("the place of %s is the place of what exists", (_, path, position) => {
    expect(located(PLAIN, path)).toBe(position);
  });

  test("the place of a path is the place of its key if the key is asked for", () => {
    expect(located(PLAIN, ["a", "e"], "key")).toBe("4:3");
    expect(located(PLAIN, ["a", "e"], "value")).toBe("4:6");
    expect(located(PLAIN, ["a", "b", 1, "c"], "key")).toBe("2:12");
  });

  test("the place of a path doesn't count a byte order mark", () => {
    expect(located(`\ufeff${PLAIN}`, ["a"])).toBe("1:1");
    expect(located("\ufeffa: 1", ["a"])).toBe("1:4");
    expect(new YamlSource("a: b\ufeffc").value).toEqual({ a: "b\ufeffc" });
  });
});

describe("through an alias or a merge key", () => {
  const SHARED = "a: &x\n  b: &y { c: 1 }\nd: *x\ne: [*x]\nf: { <<: *x, g: 2 }\n";

  test("a path to an alias or a merge key has the place of the alias, and of its key if that is asked for", () => {
    expect(located(SHARED, ["d"])).toBe("3:4");
    expect(located(SHARED, ["d"], "key")).toBe("3:1");
    expect(located(SHARED, ["e", 0])).toBe("4:5");
    expect(located(SHARED, ["f", "g"])).toBe("5:17");
  });

  test("a value inside an alias or a merge key is at the anchor, for every path", () => {
    for (const path of [
      ["a", "b", "c"],
      ["d", "b", "c"],
      ["e", 0, "b", "c"],
      ["f", "b", "c"],
    ])
      expect(located(SHARED, path)).toBe("2:14");
  });
});

describe("a value as an error message shows it", () => {
  test.each<[text: string, received: string]>([
    ["a: 1.50", "the number 1.50"],
    ["a: True", "the boolean True"],
    ["a: u\u0308", '"ü"'],
    ["a: []", "an empty list"],
    ["b: &x 0x1F\na: *x", "the number 0x1F"],
  ])("an error about %s shows that it received %s", (text, words) => {
    expect(received(valueAt(new YamlSource(text).root, ["a"]) as never)).toBe(words);
  });
});
