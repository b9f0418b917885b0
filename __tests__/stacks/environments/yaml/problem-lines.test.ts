import { problemLines } from "../../../../stacks/environments/yaml/problem-lines";
import { YamlSource } from "../../../../stacks/environments/yaml/yaml-source";

// The order, the places and who else is affected are in bad-inputs/environments.yaml and bad-inputs/rules.yaml.

test("what is missing in a shared value is one problem for each key, at each alias, and the same one twice is one", () => {
  const source = new YamlSource("environments:\n  e0: { full: &f { path: a } }\n  e1: { full: *f }\n");
  const missing = (name: string, key: string) => ({ path: ["environments", name, "full", key], message: "wrong." });
  const problems = [missing("e0", "a"), missing("e1", "a"), missing("e0", "b"), missing("e0", "b")];
  expect(problemLines(source, "e.yaml", problems)).toEqual([
    "e.yaml:2:9: environments.e0.full.a: wrong.",
    "e.yaml:2:9: environments.e0.full.b: wrong.",
    "e.yaml:3:15: environments.e1.full.a: wrong.",
  ]);
});

test("a problem of the defaults names each environment that inherits it once", () => {
  const problems = ["a", "a", "b"].map((inheritedBy) => ({
    path: ["defaults", "path"],
    message: "wrong.",
    inheritedBy,
  }));
  expect(problemLines(new YamlSource("defaults: { path: a }\n"), "e.yaml", problems)).toEqual([
    "e.yaml:1:19: defaults.path: wrong. It also affects a, b.",
  ]);
});
