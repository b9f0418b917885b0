import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { Places } from "../../stacks/places";
import { keyOf, pairsOf, readYaml, scalarOf, type YamlValue } from "../../stacks/yaml-value";

function read(text: string): YamlValue {
  const document = parseDocument(text, { stringKeys: true, uniqueKeys: false, resolveKnownTags: false });
  return readYaml(document.contents, new Places(text));
}

/** The errors, each with its place. */
const errorsOf = (text: string) =>
  read(text).errors.map(({ line, column, message }) => `${line}:${column}: ${message}`);
const fieldsOf = (text: string) => read(text).value as Record<string, unknown>;

test("every kind of value is read, and nothing else is known about it", () => {
  const { value, shared, targets, errors, duplicateKeys, merged } = read('a: [1, "b", true, null, { c: 1.5 }]\nd:\n');
  expect(value).toEqual({ a: [1, "b", true, null, { c: 1.5 }], d: null });
  expect([shared.size, targets.size, merged.nodes.size, merged.values.size]).toEqual([0, 0, 0, 0]);
  expect([errors, duplicateKeys]).toEqual([[], []]);
});

test.each([
  ["", null],
  ["a", "a"],
  ["[]", []],
  ["~", null],
])("the text %p is %p", (text, value) => {
  expect(read(text).value).toEqual(value);
});

test("keys and texts are in NFC, and so are anchors", () => {
  expect(read("u\u0308: o\u0308").value).toEqual({ ü: "ö" });
  expect(read("a: &u\u0308 1\nb: *ü").value).toEqual({ a: 1, b: 1 });
  expect(read("a: &ü 1\nb: *u\u0308").value).toEqual({ a: 1, b: 1 });
});

