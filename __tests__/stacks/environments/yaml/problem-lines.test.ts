import { type FileProblem, problemLines } from "../../../../stacks/environments/yaml/problem-lines";
import { YamlSource } from "../../../../stacks/environments/yaml/yaml-source";

const names = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`);

/** A file of some environments, the first with the anchor `f` around its full access level. */
function shared(count: number): string {
  return `environments:\n${names(count)
    .map((name, index) => `  ${name}: { full: ${index === 0 ? "&f { path: a }" : "*f"} }\n`)
    .join("")}`;
}

const separate = (count: number) =>
  `environments:\n${names(count)
    .map((name) => `  ${name}: { full: { path: a } }\n`)
    .join("")}`;

const problemAt = (name: string, overrides: Partial<FileProblem> = {}): FileProblem => ({
  path: ["environments", name, "full", "path"],
  message: "wrong.",
  ...overrides,
});
const linesOf = (yaml: string, problems: readonly FileProblem[]) =>
  problemLines(new YamlSource(yaml), "e.yaml", problems);

test("a problem is a line with its place and its path; the path of everything is the file", () => {
  expect(linesOf(separate(1), [problemAt("e0"), { path: [], message: "empty." }])).toEqual([
    "e.yaml:1:1: the file: empty.",
    "e.yaml:2:23: environments.e0.full.path: wrong.",
  ]);
});

test("the lines are in the order of the file, by line and then by column", () => {
  const yaml = "b: { d: 1, c: 2 }\na: 3\n";
  const problems = [["a"], ["b", "c"], ["b", "d"]].map((path) => ({ path, message: "x." }));
  expect(linesOf(yaml, problems)).toEqual(["e.yaml:1:9: b.d: x.", "e.yaml:1:15: b.c: x.", "e.yaml:2:4: a: x."]);
});

test("two problems of one value are two lines, and the same one twice is one", () => {
  expect(linesOf(separate(1), [problemAt("e0"), problemAt("e0", { message: "other." }), problemAt("e0")])).toEqual([
    "e.yaml:2:23: environments.e0.full.path: wrong.",
    "e.yaml:2:23: environments.e0.full.path: other.",
  ]);
});

const line = "e.yaml:2:26: environments.e0.full.path: wrong.";
test.each([
  [1, line],
  [2, `${line} It also affects e1.`],
  [8, `${line} It also affects e1, e2, e3, e4, e5 and 2 more.`],
])("a problem that %d environments have through an anchor is one line", (count, expected) => {
  const problems = names(count).map((name) => problemAt(name));
  expect(linesOf(shared(count), problems)).toEqual([expected]);
});

test("different problems of one value are different lines, unless only the account differs", () => {
  const account = (number: string) => ({ message: `of ${number}.` });
  expect(linesOf(shared(2), [problemAt("e0"), problemAt("e1", { message: "other." })])).toEqual([
    line,
    "e.yaml:2:26: environments.e1.full.path: other.",
  ]);
  expect(
    linesOf(shared(2), [problemAt("e0", account("111122223333")), problemAt("e1", account("444455556666"))]),
  ).toEqual(["e.yaml:2:26: environments.e0.full.path: of 111122223333. It also affects e1."]);
});

test("what is missing in a shared value is one problem for each key, at each alias", () => {
  const missing = (name: string, key: string) => ({ ...problemAt(name), path: ["environments", name, "full", key] });
  expect(linesOf(shared(2), [missing("e0", "a"), missing("e1", "a"), missing("e0", "b")])).toEqual([
    "e.yaml:2:9: environments.e0.full.a: wrong.",
    "e.yaml:2:9: environments.e0.full.b: wrong.",
    "e.yaml:3:15: environments.e1.full.a: wrong.",
  ]);
});

test.each([
  [["a"], "It also affects a."],
  [["a", "a", "b"], "It also affects a, b."],
])("a problem of the defaults names the environments that inherit it: %j", (inheriting, expected) => {
  const problems = inheriting.map((name) => ({ path: ["defaults", "path"], message: "wrong.", inheritedBy: name }));
  expect(linesOf("defaults: { path: a }\n", problems)).toEqual([`e.yaml:1:19: defaults.path: wrong. ${expected}`]);
});

test("an access level of the defaults isn't an environment that is affected", () => {
  const first = { path: ["defaults", "full", "path"], message: "wrong." };
  const problems = [first, { ...first, path: ["defaults", "read-only", "path"] }, { ...first, inheritedBy: "b" }];
  expect(linesOf("defaults: { full: &l { path: a }, read-only: *l }\n", problems)).toEqual([
    "e.yaml:1:30: defaults.full.path: wrong. It also affects b.",
  ]);
});
