import { EnvironmentsError } from "../../../stacks/environments/environments-error";
import { placeInFile, received, YamlSource, yamlIn } from "../../../stacks/yaml/yaml-source";
import type { YamlValue } from "../../../stacks/yaml/yaml-value";

type Path = readonly (string | number)[];
type What = "place" | "key" | "value";

const located = (text: string, path: Path, what?: What) => {
  const { line, column, depth, anchors } = new YamlSource(text).locate(path, what);
  return { at: `${line}:${column}`, depth, anchors };
};

function valueAt(text: string, ...path: Path): YamlValue {
  return path.reduce((value, step) => value.entries.get(step)?.inside as YamlValue, new YamlSource(text).root);
}

const PLAIN = 'a:\n  b: [1, { c: "x" }]\n  d:\n  e: 2\n';

describe("the place of a path", () => {
  test.each<[what: string, path: Path, at: string]>([
    ["a scalar is its own", ["a", "e"], "4:6"],
    ["a text", ["a", "b", 1, "c"], "2:15"],
    ["a mapping or a list is the place of its key", ["a", "b"], "2:3"],
    ["an item is its own", ["a", "b", 0], "2:7"],
    ["a mapping in a list", ["a", "b", 1], "2:10"],
    ["nothing is the place of its key", ["a", "d"], "3:3"],
    ["everything is the beginning", [], "1:1"],
  ])("of %s", (_, path, at) => {
    expect(located(PLAIN, path)).toEqual({ at, depth: path.length, anchors: [] });
  });

  test.each<[what: string, path: Path, at: string, depth: number]>([
    ["a missing key", ["a", "z"], "1:1", 1],
    ["a missing item", ["a", "b", 7], "2:3", 2],
    ["a key of a scalar", ["a", "e", "z"], "4:6", 2],
    ["anything at all", ["z", "y"], "1:1", 0],
  ])("of %s is the place of what exists", (_, path, at, depth) => {
    expect(located(PLAIN, path)).toEqual({ at, depth, anchors: [] });
  });

  test("is the place of its key if the key is asked for", () => {
    expect(located(PLAIN, ["a", "e"], "key").at).toBe("4:3");
    expect(located(PLAIN, ["a", "e"], "value").at).toBe("4:6");
    expect(located(PLAIN, ["a", "b", 1, "c"], "key").at).toBe("2:12");
  });

  test("doesn't count a byte order mark", () => {
    expect(located(`\ufeff${PLAIN}`, ["a"]).at).toBe("1:1");
    expect(located("\ufeffa: 1", ["a"]).at).toBe("1:4");
    expect(new YamlSource("a: b\ufeffc").value).toEqual({ a: "b\ufeffc" });
  });

  test("of a duplicate key is the place of the last, which counts", () => {
    expect(located("a: 1\na: 2\n", ["a"]).at).toBe("2:4");
  });
});

describe("through an alias", () => {
  const SHARED = "a: &x\n  b: &y { c: 1 }\nd: *x\ne: [*x]\nf: &unused { g: 1 }\n";

  test("the place is the alias, and with the value, the anchor's", () => {
    expect(located(SHARED, ["d"])).toEqual({ at: "3:4", depth: 1, anchors: [] });
    expect(located(SHARED, ["d"], "key")).toEqual({ at: "3:1", depth: 1, anchors: [] });
    expect(located(SHARED, ["d"], "value")).toEqual({ at: "3:4", depth: 1, anchors: ["x"] });
    expect(located(SHARED, ["e", 0])).toEqual({ at: "4:5", depth: 2, anchors: [] });
  });

  test("what is inside is at the anchor, and one node for every path", () => {
    const source = new YamlSource(SHARED);
    for (const path of [
      ["a", "b", "c"],
      ["d", "b", "c"],
      ["e", 0, "b", "c"],
    ]) {
      const found = source.locate(path);
      expect(found).toMatchObject({ line: 2, column: 14, depth: path.length, anchors: ["x"] });
      expect(found.node).toBe(source.locate(["a", "b", "c"]).node);
    }
  });

  test("an anchor counts only if an alias refers to it", () => {
    expect(located(SHARED, ["f", "g"]).anchors).toEqual([]);
    expect(located(SHARED, ["a"]).anchors).toEqual(["x"]);
    expect(located("a: &x { b: &y { c: 1 } }\nd: *x\ne: *y\n", ["d", "b", "c"]).anchors).toEqual(["x", "y"]);
  });

  test("different values are different nodes", () => {
    const source = new YamlSource("a: 1\nb: 1\n");
    expect(source.locate(["a"]).node).not.toBe(source.locate(["b"]).node);
    expect(source.locate([]).node).toBe(source.locate(["z"]).node);
  });
});

