import { readText } from "../../../../cli/commands/publish/texts";

test("a text is read as it is, with values for its placeholders", () => {
  expect(readText("channels.md")).toContain("\n```hcl\nnotify = { severity = ");
  const values = { version: "1.2.0", reference: "$1 $&", upgrading: "" };
  expect(readText("support-app-account/README.md", values)).toContain("Version 1.2.0. It");
  expect(readText("support-app-account/README.md", values)).toContain("\n\n$1 $&\n"); // nothing in a value is special
});

test("a placeholder without a value is an error", () => {
  expect(() => readText("support-app-account/README.md")).toThrow("Received no value for {{version}} of");
});
