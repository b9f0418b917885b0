import { type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { Places } from "../../../stacks/yaml/places";
import { keyOf, readYaml, type YamlValue } from "../../../stacks/yaml/yaml-value";

interface Read {
  readonly root: YamlValue;
  /** Each with its place. */
  readonly errors: readonly string[];
}

function read(text: string): Read {
  const document = parseDocument(text, { stringKeys: true, uniqueKeys: false, resolveKnownTags: false });
  const places = new Places(text);
  const errors: string[] = [];
  const root = readYaml(document.contents, (node, message) => {
    const { line, column } = places.at(node?.range?.[0] ?? 0);
    errors.push(`${line}:${column}: ${message}`);
  });
  return { root, errors };
}

const errorsOf = (text: string) => read(text).errors;
const fieldsOf = (text: string) => read(text).root.value as Record<string, unknown>;

/** The entry at a path. */
function entryAt({ root }: Read, ...path: (string | number)[]) {
  const [last, ...before] = path.toReversed();
  const around = before.toReversed().reduce((value, step) => value.entries.get(step)?.inside as YamlValue, root);
  return around.entries.get(last as string | number);
}

test("every kind of value is read", () => {
  const { root, errors } = read('a: [1, "b", true, null, { c: 1.5 }]\nd:\n');
  expect(root.value).toEqual({ a: [1, "b", true, null, { c: 1.5 }], d: null });
  expect([root.size, root.height, errors]).toEqual([9, 3, []]);
});

test.each([
  ["", null],
  ["a", "a"],
  ["[]", []],
  ["~", null],
])("the text %p is %p", (text, value) => {
  expect(read(text).root.value).toEqual(value);
});

test("keys and texts are in NFC, and so are anchors", () => {
  expect(fieldsOf("u\u0308: o\u0308")).toEqual({ ü: "ö" });
  expect(fieldsOf("a: &u\u0308 1\nb: *ü")).toEqual({ a: 1, b: 1 });
  expect(fieldsOf("a: &ü 1\nb: *u\u0308")).toEqual({ a: 1, b: 1 });
});

describe("anchors and aliases", () => {
  test("an alias has the same value as its anchor, which knows that an alias refers to it", () => {
    const text = read("a: &x { b: 1 }\nc: *x\nd: &y { e: 2 }");
    expect(entryAt(text, "c")?.inside).toBe(entryAt(text, "a")?.inside);
    expect(fieldsOf("a: &x { b: 1 }\nc: *x").c).toEqual({ b: 1 });
    expect(["a", "c", "d"].map((key) => entryAt(text, key)?.inside.anchor)).toEqual(["x", "x", undefined]);
  });

  test("a key may have an anchor, too", () => {
    expect(fieldsOf("&k key: 1\nother: *k")).toEqual({ key: 1, other: "key" });
  });

  test("of two anchors with one name, the last before the alias counts", () => {
    expect(fieldsOf("a: &x 1\nb: *x\nc: &x 2\nd: *x")).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  test("an alias without an anchor before it is an error", () => {
    expect(errorsOf("a: *x\nb: &x 1")).toEqual([
      '1:4: received the alias "x", expected an alias whose anchor is before it.',
    ]);
  });

  test("an alias inside its own anchor's value is an error", () => {
    expect(errorsOf("a: &x\n  - 1\n  - *x")).toEqual([
      '3:5: received the alias "x" inside the value of its own anchor, expected an alias of another value: this value would never end.',
    ]);
  });

  test("both are errors as often as they occur", () => {
    expect(errorsOf("[*x, *y, *x]")).toHaveLength(3);
  });
});

test("of a key that a mapping has several times, the last value counts, and every key is known", () => {
  const text = read("a:\n  - b: 1\n    b: 2\n    b: 3");
  expect(text.root.value).toEqual({ a: [{ b: 3 }] });
  expect(entryAt(text, "a", 0, "b")?.keys.map(({ range }) => range?.[0])).toEqual([7, 16, 25]);
});

test("JavaScript's own key is refused, and the others are read", () => {
  const { root, errors } = read("a: 1\n__proto__: { b: 1 }\nc: 2");
  expect(root.value).toEqual({ a: 1, c: 2 });
  expect(errors).toEqual(['2:1: received the key "__proto__", expected another: JavaScript reserves this one.']);
});

describe("merge keys", () => {
  test("add what is missing, whether it is before or after them", () => {
    expect(fieldsOf("a: &x { b: 1, c: 2, d: 3 }\ne: { b: 4, <<: *x, d: 5 }").e).toEqual({ b: 4, c: 2, d: 5 });
  });

  test("take the first of several mappings that has a key", () => {
    const text = "a: &x { b: 1 }\nc: &y { b: 2, d: 3 }\n";
    expect(fieldsOf(`${text}e: { <<: [*x, *y] }`).e).toEqual({ b: 1, d: 3 });
    expect(fieldsOf(`${text}e: { <<: [*y, *x] }`).e).toEqual({ b: 2, d: 3 });
    expect(fieldsOf(`${text}e: { <<: [*y, { f: 4 }] }`).e).toEqual({ b: 2, d: 3, f: 4 });
    expect(fieldsOf("a: { <<: { b: 1 } }").a).toEqual({ b: 1 });
    expect(fieldsOf("a: &x [{ b: 1 }, { c: 2 }]\nd: { <<: *x }").d).toEqual({ b: 1, c: 2 });
  });

  test("also merge what a mapping has merged itself", () => {
    expect(fieldsOf("a: &x { b: 1 }\nc: &y { <<: *x, d: 2 }\ne: { <<: *y }").e).toEqual({ b: 1, d: 2 });
  });

  test("are ordinary keys in quotes or with a tag", () => {
    expect(fieldsOf("a: { '<<': 1, \"b\": 2 }").a).toEqual({ "<<": 1, b: 2 });
    expect(fieldsOf("a: { !!str <<: { b: 2 } }").a).toEqual({ "<<": { b: 2 } });
  });

  test("give the same value as the mapping that has it, which is known, also at second hand", () => {
    const text = read("a: &x { b: { c: 1 }, d: 2 }\ne: &y { <<: *x, d: 4 }\nf: { <<: *y }");
    const base = entryAt(text, "a")?.inside;
    for (const key of ["e", "f"]) {
      expect(entryAt(text, key, "b")?.inside).toBe(entryAt(text, "a", "b")?.inside);
      expect(entryAt(text, key, "b")?.from).toBe(base);
    }
    expect(entryAt(text, "e", "d")?.from).toBeUndefined();
    expect(entryAt(text, "f", "d")?.from).toBe(entryAt(text, "e")?.inside);
    expect(entryAt(text, "e", "d")?.keys).toHaveLength(1);
  });

  test("may name a mapping twice", () => {
    expect(fieldsOf("a: &x { b: 1 }\nc: { <<: [*x, *x] }").c).toEqual({ b: 1 });
  });

  test("can't be in a mapping twice", () => {
    expect(errorsOf("a: &x { b: 1 }\nc:\n  <<: *x\n  <<: *x")).toEqual([
      "4:3: received << a second time, expected it once. Merge several mappings with one, such as <<: [*base, *more].",
    ]);
  });

  test.each([
    ["a: { <<: 1 }", "1:10", "the number 1"],
    ["a: { <<: }", "1:10", "nothing"],
    ["a: &x b\nc: { <<: *x }", "2:10", '"b"'],
    ["a: { <<: [{ b: 1 }, c] }", "1:21", '"c"'],
    ["a: &x [1]\nb: { <<: *x }", "1:8", "the number 1"],
    ["a: &x 1\nb: { <<: [*x] }", "2:11", "the number 1"],
  ])("merge nothing but mappings: %s", (text, place, received) => {
    expect(errorsOf(text)).toEqual([
      `${place}: received ${received} to merge with <<, expected a mapping, such as *base, or a list of mappings, such as [*base, *more].`,
    ]);
  });

  test("with an alias of nothing have that error alone", () => {
    const missing = 'received the alias "x", expected an alias whose anchor is before it.';
    expect(errorsOf("a: { <<: *x }")).toEqual([`1:10: ${missing}`]);
    expect(errorsOf("a: { <<: [*x, { b: 1 }] }")).toEqual([`1:11: ${missing}`]);
  });
});

describe("a value that is too large is an error, reported once", () => {
  const levels = (count: number, line: (index: number) => string) =>
    `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: count }, (_, index) => line(index + 1)).join("\n")}`;
  const tenTimes = (index: number) =>
    `a${index}: &a${index} [${Array(10)
      .fill(`*a${index - 1}`)
      .join(", ")}]`;

  test("with aliases of aliases", () => {
    expect(errorsOf(levels(8, tenTimes))).toEqual([
      "7:30: received aliases that expand to more than 5000000 values, expected fewer. Use fewer aliases of aliases.",
    ]);
  });

  test("with merge keys that share", () => {
    const five = levels(5, tenTimes);
    expect(errorsOf(five)).toEqual([]);
    const merging = `${five}\nm: &m { big: *a5 }\n`;
    const merges = Array.from({ length: 4 }, (_, index) => `n${index}: { <<: *m }`).join("\n");
    expect(errorsOf(merging + merges)).toEqual([
      "10:5: received aliases that expand to more than 5000000 values, expected fewer. Use fewer aliases of aliases.",
    ]);
    expect(errorsOf(`${merging}n0: { <<: *m }`)).toEqual([]);
  });

  test("with nesting through aliases", () => {
    const nested = (count: number) => "[".repeat(count) + "]".repeat(count);
    const text = (outer: number, inner: number) =>
      `a: &x ${nested(inner)}\nb: ${"[".repeat(outer)}*x${"]".repeat(outer)}`;
    expect(errorsOf(text(60, 40))).toEqual([]);
    expect(errorsOf(text(60, 41))).toEqual([
      "2:4: received values nested more than 100 deep, expected at most 8 levels: neither environments.yaml nor rules.yaml has more.",
    ]);
  });

  test("with nesting in an anchor, whatever follows in it", () => {
    const text = (inner: number) =>
      `a: &x [${"[".repeat(inner)}${"]".repeat(inner)}, &y 1, 2]\nb: ${"[".repeat(59)}*x${"]".repeat(59)}`;
    expect(errorsOf(text(40))).toEqual([]);
    expect(errorsOf(text(41))).toHaveLength(1);
  });

  test("with merge keys of merge keys", () => {
    const keys = (prefix: string) => Array.from({ length: 1000 }, (_, index) => `${prefix}${index}: 1`).join(", ");
    const text = (count: number) =>
      `a: &a { ${keys("k")} }\n${Array.from({ length: count }, (_, index) => `b${index}: { <<: *a }`).join("\n")}`;
    const { root, errors } = read(text(200));
    expect(errors).toEqual([]);
    expect(Object.keys((root.value as { b199: object }).b199)).toHaveLength(1000);
    expect(errorsOf(text(203))).toEqual([
      "202:9: received merge keys that expand to more than 200000 keys, expected fewer. Merge fewer mappings that merge others.",
    ]);
  });
});

test("a pair's key is a text, whatever it is", () => {
  const document = parseDocument("1: a\nu\u0308: b\n? [c]\n: d", { uniqueKeys: false });
  const { items } = document.contents as unknown as YAMLMap<Node, Node | null>;
  expect(items.map((pair: Pair<Node, Node | null>) => keyOf(pair))).toEqual(["1", "ü", '["c"]']);
});
