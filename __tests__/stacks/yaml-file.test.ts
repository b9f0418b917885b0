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

test("a text of YAML is read", () => {
  expect(yamlIn("a: [1]", "rules.yaml").value).toEqual({ a: [1] });
});

test("errors have a line each with the file and the place", () => {
  expect(linesOf("[*a, *b]")).toEqual([
    "rules.yaml has 2 errors. Nothing was written.",
    'rules.yaml:1:2: received the alias "a", expected one whose anchor comes before it.',
    'rules.yaml:1:6: received the alias "b", expected one whose anchor comes before it.',
  ]);
});
