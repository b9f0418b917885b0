import type { RuleProblem } from "../../../stacks/environments/environments-rules";
import { problemLines } from "../../../stacks/yaml/problem-lines";
import { YamlSource } from "../../../stacks/yaml/yaml-source";

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

const at = (name: string, more: Partial<RuleProblem> = {}): RuleProblem => ({
  path: ["environments", name, "full", "path"],
  message: "wrong.",
  ...more,
});
const linesOf = (yaml: string, problems: readonly RuleProblem[]) =>
  problemLines(new YamlSource(yaml), "e.yaml", problems);

test("a problem is a line with its place and its path; the path of everything is the file", () => {
  expect(linesOf(separate(1), [at("e0"), { path: [], message: "empty." }])).toEqual([
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
  expect(linesOf(separate(1), [at("e0"), at("e0", { message: "other." }), at("e0")])).toEqual([
    "e.yaml:2:23: environments.e0.full.path: wrong.",
    "e.yaml:2:23: environments.e0.full.path: other.",
  ]);
});

describe("a problem that environments have through an anchor is one line", () => {
  const line = "e.yaml:2:26: environments.e0.full.path: wrong.";

  test.each([
    [1, line],
    [2, `${line} 1 other environment has it through the anchor "f".`],
    [4, `${line} 3 other environments have it through the anchor "f".`],
  ])("in %d", (count, expected) => {
    expect(
      linesOf(
        shared(count),
        names(count).map((name) => at(name)),
      ),
    ).toEqual([expected]);
  });

  test("unless they have different ones", () => {
    expect(linesOf(shared(2), [at("e0"), at("e1", { message: "other." })])).toEqual([
      line,
      "e.yaml:2:26: environments.e1.full.path: other.",
    ]);
  });

  test("with the first environment's words, if it is the same rule", () => {
    const rule = "own";
    expect(linesOf(shared(2), [at("e0", { rule }), at("e1", { rule, message: "other." })])).toEqual([
      `${line} 1 other environment has it through the anchor "f".`,
    ]);
  });

  test("a long anchor is shortened", () => {
    const yaml = shared(2)
      .replace("&f", `&${"f".repeat(61)}`)
      .replace("*f", `*${"f".repeat(61)}`);
    expect(linesOf(yaml, [at("e0"), at("e1")]).join()).toMatch(/ through the anchor "f{60}…" \(61 characters\)\.$/);
  });

  test("with all anchors on the way, outermost first", () => {
    const yaml = "environments:\n  a: &a { full: &f { path: x } }\n  b: *a\n  c: { full: *f }\n";
    const problems = ["a", "b", "c"].map((name) => at(name));
    expect(linesOf(yaml, problems)).toEqual([
      'e.yaml:2:28: environments.a.full.path: wrong. 2 other environments have it through the anchors "a", "f".',
    ]);
  });

  test("also if the defaults have the anchor", () => {
    const yaml = "defaults: &d { path: a }\nenvironments:\n  e1: { full: *d }\n";
    expect(linesOf(yaml, [{ path: ["defaults", "path"], message: "wrong." }, at("e1")])).toEqual([
      'e.yaml:1:22: defaults.path: wrong. 1 environment has it through the anchor "d".',
    ]);
  });
});

describe("a problem of the defaults names the environments that inherit it", () => {
  const yaml = "defaults: { path: a }\n";
  const inherited = (name: string) => ({ path: ["defaults", "path"], message: "wrong.", inheritedBy: name });
  const line = "e.yaml:1:19: defaults.path: wrong.";

  test.each([
    [["a"], `${line} 1 environment inherits it from the defaults, and can override it: a.`],
    [["a", "a"], `${line} 1 environment inherits it from the defaults, and can override it: a.`],
    [["a", "b"], `${line} 2 environments inherit it from the defaults, and can override it: a, b.`],
    [
      names(7),
      `${line} 7 environments inherit it from the defaults, and can override it: e0, e1, e2, e3, e4 and 2 more.`,
    ],
  ])("%j", (inheriting, expected) => {
    expect(linesOf(yaml, inheriting.map(inherited))).toEqual([expected]);
  });
});

describe("problems that are alike", () => {
  const alike = "own";
  const problems = (count: number) => names(count).map((name) => at(name, { alike }));
  const line = (index: number) => `e.yaml:${index + 2}:23: environments.e${index}.full.path: wrong.`;

  test("are a line each in up to five environments", () => {
    expect(linesOf(separate(5), problems(5))).toEqual([0, 1, 2, 3, 4].map(line));
  });

  test("are one line in more, with the other environments", () => {
    expect(linesOf(separate(6), problems(6))).toEqual([
      `${line(0)} 5 other environments have it, too: e1, e2, e3, e4, e5.`,
    ]);
    expect(linesOf(separate(8), problems(8))).toEqual([
      `${line(0)} 7 other environments have it, too: e1, e2, e3, e4, e5 and 2 more.`,
    ]);
  });

  test("name an environment once, and not the one in which the line is", () => {
    const yaml = "environments:\n  a: { full: { c: [1, 2, 3] } }\n  b: { full: { c: [1, 2, 3] } }\n";
    const all = ["a", "b"].flatMap((name) =>
      [0, 1, 2].map((index) => ({ path: ["environments", name, "full", "c", index], message: "wrong.", alike })),
    );
    expect(linesOf(yaml, all)).toEqual([
      "e.yaml:2:20: environments.a.full.c[0]: wrong. 1 other environment has it, too: b.",
    ]);
    expect(linesOf(yaml, all.slice(0, 3))).toHaveLength(3);
  });

  test("are grouped by their kind, and others are left alone", () => {
    const other = at("e6", { message: "other." });
    expect(linesOf(separate(7), [...problems(6), other])).toEqual([
      `${line(0)} 5 other environments have it, too: e1, e2, e3, e4, e5.`,
      "e.yaml:8:23: environments.e6.full.path: other.",
    ]);
    const mixed = names(8).map((name, index) => at(name, { alike: index < 4 ? "one" : "two" }));
    expect(linesOf(separate(8), mixed)).toHaveLength(8);
  });
});
