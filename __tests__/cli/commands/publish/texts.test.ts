import { readText } from "../../../../cli/commands/publish/texts";

test("a text is read with values for its placeholders", () => {
  const values = { name: "production", region: "$1 $&" }; // nothing in a value is special
  expect(readText("backend-none.md", values)).toContain("support-app/production.tfstate");
  expect(readText("backend-none.md", values)).toContain("$1 $&");
});

test("a placeholder without a value is an error", () => {
  expect(() => readText("backend-none.md", { name: "production" })).toThrow("Received no value for {{region}} of");
});