describe("anchors and aliases", () => {
  test("an alias is the same object as its anchor's value, and that is shared", () => {
    const { value, shared, targets } = read("a: &x { b: 1 }\nc: *x\nd: { e: 2 }");
    const { a, c, d } = value as Record<string, object>;
    expect(c).toBe(a);
    expect([...shared]).toEqual([a]);
    expect(shared.has(d as object)).toBe(false);
    expect([...targets].map(([{ source }, target]) => [source, isMap(target)])).toEqual([["x", true]]);
  });

  test("a shared text, number or null is no object", () => {
    const { value, shared } = read("a: &x text\nb: &y 1\nc: &z ~\nd: [*x, *y, *z]");
    expect(value).toEqual({ a: "text", b: 1, c: null, d: ["text", 1, null] });
    expect(shared.size).toBe(0);
  });

  test("a key may have an anchor, too", () => {
    expect(fieldsOf("&k key: 1\nother: *k")).toEqual({ key: 1, other: "key" });
  });

  test("of two anchors with one name, the last before the alias counts", () => {
    expect(fieldsOf("a: &x 1\nb: *x\nc: &x 2\nd: *x")).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  test("an alias without an anchor before it is an error", () => {
    expect(errorsOf("a: *x\nb: &x 1")).toEqual([
      '1:4: received the alias "x", expected one whose anchor comes before it.',
    ]);
  });

  test("an alias inside its own anchor's value is an error", () => {
    expect(errorsOf("a: &x\n  - 1\n  - *x")).toEqual([
      '3:5: received the alias "x" inside the value of its own anchor, expected one for another value: this one would never end.',
    ]);
  });

  test("both are errors as often as they occur", () => {
    expect(errorsOf("[*x, *y, *x]")).toHaveLength(3);
  });
});

describe("a key that a mapping has twice", () => {
  test("is reported, with its path and the line of the first, and the last value counts", () => {
    const { value, duplicateKeys } = read("a:\n  - b: 1\n    b: 2\n    b: 3");
    expect(value).toEqual({ a: [{ b: 3 }] });
    expect(duplicateKeys.map(({ path, message }) => ({ path, message }))).toEqual(
      Array(2).fill({
        path: ["a", 0, "b"],
        message: 'received the key "b" a second time, expected it once: line 2 already has it.',
      }),
    );
    expect(duplicateKeys.map(({ key }) => isScalar(key) && key.range?.[0])).toEqual([16, 25]);
    expect(duplicateKeys.map(({ merged }) => merged())).toEqual([undefined, undefined]);
  });

  test("knows the anchors and the values around it, innermost first", () => {
    const { value, duplicateKeys } = read("a: &x\n  b: &y [{ c: 1, c: 2 }]\n  d: &z 1");
    const { a } = value as { a: { b: object[] } };
    const [only] = duplicateKeys;
    expect(only?.around.map(({ name }) => name)).toEqual(["y", "x"]);
    expect(only?.within).toHaveLength(4);
    for (const [index, one] of [a.b[0], a.b, a, value].entries()) expect(only?.within[index]).toBe(one);
  });

  test("knows what a mapping that merges it has", () => {
    const { value, duplicateKeys } = read("a: &x { b: 1, b: 2 }\nc: { <<: *x }");
    const merged = duplicateKeys[0]?.merged();
    expect(String(merged?.pair.value)).toBe("2");
    expect(merged?.mapping).toBe(duplicateKeys[0]?.around[0]?.node);
    expect(value).toEqual({ a: { b: 2 }, c: { b: 2 } });
  });
});

test("JavaScript's own key is refused, and the others are read", () => {
  const { value, errors } = read("a: 1\n__proto__: { b: 1 }\nc: 2");
  expect(value).toEqual({ a: 1, c: 2 });
  expect(errors).toEqual([
    { line: 2, column: 1, message: 'received the key "__proto__", expected another: JavaScript reserves this one.' },
  ]);
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

  test("share the values that are objects, and tell what is only merged", () => {
    const { value, shared, merged } = read("a: &x { b: { c: 1 }, d: 2, e: 3 }\nf: { <<: *x, d: 4 }");
    const { a, f } = value as { a: { b: object }; f: { b: object } };
    expect(f.b).toBe(a.b);
    expect(shared).toEqual(new Set([a, a.b]));
    expect([...(merged.values.get(f)?.keys() ?? [])]).toEqual(["b", "e"]);
    expect(merged.values.get(a)).toBeUndefined();
    const b = merged.values.get(f)?.get("b");
    expect([keyOf(b?.pair as Pair<Node, Node | null>), isMap(b?.mapping) && b.mapping.items.length]).toEqual(["b", 3]);
    expect([...merged.nodes.values()]).toEqual([merged.values.get(f)]);
    const { value: nothing, shared: ofNothing } = read("a: &x { b: ~ }\nc: { <<: *x }");
    expect(ofNothing).toEqual(new Set([(nothing as { a: object }).a]));
  });

  test("that merge the same pair share one object for it, also at second hand", () => {
    const { value, merged } = read("a: &x { b: 1 }\nc: &y { <<: *x }\nd: { <<: *x }\ne: { <<: *y }");
    const { c, d, e } = value as Record<string, object>;
    const pairs = [c, d, e].map((one) => merged.values.get(one as object)?.get("b"));
    expect(pairs[0]).toBeDefined();
    expect(pairs[1]).toBe(pairs[0]);
    expect(pairs[2]).toBe(pairs[0]);
  });

  test("may name a mapping twice", () => {
    expect(fieldsOf("a: &x { b: 1 }\nc: { <<: [*x, *x] }").c).toEqual({ b: 1 });
  });

  test("can't be in a mapping twice", () => {
    expect(errorsOf("a: &x { b: 1 }\nc:\n  <<: *x\n  <<: *x")).toEqual([
      "4:3: received << a second time, expected it once: line 3 already has it. Merge several mappings with one, such as <<: [*base, *more].",
    ]);
  });

  test.each([
    ["a: { <<: 1 }", "1:10", "the number 1"],
    ["a: { <<: }", "1:10", "nothing"],
    ["a: &x b\nc: { <<: *x }", "2:10", '"b"'],
    ["a: { <<: [{ b: 1 }, c] }", "1:21", '"c"'],
    ["a: &x [1]\nb: { <<: *x }", "2:6", "the number 1"],
    ["a: &x 1\nb: { <<: [*x] }", "2:11", "the number 1"],
  ])("merge nothing but mappings: %s", (text, place, received) => {
    expect(errorsOf(text)).toEqual([
      `${place}: received ${received} to merge with <<, expected a mapping, such as *base, or a list of mappings, such as [*base, *more].`,
    ]);
  });

  test("with an alias of nothing have that error alone", () => {
    const missing = 'received the alias "x", expected one whose anchor comes before it.';
    expect(errorsOf("a: { <<: *x }")).toEqual([`1:10: ${missing}`]);
    expect(errorsOf("a: { <<: [*x, { b: 1 }] }")).toEqual([`1:11: ${missing}`]);
  });
});

describe("a value that is too large is an error, reported once, before it is read to its end", () => {
  const levels = (count: number, line: (index: number) => string) =>
    `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: count }, (_, index) => line(index + 1)).join("\n")}`;
  const tenTimes = (index: number) =>
    `a${index}: &a${index} [${Array(10)
      .fill(`*a${index - 1}`)
      .join(", ")}]`;

  test("with aliases of aliases", () => {
    const text = levels(8, tenTimes);
    expect(errorsOf(text)).toEqual([
      "7:25: received aliases that expand to more than 5000000 values, expected fewer. Use fewer aliases of aliases.",
    ]);
  });

  test("with merge keys that share", () => {
    const five = levels(5, tenTimes);
    expect(errorsOf(five)).toEqual([]);
    const merging = `${five}\nm: &m { big: *a5 }\n`;
    const merges = Array.from({ length: 4 }, (_, index) => `n${index}: { <<: *m }`).join("\n");
    expect(errorsOf(merging + merges)).toEqual([
      "10:11: received aliases that expand to more than 5000000 values, expected fewer. Use fewer aliases of aliases.",
    ]);
    expect(errorsOf(`${merging}n0: { <<: *m }`)).toEqual([]);
  });

  test("with nesting through aliases", () => {
    const nested = (count: number) => "[".repeat(count) + "]".repeat(count);
    const text = (outer: number, inner: number) =>
      `a: &x ${nested(inner)}\nb: ${"[".repeat(outer)}*x${"]".repeat(outer)}`;
    expect(errorsOf(text(60, 40))).toEqual([]);
    expect(errorsOf(text(60, 41))).toEqual([
      "2:64: received values nested more than 100 deep, expected at most 8 levels: neither environments.yaml nor rules.yaml has more.",
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
    const { value, errors } = read(text(1000));
    expect(errors).toEqual([]);
    expect(Object.keys((value as { b999: object }).b999)).toHaveLength(1000);
    expect(errorsOf(text(1003))).toEqual([
      "1002:10: received merge keys that expand to more than 1000000 keys, expected fewer. Merge fewer mappings that merge others.",
    ]);
  });
});

describe("parts of a document", () => {
  const mappingOf = (text: string) =>
    parseDocument(text, { uniqueKeys: false }).contents as unknown as YAMLMap<Node, Node | null>;

  test("the pairs of a mapping, without merge keys, of duplicate keys the last", () => {
    expect([...pairsOf(mappingOf("a: 1\n<<: { b: 2 }")).keys()]).toEqual(["a"]);
    const pairs = pairsOf(mappingOf("a: 1\n<<: { b: 2 }\na: 3\n'<<': 4"));
    expect([...pairs].map(([key, { value }]) => [key, String(value)])).toEqual([
      ["a", "3"],
      ["<<", "4"],
    ]);
  });

  test("a pair's key is a text, whatever it is", () => {
    const [number, text, list] = mappingOf("1: a\nu\u0308: b\n? [c]\n: d").items.map(keyOf);
    expect([number, text, list]).toEqual(["1", "ü", '["c"]']);
  });

  test("a scalar's value, or null", () => {
    const [text, number, list] = (mappingOf("a: u\u0308\nb: 1\nc: [1]").items as Pair<Node, Node>[]).map(
      ({ value }) => value,
    );
    expect(isSeq(list)).toBe(true);
    expect([text, number, list, null].map((node) => scalarOf(node ?? null))).toEqual(["ü", 1, null, null]);
  });
});