describe("through a merge key", () => {
  const MERGED = "a: &x\n  b: 1\n  c: &y { d: 2 }\ne: { <<: *x, f: 3, c2: *y }\n";

  test("a pair is where it is merged from, and the same node", () => {
    const source = new YamlSource(MERGED);
    expect(source.locate(["e", "b"])).toMatchObject({ line: 2, column: 6, depth: 2, anchors: ["x"] });
    expect(source.locate(["e", "b"]).node).toBe(source.locate(["a", "b"]).node);
    expect(source.locate(["e", "c", "d"])).toMatchObject({ line: 3, column: 14, depth: 3, anchors: ["x", "y"] });
    expect(source.locate(["e", "f"])).toMatchObject({ line: 4, column: 17, anchors: [] });
  });
});

describe("a value as an error message shows it", () => {
  test.each<[text: string, received: string]>([
    ["a: 0012", "the number 0012"],
    ["a: 1.50", "the number 1.50"],
    ["a: True", "the boolean True"],
    ["a: text", '"text"'],
    ["a: u\u0308", '"ü"'],
    ["a: '12'", '"12"'],
    ["a:", "nothing"],
    ["a: ~", "nothing"],
    ["a: [1]", "a list"],
    ["a: []", "an empty list"],
    ["a: {}", "an empty mapping"],
    ["b: &x 0x1F\na: *x", "the number 0x1F"],
  ])("%s: received %s", (text, words) => {
    expect(received(valueAt(text, "a"))).toBe(words);
  });

  test("also in a list, and through a merge key", () => {
    expect(received(valueAt("a: [1, 002]", "a", 1))).toBe("the number 002");
    expect(received(valueAt("a: &x { b: 1e3 }\nc: { <<: *x }", "c", "b"))).toBe("the number 1e3");
    expect(received(new YamlSource("").root)).toBe("nothing");
  });
});

test("errors of the syntax and of aliases are the errors of the source, and then nothing else is read", () => {
  expect(new YamlSource("a: *x").errors).toEqual([
    { line: 1, column: 4, message: 'received the alias "x", expected an alias whose anchor is before it.' },
  ]);
  expect(new YamlSource("a: [1").errors).toEqual([
    { line: 1, column: 4, message: "received a [ that nothing closes, expected a ] after what is in it." },
  ]);
  expect(new YamlSource("a: [1").value).toBeNull();
  expect(new YamlSource("a: 1").errors).toEqual([]);
});

test("a place is shown as tools show it, so that a terminal can link to it", () => {
  expect(placeInFile("e.yaml", { line: 5, column: 14 })).toBe("e.yaml:5:14");
});

test("a text of YAML is read, and the errors of any other have a line each with the file and the place", () => {
  expect(yamlIn("a: [1]", "rules.yaml").value).toEqual({ a: [1] });
  expect(() => yamlIn("[*a, *b]", "rules.yaml")).toThrow(
    new EnvironmentsError("rules.yaml", [
      'rules.yaml:1:2: received the alias "a", expected an alias whose anchor is before it.',
      'rules.yaml:1:6: received the alias "b", expected an alias whose anchor is before it.',
    ]),
  );
});
