import { EnvironmentsError } from "../../stacks/environments-error";
import { yamlIn } from "../../stacks/yaml-file";

function linesOf(text: string): readonly string[] {
  try {
    yamlIn(text, "rules.yaml");
  } catch (error) {
    if (error instanceof EnvironmentsError) return error.message.split("\n");
    throw error;
  }
  throw new Error("Received no error, expected one.");
}

const missing = (count: number) => `[${Array(count).fill("*a").join(", ")}]`;
const line = (index: number) =>
  `rules.yaml:1:${2 + 4 * index}: received the alias "a", expected one whose anchor comes before it.`;

test("a text of YAML is read", () => {
  expect(yamlIn("a: [1]", "rules.yaml").value).toEqual({ a: [1] });
});

test("errors have a line each with the file and the place", () => {
  expect(linesOf(missing(1))).toEqual(["rules.yaml has an error. Nothing was written.", line(0)]);
});

test("ten of them are shown, and the rest is counted", () => {
  const ten = Array.from({ length: 10 }, (_, index) => line(index));
  expect(linesOf(missing(10))).toEqual(["rules.yaml has 10 errors. Nothing was written.", ...ten]);
  expect(linesOf(missing(12))).toEqual([
    "rules.yaml has 12 errors. Nothing was written.",
    ...ten,
    "rules.yaml: and 2 more.",
  ]);
});
