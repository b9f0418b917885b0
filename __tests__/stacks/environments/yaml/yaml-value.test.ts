import { YamlSource } from "../../../../stacks/environments/yaml/yaml-source";
import { valueAt } from "../../../../stacks/environments/yaml/yaml-value";

const errorsOf = (text: string) =>
  new YamlSource(text).errors.map(({ line, column, message }) => `${line}:${column}: ${message}`);

test.each<[text: string, value: unknown]>([
  ['a: [1, "b", true, null, { c: 1.5 }]\nd:\n', { a: [1, "b", true, null, { c: 1.5 }], d: null }],
  ["", null],
  ["a", "a"],
  ["[]", []],
  ["~", null],
  ["u\u0308: o\u0308", { ü: "ö" }],
  ["a: &u\u0308 1\nb: *ü", { a: 1, b: 1 }],
  ["a: &ü 1\nb: *u\u0308", { a: 1, b: 1 }],
  ["a: &x { b: 1 }\nc: *x", { a: { b: 1 }, c: { b: 1 } }],
  ["&k key: 1\nother: *k", { key: 1, other: "key" }],
  ["a: &x 1\nb: *x\nc: &x 2\nd: *x", { a: 1, b: 1, c: 2, d: 2 }],
  // Merge keys add what is missing, before or after them. Of several mappings, the first that has a key counts.
  ["a: &x { b: 1, c: 2, d: 3 }\ne: { b: 4, <<: *x, d: 5 }", { a: { b: 1, c: 2, d: 3 }, e: { b: 4, c: 2, d: 5 } }],
  ["a: { <<: [{ b: 1 }, { b: 2, c: 3 }] }", { a: { b: 1, c: 3 } }],
  ["a: &x [{ b: 1 }]\nc: { <<: *x }", { a: [{ b: 1 }], c: { b: 1 } }],
  ["a: &x { b: 1 }\nc: &y { <<: *x, d: 2 }\ne: { <<: *y }", { a: { b: 1 }, c: { b: 1, d: 2 }, e: { b: 1, d: 2 } }],
  ["a: &x { b: 1 }\nc: { <<: [*x, *x] }", { a: { b: 1 }, c: { b: 1 } }],
  ["a: { '<<': 1, \"b\": 2 }", { a: { "<<": 1, b: 2 } }],
])("the text %j is %j", (text, value) => {
  expect(errorsOf(text)).toEqual([]);
  expect(new YamlSource(text).value).toEqual(value);
});

test("an alias and a merge key give the same value as what they refer to", () => {
  const { root } = new YamlSource("a: &x { b: { c: 1 } }\nd: *x\ne: { <<: *x }");
  const innerMapping = valueAt(root, ["a", "b"]);
  expect(valueAt(root, ["d", "b"])).toBe(innerMapping);
  expect(valueAt(root, ["e", "b"])).toBe(innerMapping);
  expect(innerMapping?.value).toEqual({ c: 1 });
  expect(valueAt(root, ["a", "z", "c"])).toBeUndefined();
});

const MISSING = ", expected an alias whose anchor is before it.";
const MERGED = "to merge with <<, expected a mapping, such as *base, or a list of mappings, such as [*base, *more].";
test.each<[text: string, ...errors: string[]]>([
  ["[*x, *y]", `1:2: received the alias "x"${MISSING}`, `1:6: received the alias "y"${MISSING}`],
  ["u\u0308: 1\nü: 2", '2:1: received the key "ü" a second time, expected it once: line 1 already has it.'],
  ["<<: {}\n<<: {}", '2:1: received the key "<<" a second time, expected it once: line 1 already has it.'],
  ["a: { <<: 1 }", `1:10: received the number 1 ${MERGED}`],
  ["a: { <<: }", `1:10: received nothing ${MERGED}`],
  ["a: &x b\nc: { <<: *x }", `2:10: received "b" ${MERGED}`],
  ["a: { <<: [{ b: 1 }, c] }", `1:21: received "c" ${MERGED}`],
  ["a: { <<: [*x, { b: 1 }] }", `1:11: received the alias "x"${MISSING}`],
])("the text %j isn't read", (text, ...errors) => {
  expect(errorsOf(text)).toEqual(errors);
});
